//! What a machine has that a configuration may name: logs, vendors' tools, ways to tell people.

use crate::observe::{FRONT, Family, Search, Shows, recognise};
use crate::streams::open_file;
use std::fs;
use std::path::{Path, PathBuf};

/// How much of a log is looked at for its format, in bytes; it takes a tenth of a second.
const LOOKED_AT: u64 = 16 * 1024 * 1024;

/// Where logs lie that are read, by the defaults of who writes them: rsyslog on Debian and on Red Hat, syslogd on FreeBSD, Adaptec
/// Storage Manager (its installation directory, on Linux `/usr/StorMan`), apcupsd (`EVENTSFILE` in apcupsd.conf), MegaRAID's monitors.
const LOGS: [&str; 9] = [
    "/var/log/kern.log",
    "/var/log/syslog",
    "/var/log/messages",
    "/usr/StorMan/RaidEvt*.log",
    "/opt/StorMan/RaidEvt*.log",
    "/var/log/apcupsd.events",
    "/var/log/megaraid*",
    "/var/log/megaraid*/*",
    "/var/log/MegaRAID*",
];

/// A vendor's tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tool {
    /// What its entry is called.
    pub(super) name: &'static str,
    /// What it is, for people.
    pub(super) what: &'static str,
    /// Where its packages put it; the first that is there counts.
    places: &'static [&'static str],
    /// What makes it print what is read here.
    pub(super) arguments: &'static [&'static str],
}

/// The tools whose output is read, where their makers' and Debian's packages put them.
pub(super) const TOOLS: [Tool; 8] = [
    Tool {
        name: "arcconf",
        what: "Adaptec and Microsemi controllers; 1 is the first controller",
        places: &["/usr/Arcconf/arcconf", "/usr/StorMan/arcconf", "/usr/sbin/arcconf", "/usr/local/sbin/arcconf"],
        arguments: &["getconfig", "1"],
    },
    Tool {
        name: "storcli",
        what: "LSI and Broadcom controllers",
        places: &[
            "/opt/MegaRAID/storcli/storcli64",
            "/usr/sbin/storcli64",
            "/usr/local/sbin/storcli64",
            "/usr/sbin/storcli",
        ],
        arguments: &["/call", "show", "all", "J"],
    },
    Tool {
        name: "perccli",
        what: "Dell PERC controllers",
        places: &["/opt/MegaRAID/perccli/perccli64", "/usr/sbin/perccli64"],
        arguments: &["/call", "show", "all", "J"],
    },
    Tool {
        name: "megacli",
        what: "older LSI controllers",
        places: &["/opt/MegaRAID/MegaCli/MegaCli64", "/usr/sbin/megacli", "/usr/sbin/MegaCli64"],
        arguments: &["-LdPdInfo", "-aALL", "-NoLog"],
    },
    Tool {
        name: "ssacli",
        what: "HP Smart Array controllers",
        places: &[
            "/usr/sbin/ssacli",
            "/opt/smartstorageadmin/ssacli/bin/ssacli",
            "/usr/sbin/hpssacli",
            "/opt/hp/hpssacli/bld/hpssacli",
            "/usr/sbin/hpacucli",
        ],
        arguments: &["ctrl", "all", "show", "config", "detail"],
    },
    Tool {
        name: "upsc",
        what: "the UPS, by NUT; `upsc -l` lists the names that may stand before the @",
        places: &["/usr/bin/upsc", "/bin/upsc", "/usr/local/bin/upsc"],
        arguments: &["ups@localhost"],
    },
    Tool {
        name: "apcaccess",
        what: "the UPS, by apcupsd",
        places: &["/usr/sbin/apcaccess", "/sbin/apcaccess", "/usr/local/sbin/apcaccess"],
        arguments: &["status"],
    },
    Tool {
        name: "ipmi-sel",
        what: "the event log of the BMC; it is read without this where /dev/ipmi0 is",
        places: &["/usr/bin/ipmitool", "/usr/local/bin/ipmitool"],
        arguments: &["sel", "elist"],
    },
];

