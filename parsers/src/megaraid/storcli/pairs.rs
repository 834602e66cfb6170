//! `Key = Value`: what is told of a controller, of a drive and of a virtual drive.

use super::battery::{Battery, Keeper};
use super::build::{Builder, drive_at, is_none};
use super::words::{BatteryState, WritePolicy};
use super::{Array, Controller, Drive, Seat};

/// Sections and keys of what a controller can do and is set to, and of what it is: nothing of how it does.
const SETTINGS: &[&str] = &[
    "Bus",
    "Version",
    "Pending Images in Flash",
    "Supported Adapter Operations",
    "Enterprise Key management",
    "Supported PD Operations",
    "Supported Drive Operations",
    "Supported VD Operations",
    "Advanced Software Option",
    "Policies",
    "Policies Table",
    "Boot",
    "High Availability",
    "Defaults",
    "Capabilities",
    "Scheduled Tasks",
    "Secure Boot",
    "Security Protocol properties",
    "HwCfg",
    "Snapdump Properties",
    "Port Information",
];

/// Keys without a section, of the same kind.
const ASIDE: &[&str] = &[
    "SAS Address",
    "PCI Address",
    "Mfg. Date",
    "Rework Date",
    "Controller Time",
    "FW Package Build",
    "BIOS Version",
    "NVDATA Version",
    "Driver Version",
    "Vendor Id",
    "Device Id",
    "SubVendor Id",
    "SubDevice Id",
    "Host Interface",
    "Device Interface",
    "Bus Number",
    "Device Number",
    "Function Number",
    "Domain ID",
    "Serial Number",
    "Current Personality",
    "Security Protocol",
    "Board Name",
    "Board Assembly",
    "Board Tracer Number",
    "Requested Boot Drive",
    "Safe ID",
    "Drive Groups",
    "Arrays",
    "Enclosures",
    "JBOD Drives",
    "Number of Controllers",
    "Operating System",
];

impl Builder {
    /// A pair of a section. Whether it was understood.
    pub(super) fn pair(&mut self, title: &str, key: &str, value: &str) -> bool {
        let one = &mut self.draft.one;
        if let Some((seat, kind)) = of_drive(title) {
            return drive_at(&mut one.drives, seat).is_some_and(|drive| detail(drive, kind, key, value));
        }
        if let Some(array) = of_array(title, one) {
            return property(array, key, value);
        }
        let announced = &mut self.draft.announced;
        match key {
            "Product Name" | "Model" if title.is_empty() || title == "Basics" => text(&mut one.model, value),
            "System Time" | "Current System Date/time" if self.read.time.is_some() => true,
            "System Time" | "Current System Date/time" => text(&mut self.read.time, value),
            "FW Version" | "Firmware Version" => text(&mut one.firmware, value),
            "Driver Name" => text(&mut one.driver, value),
            "Drive Groups" | "Arrays" => number(&mut announced.groups, value),
            "Virtual Drives" => number(&mut announced.arrays, value),
            "Physical Drives" => number(&mut announced.drives, value),
            "Enclosures" => number(&mut announced.enclosures, value),
            "Number of Controllers" => number(&mut announced.controllers, value),
            "Host Name" => text(&mut self.read.host, value),
            "Controller Status" => text(&mut one.health, value),
            "Memory Correctable Errors" => number(&mut one.memory_corrected, value),
            "Memory Uncorrectable Errors" => number(&mut one.memory_uncorrected, value),
            "Any Offline VD Cache Preserved" => flag(&mut one.cache_preserved, value),
            "Controller has booted into safe mode" => flag(&mut one.safe_mode, value),
            "BBU Status" | "Energy Pack Status" if number(&mut one.battery_bits, value) => true,
            // Where it is no number, it is a word.
            "BBU Status" | "Energy Pack Status" => {
                let battery = one.battery.get_or_insert_with(|| Battery::of(Keeper::of_key(key)));
                battery.state = Some(BatteryState::read(value));
                true
            }
            _ if is_total(key) => number(&mut one.foreign, value),
            _ => matches!(title, "Basics" | "Status") || is_setting(title) || ASIDE.contains(&key),
        }
    }
}

/// Whether a section is one of those.
pub(super) fn is_setting(title: &str) -> bool {
    SETTINGS.contains(&title)
}

