//! `results.tex`: every number of a confirmatory or asked test as a macro, for a paper that follows its data.

use super::super::results::Results;
use super::Number;
use super::words::{by_name, p_value, sentence};
use std::collections::BTreeSet;
use std::fmt::Write;

/// A macro's name: letters only, each word with a capital.
fn name(text: &str) -> String {
    let mut out = String::from("Kb");
    let mut start = true;
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' => {
                out.push(if start { c.to_ascii_uppercase() } else { c });
                start = false;
            }
            '0'..='9' => {
                let digits = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
                out.push_str(digits[c as usize - '0' as usize]);
                start = true;
            }
            ':' => {
                out.push_str("By");
                start = true;
            }
            '=' => {
                out.push_str("At");
                start = true;
            }
            _ => start = true,
        }
    }
    out
}

/// Text that TeX sets as it is.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '%' | '&' | '#' | '_' | '{' | '}' | '$' => out.extend(['\\', c]),
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '<' => out.push_str("\\ensuremath{<}"),
            '−' => out.push_str("\\ensuremath{-}"),
            '×' => out.push_str("\\ensuremath{\\times}"),
            '²' => out.push_str("\\textsuperscript{2}"),
            'χ' => out.push_str("\\ensuremath{\\chi}"),
            '∞' => out.push_str("\\ensuremath{\\infty}"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The macros; a name that two numbers would share gets a letter.
pub(super) fn macros(numbers: &[Number], results: &Results) -> String {
    let mut out = format!(
        "% Numbers of {}, by Kerbside {}. \\input this file; \\KbOutcomeEffectTest.. stands for a number.\n",
        escaped(&results.name).replace('\n', " "),
        results.version
    );
    let mut used = BTreeSet::new();
    let mut say = |key: &str, value: &str| {
        let mut own = name(key);
        while !used.insert(own.clone()) {
            own.push('x');
        }
        let _ = writeln!(out, "\\newcommand{{\\{own}}}{{{}}}", escaped(value));
    };
    let tests: Vec<String> = results
        .outcomes
        .iter()
        .flat_map(|outcome| outcome.tests.iter().map(|test| format!("{}/{}/{}/", outcome.name, test.effect, test.test)))
        .collect();
    for number in numbers.iter().filter(|number| tests.iter().any(|test| number.name.starts_with(test))) {
        let is_p = number.name.ends_with("/p") || number.name.ends_with("/p corrected");
        let what = number.name.rsplit('/').next().unwrap_or("");
        let value = if is_p {
            p_value(number.value)
        } else if what == "counted up to" {
            format!("{}", number.value)
        } else {
            by_name(what, number.value)
        };
        say(&number.name, &value);
    }
    for outcome in &results.outcomes {
        for test in &outcome.tests {
            let key = format!("{}/{}/{}/sentence", outcome.name, test.effect, test.test);
            say(&key, &sentence(&outcome.label, test, results.alpha));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_and_text_is_harmless() {
        assert_eq!(name("felt_safe/ehmi:braking/clmm/odds ratio low"), "KbFeltSafeEhmiByBrakingClmmOddsRatioLow");
        assert_eq!(name("gap=2.5"), "KbGapAtTwoFive");
        assert_eq!(escaped("5 % _a_ <−1"), "5 \\% \\_a\\_ \\ensuremath{<}\\ensuremath{-}1");
    }
}
