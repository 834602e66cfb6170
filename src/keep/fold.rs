//! Makes the digests of the streams, from their checkpoints on: what came late is taken up from before it, and what follows is
//! folded again in the order of time.

use crate::diagnosis::Digest;
use crate::history::checkpoint::{self, New};
use crate::history::reader::{self, Known, Stream};
use crate::history::{Manner, SourceId, Written};
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

/// Brings the checkpoints of all streams up to date.
///
/// # Errors
/// If the history cannot be read or written.
pub fn bring_up_to_date(history: &Connection) -> Result<()> {
    for stream in reader::streams(history)? {
        let Some(from) = stream.stale_from else { continue };
        let transaction = Transaction::new_unchecked(history, TransactionBehavior::Immediate)?;
        let mut checkpoints = Vec::new();
        let (at, digest) = replay(&transaction, &stream, &mut |at, digest| checkpoints.push(packed(at, digest)))?;
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
    let (_, digest) = replay(history, stream, &mut |_, _| {})?;
    Ok(Digested { stream: stream.clone(), digest, interrupted: reader::is_interrupted(history, stream.id)? })
}

/// Folds what the newest usable checkpoint lacks. Gives the time of the last observation, if there was one.
fn replay(
    history: &Connection,
    stream: &Stream,
    keep: &mut dyn FnMut(DateTime<Utc>, &Digest),
) -> Result<(Option<DateTime<Utc>>, Digest)> {
    let checkpoint = reader::checkpoint(history, stream.id, stream.stale_from)?;
    // One that cannot be read, as after a change of the program, is as good as none.
    let usable = checkpoint.and_then(|(at, packed)| Some((at, unpacked(&packed)?)));
    let (mut last, mut digest) = usable.map_or((None, Digest::default()), |(at, digest)| (Some(at), digest));
    if last.is_some() && stream.stale_from.is_none() {
        return Ok((last, digest));
    }
    let mut words = Words::new(history)?;
    let mut since = 0;
    reader::said_after(history, stream.id, last, |said| {
        if since >= EVERY && last.is_some_and(|last| last < said.at) {
            since = 0;
            last.into_iter().for_each(|last| keep(last, &digest));
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
    let json = serde_json::to_vec(digest).unwrap_or_default();
    New { at: at.timestamp(), digest: zstd::bulk::compress(&json, 1).unwrap_or_default() }
}

fn unpacked(packed: &[u8]) -> Option<Digest> {
    serde_json::from_slice(&zstd::decode_all(packed).ok()?).ok()
}
