//! Sensor data records: which sensor is which part, and what its readings mean. Section 43.

use super::sensor::{Factors, Format, signed};
use crate::fields::Fields;

/// Get SDR. Section 33.12.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The id to ask for next; FFFFh after the last.
    pub next: u16,
    /// The record; `None` if it is shorter than its header.
    pub record: Option<Record>,
}

/// Get SDR, of a whole record from offset 0.
#[must_use]
pub fn entry(data: &[u8]) -> Option<Entry> {
    let reply = Fields(data);
    Some(Entry { next: reply.le16(0)?, record: record(reply.from(2).0) })
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Record id. It may change when the repository does.
    pub id: u16,
    /// RECORD TYPE
    pub kind: u8,
    /// Its whole length in bytes, header included.
    pub len: usize,
    /// By type.
    pub body: Body,
}

/// What a record has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// 01h, full; 02h, compact; 03h, of a sensor that only sends events.
    Sensor(Box<Sensor>),
    /// 11h, of a replaceable part, and 12h, of a management controller.
    Locator(Locator),
    /// Any other, or one that is cut: what follows the header.
    Other(Vec<u8>),
}

/// A sensor. Full records have all; the others have no analog reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensor {
    /// SENSOR OWNER ID: 20h is the BMC. With `lun` and `number` it is the sensor's address.
    pub owner: u8,
    /// SENSOR OWNER LUN, 0 to 3.
    pub lun: u8,
    /// SENSOR NUMBER; in a compact record that is shared, the first.
    pub number: u8,
    /// How many sensors share the record, from `number` on; 1 if it is not shared.
    pub shared: u8,
    /// ENTITY ID: 0Ah a power supply, 1Dh a fan, 04h a disk or its bay, 07h the board. Table 43-13.
    pub entity: u8,
    /// ENTITY INSTANCE: which of them.
    pub instance: u8,
    /// SENSOR TYPE, as in [`super::event`].
    pub sensor_type: u8,
    /// EVENT/READING TYPE: 01h has thresholds.
    pub kind: u8,
    /// ID STRING
    pub name: Option<String>,
    /// Of analog sensors.
    pub analog: Option<Analog>,
}

/// What a full record knows of an analog sensor. Thresholds are raw, as readings are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analog {
    /// How readings become quantities.
    pub factors: Factors,
    /// BASE UNIT, for [`super::sensor::unit_words`].
    pub unit: u8,
    /// PERCENTAGE: the reading is one of `unit`.
    pub percent: bool,
    /// RATE UNIT: 0 none, 1 per µs, 2 per ms, 3 per s, 4 per minute, 5 per hour, 6 per day.
    pub rate: u8,
    /// Upper non-recoverable, critical, non-critical, then lower non-recoverable, critical, non-critical, each where
    /// the sensor says that it can be read (READABLE THRESHOLD MASK).
    pub thresholds: [Option<u8>; 6],
}

/// A part that is no sensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locator {
    /// DEVICE SLAVE ADDRESS or ACCESS ADDRESS.
    pub address: u8,
    /// ENTITY ID
    pub entity: u8,
    /// ENTITY INSTANCE
    pub instance: u8,
    /// ID STRING
    pub name: Option<String>,
}

/// A record alone. `None` if it is shorter than its header.
#[must_use]
pub fn record(bytes: &[u8]) -> Option<Record> {
    let record = Fields(bytes);
    let kind = record.u8(3)?;
    let len = usize::from(record.u8(4)?).saturating_add(5);
    let record = record.front(len);
    let body = match kind {
        0x01 => full(record).map(|sensor| Body::Sensor(Box::new(sensor))),
        0x02 => sensor(record, 12, 31).map(|sensor| {
            // Bits 3:0 of the first sharing byte.
            let shared = record.u8(23).map_or(1, |count| (count & 0x0f).max(1));
            Body::Sensor(Box::new(Sensor { shared, ..sensor }))
        }),
        0x03 => sensor(record, 10, 16).map(|sensor| {
            let shared = record.u8(12).map_or(1, |count| (count & 0x0f).max(1));
            Body::Sensor(Box::new(Sensor { shared, ..sensor }))
        }),
        0x11 | 0x12 => locator(record),
        _ => None,
    };
    Some(Record {
        id: record.le16(0)?,
        kind,
        len,
        body: body.unwrap_or_else(|| Body::Other(record.from(5).0.to_vec())),
    })
}

