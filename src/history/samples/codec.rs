//! Samples to bytes and back. The layout is drawn in the module above.

use super::place::Place;
use crate::model::{Sample, Series};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The only format there is.
const FORMAT: u8 = 1;

/// Samples that a chunk can hold: their number is one byte.
pub(super) const MOST: usize = 255;

const CHECK: usize = size_of::<u32>();

/// The bits of a column's head.
const CODING: u64 = 0b011;
const PARTIAL: u64 = 0b100;
const STEP: u32 = 3;

/// Why bytes are not samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Bytes changed since they were written, or are those of another place.
    #[error("the check does not fit the bytes")]
    Check,
    /// Not damage, perhaps: another version's way of writing.
    #[error("the format {0} is not known; a newer arraywatch may have written it")]
    Format(u8),
    /// The check fits, the bytes do not fit each other.
    #[error("the columns are not as they are written")]
    Layout,
}

/// The bytes of samples that have different times in ascending order, the first that of the place; at most [`MOST`].
pub(super) fn encode(place: Place, samples: &[&Sample]) -> Vec<u8> {
    let number = u8::try_from(samples.len()).expect("chunks are cut before they have too many samples");
    let columns = columns(samples);
    let mut out = Vec::with_capacity(1024);
    out.extend([FORMAT, number]);
    varint(columns.len() as u64, &mut out);
    let times = Column {
        series: 0,
        values: samples.iter().map(|sample| sample.at.wrapping_sub(place.start()).cast_unsigned()).collect(),
        present: Vec::new(),
    };
    times.write(0, &mut out);
    let mut least = 0;
    for column in columns {
        column.write(least, &mut out);
        least = column.series + 1;
    }
    let check = check(place, &out);
    out.extend(check);
    out
}

/// The samples of the chunk at a place.
pub(super) fn decode(place: Place, bytes: &[u8]) -> Result<Vec<Sample>, Damage> {
    let mut samples = Vec::new();
    decode_to(place, bytes, &mut samples)?;
    Ok(samples)
}

/// Makes `samples` those of the chunk at a place, in the memory that they have. If they are damaged, what is there is none of them.
pub(super) fn decode_to(place: Place, bytes: &[u8], samples: &mut Vec<Sample>) -> Result<(), Damage> {
    let (bytes, found) = bytes.split_last_chunk::<CHECK>().ok_or(Damage::Layout)?;
    if *found != check(place, bytes) {
        return Err(Damage::Check);
    }
    match bytes {
        [FORMAT, rest @ ..] => parse(place.start(), Bytes(rest), samples).ok_or(Damage::Layout),
        [format, ..] => Err(Damage::Format(*format)),
        [] => Err(Damage::Layout),
    }
}

/// The low half of a hash whose seed is the place: a row that stands elsewhere than it was written is found as well.
fn check(place: Place, bytes: &[u8]) -> [u8; CHECK] {
    let [a, b, c, d, ..] = xxh3_64_with_seed(bytes, place.key().cast_unsigned()).to_le_bytes();
    [a, b, c, d]
}

/// The values of one series.
struct Column {
    series: u64,
    values: Vec<u64>,
    /// A bit for each sample; empty if all have the series.
    present: Vec<u8>,
}

/// Rows to columns. All samples are gone through side by side, each series being the least that any still has.
fn columns(samples: &[&Sample]) -> Vec<Column> {
    let mut rest: Vec<_> = samples.iter().map(|sample| sample.values()).collect();
    let mut columns = Vec::with_capacity(rest.first().map_or(0, |values| values.len()));
    while let Some(series) = rest.iter().filter_map(|values| values.first()).map(|(series, _)| *series).min() {
        let mut column =
            Column { series: series.id().into(), values: Vec::with_capacity(rest.len()), present: Vec::new() };
        let mut present = [0_u8; MOST.div_ceil(8)];
        for (at, values) in rest.iter_mut().enumerate() {
            if let Some(((first, value), others)) = values.split_first()
                && *first == series
            {
                column.values.push(*value);
                present[at / 8] |= 1 << (at % 8);
                *values = others;
            }
        }
        if column.values.len() < rest.len() {
            column.present = present[..rest.len().div_ceil(8)].to_vec();
        }
        columns.push(column);
    }
    columns
}

impl Column {
    /// Writes the column, of whose series `least` is the least that it can be.
    fn write(&self, least: u64, out: &mut Vec<u8>) {
        let Some((first, others)) = self.values.split_first() else { return };
        let head = (self.series - least) << STEP | if self.present.is_empty() { 0 } else { PARTIAL };
        let mut changes = Vec::with_capacity(others.len());
        let mut before = *first;
        for value in others {
            changes.push(value.wrapping_sub(before));
            before = *value;
        }
        let coding = Coding::shortest(&changes);
        varint(head | coding.code(), out);
        out.extend(&self.present);
        varint(*first, out);
        coding.write(&changes, out);
    }
}

