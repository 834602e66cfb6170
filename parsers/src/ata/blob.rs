//! A drive's raw answers in one file, as libatasmart 0.19 keeps them (`skdump --save`, `sk_disk_get_blob` in atasmart.c).
//!
//! A row of sections: a tag of four letters, the length in four bytes big-endian, and as many bytes. `IDFY` is the reply to IDENTIFY
//! DEVICE, `SMST` what RETURN STATUS came to (1 is good), `SMDT` is READ DATA, `SMTH` READ THRESHOLDS; in this order, each once, and only
//! what the drive answered. A page that does not sum up is taken for the front of one and the end of something else.

use super::Checksum;
use super::identify::Identify;
use super::smart::{Data, Status, Thresholds};
use crate::fields::Fields;

/// What it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// What the drive is.
    pub identify: Option<Identify>,
    /// What it says of itself.
    pub status: Option<Status>,
    /// Attributes.
    pub data: Option<Data>,
    /// Their thresholds.
    pub thresholds: Option<Thresholds>,
    /// Sections of other tags.
    pub unread: usize,
    /// Why it is not whole, if it is not.
    pub cut: Option<&'static str>,
}

/// Whether bytes are such a file: it begins with the reply to IDENTIFY, of 512 bytes.
pub fn recognise(bytes: &[u8]) -> bool {
    bytes.starts_with(b"IDFY\x00\x00\x02\x00")
}

/// Reads one.
pub fn read(bytes: &[u8]) -> Blob {
    let mut blob = Blob { identify: None, status: None, data: None, thresholds: None, unread: 0, cut: None };
    let mut rest = Fields(bytes);
    while !rest.0.is_empty() {
        let length = rest.be32(4).and_then(|length| usize::try_from(length).ok());
        let (Some(tag), Some(length)) = (rest.bytes(0, 4), length) else {
            blob.cut = Some("it ends within the head of a section");
            break;
        };
        let Some(content) = rest.bytes(8, length) else {
            blob.cut = Some("it ends within a section");
            break;
        };
        match tag {
            b"IDFY" => blob.identify = Some(Identify::parse(content)),
            b"SMST" => {
                blob.status = Fields(content).be32(0).map(|good| match good {
                    1 => Status::Passed,
                    0 => Status::ThresholdExceeded,
                    other => Status::Unknown(u16::try_from(other).unwrap_or(u16::MAX)),
                });
            }
            b"SMDT" => blob.data = Some(Data::parse(content)),
            b"SMTH" => blob.thresholds = Some(Thresholds::parse(content)),
            _ => blob.unread = blob.unread.saturating_add(1),
        }
        rest = rest.from(length.saturating_add(8));
    }
    if blob.data.is_some() && blob.thresholds.is_none() {
        blob.cut.get_or_insert("the thresholds are missing, which follow the attributes");
    }
    let sums = [blob.data.as_ref().map(|page| page.checksum), blob.thresholds.as_ref().map(|page| page.checksum)];
    if sums.into_iter().flatten().any(|sum| sum != Checksum::Good) {
        blob.cut.get_or_insert("a page of it does not sum up");
    }
    blob
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn section(tag: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("short").to_be_bytes();
        [&tag[..], &length, content].concat()
    }

    #[test]
    fn sections_by_their_tags() {
        let whole = [
            section(b"IDFY", &[0; 512]),
            section(b"SMST", &[0, 0, 0, 1]),
            section(b"NEW1", &[7; 3]),
            section(b"SMDT", &[0; 512]),
            section(b"SMTH", &[0; 512]),
        ]
        .concat();
        assert!(recognise(&whole));
        let blob = read(&whole);
        assert_eq!((blob.status, blob.unread, blob.cut), (Some(Status::Passed), 1, None));
        assert!(blob.identify.is_some() && blob.thresholds.is_some());
        assert_eq!(blob.data.map(|data| data.checksum), Some(Checksum::Good));
        for at in 1..whole.len() {
            let (cut, end) = (read(&whole[..at]), whole.len() - 520);
            // Between two sections it could be all that a drive answered, but not behind the attributes.
            let between = [520, 532, 543].contains(&at);
            assert_eq!(cut.cut.is_some(), !between, "up to {at} of {end}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            read(&bytes);
            read(&[&b"IDFY\x00\x00\x02\x00"[..], &bytes].concat());
        }
    }
}
