//! A logical drive: `-LDInfo`, and with its drives `-LdPdInfo` and `-CfgDsply`.

use super::Word;
use super::read::number;
use crate::megaraid::device::ArrayState;

/// A logical drive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Array {
    /// `Virtual Drive: 0 (Target Id: 0)`, by which the host and the firmware know it.
    pub target: u32,
    /// Whether it is a cache on solid-state drives for others (CacheCade), which has no state of its own.
    pub is_cache: bool,
    /// As an operator gave it.
    pub name: Option<String>,
    /// `RAID Level`: primary, qualifier, secondary, by the DDF standard, in the order of [`crate::megaraid::device::Array`].
    pub level: Option<[u8; 3]>,
    /// As printed, with its unit and, by the locale, a comma.
    pub size: Option<String>,
    /// `State`
    pub state: Option<Word<ArrayState>>,
    /// `Number Of Drives`: of a span.
    pub drives: Option<u32>,
    /// `Span Depth`: how many spans.
    pub spans_announced: Option<u32>,
    /// `Default Cache Policy`: what was set.
    pub cache_set: Option<WritePolicy>,
    /// `Current Cache Policy`: what is done.
    pub cache_now: Option<WritePolicy>,
    /// `Bad Blocks Exist`: blocks of it cannot be read, for they were lost while it had no redundancy.
    pub bad_blocks: Option<bool>,
    /// What goes on: `Rebuild`, `Background Initialization`, … and how far it is, as printed.
    pub doings: Vec<(String, String)>,
    /// Its spans and their drives, where the output lists these.
    pub spans: Vec<Span>,
}

/// A span of an array.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// `Number of PDs`
    pub drives: Option<u32>,
    /// Its drives, by their place in [`super::Adapter::drives`].
    pub listed: Vec<usize>,
}

/// How writes are told as done, and when the battery is bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WritePolicy {
    /// Once they are in the cache; else write-through.
    pub write_back: bool,
    /// Whether it writes back even if the battery is bad: data are lost with the power then.
    pub without_battery: bool,
}

/// How many lines of one logical drive say what goes on.
const DOINGS_MAX: usize = 16;

impl Array {
    /// Takes a line of it; false if it is not understood.
    pub(super) fn take(&mut self, key: &str, value: &str) -> bool {
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        match key {
            "Name" => self.name = text(),
            "RAID Level" => self.level = level(value),
            "Size" => self.size = text(),
            "State" => self.state = Some(state(value)),
            "Number Of Drives" | "Number Of Drives per span" => self.drives = number(value),
            "Span Depth" => self.spans_announced = number(value),
            "Default Cache Policy" => self.cache_set = policy(value),
            "Current Cache Policy" => self.cache_now = policy(value),
            // Whatever it says but no is to be looked at.
            "Bad Blocks Exist" => self.bad_blocks = Some(!value.eq_ignore_ascii_case("no")),
            _ if value.starts_with("Completed ") => {
                if self.doings.len() < DOINGS_MAX {
                    self.doings.push((key.to_owned(), value.to_owned()));
                }
            }
            _ => return ASIDE.contains(&key),
        }
        match key {
            "RAID Level" => self.level.is_some(),
            "Number Of Drives" | "Number Of Drives per span" => self.drives.is_some(),
            "Span Depth" => self.spans_announced.is_some(),
            "Default Cache Policy" => self.cache_set.is_some(),
            "Current Cache Policy" => self.cache_now.is_some(),
            _ => true,
        }
    }

    /// How many drives it is made of.
    #[must_use]
    pub fn width(&self) -> Option<u32> {
        let announced: Option<u32> = self.spans.iter().map(|span| span.drives).sum();
        announced
            .filter(|drives| *drives > 0)
            .or_else(|| self.drives?.checked_mul(self.spans_announced.unwrap_or(1).max(1)))
    }
}

/// What is of no use here.
const ASIDE: &[&str] = &[
    "Access Policy",
    "Background Initialization",
    "Cache Cade Type",
    "Can spin up in 1 minute",
    "Check Consistency",
    "Current Access Policy",
    "Current Power Savings Policy",
    "Default Access Policy",
    "Default Power Savings Policy",
    "Disk Cache Policy",
    "Encryption Type",
    "Is VD Cached",
    "Is VD emulated",
    "LD has drives that support T10 power conditions",
    "LD's IO profile supports MAX power savings with cached writes",
    "Mirror Data",
    "Ongoing Progresses",
    "PI type",
    "Parity Size",
    "Sector Size",
    "Strip Size",
    "Stripe Size",
    "Target Id of the Associated LDs",
    "Virtual Drive Type",
];

/// `Optimal`, as the captures have it, and the other words for the states of the firmware.
fn state(text: &str) -> Word<ArrayState> {
    Word::Known(match text {
        "Optimal" => ArrayState::Optimal,
        "Degraded" => ArrayState::Degraded,
        "Partially Degraded" => ArrayState::PartiallyDegraded,
        "Offline" => ArrayState::Offline,
        other => return Word::Other(other.to_owned()),
    })
}

/// `Primary-1, Secondary-0, RAID Level Qualifier-0`
fn level(text: &str) -> Option<[u8; 3]> {
    let of = |name: &str| {
        let part = text.split(',').find_map(|part| part.trim().strip_prefix(name))?;
        part.strip_prefix('-')?.parse().ok()
    };
    Some([of("Primary")?, of("RAID Level Qualifier")?, of("Secondary")?])
}

/// `WriteBack, ReadAdaptive, Direct, No Write Cache if Bad BBU`
fn policy(text: &str) -> Option<WritePolicy> {
    let words: Vec<&str> = text.split(',').map(str::trim).collect();
    let write_back = match *words.first()? {
        "WriteBack" | "WriteBackForce" | "AlwaysWriteBack" => true,
        "WriteThrough" => false,
        _ => return None,
    };
    Some(WritePolicy { write_back, without_battery: words.contains(&"Write Cache OK if Bad BBU") })
}
