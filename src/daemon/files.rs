//! Followed files: whose format each is of, and what it says. A log is read on as it grows; what is one reading of things, an output or
//! notes, is given out whole whenever it changed, and is a reading as of when it was written.

use super::heard::{Heard, Origin};
use super::known::Known;
use crate::observe::{Family, Observer, Options, SoFar, recognise};
use crate::watch::{Cursor, Opened, Why};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// So much of a file is looked at for its format.
const FRONT: usize = 1024 * 1024;

/// An output or a file of notes is no longer.
const WHOLE_MAX: usize = 16 * 1024 * 1024;

/// The files.
#[derive(Default)]
pub(super) struct Files {
    open: HashMap<u64, File>,
}

struct File {
    path: PathBuf,
    name: Arc<str>,
    options: Options,
    reads: Reads,
    /// Bytes before this were read before, in this run or an earlier one.
    known: u64,
}

/// How it is read.
enum Reads {
    /// Its format does not show yet.
    Unknown(Vec<u8>),
    /// So much of it is of no known format.
    Nothing(u64),
    /// A log.
    Log(&'static dyn Family, Box<dyn Observer>),
    /// What is read whole: what there is of it so far.
    Whole(&'static dyn Family, Vec<u8>),
}

impl Files {
    /// A file begins. `host` is this machine.
    pub(super) fn opened(&mut self, opened: Opened, host: &str) {
        let Opened { file, path, follow, front, from, known, after, modified, whole } = opened;
        let named = follow.host.clone();
        let options = Options {
            hosts_known: vec![named.clone().unwrap_or_else(|| host.to_owned())],
            host_else: Some(host.to_owned()),
            host: named,
            path: Some(path.display().to_string()),
            timezone: follow.timezone,
            modified: modified.into(),
            bytes_only: false,
        };
        let name: Arc<str> = path.display().to_string().into();
        // A log that was rotated goes on: what its records said before tells the reader how it is written, and what is due in it.
        let before = after.and_then(|after| self.open.remove(&after)).and_then(|before| match before.reads {
            Reads::Log(family, observer) if front.is_empty() || family.recognise(&front) => Some((family, observer)),
            _ => None,
        });
        let reads = match (before, recognise(&front).filter(|family| speaks_whole(*family) == whole)) {
            (_, Some(family)) if whole => Reads::Whole(family, Vec::new()),
            (Some((family, observer)), _) => Reads::Log(family, observer),
            (None, Some(family)) if from > 0 => {
                Reads::Log(family, family.observer(Arc::clone(&name), &front, &options))
            }
            (None, None) if from > 0 && front.len() >= FRONT => Reads::Nothing(from),
            // Of what was taken up, the front is not given out once more.
            (None, _) => Reads::Unknown(front.iter().copied().take(usize::try_from(from).unwrap_or(FRONT)).collect()),
        };
        self.open.insert(file, File { path, name, options, reads, known });
    }

    /// A file goes on.
    pub(super) fn bytes(&mut self, file: u64, at: u64, bytes: &[u8], known: &mut Known) -> Option<Heard> {
        let file = self.open.get_mut(&file)?;
        let again = at < file.known;
        file.bytes(bytes, again, known)
    }

    /// The path of a file that is read.
    pub(super) fn path(&self, file: u64) -> Option<PathBuf> {
        Some(self.open.get(&file)?.path.clone())
    }

    /// Whether another file of that path is read: the one that came in its place may begin before it ends.
    pub(super) fn is_succeeded(&self, file: u64, path: &Path) -> bool {
        self.open.iter().any(|(number, other)| *number > file && other.path == path)
    }

    /// Whether nothing is to be had of it: so much of it is of no known format.
    pub(super) fn is_nothing(&self, file: u64) -> Option<&PathBuf> {
        let file = self.open.get(&file)?;
        matches!(file.reads, Reads::Nothing(_)).then_some(&file.path)
    }

    /// All of it that is there was read.
    pub(super) fn paused(&mut self, file: u64, cursor: &Cursor, known: &mut Known) -> Option<Heard> {
        let file = self.open.get_mut(&file)?;
        file.path.clone_from(&cursor.path);
        file.paused(known)
    }

    /// Nothing more comes of it. A log that was rotated is kept, for the next one may go on with it.
    pub(super) fn ended(&mut self, file: u64, why: Why, known: &mut Known) -> Option<Heard> {
        let ended = self.open.get_mut(&file)?;
        // What is read whole was whole when it paused, or never was.
        let heard = if matches!(ended.reads, Reads::Whole(..)) { None } else { ended.paused(known) };
        if !matches!(why, Why::Rotated | Why::Truncated) {
            self.open.remove(&file);
        }
        heard
    }
}

/// Whether what begins so is read as a whole; none if its format does not show.
pub(super) fn is_whole(front: &[u8]) -> Option<bool> {
    recognise(front).map(speaks_whole)
}

fn speaks_whole(family: &dyn Family) -> bool {
    family.is_reading() || family.speaks_of_others()
}

impl File {
    fn bytes(&mut self, bytes: &[u8], again: bool, known: &mut Known) -> Option<Heard> {
        match &mut self.reads {
            Reads::Unknown(front) => {
                front.extend_from_slice(bytes);
                let front = std::mem::take(front);
                self.begin(front, again, known)
            }
            Reads::Nothing(seen) => {
                *seen += bytes.len() as u64;
                None
            }
            Reads::Log(family, observer) => {
                let mut items = Vec::new();
                observer.push(bytes, &mut known.listen(&mut items, again));
                let origin = origin(&self.name, *family, &self.options, None);
                (!items.is_empty()).then_some(Heard { origin, items, again, so_far: SoFar::default() })
            }
            Reads::Whole(_, whole) => {
                let room = WHOLE_MAX.saturating_sub(whole.len()).min(bytes.len());
                whole.extend_from_slice(bytes.get(..room).unwrap_or_default());
                None
            }
        }
    }

    /// So much of it is there. What it is may not show before there is more.
    fn begin(&mut self, front: Vec<u8>, again: bool, known: &mut Known) -> Option<Heard> {
        // What is to be read as a whole begins anew, and says so.
        let Some(family) = recognise(&front).filter(|family| !speaks_whole(*family)) else {
            self.reads = if front.len() < FRONT { Reads::Unknown(front) } else { Reads::Nothing(front.len() as u64) };
            return None;
        };
        self.reads = Reads::Log(family, family.observer(Arc::clone(&self.name), &front, &self.options));
        self.bytes(&front, again, known)
    }

    fn paused(&mut self, known: &mut Known) -> Option<Heard> {
        match &mut self.reads {
            Reads::Log(family, observer) => {
                let mut items = Vec::new();
                let so_far = observer.so_far(&mut known.listen(&mut items, false));
                let origin = origin(&self.name, *family, &self.options, None);
                (!items.is_empty()).then_some(Heard { origin, items, again: false, so_far })
            }
            Reads::Whole(family, whole) if !whole.is_empty() => {
                // Notes that were changed in part say most of it again.
                let again = self.known > 0 || family.speaks_of_others();
                Some(whole_of(&self.name, *family, &std::mem::take(whole), &self.options, again, known))
            }
            Reads::Unknown(_) | Reads::Nothing(_) | Reads::Whole(..) => None,
        }
    }
}

fn origin(name: &Arc<str>, family: &dyn Family, options: &Options, whole: Option<Arc<[u8]>>) -> Origin {
    Origin {
        name: Arc::clone(name),
        format: family.name(),
        host: options.host.clone(),
        timezone: options.timezone.map(|zone| zone.name()),
        whole,
    }
}

/// What is read whole says. `again`: whether it may have said the same before.
pub(super) fn whole_of(
    name: &Arc<str>,
    family: &'static dyn Family,
    bytes: &[u8],
    options: &Options,
    again: bool,
    known: &mut Known,
) -> Heard {
    let mut items = Vec::new();
    let mut ear = known.listen(&mut items, again);
    let mut observer = family.observer(Arc::clone(name), bytes, options);
    observer.push(bytes, &mut ear);
    let source = observer.finish(&mut ear);
    let so_far =
        SoFar { records: source.records, unrecognised: source.unrecognised, damaged: source.damage.len() as u64 };
    // Notes are corrected: their newest version alone counts. An output is a reading like others.
    let whole = family.speaks_of_others().then(|| Arc::from(bytes));
    Heard { origin: origin(name, family, options, whole), items, again, so_far }
}
