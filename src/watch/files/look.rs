//! What is there: from a configured path to the files that are followed for it.

use super::names::{self, Name};
use crate::config::Follow;
use glob::{MatchOptions, Pattern};
use nix::sys::statfs::statfs;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, FileType, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Directories within directories, and files of one entry: as where directories are given to be read (`streams::find`).
const DEPTH_MAX: usize = 8;
const FILES_MAX: usize = 10_000;

/// A file that was written within this is perhaps written to still, whatever its name.
const RECENT: Duration = Duration::from_secs(86_400);

/// A star is no separator, and no hidden file is meant.
const GLOB: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// What is followed: an entry, or a link that was found by one.
#[derive(Debug, Clone)]
pub(super) struct Root {
    /// A number of its own.
    pub id: u64,
    /// The entry.
    pub follow: Arc<Follow>,
    /// The path: the entry's, or the link's.
    pub path: PathBuf,
    /// Where the path leads when it is a link.
    pub real: PathBuf,
    /// What the path's last part says, if it is a link.
    pub link: Option<PathBuf>,
    /// Whether it is a link that was found.
    pub found: bool,
    /// Whether it was looked at.
    pub looked: bool,
}

/// A file that was seen.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub path: PathBuf,
    pub family: PathBuf,
    pub name: Name,
    pub follow: Arc<Follow>,
    pub root: u64,
    /// Whether it is where the log is written to, as far as the names tell.
    pub main: bool,
    pub inode: u64,
    pub size: u64,
    pub modified: SystemTime,
    pub changed: (i64, i64),
}

impl Candidate {
    /// Whether it was written to within a day.
    pub fn is_recent(&self) -> bool {
        self.modified.elapsed().map_or(true, |age| age < RECENT)
    }
}

/// What was seen of a root.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// By inode.
    pub files: BTreeMap<u64, Candidate>,
    /// Directories in which something may appear.
    pub directories: BTreeSet<PathBuf>,
    /// Links and other file systems, which are another's to look at.
    pub elsewhere: Vec<PathBuf>,
    /// Why there is nothing.
    pub trouble: Option<Trouble>,
    /// Whether the path is that of one file.
    pub named: bool,
    /// Whether inotify sees nothing, or not all, of what happens there.
    pub blind: bool,
}

impl Seen {
    /// Whether there were not more files than are listed.
    pub fn is_all(&self) -> bool {
        self.files.len() < FILES_MAX
    }
}

/// Why there is nothing to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing is there, which may be so for a moment.
    Nothing(&'static str),
    /// Something that will not be followed, or cannot.
    Not(String),
}

/// What makes a path a pattern.
const STARS: [char; 3] = ['*', '?', '['];

/// Whether a path is a pattern.
fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(STARS)
}

/// Whether an entry's path finds a file: it is the file's, or that of a directory above it, or a pattern that fits. By the names alone.
pub(super) fn finds(entry: &Path, path: &Path) -> bool {
    let is_below = |rest: &Path| {
        let hidden = |part: std::path::Component<'_>| part.as_os_str().to_string_lossy().starts_with('.');
        rest.components().count() <= DEPTH_MAX + 1 && !rest.components().any(hidden)
    };
    path == entry
        || path.strip_prefix(entry).is_ok_and(is_below)
        || is_pattern(entry)
            && Pattern::new(&entry.to_string_lossy()).is_ok_and(|pattern| pattern.matches_path_with(path, GLOB))
}

/// How exactly an entry's path means a file that it finds, or what that was before it was rotated: it is the file's own; else by how much of
/// it stands before the first star, then by how much of it is no star.
pub(super) fn exactness(entry: &Path, path: &Path) -> (bool, usize, usize) {
    let text = entry.to_string_lossy();
    let front = text.find(STARS).unwrap_or(text.len());
    (path == entry || names::family(path) == entry, front, text.chars().filter(|c| !STARS.contains(c)).count())
}

/// The entry that counts for a file, if several find it: the most exact, and the first of those that are equally so.
pub(super) fn entry_for<'f>(entries: &'f [Follow], path: &Path) -> Option<&'f Follow> {
    entries.iter().rev().filter(|entry| finds(&entry.path, path)).max_by_key(|entry| exactness(&entry.path, path))
}

