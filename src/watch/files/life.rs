//! One file while it is followed: from the byte at which it is taken up to where it is rotated away, cut off or gone.
//!
//! What must hold: the bytes that are given out are of one file, in order and without a gap. That they go on what was given out before
//! is seen by the sample before them, which is read together with them; and the front is compared as well.
//!
//! What is one statement as a whole, the output of a tool, is given out from its start to its end whenever the system says that the file
//! changed: what counts in it may be a digit in its middle. It is read when it has been as it is for a second: whoever writes it has
//! done so by then, and what is written later has another time, however coarse the clock of the file system is.

use super::super::{Cursor, Event, OVERLAP, Opened, Why};
use super::content::{SAMPLE, bytes_at, clamped, sample};
use super::look::Candidate;
use super::out::{Out, Over};
use crate::config::Follow;
use crate::streams;
use nix::sys::inotify::WatchDescriptor;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// The most bytes in an event.
const CHUNK: usize = 256 * 1024;
/// The most bytes of the front that come with [`Opened`].
const FRONT: usize = 1024 * 1024;
/// So much is read of one file before the others have their turn, and its cursor is told.
const TURN: u64 = 4 * 1024 * 1024;
/// What is read as a whole has been as it is for so long ...
const SETTLE: Duration = Duration::from_secs(1);
/// ... but is waited for no longer than this.
const SETTLE_MAX: Duration = Duration::from_secs(10);
/// While there is no more of a file, it is asked of all of it whether it is read as a whole whenever it grew; behind that when it is twice as
/// long, or stays as it is: a log that is written to line by line is not looked at from its start with each of them.
const ASKED: u64 = 64 * 1024;
/// A line that is longer is no line.
const LINE: u64 = 1024 * 1024;

/// A file that is followed.
pub(super) struct Life {
    pub number: u64,
    pub follow: Arc<Follow>,
    pub root: u64,
    pub family: PathBuf,
    pub path: PathBuf,
    pub device: u64,
    pub inode: u64,
    source: Source,
    from: u64,
    known: u64,
    offset: u64,
    front: Vec<u8>,
    tail: Vec<u8>,
    after: Option<u64>,
    announced: bool,
    paused_at: Option<(u64, bool)>,
    stamp: Option<Stamp>,
    /// Whether it is read as a whole; none while its format does not show.
    whole: Option<bool>,
    /// How long it was when that was asked last.
    asked: u64,
    /// Of what is read as a whole: what it is now, since when, and since when it changes.
    settling: Option<(Stamp, Instant, Instant)>,
    /// Since when it does not stand where it is written to.
    pub away: Option<Instant>,
    /// Whether it was seen where it is written to.
    pub was_main: bool,
    /// When it was last seen to grow.
    pub changed: Instant,
    /// Whether all of it that was there was read.
    pub at_end: bool,
    /// Whether it may have changed since it was read.
    pub dirty: bool,
    /// Whether a writer may still have it open, where another took its place.
    pub written: bool,
    pub watch: Option<WatchDescriptor>,
}

enum Source {
    Plain(File),
    Packed { opened: Box<streams::Opened>, size: u64, over: bool },
}

/// What changes when a file is written to: size, and the times of its content and its inode.
type Stamp = (u64, (i64, i64), (i64, i64));

fn stamp(status: &Metadata) -> Stamp {
    (status.len(), (status.mtime(), status.mtime_nsec()), (status.ctime(), status.ctime_nsec()))
}

/// How reading went.
pub(super) enum Step {
    /// All was read.
    End,
    /// There is more.
    More,
    /// It is being written, and is looked at again then.
    Waits(Instant),
    /// It is not what it was: it was cut off and begun anew.
    Truncated,
    /// The system said no.
    Failed(String),
}

/// As what a file is taken up.
pub(super) struct Start {
    pub number: u64,
    /// Bytes before this were given out before.
    pub known: u64,
    /// Whether some of it is read once more: the line that was being written then is to be had whole.
    pub overlap: bool,
    pub packed: bool,
    pub after: Option<u64>,
    /// Whether a writer may still have it open.
    pub written: bool,
    pub now: Instant,
}

