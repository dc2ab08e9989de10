//! Where a MessagePack value ends: all that is asked of bytes before they are read.

use rmp::Marker;

use super::wire::Malformed;

/// Finds where a value ends in bytes that are still coming, without looking at any byte twice.
#[derive(Debug, Clone)]
pub struct Extent {
    /// Where the next header is.
    at: usize,
    /// How many values are still to come.
    values: usize,
    /// Bytes that the next header takes besides its first, where it is cut off.
    header: usize,
}

impl Default for Extent {
    fn default() -> Self {
        Self { at: 0, values: 1, header: 0 }
    }
}

impl Extent {
    /// How many bytes the value at the start of `bytes` takes; `None` while it is not all there. To be asked again
    /// with the same bytes and more behind them.
    pub fn find(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        while self.values > 0 {
            let Some(rest) = bytes.get(self.at..).filter(|rest| !rest.is_empty()) else { return Ok(None) };
            let (len, inner) = match header(rest).map_err(|what| Malformed::new(what, self.at))? {
                Ok(whole) => whole,
                Err(takes) => {
                    self.header = takes - 1;
                    return Ok(None);
                }
            };
            self.header = 0;
            self.at = self.at.saturating_add(len);
            self.values = (self.values - 1).saturating_add(inner);
        }
        Ok((self.at <= bytes.len()).then_some(self.at))
    }

    /// The fewest bytes that the whole value can take, as far as it is known.
    pub fn at_least(&self) -> usize {
        self.at.saturating_add(self.values).saturating_add(self.header)
    }
}

/// Of the value that starts here: its bytes without values inside it, and how many those are; where its length is cut off,
/// how many bytes marker and length take.
fn header(rest: &[u8]) -> Result<Result<(usize, usize), usize>, String> {
    let length = |bytes: usize| {
        let length = rest.get(1..=bytes).ok_or(1 + bytes)?;
        Ok(length.iter().fold(0_usize, |len, byte| len << 8 | usize::from(*byte)))
    };
    let sized = |bytes: usize| length(bytes).map(|len| ((1 + bytes).saturating_add(len), 0));
    let marker = Marker::from_u8(rest[0]);
    Ok(match marker {
        Marker::FixPos(_) | Marker::FixNeg(_) | Marker::Null | Marker::True | Marker::False => Ok((1, 0)),
        Marker::U8 | Marker::I8 => Ok((2, 0)),
        Marker::U16 | Marker::I16 => Ok((3, 0)),
        Marker::U32 | Marker::I32 | Marker::F32 => Ok((5, 0)),
        Marker::U64 | Marker::I64 | Marker::F64 => Ok((9, 0)),
        Marker::FixStr(len) => Ok((1 + usize::from(len), 0)),
        Marker::Str8 | Marker::Bin8 => sized(1),
        Marker::Str16 | Marker::Bin16 => sized(2),
        Marker::Str32 | Marker::Bin32 => sized(4),
        Marker::FixArray(len) => Ok((1, usize::from(len))),
        Marker::Array16 => length(2).map(|len| (3, len)),
        Marker::Array32 => length(4).map(|len| (5, len)),
        Marker::FixMap(len) => Ok((1, 2 * usize::from(len))),
        Marker::Map16 => length(2).map(|len| (3, 2 * len)),
        Marker::Map32 => length(4).map(|len| (5, len.saturating_mul(2))),
        other => return Err(format!("{} is nothing that CARLA sends", name_of(other))),
    })
}

/// What a marker begins, in words.
pub(super) fn name_of(marker: Marker) -> &'static str {
    match marker {
        Marker::Null => "nil",
        Marker::True | Marker::False => "true or false",
        Marker::F32 | Marker::F64 => "a number with a point",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "a text",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "bytes",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "an array",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "a map",
        Marker::Reserved => "a byte without meaning",
        Marker::FixPos(_) | Marker::FixNeg(_) => "a whole number",
        Marker::U8 | Marker::U16 | Marker::U32 | Marker::U64 => "a whole number",
        Marker::I8 | Marker::I16 | Marker::I32 | Marker::I64 => "a whole number",
        _ => "an extension",
    }
}
