//! One fact, from one source, at one time, about one subject. Never changed once written.

use super::{CaseState, DriveRead, Reading, Reason, Severity, Subject, Unread, When};
use arraywatch_parsers::foreign::Origin;
use arraywatch_parsers::stream::{AnomalyKind, DamageKind};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// The identity of an observation: from its stream, its bytes, and its ordinal among equal ones of the same second, so that the
/// same record read from another file, or from a longer version of the same file, is the same observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObservationId(pub u64);

impl ObservationId {
    /// Of what is said there and then: `key` names the stream and what it says, but for the numbers in it.
    pub fn of(key: u64, at: DateTime<Utc>, numbers: &str, ordinal: u32) -> Self {
        let mut bytes = [0; 20];
        let parts = [&key.to_le_bytes()[..], &at.timestamp().to_le_bytes(), &ordinal.to_le_bytes()];
        bytes.iter_mut().zip(parts.into_iter().flatten()).for_each(|(byte, part)| *byte = *part);
        Self(xxh3_64_with_seed(numbers.as_bytes(), xxh3_64(&bytes)))
    }

    /// Of an observation that is made of others: `made` says how, `of` names the first.
    pub fn made(made: &str, of: Self) -> Self {
        Self(xxh3_64_with_seed(made.as_bytes(), of.0))
    }
}

impl fmt::Display for ObservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "o-{:016x}", self.0)
    }
}

/// Which bytes of which source an observation was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The source's name, as it was given.
    pub source: Arc<str>,
    /// Offsets of the input as given.
    pub start: u64,
    /// Exclusive.
    pub end: u64,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Its identity.
    pub id: ObservationId,
    /// When it was so.
    pub at: When,
    /// What it is about.
    pub subject: Subject,
    /// What was so.
    pub fact: Fact,
    /// As the source judges, or as the fact's nature says.
    pub severity: Severity,
    /// The bytes that say so; none where time passes.
    pub evidence: Option<Evidence>,
    /// The source's own words, for people; no control characters.
    pub text: String,
}

impl Observation {
    /// The order in which observations are folded: by time; within a second, as they stand in their source; of what one reading
    /// says, the drives before the arrays that they are of.
    pub fn order(&self) -> (DateTime<Utc>, u64, u8, ObservationId) {
        let rank = match &self.fact {
            Fact::Occupies { .. } => 0,
            Fact::DriveReplaced { .. } => 1,
            Fact::DriveFailed | Fact::MemberFailed { .. } => 2,
            Fact::State(_) => 4,
            _ => 3,
        };
        (self.at.utc, self.evidence.as_ref().map_or(0, |evidence| evidence.start), rank, self.id)
    }
}

/// The state of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArrayState {
    /// All members work.
    Optimal,
    /// It works without one or more of its members.
    Degraded,
    /// As degraded, and a member is being written anew.
    Rebuilding,
    /// It does not work.
    Failed,
    /// No source says.
    Unknown,
}

impl ArrayState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Optimal, Self::Degraded, Self::Rebuilding, Self::Failed, Self::Unknown];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Degraded => "degraded",
            Self::Rebuilding => "rebuilding",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// What an array is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// RAID level as people write it: `1`, `10`, `5`.
    pub level: Option<String>,
    /// The places it takes.
    pub members: Vec<LayoutMember>,
    /// What would be lost with it: file systems by their mount points, swap, volumes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carries: Vec<String>,
}

/// A place in an array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutMember {
    /// The bay.
    pub bay: Subject,
    /// Members with the same number hold the same data.
    pub mirror_set: Option<u32>,
    /// Whether nothing is there, and nobody read what was: it has no bay but its number in the array.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
}

/// A machine is starting for so long, in seconds since its kernel began: drives behind an HBA are probed, and arrays assembled, up to a
/// minute after the services start.
pub const STARTING: u64 = 180;

