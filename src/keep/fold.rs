//! Makes the digests of the streams, from their checkpoints on: what came late is taken up from before it, and what follows is
//! folded again in the order of time.
//!
//! Where old observations were summed up, a stream begins with its base: what was made of the records that are gone. Remarks are
//! kept, and may be taken back, so a base lacks them and they are taken beside it; of them a digest does not mind the order.

use crate::diagnosis::Digest;
use crate::history::checkpoint::{self, New};
use crate::history::reader::{self, Known, Stream, Which};
use crate::history::{BaseLost, Manner, SourceId, Written};
use crate::model::{Fact, Moment, Said};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Result, Transaction, TransactionBehavior};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Observations from one checkpoint to the next.
pub(super) const EVERY: u64 = 20_000;

/// Statements remembered.
const KNOWN_MAX: usize = 100_000;

/// What a stream's observations come to so far.
#[derive(Debug, Clone)]
pub struct Digested {
    /// The stream.
    pub stream: Stream,
    /// The digest. The sources of its evidence are numbers of sources.
    pub digest: Digest,
    /// Whether something that is no record stands behind the stream's last record.
    pub interrupted: bool,
}

/// Is given the digest at the end of a second, with how many observations were folded since it was kept, and keeps it or not.
type Keep<'a> = &'a mut dyn FnMut(u64, DateTime<Utc>, &Digest) -> bool;

/// Brings the checkpoints of all streams up to date.
///
/// # Errors
/// If the history cannot be read or written.
pub fn bring_up_to_date(history: &Connection) -> Result<()> {
    bring_up_to_date_every(history, EVERY)
}

