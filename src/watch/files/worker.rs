//! Follows the files of one file system.
//!
//! What must hold: every byte of a log is given out once, whatever becomes of the file meanwhile, and of a log that was rotated the older
//! part before the newer.
//!
//! ```text
//!                    its own cursor holds                    it is at its end, and another took its place
//!   a file is seen ───────────────────────▶ followed (Life) ──────────────────────────────────────────────▶ done
//!        │    ▲                                ▲     │                                                        │
//!        │    │ the same inode, cut off        │     └── cut off, gone ──▶ past ◀── the inode is another's ───┤
//!        │    └────────────────────────────────┼────────────┘               │                                 │
//!        └── its content is one of those known ┘◀───────────────────────────┴─────────── or grew ─────────────┘
//!            (renamed, copied, compressed): from where that was read to; else from its start
//! ```
//!
//! Nothing here waits: `turn` does what there is to do at a time, and says when it is to be called again at the latest.

use super::super::{Cursor, Event, Looked, Why};
use super::content::{Content, is_packed_and_over};
use super::ear::{Ear, Heard};
use super::life::{Life, Start, Step};
use super::look::{Candidate, Root, Seen, Trouble, exactness, is_anothers};
use super::names;
use super::out::{Out, Over};
use crate::config::Follow;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// All is looked at each so often, whatever was heard: events may be missed.
const LOOK: Duration = Duration::from_secs(30);
/// The same where nothing, or not everything, is heard.
const POLL: Duration = Duration::from_secs(5);
/// After a rotation the new file waits until nothing was added to the old one for so long ...
const GRACE: Duration = Duration::from_secs(1);
/// ... but no longer than this.
const GRACE_MAX: Duration = Duration::from_secs(5);
/// A file that another took the place of is read on until nothing was added for so long.
const LINGER: Duration = Duration::from_secs(10);
/// A copy is complete when it did not change for so long ...
const SETTLE: Duration = Duration::from_secs(5);
/// ... and a compressed file that breaks off is what is left of it when it did not for so long.
const SETTLE_CUT: Duration = Duration::from_secs(600);
/// What is not there for so long is told of: a rotation takes less.
const MISSING: Duration = Duration::from_secs(5);
/// A file that became another while it was looked at is looked at once more.
const AGAIN: Duration = Duration::from_millis(10);
/// How far a file was read whose inode is gone for so long is of no use: what becomes of a log when it is rotated does so before.
const GONE: Duration = Duration::from_secs(86_400);
/// Contents whose files are gone that are remembered: a copy of them may appear.
const PAST_MAX: usize = 256;

pub(super) struct Worker {
    device: u64,
    out: Out,
    pub ear: Option<Ear>,
    roots: Vec<Root>,
    lives: Vec<Life>,
    /// Files that were read to their end, by inode; and those that cursors were kept of.
    done: HashMap<u64, Cursor>,
    /// How those were when it was seen that they are what was read: an inode may come to be another file's.
    compared: HashMap<u64, (u64, (i64, i64))>,
    /// Contents whose files are gone, or hold something else by now.
    past: VecDeque<Cursor>,
    /// Not wanted, and how large they were then.
    dismissed: HashMap<u64, u64>,
    /// Seen at the last look, by inode.
    there: BTreeMap<u64, Candidate>,
    /// Compressed files that broke off, when they were so.
    cut: HashMap<u64, (u64, (i64, i64))>,
    /// Of a file that is not known, since when it is as it is.
    settling: HashMap<u64, (u64, (i64, i64), Instant)>,
    /// Which number a file had last, by inode.
    numbers: HashMap<u64, u64>,
    /// Since when inodes are gone that something is remembered of.
    gone: HashMap<u64, Instant>,
    /// The families of what links lead to.
    alias: HashMap<PathBuf, PathBuf>,
    missing: HashMap<u64, Instant>,
    deaf: Option<String>,
    /// What people were told that cannot be followed.
    told: BTreeMap<PathBuf, String>,
    /// Links and file systems that another is to look at, and the entries by which they were found.
    pub elsewhere: Vec<(PathBuf, Arc<Follow>)>,
    /// The same, as long as the entries are what they are.
    handed_over: BTreeSet<(PathBuf, PathBuf)>,
    /// All entries, by which one file may be found more than once.
    pub rules: Arc<[Follow]>,
    /// Roots whose place changed.
    pub moved: Vec<Root>,
    look_at: Instant,
    /// When the next turn is due.
    pub next: Instant,
}

