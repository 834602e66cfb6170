//! What rotation makes of a log's name.

use std::path::{Path, PathBuf};

/// Suffixes of compressed files. The content decides whether one is; the name only tells that it is no log that is written to.
const PACKED: [&str; 6] = [".gz", ".xz", ".zst", ".bz2", ".lz4", ".Z"];

/// Suffixes of what was set aside.
const ASIDE: [&str; 5] = [".old", ".bak", ".orig", ".save", "~"];

/// A file's name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// What it was called before it was rotated.
    pub stem: String,
    /// How often it was rotated, where the name counts.
    pub generation: Option<u64>,
    /// Whether it is named as a rotated file is.
    pub rotated: bool,
    /// Whether it is named as a compressed file is.
    pub packed: bool,
}

/// Takes a name apart: `log.2.gz` and `log-20261121` (logrotate), `log.0.bz2` (newsyslog), `log.old`, `log~`.
pub(super) fn name(name: &str) -> Name {
    let unpacked = PACKED.iter().find_map(|suffix| name.strip_suffix(suffix)).filter(|rest| !rest.is_empty());
    let (rest, packed) = (unpacked.unwrap_or(name), unpacked.is_some());
    let aside = ASIDE.iter().find_map(|suffix| rest.strip_suffix(suffix)).filter(|stem| !stem.is_empty());
    let numbered = || {
        let letters = rest.trim_end_matches(|c: char| c.is_ascii_digit() || SEPARATORS.contains(&c)).len();
        // `log2.1` and `md0` end in digits that are of the name: the suffix begins at a separator.
        let tail = rest.get(letters..).filter(|_| letters > 0)?;
        let at = letters + tail.find(SEPARATORS)?;
        let (stem, suffix) = rest.split_at_checked(at)?;
        (!stem.is_empty() && suffix.ends_with(|c: char| c.is_ascii_digit())).then_some((stem, suffix))
    };
    let (stem, generation) = match (aside, numbered()) {
        (Some(stem), _) => (stem, Some(1)),
        // A number of five digits or more is a date.
        (None, Some((stem, suffix))) => {
            (stem, suffix.get(1..).filter(|digits| digits.len() < 5).and_then(|n| n.parse().ok()))
        }
        (None, None) => return Name { stem: rest.to_owned(), generation: None, rotated: packed, packed },
    };
    Name { stem: stem.to_owned(), generation, rotated: true, packed }
}

const SEPARATORS: [char; 4] = ['.', '-', '_', ':'];

/// What a path's name is, taken apart.
pub(super) fn name_of(path: &Path) -> Name {
    name(&path.file_name().unwrap_or_default().to_string_lossy())
}

/// The files that came one from the other by rotation have this in common: the directory, and the name before.
pub(super) fn family(path: &Path) -> PathBuf {
    path.with_file_name(name_of(path).stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let check = |given: &str, stem: &str, generation: Option<u64>, rotated: bool| {
            let taken = name(given);
            assert_eq!((taken.stem.as_str(), taken.generation, taken.rotated), (stem, generation, rotated), "{given}");
        };
        check("kern.log", "kern.log", None, false);
        check("kern.log.1", "kern.log", Some(1), true);
        check("kern.log.12.gz", "kern.log", Some(12), true);
        check("kern.log.0.bz2", "kern.log", Some(0), true);
        check("kern.log.gz", "kern.log", None, true);
        check("messages-20261121", "messages", None, true);
        check("messages-20261121.xz", "messages", None, true);
        check("app.log.2026-11-21", "app.log", None, true);
        check("app.log.2026-11-21_08:30", "app.log", None, true);
        check("RaidEvtA.log.old", "RaidEvtA.log", Some(1), true);
        check("notes~", "notes", Some(1), true);
        check("md0", "md0", None, false);
        check("log2.3", "log2", Some(3), true);
        check("log2", "log2", None, false);
        check("10.0.0.5", "10.0.0.5", None, false);
        check(".gz", ".gz", None, false);
        check("", "", None, false);
        check("5", "5", None, false);
    }
}
