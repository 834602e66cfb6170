//! What a drive is: `=== START OF INFORMATION SECTION ===`.

use super::{Reader, Section, Speaks};
use crate::output::pair;
use crate::smartctl::Time;
use crate::smartctl::number::count;
use chrono::NaiveDateTime;

/// Keys that say nothing that is kept; what a later version adds is not understood.
const KNOWN: &[&str] = &[
    "Model Family",
    "Add. Product Id",
    "Sector Size",
    "Sector Sizes",
    "Form Factor",
    "TRIM Command",
    "Zoned Device",
    "Device is",
    "ATA Version is",
    "ATA Standard is",
    "Compliance",
    "Logical block size",
    "Physical block size",
    "Lowest aligned LBA",
    "Formatted with type 1 protection",
    "Formatted with type 2 protection",
    "Formatted with type 3 protection",
    "Protection Type",
    "LB provisioning type",
    "Rotation Rate",
    "Device type",
    "Temperature Warning",
    "AAM feature is",
    "AAM level is",
    "APM feature is",
    "APM level is",
    "Rd look-ahead is",
    "Write cache is",
    "DSN feature is",
    "ATA Security is",
    "Wt Cache Reorder",
    "WCE",
    "PCI Vendor/Subsystem ID",
    "PCI Vendor ID",
    "PCI Vendor Subsystem ID",
    "IEEE OUI Identifier",
    "Unallocated NVM Capacity",
    "Controller ID",
    "NVMe Version",
    "Number of Namespaces",
    "Version",
    "Temperature Warning Disabled or Not Supported",
    "Device Class",
    "Product Type",
    "Host Aware",
    "Namespace 1 Formatted LBA Size",
];

impl Reader {
    /// A line of it.
    pub(super) fn info(&mut self, text: &str) -> bool {
        let Some((key, value)) = pair(text).filter(|_| !text.starts_with("==>") && !text.starts_with("see the")) else {
            return self.remark(text);
        };
        let said = Some(value.to_owned()).filter(|value| !value.is_empty());
        // That it has SMART and that it is switched on are two lines.
        self.twice |= !self.keys.take(key) && key != "SMART support is";
        match key {
            "Device Model" => {
                self.speaks(Speaks::Ata);
                self.drive.model = said;
            }
            "Model Number" => {
                self.speaks(Speaks::Nvme);
                self.drive.model = said;
            }
            "Vendor" => {
                self.speaks(Speaks::Scsi);
                self.drive.vendor = said;
            }
            "Product" => self.drive.model = said,
            "Revision" | "Firmware Version" => self.drive.firmware = said,
            // Until 6.0: `Device: SEAGATE  ST3146854LC      Version: 0005`.
            "Device" => {
                self.speaks(Speaks::Scsi);
                let (device, version) = value.split_once("Version:").unwrap_or((value, ""));
                let (vendor, model) = device.trim().split_once(' ').unwrap_or(("", device.trim()));
                self.drive.vendor = Some(vendor.to_owned()).filter(|vendor| !vendor.is_empty());
                self.drive.model = Some(model.trim().to_owned());
                self.drive.firmware = Some(version.trim().to_owned()).filter(|version| !version.is_empty());
            }
            "Serial Number" | "Serial number" => self.drive.serial = said,
            "LU WWN Device Id" => self.drive.wwn = wwn(value),
            "Logical Unit id" => {
                let naa = value.strip_prefix("0x").filter(|digits| digits.len() == 16 || digits.len() == 32);
                self.drive.wwn = naa.map(|_| value.to_owned());
            }
            "User Capacity" | "Total NVM Capacity" => self.drive.bytes = count(value).filter(|bytes| *bytes > 0),
            "SATA Version is" => self.ata.speed = speeds(value),
            "Local Time is" => {
                self.drive.time = time(value);
                return self.drive.time.is_some();
            }
            "Transport protocol" => self.sas = value.starts_with("SAS"),
            "Read Cache is" | "Writeback Cache is" => {
                self.seen.insert(Section::Caches);
            }
            "SMART support is" => return self.support(value),
            "Warning Comp. Temp. Threshold" | "Warning  Comp. Temp. Threshold" => {
                self.controller().warning_temperature = kelvins(value);
            }
            "Critical Comp. Temp. Threshold" => self.controller().critical_temperature = kelvins(value),
            key => return self.namespace(key, value) || self.capability(key) || is_known(key),
        }
        true
    }

