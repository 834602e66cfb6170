//! Where the configuration file is.

use super::read::understood;
use super::{Config, Wrong, read};
use crate::words::number_of;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

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
                f.write_str(&number_of(wrongs.len() as u64, "mistake in it", "mistakes in it"))?;
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

/// What a configuration file says as far as that is sound; nothing if it cannot be read. The daemon goes on by what was in force before
/// somebody began to write at the file, and that is for the most part what still stands there.
pub fn sound(path: &Path) -> Config {
    let text = bytes(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    understood(&text.unwrap_or_default()).0
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
    fn what_is_sound_is_known_also_of_a_file_that_is_wrong() {
        let scene = tempfile::TempDir::new().expect("a temporary directory");
        let path = scene.path().join("config.toml");
        let card = "[[command]]\nname = \"card\"\nrun = [\"/bin/x\"]\nevery = \"1 h\"\n";
        // The history, and the programs.
        let check = |text: &str, database: Option<&str>, programs: &[&str]| {
            fs::write(&path, text).expect("a file");
            let sound = sound(&path);
            let names: Vec<&str> = sound.command.iter().map(|command| command.name.as_str()).collect();
            assert_eq!((sound.database.as_deref(), names.as_slice()), (database.map(Path::new), programs), "{text:?}");
        };
        let here = Some("/d/h.db");
        check("database = \"/d/h.db\"\n", here, &[]);
        check(&format!("hots = \"db7\"\ndatabase = \"/d/h.db\"\n{card}[read]\nevry = 3\n"), here, &["card"]);
        check(&format!("database = \"/d/h.db\"\n{card}[read\nevery = \"5 min\n"), here, &["card"]);
        check(&format!("{card}lmit = 3\n"), None, &["card"]);
        check("#database = \"/d/h.db\"\n", None, &[]);
        check("[read]\ndatabase = \"/d/h.db\"\n", None, &[]);
        check("database = 3\n", None, &[]);
        check("database = \"h.db\"\n", None, &[]);
        fs::remove_file(&path).expect("it was there");
        assert_eq!(sound(&path).database, None);
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
        check("latin", Some(b"# \nhost = \"\xfcber\"\n"), "2:9  no text in UTF-8");
        check("wrong", Some(b"hots = \"db7\"\nx = 1\n"), "2 mistakes in it\n  1:1  unknown key `hots`");
        check("one", Some(b"hots = \"db7\"\n"), "1 mistake in it\n  1:1  unknown key `hots`");
    }
}
