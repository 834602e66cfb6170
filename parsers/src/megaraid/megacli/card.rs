//! The controller: `-AdpAllInfo`, and in short the head of `-CfgDsply`.

use super::read::number;

/// A controller. Of its settings, which are many and change from version to version, none is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// `Product Name`
    pub product: Option<String>,
    /// `Serial No`
    pub serial: Option<String>,
    /// `FW Package Build`
    pub package: Option<String>,
    /// `BBU`: whether a battery is there, as the controller says.
    pub battery: Option<bool>,
    /// `Memory Correctable Errors`, of the cache.
    pub memory_corrected: Option<u32>,
    /// `Memory Uncorrectable Errors`: the cache lost data.
    pub memory_uncorrected: Option<u32>,
    /// `Any Offline VD Cache Preserved`: writes to an array that is gone are still in the cache.
    pub cache_preserved: Option<bool>,
    /// `Virtual Drives`
    pub arrays: Option<u32>,
    /// `Degraded` of them.
    pub arrays_degraded: Option<u32>,
    /// `Offline` of them.
    pub arrays_offline: Option<u32>,
    /// `Disks`
    pub drives: Option<u32>,
    /// `Critical Disks`: they predict their failure.
    pub drives_critical: Option<u32>,
    /// `Failed Disks`
    pub drives_failed: Option<u32>,
    /// Whether it is from `-AdpAllInfo`, which tells all of this.
    pub is_full: bool,
}

impl Card {
    /// Takes a line of it; false if it is not understood. Settings are understood as such.
    pub(super) fn take(&mut self, key: &str, value: &str) -> bool {
        let count = || number(value);
        match key {
            "Product Name" => self.product = Some(value.to_owned()).filter(|product| !product.is_empty()),
            "Serial No" => self.serial = Some(value.to_owned()).filter(|serial| !serial.is_empty()),
            "FW Package Build" => {
                self.package = Some(value.to_owned());
                self.is_full = true;
            }
            // The same word stands once more where the operations that are supported are listed.
            "BBU" if matches!(value, "Present" | "Absent") => self.battery = Some(value == "Present"),
            "Memory Correctable Errors" => self.memory_corrected = count(),
            "Memory Uncorrectable Errors" => self.memory_uncorrected = count(),
            "Any Offline VD Cache Preserved" => self.cache_preserved = Some(value != "No"),
            "Virtual Drives" => self.arrays = count(),
            "Degraded" => self.arrays_degraded = count(),
            "Offline" => self.arrays_offline = count(),
            "Disks" => self.drives = count(),
            "Critical Disks" => self.drives_critical = count(),
            "Failed Disks" => self.drives_failed = count(),
            _ => return true,
        }
        match key {
            "Memory Correctable Errors"
            | "Memory Uncorrectable Errors"
            | "Virtual Drives"
            | "Degraded"
            | "Offline"
            | "Disks"
            | "Critical Disks"
            | "Failed Disks" => count().is_some(),
            _ => true,
        }
    }

    /// What `-AdpAllInfo` tells and this one lacks.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        [
            ("number of degraded logical drives", self.arrays_degraded),
            ("number of offline logical drives", self.arrays_offline),
            ("number of failed disks", self.drives_failed),
            ("number of critical disks", self.drives_critical),
            ("number of memory errors", self.memory_uncorrected),
        ]
        .into_iter()
        .find_map(|(what, count)| (self.is_full && count.is_none()).then_some(what))
    }
}

/// Lines of `-AdpAllInfo` that are no settings: heads of sections, the table of ports, and what is said in a sentence.
pub(super) fn is_text(line: &str) -> bool {
    let port = line.split_once(char::is_whitespace).is_some_and(|(port, address)| {
        let address = address.trim();
        number(port).is_some() && address.len() == 16 && address.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    is_rule(line) || port || TEXTS.contains(&line) || line.starts_with("Mix in ") || line.starts_with("Mix of ")
}

/// A line of `=` or `-` alone.
pub(super) fn is_rule(line: &str) -> bool {
    line.bytes().all(|byte| byte == b'=' || byte == b'-')
}

const TEXTS: &[&str] = &[
    "Capabilities",
    "Cluster Information",
    "Default Settings",
    "Device Present",
    "Error Counters",
    "HW Configuration",
    "Limitations",
    "Max power savings option is  not allowed for LDs. Only T10 power conditions are to be used.",
    "Mfg. Data",
    "None",
    "PCI Info",
    "Pending Images in Flash",
    "Settings",
    "Status",
    "Supported Adapter Operations",
    "Supported PD Operations",
    "Supported VD Operations",
    "Versions",
];