    /// Of NVMe: what the controller can do. It is printed by `-c`, and by `-a`.
    fn capability(&mut self, key: &str) -> bool {
        let front = [
            "Firmware Updates",
            "Optional Admin Commands",
            "Optional NVM Commands",
            "Log Page Attributes",
            "Maximum Data Transfer Size",
        ];
        let is = front.iter().any(|front| key.starts_with(front));
        if is {
            self.seen.insert(Section::Capabilities);
        }
        is
    }

    fn namespace(&mut self, key: &str, value: &str) -> bool {
        let Some((_, what)) = key.strip_prefix("Namespace ").and_then(|rest| rest.split_once(' ')) else {
            return false;
        };
        match what {
            "Size/Capacity" | "Size" | "Capacity" => {
                let bytes = count(value).filter(|bytes| *bytes > 0);
                self.drive.bytes = self.drive.bytes.or(bytes);
            }
            "IEEE EUI-64" => {
                let digits: String = value.split_whitespace().collect();
                let whole = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                self.drive.wwn = self.drive.wwn.take().or_else(|| whole.then(|| format!("eui.{digits}")));
            }
            what => {
                return ["Utilization", "Formatted LBA Size", "Features"].iter().any(|known| what.starts_with(known));
            }
        }
        true
    }

    fn support(&mut self, value: &str) -> bool {
        match value.split(' ').next().unwrap_or_default() {
            "Available" => self.drive.smart.supported = Some(true),
            "Unavailable" => self.drive.smart.supported = Some(false),
            "Enabled" => self.drive.smart.enabled = Some(true),
            "Disabled" => self.drive.smart.enabled = Some(false),
            // "Ambiguous - ATA IDENTIFY DEVICE words 82-83 don't show if SMART supported": it then asks on.
            "Ambiguous" => {}
            _ => return false,
        }
        true
    }

    /// Lines without a key, and such as begin in the first column and have no blank behind their colon.
    fn remark(&mut self, text: &str) -> bool {
        let fronts = [
            "LU is ",
            "Formatted with type ",
            "Temperature Warning ",
            "Physical block size",
            "==>",
            "Checking to be sure by trying",
            "Supported Power States",
            "Supported LBA Sizes",
            "http",
            "see the following ",
            "may apply",
            "A firmware update",
            "Device supports SMART",
            "Write SCT",
            "Device does not support",
            "8 bytes of protection",
            "SMART Disabled",
            "[No Information Found]",
        ];
        if text.starts_with("Supported ") {
            self.begin(Section::Capabilities, true);
        }
        fronts.iter().any(|front| text.starts_with(front))
    }
}

/// Whether a line is one of what a drive is that nothing else has.
pub(super) fn is_of_it(text: &str) -> bool {
    let keys = [
        "Serial Number",
        "Firmware Version",
        "User Capacity",
        "LU WWN Device Id",
        "SATA Version is",
        "Local Time is",
        "SMART support is",
    ];
    pair(text).is_some_and(|(key, _)| keys.contains(&key) || key != "Version" && is_known(key))
}

fn is_known(key: &str) -> bool {
    let key: Vec<&str> = key.split_whitespace().collect();
    KNOWN.contains(&key.join(" ").as_str())
}

/// `5 000c50 0a1b2c3d4`.
fn wwn(text: &str) -> Option<String> {
    let digits: String = text.split_whitespace().collect();
    let whole = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    whole.then(|| format!("0x{digits}"))
}

/// `SATA 3.0, 6.0 Gb/s (current: 3.0 Gb/s)`.
fn speeds(text: &str) -> (Option<u8>, Option<u8>) {
    let generation = |text: &str| match text.trim().split(' ').next() {
        Some("1.5") => Some(1),
        Some("3.0") => Some(2),
        Some("6.0") => Some(3),
        _ => None,
    };
    let (most, now) = text.split_once("(current:").unwrap_or((text, ""));
    (most.split_once(',').and_then(|(_, rate)| generation(rate)), generation(now))
}

/// `70 Celsius`, in kelvin as the reply has it; 0 is not told.
pub(super) fn kelvins(text: &str) -> Option<u16> {
    let degrees: i32 = text.split(' ').next()?.parse().ok()?;
    u16::try_from(degrees.checked_add(273)?).ok()
}

/// `Tue Oct 10 19:53:24 2023 MSK`.
fn time(text: &str) -> Option<Time> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (stamp, zone) = words.split_at_checked(5).unwrap_or((&words, &[]));
    let local = NaiveDateTime::parse_from_str(&stamp.join(" "), "%a %b %e %H:%M:%S %Y").ok();
    let zone = Some(zone.join(" ")).filter(|zone| !zone.is_empty());
    Some(Time::Local { local: local?, zone, written: text.to_owned() })
}
