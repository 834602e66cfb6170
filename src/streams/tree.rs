//! Every regular file under a directory, one after the other, for a search that must see all of them.
//!
//! What must hold: it ends, on any tree, and memory is that of the listings on the way down. Links are not followed: they may
//! lead in a circle or away, and what they point to within the tree is met by its own name. Other file systems are not entered:
//! under `/proc` and `/sys` stand files whose reading never ends or does something. Both are counted.

use super::Failure;
use std::fs::{self, FileType};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What a tree holds besides regular files that could be listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// Directories that could not be listed.
    pub unlisted: u64,
    /// Directories where another file system begins.
    pub other_systems: u64,
    /// Links, devices, FIFOs and sockets.
    pub no_files: u64,
}

/// The regular files under a directory, each directory in order of names.
#[derive(Debug)]
pub struct Tree {
    device: u64,
    /// What is still to be looked at, the next one last.
    ahead: Vec<(PathBuf, FileType)>,
    /// What was passed over so far.
    pub passed_over: PassedOver,
}

impl Tree {
    /// The files under a directory, or the one file that the path is.
    ///
    /// # Errors
    /// If there is no such path, it is neither, or it cannot be listed.
    pub fn new(root: &Path) -> Result<Self, Failure> {
        let status = fs::metadata(root).map_err(|error| Failure::of(error, 0))?;
        let mut tree = Self { device: status.dev(), ahead: Vec::new(), passed_over: PassedOver::default() };
        match status.file_type() {
            kind if kind.is_dir() => tree.list(root).map_err(|error| Failure::of(error, 0))?,
            kind if kind.is_file() => tree.ahead.push((root.to_owned(), kind)),
            _ => return Err(Failure::NotAFile("neither a file nor a directory")),
        }
        Ok(tree)
    }

    fn list(&mut self, directory: &Path) -> std::io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            entries.push((entry.path(), entry.file_type()?));
        }
        entries.sort_by(|(one, _), (other, _)| other.cmp(one));
        self.ahead.append(&mut entries);
        Ok(())
    }

    fn enter(&mut self, directory: &Path) {
        match fs::symlink_metadata(directory) {
            Ok(status) if status.dev() != self.device => self.passed_over.other_systems += 1,
            Ok(_) if self.list(directory).is_ok() => {}
            _ => self.passed_over.unlisted += 1,
        }
    }
}

impl Iterator for Tree {
    type Item = PathBuf;

    fn next(&mut self) -> Option<PathBuf> {
        while let Some((path, kind)) = self.ahead.pop() {
            if kind.is_file() {
                return Some(path);
            }
            if kind.is_dir() { self.enter(&path) } else { self.passed_over.no_files += 1 }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    #[test]
    fn files_once_in_order_and_no_circles() {
        let scene = TempDir::new().expect("a temporary directory");
        let at = |name: &str| scene.path().join(name);
        fs::create_dir_all(at("b/c")).expect("a directory");
        for name in ["a", "b/c/deep", "b/.hidden", "z"] {
            fs::write(at(name), name).expect("a file");
        }
        symlink(scene.path(), at("b/circle")).expect("a link");
        symlink(at("a"), at("link")).expect("a link");
        symlink("nowhere", at("broken")).expect("a link");
        let _listener = std::os::unix::net::UnixListener::bind(at("socket")).expect("a socket");
        let mut tree = Tree::new(scene.path()).expect("it is there");
        let found: Vec<PathBuf> = tree.by_ref().collect();
        assert_eq!(found, ["a", "b/.hidden", "b/c/deep", "z"].map(at));
        assert_eq!(tree.passed_over, PassedOver { unlisted: 0, other_systems: 0, no_files: 4 });
        assert_eq!(Tree::new(&at("a")).expect("a file").collect::<Vec<_>>(), [at("a")]);
        assert!(matches!(Tree::new(&at("none")), Err(Failure::NotFound)));
        assert!(matches!(Tree::new(&at("socket")), Err(Failure::NotAFile(_))));
        assert!(matches!(Tree::new(Path::new("/dev/null")), Err(Failure::NotAFile(_))));
    }

    #[test]
    fn other_file_systems_are_not_entered() {
        if !Path::new("/proc/self").exists() {
            eprintln!("SKIPPED: no /proc here to stay out of");
            return;
        }
        let device = |path: &str| fs::metadata(path).expect("it is there").dev();
        assert_ne!(device("/"), device("/proc"));
        let mut tree = Tree { device: device("/"), ahead: Vec::new(), passed_over: PassedOver::default() };
        tree.enter(Path::new("/proc"));
        assert_eq!((tree.passed_over.other_systems, tree.next()), (1, None));
    }
}