/// What can be observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// A report lists a drive in a bay. The subject is the drive.
    Listed {
        /// The place.
        bay: Subject,
        /// Vendor as reported.
        vendor: Option<String>,
        /// Model as reported.
        model: Option<String>,
    },
    /// A drive sat in a bay, by reports from `at` to `last`. The subject is the drive.
    Occupies {
        /// The place.
        bay: Subject,
        /// Vendor as reported.
        vendor: Option<String>,
        /// Model as reported.
        model: Option<String>,
        /// The last report that said so.
        last: When,
        /// How many did.
        reports: u64,
        /// What the drive was read as last, if the machine was read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read: Option<Box<DriveRead>>,
    },
    /// A machine was read, and this is how the thing is that is the subject.
    Read(Box<Reading>),
    /// What the subject has was read, whole: what is not in the reading is not there. The subject is the host, or a controller.
    ReadWhole {
        /// Of which start of the machine (`/proc/sys/kernel/random/boot_id`).
        boot: Option<String>,
        /// How often it slept since that.
        suspends: Option<u64>,
        /// Controllers that could not be read: what they hold may be there all the same.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        but_for: Vec<Subject>,
        /// Whether the machine had just been started, so that what it had before may come yet: see [`STARTING`].
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        starting: bool,
    },
    /// How a thing was, by readings from `at` to `last`: all reasons to look at it, and why it could not be read.
    Health {
        /// The gravest first.
        reasons: Vec<Reason>,
        /// If it could not be read, or not whole.
        unread: Option<Unread>,
        /// The last reading that said so.
        last: When,
        /// How many did.
        readings: u64,
        /// Whether it was read otherwise before: that a thing is well is news only then.
        #[serde(default)]
        changed: bool,
        /// Whether the thing itself was asked, as the machine and the drives' own tools do, and not only a controller that lists it.
        #[serde(default)]
        asked: bool,
    },
    /// A drive lost its power and got it again, between `at` and `at.until`.
    PowerCycled {
        /// How often it was switched on.
        cycles: u64,
        /// How often it lost its power without having been told to stop; not every drive counts that.
        unsafe_shutdowns: Option<u64>,
        /// Whether the machine started anew or slept between: then that is why.
        explained: bool,
    },
    /// The kernel, a controller or a BMC tells of trouble, in words that are understood.
    Trouble {
        /// Of which kind.
        kind: Trouble,
        /// How many events this one observation stands for, from `at` to `at.until`.
        times: u64,
    },
    /// An array's state.
    State(ArrayState),
    /// What an array is made of.
    Layout(Layout),
    /// The printed label of a bay.
    Label(String),
    /// A drive, or the drive in a bay, failed. Which one may be unknown: then the subject is the array.
    DriveFailed,
    /// An array gave up a member, and says so by the name that the member bore then: another drive may bear it since. The subject is
    /// the array.
    MemberFailed {
        /// As the kernel calls it: `sdc1`.
        name: String,
        /// The level of the array, if the line says it.
        level: Option<String>,
        /// How many members work on, if it says so.
        working: Option<u32>,
    },
    /// A drive was taken out and another put in, in a bay or somewhere in the array that is the subject.
    DriveReplaced {
        /// Serial number of the drive taken out.
        old: Option<String>,
        /// Serial number of the drive put in.
        new: Option<String>,
    },
    /// A drive that reports listed is in them no longer.
    DriveMissing,
    /// A drive says, or the controller says of it, that it will fail.
    FailurePredicted,
    /// A member began to be written anew.
    RebuildStarted,
    /// It was done.
    RebuildCompleted,
    /// It was given up.
    RebuildFailed,
    /// A sensor or a person read the power.
    PowerReading {
        /// Whether it was as it should be.
        fine: bool,
    },
    /// Power was lost or disturbed.
    PowerEvent,
    /// The machine stopped or was stopped.
    MachineStopped,
    /// It was started.
    MachineStarted,
    /// Bytes of a stream are not what its writer wrote. `at` is the time of the intact record before, `at.until` of that after.
    Damaged {
        /// The kinds, in order of the input.
        kinds: Vec<DamageKind>,
        /// Whose bytes they are, where it shows.
        origins: Vec<Origin>,
        /// How many bytes.
        bytes: u64,
        /// Whether nothing intact follows.
        at_tail: bool,
        /// Whether it is no more than a last line that is not finished: the writer may be at it.
        unfinished: bool,
        /// Whether NULs or another file's bytes begin where a sector of a drive may: at a multiple of 512.
        aligned: bool,
        /// Whether the source was pasted from a pager.
        pasted: bool,
        /// Damaged places that this one observation stands for.
        places: u64,
    },
    /// A report with a steady rhythm was due and did not come; `at` says when, `at.until` when it came again.
    ReportMissing,
    /// The rhythm of a report, known at its last one, which is `at`.
    Rhythm {
        /// From one to the next.
        #[serde(with = "super::seconds")]
        period: TimeDelta,
        /// Whether the stream goes on behind the last report, be it with damage.
        stream_goes_on: bool,
    },
    /// Something odd about intact records.
    Odd(AnomalyKind),
    /// The service that records the controller's events started, or could not.
    Recorder {
        /// Whether it runs.
        runs: bool,
    },
    /// An event whose text is not understood, with its number.
    Event {
        /// The writer's number for it.
        number: u32,
        /// How many events this one observation stands for, from `at` to `at.until`.
        times: u64,
    },
    /// An event of information only whose text is not understood, with its number.
    Logged {
        /// The writer's number for it.
        number: u32,
    },
    /// A drive was taken out. That is neither a failure nor a replacement.
    DriveRemoved,
    /// A person said of a case where it stands.
    Judged {
        /// The case.
        case: String,
        /// Acknowledged, repaired or closed.
        state: CaseState,
        /// Who said so.
        by: String,
        /// How many observations the case rested on then: what came to light since was not seen.
        seen: u64,
    },
    /// It is no longer there, and nobody should wait for it.
    Retired,
    /// It was watched and is no longer: a log that vanished or says nothing, a part of the machine that later readings lack. `at.until`
    /// says when it was watched again, where that is known.
    NotWatched {
        /// Why, for people.
        why: String,
    },
    /// It is watched, from now on or again.
    Watched,
    /// Work is done on it from `at` on, until then: what it shows meanwhile is expected.
    Maintenance {
        /// The end.
        #[serde(with = "chrono::serde::ts_seconds")]
        until: DateTime<Utc>,
    },
    /// What an operator wrote.
    Note,
    /// Time passed until then.
    Clock,
}