impl Worker {
    pub fn new(device: u64, cursors: &[Cursor], out: Out, now: Instant) -> Self {
        let (own, others): (Vec<Cursor>, Vec<Cursor>) =
            cursors.iter().cloned().partition(|cursor| cursor.device == device);
        Self {
            device,
            out,
            ear: None,
            roots: Vec::new(),
            lives: Vec::new(),
            done: own.into_iter().map(|cursor| (cursor.inode, cursor)).collect(),
            compared: HashMap::new(),
            past: others.into(),
            dismissed: HashMap::new(),
            there: BTreeMap::new(),
            cut: HashMap::new(),
            settling: HashMap::new(),
            numbers: HashMap::new(),
            gone: HashMap::new(),
            alias: HashMap::new(),
            missing: HashMap::new(),
            deaf: None,
            told: BTreeMap::new(),
            elsewhere: Vec::new(),
            handed_over: BTreeSet::new(),
            rules: Arc::default(),
            moved: Vec::new(),
            look_at: now,
            next: now,
        }
    }

    pub fn add(&mut self, root: Root, now: Instant) {
        if root.real != root.path {
            self.alias.insert(names::family(&root.real), names::family(&root.path));
        }
        self.roots.push(root);
        self.look_at = now;
    }

    /// Keeps what is followed for entries that are in the new list too, and count still for what they found; ends the rest.
    pub fn entries(&mut self, entries: Arc<[Follow]>, now: Instant) -> Result<(), Over> {
        self.roots.retain(|root| entries.contains(&root.follow));
        self.rules = entries;
        for life in std::mem::take(&mut self.lives) {
            let own = self.roots.iter().find(|root| root.id == life.root);
            if own.is_some_and(|root| !is_anothers(&self.rules, &root.follow, &life.path)) {
                self.lives.push(life);
            } else {
                self.end(life, Why::Dismissed)?;
            }
        }
        // What was told as lost is lost until it is found: what is said of it is no other thing because entries are.
        self.handed_over.clear();
        self.look_at = now;
        Ok(())
    }

    /// Nothing at all can be heard.
    pub fn deaf(&mut self, why: String) {
        self.deaf = Some(why);
    }

    /// A file is not understood: it is followed no more, until it becomes another.
    pub fn dismiss(&mut self, number: u64) -> Result<(), Over> {
        let Some(at) = self.lives.iter().position(|life| life.number == number) else { return Ok(()) };
        let life = self.lives.remove(at);
        let (inode, size) = (life.inode, life.cursor().offset);
        self.dismissed.insert(inode, size);
        self.end(life, Why::Dismissed)?;
        self.done.remove(&inode);
        Ok(())
    }

    /// The inodes that are there.
    pub fn present(&self) -> BTreeSet<u64> {
        self.there.keys().copied().chain(self.lives.iter().map(|life| life.inode)).collect()
    }

    /// What inotify told.
    pub fn heard(&mut self, heard: &Heard, now: Instant) {
        if heard.look {
            self.look_at = now;
        }
        for life in &mut self.lives {
            life.dirty |= heard.files.contains(&life.inode);
        }
    }

    /// Does all there is to do.
    pub fn turn(&mut self, now: Instant) -> Result<(), Over> {
        loop {
            if self.out.stopped() {
                return Err(Over);
            }
            if self.look_at <= now {
                self.look(now)?;
            }
            self.next = self.look_at;
            let more = self.read(now)?;
            let adopted = self.adopt(now)?;
            self.end_lingering(now)?;
            if !more && !adopted && self.look_at > now {
                return Ok(());
            }
        }
    }

    fn due(&mut self, at: Instant) {
        self.next = self.next.min(at);
    }

