//! The seal: a SHA-256 of each new piece of each file, chained from seal to seal.
//!
//! The chain's head is printed and kept outside the session's folder, since an
//! unkeyed chain alone proves nothing against whoever holds the folder.

use crate::table::{LineWriter, SealRow, Table, Text};
use sha2::{Digest, Sha256};

/// The chain before the first seal.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The newest link of a chain: 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head(pub String);

/// Hexadecimal SHA-256 of some bytes.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The link after `before`, over this seal's rows.
pub fn link(before: &str, rows: &[SealRow]) -> String {
    let mut hash = Sha256::new();
    hash.update(before.as_bytes());
    for row in rows {
        hash.update(b"\n");
        hash.update(line(row).as_bytes());
    }
    hex(&hash.finalize())
}

/// A seal's chain row.
pub fn chain_row(seal_n: u32, trial_n: Option<u32>, head: &str) -> SealRow {
    SealRow { seal_n, trial_n, file: Text::fixed("chain"), from_byte: 0, to_byte: 0, sha256: Text::new(head) }
}

/// A row as its line of text, without the line break.
pub fn line<T: Table>(row: &T) -> String {
    let mut writer = LineWriter::default();
    String::from_utf8_lossy(writer.line(row)).trim_end_matches('\n').to_owned()
}

/// A line's fingerprint in `lines/`: the first eight digits of its SHA-256.
pub fn fingerprint(line: &[u8]) -> [u8; 8] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha256::digest(line);
    let mut text = [b'0'; 8];
    for (i, byte) in digest.iter().take(4).enumerate() {
        text[2 * i] = DIGITS[usize::from(byte >> 4)];
        text[2 * i + 1] = DIGITS[usize::from(byte & 15)];
    }
    text
}
