//! Followed files: whose format each is of, and what it says. A log is read on as it grows; what is one reading of things, an output or
//! notes, is given out whole whenever it changed, and is a reading as of when it was written.

use super::heard::{Heard, Origin};
use super::known::{Deaf, Known};
use crate::model::Subject;
use crate::observe::{FRONT, Family, Observer, Options, Search, Shows, SoFar, is_text, log_of, recognise};
use crate::watch::{Cursor, Opened, Why};
use chrono::Utc;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::SystemTime;

/// An output or a file of notes is no longer.
const WHOLE_MAX: usize = 16 * 1024 * 1024;

/// So much of all files is kept whose formats do not show yet, in bytes; of the one that goes on when there is more, its front is not looked
/// at any longer. A directory may hold hundreds of texts that are none of ours.
const SEARCHED_MAX: usize = 2 * 1024 * 1024;

/// The files.
#[derive(Default)]
pub(super) struct Files {
    open: HashMap<u64, File>,
    /// Of what family the logs are that were read last at these paths, in this run or before it.
    families: BTreeMap<PathBuf, &'static dyn Family>,
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
    /// Bytes before this were there when it was opened.
    there: u64,
    /// Which stream it is.
    shown: Shown,
    /// What the log's observer had understood when it was asked last: of what was known, or was told.
    understood: SoFar,
    /// What was understood since, and nobody was told of.
    untold: SoFar,
    /// Whether its observer goes on with the file that took its place.
    succeeded: bool,
    /// Whether nothing more comes of it.
    ended: bool,
}

/// Which stream a file is.
enum Shown {
    /// It may be a log, or not.
    NotYet,
    /// This one, and nobody asked yet.
    Stream(Subject),
    /// Somebody knows.
    Told,
}

/// How it is read.
enum Reads {
    /// Its format does not show yet.
    Unknown(Search),
    /// It is no text, and of no known format. Whether somebody asked for that.
    Nothing { told: bool },
    /// A log.
    Log(Log),
    /// What is read whole: what there is of it so far.
    Whole(&'static dyn Family, Vec<u8>),
}

/// A log.
struct Log {
    family: &'static dyn Family,
    observer: Box<dyn Observer>,
    /// While it is of its family only because what stood in its place was: it may show to be of another.
    search: Option<Search>,
}

impl Log {
    /// Of a family that shows.
    fn of(family: &'static dyn Family, observer: Box<dyn Observer>) -> Self {
        Self { family, observer, search: None }
    }
}

impl Files {
    /// Takes up what the history has: of what formats files were.
    pub(super) fn load(&mut self, formats: impl Iterator<Item = (PathBuf, String)>) {
        for (path, format) in formats {
            if let Some(family) = log_of(&format) {
                self.families.entry(path).or_insert(family);
            }
        }
    }

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
        let Opened { file, path, follow, front, from, known, after, modified, length: there, whole } = opened;
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
        let shows = recognise(&front);
        // A log that was rotated goes on: what its records said before tells the reader how it is written, and what is due in it.
        let before = after.and_then(|after| self.succeeded(after, &front, shows));
        let stood_here = before.as_ref().map(|before| before.family).or_else(|| self.families.get(&path).copied());
        let reads = match (shows, stood_here) {
            (Some(family), _) if whole => Reads::Whole(family, Vec::new()),
            (Some(family), None) if !speaks_whole(family) => {
                Reads::Log(Log::of(family, family.observer(Arc::clone(&name), &front, &options)))
            }
            // What takes the place of a log is of its family, unless another recognises it.
            (shows, Some(family)) if is_of(family, &front, shows) && (shows.is_some() || is_text(&front)) => {
                let search = (!family.recognise(&front)).then(|| Search::behind(b""));
                let observer = || family.observer(Arc::clone(&name), &front, &options);
                let observer = before.map_or_else(observer, |before| before.observer);
                Reads::Log(Log { family, observer, search })
            }
            (Some(family), Some(_)) if !speaks_whole(family) => {
                Reads::Log(Log::of(family, family.observer(Arc::clone(&name), &front, &options)))
            }
            (None, _) if front.len() >= FRONT && !is_text(&front) => Reads::Nothing { told: false },
            // Of what was taken up, the front is not given out once more.
            (_, _) => Reads::Unknown(match usize::try_from(from).ok().and_then(|from| front.get(..from)) {
                Some(before) => Search::new(before),
                None => Search::behind(b""),
            }),
        };
        let understood = match &reads {
            Reads::Log(log) => log.observer.understood(),
            _ => SoFar::default(),
        };
        let untold = SoFar::default();
        let (shown, succeeded, ended) = (Shown::NotYet, false, false);
        let mut begun = File { path, name, options, reads, known, there, shown, understood, untold, succeeded, ended };
        begun.shows(&mut self.families);
        self.open.insert(file, begun);
    }

