//! MessagePack as CARLA writes it: structures are positional arrays, and nothing is named.
//!
//! [`Wire`] is one value in both directions; the macro `wire!` declares the order of a structure's fields once. Reading goes
//! through the bytes without building a tree: what can be allocated is bounded by the bytes that are there.

use rmp::Marker;

use super::dialect::Dialect;
use super::extent::name_of;

pub use super::extent::Extent;

/// How deep values may lie in each other; CARLA's own go to about twelve.
const DEEPEST: u32 = 48;
/// How many elements the lists of one message may have together. The largest genuine answers (every mesh of a town,
/// every blueprint) stay far below.
const MOST_ELEMENTS: usize = 1 << 22;

/// Bytes that are not what they should be: where, and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{within}{what} at byte {at}")]
pub struct Malformed {
    /// Which value: `Actor.bounding_box.extent: `, or nothing.
    within: String,
    what: String,
    at: usize,
}

impl Malformed {
    /// Something wrong at a byte.
    pub fn new(what: impl Into<String>, at: usize) -> Self {
        Self { within: String::new(), what: what.into(), at }
    }

    /// The same, within a field.
    #[must_use]
    pub fn within(mut self, structure: &str, field: &str) -> Self {
        let inner = self.within.split_once('.').map_or("", |(_, inner)| inner);
        self.within =
            if inner.is_empty() { format!("{structure}.{field}: ") } else { format!("{structure}.{field}.{inner}") };
        self
    }
}

/// A value that goes over the wire.
pub trait Wire: Sized {
    /// Appends it.
    fn write(&self, to: &mut Writer);
    /// Takes it.
    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed>;
}

/// Where values are written.
#[derive(Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    dialect: Dialect,
}

impl Writer {
    /// An empty one.
    pub fn new(dialect: Dialect) -> Self {
        Self { bytes: Vec::new(), dialect }
    }

    /// Whose structures are written.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The start of an array of `len` values.
    pub fn array(&mut self, len: usize) {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        // Here and below: writing into memory cannot fail.
        let _ = rmp::encode::write_array_len(&mut self.bytes, len);
    }

    /// A whole number from 0, in the fewest bytes.
    pub fn unsigned(&mut self, value: u64) {
        let _ = rmp::encode::write_uint(&mut self.bytes, value);
    }

    /// A whole number, in the fewest bytes.
    pub fn signed(&mut self, value: i64) {
        let _ = rmp::encode::write_sint(&mut self.bytes, value);
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        let _ = rmp::encode::write_str(&mut self.bytes, text);
    }

    /// The start of `len` bytes.
    pub fn bin_len(&mut self, len: u32) {
        let _ = rmp::encode::write_bin_len(&mut self.bytes, len);
    }

    /// Nil.
    pub fn nil(&mut self) {
        self.bytes.push(Marker::Null.to_u8());
    }

    /// A value that is MessagePack already.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}

/// Where values are read.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    dialect: Dialect,
    depth: u32,
    elements_left: usize,
}

impl<'a> Reader<'a> {
    /// At the start of some bytes.
    pub fn new(bytes: &'a [u8], dialect: Dialect) -> Self {
        Self { bytes, at: 0, dialect, depth: 0, elements_left: MOST_ELEMENTS }
    }

    /// Whose structures are read.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What is wrong here.
    pub fn wrong(&self, what: impl Into<String>) -> Malformed {
        Malformed::new(what, self.at)
    }

