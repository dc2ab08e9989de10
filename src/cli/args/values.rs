//! What stands behind an option, read from its text: a number in its range, a place, a pair; refusals in words.

use crate::carla::dialect::Dialect;
use crate::lab::WorldChoice;
use std::time::Duration;

/// A whole number from 1 to `MOST`.
pub(super) fn whole<const MOST: u32>(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|n| (1..=MOST).contains(n));
    number.ok_or_else(|| format!("give a whole number from 1 to {MOST}"))
}

/// Percent of the pixels across that a headset recommends.
pub(super) fn resolution(text: &str) -> Result<u32, String> {
    let range = crate::xr::Resolution::RANGE;
    let number = text.trim_end_matches('%').parse().ok().filter(|n| range.contains(n));
    number.ok_or_else(|| format!("give percent from {} to {}", range.start(), range.end()))
}

/// Where vehicles come from.
pub(super) fn world(text: &str) -> Result<WorldChoice, String> {
    if text == "embedded" {
        return Ok(WorldChoice::Embedded);
    }
    let wanted = || "give `embedded`, or `carla://HOST:PORT` such as carla://localhost:2000".to_owned();
    let by_libcarla = text.strip_prefix("libcarla://");
    let server = by_libcarla.or_else(|| text.strip_prefix("carla://")).ok_or_else(wanted)?.trim_end_matches('/');
    let (host, port) = match server.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok().filter(|port| *port != 0)),
        _ => (server, Some(CARLA_PORT)),
    };
    let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    if in_brackets.is_none() && host.contains(':') {
        return Err(wanted());
    }
    let host = in_brackets.unwrap_or(host);
    match port {
        Some(port) if !host.is_empty() && by_libcarla.is_some() => libcarla(host, port),
        Some(port) if !host.is_empty() => Ok(WorldChoice::Carla { host: host.to_owned(), port }),
        _ => Err(wanted()),
    }
}

#[cfg(feature = "carla-rust")]
#[allow(clippy::unnecessary_wraps)] // Other builds refuse.
fn libcarla(host: &str, port: u16) -> Result<WorldChoice, String> {
    Ok(WorldChoice::LibCarla { host: host.to_owned(), port })
}

#[cfg(not(feature = "carla-rust"))]
fn libcarla(host: &str, port: u16) -> Result<WorldChoice, String> {
    Err(format!(
        "this build has no LibCarla: give carla://{} for Kerbside's own client, or build with `--features \
         carla-rust` where CARLA's C++ library is (docs/carla.md)",
        crate::carla::Options::new(host, port).address()
    ))
}

/// Where a CARLA server listens when it is not told otherwise.
const CARLA_PORT: u16 = 2000;

/// A reason has words.
pub(super) fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("say why, in a few words".to_owned()) } else { Ok(text.to_owned()) }
}

/// Seconds.
pub(super) fn time_s(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|s: &f64| s.is_finite() && s.abs() < 1e6);
    number.ok_or_else(|| "give seconds from the start of the approach, such as 4.5".to_owned())
}

/// Seconds from and to.
pub(super) fn from_to_s(text: &str) -> Result<(f64, f64), String> {
    let parts = text.split_once("..").and_then(|(from, to)| Some((time_s(from).ok()?, time_s(to).ok()?)));
    parts.filter(|(from, to)| from < to).ok_or_else(|| "give two times, the earlier first, such as 0..8".to_owned())
}

/// Width and height.
pub(super) fn pixels(text: &str) -> Result<[u32; 2], String> {
    let side = |text: &str| text.parse().ok().filter(|n| (16..=8192).contains(n));
    let sides = text.split_once('x').and_then(|(width, height)| Some([side(width)?, side(height)?]));
    sides.ok_or_else(|| "give width and height from 16 to 8192, such as 1280x720".to_owned())
}

pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("give a whole number from 0 to {}", u64::MAX))
}

/// How many times an effect is as large as it is said to be.
pub(super) fn scale(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|scale: &f64| scale.is_finite() && scale.abs() <= 100.0);
    number.ok_or_else(|| "give a number such as 1, 0.5 or 0, at most 100".to_owned())
}

/// A standardised effect.
pub(super) fn d_z(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|d: &f64| d.is_finite() && d.abs() <= 20.0);
    number.ok_or_else(|| "give a standardised effect such as 0.5, at most 20".to_owned())
}

/// A share that is neither nothing nor all.
pub(super) fn inner_share(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|share: &f64| *share > 0.0 && *share < 1.0);
    number.ok_or_else(|| "give a share between 0 and 1, such as 0.05".to_owned())
}

/// A version of CARLA that is known.
pub(super) fn dialect(text: &str) -> Result<Dialect, String> {
    let known = Dialect::ALL.map(Dialect::version).join(", ");
    Dialect::ALL.into_iter().find(|dialect| dialect.version() == text).ok_or_else(|| format!("give one of {known}"))
}

/// Ticks a second.
pub(super) fn rate_hz(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|hz: &f64| (0.1..=1000.0).contains(hz));
    number.ok_or_else(|| "give ticks a second from 0.1 to 1000".to_owned())
}

/// A length of time.
pub(super) fn milliseconds(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok().filter(|ms: &f64| (0.0..=3_600_000.0).contains(ms));
    number.map(|ms| Duration::from_secs_f64(ms / 1000.0)).ok_or_else(|| "give milliseconds, up to an hour".to_owned())
}

/// A whole number from 1.
pub(super) fn count(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "give a whole number from 1".to_owned())
}