/// Whether a file that an entry finds is left to another one. Not so if that is a directory and this one is none: a pattern also finds what
/// lies behind links to directories.
pub(super) fn is_anothers(entries: &[Follow], own: &Follow, path: &Path) -> bool {
    let is_directory = |follow: &Follow| follow.path != path && !is_pattern(&follow.path);
    // What a log was rotated to is found with it, unless its name is that of something else.
    let log = names::family(path);
    let is_log = |entry: &Follow| entry.path == log && log != path;
    if path != own.path && !is_log(own) && entries.iter().any(is_log) {
        return fs::symlink_metadata(&log).map_or(true, |status| status.is_file());
    }
    entry_for(entries, path).is_some_and(|other| {
        exactness(&other.path, path) > exactness(&own.path, path) && (!is_directory(other) || is_directory(own))
    })
}

/// The nearest directory that is there, from a path upwards.
pub(super) fn nearest(path: &Path) -> PathBuf {
    let there = |path: &&Path| fs::metadata(path).is_ok_and(|status| status.is_dir());
    path.ancestors().find(there).unwrap_or(Path::new("/")).to_owned()
}

/// The part of a pattern that has no stars.
pub(super) fn base(path: &Path) -> PathBuf {
    let plain = |part: &std::path::Component<'_>| !is_pattern(Path::new(part.as_os_str()));
    path.components().take_while(plain).collect()
}

/// File systems where inotify sees only what happens on this machine, or, of an overlay, above it: by `f_type` (statfs(2), linux/magic.h
/// and the file systems' own headers).
const BLIND: [libc::c_long; 13] = [
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF53_4D42, // CIFS
    0xFE53_4D42, // SMB2
    0x6573_5546, // FUSE
    0x0102_1997, // 9p
    0x794C_7630, // overlay
    0x00C3_6400, // Ceph
    0x5346_414F, // AFS
    0x7375_7245, // Coda
    0x0BD0_0BD0, // Lustre
    0x786F_4256, // VirtualBox's shared folders
    0x0116_1970, // GFS2
];

fn is_blind(directory: &Path) -> bool {
    statfs(directory).is_ok_and(|status| BLIND.contains(&status.filesystem_type().0))
}

impl Root {
    /// What there is now, of the one file system that is asked about.
    pub fn look(&self, device: u64) -> Seen {
        let mut seen = Seen::default();
        if is_pattern(&self.path) && fs::symlink_metadata(&self.path).is_err() {
            self.pattern(device, &mut seen);
        } else {
            self.path(device, &mut seen);
        }
        seen.blind = seen.directories.iter().any(|directory| is_blind(directory));
        let mains: BTreeSet<PathBuf> =
            seen.files.values().filter(|file| !file.name.rotated).map(|file| file.family.clone()).collect();
        for file in seen.files.values_mut() {
            // `app-2026-11-21`, each day another: without a file of the name alone, the date is no mark of rotation.
            let lone = !seen.named && !file.name.packed && !mains.contains(&file.family);
            file.main = file.main || !seen.named && !file.name.rotated || lone;
        }
        seen
    }