/// The same, with so many observations from one checkpoint to the next.
///
/// # Errors
/// As [`bring_up_to_date`].
pub fn bring_up_to_date_every(history: &Connection, every: u64) -> Result<()> {
    for stream in reader::streams(history)? {
        let Some(from) = stream.stale_from else { continue };
        let transaction = Transaction::new_unchecked(history, TransactionBehavior::Immediate)?;
        let mut checkpoints = Vec::new();
        let (at, digest) = replay(&transaction, &stream, &mut |since, at, digest| {
            let due = since >= every;
            if due {
                checkpoints.push(packed(at, digest));
            }
            due
        })?;
        checkpoints.extend(at.map(|at| packed(at, &digest)));
        checkpoints.dedup_by_key(|checkpoint| checkpoint.at);
        checkpoint::replace(&transaction, stream.id, from, &checkpoints)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The digest of a stream as it stands; what the checkpoints lack is folded, and nothing is written.
///
/// # Errors
/// If the history cannot be read.
pub fn digest(history: &Connection, stream: &Stream) -> Result<Digested> {
    let (_, digest) = replay(history, stream, &mut |_, _, _| false)?;
    Ok(Digested { stream: stream.clone(), digest, interrupted: reader::is_interrupted(history, stream.id)? })
}

/// The base that a stream needs if what it says before a time is to be summed up.
///
/// # Errors
/// If the history cannot be read.
pub(super) fn base(history: &Connection, stream: &Stream, before: i64) -> Result<New> {
    let (after, mut digest) = summed_up(history, stream)?;
    let mut words = Words::new(history)?;
    let at = before.saturating_sub(1);
    reader::said_between(history, stream.id, Which::Records, after, at, |said| words.tell(stream, said, &mut digest))?;
    Ok(New { at, digest: compressed(&digest) })
}

/// The digest of a stream as it would be without checkpoints.
///
/// # Errors
/// If the history cannot be read.
pub(super) fn anew(history: &Connection, stream: &Stream) -> Result<Digested> {
    let (_, digest) = from_base(history, stream, &mut |_, _, _| false)?;
    Ok(Digested { stream: stream.clone(), digest, interrupted: reader::is_interrupted(history, stream.id)? })
}

/// Folds what the newest usable checkpoint lacks. Gives the time of the last observation, if there was one.
fn replay(history: &Connection, stream: &Stream, keep: Keep<'_>) -> Result<(Option<DateTime<Utc>>, Digest)> {
    let checkpoint = reader::checkpoint(history, stream.id, stream.stale_from)?;
    // One that cannot be read, as after a change of the program, is as good as none.
    let usable = checkpoint.and_then(|(at, packed)| Some((at, unpacked(&packed)?)));
    match usable {
        Some((at, digest)) if stream.stale_from.is_none() => Ok((Some(at), digest)),
        Some((at, digest)) => fold(history, stream, Some(at), digest, keep),
        None => from_base(history, stream, keep),
    }
}

/// Folds all that is kept, whatever checkpoints there are.
fn from_base(history: &Connection, stream: &Stream, keep: Keep<'_>) -> Result<(Option<DateTime<Utc>>, Digest)> {
    let (at, mut digest) = summed_up(history, stream)?;
    if let Some(at) = at {
        let mut words = Words::new(history)?;
        let until = at.timestamp();
        reader::said_between(history, stream.id, Which::Remarks, None, until, |said| {
            words.tell(stream, said, &mut digest)
        })?;
    }
    fold(history, stream, at, digest, keep)
}

/// The base of a stream and its time. Without one, all is there to be folded.
fn summed_up(history: &Connection, stream: &Stream) -> Result<(Option<DateTime<Utc>>, Digest)> {
    let base = reader::base(history, stream.id)?;
    match base.and_then(|(at, packed)| Some((at, unpacked(&packed)?))) {
        Some((at, digest)) => Ok((Some(at), digest)),
        None if reader::is_summed_up(history, stream.id)? => Err(BaseLost { stream: stream.name.to_string() }.into()),
        None => Ok((None, Digest::default())),
    }
}

/// Takes what was said after a time.
fn fold(
    history: &Connection,
    stream: &Stream,
    after: Option<DateTime<Utc>>,
    mut digest: Digest,
    keep: Keep<'_>,
) -> Result<(Option<DateTime<Utc>>, Digest)> {
    let mut last = after;
    let mut words = Words::new(history)?;
    let mut since = 0;
    reader::said_after(history, stream.id, last, |said| {
        if last.filter(|last| *last < said.at).is_some_and(|last| keep(since, last, &digest)) {
            since = 0;
        }
        since += 1;
        last = Some(said.at);
        words.tell(stream, said, &mut digest)
    })?;
    Ok((last, digest))
}

/// What rows mean.
struct Words<'a> {
    history: &'a Connection,
    manners: BTreeMap<u32, Manner>,
    statements: HashMap<i64, Known>,
    sources: HashMap<SourceId, Arc<str>>,
    scratch: String,
}

impl<'a> Words<'a> {
    fn new(history: &'a Connection) -> Result<Self> {
        let manners = reader::manners(history)?;
        Ok(Self { history, manners, statements: HashMap::new(), sources: HashMap::new(), scratch: String::new() })
    }

    fn tell(&mut self, stream: &Stream, row: &reader::Said, digest: &mut Digest) -> Result<()> {
        if !self.statements.contains_key(&row.statement) {
            if self.statements.len() >= KNOWN_MAX {
                self.statements.clear();
            }
            self.statements.insert(row.statement, reader::statement(self.history, row.statement)?);
        }
        let Some(known) = self.statements.get(&row.statement) else { return Ok(()) };
        let source = self.sources.entry(row.source).or_insert_with(|| row.source.to_string().into());
        self.scratch.clear();
        // Of what is only counted, nobody asks for the text of the time.
        let counted = matches!(known.statement.fact, Fact::Logged { .. });
        let written = match &row.written {
            Written::In(manner) if !counted => {
                let manner = self.manners.get(manner);
                manner.and_then(|manner| manner.write_to(row.at, &mut self.scratch)).map(|()| self.scratch.as_str())
            }
            Written::As(text) => Some(text.as_ref()),
            _ => None,
        };
        let at = Moment {
            utc: row.at,
            written,
            offset: None,
            basis: row.basis,
            until: row.until,
            within: row.within.and_then(TimeDelta::try_seconds),
        };
        for ordinal in 0..row.times {
            let interrupted = row.interrupted && ordinal == 0;
            let (stream, span) = (&stream.name, row.start..row.end);
            let said = Said { stream, key: known.key, at, numbers: &row.numbers, ordinal, source, span, interrupted };
            digest.take(&said, &known.statement);
        }
        Ok(())
    }
}

pub(super) fn packed(at: DateTime<Utc>, digest: &Digest) -> New {
    New { at: at.timestamp(), digest: compressed(digest) }
}

fn compressed(digest: &Digest) -> Vec<u8> {
    let json = serde_json::to_vec(digest).unwrap_or_default();
    zstd::bulk::compress(&json, 1).unwrap_or_default()
}

fn unpacked(packed: &[u8]) -> Option<Digest> {
    serde_json::from_slice(&zstd::decode_all(packed).ok()?).ok()
}
