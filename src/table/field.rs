//! How one value becomes text and comes back, bit for bit.
//!
//! Unknown is `NA`, infinite is `Inf`. A [`Real`] is rounded once, where it is
//! made, to a fixed number of decimals: the text in the file *is* the value.

use std::borrow::Cow;

/// How a column's text is read; printed by the codebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Integer,
    /// A whole number or NA.
    IntegerOrNa,
    /// A decimal number with so many decimals, `NA`, `Inf` or `-Inf`.
    Real(u32),
    /// A decimal number in its shortest exact form, `NA`, `Inf` or `-Inf`.
    Free,
    /// 0 or 1.
    Flag,
    /// 0, 1 or NA.
    FlagOrNa,
    /// One of these words.
    Words(&'static [&'static str]),
    /// One of these words, or NA.
    WordsOrNa(&'static [&'static str]),
    /// Any text; NA when there is none.
    Text,
}

impl Kind {
    /// What may stand in a column, in words.
    pub fn values(self) -> String {
        match self {
            Self::Integer => "whole number".into(),
            Self::IntegerOrNa => "whole number or NA".into(),
            Self::Real(decimals) => format!("number to {decimals} decimals, NA, Inf or -Inf"),
            Self::Free => "number, NA, Inf or -Inf".into(),
            Self::Flag => "0 or 1".into(),
            Self::FlagOrNa => "0, 1 or NA".into(),
            Self::Words(words) => words.join(" | "),
            Self::WordsOrNa(words) => format!("{} | NA", words.join(" | ")),
            Self::Text => "text or NA".into(),
        }
    }
}

/// A value that can stand in a table.
pub trait Field: Sized {
    /// How its text is read.
    const KIND: Kind;
    /// Appends the text, unquoted.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads it back; the error says what was expected.
    fn get(text: &str) -> Result<Self, String>;
}

const NA: &str = "NA";

/// A number with `D` decimals, or unknown (`NA`), or infinite.
///
/// Kept as the `f64` nearest to the decimal text, so that writing and reading
/// change nothing. NaN stands for unknown inside and never reaches a file.
#[derive(Clone, Copy)]
pub struct Real<const D: u32>(f64);

impl<const D: u32> Real<D> {
    /// Unknown.
    pub const NA: Self = Self(f64::NAN);
    const SCALE: f64 = {
        let mut scale = 1.0;
        let mut i = 0;
        while i < D {
            scale *= 10.0;
            i += 1;
        }
        scale
    };
    /// Beyond this the scaled value is no longer an exact integer: unknown.
    const MOST: f64 = 9.0e15;

    /// Rounds to `D` decimals; NaN and numbers too large for exact text become NA.
    pub fn new(value: f64) -> Self {
        if value.is_infinite() {
            return Self(value);
        }
        let scaled = (value * Self::SCALE).round_ties_even();
        if scaled.abs() < Self::MOST {
            // The quotient of two exact numbers is the f64 nearest to the decimal text.
            Self(scaled / Self::SCALE + 0.0)
        } else {
            Self::NA
        }
    }

    /// From a value that may be unknown.
    pub fn option(value: Option<f64>) -> Self {
        value.map_or(Self::NA, Self::new)
    }

    /// The value; `None` when unknown.
    pub fn known(self) -> Option<f64> {
        if self.0.is_nan() { None } else { Some(self.0) }
    }

    /// The value; NaN when unknown. For arithmetic whose result goes into a `Real` again.
    pub fn or_nan(self) -> f64 {
        self.0
    }
}

impl<const D: u32> PartialEq for Real<D> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || (self.0.is_nan() && other.0.is_nan())
    }
}

impl<const D: u32> std::fmt::Debug for Real<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = Vec::new();
        self.put(&mut text);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

impl<const D: u32> From<f64> for Real<D> {
    fn from(value: f64) -> Self {
        Self::new(value)
    }
}

