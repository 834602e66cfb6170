//! The history's database, for people.

use super::page::{BAD, GOOD, Page};
use crate::report::json::Checked;
use crate::words::{clean, number_of};
use std::path::Path;

/// Whether a database is sound.
pub fn db_check(checked: &Checked<'_>) -> String {
    let mut page = Page::new();
    let path = clean(&checked.path.to_string_lossy());
    let version = match checked.version {
        Some(version) if version < checked.known => {
            format!("version {version}, which the next writer brings to {}", checked.known)
        }
        Some(version) => format!("version {version}"),
        None => "its version cannot be read".to_owned(),
    };
    if checked.findings.is_empty() {
        page.styled(0, "sound  ", GOOD, &format!("{path}: {version}"));
        return page.finish();
    }
    page.styled(0, "damaged  ", BAD, &format!("{path}: {version}"));
    for finding in checked.findings {
        page.item(2, &format!("{:<12}", finding.check), &finding.detail);
    }
    page.blank();
    page.item(
        0,
        "",
        "Copy the file together with those named -wal and -shm beside it before anything else. Look at the drive that it lies on. \
         Then restore a backup, or let arraywatch read the logs into a new history.",
    );
    page.finish()
}

/// That a copy was made.
pub fn db_backup(path: &Path, to: &Path, bytes: u64) -> String {
    let mut page = Page::new();
    let [path, to] = [path, to].map(|path| clean(&path.to_string_lossy()));
    page.item(0, "", &format!("{to}: {}, a copy of {path}, checked", number_of(bytes, "byte", "bytes")));
    page.finish()
}
