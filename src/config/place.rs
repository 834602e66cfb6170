//! Where the configuration file is.

use super::{Config, Wrong, read};
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};
use toml::de::DeTable;

/// Where it is if nobody says.
pub const DEFAULT_PATH: &str = "/etc/arraywatch/config.toml";

/// More is no configuration.
const BYTES_MAX: u64 = 1024 * 1024;

/// Where it is: as given (`--config`), else by `ARRAYWATCH_CONFIG`, else where it usually is.
pub fn place(given: Option<&Path>, variable: Option<OsString>) -> PathBuf {
    let set = variable.filter(|value| !value.is_empty()).map(PathBuf::from);
    given.map(Path::to_owned).or(set).unwrap_or_else(|| PathBuf::from(DEFAULT_PATH))
}

/// Why a configuration file cannot be used.
#[derive(Debug)]
pub enum Unusable {
    /// There is none.
    NotThere,
    /// It cannot be read.
    Io(io::Error),
    /// It holds mistakes.
    Wrong(Vec<Wrong>),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere => {
                f.write_str("there is no such file; `arraywatch config init` writes one, --config FILE names another")
            }
            Self::Io(error) => write!(f, "it cannot be read: {error}"),
            Self::Wrong(wrongs) => {
                write!(f, "{} mistakes in it", wrongs.len())?;
                wrongs.iter().try_for_each(|wrong| write!(f, "\n  {wrong}"))
            }
        }
    }
}

/// Reads a configuration file.
///
/// # Errors
/// If it is not there, cannot be read, or is wrong.
pub fn load(path: &Path) -> Result<Config, Unusable> {
    read(&text(&bytes(path)?).map_err(|wrong| Unusable::Wrong(vec![wrong]))?).map_err(Unusable::Wrong)
}

/// Where a configuration file has the history kept, if it says so: also one that holds mistakes, for the daemon that was started before they
/// were made keeps it there all the same.
pub fn database(path: &Path) -> Option<PathBuf> {
    let bytes = bytes(path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let (document, _) = DeTable::parse_recoverable(&text);
    let named = document.get_ref().get("database")?.get_ref().as_str().map(PathBuf::from);
    named.filter(|path| path.is_absolute())
}

fn bytes(path: &Path) -> Result<Vec<u8>, Unusable> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Unusable::NotThere,
        _ => Unusable::Io(error),
    };
    // A FIFO would be waited for without end.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Unusable::Io(io::Error::other("it is no regular file")));
    }
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Unusable::Io(io::Error::other("it is larger than 1 MiB, which no configuration is")));
    }
    Ok(bytes)
}

/// The text that bytes are.
fn text(bytes: &[u8]) -> Result<String, Wrong> {
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let before = bytes.get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let in_line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        Wrong {
            line,
            column: String::from_utf8_lossy(in_line).chars().count() + 1,
            what: "no text in UTF-8".to_owned(),
            instead: "save the file as UTF-8".to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let check = |given: Option<&str>, variable: Option<&str>, expect: &str| {
            assert_eq!(place(given.map(Path::new), variable.map(OsString::from)), PathBuf::from(expect));
        };
        check(Some("a.toml"), Some("/b.toml"), "a.toml");
        check(None, Some("/b.toml"), "/b.toml");
        check(None, Some(""), "/etc/arraywatch/config.toml");
        check(None, None, "/etc/arraywatch/config.toml");
    }

    #[test]
    fn the_history_that_a_file_names_is_known_also_when_the_file_is_wrong() {
        let scene = tempfile::TempDir::new().expect("a temporary directory");
        let path = scene.path().join("config.toml");
        let check = |text: &str, expect: Option<&str>| {
            fs::write(&path, text).expect("a file");
            assert_eq!(database(&path), expect.map(PathBuf::from), "{text:?}");
        };
        check("database = \"/d/h.db\"\n", Some("/d/h.db"));
        check("hots = \"db7\"\ndatabase = \"/d/h.db\"\n[read]\nevry = 3\n", Some("/d/h.db"));
        check("database = \"/d/h.db\"\n[read\nevery = \"5 min\n", Some("/d/h.db"));
        check("#database = \"/d/h.db\"\n", None);
        check("[read]\ndatabase = \"/d/h.db\"\n", None);
        check("database = 3\n", None);
        check("database = \"h.db\"\n", None);
        assert_eq!(database(&scene.path().join("none")), None);
    }

    #[test]
    fn files_that_cannot_be_used() {
        let scene = tempfile::TempDir::new().expect("a temporary directory");
        let check = |name: &str, bytes: Option<&[u8]>, expect: &str| {
            let path = scene.path().join(name);
            bytes.into_iter().for_each(|bytes| fs::write(&path, bytes).expect("a file"));
            let told = load(&path).expect_err("it is no configuration").to_string();
            assert!(told.contains(expect), "{told}");
        };
        check("none", None, "there is no such file");
        check("", None, "no regular file");
        check("large", Some(&vec![b'\n'; 1024 * 1024 + 1]), "larger than 1 MiB");
        check("latin", Some(b"# \nhost = \"\xfcber\"\n"), "line 2, column 9: no text in UTF-8");
        check("wrong", Some(b"hots = \"db7\"\nx = 1\n"), "2 mistakes in it\n  line 1, column 1: unknown key `hots`");
    }
}