/// Appends a whole number.
fn put_integer(value: u64, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = value;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn get_real(text: &str) -> Result<f64, String> {
    match text {
        NA => Ok(f64::NAN),
        "Inf" => Ok(f64::INFINITY),
        "-Inf" => Ok(f64::NEG_INFINITY),
        _ if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E')) => {
            text.parse().map_err(|_| expected_number(text))
        }
        _ => Err(expected_number(text)),
    }
}

fn expected_number(text: &str) -> String {
    if text.contains(',') {
        return format!("'{text}' has a comma: numbers use a point as decimal mark in every locale");
    }
    format!("'{text}' is not a number (expected digits, NA, Inf or -Inf)")
}

impl<const D: u32> Field for Real<D> {
    const KIND: Kind = Kind::Real(D);

    fn put(&self, out: &mut Vec<u8>) {
        let value = self.0;
        if value.is_nan() {
            return out.extend_from_slice(NA.as_bytes());
        }
        if value < 0.0 {
            out.push(b'-');
        }
        if value.is_infinite() {
            return out.extend_from_slice(b"Inf");
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let scaled = (value.abs() * Self::SCALE).round_ties_even() as u64;
        let one = 10_u64.pow(D);
        put_integer(scaled / one, out);
        let mut rest = scaled % one;
        if rest == 0 {
            return;
        }
        // Trailing zeros carry nothing: a file of zeros stays small.
        let mut places = D;
        while rest.is_multiple_of(10) {
            rest /= 10;
            places -= 1;
        }
        out.push(b'.');
        let mut digit = 10_u64.pow(places - 1);
        while digit > 0 {
            out.push(b'0' + u8::try_from(rest / digit % 10).unwrap_or(0));
            digit /= 10;
        }
    }

    fn get(text: &str) -> Result<Self, String> {
        let value = get_real(text)?;
        let read = Self::new(value);
        if read.0 == value || (value.is_nan() && text == NA) {
            Ok(read)
        } else {
            Err(format!("'{text}' has more than {D} decimals or is out of range"))
        }
    }
}

/// A number in its shortest exact form, or unknown, or infinite.
#[derive(Debug, Clone, Copy)]
pub struct Free(pub f64);

impl PartialEq for Free {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || (self.0.is_nan() && other.0.is_nan())
    }
}

impl Field for Free {
    const KIND: Kind = Kind::Free;

    fn put(&self, out: &mut Vec<u8>) {
        if self.0.is_nan() {
            out.extend_from_slice(NA.as_bytes());
        } else if self.0.is_infinite() {
            out.extend_from_slice(if self.0 > 0.0 { b"Inf" } else { b"-Inf" });
        } else {
            out.extend_from_slice(format!("{}", self.0 + 0.0).as_bytes());
        }
    }

    fn get(text: &str) -> Result<Self, String> {
        get_real(text).map(Self)
    }
}

/// Text in a table: one line, `NA` when empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Text(Cow<'static, str>);

impl Text {
    /// No text.
    pub const NA: Self = Self(Cow::Borrowed(""));

    /// A fixed text, without allocating.
    pub const fn fixed(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Any text: line breaks and tabs become spaces (a row is a line), and the text `NA` is no text.
    pub fn new(text: impl AsRef<str>) -> Self {
        let clean: String = text.as_ref().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let clean = clean.trim();
        if clean == NA { Self::NA } else { Self(Cow::Owned(clean.to_owned())) }
    }

    /// The text; empty when there is none.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_na(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::fixed(text)
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_na() { NA } else { &self.0 })
    }
}

impl Field for Text {
    const KIND: Kind = Kind::Text;

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.is_na() { NA } else { &self.0 }.as_bytes());
    }

    fn get(text: &str) -> Result<Self, String> {
        Ok(Self::new(text))
    }
}

impl Field for bool {
    const KIND: Kind = Kind::Flag;

    fn put(&self, out: &mut Vec<u8>) {
        out.push(if *self { b'1' } else { b'0' });
    }

