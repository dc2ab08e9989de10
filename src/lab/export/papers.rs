//! The pack's papers: what it is, how to cite it, what may be done with it.

use super::Source;
use super::pack::{About, SUMS};
use crate::table::SealRow;
use crate::table::Table;
use std::fmt::Write;

/// Licences for data: SPDX identifier, and where its text stands.
pub const LICENCES: [(&str, &str); 8] = [
    ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/legalcode"),
    ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/legalcode"),
    ("CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/legalcode"),
    ("CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc/4.0/legalcode"),
    ("CC-BY-NC-SA-4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/legalcode"),
    ("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    ("ODC-By-1.0", "https://opendatacommons.org/licenses/by/1-0/"),
    ("PDDL-1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
];

/// Somebody to be cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Family name; of a group its whole name.
    pub family: String,
    /// Given names; none for a group.
    pub given: Option<String>,
    /// ORCID iD, such as `0000-0002-1825-0097`.
    pub orcid: Option<String>,
}

impl Author {
    /// `Family, Given`, or a group's name; an ORCID iD may follow a semicolon.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, orcid) = text.split_once(';').map_or((text, None), |(name, orcid)| (name, Some(orcid.trim())));
        let (family, given) = name.split_once(',').map_or((name, None), |(family, given)| (family, Some(given)));
        let (family, given) = (family.trim(), given.map(str::trim));
        if family.is_empty() || given.is_some_and(str::is_empty) || text.chars().any(char::is_control) {
            return Err("give `Family, Given`, or a group's name; an ORCID iD may follow a semicolon".to_owned());
        }
        let orcid = orcid.map(|text| text.trim_start_matches("https://orcid.org/"));
        if orcid.is_some_and(|orcid| !is_orcid(orcid)) {
            return Err("what follows the semicolon is no ORCID iD, such as 0000-0002-1825-0097".to_owned());
        }
        Ok(Self { family: family.to_owned(), given: given.map(str::to_owned), orcid: orcid.map(str::to_owned) })
    }
}

/// Four groups of four, the last character a check by ISO 7064, MOD 11-2.
fn is_orcid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != 4 || groups.iter().any(|group| group.len() != 4) {
        return false;
    }
    let characters: String = groups.concat();
    let (digits, check) = characters.split_at_checked(15).unwrap_or((&characters, ""));
    let total = digits.chars().try_fold(0, |total, c| Some((total + c.to_digit(10)?) * 2));
    let wanted = total.map(|total| (12 - total % 11) % 11);
    wanted.is_some_and(|wanted| check == if wanted == 10 { "X".to_owned() } else { wanted.to_string() })
}

/// Every paper, by name.
pub(super) fn all(source: &Source<'_>, about: &About) -> Vec<(&'static str, String)> {
    vec![
        ("README.md", readme(source, about)),
        ("CITATION.cff", citation(source, about)),
        ("LICENSE.txt", licence(source)),
    ]
}

/// Text as YAML takes it, whatever it says: JSON's quotes are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Citation File Format 1.2.0.
fn citation(source: &Source<'_>, about: &About) -> String {
    let mut cff = String::from("cff-version: 1.2.0\nmessage: \"If you use these data, please cite them as below.\"\n");
    cff += "type: dataset\n";
    let _ = writeln!(cff, "title: {}", quoted(&about.title));
    cff += "authors:\n";
    for author in source.wish.authors {
        match &author.given {
            Some(given) => {
                let _ =
                    write!(cff, "  - family-names: {}\n    given-names: {}\n", quoted(&author.family), quoted(given));
            }
            None => {
                let _ = writeln!(cff, "  - name: {}", quoted(&author.family));
            }
        }
        if let Some(orcid) = &author.orcid {
            let _ = writeln!(cff, "    orcid: \"https://orcid.org/{orcid}\"");
        }
    }
    if source.wish.authors.is_empty() {
        cff += "  - name: \"(authors not named yet)\"\n";
    }
    if let Some(licence) = source.wish.licence {
        let _ = writeln!(cff, "license: {licence}");
    }
    cff += "keywords:\n  - pedestrian\n  - automated vehicle\n  - virtual reality\n";
    let _ = write!(
        cff,
        "references:\n  - type: software\n    title: Kerbside\n    version: {}\n    authors:\n      - name: Kerbside\n",
        quoted(&about.kerbside)
    );
    cff
}

