//! How a thing is, as the machine that it is in was read. A reading says what does not change from day to day: what does (hours,
//! temperatures, bytes written) is a [`Sample`](super::Sample). So a hundred readings of a drive that is well are one statement.

use super::{ArrayState, Code, Severity, Subject};
use serde::{Deserialize, Serialize};

/// What was read of a thing: of all that it is asked, or, if something could not be read, of the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it is.
    pub thing: Thing,
    /// All reasons to look at it, the gravest first; none if it is well as far as was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Why it could not be read, or not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<Unread>,
}

/// A thing by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Thing {
    /// A drive, and where it sits.
    Drive(Box<DriveRead>),
    /// An array.
    Array(ArrayRead),
    /// A controller.
    Controller {
        /// The kernel's driver.
        driver: String,
        /// Model, as the controller or the kernel names it.
        model: Option<String>,
        /// Whether arrays are its own rather than the kernel's.
        raid: bool,
    },
    /// An enclosure.
    Enclosure {
        /// As it names itself.
        model: Option<String>,
    },
    /// A supply, or what feeds the host.
    Power,
    /// The host: its board, its fans, its management controller.
    Host,
}

/// A drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriveRead {
    /// Where it sits.
    pub bay: Subject,
    /// As it names itself.
    pub vendor: Option<String>,
    /// As it names itself.
    pub model: Option<String>,
    /// Of the firmware that it runs.
    pub firmware: Option<String>,
    /// World-wide name: `0x5000c500a1b2c3d4`, or the EUI of an NVMe namespace.
    pub wwn: Option<String>,
    /// Capacity.
    pub bytes: Option<u64>,
    /// The names by which its host knows it now: `/dev/sda`. They are no identity.
    pub names: Vec<String>,
    /// How often it lost its power.
    pub power: Option<PowerCount>,
}

/// What a drive counts of its power. Both only rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerCount {
    /// Times that it was switched on.
    pub cycles: u64,
    /// Times that it lost its power without having been told to stop.
    pub unsafe_shutdowns: Option<u64>,
}

/// An array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrayRead {
    /// How it is, which may be worse than what it says itself.
    pub state: ArrayState,
    /// Level as people write it: `1`, `10`, `5`.
    pub level: Option<String>,
    /// Its members, by slot; spares and failed ones behind.
    pub members: Vec<MemberRead>,
    /// What would be lost with it: file systems by their mount points, swap, volumes.
    pub carries: Vec<String>,
}

/// A member of an array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRead {
    /// Its place in the array.
    pub slot: Option<u32>,
    /// The bay that its drive sits in, if that is known.
    pub bay: Option<Subject>,
    /// Serial number of its drive, if that is known.
    pub serial: Option<String>,
    /// Its name on the host: `sda3`.
    pub name: Option<String>,
    /// Slots with the same number hold the same data.
    pub mirror_set: Option<u32>,
    /// The part that it has.
    pub role: Role,
}

/// The part that a member has in its array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It works.
    Active,
    /// It is being written anew.
    Rebuilding,
    /// It waits.
    Spare,
    /// The array gave it up.
    Failed,
    /// There is nothing in its place.
    Missing,
    /// The array counts on it, and it is not there: its device is gone.
    Gone,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [Self::Active, Self::Rebuilding, Self::Spare, Self::Failed, Self::Missing, Self::Gone];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Rebuilding => "rebuilding",
            Self::Spare => "spare",
            Self::Failed => "failed",
            Self::Missing => "missing",
            Self::Gone => "gone",
        }
    }
}

/// A reason to look at a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What is the matter.
    pub ailment: Ailment,
    /// Tells reasons of one ailment apart: which attribute, page, sensor or slot says so (`ata-197`, `nvme-spare`, `fan-2`).
    pub key: String,
    /// How bad it is as it stands.
    pub severity: Severity,
    /// How bad it is when the level has risen since it was read before; where nothing is said, no worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rising: Option<Severity>,
    /// How much of it there is, if it is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u64>,
    /// For people, with the number and what says so.
    pub text: String,
}