    fn get(text: &str) -> Result<Self, String> {
        match text {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(format!("'{text}' is neither 0 nor 1")),
        }
    }
}

macro_rules! integers {
    ($($type:ty),+) => { $(
        impl Field for $type {
            const KIND: Kind = Kind::Integer;
            fn put(&self, out: &mut Vec<u8>) {
                #[allow(unused_comparisons, clippy::absurd_extreme_comparisons)]
                if *self < 0 {
                    out.push(b'-');
                }
                #[allow(clippy::unnecessary_cast)]
                put_integer((*self as i128).unsigned_abs() as u64, out);
            }
            fn get(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| format!("'{text}' is not a whole number from {} to {}", <$type>::MIN, <$type>::MAX))
            }
        }
    )+ };
}
integers!(u32, u64, i64);

impl<T: Field> Field for Option<T> {
    const KIND: Kind = match T::KIND {
        Kind::Integer => Kind::IntegerOrNa,
        Kind::Flag => Kind::FlagOrNa,
        Kind::Words(words) => Kind::WordsOrNa(words),
        other => other,
    };

    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.put(out),
            None => out.extend_from_slice(NA.as_bytes()),
        }
    }

    fn get(text: &str) -> Result<Self, String> {
        if text == NA { Ok(None) } else { T::get(text).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text<T: Field>(value: &T) -> String {
        let mut out = Vec::new();
        value.put(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_one_case_a_line() {
        assert_eq!(text(&Real::<5>::new(1.5)), "1.5");
        assert_eq!(text(&Real::<5>::new(-0.000_012)), "-0.00001");
        assert_eq!(text(&Real::<5>::new(-0.000_001)), "0");
        assert_eq!(text(&Real::<5>::new(1_234.000_01)), "1234.00001");
        assert_eq!(text(&Real::<2>::new(10.0)), "10");
        assert_eq!(text(&Real::<0>::new(7.4)), "7");
        assert_eq!(text(&Real::<5>::new(f64::NAN)), "NA");
        assert_eq!(text(&Real::<5>::new(f64::INFINITY)), "Inf");
        assert_eq!(text(&Real::<5>::new(f64::NEG_INFINITY)), "-Inf");
        assert_eq!(text(&Real::<5>::new(1e300)), "NA");
        assert_eq!(text(&Free(0.1)), "0.1");
        assert_eq!(text(&Free(-0.0)), "0");
        assert_eq!(text(&i64::MIN), "-9223372036854775808");
        assert_eq!(text(&u64::MAX), "18446744073709551615");
        assert_eq!(text(&Option::<u32>::None), "NA");
        assert_eq!(text(&Text::new("a\nb")), "a b");
        assert_eq!(text(&Text::new("")), "NA");
    }

    #[test]
    fn refusals_say_what_was_expected() {
        assert!(Real::<5>::get("1,5").unwrap_err().contains("point as decimal mark"));
        assert!(Real::<5>::get("nan").is_err());
        assert!(Real::<5>::get("inf").is_err());
        assert!(Real::<5>::get("").is_err());
        assert!(Real::<2>::get("1.234").unwrap_err().contains("decimals"));
        assert!(bool::get("true").is_err());
        assert!(u32::get("-1").unwrap_err().contains("whole number"));
    }

    proptest! {
        #[test]
        fn a_real_survives_its_text(value in proptest::num::f64::ANY) {
            let real = Real::<5>::new(value);
            let back = Real::<5>::get(&text(&real)).unwrap();
            prop_assert_eq!(real.or_nan().to_bits() | u64::from(value.is_nan()), back.or_nan().to_bits() | u64::from(value.is_nan()));
            prop_assert_eq!(text(&back), text(&real));
        }

        #[test]
        fn any_text_is_a_value_or_an_error(words in ".*") {
            let _ = Real::<5>::get(&words);
            let _ = Free::get(&words);
            let _ = u32::get(&words);
            let _ = Text::get(&words);
        }
    }
}