    /// Another file goes on where this one ended, if it is not of another family: gives who reads it. What is added to this one all the
    /// same, by a writer who has it open still, is read by another.
    fn succeeded(&mut self, file: u64, front: &[u8], shows: Option<&'static dyn Family>) -> Option<Log> {
        let before = self.open.get_mut(&file)?;
        before.count();
        before.succeeded = true;
        let (name, options) = (Arc::clone(&before.name), &before.options);
        let log = match &mut before.reads {
            Reads::Log(log) if is_of(log.family, front, shows) => {
                let fresh = log.family.observer(name, front, options);
                before.understood = fresh.understood();
                Some(Log::of(log.family, std::mem::replace(&mut log.observer, fresh)))
            }
            _ => None,
        };
        if before.ended {
            self.open.remove(&file);
        }
        log
    }

    /// A file goes on.
    pub(super) fn bytes(&mut self, file: u64, at: u64, bytes: &[u8], known: &mut Known) -> Option<Heard> {
        let searched: usize = self.open.values().map(|file| file.searched()).sum();
        let file = self.open.get_mut(&file)?;
        let heard = file.bytes(at, bytes, known);
        if searched > SEARCHED_MAX {
            file.hurry();
        }
        file.shows(&mut self.families);
        heard
    }

    /// Whether some of it was written after it was opened.
    pub(super) fn is_new(&self, file: u64, at: u64, bytes: &[u8]) -> bool {
        self.open.get(&file).is_some_and(|file| at.saturating_add(bytes.len() as u64) > file.there)
    }

    /// The stream that a log is, once, when it shows.
    pub(super) fn stream(&mut self, file: u64) -> Option<Subject> {
        let shown = &mut self.open.get_mut(&file)?.shown;
        let Shown::Stream(stream) = shown else { return None };
        let stream = stream.clone();
        *shown = Shown::Told;
        Some(stream)
    }

    /// The path of a file that is read.
    pub(super) fn path(&self, file: u64) -> Option<PathBuf> {
        Some(self.open.get(&file)?.path.clone())
    }

    /// Whether another file of that path is read: the one that came in its place may begin before it ends.
    pub(super) fn is_succeeded(&self, file: u64, path: &Path) -> bool {
        self.open.iter().any(|(number, other)| *number > file && other.path == path)
    }

    /// Whether nothing is to be had of it, since it is no text and of no known format; once.
    pub(super) fn is_nothing(&mut self, file: u64) -> bool {
        match self.open.get_mut(&file).map(|file| &mut file.reads) {
            Some(Reads::Nothing { told }) => !std::mem::replace(told, true),
            _ => false,
        }
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
    !family.goes_on()
}

/// Whether what begins so is of a family that is known otherwise. `shows`: the first that recognises it.
fn is_of(family: &dyn Family, front: &[u8], shows: Option<&'static dyn Family>) -> bool {
    shows.is_none() || family.recognise(front)
}

impl File {
    /// How many bytes of it are kept to look for its format.
    fn searched(&self) -> usize {
        match &self.reads {
            Reads::Unknown(search) => search.kept().len(),
            _ => 0,
        }
    }

    /// Its front is not looked at any longer.
    fn hurry(&mut self) {
        if let Reads::Unknown(search) = &mut self.reads
            && matches!(search.hurry(), Shows::NoText)
        {
            self.reads = Reads::Nothing { told: false };
        }
    }

