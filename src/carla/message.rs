//! Requests and replies: MessagePack-RPC, values back to back without a length before them.
//!
//! A request is `[0, id, method, [[asynchronous], arguments..]]`, a reply `[1, id, error, result]`; replies may come in
//! any order. What a function answers is wrapped once more: [`Answer`].

use super::dialect::Dialect;
use super::wire::{Malformed, Reader, Wire, Writer};

const REQUEST: u64 = 0;
const REPLY: u64 = 1;

/// What stands in the reply to a call whose reply nobody waits for.
pub const UNKNOWN_ERROR: &str = "unknown error";

/// A function of the server.
pub trait Call {
    /// Its name.
    const METHOD: &'static str;
    /// The first version that has it.
    const SINCE: Dialect = Dialect::V0_9_14;
    /// What it takes.
    type Arguments: Arguments;
    /// What it answers.
    type Answer: Answer;
}

/// What a function takes, without the word on whether anybody waits, which comes first in every call.
pub trait Arguments: Sized {
    /// How many there are.
    fn count(dialect: Dialect) -> usize;
    /// Appends them.
    fn write_all(&self, to: &mut Writer);
    /// Takes them.
    fn read_all(from: &mut Reader<'_>) -> Result<Self, Malformed>;
}

macro_rules! arguments {
    ($count:literal $(, $name:ident: $index:tt)*) => {
        impl<$($name: Wire),*> Arguments for ($($name,)*) {
            fn count(_: Dialect) -> usize {
                $count
            }
            fn write_all(&self, _to: &mut Writer) {
                $(self.$index.write(_to);)*
            }
            fn read_all(_from: &mut Reader<'_>) -> Result<Self, Malformed> {
                Ok(($($name::read(_from)?,)*))
            }
        }
    };
}
arguments!(0);
arguments!(1, A: 0);
arguments!(2, A: 0, B: 1);
arguments!(3, A: 0, B: 1, C: 2);
arguments!(4, A: 0, B: 1, C: 2, D: 3);

/// What a function answers: a value or the server's words on why not.
pub trait Answer: Sized {
    /// Appends it.
    fn write_answer(answer: &Result<Self, String>, to: &mut Writer);
    /// Takes it.
    fn read_answer(from: &mut Reader<'_>) -> Result<Result<Self, String>, Malformed>;
}

/// `[[1, value]]` or `[[0, [words]]]`
impl<T: Wire> Answer for T {
    fn write_answer(answer: &Result<Self, String>, to: &mut Writer) {
        to.array(1);
        to.array(2);
        match answer {
            Ok(value) => {
                to.unsigned(1);
                value.write(to);
            }
            Err(words) => {
                to.unsigned(0);
                write_words(words, to);
            }
        }
    }

    fn read_answer(from: &mut Reader<'_>) -> Result<Result<Self, String>, Malformed> {
        from.structure("an answer", 1, |from, _| {
            from.structure("an answer", 2, |from, _| {
                let here = from.clone();
                match from.unsigned()? {
                    0 => Ok((Err(read_words(from)?), 2)),
                    1 => Ok((Ok(T::read(from)?), 2)),
                    other => Err(here.wrong(format!("an answer is 0 or 1, not {other}"))),
                }
            })
            .map(|answer| (answer, 1))
        })
    }
}

/// Nothing but whether it worked: `[[false]]` or `[[true, [words]]]`
impl Answer for () {
    fn write_answer(answer: &Result<Self, String>, to: &mut Writer) {
        to.array(1);
        to.array(if answer.is_ok() { 1 } else { 2 });
        answer.is_err().write(to);
        if let Err(words) = answer {
            write_words(words, to);
        }
    }

    fn read_answer(from: &mut Reader<'_>) -> Result<Result<Self, String>, Malformed> {
        from.structure("an answer", 1, |from, _| {
            from.structure("an answer", 1, |from, len| match (bool::read(from)?, len) {
                (false, _) => Ok((Ok(()), 1)),
                (true, 1) => Err(from.wrong("an error is announced and missing")),
                (true, _) => Ok((Err(read_words(from)?), 2)),
            })
            .map(|answer| (answer, 1))
        })
    }
}

/// What became of each command of a batch: the number of its actor, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchResults(pub Vec<Result<u32, String>>);

/// A batch alone answers with a list, one answer for each command, and nothing around it.
impl Answer for BatchResults {
    fn write_answer(answer: &Result<Self, String>, to: &mut Writer) {
        // There is no room for an error of the whole.
        let results = answer.as_ref().map_or(&[][..], |results| &results.0);
        to.array(results.len());
        for result in results {
            Answer::write_answer(result, to);
        }
    }

