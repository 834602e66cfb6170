//! Samples in the database.

use super::codec::{self, Damage};
use super::place::{OutOfRange, Place};
use crate::model::Sample;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};

/// Samples that a chunk takes. More make the whole smaller and each new sample dearer.
pub const CHUNK: usize = 32;

const _: () = assert!(CHUNK <= codec::MOST);

/// Why samples could not be kept or found. Damage of the history is not among this: it is told beside what could be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The drive or the time has no place.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// What SQLite said.
    #[error("the history's database: {0}")]
    Database(#[from] rusqlite::Error),
}

/// What became of samples that were given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Added {
    /// Kept.
    pub new: usize,
    /// The same was known.
    pub known: usize,
    /// Not kept: the drive has another sample of that second, which stays.
    pub differing: usize,
    /// Not kept: a damaged chunk begins at that second, and what it had cannot be compared.
    pub damaged: usize,
}

/// What was asked for and cannot be read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damaged {
    /// The drive.
    pub drive: i64,
    /// The time of the first sample that is lost.
    pub at: i64,
    /// In what way.
    pub damage: Damage,
}

/// The samples of a drive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// By time.
    pub samples: Vec<Sample>,
    /// Chunks that may have had more.
    pub damaged: Vec<Damaged>,
}

/// A chunk that could be read.
struct Chunk {
    place: Place,
    samples: Vec<Sample>,
}

/// Keeps samples of a drive, in any order.
///
/// # Errors
/// Those of SQLite, and of a drive or a time that has no place; then nothing was kept, if the transaction is not committed.
pub fn append(transaction: &Transaction<'_>, drive: i64, samples: &[Sample]) -> Result<Added, Error> {
    let (_, last) = Place::all_of(drive)?;
    for sample in samples {
        Place::new(drive, sample.at)?;
    }
    let mut sorted: Vec<_> = samples.iter().collect();
    // A stable sort: of two samples of one second the first is still the first.
    sorted.sort_by_key(|sample| sample.at);
    let mut added = Added::default();
    let mut rest = sorted.as_slice();
    while let Some(first) = rest.first() {
        let place = last.moved_to(first.at);
        let next = next_start(transaction, place, last)?;
        // A chunk takes what is before the next one begins.
        let until = next.map_or(i64::MAX, Place::start);
        let (here, later) = rest.split_at(rest.partition_point(|sample| sample.at < until));
        let spot = spot(transaction, place, next)?;
        add(transaction, &spot, here, next.is_none(), &mut added)?;
        rest = later;
    }
    // The last of the greatest, seen from the end, is the first that was given.
    if let Some(newest) = samples.iter().rev().max_by_key(|sample| sample.at) {
        set_newest(transaction, drive, newest)?;
    }
    Ok(added)
}

/// The samples of a drive whose times are within `from..=to`, by time.
///
/// # Errors
/// Those of SQLite, and of a drive that has no place.
pub fn range(connection: &Connection, drive: i64, from: i64, to: i64) -> Result<Range, Error> {
    let (first, _) = Place::all_of(drive)?;
    let mut found = Range::default();
    if from > to {
        return Ok(found);
    }
    let mut statement = connection.prepare_cached(
        "SELECT place, samples FROM sample_chunk
         WHERE place <= :to AND place >= coalesce(
           (SELECT max(place) FROM sample_chunk WHERE place BETWEEN :first AND :from), :from)
         ORDER BY place",
    )?;
    let (from_place, to_place) = (first.moved_to(from), first.moved_to(to));
    let mut rows =
        statement.query(named_params! { ":first": first.key(), ":from": from_place.key(), ":to": to_place.key() })?;
    while let Some(row) = rows.next()? {
        let place = Place::of(row.get(0)?);
        match codec::decode(place, row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?) {
            Ok(samples) => found.samples.extend(samples.into_iter().filter(|sample| (from..=to).contains(&sample.at))),
            Err(damage) => found.damaged.push(Damaged { drive, at: place.start(), damage }),
        }
    }
    Ok(found)
}

/// Shows the newest sample of every drive, by drive, to `each`. One after the other in the same memory: of all drives at once
/// samples take more time to make room for than to read.
///
/// # Errors
/// Those of SQLite.
pub fn newest(connection: &Connection, mut each: impl FnMut(i64, Result<&Sample, Damaged>)) -> Result<(), Error> {
    let mut statement = connection.prepare_cached("SELECT drive, at, sample FROM sample_newest ORDER BY drive")?;
    let mut rows = statement.query([])?;
    let mut memory = Vec::new();
    while let Some(row) = rows.next()? {
        let (drive, at) = (row.get(0)?, row.get(1)?);
        let bytes = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        each(drive, only(drive, at, bytes, &mut memory).map_err(|damage| Damaged { drive, at, damage }));
    }
    Ok(())
}

/// The newest sample of a drive, if it has any; the damage if it cannot be read.
///
/// # Errors
/// Those of SQLite.
pub fn newest_of(connection: &Connection, drive: i64) -> Result<Option<Result<Sample, Damaged>>, Error> {
    let mut statement = connection.prepare_cached("SELECT at, sample FROM sample_newest WHERE drive = ?1")?;
    let mut rows = statement.query([drive])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let at = row.get(0)?;
    let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
    let sample = only(drive, at, bytes, &mut Vec::new()).cloned();
    Ok(Some(sample.map_err(|damage| Damaged { drive, at, damage })))
}