/// Kinds of trouble that a kernel, a controller or a BMC tells of: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The way to a drive: lost, slow, with errors, reset.
    Link,
    /// Blocks that a drive cannot read or write.
    Medium,
    /// A command failed, for no reason that is told.
    Command,
    /// A command was not answered in time.
    NoAnswer,
    /// A controller was reset, or its firmware stopped.
    Controller,
    /// A device is gone.
    Gone,
    /// A drive says that it was switched on or reset.
    PowerOn,
    /// The bus that controllers hang on.
    Bus,
    /// A file system met errors below it.
    FileSystem,
    /// An array met errors of a member.
    Member,
    /// A fan, a temperature, a voltage, a part of the housing.
    Housing,
    /// A supply failed or lost its input, or there is no second one any more.
    Supply,
    /// A UPS has no line power, and feeds the machine from its battery for as long as that lasts.
    OnBattery,
}

impl Trouble {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Link,
        Self::Medium,
        Self::Command,
        Self::NoAnswer,
        Self::Controller,
        Self::Gone,
        Self::PowerOn,
        Self::Bus,
        Self::FileSystem,
        Self::Member,
        Self::Housing,
        Self::Supply,
        Self::OnBattery,
    ];
}

impl Fact {
    /// Whether it tells of a log's bytes as they stand in one source, rather than being said in the log: a longer version of the
    /// source may tell otherwise.
    pub const fn is_remark(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::ReportMissing | Self::Odd(_) | Self::Rhythm { .. })
    }

    /// Whether a drive failed, be it known which or not.
    pub const fn is_failed_drive(&self) -> bool {
        matches!(self, Self::DriveFailed | Self::MemberFailed { .. })
    }

    /// The name of the member that an array gave up, if that is all that is known of it.
    pub fn given_up(&self) -> Option<&str> {
        match self {
            Self::MemberFailed { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Whether something happened: that time passed, what an array is made of, how a bay is labelled, and that a thing is as well as
    /// ever is no happening.
    pub const fn is_happening(&self) -> bool {
        match self {
            Self::Clock | Self::Layout(_) | Self::Label(_) => false,
            Self::Health { reasons, unread, changed, .. } => !reasons.is_empty() || unread.is_some() || *changed,
            _ => true,
        }
    }

    /// The word in JSON and tables, and in files of notes where an operator may state it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Listed { .. } => "drive-listed",
            Self::Occupies { .. } => "drive-in-bay",
            Self::Read(_) => "thing-read",
            Self::ReadWhole { .. } => "machine-read",
            Self::Health { .. } => "health",
            Self::PowerCycled { .. } => "power-cycled",
            Self::Trouble { kind: Trouble::Link, .. } => "link-trouble",
            Self::Trouble { kind: Trouble::Medium, .. } => "medium-error",
            Self::Trouble { kind: Trouble::Command, .. } => "command-failed",
            Self::Trouble { kind: Trouble::NoAnswer, .. } => "command-timed-out",
            Self::Trouble { kind: Trouble::Controller, .. } => "controller-reset",
            Self::Trouble { kind: Trouble::Gone, .. } => "device-gone",
            Self::Trouble { kind: Trouble::PowerOn, .. } => "device-power-on",
            Self::Trouble { kind: Trouble::Bus, .. } => "bus-error",
            Self::Trouble { kind: Trouble::FileSystem, .. } => "file-system-error",
            Self::Trouble { kind: Trouble::Member, .. } => "member-error",
            Self::Trouble { kind: Trouble::Housing, .. } => "housing-trouble",
            Self::Trouble { kind: Trouble::Supply | Trouble::OnBattery, .. } => "supply-trouble",
            Self::State(ArrayState::Optimal) => "array-optimal",
            Self::State(ArrayState::Degraded) => "array-degraded",
            Self::State(ArrayState::Rebuilding) => "array-rebuilding",
            Self::State(ArrayState::Failed) => "array-failed",
            Self::State(ArrayState::Unknown) => "array-unknown",
            Self::Layout(_) => "array-layout",
            Self::Label(_) => "bay-label",
            Self::DriveFailed | Self::MemberFailed { .. } => "drive-failed",
            Self::DriveReplaced { .. } => "drive-replaced",
            Self::DriveMissing => "drive-missing",
            Self::FailurePredicted => "failure-predicted",
            Self::RebuildStarted => "rebuild-started",
            Self::RebuildCompleted => "rebuild-completed",
            Self::RebuildFailed => "rebuild-failed",
            Self::PowerReading { fine: true } => "power-fine",
            Self::PowerReading { fine: false } => "power-bad",
            Self::PowerEvent => "power-event",
            Self::MachineStopped => "machine-stopped",
            Self::MachineStarted => "machine-started",
            Self::Damaged { .. } => "stream-damaged",
            Self::ReportMissing => "report-missing",
            Self::Rhythm { .. } => "report-rhythm",
            Self::Odd(AnomalyKind::Backwards) => "time-backwards",
            Self::Odd(AnomalyKind::Duplicate) => "records-duplicated",
            Self::Odd(AnomalyKind::Gap) => "report-gap",
            Self::Odd(AnomalyKind::Missing) => "records-missing",
            Self::Recorder { runs: true } => "recorder-started",
            Self::Recorder { runs: false } => "recorder-stopped",
            Self::Event { .. } => "event-not-understood",
            Self::Logged { .. } => "event",
            Self::DriveRemoved => "drive-removed",
            Self::Judged { state: CaseState::Acknowledged, .. } => "case-acknowledged",
            Self::Judged { state: CaseState::Repaired, .. } => "case-repaired",
            Self::Judged { state: CaseState::Closed, .. } => "case-closed",
            Self::Judged { state: CaseState::Open, .. } => "case-opened",
            Self::Retired => "retired",
            Self::NotWatched { .. } => "not-watched",
            Self::Watched => "watched",
            Self::Maintenance { .. } => "maintenance",
            Self::Note => "note",
            Self::Clock => "time-passed",
        }
    }
}
