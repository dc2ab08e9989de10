//! The record's tables: every row type of every file, and how a value becomes text.
//!
//! Live runs, replay, measures and the codebook use the same structs. A field's
//! name is its column, with the unit in the name; its doc comment is the
//! codebook's entry. Pure: no files, no clock.

mod derived;
mod field;
mod levels;
mod line;
mod rows;
mod vocabulary;

pub use derived::{InstrumentRow, LongRow, MeasureRow, ParticipantRow, ScoreRow, SessionRow, TrialVerdictRow};
pub use field::{Field, Free, Kind, Real, Text};
pub use levels::*;
pub use line::LineWriter;
pub use rows::*;
pub use vocabulary::{EVENTS, EventName};

/// One column of a table, as the codebook prints it.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The column's name, unit included.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// How its text is read.
    pub kind: Kind,
}

impl Column {
    /// The unit that the name's ending declares, or nothing.
    pub fn unit(&self) -> &'static str {
        unit_of(self.name)
    }

    /// What it means that the column says NA.
    pub fn missing(&self) -> String {
        match (said_of_na(self.about), self.kind) {
            (Some(said), _) => said,
            (None, Kind::Integer | Kind::Flag | Kind::Words(_)) => "never missing".to_owned(),
            (None, _) => "unknown, or there is none".to_owned(),
        }
    }
}

/// What a column's description says of NA, or nothing: its parts that begin with the word.
pub fn said_of_na(about: &str) -> Option<String> {
    let parts = about.split("; ").flat_map(|part| part.split(". "));
    let parts = parts.map(|part| part.trim().trim_end_matches('.'));
    let said: Vec<&str> = parts.filter_map(|part| part.strip_prefix("NA ")).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// The frame of reference or the clock in which a column's numbers are, by its name; nothing for what needs none.
pub fn frame_of(name: &str) -> &'static str {
    const CLOCKS: [(&str, &str); 6] = [
        ("display_time_ns", "display clock"),
        ("world_time_ns", "world clock"),
        ("light_since_ns", "world clock"),
        ("host_time_ns", "host clock"),
        ("source_time_ns", "the source's own clock"),
        ("sample_time_ns", "the source's own clock"),
    ];
    const ALONG: [&str; 4] = ["to_zone", "to_stop_line", "to_pedestrian_line", "stopping_gap"];
    if let Some((_, clock)) = CLOCKS.iter().find(|(end, _)| name.ends_with(end)) {
        return clock;
    }
    let is = |part: &str| name.split(['_', '.']).any(|word| word == part);
    match (is("site"), is("stage")) {
        (true, true) => "from stage to site",
        (true, false) if !name.ends_with("_id") => "site",
        (false, true) => "stage",
        _ if ALONG.iter().any(|along| name.contains(along)) => "along the vehicle's lane",
        _ => "",
    }
}

/// The unit that a column's or setting's name declares by its ending, or nothing.
pub fn unit_of(name: &str) -> &'static str {
    const UNITS: [(&str, &str); 15] = [
        ("_mps3", "m/s^3"),
        ("_mps2", "m/s^2"),
        ("_mps", "m/s"),
        ("_per_m", "1/m"),
        ("_hz", "Hz"),
        ("_ns", "ns"),
        ("_ms", "ms"),
        ("_mm", "mm"),
        ("_rad", "rad"),
        ("_deg", "deg"),
        ("_px", "px"),
        ("_m", "m"),
        ("_s", "s"),
        ("_share", "0..1"),
        ("_level", "0..1"),
    ];
    UNITS.iter().find(|(end, _)| name.ends_with(end)).map_or("", |(_, unit)| unit)
}

/// A row type: the file it lives in and its columns, in order.
pub trait Table: Sized {
    /// File name inside a session's folder (or `derived/`).
    const FILE: &'static str;
    /// What one row is.
    const ABOUT: &'static str;
    /// The columns, in file order.
    const COLUMNS: &'static [Column];

    /// Hands each field's text to `each`, in column order, through one reused buffer.
    fn each_field<E>(&self, buffer: &mut Vec<u8>, each: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E>;

    /// Reads a row from its fields; the error names the column and what was expected.
    fn from_fields<'a>(field: impl FnMut(usize) -> Option<&'a str>) -> Result<Self, (&'static str, String)>;
}

/// A table as the codebook and the recorder see it, without its row type.
#[derive(Debug, Clone, Copy)]
pub struct TableInfo {
    /// File name.
    pub file: &'static str,
    /// What one row is.
    pub about: &'static str,
    /// Columns in order.
    pub columns: &'static [Column],
}

impl TableInfo {
    /// The description of `T`.
    pub const fn of<T: Table>() -> Self {
        Self { file: T::FILE, about: T::ABOUT, columns: T::COLUMNS }
    }
}

/// Declares a row type once: struct, column names, codebook text, reading and writing.
macro_rules! table {
    (
        $(#[doc = $about:literal])+
        $(#[derive($($derive:ident),*)])?
        $vis:vis struct $name:ident in $file:literal {
            $( $(#[doc = $doc:literal])+ $field:ident: $type:ty, )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq $($(, $derive)*)?)]
        $vis struct $name { $( $(#[doc = $doc])+ pub $field: $type, )+ }

        impl $crate::table::Table for $name {
            const FILE: &'static str = $file;
            const ABOUT: &'static str = concat!($($about),+);
            const COLUMNS: &'static [$crate::table::Column] = &[ $( $crate::table::Column {
                name: stringify!($field),
                about: concat!($($doc),+),
                kind: <$type as $crate::table::Field>::KIND,
            }, )+ ];

            fn each_field<E>(&self, buffer: &mut Vec<u8>, mut each: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
                $(
                    buffer.clear();
                    $crate::table::Field::put(&self.$field, buffer);
                    each(buffer)?;
                )+
                Ok(())
            }

            fn from_fields<'a>(mut field: impl FnMut(usize) -> Option<&'a str>) -> Result<Self, (&'static str, String)> {
                let mut next = 0_usize;
                $(
                    let $field = {
                        let text = field(next).ok_or_else(|| (stringify!($field), "the field is missing".to_owned()))?;
                        next += 1;
                        <$type as $crate::table::Field>::get(text).map_err(|what| (stringify!($field), what))?
                    };
                )+
                let _ = next;
                Ok(Self { $( $field, )+ })
            }
        }
    };
}
pub(crate) use table;

/// Declares an enum whose variants are written as fixed words.
macro_rules! words {
    (
        $(#[doc = $about:literal])+
        $vis:vis enum $name:ident { $( $(#[doc = $doc:literal])+ $variant:ident = $word:literal, )+ }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        $vis enum $name { $( $(#[doc = $doc])+ $variant, )+ }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];
            /// The words that stand for the values.
            pub const WORDS: &'static [&'static str] = &[ $( $word, )+ ];

            /// The word that stands in files.
            pub const fn word(self) -> &'static str {
                match self { $( Self::$variant => $word, )+ }
            }

            /// The value a word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $( $word => Some(Self::$variant), )+ _ => None }
            }
        }

        impl $crate::table::Field for $name {
            const KIND: $crate::table::Kind = $crate::table::Kind::Words(Self::WORDS);
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(self.word().as_bytes());
            }
            fn get(text: &str) -> Result<Self, String> {
                Self::from_word(text).ok_or_else(|| format!("'{text}' is none of: {}", Self::WORDS.join(", ")))
            }
        }
    };
}
pub(crate) use words;
