//! What a trial has: a level's settings laid over the study's.

use super::model::{Leading, Policy, Settings};
use super::policy::MOST_DELAY_S;
use super::vehicles::{HEADWAY_S, SPEED_MPS};
use crate::document::Table;
use crate::kernel::ehmi::Ehmi;

/// What settings may name.
pub(super) struct Names<'a> {
    /// Policies; `none` is built in.
    pub policies: &'a [Policy],
    /// External lights.
    pub concepts: &'a [Ehmi],
    /// The car ahead.
    pub leading: Option<&'a Leading>,
}

/// Reads settings; every key may be absent.
pub(super) fn settings(table: &Table<'_>, names: &Names<'_>) -> Settings {
    let lights: Vec<&str> = names.concepts.iter().map(|c| c.name.as_str()).collect();
    let headway = table.value("headway_s");
    if let Some(value) = headway.as_ref().filter(|_| names.leading.is_none()) {
        let what = "`headway_s` is the time behind a leading car, but the study has none";
        value.source().wrong(value.key_at(), what, "add [vehicles.leading], or take headway_s out");
    }
    let read = Settings {
        ehmi: table.opt_word("ehmi", &lights),
        braking: table.opt_word("braking", &policy_names(names.policies)),
        speed_mps: table.opt_f64_in("speed_mps", SPEED_MPS),
        headway_s: headway.and_then(|v| v.f64_in(HEADWAY_S)),
        light_delay_s: table.opt_f64_in("light_delay_s", 0.0..=MOST_DELAY_S),
        brake_delay_s: table.opt_f64_in("brake_delay_s", 0.0..=MOST_DELAY_S),
    };
    table.finish(&[]);
    read
}

/// The names of policies, the built-in one first.
pub(super) fn policy_names(policies: &[Policy]) -> Vec<&str> {
    std::iter::once("none").chain(policies.iter().map(|p| p.name.as_str())).collect()
}

impl Settings {
    /// These settings, and `under` where they say nothing.
    #[must_use]
    pub fn over(&self, under: &Self) -> Self {
        Self {
            ehmi: self.ehmi.clone().or_else(|| under.ehmi.clone()),
            braking: self.braking.clone().or_else(|| under.braking.clone()),
            speed_mps: self.speed_mps.or(under.speed_mps),
            headway_s: self.headway_s.or(under.headway_s),
            light_delay_s: self.light_delay_s.or(under.light_delay_s),
            brake_delay_s: self.brake_delay_s.or(under.brake_delay_s),
        }
    }

    /// The keys that are set.
    pub fn keys(&self) -> Vec<&'static str> {
        let set = [
            ("ehmi", self.ehmi.is_some()),
            ("braking", self.braking.is_some()),
            ("speed_mps", self.speed_mps.is_some()),
            ("headway_s", self.headway_s.is_some()),
            ("light_delay_s", self.light_delay_s.is_some()),
            ("brake_delay_s", self.brake_delay_s.is_some()),
        ];
        set.into_iter().filter(|(_, set)| *set).map(|(key, _)| key).collect()
    }

    /// Whether `whole` has everything that is set here.
    pub fn hold_in(&self, whole: &Self) -> bool {
        self.over(whole) == *whole
    }

    /// The external light; `none` when nothing says.
    pub fn ehmi(&self) -> &str {
        self.ehmi.as_deref().unwrap_or("none")
    }

    /// The braking policy; `none` when nothing says.
    pub fn braking(&self) -> &str {
        self.braking.as_deref().unwrap_or("none")
    }
}