impl Life {
    /// Opens a file. None if it is another by now than the one that was seen.
    pub fn open(candidate: &Candidate, device: u64, start: Start) -> io::Result<Option<Self>> {
        let Start { number, known, overlap, packed, after, written, now } = start;
        // Opening a device can do harm, and a FIFO may stand here by now.
        if !fs::metadata(&candidate.path)?.is_file() {
            return Ok(None);
        }
        let file =
            OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(&candidate.path)?;
        let status = file.metadata()?;
        if (status.dev(), status.ino()) != (device, candidate.inode) {
            return Ok(None);
        }
        let mut life = Self {
            number,
            follow: Arc::clone(&candidate.follow),
            root: candidate.root,
            family: candidate.family.clone(),
            path: candidate.path.clone(),
            device,
            inode: candidate.inode,
            source: Source::Plain(file),
            from: 0,
            known,
            offset: 0,
            front: Vec::new(),
            tail: Vec::new(),
            after,
            announced: false,
            paused_at: None,
            stamp: None,
            whole: None,
            asked: 0,
            settling: None,
            away: (!candidate.main).then_some(now),
            was_main: candidate.main,
            changed: now,
            at_end: false,
            dirty: true,
            written,
            watch: None,
        };
        if packed {
            let reopened = || streams::open_file(&candidate.path)?.unpacked();
            let opened = Box::new(reopened().map_err(io::Error::other)?);
            life.source = Source::Packed { opened, size: status.len(), over: false };
        }
        life.take_up(known, if overlap { OVERLAP } else { 0 })?;
        Ok(Some(life))
    }

    /// Goes to a line's start before a place.
    fn take_up(&mut self, known: u64, overlap: u64) -> io::Result<()> {
        let mut from = known.saturating_sub(overlap);
        match &mut self.source {
            Source::Plain(file) => {
                let mut at = from;
                while overlap > 0 && at > 0 && known - at <= LINE {
                    let window = bytes_at(file, at, clamped(OVERLAP, CHUNK))?;
                    if let Some(end) = window.iter().position(|byte| *byte == b'\n') {
                        from = at + end as u64 + 1;
                        break;
                    }
                    at = at.saturating_sub(OVERLAP);
                    from = if at == 0 { 0 } else { from };
                }
            }
            Source::Packed { opened, .. } => {
                if overlap > 0 && from > 0 {
                    opened.seek(from).map_err(io::Error::other)?;
                    let mut window = vec![0; clamped(OVERLAP, CHUNK)];
                    let filled = opened.fill(&mut window).map_err(io::Error::other)?;
                    let end = window.iter().take(filled).position(|byte| *byte == b'\n');
                    from += end.map_or(0, |end| end as u64 + 1);
                }
            }
        }
        self.go_to(from)
    }

    /// Goes to a place, from which it is read.
    fn go_to(&mut self, from: u64) -> io::Result<()> {
        let tail = from.min(SAMPLE as u64);
        match &mut self.source {
            Source::Plain(file) => {
                self.front = bytes_at(file, 0, clamped(from, SAMPLE))?;
                self.tail = bytes_at(file, from - tail, clamped(tail, SAMPLE))?;
            }
            Source::Packed { opened, .. } => {
                opened.rewind().map_err(io::Error::other)?;
                self.front = vec![0; clamped(from, SAMPLE)];
                opened.fill(&mut self.front).map_err(io::Error::other)?;
                opened.seek(from - tail).map_err(io::Error::other)?;
                self.tail = vec![0; clamped(tail, SAMPLE)];
                opened.fill(&mut self.tail).map_err(io::Error::other)?;
            }
        }
        (self.from, self.offset) = (from, from);
        Ok(())
    }

    /// How far it was read.
    pub fn cursor(&self) -> Cursor {
        let tail = match self.source {
            Source::Packed { size, over: true, .. } => (size, 0),
            _ => sample(&self.tail),
        };
        let (device, inode, path) = (self.device, self.inode, self.path.clone());
        Cursor { device, inode, path, offset: self.offset, front: sample(&self.front), tail }
    }

    /// Whether it has no name any more.
    pub fn is_gone(&self) -> bool {
        match &self.source {
            Source::Plain(file) => file.metadata().is_ok_and(|status| status.nlink() == 0),
            Source::Packed { .. } => false,
        }
    }

    /// The open file, to hear of its changes.
    pub const fn file(&self) -> Option<&File> {
        match &self.source {
            Source::Plain(file) => Some(file),
            Source::Packed { .. } => None,
        }
    }

    /// Whether nothing can ever be added.
    pub const fn is_over(&self) -> bool {
        matches!(self.source, Source::Packed { over: true, .. })
    }

    /// Whether people were told of it.
    pub const fn announced(&self) -> bool {
        self.announced
    }

    /// Reads on, and gives out what there is.
    pub fn step(&mut self, now: Instant, out: &Out) -> Result<Step, Over> {
        let step = match self.source {
            Source::Plain(_) if self.whole == Some(true) => self.step_whole(now, out),
            Source::Plain(_) => self.step_plain(now, out),
            Source::Packed { .. } => self.step_packed(now, out),
        };
        let step = match step {
            Ok(step) => step,
            Err(Stopped::Over) => return Err(Over),
            Err(Stopped::Failed(why)) => Step::Failed(why),
        };
        self.at_end = !matches!(step, Step::More);
        self.dirty = matches!(step, Step::More | Step::Waits(_));
        // A part of what is read as a whole says nothing.
        if matches!(step, Step::End) || matches!(step, Step::More) && self.whole != Some(true) {
            self.pause(out)?;
        }
        Ok(step)
    }

