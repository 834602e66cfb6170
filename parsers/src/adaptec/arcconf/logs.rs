//! `arcconf getlogs N device|dead|event`, and the same with `tabular` behind.
//!
//! ```text
//! <ControllerLog controllerID="0" type="0" time="1421846303" version="1" tableFull="false">
//!     <driveErrorEntry adapterID="0" channelID="0" deviceID="5" slotNum="5" … abortedCmds="12" mediumErrors="0"/>
//! ```
//!
//! Facts: captures of ServeRAID 8k (XML, 2015; tabular, arcconf 9.10 of 2014). Events are not in the order of time. `time` and `Date`
//! count seconds since 1970-01-01 UTC; a dead drive's entry has the controller's clock by its parts, month and day from 1.

use super::xml::Element;
use chrono::{NaiveDate, NaiveDateTime};

/// A log of a controller: its head. Of its entries there may be hundreds of thousands, so they are told one by one
/// ([`read`](super::read)) and not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ControllerLog {
    /// Which controller, **from 0**: one less than arcconf calls it elsewhere.
    pub controller: Option<u32>,
    /// Which log: 0 device errors, 5 dead drives, 6 events.
    pub kind: Option<u32>,
    /// When it was read, seconds since 1970-01-01 UTC.
    pub time: Option<i64>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<'a> {
    /// What the controller counts of a drive.
    DriveErrors(DriveErrors),
    /// A drive that it gave up.
    DeadDrive(DeadDrive),
    /// An event.
    Event(Event<'a>),
}

/// Which drive, as entries name it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Which {
    /// SCSI channel, from 0.
    pub channel: Option<u32>,
    /// SCSI device number on it.
    pub device: Option<u32>,
    /// Enclosure, from 0.
    pub enclosure: Option<u32>,
    /// Slot, from 0.
    pub slot: Option<u32>,
    /// Serial number.
    pub serial: Option<String>,
}

/// What the controller counts of a drive, since it was cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveErrors {
    /// Which drive; newer versions tell its serial number.
    pub which: Which,
    /// The counts that are known, in the order of the entry.
    pub counts: Vec<(Count, u64)>,
    /// `smartError`: the drive said that it fails.
    pub smart_error: Option<bool>,
}

/// What is counted of a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// `numParityErrors`: on the bus.
    Parity,
    /// `linkFailures`.
    Link,
    /// `hwErrors`: the drive said that its hardware fails (sense key 4h).
    Hardware,
    /// `abortedCmds`: given up by the controller, mostly since no answer came.
    Aborted,
    /// `mediumErrors`.
    Medium,
    /// `smartWarning`: the drive said that it will fail.
    SmartWarning,
}

impl Count {
    const NAMES: [(&'static str, Self); 6] = [
        ("numParityErrors", Self::Parity),
        ("linkFailures", Self::Link),
        ("hwErrors", Self::Hardware),
        ("abortedCmds", Self::Aborted),
        ("mediumErrors", Self::Medium),
        ("smartWarning", Self::SmartWarning),
    ];
}

/// A drive that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadDrive {
    /// Which drive.
    pub which: Which,
    /// Model with the serial number before it, as `vendorProductID` has it.
    pub product: Option<String>,
    /// When, by the controller's clock; its zone is not told.
    pub at: Option<NaiveDateTime>,
    /// `failureReasonCode`.
    pub reason: Option<u32>,
    /// `majorReasonCode`.
    pub major_reason: Option<u32>,
}

/// An event, as it stands in the output: what is asked of it is read then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a>(&'a Element<'a>);

impl Event<'_> {
    /// When, seconds since 1970-01-01 UTC.
    pub fn time(&self) -> Option<i64> {
        self.0.number("Date")
    }

    /// `eventType`: `FSA_EM_EXPANDED_EVENT`.
    pub fn kind(&self) -> Option<&str> {
        self.0.text("eventType")
    }

    /// `eventCode`.
    pub fn code(&self) -> Option<u32> {
        self.0.number("eventCode")
    }

    /// The name that says most: `subType`, `batteryEventType` or another attribute whose name ends in `Type`.
    pub fn sub_kind(&self) -> Option<&str> {
        let is_sub = |name: &str| name.ends_with("Type") && !matches!(name, "eventType" | "groupType");
        self.0.attributes.iter().find(|(name, _)| is_sub(name)).map(|(_, kind)| &**kind)
    }

    /// Which drive.
    pub fn which(&self) -> Which {
        which(self.0)
    }

    /// `data` of sense data, bytes.
    pub fn sense(&self) -> Vec<u8> {
        let is_sense = self.sub_kind().is_some_and(|kind| kind.ends_with("SENSE_DATA"));
        let data = self.0.text("data").filter(|_| is_sense).unwrap_or_default();
        data.split_whitespace().map_while(|byte| u8::from_str_radix(byte, 16).ok()).collect()
    }

    /// A hash of all attributes as they stand (xxh3), not for security: what tells it from others of its second.
    pub fn fingerprint(&self) -> u64 {
        self.0.fingerprint()
    }
}

/// An entry of an element. `None` of one that is none.
pub(super) fn entry<'a>(element: &'a Element<'a>) -> Option<Entry<'a>> {
    let entry = match &*element.name {
        "driveErrorEntry" => Entry::DriveErrors(DriveErrors {
            which: which(element),
            counts: Count::NAMES.iter().filter_map(|(name, count)| Some((*count, element.number(name)?))).collect(),
            smart_error: element.text("smartError").map(|text| text == "true"),
        }),
        "deadDriveEntry" => Entry::DeadDrive(DeadDrive {
            which: which(element),
            product: element.text("vendorProductID").map(str::to_owned),
            at: clock(element),
            reason: element.number("failureReasonCode"),
            major_reason: element.number("majorReasonCode"),
        }),
        "event" => Entry::Event(Event(element)),
        _ => return None,
    };
    Some(entry)
}

fn which(element: &Element<'_>) -> Which {
    Which {
        channel: element.number("channelID"),
        device: element.number("deviceID"),
        enclosure: element.number("enclIndex"),
        slot: element.number("slotNum"),
        serial: element.text("serialNumber").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
    }
}

/// `rtcDay` 28, `rtcMonth` 10, `rtcYear` 2014.
fn clock(element: &Element<'_>) -> Option<NaiveDateTime> {
    let date =
        NaiveDate::from_ymd_opt(element.number("rtcYear")?, element.number("rtcMonth")?, element.number("rtcDay")?)?;
    date.and_hms_opt(element.number("rtcHours")?, element.number("rtcMinutes")?, element.number("rtcSeconds")?)
}

/// The head of a log.
pub(super) fn head(element: &Element<'_>) -> Option<ControllerLog> {
    (element.name == "ControllerLog").then(|| ControllerLog {
        controller: element.number("controllerID"),
        kind: element.number("type"),
        time: element.number("time"),
    })
}

/// The names that stand alone on a line in the tabular form.
pub(super) const HEADS: [&str; 5] = ["ControllerLog", "driveErrorEntry", "deadDriveEntry", "eventlog", "event"];

/// `abortedCmds ............................. 7`
pub(super) fn dotted(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('.')?;
    let value = rest.trim_start_matches(['.', ' ']);
    let dots = rest.len() - value.len();
    let name = name.trim_end();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && dots >= 3).then(|| (name, value.trim_end()))
}