    /// Whether all was read.
    pub fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// The next `len` bytes.
    fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let rest = &self.bytes[self.at..];
        if rest.len() < len {
            return Err(self.wrong(format!("{len} bytes are announced, {} are there", rest.len())));
        }
        self.at += len;
        Ok(&rest[..len])
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| self.wrong("bytes are missing"))
    }

    fn marker(&mut self) -> Result<Marker, Malformed> {
        let [byte] = self.fixed()?;
        Ok(Marker::from_u8(byte))
    }

    fn length(&mut self, bytes: usize) -> Result<usize, Malformed> {
        let big_endian = self.take(bytes)?;
        Ok(big_endian.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
    }

    /// What should be here is not.
    fn unlike(&self, at: usize, wanted: &str, found: Marker) -> Malformed {
        Malformed::new(format!("{wanted} should be here, not {}", name_of(found)), at)
    }

    /// The length of an array that starts here. Never more than there are bytes left: each value takes at least one.
    pub fn array(&mut self) -> Result<usize, Malformed> {
        let at = self.at;
        let len = match self.marker()? {
            Marker::FixArray(len) => usize::from(len),
            Marker::Array16 => self.length(2)?,
            Marker::Array32 => self.length(4)?,
            other => return Err(self.unlike(at, "an array", other)),
        };
        if len > self.bytes.len() - self.at {
            return Err(Malformed::new(format!("an array of {len} values does not fit in what follows"), at));
        }
        Ok(len)
    }

    /// A structure of at least `least` fields, read by `fields`, which is told how many there are; what a newer version
    /// appends is passed over.
    pub fn structure<T>(
        &mut self,
        name: &str,
        least: usize,
        fields: impl FnOnce(&mut Self, usize) -> Result<(T, usize), Malformed>,
    ) -> Result<T, Malformed> {
        let at = self.at;
        let len = self.array()?;
        if len < least {
            return Err(Malformed::new(format!("{name} has {len} fields instead of {least}"), at));
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Malformed::new(format!("values lie more than {DEEPEST} deep in each other"), at));
        }
        let (value, read) = fields(self, len)?;
        for _ in read..len {
            self.skip()?;
        }
        self.depth -= 1;
        Ok(value)
    }

    /// The length of a list; lists of one message share a bound.
    pub fn list(&mut self) -> Result<usize, Malformed> {
        let at = self.at;
        let len = self.array()?;
        self.elements_left = self
            .elements_left
            .checked_sub(len)
            .ok_or_else(|| Malformed::new(format!("lists of more than {MOST_ELEMENTS} values in one message"), at))?;
        Ok(len)
    }

    /// Whether nil stands here; it is taken if so.
    pub fn nil(&mut self) -> bool {
        let is_nil = self.bytes.get(self.at) == Some(&Marker::Null.to_u8());
        self.at += usize::from(is_nil);
        is_nil
    }

    /// A whole number from 0.
    pub fn unsigned(&mut self) -> Result<u64, Malformed> {
        let at = self.at;
        let value = self.integer()?;
        u64::try_from(value).map_err(|_| Malformed::new(format!("{value} should not be negative"), at))
    }

    /// A whole number.
    pub fn integer(&mut self) -> Result<i128, Malformed> {
        let at = self.at;
        Ok(match self.marker()? {
            Marker::FixPos(value) => value.into(),
            Marker::FixNeg(value) => value.into(),
            Marker::U8 => u8::from_be_bytes(self.fixed()?).into(),
            Marker::U16 => u16::from_be_bytes(self.fixed()?).into(),
            Marker::U32 => u32::from_be_bytes(self.fixed()?).into(),
            Marker::U64 => u64::from_be_bytes(self.fixed()?).into(),
            Marker::I8 => i8::from_be_bytes(self.fixed()?).into(),
            Marker::I16 => i16::from_be_bytes(self.fixed()?).into(),
            Marker::I32 => i32::from_be_bytes(self.fixed()?).into(),
            Marker::I64 => i64::from_be_bytes(self.fixed()?).into(),
            other => return Err(self.unlike(at, "a whole number", other)),
        })
    }

    /// A number of any width, as the genuine decoder takes it.
    pub fn number(&mut self) -> Result<f64, Malformed> {
        match self.bytes.get(self.at).map(|byte| Marker::from_u8(*byte)) {
            Some(Marker::F32) => {
                self.at += 1;
                Ok(f32::from_be_bytes(self.fixed()?).into())
            }
            Some(Marker::F64) => {
                self.at += 1;
                Ok(f64::from_be_bytes(self.fixed()?))
            }
            _ => Ok(self.integer()? as f64),
        }
    }

    /// The bytes of a text, or of bytes where a text should be, as the genuine decoder takes them.
    pub fn text_bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let at = self.at;
        let len = match self.marker()? {
            Marker::FixStr(len) => usize::from(len),
            Marker::Str8 | Marker::Bin8 => self.length(1)?,
            Marker::Str16 | Marker::Bin16 => self.length(2)?,
            Marker::Str32 | Marker::Bin32 => self.length(4)?,
            other => return Err(self.unlike(at, "a text", other)),
        };
        self.take(len)
    }

    /// A value of any kind, as the bytes it takes.
    pub fn raw(&mut self) -> Result<&'a [u8], Malformed> {
        let at = self.at;
        self.skip()?;
        Ok(&self.bytes[at..self.at])
    }

    /// Passes over a value of any kind.
    pub fn skip(&mut self) -> Result<(), Malformed> {
        let mut extent = Extent::default();
        match extent.find(&self.bytes[self.at..])? {
            Some(len) => {
                self.at += len;
                Ok(())
            }
            None => Err(self.wrong("a value is cut off")),
        }
    }
}
