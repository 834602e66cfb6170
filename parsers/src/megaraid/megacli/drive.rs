//! A drive: `-PDList`, `-PDInfo`, and within `-LdPdInfo` and `-CfgDsply`.

use super::Word;
use super::read::number;
use crate::megaraid::device::DriveState;

/// A drive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drive {
    /// `Enclosure Device ID`; none for `N/A`, where it is in none.
    pub enclosure: Option<u32>,
    /// `Slot Number`, from 0.
    pub slot: Option<u32>,
    /// `Drive's position`; none of a drive of no array, and in old versions.
    pub position: Option<Position>,
    /// `Device Id`: the number to ask for it by.
    pub id: Option<u32>,
    /// `WWN`, 16 hexadecimal digits in lower case; none where it is blank or masked.
    pub wwn: Option<String>,
    /// `Media Error Count`
    pub media_errors: Option<u32>,
    /// `Other Error Count`: of the link rather than of the medium.
    pub other_errors: Option<u32>,
    /// `Predictive Failure Count`: how often the drive said that it will fail.
    pub predictions: Option<u32>,
    /// `PD Type`: `SATA`, `SAS`; old versions say none.
    pub interface: Option<String>,
    /// `Raw Size` in blocks, by the hexadecimal number behind it.
    pub blocks: Option<u64>,
    /// `Logical Sector Size`, else `Sector Size`, in bytes; none where the firmware says 0.
    pub block: Option<u32>,
    /// `Firmware state`, without what it says of the motor.
    pub state: Option<Word<DriveState>>,
    /// `Inquiry Data`: who made it; of a SATA drive the firmware has none, or "ATA".
    pub vendor: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Version of its firmware.
    pub firmware: Option<String>,
    /// Its serial number, as far as the inquiry data have it: of some SAS drives the end is missing.
    pub serial: Option<String>,
    /// `Foreign State`: it carries another controller's configuration.
    pub foreign: Option<bool>,
    /// `Drive Temperature`, degrees Celsius.
    pub temperature: Option<u32>,
    /// `Drive has flagged a S.M.A.R.T alert`: anything but no.
    pub alert: Option<bool>,
    /// What goes on: `Rebuild Progress …`, as printed.
    pub doing: Option<String>,
}

/// Where it is in the arrays. A disk group holds one logical drive or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// `DiskGroup`, from 0.
    pub group: u32,
    /// `Span`, from 0.
    pub span: u32,
    /// `Arm`, from 0: its place in the span.
    pub arm: u32,
}

impl Drive {
    /// Takes a line of it; false if it is not understood. `raw` is the value with its blanks.
    pub(super) fn take(&mut self, key: &str, value: &str, raw: &str) -> bool {
        match key {
            "Slot Number" => self.slot = number(value),
            // The word is misspelt by some versions.
            "Drive's position" | "Drive's postion" => {
                self.position = position(value);
                return self.position.is_some();
            }
            "Device Id" => self.id = number(value),
            "WWN" => self.wwn = wwn(value),
            "Media Error Count" => self.media_errors = number(value),
            "Other Error Count" => self.other_errors = number(value),
            "Predictive Failure Count" => self.predictions = number(value),
            "PD Type" => self.interface = Some(value.to_owned()),
            "Raw Size" => self.blocks = sectors(value),
            "Logical Sector Size" => self.block = number(value).filter(|bytes| *bytes > 0).or(self.block),
            "Sector Size" => self.block = self.block.or(number(value).filter(|bytes| *bytes > 0)),
            "Firmware state" => self.state = Some(state(value)),
            "Inquiry Data" => self.inquiry(raw),
            "Foreign State" => self.foreign = Some(value != "None"),
            "Drive Temperature" => {
                self.temperature = value.split_once('C').and_then(|(degrees, _)| number(degrees));
                return self.temperature.is_some() || value == "N/A";
            }
            "Drive has flagged a S.M.A.R.T alert" => self.alert = Some(value != "No"),
            _ => return ASIDE.contains(&key) || key.starts_with("SAS Address(") || is_port(key),
        }
        match key {
            "Slot Number" => self.slot.is_some(),
            "Device Id" => self.id.is_some(),
            "Media Error Count" => self.media_errors.is_some(),
            "Other Error Count" => self.other_errors.is_some(),
            "Predictive Failure Count" => self.predictions.is_some(),
            "Raw Size" => self.blocks.is_some(),
            _ => true,
        }
    }

