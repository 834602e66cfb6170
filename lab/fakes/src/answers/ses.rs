//! An enclosure with slots, supplies, fans, a temperature and a voltage sensor. Layouts: SES-3.
//!
//! | setting | is | healthy |
//! | --- | --- | --- |
//! | `vendor`, `model`, `serial`, `firmware`, `wwn` | who it is | `LAB`, `FAKE SHELF` |
//! | `ses.slots` | how many slots, up to 60 | 4 |
//! | `ses.slot.N` | element status code of slot N, from 0 (1 OK, 2 critical, 3 not critical, 5 not installed) | 1 |
//! | `ses.slot.N.address` | SAS address of the drive in it; 0 is none, and the slot is empty | 0 |
//! | `ses.supply.N`, `ses.fan.N` | status codes of supplies and fans, 0 and 1 | 1 |
//! | `temperature` | °C | 28 |
//! | `ses.millivolts` | of the 12 V rail | 12050 |

use super::ata::vpd;
use super::{File, Settings};
use crate::bytes::{put_be, put_text};

/// Element types: array device slot, power supply, cooling, temperature, voltage.
const TYPES: [(u8, &str); 5] =
    [(0x17, "Slot"), (0x02, "Supply"), (0x03, "Fan"), (0x04, "Temperature"), (0x12, "Voltage")];
/// The code of a slot with no drive.
const NOT_INSTALLED: u8 = 5;
const GENERATION: [u8; 4] = [0, 0, 0, 1];

pub fn files(settings: &Settings) -> Vec<File> {
    let elements = elements(settings);
    vec![
        ("inquiry.bin".to_owned(), inquiry(settings)),
        ("vpd-00.bin".to_owned(), vpd_of_enclosure(0x00, &[0x00, 0x80, 0x83])),
        ("vpd-80.bin".to_owned(), vpd_of_enclosure(0x80, settings.serial().as_bytes())),
        (
            "vpd-83.bin".to_owned(),
            vpd_of_enclosure(0x83, &[[1, 3, 0, 8].as_slice(), &settings.wwn().to_be_bytes()].concat()),
        ),
        ("diag-00.bin".to_owned(), vec![0x00, 0, 0, 5, 0x00, 0x01, 0x02, 0x07, 0x0a]),
        ("diag-01.bin".to_owned(), configuration(settings, &elements)),
        (
            "diag-02.bin".to_owned(),
            page(0x02, elements.iter().flat_map(|kind| [vec![[0; 4]], kind.clone()].concat().concat())),
        ),
        ("diag-07.bin".to_owned(), descriptors(&elements)),
        ("diag-0a.bin".to_owned(), additional(settings, elements[0].len())),
    ]
}

/// The status elements of each of the `TYPES`.
fn elements(settings: &Settings) -> [Vec<[u8; 4]>; 5] {
    let slots = settings.number("ses.slots", 4).min(60);
    let slot = |slot: u64| {
        let empty = address(settings, slot) == 0;
        [settings.byte(&format!("ses.slot.{slot}"), if empty { NOT_INSTALLED } else { 1 }), 0, 0, 0]
    };
    let supply = |number: u8| {
        let status = settings.byte(&format!("ses.supply.{number}"), 1);
        // A supply that is not well has failed: FAIL and AC FAIL.
        [status, 0, 0, if status == 1 { 0x20 } else { 0x42 }]
    };
    let fan = |number: u8| {
        let status = settings.byte(&format!("ses.fan.{number}"), 1);
        // 4200 revolutions a minute, in tens; stopped where it is not well.
        if status == 1 { [1, 0x01, 0xa4, 0x25] } else { [status, 0, 0, 0x40] }
    };
    let centivolts = settings.number("ses.millivolts", 12_050) / 10;
    let [.., high, low] = centivolts.to_be_bytes();
    [
        (0..slots).map(slot).collect(),
        vec![supply(0), supply(1)],
        vec![fan(0), fan(1)],
        vec![[1, 0, settings.byte("temperature", 28).saturating_add(20), 0]],
        vec![[1, 0, high, low]],
    ]
}

fn address(settings: &Settings, slot: u64) -> u64 {
    settings.number(&format!("ses.slot.{slot}.address"), 0)
}

/// A diagnostic page that begins with the generation of the configuration.
fn page(code: u8, content: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut data = vec![code, 0, 0, 0];
    data.extend_from_slice(&GENERATION);
    data.extend(content);
    let length = data.len() as u64 - 4;
    put_be::<2>(&mut data, 2, length);
    data
}

/// One enclosure: who it is, how many elements of each type, and the types' texts.
fn configuration(settings: &Settings, elements: &[Vec<[u8; 4]>]) -> Vec<u8> {
    let mut enclosure = vec![0; 40];
    enclosure[..4].copy_from_slice(&[0x11, 0, 5, 36]);
    put_be::<8>(&mut enclosure, 4, settings.wwn());
    put_text(&mut enclosure, 12, 8, &settings.text("vendor", "LAB"));
    put_text(&mut enclosure, 20, 16, &settings.text("model", "FAKE SHELF"));
    put_text(&mut enclosure, 36, 4, &settings.text("firmware", "FK01"));
    for ((kind, text), elements) in TYPES.iter().zip(elements) {
        enclosure.extend_from_slice(&[*kind, elements.len().to_le_bytes()[0], 0, text.len().to_le_bytes()[0]]);
    }
    page(0x01, enclosure.into_iter().chain(TYPES.iter().flat_map(|(_, text)| text.bytes())))
}

/// A name for each element, none for the whole of a type.
fn descriptors(elements: &[Vec<[u8; 4]>]) -> Vec<u8> {
    let mut content = Vec::new();
    for ((_, text), elements) in TYPES.iter().zip(elements) {
        content.extend_from_slice(&[0; 4]);
        for number in 0..elements.len() {
            let name = format!("{text} {number:02}");
            content.extend_from_slice(&[0, 0, 0, name.len().to_le_bytes()[0]]);
            content.extend_from_slice(name.as_bytes());
        }
    }
    page(0x07, content.into_iter())
}

/// For each slot (EIP set, protocol SAS): its number, and of the one phy in it the expander's and the drive's address.
fn additional(settings: &Settings, slots: usize) -> Vec<u8> {
    let mut content = Vec::new();
    for (number, slot) in (0..slots).zip(0_u8..) {
        let address = address(settings, slot.into());
        let mut element = vec![0; 8 + 28];
        element[..8].copy_from_slice(&[0x16, 34, 0, slot, 1, 0, 0, slot]);
        element[8] = 0x10;
        put_be::<8>(&mut element, 12, settings.wwn());
        put_be::<8>(&mut element, 20, address);
        // An empty slot is said to be invalid: bit 7.
        element[0] |= if address == 0 { 0x80 } else { 0 };
        element[28] = number.to_le_bytes()[0];
        content.extend_from_slice(&element);
    }
    page(0x0a, content.into_iter())
}

fn inquiry(settings: &Settings) -> Vec<u8> {
    let mut data = vec![0; 96];
    data[..5].copy_from_slice(&[0x0d, 0, 6, 2, 91]);
    data[6] = 0x40;
    put_text(&mut data, 8, 8, &settings.text("vendor", "LAB"));
    put_text(&mut data, 16, 16, &settings.text("model", "FAKE SHELF"));
    put_text(&mut data, 32, 4, &settings.text("firmware", "FK01"));
    data
}

fn vpd_of_enclosure(page: u8, content: &[u8]) -> Vec<u8> {
    let mut data = vpd(page, content);
    data[0] = 0x0d;
    data
}