    fn look(&mut self, now: Instant) -> Result<(), Over> {
        let mut directories = BTreeSet::new();
        let mut there = BTreeMap::new();
        let mut pause = LOOK;
        let (mut troubles, mut looked) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(root) = self.roots.get(at) {
            if fs::read_link(&root.path).ok() != root.link {
                self.moved.push(self.roots.remove(at));
                continue;
            }
            at += 1;
            let seen = root.look(self.device);
            if seen.blind || root.follow.poll.is_some() {
                pause = pause.min(root.follow.poll.unwrap_or(POLL));
            }
            if !root.looked {
                looked.extend(of_first_look(root, &seen));
            }
            // It was renamed, and nothing stands in its place yet: whoever writes makes that with the next line, and may write to this one
            // until then.
            let is_renamed = |life: &Life| life.was_main && life.family == root.path && !life.is_gone();
            let is_followed = self.lives.iter().any(|life| life.root == root.id && is_renamed(life));
            let trouble = seen.trouble.filter(|trouble| !matches!(trouble, Trouble::Nothing(_)) || !is_followed);
            troubles.push((root.id, root.path.clone(), trouble, root.found));
            for (inode, candidate) in seen.files {
                if is_anothers(&self.rules, &candidate.follow, &candidate.path) {
                    continue;
                }
                // A name that an entry means counts more than one that only looks like a rotated sibling.
                let rank = |seen: &Candidate| (seen.main, exactness(&seen.follow.path, &seen.path));
                let better = there.get(&inode).is_none_or(|before: &Candidate| rank(&candidate) > rank(before));
                if better {
                    there.insert(inode, candidate);
                }
            }
            directories.extend(seen.directories);
            for path in seen.elsewhere {
                if self.handed_over.insert((path.clone(), root.follow.path.clone())) {
                    self.elsewhere.push((path, Arc::clone(&root.follow)));
                }
            }
        }
        self.roots.iter_mut().for_each(|root| root.looked = true);
        for looked in looked {
            self.out.send(Event::Looked(looked))?;
        }
        let families: BTreeSet<PathBuf> =
            there.values().filter(|file| file.main).map(|file| file.family.clone()).collect();
        self.there = there;
        if let Some(ear) = &mut self.ear {
            ear.listen(&directories);
            self.deaf.clone_from(&ear.deaf);
        }
        // Where inotify's limit is reached, people are told of the first path; what is followed is followed all the same.
        let first = directories.first().cloned().unwrap_or_default();
        match self.deaf.clone() {
            Some(why) => {
                pause = pause.min(POLL);
                self.lost(first.clone(), why)?;
            }
            None => self.found(&first)?,
        }
        self.look_at = now + pause;
        let mut lasting: BTreeSet<PathBuf> = self.roots.iter().map(|root| root.path.clone()).collect();
        lasting.insert(first);
        for (root, path, trouble, found) in troubles {
            self.tell(root, path, trouble.filter(|_| !found), now)?;
        }
        // Nobody tells when a file that is being made beside the log is complete.
        let young = |seen: &Candidate| seen.modified.elapsed().is_ok_and(|age| age < LOOK);
        if self.there.values().any(|seen| seen.size == 0 && !seen.main && young(seen)) {
            self.look_at = self.look_at.min(now + SETTLE);
        }
        // What is gone cannot be followed, and is not found again either.
        let there: BTreeSet<&PathBuf> = self.there.values().map(|seen| &seen.path).collect();
        let gone = self.told.keys().filter(|path| !there.contains(path) && !lasting.contains(*path));
        for path in gone.cloned().collect::<Vec<_>>() {
            self.told.remove(&path);
            self.out.send(Event::Gone { path })?;
        }
        for life in &mut self.lives {
            life.dirty = true;
            match self.there.get(&life.inode) {
                Some(seen) if seen.main => (life.away, life.was_main) = (None, true),
                _ => {
                    life.away.get_or_insert(now);
                }
            }
            if let Some(seen) = self.there.get(&life.inode) {
                life.path.clone_from(&seen.path);
            }
            // As long as nothing stands in its place, it may be written to for long.
            let wanted = self.roots.iter().any(|root| root.id == life.root);
            if wanted && !families.contains(&life.family) && !life.is_gone() && life.file().is_some() {
                life.away = None;
            }
        }
        self.forget_gone(now);
        self.settling.retain(|inode, _| self.there.contains_key(inode));
        self.compared.retain(|inode, _| self.there.contains_key(inode));
        self.cut.retain(|inode, _| self.there.contains_key(inode));
        self.dismissed.retain(|inode, _| self.there.contains_key(inode));
        Ok(())
    }

