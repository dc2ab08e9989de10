//! When sessions began, no finer than can be published: the year, and days from one session of a person to the next.

use super::Source;
use crate::lab::collect::data::Session;
use crate::lab::session_file::EnvironmentFile;
use crate::record::read;
use std::collections::BTreeSet;

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: u32,
    /// Days from 1970-01-01.
    pub(super) number: i64,
}

/// When a session began; none where `environment.json` does not tell.
pub(super) fn began(session: &Session) -> Option<Day> {
    let bytes = read::bytes(&session.folder.file("environment.json")).ok()?;
    let environment: EnvironmentFile = serde_json::from_slice(&bytes).ok()?;
    day(&environment.started_utc)
}

/// The years in which sessions began.
pub(super) fn years(source: &Source<'_>) -> Vec<u32> {
    source.sessions().filter_map(began).map(|day| day.year).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The day of a wall time such as `2026-11-23T04:20:36.123Z`.
fn day(utc: &str) -> Option<Day> {
    let (date, _) = utc.split_once('T')?;
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    // Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil, for years from 1970.
    let (y, m, d) = (i64::from(year) - i64::from(month <= 2), i64::from(month), i64::from(day));
    let (era, year_of_era) = (y / 400, y % 400);
    let day_of_year = (153 * (m + if m > 2 { -3 } else { 9 }) + 2) / 5 + d - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    valid.then_some(Day { year, number: era * 146_097 + day_of_era - 719_468 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let number = |utc| day(utc).map(|day| day.number);
        assert_eq!(number("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(number("2000-02-29T23:59:59.999Z"), Some(11_016)); // `date -d 2000-02-29 +%s` / 86400
        assert_eq!(number("2026-11-23T04:20:36Z"), Some(20_780)); // `date -u -d 2026-11-23 +%s` / 86400
        assert_eq!(number("2027-01-01T00:00:00Z"), Some(20_819));
        assert_eq!(day("2026-11-23T04:20:36Z").unwrap().year, 2026);
        for wrong in ["", "2026-11-23", "2026-13-01T", "26-11-23T", "2026-11T", "x-y-zT"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
