//! The bytes of what a followed log said. A record is known by what it says and when, not by where it stood: a log that is followed is
//! renamed, cut off and compressed, and is read from wherever it was left. So it is read again by its family, it and what rotation made of
//! it, until the records are found.

use super::{CHUNK, QUOTED_MAX};
use crate::history::reader::Source;
use crate::model::{ObservationId, Said, Sink, Statement, Subject};
use crate::observe::{FRONT, Options, log_of};
use crate::streams::{Failure, Name, open};
use crate::watch::files::parts;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// Where a record was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// Offsets of its content, unpacked.
    pub span: Range<u64>,
    /// How it begins.
    pub bytes: Vec<u8>,
}

/// Whether a source is a file that was followed: of one that was read at once there is a hash, and of a pipe as well.
pub(super) fn is_followed(source: &Source) -> bool {
    source.fingerprint.is_none() && source.content == xxh3_64(b"") && Path::new(&source.name).is_absolute()
}

/// Looks for records of a log. `host` is that of the stream that they are of. What cannot be read any more is not found.
pub(super) fn find(
    source: &Source,
    host: Option<&str>,
    wanted: &BTreeSet<ObservationId>,
) -> BTreeMap<ObservationId, Found> {
    let mut found: BTreeMap<ObservationId, Found> = BTreeMap::new();
    for path in parts(Path::new(&source.name)) {
        let left: BTreeSet<ObservationId> = wanted.iter().filter(|id| !found.contains_key(id)).copied().collect();
        if left.is_empty() {
            break;
        }
        let spans = spans(&path, source, host, &left).unwrap_or_default();
        found.extend(spans.into_iter().filter_map(|(id, span)| Some((id, quoted(&path, span).ok()?))));
    }
    found
}

/// Where in a file they stand.
fn spans(
    path: &Path,
    source: &Source,
    host: Option<&str>,
    wanted: &BTreeSet<ObservationId>,
) -> Result<BTreeMap<ObservationId, Range<u64>>, Failure> {
    let mut sought = Sought { wanted, spans: BTreeMap::new() };
    let Some(family) = log_of(&source.format) else { return Ok(sought.spans) };
    let mut opened = open(&Name::Path(path.to_owned()))?;
    let options = Options {
        host: source.host.clone(),
        hosts_known: host.into_iter().map(str::to_owned).collect(),
        host_else: host.map(str::to_owned),
        path: Some(source.name.clone()),
        timezone: source.timezone.as_deref().and_then(|zone| zone.parse().ok()),
        modified: opened.modified().unwrap_or_else(Utc::now),
        bytes_only: false,
    };
    let mut chunk = vec![0; FRONT.max(CHUNK)];
    let mut length = opened.fill(&mut chunk)?;
    let front = chunk.get(..length.min(FRONT)).unwrap_or_default();
    let mut observer = family.observer(Arc::from(source.name.as_str()), front, &options);
    while length > 0 {
        observer.push(chunk.get(..length).unwrap_or_default(), &mut sought);
        length = opened.fill(&mut chunk)?;
    }
    observer.finish(&mut sought);
    Ok(sought.spans)
}

/// How a span of a file begins.
fn quoted(path: &Path, span: Range<u64>) -> Result<Found, Failure> {
    let mut opened = open(&Name::Path(path.to_owned()))?;
    opened.seek(span.start)?;
    let length = span.end.saturating_sub(span.start).min(QUOTED_MAX);
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    let read = opened.fill(&mut bytes)?;
    bytes.truncate(read);
    Ok(Found { path: path.to_owned(), span, bytes })
}

/// Takes down where what is sought stands.
struct Sought<'w> {
    wanted: &'w BTreeSet<ObservationId>,
    spans: BTreeMap<ObservationId, Range<u64>>,
}

impl Sink for Sought<'_> {
    fn say(&mut self, said: &Said<'_>, _statement: &mut dyn FnMut() -> Statement) {
        let id = said.id();
        if self.wanted.contains(&id) {
            self.spans.entry(id).or_insert_with(|| said.span.clone());
        }
    }

    fn recant(&mut self, _stream: &Subject, _key: u64, _at: DateTime<Utc>, span: &Range<u64>) {
        self.spans.retain(|_, known| known != span);
    }

    fn end(&mut self, _stream: &Subject, _interrupted: bool) {}
}