    fn forget_gone(&mut self, now: Instant) {
        let remembered: BTreeSet<u64> = self.done.keys().chain(self.numbers.keys()).copied().collect();
        let followed: BTreeSet<u64> = self.lives.iter().map(|life| life.inode).collect();
        let is_there = |inode: &u64| self.there.contains_key(inode) || followed.contains(inode);
        self.gone.retain(|inode, _| remembered.contains(inode) && !is_there(inode));
        for inode in remembered.into_iter().filter(|inode| !is_there(inode)) {
            if now.saturating_duration_since(*self.gone.entry(inode).or_insert(now)) > GONE {
                self.done.remove(&inode);
                self.numbers.remove(&inode);
            }
        }
    }

    fn tell(&mut self, root: u64, path: PathBuf, trouble: Option<Trouble>, now: Instant) -> Result<(), Over> {
        match trouble {
            Some(Trouble::Nothing(why)) => {
                let since = *self.missing.entry(root).or_insert(now);
                if now.saturating_duration_since(since) >= MISSING {
                    return self.lost(path, why.to_owned());
                }
                self.look_at = self.look_at.min(since + MISSING);
                Ok(())
            }
            Some(Trouble::Not(why)) => self.lost(path, why),
            None => {
                self.missing.remove(&root);
                self.found(&path)
            }
        }
    }

    fn lost(&mut self, path: PathBuf, why: String) -> Result<(), Over> {
        if self.told.get(&path) == Some(&why) {
            return Ok(());
        }
        self.told.insert(path.clone(), why.clone());
        self.out.send(Event::Lost { path, why })
    }

    fn found(&mut self, path: &Path) -> Result<(), Over> {
        match self.told.remove(path) {
            Some(_) => self.out.send(Event::Found { path: path.to_owned() }),
            None => Ok(()),
        }
    }

    /// Reads all that changed; of a family, the older part first. Whether there is more.
    fn read(&mut self, now: Instant) -> Result<bool, Over> {
        let mut more = BTreeSet::new();
        let mut at = 0;
        while let Some(life) = self.lives.get_mut(at) {
            at += 1;
            if !life.dirty || more.contains(&life.family) {
                continue;
            }
            let (path, family, away) = (life.path.clone(), life.family.clone(), life.away.is_some());
            match life.step(now, &self.out)? {
                // That a file can be read to its end says nothing of what stands in its place.
                Step::End if away => {}
                Step::End => self.found(&path)?,
                Step::More => {
                    more.insert(family);
                }
                Step::Truncated => {
                    at -= 1;
                    let life = self.lives.remove(at);
                    let inode = life.inode;
                    self.end(life, Why::Truncated)?;
                    if let Some(cursor) = self.done.remove(&inode) {
                        self.remember(cursor);
                    }
                    self.look_at = now;
                }
                Step::Waits(until) => self.due(until),
                Step::Failed(why) => self.lost(path, why)?,
            }
        }
        Ok(!more.is_empty())
    }

    fn remember(&mut self, cursor: Cursor) {
        if cursor.offset > 0 {
            self.past.push_back(cursor);
        }
        if self.past.len() > PAST_MAX {
            self.past.pop_front();
        }
    }

    fn end(&mut self, life: Life, why: Why) -> Result<(), Over> {
        if let (Some(ear), Some(watch)) = (&mut self.ear, life.watch) {
            ear.forget(watch);
        }
        if life.announced() {
            self.numbers.insert(life.inode, life.number);
        }
        let (inode, cursor) = (life.inode, life.end(why, &self.out)?);
        if let Some(seen) = self.there.get_mut(&inode).filter(|_| !is_packed_and_over(&cursor)) {
            // It grew since it was looked at, and that was read.
            seen.size = seen.size.max(cursor.offset);
        }
        self.done.insert(inode, cursor);
        Ok(())
    }

    fn end_lingering(&mut self, now: Instant) -> Result<(), Over> {
        let mut at = 0;
        while let Some(life) = self.lives.get(at) {
            at += 1;
            let Some(away) = life.away.filter(|_| life.at_end && !life.dirty) else { continue };
            let until = away.max(life.changed) + LINGER;
            if now < until && !life.is_over() {
                self.due(until);
                continue;
            }
            at -= 1;
            let life = self.lives.remove(at);
            let (inode, gone) = (life.inode, life.is_gone());
            self.end(life, if gone { Why::Vanished } else { Why::Rotated })?;
            if gone && let Some(cursor) = self.done.remove(&inode) {
                self.remember(cursor);
            }
        }
        Ok(())
    }

