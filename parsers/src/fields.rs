//! Fields of a reply of fixed layout: what a device that answers by the book has there, and nothing where the reply is too short.
//!
//! Every getter takes the offset that the standard gives, in bytes, and is `None` behind the end of what was answered.

/// A reply.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    /// `len` bytes from `at`, if all are there.
    pub(crate) fn bytes(self, at: usize, len: usize) -> Option<&'a [u8]> {
        self.0.get(at..at.checked_add(len)?)
    }

    /// All from `at` on; nothing behind the end.
    pub(crate) fn from(self, at: usize) -> Self {
        Self(self.0.get(at..).unwrap_or_default())
    }

    /// At most `len` bytes from the front.
    pub(crate) fn front(self, len: usize) -> Self {
        Self(self.0.get(..len).unwrap_or(self.0))
    }

    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.bytes(at, N)?.try_into().ok()
    }

    /// A byte.
    pub(crate) fn u8(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    /// Whether a bit of a byte is set.
    pub(crate) fn bit(self, at: usize, bit: u8) -> Option<bool> {
        Some(self.u8(at)?.checked_shr(u32::from(bit))? & 1 == 1)
    }

    /// Little-endian, as ATA, NVMe and MegaRAID have it.
    pub(crate) fn le16(self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    /// Little-endian.
    pub(crate) fn le32(self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    /// Little-endian, 48 bits.
    pub(crate) fn le48(self, at: usize) -> Option<u64> {
        let [a, b, c, d, e, f] = self.array(at)?;
        Some(u64::from_le_bytes([a, b, c, d, e, f, 0, 0]))
    }

    /// Little-endian.
    pub(crate) fn le64(self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// Little-endian.
    pub(crate) fn le128(self, at: usize) -> Option<u128> {
        self.array(at).map(u128::from_le_bytes)
    }

    /// Big-endian, as SCSI has it.
    pub(crate) fn be16(self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    /// Big-endian.
    pub(crate) fn be32(self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    /// Big-endian.
    pub(crate) fn be64(self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    /// Big-endian, of any length up to 8 bytes; a longer one whose front is not zero is the greatest value.
    pub(crate) fn be(self, at: usize, len: usize) -> Option<u64> {
        let bytes = self.bytes(at, len)?;
        let (front, last) = bytes.split_at(bytes.len().saturating_sub(8));
        if front.iter().any(|byte| *byte != 0) {
            return Some(u64::MAX);
        }
        Some(last.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// A text of fixed length, padded with blanks or NULs on either side. `None` if nothing is left. What is not printable ASCII
    /// is a question mark: the text is shown to people.
    pub(crate) fn text(self, at: usize, len: usize) -> Option<String> {
        let text: String = self.bytes(at, len)?.iter().copied().map(tame).collect();
        let text = text.trim_matches([' ', '\0']);
        (!text.is_empty()).then(|| text.replace('\0', " "))
    }
}

fn tame(byte: u8) -> char {
    match byte {
        0 | b' '..=b'~' => char::from(byte),
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn behind_the_end_there_is_nothing() {
        let fields = Fields(&[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(fields.le16(6), Some(0x0807));
        assert_eq!(fields.le16(7), None);
        assert_eq!(fields.be32(0), Some(0x0102_0304));
        assert_eq!(fields.le48(2), Some(0x0807_0605_0403));
        assert_eq!(fields.le128(0), None);
        assert_eq!(fields.be(0, 3), Some(0x01_0203));
        assert_eq!(fields.bytes(usize::MAX, 2), None);
        assert_eq!(Fields(&[1, 0, 0, 0, 0, 0, 0, 0, 9]).be(0, 9), Some(u64::MAX));
    }

    #[test]
    fn texts_are_trimmed_and_tame() {
        let check =
            |bytes: &[u8], expect: Option<&str>| assert_eq!(Fields(bytes).text(0, bytes.len()).as_deref(), expect);
        check(b"  LAB-1 \0\0", Some("LAB-1"));
        check(b" \0 ", None);
        check(b"a\x1b[b\0c", Some("a?[b c"));
    }
}