/// What all three have; `types` is where the sensor type stands and `name` where the type and length of the name do.
fn sensor(record: Fields<'_>, types: usize, name: usize) -> Option<Sensor> {
    Some(Sensor {
        owner: record.u8(5)?,
        lun: record.u8(6)? & 0x03,
        number: record.u8(7)?,
        shared: 1,
        entity: record.u8(8)?,
        instance: record.u8(9)?,
        sensor_type: record.u8(types)?,
        kind: record.bytes(types, 2)?.last().map(|kind| kind & 0x7f)?,
        name: text(record.from(name)),
        analog: None,
    })
}

fn full(record: Fields<'_>) -> Option<Sensor> {
    let units = record.u8(20)?;
    let format = match units >> 6 {
        0 => Format::Unsigned,
        1 => Format::OnesComplement,
        2 => Format::TwosComplement,
        _ => Format::None,
    };
    // Ten bits: the lower eight, then the upper two at the top of the next byte.
    let ten =
        |at: usize| Some(signed(u16::from(record.u8(at)?) | u16::from(record.bytes(at, 2)?.last()? & 0xc0) << 2, 10));
    let exponents = record.u8(29)?;
    let exponent = |nibble: u8| i8::try_from(signed(u16::from(nibble), 4)).unwrap_or(0);
    let factors = Factors {
        format,
        linearisation: record.u8(23)? & 0x7f,
        m: ten(24)?,
        b: ten(26)?,
        b_exponent: exponent(exponents & 0x0f),
        r_exponent: exponent(exponents >> 4),
    };
    // Bits 0 to 2 lower non-critical, critical, non-recoverable; 3 to 5 upper likewise. Section 43.1, byte 19.
    let readable = |bit| record.bit(18, bit) == Some(true);
    let threshold = |at, bit| record.u8(at).filter(|_| readable(bit));
    let analog = Analog {
        factors,
        unit: record.u8(21)?,
        percent: units & 0x01 != 0,
        rate: (units >> 3) & 0x07,
        thresholds: [
            threshold(36, 5),
            threshold(37, 4),
            threshold(38, 3),
            threshold(39, 2),
            threshold(40, 1),
            threshold(41, 0),
        ],
    };
    let sensor = sensor(record, 12, 47)?;
    let analog = (format != Format::None && sensor.kind == 0x01).then_some(analog);
    Some(Sensor { analog, ..sensor })
}

fn locator(record: Fields<'_>) -> Option<Body> {
    Some(Body::Locator(Locator {
        address: record.u8(5)?,
        entity: record.u8(12)?,
        instance: record.u8(13)?,
        name: text(record.from(15)),
    }))
}

/// A type/length byte and its text. Section 43.15.
fn text(field: Fields<'_>) -> Option<String> {
    let head = field.u8(0)?;
    let len = usize::from(head & 0x1f);
    let bytes = field.bytes(1, len)?;
    match head >> 6 {
        0b01 => Some(bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]).map(bcd_plus).collect()),
        0b10 => Some(six_bits(bytes)),
        _ => field.text(1, len),
    }
    .map(|text: String| text.trim().to_owned())
    .filter(|text| !text.is_empty())
}

/// Digits, then a blank, a dash and a period; three reserved.
fn bcd_plus(digit: u8) -> char {
    match digit {
        0..=9 => char::from(b'0'.saturating_add(digit)),
        0xa => ' ',
        0xb => '-',
        0xc => '.',
        _ => '?',
    }
}

/// Four letters in three bytes, the first in the lowest bits, each counted from a blank.
fn six_bits(bytes: &[u8]) -> String {
    let letters = bytes.chunks(3).flat_map(|chunk| {
        let word = chunk.iter().rev().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        let count = chunk.len().saturating_mul(8) / 6;
        [0, 6, 12, 18].into_iter().take(count).map(move |shift| (word >> shift) & 0x3f)
    });
    letters.filter_map(|letter| char::from_u32(letter.saturating_add(0x20))).collect()
}
