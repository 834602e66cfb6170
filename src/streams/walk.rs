//! From the paths that were given to the inputs to read.

use super::Failure;
use super::open::Name;
use std::fs;
use std::path::{Path, PathBuf};

/// Directories within directories.
const DEPTH_MAX: usize = 8;

/// Files of one given directory; a directory of more is not what it was meant to be.
const FILES_MAX: usize = 10_000;

/// What a given path comes to.
#[derive(Debug)]
pub enum Found {
    /// One input that was named: that it is not understood is a failure.
    Named(Name),
    /// A directory, with the files in it in order of their names, and how many entries were passed over.
    Directory {
        /// As given.
        path: PathBuf,
        /// Regular files.
        files: Vec<Name>,
        /// Devices, FIFOs, sockets, links that lead nowhere, hidden entries, and what was too deep or too many.
        passed_over: usize,
    },
}

/// Looks at a path as given; `-` is standard input.
///
/// # Errors
/// If there is no such path, or its directory cannot be listed.
pub fn find(given: &Path) -> Result<Found, Failure> {
    if given == Path::new("-") {
        return Ok(Found::Named(Name::Stdin));
    }
    let status = fs::metadata(given).map_err(|error| Failure::of(error, 0))?;
    if !status.is_dir() {
        return Ok(Found::Named(Name::Path(given.to_owned())));
    }
    let mut files = Vec::new();
    let mut passed_over = 0;
    list(given, 0, &mut files, &mut passed_over).map_err(|error| Failure::of(error, 0))?;
    Ok(Found::Directory { path: given.to_owned(), files, passed_over })
}

fn list(directory: &Path, depth: usize, files: &mut Vec<Name>, passed_over: &mut usize) -> std::io::Result<()> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        // Links to directories are not followed: they may lead in a circle, or away.
        let is_directory = fs::symlink_metadata(&path).is_ok_and(|status| status.is_dir());
        let is_file = fs::metadata(&path).is_ok_and(|status| status.is_file());
        if is_directory && !hidden && depth < DEPTH_MAX {
            if list(&path, depth + 1, files, passed_over).is_err() {
                *passed_over += 1;
            }
        } else if is_file && !hidden && files.len() < FILES_MAX {
            files.push(Name::Path(path));
        } else {
            *passed_over += 1;
        }
    }
    Ok(())
}
