//! A diagnosed problem.

use super::{ObservationId, Severity, Subject, When};
use serde::{Deserialize, Serialize};

/// What a case is: a closed list, each with an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// An array or bay that was repaired failed again.
    Relapse,
    /// An array lost more than it can.
    ArrayFailed,
    /// An array works without one of its members.
    ArrayDegraded,
    /// A rebuild was given up.
    RebuildFailed,
    /// A drive failed.
    DriveFailed,
    /// A drive is no longer listed.
    DriveMissing,
    /// A drive will fail.
    FailurePredicted,
    /// Several drives lost their power at once, and the machine did not.
    PowerFault,
    /// A drive could not read or write some of its sectors.
    MediaErrors,
    /// An array met errors of a member that it counts on.
    MemberErrors,
    /// There are errors on the way to a drive.
    LinkErrors,
    /// A drive is used up.
    DriveWorn,
    /// A drive is too hot.
    DriveHot,
    /// A drive does not answer.
    DriveSilent,
    /// A supply failed or lost its input.
    SupplyFailed,
    /// A fan, a voltage or a temperature of the housing is not as it should be.
    HousingFault,
    /// The cache of a controller would not outlast a loss of power.
    CacheUnprotected,
    /// Bytes of a log are not what its writer wrote.
    StreamDamaged,
    /// A report that came by a steady rhythm is missing.
    ReportMissing,
    /// A sensor says that all is well, the evidence says otherwise.
    SensorContradicted,
    /// The controller's events are not recorded.
    RecorderStopped,
    /// What was watched is no longer.
    NotWatched,
    /// The controller warned in words that are not known.
    EventNotUnderstood,
}

impl Code {
    /// Every code, the gravest first.
    pub const ALL: [Self; 23] = [
        Self::Relapse,
        Self::ArrayFailed,
        Self::ArrayDegraded,
        Self::RebuildFailed,
        Self::DriveFailed,
        Self::DriveMissing,
        Self::FailurePredicted,
        Self::PowerFault,
        Self::SupplyFailed,
        Self::DriveSilent,
        Self::MemberErrors,
        Self::MediaErrors,
        Self::LinkErrors,
        Self::CacheUnprotected,
        Self::HousingFault,
        Self::DriveHot,
        Self::DriveWorn,
        Self::StreamDamaged,
        Self::ReportMissing,
        Self::SensorContradicted,
        Self::RecorderStopped,
        Self::NotWatched,
        Self::EventNotUnderstood,
    ];

    /// The word in JSON, in tables, and for `explain`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Relapse => "relapse",
            Self::ArrayFailed => "array-failed",
            Self::ArrayDegraded => "array-degraded",
            Self::RebuildFailed => "rebuild-failed",
            Self::DriveFailed => "drive-failed",
            Self::DriveMissing => "drive-missing",
            Self::FailurePredicted => "failure-predicted",
            Self::PowerFault => "power-fault",
            Self::MediaErrors => "media-errors",
            Self::MemberErrors => "member-errors",
            Self::LinkErrors => "link-errors",
            Self::DriveWorn => "drive-worn",
            Self::DriveHot => "drive-hot",
            Self::DriveSilent => "drive-silent",
            Self::SupplyFailed => "supply-failed",
            Self::HousingFault => "housing-fault",
            Self::CacheUnprotected => "cache-unprotected",
            Self::StreamDamaged => "stream-damaged",
            Self::ReportMissing => "report-missing",
            Self::SensorContradicted => "sensor-contradicted",
            Self::RecorderStopped => "recorder-stopped",
            Self::NotWatched => "not-watched",
            Self::EventNotUnderstood => "event-not-understood",
        }
    }
}

/// The state of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// It lasts.
    Open,
    /// It lasts, and somebody has taken it.
    Acknowledged,
    /// What failed works again, and may yet fail again.
    Repaired,
    /// It is over.
    Closed,
}

impl CaseState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Acknowledged, Self::Repaired, Self::Closed];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Repaired => "repaired",
            Self::Closed => "closed",
        }
    }
}

