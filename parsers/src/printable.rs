//! Whether text can be printed. It is asked of every byte of every log, so eight are looked at at a time, however a program is optimised.

/// One in each byte.
const EACH: u64 = u64::from_ne_bytes([1; 8]);

/// The highest bit of each byte.
const HIGH: u64 = 0x80 * EACH;

/// Whether all of a text can be printed: no control characters but tabs.
pub(crate) fn printable(text: &str) -> bool {
    is_plain(text.as_bytes()) || !text.chars().any(|c| c.is_control() && c != '\t')
}

/// Whether bytes are ASCII without control characters but tabs.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    let (eights, rest) = bytes.as_chunks();
    eights.iter().all(|eight| are_plain(*eight) || eight.iter().all(one_is_plain)) && rest.iter().all(one_is_plain)
}

fn one_is_plain(byte: &u8) -> bool {
    *byte == b'\t' || (b' '..0x7f).contains(byte)
}

/// Whether there is neither one below a blank nor one above `~` among eight: what is borrowed or carried from one byte to the next comes of one
/// that is told itself.
fn are_plain(eight: [u8; 8]) -> bool {
    let word = u64::from_ne_bytes(eight);
    let below = word.wrapping_sub(EACH * 0x20) & !word;
    let above = word.wrapping_add(EACH) | word;
    (below | above) & HIGH == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255_u8 {
            for at in 0..19 {
                let mut bytes = [b'x'; 19];
                bytes[at] = byte;
                assert_eq!(is_plain(&bytes), byte == b'\t' || (0x20..0x7f).contains(&byte), "{byte:#x} at {at}");
            }
        }
    }

    proptest! {
        #[test]
        fn eight_at_a_time_are_as_one_by_one(bytes in proptest::collection::vec(any::<u8>(), 0..40), text in any::<String>()) {
            prop_assert_eq!(is_plain(&bytes), bytes.iter().all(one_is_plain));
            let low: Vec<u8> = bytes.iter().map(|byte| byte & 0x7f).collect();
            prop_assert_eq!(is_plain(&low), low.iter().all(one_is_plain));
            prop_assert_eq!(printable(&text), !text.chars().any(|c| c.is_control() && c != '\t'));
        }
    }
}
