//! Followed files: whose format each is of, and what it says. A log is read on as it grows; what is one reading of things, an output or
//! notes, is given out whole whenever it changed, and is a reading as of when it was written.

use super::heard::{Heard, Origin};
use super::known::Known;
use crate::observe::{Family, Observer, Options, SoFar, recognise};
use crate::watch::{Cursor, Opened, Why};
use chrono::Utc;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::SystemTime;

/// So much of a file is looked at for its format.
const FRONT: usize = 1024 * 1024;

/// An output or a file of notes is no longer.
const WHOLE_MAX: usize = 16 * 1024 * 1024;

/// The files.
#[derive(Default)]
pub(super) struct Files {
    open: HashMap<u64, File>,
    /// The number of the last file that was followed, by whichever follower.
    numbers: Arc<AtomicU64>,
}

struct File {
    path: PathBuf,
    name: Arc<str>,
    options: Options,
    reads: Reads,
    /// Bytes before this were read before, in this run or an earlier one.
    known: u64,
    /// What the log's observer had understood when it was asked last: of what was known, or was told.
    understood: SoFar,
    /// What was understood since, and nobody was told of.
    untold: SoFar,
    /// Whether its observer goes on with the file that took its place.
    succeeded: bool,
    /// Whether nothing more comes of it.
    ended: bool,
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
    /// Another follower begins, from where files were read to: it opens all of them again. Gives what it is to number them by; what the one
    /// before still says is of files that are not known any more.
    pub(super) fn begin_anew(&mut self) -> Arc<AtomicU64> {
        self.open.clear();
        Arc::clone(&self.numbers)
    }

