//! A SATA disk out of a blob that libatasmart's `skdump --save` wrote: records of a tag, a length (both 4 bytes, big-endian) and
//! content. IDFY is what IDENTIFY DEVICE said, SMDT and SMTH the SMART data and thresholds, SMST the SMART status (1 is good).

use super::File;
use super::ata::{disk_inquiry, registers, status_registers, vpd};
use crate::bytes::get_be;

/// The files of the drive that a blob was taken from. What is cut off is left out.
#[must_use]
pub fn files(blob: &[u8]) -> Vec<File> {
    let mut files = vec![
        ("vpd-00.bin".to_owned(), vpd(0x00, &[0x00, 0x80])),
        ("ata-e5.00.00.sense".to_owned(), registers([0xff, 0, 0, 0])),
    ];
    let mut rest = blob;
    while let Some((header, after)) = rest.split_at_checked(8) {
        let (tag, length) = header.split_at(4);
        let length = usize::try_from(get_be(length)).unwrap_or(usize::MAX);
        let Some((content, after)) = after.split_at_checked(length) else { break };
        rest = after;
        let content = content.to_vec();
        match tag {
            b"IDFY" => {
                let text = |from: usize, to: usize| ata_text(content.get(from..to).unwrap_or_default());
                files.push(("inquiry.bin".to_owned(), disk_inquiry(&text(54, 94), &text(46, 54))));
                files.push(("vpd-80.bin".to_owned(), vpd(0x80, text(20, 40).as_bytes())));
                files.push(("serial".to_owned(), text(20, 40).trim().as_bytes().to_vec()));
                files.push(("ata-ec.00.00.bin".to_owned(), content));
            }
            b"SMDT" => files.push(("ata-b0.d0.00.bin".to_owned(), content)),
            b"SMTH" => {
                files.push(("ata-b0.d1.00.bin".to_owned(), content.clone()));
                files.push(("ata-b0.d1.01.bin".to_owned(), content));
            }
            b"SMST" => files.push(("ata-b0.da.00.sense".to_owned(), status_registers(get_be(&content) == 1))),
            _ => {}
        }
    }
    files
}

/// Text of IDENTIFY DEVICE, in which the bytes of a word are swapped.
fn ata_text(field: &[u8]) -> String {
    field
        .chunks_exact(2)
        .flat_map(|word| [word[1], word[0]])
        .map(|byte| if byte.is_ascii_graphic() { char::from(byte) } else { ' ' })
        .collect()
}
