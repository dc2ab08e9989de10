//! Names for participants in what is handed to others: made of the code with a secret key that never leaves the data
//! folder, so that neither code nor order of enrolment can be told from them, and that each export gives the same ones.

use crate::problem::{Place, Problem};
use crate::record::folder::DataFolder;
use crate::record::storage::{Storage, write_new};
use crate::record::{hex, read, sha256_hex};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// A key's file is this long and no longer: its digits, a line break, perhaps a carriage return.
const MOST_FILE_BYTES: u64 = 256;
/// Letters and digits of a pseudonym after its first letter: 50 bits, so that two alike are as good as impossible.
const LETTERS: usize = 10;
/// Nothing that is taken for another: no l, no o, no 0, no 1; all lower case.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The secret key of a study's pseudonyms.
#[derive(Clone)]
pub struct Key([u8; KEY_BYTES]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(secret)")
    }
}

/// Where a data folder keeps its key.
pub fn key_file(data: &DataFolder) -> PathBuf {
    data.0.join("pseudonyms.key")
}

impl Key {
    /// The key in a file.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let cure = "a key is 64 hexadecimal digits: put the file back that `kerbside export` made; with a new key \
                    participants get other pseudonyms";
        let text = read::at_most(path, MOST_FILE_BYTES, cure)?;
        let digits = text.trim_ascii();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let all_digits = digits.iter().all(u8::is_ascii_hexdigit);
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
        let key = bytes.filter(|_| all_digits && digits.len() == 2 * KEY_BYTES).and_then(|bytes| bytes.try_into().ok());
        key.map(Self).ok_or_else(|| Problem::file(path.display(), "is not a key of pseudonyms", cure))
    }

    /// The key of a data folder; none before the first export.
    pub fn of(data: &DataFolder) -> Result<Option<Self>, Problem> {
        let path = key_file(data);
        if path.symlink_metadata().is_err() { Ok(None) } else { Self::read(&path).map(Some) }
    }

    /// The key of a data folder, made where there is none.
    pub fn of_or_new(storage: &dyn Storage, data: &DataFolder) -> Result<Self, Problem> {
        if let Some(key) = Self::of(data)? {
            return Ok(key);
        }
        let path = key_file(data);
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes).map_err(|e| {
            let what = format!("the system gives no random numbers for a key: {e}");
            Problem::file(
                path.display(),
                what,
                "make one elsewhere (64 random hexadecimal digits) and give it with --key",
            )
        })?;
        write_new(storage, &path, format!("{}\n", hex(&bytes)).as_bytes())?;
        let synced = storage.sync_folder(&data.0);
        synced.map_err(|e| crate::record::folder::unwritable(&data.0, &e))?;
        Ok(Self(bytes))
    }

    /// Tells one key from another without giving either away.
    pub fn fingerprint(&self) -> String {
        sha256_hex(&[b"kerbside key of pseudonyms ".as_slice(), &self.0].concat()).chars().take(16).collect()
    }

    /// The pseudonym of a participant's code.
    pub fn pseudonym(&self, code: &str) -> String {
        let digest = hmac_sha256(&self.0, code.as_bytes());
        let letter = |byte: &u8| char::from(*ALPHABET.get(usize::from(byte % 32)).unwrap_or(&b'a'));
        std::iter::once('p').chain(digest.iter().take(LETTERS).map(letter)).collect()
    }
}

/// RFC 2104 with SHA-256, for keys of a block or less.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let pad = |with: u8| {
        let mut block = [with; BLOCK];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

/// The pseudonyms of a study's participants.
#[derive(Debug)]
pub struct Pseudonyms {
    by_code: BTreeMap<String, String>,
}

