//! EPSG codes that are written out, and the forms of a georeference that are no PROJ string.

use super::NotOnEarth;
use super::projections::CURE;

/// A PROJ string for an EPSG code; `None` when the text is no code.
pub(super) fn written_out(text: &str) -> Result<Option<String>, NotOnEarth> {
    let upper = text.to_ascii_uppercase();
    let code = upper
        .strip_prefix("+INIT=")
        .or_else(|| upper.strip_prefix("INIT="))
        .or_else(|| upper.strip_prefix("URN:OGC:DEF:CRS:"))
        .unwrap_or(&upper);
    if let Some(code) = code.strip_prefix("EPSG:") {
        // urn:ogc:def:crs:EPSG::25832; +init=epsg:25832 +no_defs
        let number = code.trim_start_matches(':').split_whitespace().next().unwrap_or("");
        return projection(number).map(Some).ok_or_else(|| {
            let what = format!("`{}` is not among the EPSG codes that are known (UTM on WGS84 or ETRS89, 3857)", text);
            NotOnEarth::new(what, CURE)
        });
    }
    for (what, begins) in [
        ("WKT", ["PROJCS", "GEOGCS", "PROJCRS", "GEOGCRS", "COMPD", "BOUNDCRS", "LOCAL_CS", "ENGCRS"].as_slice()),
        ("PROJJSON", &["{"]),
        ("a PROJ pipeline", &["+PROJ=PIPELINE", "PROJ=PIPELINE"]),
    ] {
        if begins.iter().any(|b| upper.starts_with(b)) {
            return Err(NotOnEarth::new(format!("this georeference is {what}, which is not read"), CURE));
        }
    }
    Ok(None)
}

/// The codes of UTM, whose zone stands in their last two digits, and of web maps.
fn projection(code: &str) -> Option<String> {
    let number: u32 = code.parse().ok()?;
    let (zone, rest) = (number % 100, number / 100);
    let string = match rest {
        326 if (1..=60).contains(&zone) => format!("+proj=utm +zone={zone} +datum=WGS84"),
        327 if (1..=60).contains(&zone) => format!("+proj=utm +zone={zone} +south +datum=WGS84"),
        258 if (28..=38).contains(&zone) => format!("+proj=utm +zone={zone} +ellps=GRS80 +towgs84=0,0,0"),
        _ if number == 3857 => "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +nadgrids=@null".into(),
        _ => return None,
    };
    Some(format!("{string} +units=m +no_defs"))
}