    fn read_answer(from: &mut Reader<'_>) -> Result<Result<Self, String>, Malformed> {
        let len = from.list()?;
        let mut results = Vec::new();
        for _ in 0..len {
            results.push(u32::read_answer(from)?);
        }
        Ok(Ok(Self(results)))
    }
}

fn write_words(words: &str, to: &mut Writer) {
    to.array(1);
    to.text(words);
}

fn read_words(from: &mut Reader<'_>) -> Result<String, Malformed> {
    from.structure("an error", 1, |from, _| Ok((String::from_utf8_lossy(from.text_bytes()?).into_owned(), 1)))
}

/// The bytes of a request.
pub fn request<C: Call>(id: u32, asynchronous: bool, arguments: &C::Arguments, dialect: Dialect) -> Vec<u8> {
    let mut to = Writer::new(dialect);
    to.array(4);
    to.unsigned(REQUEST);
    id.write(&mut to);
    to.text(C::METHOD);
    to.array(1 + C::Arguments::count(dialect));
    to.array(1);
    asynchronous.write(&mut to);
    arguments.write_all(&mut to);
    to.into_bytes()
}

/// A request as a server reads it: whose arguments these are shows its method.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Its number; the reply carries it again.
    pub id: u32,
    /// The name of the function.
    pub method: String,
    /// Whether nobody waits for the reply.
    pub asynchronous: bool,
    /// How many arguments there are, the word on waiting included.
    pub count: usize,
    arguments: Reader<'a>,
}

impl<'a> Request<'a> {
    /// Reads one that is all there.
    pub fn read(bytes: &'a [u8], dialect: Dialect) -> Result<Self, Malformed> {
        let mut from = Reader::new(bytes, dialect);
        let len = from.array()?;
        let kind = from.unsigned()?;
        if (len, kind) != (4, REQUEST) {
            return Err(Malformed::new(format!("a request is 4 values beginning with 0, not {len} with {kind}"), 0));
        }
        let id = u32::read(&mut from)?;
        let method = String::read(&mut from)?;
        let count = from.array()?;
        let asynchronous =
            if count == 0 { false } else { from.structure("Metadata", 1, |from, _| Ok((bool::read(from)?, 1)))? };
        Ok(Self { id, method, asynchronous, count, arguments: from })
    }

    /// Whether the arguments are as many as the function takes.
    pub fn has_arguments_of<C: Call>(&self) -> bool {
        self.count == 1 + C::Arguments::count(self.arguments.dialect())
    }

    /// Its arguments.
    pub fn arguments<C: Call>(&self) -> Result<C::Arguments, Malformed> {
        C::Arguments::read_all(&mut self.arguments.clone())
    }
}

/// The bytes of a reply.
pub fn reply<C: Call>(id: u32, answer: &Result<C::Answer, String>, dialect: Dialect) -> Vec<u8> {
    let mut to = Writer::new(dialect);
    to.array(4);
    to.unsigned(REPLY);
    id.write(&mut to);
    to.nil();
    Answer::write_answer(answer, &mut to);
    to.into_bytes()
}

/// The bytes of a reply that says that the call itself went wrong: no such function, wrong number of arguments.
pub fn refusal(id: u32, words: &str, dialect: Dialect) -> Vec<u8> {
    let mut to = Writer::new(dialect);
    to.array(4);
    to.unsigned(REPLY);
    id.write(&mut to);
    to.text(words);
    to.nil();
    to.into_bytes()
}

/// A reply as a client reads it.
#[derive(Debug, Clone)]
pub struct Reply<'a> {
    /// The number of the request.
    pub id: u32,
    /// What the call itself went wrong with; else the result.
    pub result: Result<Reader<'a>, String>,
}

impl<'a> Reply<'a> {
    /// Reads one that is all there.
    pub fn read(bytes: &'a [u8], dialect: Dialect) -> Result<Self, Malformed> {
        let mut from = Reader::new(bytes, dialect);
        let len = from.array()?;
        let kind = from.unsigned()?;
        if (len, kind) != (4, REPLY) {
            return Err(Malformed::new(format!("a reply is 4 values beginning with 1, not {len} with {kind}"), 0));
        }
        let id = u32::read(&mut from)?;
        if from.nil() {
            return Ok(Self { id, result: Ok(from) });
        }
        // Normally a text; whatever it is, it is an error.
        let words = match from.clone().text_bytes() {
            Ok(text) => String::from_utf8_lossy(text).into_owned(),
            Err(_) => UNKNOWN_ERROR.to_owned(),
        };
        Ok(Self { id, result: Err(words) })
    }

    /// What the function answered.
    pub fn answer<C: Call>(&self) -> Result<Result<C::Answer, String>, Malformed> {
        match &self.result {
            Ok(result) => C::Answer::read_answer(&mut result.clone()),
            Err(words) => Ok(Err(words.clone())),
        }
    }
}