    fn bytes(&mut self, at: u64, bytes: &[u8], known: &mut Known) -> Option<Heard> {
        let taken_up = at < self.known;
        match &mut self.reads {
            Reads::Unknown(search) => match search.push(bytes) {
                Shows::Log(family) => {
                    let front = search.kept().to_owned();
                    self.begin(family, front, at, bytes.len(), known)
                }
                Shows::NotYet => None,
                Shows::NoText => {
                    self.reads = Reads::Nothing { told: false };
                    None
                }
            },
            Reads::Nothing { .. } => None,
            Reads::Log(log) => {
                if let Some(search) = &mut log.search
                    && let Shows::Log(family) = search.push(bytes)
                {
                    if is_of(log.family, search.kept(), Some(family)) {
                        log.search = None;
                    } else {
                        let front = search.kept().to_owned();
                        return self.begin(family, front, at, bytes.len(), known);
                    }
                }
                let Log { family, observer, .. } = log;
                let counted = usize::try_from(self.known.saturating_sub(at)).unwrap_or(usize::MAX).min(bytes.len());
                let (before, new) = bytes.split_at(counted);
                if !before.is_empty() {
                    // It was told and counted when it was read first.
                    observer.push(before, &mut Deaf);
                    self.understood = observer.understood();
                }
                let mut items = Vec::new();
                observer.push(new, &mut known.listen_live(&mut items, taken_up, Utc::now()));
                self.untold.bytes += new.len() as u64;
                let origin = origin(&self.name, *family, &self.options, None);
                (!items.is_empty()).then_some(Heard { origin, items, again: false, so_far: SoFar::default() })
            }
            Reads::Whole(_, whole) => {
                let room = WHOLE_MAX.saturating_sub(whole.len()).min(bytes.len());
                whole.extend_from_slice(bytes.get(..room).unwrap_or_default());
                None
            }
        }
    }

    /// It shows to be a log, by a piece of it that ends with so many bytes at a place.
    fn begin(
        &mut self,
        family: &'static dyn Family,
        piece: Vec<u8>,
        at: u64,
        length: usize,
        known: &mut Known,
    ) -> Option<Heard> {
        let start = (at + length as u64).saturating_sub(piece.len() as u64);
        let observer = family.observer(Arc::clone(&self.name), &piece, &self.options);
        self.understood = observer.understood();
        self.reads = Reads::Log(Log::of(family, observer));
        self.shown = Shown::NotYet;
        self.bytes(start, &piece, known)
    }

    /// Takes down which stream it is, when it shows to be a log.
    fn shows(&mut self, families: &mut BTreeMap<PathBuf, &'static dyn Family>) {
        if let (Reads::Log(log), Shown::NotYet) = (&self.reads, &self.shown)
            && let Some(stream) = log.observer.stream()
        {
            self.shown = Shown::Stream(stream);
            families.insert(self.path.clone(), log.family);
        }
    }

    /// Counts what was understood since.
    fn count(&mut self) {
        let Reads::Log(Log { observer, .. }) = &self.reads else { return };
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
        let Reads::Log(Log { family, .. }) = &self.reads else { return None };
        let origin = || origin(&self.name, *family, &self.options, None);
        let so_far = std::mem::take(&mut self.untold);
        (so_far != SoFar::default()).then(|| Heard { origin: origin(), items: Vec::new(), again: false, so_far })
    }

    fn paused(&mut self, known: &mut Known) -> Option<Heard> {
        match &mut self.reads {
            Reads::Log(Log { family, observer, .. }) => {
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
            Reads::Unknown(_) | Reads::Nothing { .. } | Reads::Whole(..) => None,
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
        Opened { file, path, follow, front: LINE.into(), from: 0, known: 0, after, modified, length: 0, whole: false }
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

    /// Of files that are opened one after the other at one path, each from its start, with what is added after: what they are said to be.
    #[test]
    fn what_takes_the_place_of_a_log_is_of_its_family() {
        let dull =
            "Nov 21 03:04:05 db7 sshd[900]: Failed password for root from 10.0.0.9 port 4711 ssh2\n".repeat(13_000);
        let ours = String::from_utf8_lossy(LINE).into_owned();
        let check = |course: &[(&str, bool)], expect: &[&str]| {
            let (mut files, mut known) = (Files::default(), Known::default());
            let mut shown = Vec::new();
            for (number, (text, rotated)) in (1..).zip(course) {
                let after = rotated.then(|| number - 1);
                let front: Arc<[u8]> = text.as_bytes()[..text.len().min(FRONT)].into();
                files.opened(Opened { front, ..opened(number, after) }, "db7");
                for (nth, piece) in text.as_bytes().chunks(100_000).enumerate() {
                    drop(files.bytes(number, nth as u64 * 100_000, piece, &mut known));
                }
                let before = said(files.bytes(number, text.len() as u64, LINE, &mut known));
                let stream = files.stream(number).map(|stream| stream.to_string());
                shown.push(format!("{} {before}", stream.unwrap_or_default()));
            }
            assert_eq!(shown, expect);
        };
        check(&[(&ours, false)], &["stream:db7/kernel-log 1"]);
        // It is read on, however long it says nothing.
        check(&[(&dull, false)], &["stream:db7/kernel-log 1"]);
        check(&[(&ours, false), (&dull, true)], &["stream:db7/kernel-log 1"; 2]);
        check(&[(&ours, false), (&dull, false)], &["stream:db7/kernel-log 1"; 2]);
    }
}
