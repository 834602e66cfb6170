//! Hearing by inotify: of directories, that names come and go in them; of a file, that it was written to, whatever its name is by then.

use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::{Path, PathBuf};

/// What was heard.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Names came or went, or something was missed: all is to be looked at.
    pub look: bool,
    /// Inodes that were written to.
    pub files: BTreeSet<u64>,
}

/// An inotify instance.
#[derive(Debug)]
pub(super) struct Ear {
    inotify: Inotify,
    directories: BTreeMap<PathBuf, WatchDescriptor>,
    files: HashMap<WatchDescriptor, u64>,
    /// Why not all can be heard.
    pub deaf: Option<String>,
}

impl Ear {
    pub fn new() -> Result<Self, String> {
        let flags = InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC;
        let inotify = Inotify::init(flags).map_err(|errno| limit("fs.inotify.max_user_instances", errno))?;
        Ok(Self { inotify, directories: BTreeMap::new(), files: HashMap::new(), deaf: None })
    }

    /// Listens to these directories, and to no other.
    pub fn listen(&mut self, wanted: &BTreeSet<PathBuf>) {
        self.deaf = None;
        let gone: Vec<PathBuf> = self.directories.keys().filter(|path| !wanted.contains(*path)).cloned().collect();
        for path in gone {
            self.directories.remove(&path).map(|watch| self.inotify.rm_watch(watch));
        }
        use AddWatchFlags as On;
        let names = On::IN_CREATE | On::IN_MOVED_FROM | On::IN_MOVED_TO | On::IN_DELETE;
        let itself = On::IN_DELETE_SELF | On::IN_MOVE_SELF | On::IN_ONLYDIR;
        for path in wanted {
            // Once more for those that are watched already: a directory of the same name may be another by now.
            match self.inotify.add_watch(path, names | itself) {
                Ok(watch) => {
                    let before = self.directories.insert(path.clone(), watch);
                    if let Some(before) = before.filter(|before| *before != watch) {
                        // It may be gone already, and its descriptor with it.
                        let _ = self.inotify.rm_watch(before);
                    }
                }
                Err(Errno::ENOENT | Errno::ENOTDIR) => {}
                Err(errno) => self.deaf = Some(limit("fs.inotify.max_user_watches", errno)),
            }
        }
    }

    /// Listens to an open file.
    pub fn listen_to(&mut self, file: &File, path: &Path, inode: u64) -> Option<WatchDescriptor> {
        let opened = format!("/proc/self/fd/{}", file.as_fd().as_raw_fd());
        let on = AddWatchFlags::IN_MODIFY;
        // By its name it may be another file already, and only where there is no /proc is that a risk to take.
        match self.inotify.add_watch(opened.as_str(), on).or_else(|_| self.inotify.add_watch(path, on)) {
            Ok(watch) => {
                self.files.insert(watch, inode);
                Some(watch)
            }
            Err(errno) => {
                self.deaf = Some(limit("fs.inotify.max_user_watches", errno));
                None
            }
        }
    }

    /// Listens to a file no more.
    pub fn forget(&mut self, watch: WatchDescriptor) {
        self.files.remove(&watch);
        // The file may be gone, and the watch with it.
        let _ = self.inotify.rm_watch(watch);
    }

    /// What happened since it was asked last.
    pub fn heard(&mut self) -> Heard {
        let mut heard = Heard::default();
        while let Ok(events) = self.inotify.read_events() {
            for event in events {
                match self.files.get(&event.wd) {
                    Some(inode) if !event.mask.contains(AddWatchFlags::IN_IGNORED) => {
                        heard.files.insert(*inode);
                    }
                    Some(_) => {
                        self.files.remove(&event.wd);
                    }
                    // A queue that ran over is told of no watch at all.
                    None => {
                        let ended = event.mask.contains(AddWatchFlags::IN_IGNORED);
                        if ended {
                            self.directories.retain(|_, watch| *watch != event.wd);
                        }
                        heard.look |= !ended;
                    }
                }
            }
        }
        heard
    }
}

impl AsFd for Ear {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

fn limit(key: &str, errno: Errno) -> String {
    match errno {
        Errno::ENOSPC | Errno::EMFILE => {
            format!("the kernel's limit of watches is reached, so it is looked at every few seconds: raise {key}")
        }
        errno => format!("it cannot be watched, so it is looked at every few seconds: {}", errno.desc()),
    }
}