/// A log that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Where, without the root that was looked below.
    pub path: PathBuf,
    /// The family of formats that it is of; none if its front is of none that is known.
    pub format: Option<&'static str>,
}

/// What a machine has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// What it calls itself.
    pub host: Option<String>,
    /// Logs in the usual places.
    pub logs: Vec<Log>,
    /// Tools with where they are.
    pub(super) tools: Vec<(Tool, PathBuf)>,
    /// Whether a mail server answers on port 25 of this machine.
    pub relay: bool,
    /// Whether it has a journal.
    pub journal: bool,
}

impl Seen {
    /// Looks below a root, which is `/` but for tests. Links that lead from the root on lead out of another one.
    pub fn below(root: &Path, relay: bool) -> Self {
        let host = fs::read_to_string(root.join("proc/sys/kernel/hostname")).ok();
        let host = host.map(|host| host.trim().to_owned()).filter(|host| !host.is_empty());
        let mut logs: Vec<Log> = LOGS.iter().flat_map(|pattern| logs(root, pattern)).collect();
        logs.sort_by(|one, other| one.path.cmp(&other.path));
        logs.dedup_by(|one, other| one.path == other.path);
        let there = |place: &&&str| root.join(place.trim_start_matches('/')).is_file();
        let tool = |tool: Tool| Some((tool, PathBuf::from(tool.places.iter().find(there)?)));
        let journal = root.join("run/systemd/journal/socket").exists();
        Self { host, logs, tools: TOOLS.into_iter().filter_map(tool).collect(), relay, journal }
    }
}

/// The logs that a pattern fits. Rotated parts are followed with the log itself, and have no entry.
fn logs(root: &Path, pattern: &str) -> Vec<Log> {
    let Some(below) = root.to_str().map(glob::Pattern::escape) else { return Vec::new() };
    let Ok(paths) = glob::glob(&format!("{}{pattern}", below.trim_end_matches('/'))) else { return Vec::new() };
    let log = |path: PathBuf| {
        let shown = Path::new("/").join(path.strip_prefix(root).ok()?);
        let name = shown.file_name()?.to_str()?;
        let is_rotated = name.rsplit('.').next().is_some_and(|end| {
            matches!(end, "gz" | "xz" | "zst" | "bz2" | "old") || end.bytes().all(|byte| byte.is_ascii_digit())
        });
        let looked_at = (!is_rotated).then(|| look(&path)).flatten()?;
        Some(Log { path: shown, format: looked_at.map(|family| family.name()) })
    };
    paths.filter_map(Result::ok).filter_map(log).collect()
}

/// The family that a file is of, if one shows; none of what cannot be read.
fn look(path: &Path) -> Option<Option<&'static dyn Family>> {
    let mut opened = open_file(path).ok()?;
    let mut bytes = vec![0; FRONT];
    let filled = opened.fill(&mut bytes).ok()?;
    let front = bytes.get(..filled)?;
    if let Some(family) = recognise(front) {
        return Some(Some(family));
    }
    let mut search = Search::behind(front);
    while opened.read_so_far() < LOOKED_AT
        && let Ok(filled @ 1..) = opened.fill(&mut bytes)
    {
        if let Shows::Log(family) = search.push(bytes.get(..filled)?) {
            return Some(Some(family));
        }
    }
    Some(None)
}

/// Whether anything at a path, a file or what a pattern fits, is of a format that is known; none where there is nothing to look at. Of
/// many files a few are looked at.
pub fn format_at(path: &Path) -> Option<bool> {
    const FILES: usize = 20;
    let mut families = glob::glob(&path.to_string_lossy())
        .ok()?
        .filter_map(Result::ok)
        .filter(|path| fs::metadata(path).is_ok_and(|status| status.len() > 0))
        .filter_map(|path| look(&path))
        .take(FILES)
        .peekable();
    families.peek()?;
    Some(families.any(|family| family.is_some()))
}