fn licence(source: &Source<'_>) -> String {
    match source.wish.licence.and_then(|wanted| LICENCES.iter().find(|(id, _)| *id == wanted)) {
        Some((id, text)) => format!(
            "The data of this pack are licensed under {id}.\n\nIts text: {text}\nSPDX-License-Identifier: {id}\n\n\
             Questionnaires are not part of it: data/instruments.csv says whose words they are and under what licence.\n"
        ),
        None => {
            let known: Vec<&str> = LICENCES.iter().map(|(id, _)| *id).collect();
            format!(
                "No licence has been chosen: nobody but the authors may use these data yet.\n\nChoose one that consent \
                 form and ethics approval allow, and export again with --licence:\n  {}\n",
                known.join("\n  ")
            )
        }
    }
}

fn readme(source: &Source<'_>, about: &About) -> String {
    let mut out = format!("# {}\n\n", about.title.replace(['\n', '\r'], " "));
    if about.simulated {
        out += "**Some or all of these participants are SIMULATED** (column `simulated`): their answers and decisions are \
                a program's.\n\n";
    }
    let years: Vec<String> = about.years.iter().map(u32::to_string).collect();
    let years = if years.is_empty() { "in unrecorded years".to_owned() } else { format!("in {}", years.join(", ")) };
    let _ = writeln!(
        out,
        "Data of the study `{}`, recorded {years} and exported by Kerbside {}. Pedestrians at a crosswalk in virtual \
         reality: what is in each column, in which unit and frame of reference, and what `NA` means in it stands in \
         `codebook.csv`.\n",
        about.study, about.kerbside
    );
    out += FILES;
    if about.frames {
        out += FRAME_FILES;
    }
    if source.wish.parquet {
        out += "| `data/*.parquet` | the same tables as Parquet: unknown is null, whole numbers and flags are integers |\n";
    }
    if source.wish.plan.is_some() || source.wish.lock.is_some() {
        out += "| `analysis/` | the plan of the analysis, and the lock written before data were looked at |\n";
    }
    out += READING;
    out += WHO;
    let _ = write!(out, "\n## What is not in it\n\n{WITHDRAWN}");
    if !about.free_text {
        out += WORDS_WITHHELD;
    }
    if !about.frames {
        out += FRAMES_WITHHELD;
    }
    for item in &about.left_out {
        let _ = writeln!(out, "- The answers to `{item}`: left out by the authors.");
    }
    let _ = write!(
        out,
        "\n## Is it whole?\n\n```sh\nsha256sum -c {SUMS}\n```\n\nThe record that these tables were made from is sealed \
         (`{}` of each session); its authors can show that it was not changed since.\n",
        SealRow::FILE
    );
    out
}

const FILES: &str = "| file | what it is |\n|---|---|
| `codebook.csv` | every column: unit, frame of reference, values, what NA means, meaning |
| `data/trials_wide.csv` | a row per attempt at a trial: order, factors, measures, answers, marks, `kept` and why not |
| `data/participants.csv` | a row per participant: state, counts, questionnaires |
| `data/sessions.csv` | a row per session: on what it was run |
| `data/conditions.csv` | a row per trial and factor or setting in force |
| `data/answers.csv` | a row per answer, revisions and response times among them |
| `data/scores.csv` | a row per score of each questionnaire, with the reason where there is no value |
| `data/events.csv` | a row per event: cues, braking, light, kerb, faults |
| `data/instruments.csv` | which questionnaires were asked, what to cite, whose words they are |
| `study/` | the study's text and the map: with them Kerbside runs the study again |
| `environment.json` | machines and devices |
| `pack.json` | what this pack is, for programs |
";

