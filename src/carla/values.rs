//! The plain values of which CARLA's structures are made: numbers, texts, bytes, lists, optional values, pairs.

use rmp::Marker;

use super::wire::{Malformed, Reader, Wire, Writer};

/// The fields of a structure, in the order in which they stand on the wire.
macro_rules! wire {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::carla::wire::Wire for $name {
            fn write(&self, to: &mut $crate::carla::wire::Writer) {
                to.array([$(stringify!($field)),+].len());
                $($crate::carla::wire::Wire::write(&self.$field, to);)+
            }

            fn read(from: &mut $crate::carla::wire::Reader<'_>) -> Result<Self, $crate::carla::wire::Malformed> {
                let fields = [$(stringify!($field)),+].len();
                from.structure(stringify!($name), fields, |from, _| {
                    $(let $field = $crate::carla::wire::Wire::read(from)
                        .map_err(|e| e.within(stringify!($name), stringify!($field)))?;)+
                    Ok(($name { $($field),+ }, fields))
                })
            }
        }
    };
}

/// A choice that goes over the wire as a number.
macro_rules! wire_choice {
    ($name:ident, $words:literal { $($variant:ident = $number:literal),+ $(,)? }) => {
        impl $name {
            /// The number that stands for it.
            pub fn number(self) -> u8 {
                match self { $(Self::$variant => $number),+ }
            }

            /// What a number stands for.
            pub fn from_number(number: u64) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::carla::wire::Wire for $name {
            fn write(&self, to: &mut $crate::carla::wire::Writer) {
                to.unsigned(self.number().into());
            }

            fn read(from: &mut $crate::carla::wire::Reader<'_>) -> Result<Self, $crate::carla::wire::Malformed> {
                let wrong = from.clone();
                let number = from.unsigned()?;
                Self::from_number(number).ok_or_else(|| wrong.wrong(format!("{number} is no {}", $words)))
            }
        }
    };
}

pub(super) use wire;
pub(super) use wire_choice;

macro_rules! whole_numbers {
    ($($unsigned:ty),+ ; $($signed:ty),+) => {
        $(impl Wire for $unsigned {
            fn write(&self, to: &mut Writer) {
                to.unsigned(u64::from(*self));
            }
            fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
                let wrong = from.clone();
                let number = from.integer()?;
                Self::try_from(number).map_err(|_| wrong.wrong(format!("{number} is out of range")))
            }
        })+
        $(impl Wire for $signed {
            fn write(&self, to: &mut Writer) {
                to.signed(i64::from(*self));
            }
            fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
                let wrong = from.clone();
                let number = from.integer()?;
                Self::try_from(number).map_err(|_| wrong.wrong(format!("{number} is out of range")))
            }
        })+
    };
}
whole_numbers!(u8, u16, u32, u64; i8, i32);

impl Wire for bool {
    fn write(&self, to: &mut Writer) {
        to.raw(&[if *self { Marker::True } else { Marker::False }.to_u8()]);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let wrong = from.clone();
        match from.raw()? {
            [0xc3] => Ok(true),
            [0xc2] => Ok(false),
            _ => Err(wrong.wrong("true or false should be here")),
        }
    }
}

impl Wire for f32 {
    fn write(&self, to: &mut Writer) {
        to.raw(&[Marker::F32.to_u8()]);
        to.raw(&self.to_be_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(from.number()? as f32)
    }
}

impl Wire for f64 {
    fn write(&self, to: &mut Writer) {
        to.raw(&[Marker::F64.to_u8()]);
        to.raw(&self.to_be_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.number()
    }
}

impl Wire for String {
    fn write(&self, to: &mut Writer) {
        to.text(self);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let wrong = from.clone();
        let text = std::str::from_utf8(from.text_bytes()?).map_err(|_| wrong.wrong("the text is not UTF-8"))?;
        Ok(text.to_owned())
    }
}

/// Bytes, which MessagePack tells from texts and lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Wire for Bytes {
    fn write(&self, to: &mut Writer) {
        let len = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        to.bin_len(len);
        to.raw(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self(from.text_bytes()?.to_vec()))
    }
}

/// A value of any kind as the MessagePack bytes it is: what is handed through without being understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw(pub Vec<u8>);

impl Wire for Raw {
    fn write(&self, to: &mut Writer) {
        to.raw(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self(from.raw()?.to_vec()))
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write(&self, to: &mut Writer) {
        to.array(self.len());
        for value in self {
            value.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let len = from.list()?;
        let mut values = Vec::new();
        for _ in 0..len {
            values.push(T::read(from)?);
        }
        Ok(values)
    }
}

/// An optional value is an array of one or two, never nil.
impl<T: Wire> Wire for Option<T> {
    fn write(&self, to: &mut Writer) {
        to.array(if self.is_some() { 2 } else { 1 });
        self.is_some().write(to);
        if let Some(value) = self {
            value.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.structure("an optional value", 1, |from, len| {
            let is_some = bool::read(from)?;
            match (is_some, len) {
                (false, _) => Ok((None, 1)),
                (true, 1) => Err(from.wrong("an optional value is announced and missing")),
                (true, _) => Ok((Some(T::read(from)?), 2)),
            }
        })
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        self.0.write(to);
        self.1.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.structure("a pair", 2, |from, _| Ok(((A::read(from)?, B::read(from)?), 2)))
    }
}

impl<T: Wire> Wire for Box<T> {
    fn write(&self, to: &mut Writer) {
        (**self).write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self::new(T::read(from)?))
    }
}
