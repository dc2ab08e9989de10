//! Samples as a WAV file: 16 bits, two channels.

use super::{RATE_HZ, Stereo};

/// Bytes of a sample of both ears.
const FRAME: u32 = 4;

/// The file's bytes; what is beyond full scale is cut. None where it were longer than such a file can be: six hours.
pub fn wav(samples: &[Stereo]) -> Option<Vec<u8>> {
    const HEADER: u32 = 36;
    let bytes = u32::try_from(samples.len()).ok()?.checked_mul(FRAME)?;
    let whole = bytes.checked_add(HEADER)?;
    let mut file = Vec::with_capacity(usize::try_from(whole).ok()?.checked_add(8)?);
    let (long, short) = (u32::to_le_bytes, u16::to_le_bytes);
    file.extend([*b"RIFF", long(whole), *b"WAVE", *b"fmt ", long(16)].concat());
    // Plain PCM, two channels, rate, bytes a second, bytes of a frame, bits.
    file.extend([short(1), short(2)].concat());
    file.extend([long(RATE_HZ), long(RATE_HZ * FRAME)].concat());
    file.extend([short(4), short(16)].concat());
    file.extend([*b"data", long(bytes)].concat());
    for value in samples.iter().flatten() {
        #[allow(clippy::cast_possible_truncation)]
        let value = (value * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i16;
        file.extend(value.to_le_bytes());
    }
    Some(file)
}