    /// Takes up files that are not followed yet, of each family the next. Whether there was one.
    fn adopt(&mut self, now: Instant) -> Result<bool, Over> {
        let followed: BTreeSet<u64> = self.lives.iter().map(|life| life.inode).collect();
        let mut families: BTreeMap<PathBuf, Vec<Candidate>> = BTreeMap::new();
        for seen in self.there.values().filter(|seen| !followed.contains(&seen.inode)) {
            if !self.is_known(seen) {
                families.entry(seen.family.clone()).or_default().push(seen.clone());
            }
        }
        let mut adopted = false;
        for (family, mut files) in families {
            files.sort_by_key(|file| (file.main, file.modified, std::cmp::Reverse(file.name.generation)));
            adopted |= self.adopt_one(&family, &files, now)?;
        }
        Ok(adopted)
    }

    /// Whether all of a file was read, or it is not wanted.
    fn is_known(&self, seen: &Candidate) -> bool {
        let not_wanted = self.dismissed.get(&seen.inode).is_some_and(|size| *size <= seen.size);
        not_wanted
            || seen.size == 0 && !seen.main
            || self.done.contains_key(&seen.inode)
                && self.compared.get(&seen.inode) == Some(&(seen.size, seen.changed))
                && !is_written(seen)
    }

    fn adopt_one(&mut self, family: &Path, files: &[Candidate], now: Instant) -> Result<bool, Over> {
        // One after the other: what is compared with a file that is being read must know how far that was read.
        if self.lives.iter().any(|life| life.family == family && (!life.at_end || life.dirty)) {
            return Ok(false);
        }
        // What is followed already by its own cursor needs no comparison, and others are compared with it.
        for seen in files {
            let Some(cursor) = self.done.get(&seen.inode).cloned() else { continue };
            let compared = match Content::is_over(&seen.path, seen.size, &cursor) {
                Ok(false) => {
                    Content::of(&seen.path).and_then(|content| Ok(Some((content.known_to(&cursor)?, content))))
                }
                Ok(true) => Ok(None),
                Err(failure) => Err(failure),
            };
            match compared {
                Ok(Some((Some(known), content))) if known == cursor.offset => {
                    // Another file may have had the inode before, and this content as well, and been read further.
                    let known = match self.known(family, seen.inode, &content) {
                        Ok(other) => known.max(other),
                        Err(why) => {
                            self.lost(seen.path.clone(), why)?;
                            continue;
                        }
                    };
                    if known < content.length || is_written(seen) {
                        return self.follow(seen, &content, known, None, now);
                    }
                    self.compared.insert(seen.inode, (seen.size, seen.changed));
                }
                Ok(None) => drop(self.compared.insert(seen.inode, (seen.size, seen.changed))),
                // The inode is another's by now, or it holds something else.
                Ok(_) => {
                    self.done.remove(&seen.inode);
                    self.remember(cursor);
                }
                Err(failure) => self.lost(seen.path.clone(), failure.to_string())?,
            }
        }
        let main_is_followed = self.lives.iter().any(|life| life.family == family && life.away.is_none());
        for seen in files {
            let packed = seen.name.packed;
            if self.is_known(seen) {
                continue;
            }
            if packed && self.was_cut(seen) && !self.is_settled(seen, SETTLE_CUT, now) {
                continue;
            }
            if !seen.main && !packed && main_is_followed && !self.is_settled(seen, SETTLE, now) {
                continue;
            }
            if seen.main && self.is_held(family, seen, now) {
                continue;
            }
            let content = match Content::of(&seen.path) {
                // It is being written and its first bytes are missing, or it is of a format that is not unpacked.
                Ok(content) if packed && !content.packed() && !self.is_settled(seen, SETTLE, now) => continue,
                Ok(content) => content,
                Err(failure) => {
                    self.lost(seen.path.clone(), failure.to_string())?;
                    continue;
                }
            };
            // A compressed file is whole when its end is there, so there is no need to wait for more.
            if content.cut && !self.is_settled(seen, SETTLE_CUT, now) {
                self.cut.insert(seen.inode, (seen.size, seen.changed));
                self.look_at = self.look_at.min(now + SETTLE);
                self.due(now + SETTLE);
                continue;
            }
            let known = match self.known(family, seen.inode, &content) {
                Ok(known) => known,
                Err(why) => {
                    self.lost(seen.path.clone(), why)?;
                    continue;
                }
            };
            let after = self.before(family, seen);
            if self.follow(seen, &content, known, after, now)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a compressed file broke off when it was as it is now.
    fn was_cut(&self, seen: &Candidate) -> bool {
        self.cut.get(&seen.inode) == Some(&(seen.size, seen.changed))
    }

    /// Whether a file did not change for so long.
    fn is_settled(&mut self, seen: &Candidate, wait: Duration, now: Instant) -> bool {
        let age = fs::metadata(&seen.path).ok().and_then(|status| {
            use std::os::unix::fs::MetadataExt;
            let changed = Duration::new(status.ctime().try_into().ok()?, status.ctime_nsec().try_into().ok()?);
            (std::time::SystemTime::UNIX_EPOCH + changed).elapsed().ok()
        });
        let as_it_is = (seen.size, seen.changed);
        let entry = self.settling.entry(seen.inode).or_insert((as_it_is.0, as_it_is.1, now));
        if (entry.0, entry.1) != as_it_is {
            *entry = (as_it_is.0, as_it_is.1, now);
        }
        let until = entry.2 + wait;
        if age.is_some_and(|age| age >= wait) || now >= until {
            return true;
        }
        // It is to be looked at once more before it is judged.
        self.look_at = self.look_at.min(until);
        self.due(until);
        false
    }

    /// Whether a new file must wait for the one whose place it took.
    fn is_held(&mut self, family: &Path, seen: &Candidate, now: Instant) -> bool {
        let waits = |life: &&Life| life.family == family && life.inode != seen.inode && life.written;
        let until = self.lives.iter().filter(waits).filter_map(|life| {
            let away = life.away?;
            Some((away.max(life.changed) + GRACE).min(away + GRACE_MAX))
        });
        match until.max().filter(|until| now < *until) {
            Some(until) => {
                self.due(until);
                true
            }
            None => false,
        }
    }

    /// How far the content of a file was read under another name or inode.
    fn known(&self, family: &Path, inode: u64, content: &Content) -> Result<u64, String> {
        let mut known = 0;
        let lives = self.lives.iter().filter(|life| life.family == family).map(Life::cursor);
        let of_family = |cursor: &&Cursor| {
            let own = names::family(&cursor.path);
            self.alias.get(&own).unwrap_or(&own) == family
        };
        let done = self.done.values().filter(|cursor| cursor.inode != inode);
        let others = done.chain(&self.past).filter(of_family).cloned();
        for cursor in lives.chain(others) {
            let to = content.known_to(&cursor).map_err(|failure| failure.to_string())?;
            known = known.max(to.unwrap_or(0));
        }
        Ok(known)
    }

    /// The number of the file that one goes on from: it was rotated once less, or was the same one before it was cut off.
    fn before(&self, family: &Path, seen: &Candidate) -> Option<u64> {
        let older = |file: &&Candidate| file.family == family && file.inode != seen.inode && !file.main;
        let order = |file: &&Candidate| (file.modified, std::cmp::Reverse(file.name.generation));
        let earlier = |file: &&Candidate| seen.main || order(file) < order(&seen);
        let before = self.there.values().filter(older).filter(earlier).max_by_key(order);
        let next_to = |file: &&Candidate| match (file.name.generation, seen.name.generation) {
            (Some(older), Some(newer)) => older == newer + 1,
            (Some(older), None) if seen.main => older <= 1,
            _ => true,
        };
        let number = |inode: u64| {
            let followed = self.lives.iter().find(|life| life.inode == inode && life.announced());
            followed.map(|life| life.number).or_else(|| self.numbers.get(&inode).copied())
        };
        // A content that was copied elsewhere before it was cut off goes on from the copy.
        before.filter(next_to).and_then(|file| number(file.inode)).or_else(|| number(seen.inode).filter(|_| seen.main))
    }

    fn follow(
        &mut self,
        seen: &Candidate,
        content: &Content,
        known: u64,
        after: Option<u64>,
        now: Instant,
    ) -> Result<bool, Over> {
        let (packed, number) = (content.packed(), self.out.number());
        let overlap = seen.main || content.length > known;
        let written =
            !packed && (seen.main || seen.modified.elapsed().is_ok_and(|age| age < GRACE_MAX) && after.is_none());
        let start = Start { number, known, overlap, packed, after, written, now };
        match Life::open(seen, self.device, start) {
            Ok(Some(mut life)) => {
                if let (Some(ear), Some(file)) = (&mut self.ear, life.file()) {
                    life.watch = ear.listen_to(file, &seen.path, seen.inode);
                }
                self.done.remove(&seen.inode);
                self.settling.remove(&seen.inode);
                self.found(&seen.path)?;
                self.lives.push(life);
                Ok(true)
            }
            Ok(None) => {
                self.look_at = self.look_at.min(now + AGAIN);
                self.there.remove(&seen.inode);
                Ok(false)
            }
            Err(error) => {
                self.lost(seen.path.clone(), format!("cannot be opened: {error}"))?;
                Ok(false)
            }
        }
    }
}

/// What was there when a root was looked at for the first time; none if not all of it was listed.
fn of_first_look(root: &Root, seen: &Seen) -> Option<Looked> {
    seen.is_all().then(|| Looked {
        entry: root.follow.path.clone(),
        path: root.path.clone(),
        there: seen.files.values().map(|file| file.path.clone()).collect(),
        elsewhere: seen.elsewhere.clone(),
        not: match &seen.trouble {
            Some(Trouble::Not(why)) => Some(why.clone()),
            Some(Trouble::Nothing(_)) | None => None,
        },
    })
}

/// Whether a file may be written to, by its name and its age: then it is followed though all of it was read.
fn is_written(seen: &Candidate) -> bool {
    seen.main && !seen.name.packed && (!seen.name.rotated || seen.is_recent())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::os::unix::fs::MetadataExt as _;

    /// Each day the log is rotated and the oldest of three goes; what is remembered of those that went stays what it was.
    #[test]
    fn what_is_gone_for_long_is_forgotten() {
        let directory = tempfile::TempDir::new().expect("a temporary directory");
        let path = directory.path().join("log");
        let device = fs::metadata(directory.path()).expect("it is there").dev();
        let (to, events) = std::sync::mpsc::sync_channel(100_000);
        let out = Out { to, stop: Default::default(), numbers: Default::default(), is_whole: |_| None };
        let begin = Instant::now();
        // Of an earlier run, and gone.
        let (front, tail) = ((1, 4_096), (2, 4_096));
        let old = Cursor { device, inode: u64::MAX, path: path.clone(), offset: 5_000, front, tail };
        let mut worker = Worker::new(device, &[old], out, begin);
        let follow = Follow { path: path.clone(), host: None, timezone: None, quiet: None, poll: None };
        worker.add(
            Root {
                id: 0,
                follow: follow.into(),
                real: path.clone(),
                path: path.clone(),
                link: None,
                found: false,
                looked: false,
            },
            begin,
        );
        // Held open, so that no inode is given again.
        let (mut held, mut remembered) = (Vec::new(), Vec::new());
        for day in 0..20_u32 {
            for nth in (0..3).rev() {
                let name = |nth: u32| if nth == 0 { path.clone() } else { path.with_extension(nth.to_string()) };
                if name(nth).exists() {
                    fs::rename(name(nth), name(nth + 1)).expect("a new name");
                }
            }
            let _ = fs::remove_file(path.with_extension("3"));
            let mut log = fs::File::create(&path).expect("a file");
            writeln!(log, "day {day}").expect("room");
            held.push(log);
            for hour in 0..24 {
                let now = begin + Duration::from_secs(3_600) * (24 * day + hour);
                worker.heard(&Heard { look: true, files: Default::default() }, now);
                worker.turn(now).expect("somebody listens");
            }
            remembered.push((worker.done.len() + worker.lives.len(), worker.numbers.len(), worker.gone.len()));
        }
        assert!(remembered[0].0 == 2, "what an earlier run knew is known for a day: {remembered:?}");
        assert!(
            remembered.iter().all(|(done, numbers, gone)| *done <= 6 && *numbers <= 6 && *gone <= 3),
            "{remembered:?}"
        );
        let read = events.try_iter().filter(|event| matches!(event, Event::Bytes { .. })).count();
        assert_eq!(read, 20, "each once");
    }
}