    /// Two layouts: of SATA drives, as newer versions print them, 20 bytes of serial number, 40 of model, 8 of firmware; else the
    /// standard INQUIRY data from byte 8 on: vendor 8, product 16, revision 4, and a serial number in the 20 that are free.
    fn inquiry(&mut self, raw: &str) {
        let letters: Vec<char> = raw.strip_prefix(' ').unwrap_or(raw).chars().collect();
        let field = |from: usize, to: usize| {
            let text: String = letters.iter().skip(from).take(to - from).collect();
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        if letters.len() > STANDARD_LEN {
            (self.serial, self.model, self.firmware) = (field(0, 20), field(20, 60), field(60, 68));
        } else {
            self.vendor = field(0, 8).filter(|vendor| vendor != "ATA");
            (self.model, self.firmware, self.serial) = (field(8, 24), field(24, 28), field(28, STANDARD_LEN));
        }
    }

    /// What every version tells of a drive and this one lacks, in the order in which it is printed.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        [
            ("slot", self.slot.is_none()),
            ("media errors", self.media_errors.is_none()),
            ("other errors", self.other_errors.is_none()),
            ("predicted failures", self.predictions.is_none()),
            ("state", self.state.is_none()),
        ]
        .into_iter()
        .find_map(|(what, lacks)| lacks.then_some(what))
    }
}

/// Standard INQUIRY data without their first 8 bytes: 28 that have a meaning, and 20 of the maker's own.
const STANDARD_LEN: usize = 48;

/// What is of no use here.
const ASIDE: &[&str] = &[
    "Coerced Size",
    "Commissioned Spare",
    "Connected Port Number",
    "Device Firmware Level",
    "Device Speed",
    "Drive",
    "Drive is formatted for PI information",
    "Drive's NCQ setting",
    "Drive's write cache",
    "Emergency Spare",
    "Enclosure position",
    "Exit from dormant state",
    "FDE Capable",
    "FDE Enable",
    "IBM FRU/CRU",
    "Last Predictive Failure Event Seq Number",
    "Link Speed",
    "Locked",
    "Media Type",
    "Needs EKM Attention",
    "Non Coerced Size",
    "PI",
    "PI Eligibility",
    "Physical Sector Size",
    "Port status",
    "Port's Linkspeed",
    "Secured",
    "Sequence Number",
    "Shield Counter",
    "Successful diagnostics completion on",
];

/// `Port-0`
fn is_port(key: &str) -> bool {
    key.strip_prefix("Port-").is_some_and(|port| number(port).is_some())
}

/// `Online, Spun Up`: what stands behind the comma is of the motor.
fn state(text: &str) -> Word<DriveState> {
    let word = text.split_once(',').map_or(text, |(word, _)| word).trim();
    Word::Known(match word {
        "Unconfigured(good)" => DriveState::UnconfiguredGood,
        "Unconfigured(bad)" => DriveState::UnconfiguredBad,
        "Hotspare" => DriveState::HotSpare,
        "Offline" => DriveState::Offline,
        "Failed" => DriveState::Failed,
        "Rebuild" => DriveState::Rebuild,
        "Online" => DriveState::Online,
        "Copyback" => DriveState::Copyback,
        "JBOD" => DriveState::System,
        other => return Word::Other(other.to_owned()),
    })
}

/// `DiskGroup: 0, Span: 0, Arm: 2`
fn position(text: &str) -> Option<Position> {
    let of = |name: &str| {
        let part = text.split(',').find_map(|part| part.trim().strip_prefix(name))?;
        number(part.strip_prefix(':')?)
    };
    Some(Position { group: of("DiskGroup")?, span: of("Span")?, arm: of("Arm")? })
}

fn wwn(text: &str) -> Option<String> {
    let hexadecimal = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hexadecimal && text.bytes().any(|byte| byte != b'0')).then(|| text.to_ascii_lowercase())
}

/// `2.728 TB [0x15d50a3b0 Sectors]`
fn sectors(text: &str) -> Option<u64> {
    let (_, count) = text.split_once("[0x")?;
    u64::from_str_radix(count.strip_suffix(" Sectors]")?, 16).ok()
}
