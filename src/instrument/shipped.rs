//! The instruments that ship: data files, embedded.

use super::model::Instrument;
use super::read::read;

macro_rules! shipped {
    ($($id:literal),+ $(,)?) => {
        /// Id and text of each.
        const SHIPPED: &[(&str, &str)] =
            &[ $( ($id, include_str!(concat!("../../experiments/instruments/", $id, ".toml"))), )+ ];
    };
}
shipped!("ssq", "vrsq", "misc", "fms", "ipq", "nasa_tlx", "sus", "tia", "van_der_laan", "perceived_safety");

/// A shipped instrument.
pub fn shipped(id: &str) -> Option<Instrument> {
    let (id, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == id)?;
    read(&format!("{id}.toml"), text).ok()
}

/// The ids of all that ship.
pub fn shipped_ids() -> Vec<&'static str> {
    SHIPPED.iter().map(|(id, _)| *id).collect()
}