    fn step_plain(&mut self, now: Instant, out: &Out) -> Result<Step, Stopped> {
        let Source::Plain(file) = &self.source else { return Ok(Step::End) };
        let file = file.try_clone()?;
        let status = file.metadata()?;
        let (size, stamp) = (status.len(), stamp(&status));
        if size < self.offset {
            return Ok(Step::Truncated);
        }
        if self.stamp == Some(stamp) && size == self.offset {
            return if self.shows_whole(&file, true, out)? { self.step_whole(now, out) } else { Ok(Step::End) };
        }
        if bytes_at(&file, 0, self.front.len())? != self.front {
            return Ok(Step::Truncated);
        }
        if !self.announced {
            if size == 0 {
                return Ok(Step::End);
            }
            let front = bytes_at(&file, 0, clamped(size, FRONT))?;
            (self.whole, self.asked) = ((out.is_whole)(&front), size);
            if self.whole == Some(true) && !self.is_copy() {
                return self.step_whole(now, out);
            }
            self.announce(front, status.modified().unwrap_or(SystemTime::UNIX_EPOCH), size, out)?;
        }
        let turn = self.offset + TURN;
        loop {
            let room = clamped((size.max(self.offset) - self.offset).max(1), CHUNK);
            let before = self.tail.len();
            let mut bytes = bytes_at(&file, self.offset - before as u64, before + room)?;
            if bytes.get(..before) != Some(&self.tail) {
                return Ok(Step::Truncated);
            }
            bytes.drain(..before);
            let all = bytes.len() < room || self.offset + bytes.len() as u64 == size;
            if !bytes.is_empty() {
                self.changed = now;
                self.give(bytes, out)?;
            }
            if all && self.shows_whole(&file, false, out)? {
                return self.step_whole(now, out);
            }
            if all {
                // If it grows while it is read, the stamp is an old one, and the next look reads on.
                self.stamp = Some(stamp);
                return Ok(Step::End);
            }
            if self.offset >= turn {
                return Ok(Step::More);
            }
        }
    }

    /// Whether it shows by now to be read as a whole. `stays`: it is as it was when it was read.
    fn shows_whole(&mut self, file: &File, stays: bool, out: &Out) -> io::Result<bool> {
        let is_front = self.announced && self.whole.is_none() && self.from == 0 && self.offset <= FRONT as u64;
        let grew = self.offset > self.asked && (stays || self.offset <= ASKED || self.offset / 2 >= self.asked);
        if !is_front || !grew {
            return Ok(false);
        }
        (self.whole, self.asked) = ((out.is_whole)(&bytes_at(file, 0, clamped(self.offset, FRONT))?), self.offset);
        let shows = self.whole == Some(true);
        if shows {
            self.stamp = None;
        }
        Ok(shows)
    }

    /// Reads all of it, if it is not as it was when that was done last.
    fn step_whole(&mut self, now: Instant, out: &Out) -> Result<Step, Stopped> {
        let Source::Plain(file) = &self.source else { return Ok(Step::End) };
        let file = file.try_clone()?;
        let status = file.metadata()?;
        let (size, seen) = (status.len(), stamp(&status));
        // Where a file has lost its name, its inode changed and its content did not.
        let is_left = self.away.is_some() || status.nlink() == 0;
        let as_it_was = |(size, modified, _)| is_left && (size, modified) == (seen.0, seen.1);
        if self.stamp.is_some_and(|stamp| stamp == seen || as_it_was(stamp)) {
            return Ok(Step::End);
        }
        if let Some(until) = self.settles(&status, now) {
            return Ok(Step::Waits(until));
        }
        if size == 0 {
            self.stamp = Some(seen);
            return Ok(Step::End);
        }
        if self.announced {
            out.send(Event::Ended { file: self.number, why: Why::Truncated })?;
            (self.after, self.number) = (Some(self.number), out.number());
            (self.announced, self.known) = (false, 0);
        }
        self.go_to(0)?;
        (self.paused_at, self.stamp, self.changed) = (None, None, now);
        let front = bytes_at(&file, 0, clamped(size, FRONT))?;
        // It may hold something else by now.
        self.whole = (out.is_whole)(&front);
        if self.whole != Some(true) {
            return Ok(Step::More);
        }
        self.announce(front, status.modified().unwrap_or(SystemTime::UNIX_EPOCH), size, out)?;
        while self.offset < size {
            let bytes = bytes_at(&file, self.offset, clamped(size - self.offset, CHUNK))?;
            if bytes.is_empty() {
                break;
            }
            self.give(bytes, out)?;
        }
        if stamp(&file.metadata()?) != seen {
            return Ok(Step::Waits(now + SETTLE));
        }
        self.stamp = Some(seen);
        Ok(Step::End)
    }

