//! What the front of a log shows: whether it is one of a kernel, whether its lines have heads, the year, the start.

use super::head::{Head, Writer, head};
use super::stamp::{Form, Time};
use super::{KernelLog, Told, of_others, told};
use crate::stream::LINE_MAX;
use crate::time::{Basis, Years, in_nearest_year};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};

impl KernelLog {
    /// Whether the bytes are of a log of a kernel, or of a system in which programs speak that watch storage: whether enough of their
    /// lines are.
    pub fn recognise(bytes: &[u8]) -> bool {
        let counts = Counts::of(bytes);
        counts.headed() || counts.bare()
    }

    /// Learns what the log leaves unsaid from its front.
    #[must_use]
    pub fn learn(mut self, front: &[u8]) -> Self {
        let counts = Counts::of(front);
        self.bare = !counts.headed() && counts.bare();
        if self.bare {
            return self;
        }
        self.learn_year(front);
        self.learn_start(front);
        self
    }

    /// The year of the first record that says none: by a line that says one; else the last year in which the front was not written
    /// later than the file.
    fn learn_year(&mut self, front: &[u8]) {
        let (mut years, mut said) = (Years::default(), None);
        for head in heads(front, self.year.0) {
            let Time::YearUnsaid(local) = head.time else { continue };
            let since = years.take(local);
            if let Some(set) = clock_set(head.text).filter(|_| said.is_none() && head.writer == Writer::Kernel) {
                said = Some(in_nearest_year(local, set).year() - since);
            }
        }
        let basis = if said.is_some() { None } else { Some(Basis::Assumed) };
        if let Some(year) = said.or_else(|| years.first(self.modified)) {
            self.year = (year, basis);
        }
    }

    /// When the kernel started: by a line that tells what the clock was set to; else so that the last line was written with the file.
    fn learn_start(&mut self, front: &[u8]) {
        let mut last = 0;
        for head in heads(front, self.year.0) {
            let Some(micros) = since_start(&head) else { continue };
            last = last.max(if head.form == Form::Bracket { micros } else { 0 });
            if let Some(start) = clock_set(head.text).and_then(|set| before(set, micros)) {
                self.start = (start, None);
                return;
            }
        }
        self.start = (before(self.modified, last).unwrap_or(self.modified), Some(Basis::OfFile));
    }
}

fn since_start(head: &Head<'_>) -> Option<u64> {
    match head.time {
        Time::SinceStart(micros) => Some(micros),
        _ => head.since_start,
    }
}

fn before(at: NaiveDateTime, micros: u64) -> Option<NaiveDateTime> {
    at.checked_sub_signed(TimeDelta::try_seconds(i64::try_from(micros / 1_000_000).ok()?)?)
}

fn lines(front: &[u8]) -> impl Iterator<Item = &[u8]> {
    front.split(|byte| *byte == b'\n').map(|line| line.get(..LINE_MAX).unwrap_or(line).trim_ascii_end())
}

fn heads(front: &[u8], year: i32) -> impl Iterator<Item = Head<'_>> {
    lines(front).filter_map(move |line| head(std::str::from_utf8(line).ok()?, year))
}

/// What the clock was set to, UTC: `rtc_cmos 00:01: setting system clock to 2013-10-14T06:38:12 UTC (1381732692)`
/// (drivers/rtc/class.c, `rtc_hctosys`; older kernels write a blank for the T).
fn clock_set(text: &str) -> Option<NaiveDateTime> {
    let (_, set) = text.split_once(": setting system clock to ")?;
    let set = set.get(..19)?;
    let (date, time) = (set.get(..10)?, set.get(11..)?);
    let mut numbers = date.split('-').chain(time.split(':')).map(|number| number.parse::<u32>().ok());
    let mut number = || numbers.next().flatten();
    let date = NaiveDate::from_ymd_opt(i32::try_from(number()?).ok()?, number()?, number()?)?;
    date.and_hms_opt(number()?, number()?, number()?)
}

/// How many lines of the front are what. Lines that hold bytes of no text are nothing: a log may be damaged.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Whether one with a head is a kernel's, or understood of a program that watches storage or the power.
    ours: bool,
    /// With any head.
    heads: u64,
    /// Without, and as a kernel words what it finds.
    devices: u64,
    /// Anything else.
    other: u64,
}