    /// Whether a file is read, and was not let go of.
    pub(super) fn is_read(&self, file: u64) -> bool {
        self.open.contains_key(&file)
    }

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
            // A file server's clock may be ahead; what is read was written.
            modified: modified.min(SystemTime::now()).into(),
            bytes_only: false,
        };
        let name: Arc<str> = path.display().to_string().into();
        // A log that was rotated goes on: what its records said before tells the reader how it is written, and what is due in it.
        let before = after.and_then(|after| self.succeeded(after, &front));
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
        let understood = match &reads {
            Reads::Log(_, observer) => observer.understood(),
            _ => SoFar::default(),
        };
        let untold = SoFar::default();
        let (succeeded, ended) = (false, false);
        self.open.insert(file, File { path, name, options, reads, known, understood, untold, succeeded, ended });
    }

    /// Another file goes on where this one ended, if it is of the same family: gives who reads it. What is added to this one all the same,
    /// by a writer who has it open still, is read by another.
    fn succeeded(&mut self, file: u64, front: &[u8]) -> Option<(&'static dyn Family, Box<dyn Observer>)> {
        let before = self.open.get_mut(&file)?;
        before.count();
        before.succeeded = true;
        let (name, options) = (Arc::clone(&before.name), &before.options);
        let observer = match &mut before.reads {
            Reads::Log(family, observer) if front.is_empty() || family.recognise(front) => {
                let fresh = family.observer(name, front, options);
                before.understood = fresh.understood();
                Some((*family, std::mem::replace(observer, fresh)))
            }
            _ => None,
        };
        if before.ended {
            self.open.remove(&file);
        }
        observer
    }

    /// A file goes on.
    pub(super) fn bytes(&mut self, file: u64, at: u64, bytes: &[u8], known: &mut Known) -> Option<Heard> {
        let file = self.open.get_mut(&file)?;
        file.bytes(at, bytes, known)
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
        ended.ended = true;
        // What is read whole was whole when it paused, or never was.
        let said = if matches!(ended.reads, Reads::Whole(..)) { None } else { ended.paused(known) };
        let counted = ended.counted();
        if ended.succeeded || !matches!(why, Why::Rotated | Why::Truncated) {
            self.open.remove(&file);
        }
        match (said, counted) {
            (Some(said), Some(counted)) => Some(Heard { so_far: counted.so_far, ..said }),
            (said, counted) => said.or(counted),
        }
    }

    /// What was counted in logs that nobody was told of: their bytes, records, and lines that are none. A line that says nothing is told
    /// in this way alone, so this is asked for now and then, and not with each line.
    pub(super) fn counted(&mut self) -> Vec<Heard> {
        self.open.values_mut().filter_map(File::counted).collect()
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
    fn bytes(&mut self, at: u64, bytes: &[u8], known: &mut Known) -> Option<Heard> {
        let again = at < self.known;
        match &mut self.reads {
            Reads::Unknown(front) => {
                front.extend_from_slice(bytes);
                let front = std::mem::take(front);
                self.begin(front, known)
            }
            Reads::Nothing(seen) => {
                *seen += bytes.len() as u64;
                None
            }
            Reads::Log(family, observer) => {
                let mut items = Vec::new();
                let mut ear = known.listen_live(&mut items, again, Utc::now());
                let counted = usize::try_from(self.known.saturating_sub(at)).unwrap_or(usize::MAX).min(bytes.len());
                let (before, new) = bytes.split_at(counted);
                if !before.is_empty() {
                    // It was counted when it was read first.
                    observer.push(before, &mut ear);
                    self.understood = observer.understood();
                }
                observer.push(new, &mut ear);
                self.untold.bytes += new.len() as u64;
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
    fn begin(&mut self, front: Vec<u8>, known: &mut Known) -> Option<Heard> {
        // What is to be read as a whole begins anew, and says so.
        let Some(family) = recognise(&front).filter(|family| !speaks_whole(*family)) else {
            self.reads = if front.len() < FRONT { Reads::Unknown(front) } else { Reads::Nothing(front.len() as u64) };
            return None;
        };
        self.reads = Reads::Log(family, family.observer(Arc::clone(&self.name), &front, &self.options));
        self.bytes(0, &front, known)
    }

    /// Counts what was understood since.
    fn count(&mut self) {
        let Reads::Log(_, observer) = &self.reads else { return };
        // A record that was damaged after all is taken back by its log, and what follows makes up for it.
        let add = |now: u64, before: &mut u64, sum: &mut u64| {
            *sum += now.saturating_sub(*before);
            *before = now.max(*before);
        };
        let (now, before, sum) = (observer.understood(), &mut self.understood, &mut self.untold);
        add(now.records, &mut before.records, &mut sum.records);
        add(now.unrecognised, &mut before.unrecognised, &mut sum.unrecognised);
        add(now.damaged, &mut before.damaged, &mut sum.damaged);
    }

    fn counted(&mut self) -> Option<Heard> {
        self.count();
        let Reads::Log(family, _) = &self.reads else { return None };
        let origin = || origin(&self.name, *family, &self.options, None);
        let so_far = std::mem::take(&mut self.untold);
        (so_far != SoFar::default()).then(|| Heard { origin: origin(), items: Vec::new(), again: false, so_far })
    }

    fn paused(&mut self, known: &mut Known) -> Option<Heard> {
        match &mut self.reads {
            Reads::Log(family, observer) => {
                let mut items = Vec::new();
                observer.so_far(&mut known.listen(&mut items, false));
                let origin = origin(&self.name, *family, &self.options, None);
                (!items.is_empty()).then_some(Heard { origin, items, again: false, so_far: SoFar::default() })
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
        goes_on: !speaks_whole(family),
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
    let (records, unrecognised, damaged) = (source.records, source.unrecognised, source.damage.len() as u64);
    let so_far = SoFar { records, unrecognised, damaged, ..SoFar::default() };
    // Notes are corrected: their newest version alone counts. An output is a reading like others.
    let whole = family.speaks_of_others().then(|| Arc::from(bytes));
    Heard { origin: origin(name, family, options, whole), items, again, so_far }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Follow;
    use std::sync::atomic::Ordering;

    const LINE: &[u8] =
        b"Nov 21 03:04:05 db7 kernel: [  900.100000] md/raid1:md0: Disk failure on sdc1, disabling device.\n";

    fn opened(file: u64, after: Option<u64>) -> Opened {
        let follow = Follow { path: "/log".into(), host: None, timezone: None, quiet: None, poll: None };
        let (follow, path, modified) = (Arc::new(follow), PathBuf::from("/log"), SystemTime::UNIX_EPOCH);
        Opened { file, path, follow, front: LINE.into(), from: 0, known: 0, after, modified, whole: false }
    }

    fn said(heard: Option<Heard>) -> usize {
        heard.map_or(0, |heard| heard.items.len())
    }

    #[test]
    fn of_a_follower_that_was_let_go_of_nothing_is_left() {
        let (mut files, mut known) = (Files::default(), Known::default());
        files.begin_anew().store(7, Ordering::Relaxed);
        files.opened(opened(7, None), "db7");
        assert!(said(files.bytes(7, 0, LINE, &mut known)) > 0);
        let numbers = files.begin_anew();
        assert_eq!(numbers.load(Ordering::Relaxed), 7, "no number is given twice");
        // What it sent before it heard of its end.
        assert_eq!(said(files.bytes(7, 100, LINE, &mut known)), 0);
        assert!(!files.is_read(7), "and how far it read does not count");
        assert!(!files.is_succeeded(1, Path::new("/log")), "nor does it stand in anyone's place");
        files.opened(opened(8, None), "db7");
        assert!(files.counted().is_empty(), "what it counted is read and counted again");
        assert!(said(files.bytes(8, 0, LINE, &mut known)) > 0);
    }

    #[test]
    fn what_a_slow_writer_adds_to_a_rotated_log_is_read() {
        let (mut files, mut known) = (Files::default(), Known::default());
        files.opened(opened(1, None), "db7");
        assert!(said(files.bytes(1, 0, LINE, &mut known)) > 0);
        files.opened(opened(2, Some(1)), "db7");
        assert!(said(files.bytes(2, 0, LINE, &mut known)) > 0);
        assert!(said(files.bytes(1, LINE.len() as u64, LINE, &mut known)) > 0, "into the old one");
        drop(files.ended(1, Why::Rotated, &mut known));
        assert!(!files.is_read(1) && files.is_read(2), "nobody goes on with it");
        drop(files.ended(2, Why::Rotated, &mut known));
        assert!(files.is_read(2), "another may");
        files.opened(opened(3, Some(2)), "db7");
        assert!(!files.is_read(2));
        let counted: u64 = files.counted().iter().map(|heard| heard.so_far.bytes).sum();
        assert_eq!(counted, 0, "all was told of with the ends");
    }
}