    /// Until when it is to be waited that nothing is written to it any more.
    fn settles(&mut self, status: &Metadata, now: Instant) -> Option<Instant> {
        let seen = stamp(status);
        let (since, first) = match self.settling {
            Some((before, since, first)) if before == seen => (since, first),
            Some((_, _, first)) => (now, first),
            None => (now, now),
        };
        let changed = Duration::new(u64::try_from(status.ctime()).ok()?, u32::try_from(status.ctime_nsec()).ok()?);
        let age = (SystemTime::UNIX_EPOCH + changed).elapsed();
        let until = (since + SETTLE).min(first + SETTLE_MAX);
        let waits = now < until && age.map_or(true, |age| age < SETTLE);
        self.settling = waits.then_some((seen, since, first));
        waits.then_some(until)
    }

    /// Whether nothing of it is new and it stands beside what is written to: all that it says was said.
    fn is_copy(&self) -> bool {
        self.away.is_some() && self.known > 0 && self.from == self.known
    }

    fn step_packed(&mut self, now: Instant, out: &Out) -> Result<Step, Stopped> {
        if !self.announced {
            let mut opened = streams::open_file(&self.path)?.unpacked()?;
            let mut front = vec![0; FRONT];
            let filled = opened.fill(&mut front)?;
            front.truncate(filled);
            let modified = opened.modified().map_or(SystemTime::UNIX_EPOCH, SystemTime::from);
            self.whole = (out.is_whole)(&front);
            if self.whole == Some(true) && !self.is_copy() {
                self.go_to(0)?;
            }
            self.announce(front, modified, u64::MAX, out)?;
        }
        let turn = self.offset + TURN;
        self.changed = now;
        while self.offset < turn {
            let Source::Packed { opened, over, .. } = &mut self.source else { return Ok(Step::End) };
            let mut bytes = vec![0; CHUNK];
            let filled = opened.fill(&mut bytes)?;
            bytes.truncate(filled);
            *over = filled < CHUNK;
            if !bytes.is_empty() {
                self.give(bytes, out)?;
            }
            let Source::Packed { opened, over: true, .. } = &self.source else { continue };
            return Ok(opened.trouble().map_or(Step::End, |trouble| Step::Failed(trouble.to_string())));
        }
        Ok(Step::More)
    }

    fn announce(&mut self, front: Vec<u8>, modified: SystemTime, length: u64, out: &Out) -> Result<(), Over> {
        self.announced = true;
        let (file, path, follow) = (self.number, self.path.clone(), Arc::clone(&self.follow));
        let (from, known, after, front) = (self.from, self.known, self.after, front.into());
        let whole = self.whole == Some(true) && from == 0;
        out.send(Event::Opened(Opened { file, path, follow, front, from, known, after, modified, length, whole }))
    }

    fn give(&mut self, bytes: Vec<u8>, out: &Out) -> Result<(), Over> {
        let room = SAMPLE - self.front.len().min(SAMPLE);
        self.front.extend(bytes.iter().take(room));
        self.tail.extend(bytes.get(bytes.len().saturating_sub(SAMPLE)..).unwrap_or_default());
        self.tail.drain(..self.tail.len().saturating_sub(SAMPLE));
        let at = self.offset;
        self.offset += bytes.len() as u64;
        out.send(Event::Bytes { file: self.number, at, bytes })
    }

    fn pause(&mut self, out: &Out) -> Result<(), Over> {
        // In what is read once more, an older place would take back a newer one.
        let place = Some((self.offset, self.is_over()));
        if !self.announced || self.paused_at == place || self.offset < self.known && !self.at_end {
            return Ok(());
        }
        self.paused_at = place;
        out.send(Event::Paused { file: self.number, cursor: self.cursor() })
    }

    /// Says that nothing more comes of it.
    pub fn end(mut self, why: Why, out: &Out) -> Result<Cursor, Over> {
        self.pause(out)?;
        if self.announced {
            out.send(Event::Ended { file: self.number, why })?;
        }
        Ok(self.cursor())
    }
}

/// Why reading stopped.
enum Stopped {
    Over,
    Failed(String),
}

impl From<Over> for Stopped {
    fn from(_: Over) -> Self {
        Self::Over
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Failed(format!("cannot be read: {error}"))
    }
}

impl From<streams::Failure> for Stopped {
    fn from(failure: streams::Failure) -> Self {
        Self::Failed(failure.to_string())
    }
}