impl Counts {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut counts = Self::default();
        for line in lines(bytes).filter(|line| !line.is_empty()) {
            let Ok(text) = std::str::from_utf8(line) else { continue };
            if text.contains('\0') {
                continue;
            }
            match head(text, 2000) {
                Some(head) => {
                    counts.heads += 1;
                    // One line is enough, so the rest need not be understood.
                    counts.ours = counts.ours
                        || head.writer == Writer::Kernel
                        || of_others(head.text).is_some_and(|told| told.is_understood());
                }
                None if is_device(text) || is_of_storage(text) => counts.devices += 1,
                None => counts.other += 1,
            }
        }
        counts
    }

    /// One line of ours may be quoted anywhere; in a log of its own, with what its line ends make of it, most lines are records.
    fn headed(&self) -> bool {
        self.ours && self.heads * 2 >= self.devices + self.other
    }

    fn bare(&self) -> bool {
        let others = self.heads + self.other;
        self.devices > 0 && (self.devices * BARE_PART >= others)
            || (self.devices >= BARE_MANY && self.devices * BARE_FEW >= others)
    }
}

/// One of so many lines at least tells of a device, of a log as short as it may be.
const BARE_PART: u64 = 4;

/// So many lines of devices at least, and one of so many, of a longer one: what else the kernel says may be much more.
const BARE_MANY: u64 = 16;
const BARE_FEW: u64 = 64;

/// Whether a line is one that a driver of storage writes.
fn is_of_storage(text: &str) -> bool {
    told(text).is_some_and(|told| match &told {
        // One may be quoted behind anything.
        Told::Controller(event) => event.before.is_empty(),
        told => told.is_understood(),
    })
}

/// Lines that BSD kernels write of each device: `em0: <Intel …> port 0x… at device 0.0 on pci3`, `pci3 on pcib2`,
/// `ada0 at ahcich0 bus 0 …` (sys/kern/subr_bus.c, `device_print_child`; OpenBSD's autoconf).
fn is_device(text: &str) -> bool {
    let found = || {
        let end = text.find([':', ' '])?;
        let (unit, rest) = text.split_at_checked(end)?;
        is_unit(unit).then_some(())?;
        let on = |rest: &str| {
            let mut words = rest.split([' ', ':']);
            matches!(words.next(), Some("on" | "at")) && words.next().is_some_and(is_unit)
        };
        Some(rest.starts_with(": <") && rest.contains('>') || rest.strip_prefix(' ').is_some_and(on))
    };
    found().unwrap_or(false)
}

/// `pcib2`, `uhub0`
fn is_unit(name: &str) -> bool {
    let letters = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    letters.len() < name.len()
        && letters.starts_with(|letter: char| letter.is_ascii_lowercase())
        && letters.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && name.len() < 32
}

/// Whether a line of the kernel may be of storage: whether it begins as one that is does. Nearly all others end here.
pub(super) fn may_tell(text: &str) -> bool {
    let Some(first) = text.bytes().next() else { return false };
    beginnings(first).iter().any(|beginning| text.starts_with(beginning))
        || text.ends_with(" beyond end of device")
        || memchr::memchr_iter(b'(', text.as_bytes()).any(|at| may_be_entry(text.as_bytes(), at))
}

/// What lines of storage begin with: names of drivers and disks, and what those say that begin with none.
fn beginnings(first: u8) -> &'static [&'static str] {
    match first {
        b' ' => &["         res "],
        b'(' => &["("],
        b'A' => &["AAC", "Aborting journal"],
        b'B' => &["BTRFS", "Buffer I/O error"],
        b'E' => &["EXT", "Error"],
        b'G' => &["GEOM_"],
        b'I' => &["I/O error"],
        b'J' => &["JBD2"],
        b'S' => &["Solaris: "],
        b'X' => &["XFS"],
        b'a' => &["ata", "ahci", "aac", "ada", "attempt to access"],
        b'b' => &["blk_", "bcache"],
        b'c' => &["cd", "ch ", "ciss", "critical "],
        b'd' => &["da", "dm-", "drbd"],
        b'e' => &["end_request: "],
        b'g' => &["g_vfs_done"],
        b'h' => &["hpsa", "hd"],
        b'l' => &["lost page", "loop"],
        b'm' => &["md", "mega", "mfi", "mpr", "mps", "mpt", "mrsas", "mvsch", "mmcblk"],
        b'n' => &["nvme", "nvd", "nda", "nbd"],
        b'o' => &["operation not supported", "osst "],
        b'p' => &["pcie", "print_req_error", "protection error"],
        b'r' => &["recoverable ", "reservation conflict", "rbd"],
        b's' => &["sd", "scsi", "ses", "smartpqi", "sr", "st ", "siisch"],
        b't' => &["timeout error", "twa", "tws"],
        b'v' => &["vd"],
        b'x' => &["xvd"],
        b'0'..=b'9' => &[""],
        _ => &[],
    }
}

/// Whether the time and the locale of a controller's entry begin at `at`: `(653853226s/0x`, `(boot + 24s/0x`.
fn may_be_entry(text: &[u8], at: usize) -> bool {
    let front = text.get(at + 1..).unwrap_or_default();
    let front = front.get(..20).unwrap_or(front);
    front.windows(4).any(|window| window == b"s/0x")
}
