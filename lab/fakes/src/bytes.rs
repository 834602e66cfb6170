//! Fields in answers: numbers of some width at some place, in either byte order, and text padded with blanks.

/// Writes the low `WIDTH` bytes of a number, most significant first (SCSI).
///
/// # Panics
///
/// When the field does not lie within the answer.
pub fn put_be<const WIDTH: usize>(answer: &mut [u8], at: usize, number: u64) {
    answer[at..at + WIDTH].copy_from_slice(&number.to_be_bytes()[8 - WIDTH..]);
}

/// Writes the low `WIDTH` bytes of a number, least significant first (ATA, NVMe).
///
/// # Panics
///
/// When the field does not lie within the answer.
pub fn put_le<const WIDTH: usize>(answer: &mut [u8], at: usize, number: u64) {
    answer[at..at + WIDTH].copy_from_slice(&number.to_le_bytes()[..WIDTH]);
}

/// Reads a number of up to 8 bytes, least significant first.
#[must_use]
pub fn get_le(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Reads a number of up to 8 bytes, most significant first.
#[must_use]
pub fn get_be(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Writes text into a field of `width` bytes, padded with blanks or cut off.
///
/// # Panics
///
/// When the field does not lie within the answer.
pub fn put_text(answer: &mut [u8], at: usize, width: usize, text: &str) {
    for (place, byte) in answer[at..at + width].iter_mut().zip(text.bytes().chain(std::iter::repeat(b' '))) {
        *place = byte;
    }
}

/// As [`put_text`], with the two bytes of each word swapped (ATA/ATAPI, strings of IDENTIFY DEVICE).
///
/// # Panics
///
/// When the field does not lie within the answer.
pub fn put_ata_text(answer: &mut [u8], at: usize, width: usize, text: &str) {
    put_text(answer, at, width, text);
    for word in answer[at..at + width].chunks_exact_mut(2) {
        word.swap(0, 1);
    }
}

/// Makes the last byte such that the sum of all is 0 modulo 256 (ATA data structures of 512 bytes).
pub fn seal(sector: &mut [u8]) {
    if let Some((last, rest)) = sector.split_last_mut() {
        *last = rest.iter().fold(0_u8, |sum, &byte| sum.wrapping_sub(byte));
    }
}