/// The sample of a row that has one.
fn only<'a>(drive: i64, at: i64, bytes: &[u8], memory: &'a mut Vec<Sample>) -> Result<&'a Sample, Damage> {
    let place = Place::new(drive, at).map_err(|_| Damage::Layout)?;
    codec::decode_to(place, bytes, memory)?;
    let [sample] = memory.as_slice() else { return Err(Damage::Layout) };
    Ok(sample)
}

/// Where the drive's first chunk behind `place` begins.
fn next_start(transaction: &Transaction<'_>, place: Place, last: Place) -> Result<Option<Place>, Error> {
    let mut statement = transaction
        .prepare_cached("SELECT place FROM sample_chunk WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT 1")?;
    let key = statement.query_row([place.key(), last.key()], |row| row.get(0)).optional()?;
    Ok(key.map(Place::of))
}

/// What stands where a sample belongs.
struct Spot {
    /// Any place of the drive.
    drive: Place,
    /// The chunk that it goes to.
    chunk: Option<Chunk>,
    /// Where a damaged chunk begins that it would have gone to.
    damaged: Option<Place>,
}

/// Looks for the last chunk that begins at or before a sample. If there is none, or it is damaged, the next one takes the sample
/// while it has room, lest samples that come newest first make a chunk each.
fn spot(transaction: &Transaction<'_>, place: Place, next: Option<Place>) -> Result<Spot, Error> {
    let mut statement = transaction.prepare_cached(
        "SELECT place, samples FROM sample_chunk WHERE place BETWEEN ?1 AND ?2 ORDER BY place DESC LIMIT 1",
    )?;
    let mut last_within = |from: Place, to: Place| {
        let chunk = |row: &Row<'_>| {
            let place = Place::of(row.get(0)?);
            let samples = codec::decode(place, row.get_ref(1)?.as_blob()?);
            Ok((place, samples.map(|samples| Chunk { place, samples })))
        };
        statement.query_row([from.key(), to.key()], chunk).optional()
    };
    let damaged = match last_within(place.moved_to(0), place)? {
        Some((_, Ok(chunk))) => return Ok(Spot { drive: place, chunk: Some(chunk), damaged: None }),
        Some((damaged, Err(_))) => Some(damaged),
        None => None,
    };
    let Some(next) = next else { return Ok(Spot { drive: place, chunk: None, damaged }) };
    let chunk = last_within(next, next)?.and_then(|(_, chunk)| chunk.ok());
    Ok(Spot { drive: place, chunk: chunk.filter(|chunk| chunk.samples.len() < CHUNK), damaged })
}

/// Adds samples, sorted by time, to what stands at their spot. `at_end`: no chunk of the drive follows.
fn add(
    transaction: &Transaction<'_>,
    spot: &Spot,
    samples: &[&Sample],
    at_end: bool,
    added: &mut Added,
) -> Result<(), Error> {
    let old = spot.chunk.as_ref().map_or(&[][..], |chunk| &chunk.samples);
    let mut all: Vec<&Sample> = old.iter().collect();
    for sample in samples {
        if spot.damaged.is_some_and(|place| place.start() == sample.at) {
            added.damaged += 1;
            continue;
        }
        match all.binary_search_by_key(&sample.at, |other| other.at) {
            Ok(at) if all[at] == *sample => added.known += 1,
            Ok(_) => added.differing += 1,
            Err(at) => {
                all.insert(at, sample);
                added.new += 1;
            }
        }
    }
    let (Some(first), true) = (all.first(), all.len() > old.len()) else { return Ok(()) };
    let moved = spot.chunk.as_ref().filter(|chunk| chunk.place.start() != first.at);
    if let Some(chunk) = moved {
        transaction.prepare_cached("DELETE FROM sample_chunk WHERE place = ?1")?.execute([chunk.place.key()])?;
    }
    let mut write = transaction.prepare_cached(
        "INSERT INTO sample_chunk (place, samples) VALUES (?1, ?2)
         ON CONFLICT (place) DO UPDATE SET samples = excluded.samples",
    )?;
    // At the end full chunks are left behind. In the midst equal parts leave room in each for what else is late.
    let length = if at_end { CHUNK } else { all.len().div_ceil(all.len().div_ceil(CHUNK)) };
    for part in all.chunks(length) {
        // What stands as it is need not be written again.
        let is_old =
            moved.is_none() && part.len() == old.len() && part.iter().zip(old).all(|(sample, old)| sample.at == old.at);
        if let (Some(first), false) = (part.first(), is_old) {
            let place = spot.drive.moved_to(first.at);
            write.execute((place.key(), codec::encode(place, part)))?;
        }
    }
    Ok(())
}

/// Notes a sample as the drive's newest if it is.
fn set_newest(transaction: &Transaction<'_>, drive: i64, sample: &Sample) -> Result<(), Error> {
    let bytes = codec::encode(Place::new(drive, sample.at)?, &[sample]);
    transaction
        .prepare_cached(
            "INSERT INTO sample_newest (drive, at, sample) VALUES (?1, ?2, ?3)
             ON CONFLICT (drive) DO UPDATE SET at = excluded.at, sample = excluded.sample WHERE excluded.at > at",
        )?
        .execute((drive, sample.at, bytes))?;
    Ok(())
}