/// The number of foreign groups.
pub(super) fn is_total(key: &str) -> bool {
    key.eq_ignore_ascii_case("Total foreign drive groups")
}

/// Text, unless there is none.
fn text(into: &mut Option<String>, value: &str) -> bool {
    *into = Some(value.to_owned()).filter(|value| !is_none(value));
    true
}

/// A number, unless there is none.
fn number<T: std::str::FromStr>(into: &mut Option<T>, value: &str) -> bool {
    *into = value.parse().ok();
    into.is_some() || is_none(value)
}

/// `Yes` or `No`, unless there is neither.
fn flag(into: &mut Option<bool>, value: &str) -> bool {
    *into = match value {
        "Yes" => Some(true),
        "No" => Some(false),
        _ => None,
    };
    into.is_some() || is_none(value)
}

/// `Drive /c0/e252/s4 Device attributes`: which drive, and what of it.
fn of_drive(title: &str) -> Option<(Seat, &str)> {
    let rest = title.strip_prefix("Drive ")?;
    let (path, kind) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((Seat::of_path(path)?.1, kind))
}

/// `VD0 Properties`; of storcli2, the virtual drive that was told of last.
fn of_array<'a>(title: &str, one: &'a mut Controller) -> Option<&'a mut Array> {
    let number = title.strip_prefix("VD")?.strip_suffix(" Properties")?;
    if number.is_empty() {
        return one.arrays.last_mut();
    }
    let number = number.parse().ok()?;
    one.arrays.iter_mut().find(|array| array.number == Some(number))
}

/// A pair of a virtual drive's properties.
fn property(array: &mut Array, key: &str, value: &str) -> bool {
    match key {
        "Write Cache(initial setting)" => {
            array.write_set = WritePolicy::read(value);
            array.write_set.is_some()
        }
        "OS Drive Name" => text(&mut array.device, value),
        "Active Operations" => text(&mut array.operation, value),
        "Bad Block Exists" | "Bad Blocks Exist" => flag(&mut array.bad_blocks, value),
        // What it is set to, and when it was made.
        _ => true,
    }
}

/// A pair of a drive's detail.
fn detail(drive: &mut Drive, kind: &str, key: &str, value: &str) -> bool {
    drive.detailed = true;
    match key {
        "Media Error Count" => number(&mut drive.media_errors, value),
        "Other Error Count" => number(&mut drive.other_errors, value),
        "Predictive Failure Count" => number(&mut drive.predictions, value),
        "S.M.A.R.T alert flagged by drive" => flag(&mut drive.alert, value),
        "Drive Temperature" => number(&mut drive.temperature, value.split('C').next().unwrap_or_default().trim()),
        "SN" => text(&mut drive.serial, value),
        "Manufacturer Id" => text(&mut drive.vendor, value),
        // The table may have the front of it only.
        "Model Number" => is_none(value) || text(&mut drive.model, value),
        "WWN" => text(&mut drive.wwn, &value.trim_start_matches("0x").to_ascii_lowercase()),
        "Firmware Revision" => text(&mut drive.firmware, value),
        "Drive position" => {
            drive.position = position(value);
            drive.position.is_some() || is_none(value)
        }
        "Raw size" => {
            let sectors = value.split_once("[0x").and_then(|(_, rest)| rest.split_once(' '));
            drive.sectors = sectors.and_then(|(sectors, _)| u64::from_str_radix(sectors, 16).ok());
            drive.sectors.is_some()
        }
        "Logical Sector Size" => {
            drive.sector = sector(value);
            drive.sector.is_some() || is_none(value)
        }
        _ => !kind.is_empty(),
    }
}

/// `512B` or `4 KB`.
fn sector(text: &str) -> Option<u64> {
    let text = text.strip_suffix('B')?.trim_end();
    match text.strip_suffix('K') {
        Some(kib) => kib.trim().parse::<u64>().ok()?.checked_mul(1024),
        None => text.parse().ok(),
    }
}

/// `DriveGroup:0, Span:0, Row:4`.
fn position(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split(',').map(|part| part.split_once(':').and_then(|(_, number)| number.trim().parse().ok()));
    Some((parts.next()??, parts.next()??, parts.next()??))
}
