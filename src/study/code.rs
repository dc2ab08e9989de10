//! Participants' codes: a letter and five characters of Crockford's base 32, the last a check character.
//! Never a name, initials or a birth date.

use super::model::Study;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The code that `draw` (which gives a number below its argument) leads to.
pub fn participant_code(mut draw: impl FnMut(u64) -> u64) -> String {
    let mut code = String::with_capacity(6);
    let mut pick = |from: u64, n: u64| {
        let at = usize::try_from(from + draw(n)).unwrap_or(0) % 32;
        char::from(ALPHABET[at])
    };
    code.push(pick(10, 22));
    for _ in 0..4 {
        code.push(pick(0, 32));
    }
    let check = check_character(&code).unwrap_or('0');
    code.push(check);
    code
}

/// The check character after the first five: their values weighted by place, modulo 31 (a prime, so that any one
/// wrong character and any two swapped neighbours are found, but for 0 against Z).
fn check_character(five: &str) -> Option<char> {
    let mut sum = 0;
    for (place, character) in (1..).zip(five.chars()) {
        sum += place * ALPHABET.iter().position(|known| char::from(*known) == character)?;
    }
    ALPHABET.get(sum % 31).map(|byte| char::from(*byte))
}

/// Whether `code` is one; the error says what is wrong with it.
pub fn check_code(code: &str) -> Result<(), String> {
    let letter = code.chars().next().is_some_and(|c| c.is_ascii_uppercase());
    if code.len() != 6 || !letter || !code.bytes().all(|b| ALPHABET.contains(&b)) {
        return Err(format!(
            "'{code}' is not a participant's code: a letter and five of 0-9 A-Z without I, L, O, U (capitals), such as {}",
            participant_code(|_| 7)
        ));
    }
    let (five, last) = code.split_at(5);
    if check_character(five).map(String::from).as_deref() != Some(last) {
        return Err(format!("'{code}' is mistyped: its check character does not fit"));
    }
    Ok(())
}

/// Whether `code` has a study's own form: `9` a digit, `A` a capital letter, else itself.
pub fn check_code_as(code: &str, pattern: &str) -> Result<(), String> {
    let fits = |(c, form): (char, char)| match form {
        '9' => c.is_ascii_digit(),
        'A' => c.is_ascii_uppercase(),
        _ => c == form,
    };
    if code.chars().count() == pattern.chars().count() && code.chars().zip(pattern.chars()).all(fits) {
        return Ok(());
    }
    let example = code_as(pattern, |_| 7);
    Err(format!("'{code}' is not a participant's code of this study, which have the form {pattern}, such as {example}"))
}

/// The code of a study's own form that `draw` (which gives a number below its argument) leads to.
pub fn code_as(pattern: &str, mut draw: impl FnMut(u64) -> u64) -> String {
    let mut pick = |from: u8, n: u8| char::from(from + u8::try_from(draw(u64::from(n))).unwrap_or(0) % n);
    let one = |form: char| match form {
        '9' => pick(b'0', 10),
        'A' => pick(b'A', 26),
        other => other,
    };
    pattern.chars().map(one).collect()
}

impl Study {
    /// Whether `code` may be a participant's in this study; the error says what is wrong with it.
    pub fn check_code(&self, code: &str) -> Result<(), String> {
        match &self.code_pattern {
            Some(pattern) => check_code_as(code, pattern),
            None => check_code(code),
        }
    }

    /// A code of this study's form: `draw` gives a number below its argument.
    pub fn draw_code(&self, draw: impl FnMut(u64) -> u64) -> String {
        match &self.code_pattern {
            Some(pattern) => code_as(pattern, draw),
            None => participant_code(draw),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_checks_and_slips_of_the_finger_are_found() {
        let mut n = 0;
        let code = participant_code(|of| {
            n += 11;
            n % of
        });
        assert!(check_code(&code).is_ok(), "{code}");
        let bytes = code.as_bytes();
        for at in 0..6 {
            for wrong in ALPHABET {
                let mut typed = bytes.to_vec();
                typed[at] = *wrong;
                let typed = String::from_utf8(typed).unwrap();
                let same_value = (bytes[at], *wrong) == (b'0', b'Z') || (bytes[at], *wrong) == (b'Z', b'0');
                if typed != code && !same_value {
                    assert!(check_code(&typed).is_err(), "{typed} passes for {code}");
                }
            }
        }
        for at in 0..4 {
            let mut typed = bytes.to_vec();
            typed.swap(at, at + 1);
            let typed = String::from_utf8(typed).unwrap();
            assert!(typed == code || check_code(&typed).is_err(), "{typed} passes for {code}");
        }
    }

    #[test]
    fn names_and_dates_are_no_codes() {
        for wrong in ["", "ANNA", "anna01", "A1990X", "ILOU00", "K7Q2MXX", "É12345"] {
            assert!(check_code(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn codes_of_a_studys_own_form_one_case_a_line() {
        for (code, pattern, good) in [
            ("P001", "P999", true),
            ("P01", "P999", false),
            ("P0O1", "P999", false),
            ("Q001", "P999", false),
            ("p001", "P999", false),
            ("XY7_b", "AA9_b", true),
            ("xY7_b", "AA9_b", false),
            ("P00١", "P999", false),
        ] {
            assert_eq!(check_code_as(code, pattern).is_ok(), good, "{code} as {pattern}");
        }
        assert_eq!(code_as("P9A_", |of| of - 1), "P9Z_");
    }
}