/// How the values behind the first are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Constant,
    Delta,
    Linear,
    Sparse,
}

impl Coding {
    const fn code(self) -> u64 {
        match self {
            Self::Constant => 0,
            Self::Delta => 1,
            Self::Linear => 2,
            Self::Sparse => 3,
        }
    }

    const fn of(head: u64) -> Self {
        match head & CODING {
            0 => Self::Constant,
            1 => Self::Delta,
            2 => Self::Linear,
            _ => Self::Sparse,
        }
    }

    fn shortest(changes: &[u64]) -> Self {
        let (mut delta, mut linear, mut sparse) = (0, 0, 1);
        let (mut before, mut same) = (0, 0);
        for change in changes {
            let own = length(zigzag(*change));
            delta += own;
            linear += length(zigzag(change.wrapping_sub(before)));
            before = *change;
            if *change == 0 {
                same += 1;
            } else {
                sparse += length(same) + own;
                same = 0;
            }
        }
        if sparse == 1 {
            return Self::Constant;
        }
        // Of equals the one that is read fastest.
        [(delta, Self::Delta), (linear, Self::Linear), (sparse, Self::Sparse)]
            .into_iter()
            .min_by_key(|(length, _)| *length)
            .map_or(Self::Delta, |(_, coding)| coding)
    }

    fn write(self, changes: &[u64], out: &mut Vec<u8>) {
        match self {
            Self::Constant => {}
            Self::Delta => changes.iter().for_each(|change| varint(zigzag(*change), out)),
            Self::Linear => {
                let mut before = 0;
                for change in changes {
                    varint(zigzag(change.wrapping_sub(before)), out);
                    before = *change;
                }
            }
            Self::Sparse => {
                varint(changes.iter().filter(|change| **change != 0).count() as u64, out);
                let mut same = 0;
                for change in changes {
                    if *change == 0 {
                        same += 1;
                    } else {
                        varint(same, out);
                        varint(zigzag(*change), out);
                        same = 0;
                    }
                }
            }
        }
    }

    /// Reads `number` values, at least one, and gives them to `take` in order.
    fn read(self, number: usize, bytes: &mut Bytes<'_>, mut take: impl FnMut(u64)) -> Option<()> {
        let mut value = bytes.varint()?;
        take(value);
        match self {
            Self::Constant => (1..number).for_each(|_| take(value)),
            Self::Delta => {
                for _ in 1..number {
                    value = value.wrapping_add(unzigzag(bytes.varint()?));
                    take(value);
                }
            }
            Self::Linear => {
                let mut change = 0_u64;
                for _ in 1..number {
                    change = change.wrapping_add(unzigzag(bytes.varint()?));
                    value = value.wrapping_add(change);
                    take(value);
                }
            }
            Self::Sparse => {
                let mut left = number - 1;
                for _ in 0..bytes.varint()? {
                    let same = usize::try_from(bytes.varint()?).ok()?;
                    left = left.checked_sub(same)?.checked_sub(1)?;
                    (0..same).for_each(|_| take(value));
                    value = value.wrapping_add(unzigzag(bytes.varint()?));
                    take(value);
                }
                (0..left).for_each(|_| take(value));
            }
        }
        Some(())
    }
}