impl Pseudonyms {
    /// Of these codes; refused should two have the same.
    pub fn of<'a>(key: &Key, codes: impl Iterator<Item = &'a str>) -> Result<Self, Problem> {
        let by_code: BTreeMap<String, String> = codes.map(|code| (code.to_owned(), key.pseudonym(code))).collect();
        let mut taken = BTreeMap::new();
        for (code, pseudonym) in &by_code {
            if let Some(other) = taken.insert(pseudonym, code) {
                let what = format!("{code} and {other} have the same pseudonym under this key");
                return Err(Problem::new(Place::default(), what, "give another key with --key"));
            }
        }
        Ok(Self { by_code })
    }

    /// Of a code; NA for one that is none of the study's.
    pub fn get(&self, code: &str) -> &str {
        self.by_code.get(code).map_or("NA", String::as_str)
    }

    /// The text with every code that stands in it as a word of its own replaced.
    pub fn in_words(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, code, after)) = self.first_in(rest) {
            out.push_str(before);
            out.push_str(self.get(code));
            rest = after;
        }
        out + rest
    }

    /// The first code that stands in a text as a word of its own, and on which line. Codes without a letter are not
    /// looked for: they are numbers like any other.
    pub fn code_in<'a>(&self, text: &'a str) -> Option<(u32, &'a str)> {
        let mut rest = text;
        while let Some((_, code, after)) = self.first_in(rest) {
            if code.chars().any(char::is_alphabetic) {
                let before = text.len() - after.len() - code.len();
                let line = text[..before].matches('\n').count() + 1;
                return Some((u32::try_from(line).unwrap_or(u32::MAX), code));
            }
            rest = after;
        }
        None
    }

    /// What stands before the first code, the code, and what follows it. Letters and digits make a word: `AB` stands in
    /// `AB-1` and in `(AB)`, and not in `ABC`.
    fn first_in<'a>(&self, text: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
        let mut at = 0;
        while at < text.len() {
            let here = &text[at..];
            let first = here.chars().next()?;
            let end = here.find(|c: char| c.is_alphanumeric() != first.is_alphanumeric()).unwrap_or(here.len());
            // Codes that begin with this word; of several the longest.
            let begin =
                self.by_code.range(here[..end].to_owned()..).take_while(|(code, _)| code.starts_with(&here[..end]));
            let whole = |code: &&String| {
                let after = here.strip_prefix(code.as_str());
                after.is_some_and(|after| !after.chars().next().is_some_and(char::is_alphanumeric))
            };
            if let Some(code) = begin.map(|(code, _)| code).filter(whole).max_by_key(|code| code.len()) {
                return Some((&text[..at], &here[..code.len()], &here[code.len()..]));
            }
            at += end;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::storage::Disk;

    #[test]
    fn the_hash_is_that_of_rfc_4231() {
        let of = |key: &[u8], text: &[u8]| hex(&hmac_sha256(key, text));
        // Test cases 1 and 2 of RFC 4231, section 4.
        assert_eq!(of(&[0x0b; 20], b"Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        assert_eq!(
            of(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_key_is_made_once_and_gives_the_same_names_again() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataFolder(dir.path().to_path_buf());
        assert!(Key::of(&data).unwrap().is_none());
        let first = Key::of_or_new(&Disk, &data).unwrap();
        let again = Key::of_or_new(&Disk, &data).unwrap();
        assert_eq!(first.pseudonym("K7Q2MR"), again.pseudonym("K7Q2MR"));
        assert_eq!(first.pseudonym("K7Q2MR").len(), 1 + LETTERS);
        assert_ne!(first.pseudonym("K7Q2MR"), first.pseudonym("K7Q2M"));
        let other = Key([7; KEY_BYTES]);
        assert_ne!(first.pseudonym("K7Q2MR"), other.pseudonym("K7Q2MR"));
        assert_ne!(first.fingerprint(), other.fingerprint());
        assert!(!format!("{first:?}").contains(&hex(&first.0)[..8]));
        for (text, good) in [
            (format!("{}\r\n", hex(&first.0)), true),
            (String::new(), false),
            ("12".repeat(31), false),
            ("+1".repeat(32), false),
            ("1".repeat(1000), false),
        ] {
            std::fs::write(key_file(&data), &text).unwrap();
            assert_eq!(Key::of(&data).is_ok(), good, "{text:?}");
        }
    }

    #[test]
    fn codes_are_found_as_words_only() {
        let key = Key([7; KEY_BYTES]);
        let names = Pseudonyms::of(&key, ["AB", "AB-1", "ÄB", "12"].into_iter()).unwrap();
        let said = names.in_words("AB, ABC, AB-1; AB-2 ÄB xAB 12 (AB)");
        let of = |code: &str| names.get(code).to_owned();
        let [ab, ab1, other, twelve] = ["AB", "AB-1", "ÄB", "12"].map(of);
        assert_eq!(said, format!("{ab}, ABC, {ab1}; {ab}-2 {other} xAB {twelve} ({ab})"));
        assert_eq!(names.code_in("12 of them\nand ABC\nlike ÄB."), Some((3, "ÄB")));
        assert_eq!(names.get("nobody"), "NA");
    }
}