/// What may be behind a case: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Supply, feed, or wiring that several drives share.
    PowerLine,
    /// The slot: its connector, its guide, its socket on the backplane.
    Bay,
    /// The board or shelf that the bays are on.
    Backplane,
    /// The card that the drives hang on, its firmware or its memory.
    Controller,
    /// The cable from controller to backplane or drive.
    Cable,
    /// Drives of one making fail together.
    Batch,
    /// The drive itself.
    Drive,
    /// The machine stopped while data was on its way to storage.
    UncleanStop,
    /// The storage that the log is kept on, or the way to it.
    RecordingPath,
    /// The log was damaged when it was copied or shown.
    Copying,
    /// The service that writes the report does not run.
    Recorder,
    /// The sensor measures elsewhere, too slowly, or wrongly.
    Sensor,
    /// Nothing is wrong.
    Nothing,
    /// Something that is not in this list.
    Unknown,
}

impl Cause {
    /// Every cause, in the order in which equals are listed.
    pub const ALL: [Self; 14] = [
        Self::PowerLine,
        Self::Bay,
        Self::Backplane,
        Self::Controller,
        Self::Cable,
        Self::Batch,
        Self::Drive,
        Self::UncleanStop,
        Self::RecordingPath,
        Self::Copying,
        Self::Recorder,
        Self::Sensor,
        Self::Nothing,
        Self::Unknown,
    ];

    /// The word in JSON, in tables, and in the table of weights.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PowerLine => "power-line",
            Self::Bay => "bay",
            Self::Backplane => "backplane",
            Self::Controller => "controller",
            Self::Cable => "cable",
            Self::Batch => "batch",
            Self::Drive => "drive",
            Self::UncleanStop => "unclean-stop",
            Self::RecordingPath => "recording-path",
            Self::Copying => "copying",
            Self::Recorder => "recorder",
            Self::Sensor => "sensor",
            Self::Nothing => "nothing",
            Self::Unknown => "unknown",
        }
    }

    /// In a few words, for people.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::PowerLine => "power line",
            Self::Bay => "bay (slot, connector)",
            Self::Backplane => "backplane",
            Self::Controller => "controller",
            Self::Cable => "cable",
            Self::Batch => "batch of drives",
            Self::Drive => "the drive itself",
            Self::UncleanStop => "unclean stop of the machine",
            Self::RecordingPath => "recording path (storage under the log)",
            Self::Copying => "copying or showing the log",
            Self::Recorder => "recording service not running",
            Self::Sensor => "sensor does not see it",
            Self::Nothing => "nothing is wrong",
            Self::Unknown => "something else",
        }
    }
}

/// A reason for or against a suspect.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Natural logarithm of how much more probable the evidence is under this cause than under the others; negative speaks
    /// against it.
    pub weight: f64,
    /// Why.
    pub because: String,
    /// Where the weight comes from.
    pub source: String,
    /// What it rests on; empty for what was known before any evidence.
    pub observations: Vec<ObservationId>,
}

/// A candidate cause in a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// The cause.
    pub cause: Cause,
    /// Which one, where that is known.
    pub subject: Option<Subject>,
    /// From 0 to 1; those of a case sum to 1.
    pub probability: f64,
    /// What made it.
    pub terms: Vec<Term>,
}

/// A diagnosed problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The same for the same evidence.
    pub id: String,
    /// What it is.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// Where it stands.
    pub state: CaseState,
    /// Since when.
    pub opened: When,
    /// What it is about.
    pub subject: Subject,
    /// In one sentence.
    pub summary: String,
    /// What to do, in order.
    pub do_next: Vec<String>,
    /// What to check then: what tells the suspects apart, the most probable first.
    pub checks: Vec<String>,
    /// What to leave alone.
    pub do_not: Vec<String>,
    /// Ranked, the most probable first; nothing and unknown among them.
    pub suspects: Vec<Suspect>,
    /// What it rests on, in order of time.
    pub observations: Vec<ObservationId>,
}