/// What can be the matter with a thing: a closed list. Each belongs to a code, or is only told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ailment {
    /// The drive says that it will fail, or that it does.
    FailurePredicted,
    /// Its controller gave it up, took it out of its array, or has it in a state that is not known.
    OutOfUse,
    /// A self-test of the drive failed.
    SelfTestFailed,
    /// Sectors that could not be read or written, or were replaced.
    MediaErrors,
    /// Errors on the way between controller and drive.
    LinkErrors,
    /// The flash is written out, or the spare blocks are used up.
    Worn,
    /// Beyond the temperature that its maker allows.
    Hot,
    /// It takes long to answer, or does not.
    NotAnswering,
    /// The array met errors of the member that it did not give it up for.
    MemberErrors,
    /// Mirrors or parity do not agree.
    Mismatches,
    /// The drives of a mirror run different firmware.
    FirmwareDiffers,
    /// A supply failed, lost its input, or there is no second one any more.
    SupplyFailed,
    /// A voltage is out of its range.
    VoltageOff,
    /// A fan failed or turns too slowly.
    FanFailed,
    /// A temperature of the housing is out of its range.
    HousingHot,
    /// The battery of a controller's cache failed: what it promised to keep may be lost with the power.
    CacheUnprotected,
    /// A part of an enclosure says that it failed.
    PartFailed,
    /// The log of the management controller is full, or its clock is wrong.
    RecordIncomplete,
}

impl Ailment {
    /// Every ailment.
    pub const ALL: [Self; 18] = [
        Self::FailurePredicted,
        Self::OutOfUse,
        Self::SelfTestFailed,
        Self::MediaErrors,
        Self::LinkErrors,
        Self::Worn,
        Self::Hot,
        Self::NotAnswering,
        Self::MemberErrors,
        Self::Mismatches,
        Self::FirmwareDiffers,
        Self::SupplyFailed,
        Self::VoltageOff,
        Self::FanFailed,
        Self::HousingHot,
        Self::CacheUnprotected,
        Self::PartFailed,
        Self::RecordIncomplete,
    ];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FailurePredicted => "failure-predicted",
            Self::OutOfUse => "out-of-use",
            Self::SelfTestFailed => "self-test-failed",
            Self::MediaErrors => "media-errors",
            Self::LinkErrors => "link-errors",
            Self::Worn => "worn",
            Self::Hot => "hot",
            Self::NotAnswering => "not-answering",
            Self::MemberErrors => "member-errors",
            Self::Mismatches => "mismatches",
            Self::FirmwareDiffers => "firmware-differs",
            Self::SupplyFailed => "supply-failed",
            Self::VoltageOff => "voltage-off",
            Self::FanFailed => "fan-failed",
            Self::HousingHot => "housing-hot",
            Self::CacheUnprotected => "cache-unprotected",
            Self::PartFailed => "part-failed",
            Self::RecordIncomplete => "record-incomplete",
        }
    }

    /// The case that it is told in; none if it is only told.
    pub const fn case(self) -> Option<Code> {
        match self {
            Self::FailurePredicted | Self::SelfTestFailed => Some(Code::FailurePredicted),
            Self::OutOfUse => Some(Code::DriveFailed),
            Self::MediaErrors => Some(Code::MediaErrors),
            Self::LinkErrors => Some(Code::LinkErrors),
            Self::Worn => Some(Code::DriveWorn),
            Self::Hot => Some(Code::DriveHot),
            Self::NotAnswering => Some(Code::DriveSilent),
            Self::MemberErrors | Self::Mismatches => Some(Code::MemberErrors),
            Self::SupplyFailed => Some(Code::SupplyFailed),
            Self::VoltageOff | Self::FanFailed | Self::HousingHot | Self::PartFailed => Some(Code::HousingFault),
            Self::CacheUnprotected => Some(Code::CacheUnprotected),
            Self::RecordIncomplete => Some(Code::RecorderStopped),
            Self::FirmwareDiffers => None,
        }
    }
}

/// Why a thing could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The kind of reason.
    pub why: WhyUnread,
    /// For people.
    pub text: String,
}

/// Kinds of reasons why a thing could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyUnread {
    /// It sleeps, and was not woken.
    Asleep,
    /// It was asked and did not answer in time.
    NotAnswering,
    /// It did not answer before, and is left alone for a while.
    Quarantined,
    /// Something else that its controller was asked has not come back.
    ControllerBusy,
    /// Who asks may not.
    Denied,
    /// It does not understand what it is asked, or answers with nonsense.
    NotUnderstood,
    /// Nobody knows how to ask it.
    NoWay,
}

impl WhyUnread {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Asleep,
        Self::NotAnswering,
        Self::Quarantined,
        Self::ControllerBusy,
        Self::Denied,
        Self::NotUnderstood,
        Self::NoWay,
    ];

    /// The word in JSON and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::NotAnswering => "not-answering",
            Self::Quarantined => "quarantined",
            Self::ControllerBusy => "controller-busy",
            Self::Denied => "denied",
            Self::NotUnderstood => "not-understood",
            Self::NoWay => "no-way",
        }
    }
}