    fn path(&self, device: u64, seen: &mut Seen) {
        let status = match fs::metadata(&self.real) {
            Ok(status) => status,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                seen.directories.insert(nearest(&self.path));
                // A rotation may have taken the log away and not made another yet.
                seen.named = true;
                self.siblings(device, seen);
                seen.trouble = Some(Trouble::Nothing("there is no such file or directory yet"));
                return;
            }
            Err(error) => {
                seen.directories.insert(nearest(&self.path));
                seen.trouble = Some(Trouble::Not(format!("it cannot be looked at: {error}")));
                return;
            }
        };
        if status.is_dir() {
            self.directory(&self.real, 0, device, seen);
        } else if status.is_file() {
            seen.named = true;
            self.siblings(device, seen);
            let main = self.candidate(self.path.clone(), &self.path, &status, true);
            if status.dev() == device {
                seen.files.insert(status.ino(), main);
            }
        } else {
            seen.directories.insert(nearest(&self.path));
            seen.trouble = Some(Trouble::Not(format!("it is {}: only files are followed", kind(status.file_type()))));
        }
    }

    /// The file and what it was rotated to, beside it and beside what it leads to.
    fn siblings(&self, device: u64, seen: &mut Seen) {
        let mut places = vec![&self.path];
        if self.real != self.path {
            places.push(&self.real);
        }
        for place in places {
            let Some(directory) = place.parent() else { continue };
            let Some(own) = place.file_name() else { continue };
            let own = own.to_string_lossy();
            let wanted = |name: &str| name != own && names::name(name).stem == *own;
            self.list(directory, device, seen, &wanted, &mut |path, status, seen| {
                let file = self.candidate(path, &self.path, status, false);
                seen.files.entry(file.inode).or_insert(file);
            });
        }
    }

    fn directory(&self, directory: &Path, depth: usize, device: u64, seen: &mut Seen) {
        let mut below = Vec::new();
        let wanted = |name: &str| !name.starts_with('.');
        self.list(directory, device, seen, &wanted, &mut |path, status, seen| {
            if status.is_dir() {
                below.push(path);
            } else if seen.files.len() < FILES_MAX {
                let file = self.candidate(path.clone(), &path, status, false);
                seen.files.entry(file.inode).or_insert(file);
            }
        });
        for directory in below.iter().filter(|_| depth < DEPTH_MAX) {
            self.directory(directory, depth + 1, device, seen);
        }
    }

    fn pattern(&self, device: u64, seen: &mut Seen) {
        let base = nearest(&base(&self.path));
        seen.directories.insert(base);
        let Ok(pattern) = Pattern::new(&self.path.to_string_lossy()) else {
            seen.trouble = Some(Trouble::Not("it is no pattern that can be understood".to_owned()));
            return;
        };
        let mut directories = BTreeSet::new();
        // Where the directories are patterns as well, others may appear in each of those above.
        for ancestor in self.path.ancestors().skip(1) {
            let text = ancestor.to_string_lossy();
            let found: Vec<PathBuf> = match is_pattern(ancestor) {
                true => glob::glob_with(&text, GLOB).into_iter().flatten().flatten().collect(),
                false => vec![ancestor.to_owned()],
            };
            let found = found.into_iter().filter(|path| path.is_dir());
            if self.path.parent() == Some(ancestor) {
                directories.extend(found);
            } else if is_pattern(ancestor) {
                seen.directories.extend(found);
            } else {
                break;
            }
        }
        for directory in directories {
            let matches = |name: &str| pattern.matches_path_with(&directory.join(name), GLOB);
            let wanted = |name: &str| matches(name) || matches(&names::name(name).stem);
            self.list(&directory, device, seen, &wanted, &mut |path, status, seen| {
                if status.is_file() && seen.files.len() < FILES_MAX {
                    let file = self.candidate(path.clone(), &path, status, false);
                    seen.files.entry(file.inode).or_insert(file);
                }
            });
        }
        if seen.files.is_empty() && seen.elsewhere.is_empty() && seen.trouble.is_none() {
            seen.trouble = Some(Trouble::Nothing("no file matches it yet"));
        }
    }

    /// What of a directory is wanted by its name. Links and what lies on another file system are left to another thread: even to ask
    /// what they are may wait for ever.
    fn list(
        &self,
        directory: &Path,
        device: u64,
        seen: &mut Seen,
        wanted: &dyn Fn(&str) -> bool,
        take: &mut dyn FnMut(PathBuf, &Metadata, &mut Seen),
    ) {
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                seen.directories.insert(nearest(directory));
                return;
            }
            Err(error) => {
                seen.trouble.get_or_insert(Trouble::Not(format!("its directory cannot be listed: {error}")));
                return;
            }
        };
        seen.directories.insert(directory.to_owned());
        let mounts = mounts();
        for entry in entries.flatten() {
            let path = entry.path();
            if !wanted(&entry.file_name().to_string_lossy()) {
                continue;
            }
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_symlink() || kind.is_dir() && mounts.contains(&path) {
                seen.elsewhere.push(path);
            } else if kind.is_file() || kind.is_dir() {
                // The link itself would not be followed, and what is no link is not.
                let Ok(status) = fs::symlink_metadata(&path) else { continue };
                if status.dev() != device {
                    seen.elsewhere.push(path);
                } else {
                    take(path, &status, seen);
                }
            }
        }
    }

    fn candidate(&self, path: PathBuf, family: &Path, status: &Metadata, main: bool) -> Candidate {
        let name = names::name_of(&path);
        Candidate {
            family: names::family(family),
            name,
            follow: Arc::clone(&self.follow),
            root: self.id,
            main,
            inode: status.ino(),
            size: status.len(),
            modified: status.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            changed: (status.ctime(), status.ctime_nsec()),
            path,
        }
    }
}

/// Where other file systems begin, as far as this process sees them (proc_pid_mountinfo(5): the fifth field).
fn mounts() -> BTreeSet<PathBuf> {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    table.lines().filter_map(|line| line.split(' ').nth(4)).map(|path| path.replace("\\040", " ").into()).collect()
}

/// What is no file, for people.
fn kind(kind: FileType) -> &'static str {
    match kind {
        kind if kind.is_fifo() => "a FIFO",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}