/// The samples of bytes whose check fits. `None` if they were not written by [`encode`].
fn parse(start: i64, mut bytes: Bytes<'_>, samples: &mut Vec<Sample>) -> Option<()> {
    let number = usize::from(bytes.byte()?);
    let columns = usize::try_from(bytes.varint()?).ok()?;
    // A column has two bytes at least, so what is taken here is within what the bytes can come to.
    if number == 0 || columns > usize::from(Series::END) || columns > bytes.0.len() / 2 {
        return None;
    }
    let head = bytes.varint()?;
    if head & !CODING != 0 {
        return None;
    }
    samples.resize_with(number, || Sample::new(0, []));
    let mut rows = samples.iter_mut();
    Coding::of(head).read(number, &mut bytes, |time| {
        let sample = rows.next().expect("as many as samples");
        sample.clear(start.wrapping_add(time.cast_signed()), columns);
    })?;
    if samples.first()?.at != start || !samples.is_sorted_by(|a, b| a.at < b.at) {
        return None;
    }
    let mut least = 0_u64;
    for _ in 0..columns {
        let head = bytes.varint()?;
        // Neither is near 2^64: the one is cut, the other an id.
        let id = least + (head >> STEP);
        let series = Series::new(u16::try_from(id).ok()?)?;
        least = id + 1;
        let coding = Coding::of(head);
        if head & (PARTIAL | CODING) == 0 {
            // The usual case, and all that a single sample has.
            let value = bytes.varint()?;
            for sample in &mut *samples {
                sample.push(series, value);
            }
        } else if head & PARTIAL == 0 {
            let mut rows = samples.iter_mut();
            coding.read(number, &mut bytes, |value| rows.next().expect("as many as samples").push(series, value))?;
        } else {
            let present = bytes.take(number.div_ceil(8))?;
            let mut rows = samples.iter_mut().enumerate().filter(|(at, _)| present[at / 8] >> (at % 8) & 1 == 1);
            let set = present.iter().map(|byte| byte.count_ones() as usize).sum();
            let beyond = number % 8 != 0 && present.last().is_some_and(|last| last >> (number % 8) != 0);
            if set == 0 || beyond {
                return None;
            }
            coding.read(set, &mut bytes, |value| rows.next().expect("as many as bits").1.push(series, value))?;
        }
    }
    bytes.0.is_empty().then_some(())
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, number: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(number)?;
        self.0 = rest;
        Some(taken)
    }

    /// `None` also if it does not fit 64 bits.
    #[inline(always)]
    fn varint(&mut self) -> Option<u64> {
        // Most are one byte, and nearly all others two.
        match self.0 {
            [first @ ..0x80, rest @ ..] => {
                self.0 = rest;
                Some(u64::from(*first))
            }
            [first, second @ ..0x80, rest @ ..] => {
                self.0 = rest;
                Some(u64::from(*first & 0x7f) | u64::from(*second) << 7)
            }
            _ => self.longer(),
        }
    }

    #[inline(never)]
    fn longer(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return None;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Bytes of a varint.
const fn length(value: u64) -> u32 {
    (u64::BITS - (value | 1).leading_zeros()).div_ceil(7)
}

const fn zigzag(change: u64) -> u64 {
    (change << 1) ^ (change.cast_signed() >> 63).cast_unsigned()
}

const fn unzigzag(value: u64) -> u64 {
    (value >> 1) ^ (value & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(id: u16) -> Series {
        Series::new(id).unwrap()
    }

    fn place() -> Place {
        Place::new(3, 1_000).unwrap()
    }

    /// What is behind the format and before the check.
    fn body(samples: &[Sample]) -> Vec<u8> {
        let bytes = encode(place(), &samples.iter().collect::<Vec<_>>());
        assert_eq!(decode(place(), &bytes).as_deref(), Ok(samples));
        bytes[1..bytes.len() - CHECK].to_vec()
    }

    /// Bytes with a format and a check that fit.
    fn sealed(body: &[u8]) -> Vec<u8> {
        let mut bytes = [&[FORMAT], body].concat();
        bytes.extend(check(place(), &bytes));
        bytes
    }

    /// A sample a second, of one series.
    fn course(values: &[Option<u64>]) -> Vec<Sample> {
        let sample = |(at, value): (i64, &Option<u64>)| Sample::new(at, value.map(|value| (series(2), value)));
        (1_000..).zip(values).map(sample).collect()
    }

    #[test]
    fn the_layout_is_as_drawn() {
        // The times, a second apart, are deltas of 1, which zigzag makes 2.
        for (values, bytes) in [
            (&[None][..], &[1, 0, 0, 0][..]),
            (&[Some(5)], &[1, 1, 0, 0, 2 << 3, 5]),
            (&[Some(300)], &[1, 1, 0, 0, 2 << 3, 0xac, 2]),
            (&[Some(5), Some(5)], &[2, 1, 1, 0, 2, 2 << 3, 5]),
            (&[Some(5), Some(7), Some(4)], &[3, 1, 1, 0, 2, 2, 2 << 3 | 1, 5, 4, 5]),
            (&[Some(5), Some(205), Some(405)], &[3, 1, 1, 0, 2, 2, 2 << 3 | 2, 5, 0x90, 3, 0]),
            (
                &[Some(5), Some(5), Some(5), Some(5), Some(5), Some(6)],
                &[6, 1, 1, 0, 2, 2, 2, 2, 2, 2 << 3 | 3, 5, 1, 4, 2],
            ),
            (&[None, Some(1), None, Some(1)], &[4, 1, 1, 0, 2, 2, 2, 2 << 3 | 4, 0b1010, 1]),
            (&[Some(0), Some(u64::MAX)], &[2, 1, 1, 0, 2, 2 << 3 | 1, 0, 1]),
        ] {
            assert_eq!(body(&course(values)), bytes, "{values:?}");
        }
    }

    #[test]
    fn columns_that_contradict_themselves_are_damage() {
        for bytes in [
            &[][..],
            &[1],
            // No samples; a time that is not the place's; two of one time; a partial time; a time that is a series.
            &[0, 0, 0, 0],
            &[1, 0, 0, 1],
            &[2, 0, 0, 0],
            &[1, 0, 4, 1, 0],
            &[1, 0, 8, 0],
            // More columns than there are bytes; fewer; an id beyond the end; the id before again, by overflow.
            &[1, 200, 0, 0, 0, 5],
            &[1, 0, 0, 0, 0, 5],
            &[1, 1, 0, 0, 0x80, 0x80, 2, 5],
            &[1, 2, 0, 0, 8, 5, 0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 5],
            // A varint without end; one of more than 64 bits.
            &[1, 1, 0, 0, 0, 0x80],
            &[1, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
            // Nobody has the series; more than all have it; the bits are not there.
            &[1, 1, 0, 0, 4, 0, 5],
            &[1, 1, 0, 0, 4, 0b10, 5],
            &[1, 1, 0, 0, 4],
            // More changes than samples.
            &[1, 1, 0, 0, 3, 5, 1, 0, 2],
            &[2, 1, 1, 0, 2, 3, 5, 1, 1, 2],
            &[2, 1, 1, 0, 2, 3, 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 2],
            // A time beyond all that a time can be.
            &[2, 0, 1, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        ] {
            assert_eq!(decode(place(), &sealed(bytes)), Err(Damage::Layout), "{bytes:?}");
        }
    }

    #[test]
    fn bytes_of_elsewhere_and_of_later_are_told() {
        let bytes = encode(place(), &[&course(&[Some(5)])[0]]);
        let mut later = [&[FORMAT + 1], &bytes[1..bytes.len() - CHECK]].concat();
        later.extend(check(place(), &later));
        let beside = Place::new(4, 1_000).unwrap();
        for (place, bytes, damage) in [
            (place(), &[][..], Damage::Layout),
            (place(), &[0, 0, 0], Damage::Layout),
            (beside, &bytes, Damage::Check),
            (place(), &bytes[..bytes.len() - 1], Damage::Check),
            (place(), &later, Damage::Format(FORMAT + 1)),
        ] {
            assert_eq!(decode(place, bytes), Err(damage));
        }
    }

    /// Values as counters and gauges take them, and any others.
    fn value() -> impl Strategy<Value = u64> {
        prop_oneof![4 => 0..4_u64, 2 => 0..100_000_u64, 1 => any::<u64>(), 1 => Just(u64::MAX), 1 => Just((1 << 48) - 1)]
    }

    fn samples() -> impl Strategy<Value = Vec<Sample>> {
        let id = prop_oneof![4 => 0..8_u16, 1 => 0..Series::END];
        let values = proptest::collection::btree_map(id.prop_map(series), value(), 0..8);
        let step = prop_oneof![1..3_i64, 86_000..87_000_i64];
        proptest::collection::vec((step, values), 1..=MOST).prop_map(|rows| {
            let mut at = 1_000;
            let sample = |(step, values)| {
                let sample = Sample::new(at, values);
                at += step;
                sample
            };
            rows.into_iter().map(sample).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn samples_come_back(samples in samples()) {
            let bytes = encode(place(), &samples.iter().collect::<Vec<_>>());
            prop_assert_eq!(decode(place(), &bytes), Ok(samples));
        }

        #[test]
        fn a_changed_bit_is_found(samples in samples(), at in any::<proptest::sample::Index>(), bit in 0..8_u32) {
            let mut bytes = encode(place(), &samples.iter().collect::<Vec<_>>());
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(decode(place(), &bytes), Err(Damage::Check));
        }

        /// Also behind a check that fits, so that it is not the check alone that keeps it from panic.
        #[test]
        fn any_bytes_are_samples_or_damage(bytes in proptest::collection::vec(prop_oneof![0..16_u8, any::<u8>()], 0..64)) {
            prop_assert!(decode(place(), &bytes).is_err());
            check_bounds(&sealed(&bytes))?;
        }

        /// Almost right is harder than random.
        #[test]
        fn so_are_changed_ones(
            samples in samples(),
            changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
            cut in any::<proptest::sample::Index>(),
        ) {
            let mut bytes = body(&samples);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            check_bounds(&sealed(&bytes))?;
            check_bounds(&sealed(&bytes[..cut.index(bytes.len())]))?;
        }
    }

    /// What comes of bytes is as every list of samples is, and no more than bytes can come to.
    fn check_bounds(bytes: &[u8]) -> Result<(), TestCaseError> {
        if let Ok(samples) = decode(place(), bytes) {
            prop_assert!(samples.len() <= MOST);
            prop_assert!(samples.is_sorted_by(|a, b| a.at < b.at));
            prop_assert!(samples.iter().all(|sample| sample.values().len() <= bytes.len()));
            let again = encode(place(), &samples.iter().collect::<Vec<_>>());
            prop_assert_eq!(decode(place(), &again), Ok(samples));
        }
        Ok(())
    }
}