const FRAME_FILES: &str =
    "| `data/frames.csv`, `data/body.csv` | a row per frame: head, hands, gaze, ground point; joints |
| `data/vehicles.csv`, `data/world.csv` | a row per vehicle and frame as drawn, and per tick as simulated |
| `data/calibrations.csv` | how the room was laid onto the street |
";

const READING: &str = "
## Reading it

Comma-separated, UTF-8, one header row, a point as decimal mark; unknown is `NA`, infinite is `Inf`. The key of a trial is
`participant`, `session_n`, `trial_n`.

```r
trials <- read.csv(\"data/trials_wide.csv\", na.strings = \"NA\", colClasses = c(participant = \"character\"))
main <- subset(trials, kept == 1 & kind == \"main\")
```

```python
import pandas as pd
trials = pd.read_csv(\"data/trials_wide.csv\", na_values=[\"NA\"], keep_default_na=False, dtype={\"participant\": str})
main = trials[(trials[\"kept\"] == 1) & (trials[\"kind\"] == \"main\")]
```

Practice, pilots, aborted, repeated and marked trials are all here with their marks and flags; `kept` is the authors'
decision, `exclusion_reason` says why: another analyst may decide otherwise.

Frames of reference: *site*, origin in the middle of the start kerb, x along the walking direction, y to the left, z up;
*stage*, the room's, x right, y up, -z forward; *along the vehicle's lane*, from its front bumper. Clocks count nanoseconds
within a session: *display*, when a frame is seen; *world*, the simulation's own, 0 at the start of the approach.
";

const WHO: &str = "
## Who is who

Participants have pseudonyms made from their codes with a secret key (HMAC-SHA-256) that is not in the pack. Neither the
code nor the order in which people came can be told from a pseudonym; rows stand in the order of pseudonyms, and the row
of the plan is left out. The same person has the same pseudonym in a later export. Dates are given as years, since a day
on which somebody was seen at the laboratory tells who it was; days between the sessions of one person are exact.
";

const WITHDRAWN: &str = "- Everybody who withdrew, with all that was recorded of them.\n";

const WORDS_WITHHELD: &str = "- Words that people wrote: notes, reasons, answers in words. They may say who somebody is, and no \
program can tell. `withheld` stands where there were some.\n";

const FRAMES_WITHHELD: &str = "- Every frame's head, hands and gaze: how people move in virtual reality tells them apart almost \
as well as a fingerprint (Miller et al. 2020, Scientific Reports 10, 17404; Nair et al. 2023, USENIX Security). The measures \
made of them are in `data/trials_wide.csv`.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_are_read_one_case_a_line() {
        let author = |family: &str, given: Option<&str>, orcid: Option<&str>| {
            let [given, orcid] = [given, orcid].map(|text| text.map(str::to_owned));
            Ok(Author { family: family.to_owned(), given, orcid })
        };
        // The iD and the check of both are ORCID's own examples.
        for (text, wanted) in [
            ("Carberry, Josiah; 0000-0002-1825-0097", author("Carberry", Some("Josiah"), Some("0000-0002-1825-0097"))),
            (
                "Núñez, A. B.; https://orcid.org/0000-0002-1694-233X",
                author("Núñez", Some("A. B."), Some("0000-0002-1694-233X")),
            ),
            ("The Crosswalk Group", author("The Crosswalk Group", None, None)),
        ] {
            assert_eq!(Author::parse(text), wanted, "{text}");
        }
        for wrong in
            ["", " ", ", Josiah", "Carberry,", "A, B; 0000-0002-1825-0098", "A, B; 0000", "A, B; é000-0002-1825-009"]
        {
            assert!(Author::parse(wrong).is_err(), "{wrong}");
        }
    }
}
