//! Where the history is, if nobody says.
//!
//! The daemon's configuration may name it, and then it is that one. The service's history is the machine's: root keeps it where the FHS has state of programs. Everybody else has one of their own,
//! where the XDG base directories have it. Nothing here looks at the disk.

use super::{Reason, Trouble};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The history of the machine.
const OF_ROOT: &str = "/var/lib/arraywatch/history.db";

/// The history of a user, within their directory of state.
const OF_USER: &str = "arraywatch/history.db";

/// What the place depends on.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `ARRAYWATCH_DB`
    pub arraywatch_db: Option<OsString>,
    /// What the daemon's configuration names, if it is of concern.
    pub configured: Option<PathBuf>,
    /// `XDG_STATE_HOME`
    pub xdg_state_home: Option<OsString>,
    /// `HOME`
    pub home: Option<OsString>,
    /// Whether this is root.
    pub root: bool,
}

impl Surroundings {
    /// Those of this process, without a configuration.
    pub fn here() -> Self {
        Self {
            arraywatch_db: env::var_os("ARRAYWATCH_DB"),
            configured: None,
            xdg_state_home: env::var_os("XDG_STATE_HOME"),
            home: env::var_os("HOME"),
            root: nix::unistd::geteuid().is_root(),
        }
    }
}

/// The path of the history: as given, else by the surroundings.
///
/// # Errors
/// If nothing tells.
pub fn place(given: Option<&Path>, surroundings: &Surroundings) -> Result<PathBuf, Trouble> {
    let set = |variable: &Option<OsString>| variable.clone().filter(|value| !value.is_empty()).map(PathBuf::from);
    // The base directories are absolute: the specification has others ignored.
    let absolute = |variable| set(variable).filter(|path| path.is_absolute());
    let named = given.map(Path::to_owned).or_else(|| set(&surroundings.arraywatch_db));
    if let Some(path) = named.or_else(|| surroundings.configured.clone()) {
        return Ok(path);
    }
    if surroundings.root {
        return Ok(PathBuf::from(OF_ROOT));
    }
    absolute(&surroundings.xdg_state_home)
        .or_else(|| absolute(&surroundings.home).map(|home| home.join(".local/state")))
        .map(|state| state.join(OF_USER))
        .ok_or_else(|| Trouble::new("find the history", Path::new(OF_USER), Reason::Homeless))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let value = |text: &str| (text != "unset").then(|| OsString::from(text));
        let path = |text: &str| value(text).map(PathBuf::from);
        let named = |given: &str, db: &str, configured: &str, expect: &str| {
            let (arraywatch_db, configured) = (value(db), path(configured));
            let surroundings = Surroundings { arraywatch_db, configured, root: true, ..Surroundings::default() };
            assert_eq!(place(path(given).as_deref(), &surroundings).ok(), path(expect), "{surroundings:?}");
        };
        named("a.db", "/e.db", "/c.db", "a.db");
        named("unset", "/e.db", "/c.db", "/e.db");
        named("unset", "", "/c.db", "/c.db");
        named("unset", "unset", "/c.db", "/c.db");
        let check = |given: &str, db: &str, xdg: &str, home: &str, root, expect: Option<&str>| {
            let (arraywatch_db, xdg_state_home) = (value(db), value(xdg));
            let surroundings =
                Surroundings { arraywatch_db, configured: None, xdg_state_home, home: value(home), root };
            assert_eq!(
                place(path(given).as_deref(), &surroundings).ok(),
                expect.map(PathBuf::from),
                "{surroundings:?}"
            );
        };
        let no = "unset";
        check("a.db", "/e.db", "/x", "/h", true, Some("a.db"));
        check(no, "/e.db", "/x", "/h", true, Some("/e.db"));
        check(no, "e.db", no, no, false, Some("e.db"));
        check(no, no, "/x", "/h", true, Some("/var/lib/arraywatch/history.db"));
        check(no, "", "", "/h", true, Some("/var/lib/arraywatch/history.db"));
        check(no, no, "/x", "/h", false, Some("/x/arraywatch/history.db"));
        check(no, no, "x", "/h", false, Some("/h/.local/state/arraywatch/history.db"));
        check(no, no, "", "/h", false, Some("/h/.local/state/arraywatch/history.db"));
        check(no, no, no, no, false, None);
        check(no, "", "relative", "", false, None);
        check(no, no, no, "relative", false, None);
    }

    #[test]
    fn nowhere_is_a_clear_error() {
        let trouble = place(None, &Surroundings::default()).expect_err("nothing tells");
        assert_eq!(
            trouble.to_string(),
            "cannot find the history arraywatch/history.db: neither --db nor ARRAYWATCH_DB names it, and HOME is not set; give --db PATH"
        );
    }
}
