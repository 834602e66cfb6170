//! How far followed files were read. Stored after what was read before them, so that a process that is killed reads something once more
//! and misses nothing.

use crate::model::Cursor;
use chrono::TimeDelta;
use rusqlite::{Connection, Result, Row, params};
use std::collections::HashSet;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// All of them, in the order of their paths.
///
/// # Errors
/// If the history cannot be read.
pub fn load(history: &Connection) -> Result<Vec<Cursor>> {
    let mut query = history.prepare_cached(
        "SELECT device, inode, path, offset, front, front_length, tail, tail_length FROM cursor ORDER BY path, device, inode",
    )?;
    let unsigned = |row: &Row<'_>, column: usize| row.get(column).map(i64::cast_unsigned);
    let cursors = query.query_map([], |row| {
        Ok(Cursor {
            device: unsigned(row, 0)?,
            inode: unsigned(row, 1)?,
            path: path_of(&row.get::<_, String>(2)?),
            offset: unsigned(row, 3)?,
            front: (unsigned(row, 4)?, unsigned(row, 5)?),
            tail: (unsigned(row, 6)?, unsigned(row, 7)?),
        })
    })?;
    cursors.collect()
}

/// Keeps them, each in the place of the one that its file had. `at` is now, in seconds since 1970.
///
/// # Errors
/// If the history cannot be written.
pub fn store(history: &Connection, cursors: &[Cursor], at: i64) -> Result<()> {
    let mut insert = history.prepare_cached(
        "INSERT OR REPLACE INTO cursor (device, inode, path, offset, front, front_length, tail, tail_length, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for Cursor { device, inode, path, offset, front, tail } in cursors {
        let [device, inode, offset] = [device, inode, offset].map(|number| number.cast_signed());
        let [front, front_length, tail, tail_length] = [front.0, front.1, tail.0, tail.1].map(u64::cast_signed);
        let path = text_of(path);
        insert.execute(params![device, inode, path, offset, front, front_length, tail, tail_length, at])?;
    }
    Ok(())
}

/// How long one is kept whose file is gone: `logrotate(8)` keeps a log's older parts for weeks, and one may come back from a backup.
pub const KEPT: TimeDelta = TimeDelta::days(30);

/// Forgets those that were stored before a time, in seconds since 1970, and whose files, by device and inode, are not among those that are
/// there. How many these were. One that is there is never forgotten, or a rotated log that nothing was added to would be read again.
///
/// # Errors
/// If the history cannot be written.
pub fn forget(history: &Connection, before: i64, present: &[(u64, u64)]) -> Result<usize> {
    let present: HashSet<(u64, u64)> = present.iter().copied().collect();
    let mut old = history.prepare_cached("SELECT device, inode FROM cursor WHERE at < ?1")?;
    let old: Vec<(i64, i64)> = old.query_map([before], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_>>()?;
    let gone = old.iter().filter(|(device, inode)| !present.contains(&(device.cast_unsigned(), inode.cast_unsigned())));
    let mut delete = history.prepare_cached("DELETE FROM cursor WHERE device = ?1 AND inode = ?2")?;
    let mut forgotten = 0;
    for (device, inode) in gone {
        forgotten += delete.execute([device, inode])?;
    }
    Ok(forgotten)
}

/// A path as text. A byte that is no text stands as `\xff`, and a backslash as `\\`.
fn text_of(path: &Path) -> String {
    let chunks = path.as_os_str().as_bytes().utf8_chunks();
    chunks.fold(String::new(), |mut text, chunk| {
        text += &chunk.valid().replace('\\', "\\\\");
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
        text
    })
}

fn path_of(text: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let byte =
            after.get(1..3).filter(|_| after.starts_with('x')).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'\\'));
        rest = after.get(if byte.is_some() { 3 } else { 1 }..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Database;
    use proptest::prelude::*;
    use tempfile::TempDir;

    fn cursor(device: u64, inode: u64, path: &[u8], offset: u64) -> Cursor {
        let path = OsString::from_vec(path.to_owned()).into();
        Cursor { device, inode, path, offset, front: (u64::MAX - inode, offset.min(4096)), tail: (offset, 0) }
    }

    fn with_history(check: impl FnOnce(&Connection)) {
        let scene = TempDir::new().expect("a temporary directory");
        let history = Database::write(&scene.path().join("history.db")).expect("a new history");
        check(history.connection());
    }

    #[test]
    fn what_was_stored_last_counts() {
        with_history(|history| {
            assert_eq!(load(history), Ok(vec![]));
            let (one, other) = (cursor(1, 7, b"/var/log/a", 10), cursor(u64::MAX, 7, b"/var/log/b", u64::MAX));
            store(history, &[other.clone(), one], 100).expect("room");
            let renamed = cursor(1, 7, b"/var/log/a.1", 20);
            store(history, std::slice::from_ref(&renamed), 200).expect("room");
            assert_eq!(load(history), Ok(vec![renamed, other]));
        });
    }

    #[test]
    fn only_what_is_gone_for_long_is_forgotten() {
        with_history(|history| {
            let [old, there, new] = [1, 2, 3].map(|inode| cursor(5, inode, b"/var/log/a", 10));
            store(history, &[old, there.clone()], 100).expect("room");
            store(history, std::slice::from_ref(&new), 200).expect("room");
            assert_eq!(forget(history, 100, &[(5, 2)]), Ok(0));
            assert_eq!(forget(history, 200, &[(5, 2), (6, 1)]), Ok(1));
            assert_eq!(load(history), Ok(vec![there, new]));
        });
    }

    proptest! {
        #[test]
        fn any_path_comes_back(path in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'\\'), Just(b'x'), Just(b'f')], 0..12)) {
            let path: PathBuf = OsString::from_vec(path).into();
            prop_assert_eq!(path_of(&text_of(&path)), path);
        }
    }
}
