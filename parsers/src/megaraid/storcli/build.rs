//! From sections to controllers, drives and virtual drives.

use super::battery::{Battery, Keeper};
use super::sheet::{Answer, COMMAND_STATUS, Cells, Entry, Section, Sheet, cell};
use super::words::{ArrayState, BatteryState, DriveState, WritePolicy};
use super::{Array, Controller, Drive, Group, Overview, Place, Seat, Storcli};
use crate::output::{Tally, lines};
use std::collections::BTreeSet;

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

/// What a block of the output announced.
#[derive(Debug, Default)]
struct Announced {
    arrays: Option<u64>,
    drives: Option<u64>,
    enclosures: Option<u64>,
    groups: Option<u64>,
    controllers: Option<u64>,
}

/// What was counted against it.
#[derive(Debug, Default)]
struct Counted {
    arrays: u64,
    drives: u64,
    enclosures: u64,
}

#[derive(Debug, Default)]
struct Builder {
    read: Storcli,
    odd: BTreeSet<u64>,
    cut: Option<String>,
}

/// Understands a sheet.
pub(super) fn build(sheet: Sheet, bytes: &[u8]) -> Storcli {
    let mut builder = Builder { odd: sheet.odd.into_iter().collect(), cut: sheet.cut, ..Builder::default() };
    for answer in &sheet.answers {
        builder.answer(answer, sheet.ends);
    }
    if sheet.answers.is_empty() {
        builder.cut("it has no answer of a controller");
    }
    let titles = sheet.answers.iter().flat_map(|answer| &answer.sections).map(|section| &section.title);
    let in_parts = titles.into_iter().any(|title| title.starts_with("Drive /c") || title.starts_with("/c"));
    let Builder { mut read, odd, cut } = builder;
    if !sheet.ends && in_parts && !read.controllers.iter().all(is_announced) {
        read.tally.cut("the text does not say how many drives there are, and has no end; the tool's JSON (J) has");
    }
    let mut tally = Tally { cut: cut.or(read.tally.cut.take()), ..Tally::default() };
    for line in lines(bytes).filter(|line| !line.text.trim().is_empty()) {
        tally.met();
        if odd.contains(&line.number) {
            tally.odd(&line);
        }
    }
    read.tally = tally;
    read
}

/// Whether everything of a controller that has sections of its own is announced by a list.
fn is_announced(controller: &Controller) -> bool {
    let detailed = controller.drives.iter().filter(|drive| drive.detailed).count();
    controller.listed && (detailed == 0 || detailed == controller.drives.len())
}

impl Builder {
    fn cut(&mut self, why: impl Into<String>) {
        self.cut.get_or_insert_with(|| why.into());
    }

    fn answer(&mut self, answer: &Answer, ends: bool) {
        let mut one = Controller::default();
        let mut announced = Announced::default();
        let mut counted = Counted::default();
        let mut description = None;
        let mut status = None;
        for section in &answer.sections {
            let battery = keeper(&section.title);
            if let Some(keeper) = battery {
                one.battery.get_or_insert_with(|| Battery::of(keeper));
            }
            for (line, entry) in &section.entries {
                let known = match entry {
                    Entry::Pair(key, value) if section.title == COMMAND_STATUS => match key.as_str() {
                        "Controller" => {
                            one.number = value.trim().parse().ok();
                            true
                        }
                        "Status" => {
                            status = Some(value.trim().to_owned());
                            true
                        }
                        "Description" => {
                            description = Some(value.trim().to_owned());
                            true
                        }
                        _ => matches!(key.as_str(), "CLI Version" | "Operating system" | "Status Code"),
                    },
                    Entry::Pair(key, value) => {
                        self.pair(&mut one, &mut announced, &section.title, key.trim(), value.trim())
                    }
                    Entry::Row(cells) => self.row(&mut one, &mut counted, section, cells),
                };
                if !known {
                    self.odd.insert(*line);
                }
            }
        }
        one.failed = status.as_deref() != Some("Success");
        if status.is_none() {
            self.cut("it does not say whether the command succeeded");
        }
        let description = description.filter(|text| one.failed && !matches!(text.as_str(), "" | "None" | "-"));
        if description.as_deref().is_some_and(|text| text.starts_with("No Controller found")) {
            self.read.none_found = true;
            return;
        }
        // That there is none is an answer.
        let none_foreign = |text: &String| text.starts_with("No foreign configuration");
        if one.errors.iter().chain(&description).any(none_foreign) {
            one.failed = false;
            one.foreign = Some(0);
            one.errors.clear();
        } else {
            one.errors.extend(description);
            one.errors.dedup();
            one.foreign = one.foreign.or(one.errors.iter().any(|error| is_foreign(error)).then_some(1));
            // Asked for a battery where there is a capacitor, it says how to ask.
            let harmless = |text: &String| is_foreign(text) || text.starts_with("use /cx/");
            if one.failed && !(one.errors.iter().any(harmless) && one.errors.iter().all(harmless)) {
                self.cut(format!("the tool failed: {}", one.errors.join("; ")));
            }
        }
        self.judge(&mut one, &announced, &counted, answer, ends);
        self.merge(one, announced.controllers);
    }

    /// Whether what was announced is there.
    fn judge(&mut self, one: &mut Controller, announced: &Announced, counted: &Counted, answer: &Answer, ends: bool) {
        let mut check = |what: &str, announced: Option<u64>, counted: u64| {
            if let Some(announced) = announced.filter(|announced| *announced != counted) {
                self.cut(format!("it announces {announced} {what} and lists {counted}"));
            }
        };
        check("virtual drives", announced.arrays, counted.arrays);
        check("drives", announced.drives, counted.drives);
        check("enclosures", announced.enclosures, counted.enclosures);
        one.listed = announced.drives.is_some() && (announced.arrays.is_some() || announced.groups.unwrap_or(0) == 0);
        if ends {
            return;
        }
        let is_list = one.model.is_some();
        if is_list && announced.drives.is_none() {
            self.cut("its list of drives is missing");
        }
        if is_list && announced.groups.is_some_and(|groups| groups > 0) && announced.arrays.is_none() {
            self.cut("its list of virtual drives is missing");
        }
        let written = one.arrays.iter().any(|array| array.write == Some(WritePolicy::Back));
        if is_list && written && one.battery.is_none() {
            self.cut("a virtual drive writes back, and of what keeps the cache nothing is told");
        }
        let properties = |section: &Section| section.title.ends_with("Properties") && !section.entries.is_empty();
        let sections = |of: fn(&Section) -> bool| answer.sections.iter().any(of);
        if sections(|section| keeper(&section.title).is_some() && has_properties(section)) {
            let judged = one.battery.as_ref().is_some_and(|battery| battery.judged);
            if !judged || !answer.sections.iter().any(properties) {
                self.cut("what the firmware says of the battery is missing");
            }
        }
        let filled = sections(|section| section.title != COMMAND_STATUS && !section.entries.is_empty());
        if !one.failed && one.foreign.is_none() && !filled {
            self.cut("nothing stands behind its head");
        }
        let foreign = sections(|section| section.title == FOREIGN);
        let total = |(_, entry): &(u64, Entry)| matches!(entry, Entry::Pair(key, _) if is_total(key));
        if foreign && !answer.sections.iter().flat_map(|section| &section.entries).any(total) {
            self.cut("the number of foreign groups is missing, which ends it");
        }
    }

    fn pair(&mut self, one: &mut Controller, announced: &mut Announced, title: &str, key: &str, value: &str) -> bool {
        let number = || value.parse().ok();
        let told = || Some(value.to_owned()).filter(|value| !is_none(value));
        if let Some((seat, kind)) = of_drive(title) {
            return drive_at(&mut one.drives, seat).is_some_and(|drive| detail(drive, kind, key, value));
        }
        if let Some(array) = of_array(title, one) {
            return property(array, key, value);
        }
        match key {
            "Product Name" | "Model" if title.is_empty() || title == "Basics" => one.model = told(),
            "System Time" | "Current System Date/time" => {
                self.read.time = self.read.time.take().or_else(told);
            }
            "FW Version" | "Firmware Version" => one.firmware = told(),
            "Driver Name" => one.driver = told(),
            "Drive Groups" | "Arrays" => announced.groups = number(),
            "Virtual Drives" => announced.arrays = number(),
            "Physical Drives" => announced.drives = number(),
            "Enclosures" => announced.enclosures = number(),
            "Number of Controllers" => announced.controllers = number(),
            "Host Name" => self.read.host = told(),
            "Controller Status" => one.health = told(),
            "Memory Correctable Errors" => one.memory_corrected = number(),
            "Memory Uncorrectable Errors" => one.memory_uncorrected = number(),
            "Any Offline VD Cache Preserved" => one.cache_preserved = flag(value),
            "Controller has booted into safe mode" => one.safe_mode = flag(value),
            "BBU Status" | "Energy Pack Status" => {
                one.battery_bits = value.parse().ok();
                return one.battery_bits.is_some() || is_none(value);
            }
            _ if is_total(key) => one.foreign = number(),
            _ => {
                return matches!(title, "Basics" | "Status") || SETTINGS.contains(&title) || ASIDE.contains(&key);
            }
        }
        true
    }

    fn row(&mut self, one: &mut Controller, counted: &mut Counted, section: &Section, cells: &Cells) -> bool {
        let get = |name: &str| cell(cells, name);
        if get("EID:Slt").is_some() {
            counted.drives += u64::from(section.title == "PD LIST");
            self.drive(one, section, cells)
        } else if get("DG/VD").is_some() {
            counted.arrays += u64::from(section.title == "VD LIST" || section.title == "Virtual Drives");
            self.array(one, cells)
        } else if get("NoVDs").is_some() {
            true
        } else if get("EID:Slot").is_some() {
            topology(one, cells)
        } else if get("EID").is_some() {
            counted.enclosures += u64::from(section.title == "Enclosure LIST");
            true
        } else if get("Hlth").is_some() {
            self.overview(cells)
        } else if let (Some(property), Some(value)) = (get("Property"), get("Value")) {
            self.battery(one, &section.title, property, value)
        } else if let (Some(_), Some(state)) = (keeper(&section.title), get("State")) {
            if let Some(battery) = &mut one.battery {
                battery.state = Some(BatteryState::read(state));
                battery.model = get("Model").map(str::to_owned);
            }
            true
        } else if let Some(error) = get("ErrMsg") {
            one.errors.extend(Some(error.to_owned()).filter(|error| !is_none(error)));
            true
        } else {
            SETTINGS.contains(&section.title.as_str())
        }
    }

    fn drive(&mut self, one: &mut Controller, section: &Section, cells: &Cells) -> bool {
        let get = |name: &str| cell(cells, name);
        let Some(seat) = get("EID:Slt").and_then(Seat::read) else { return false };
        if let Some(array) = of_list(&section.title, one) {
            array.members.push(seat);
        }
        let Some(drive) = drive_at(&mut one.drives, seat) else { return false };
        // storcli2 has whether it is configured in State, and how it is in Status.
        let state = get("Status").or(get("State")).filter(|word| !word.is_empty()).map(DriveState::read);
        let differs = drive.state.is_some() && state.is_some() && drive.state != state;
        drive.state = drive.state.take().filter(|_| !differs).or(state);
        drive.device = drive.device.or_else(|| get("DID").or(get("PID"))?.parse().ok());
        drive.group = drive.group.or_else(|| get("DG").and_then(group));
        drive.model = drive.model.take().or_else(|| get("Model").filter(|text| !is_none(text)).map(str::to_owned));
        let known = drive.state.is_some();
        if differs {
            self.cut("a drive is told twice, in two states");
        }
        known
    }

    fn array(&mut self, one: &mut Controller, cells: &Cells) -> bool {
        let get = |name: &str| cell(cells, name);
        let told = |name: &str| get(name).filter(|text| !is_none(text)).map(str::to_owned);
        let Some((group, number)) = get("DG/VD").and_then(|text| text.split_once('/')) else { return false };
        let state = get("State").filter(|word| !word.is_empty()).map(ArrayState::read);
        let number = number.trim().parse().ok();
        let Some(array) = number.and_then(|number| array_at(&mut one.arrays, number)) else { return false };
        let differs = array.state.is_some() && array.state != state;
        array.group = group.trim().parse().ok();
        array.level = get("TYPE").map(|level| level.strip_prefix("RAID").unwrap_or(level).to_owned());
        array.state = state;
        array.access = told("Access");
        array.write = get("Cache").or(get("CurrentCache")).and_then(WritePolicy::read);
        array.write_set = array.write_set.or_else(|| get("DefaultCache").and_then(WritePolicy::read));
        array.name = told("Name");
        let known = array.state.is_some();
        if differs {
            self.cut("a virtual drive is told twice, in two states");
        }
        known
    }

    fn overview(&mut self, cells: &Cells) -> bool {
        let get = |name: &str| cell(cells, name);
        let number = |name: &str| get(name)?.parse().ok();
        self.read.overview.push(Overview {
            number: get("Ctl").and_then(|number| number.parse().ok()),
            model: get("Model").map(str::to_owned),
            groups_not_optimal: number("DNOpt"),
            arrays_not_optimal: number("VNOpt"),
            health: get("Hlth").filter(|text| !text.is_empty()).map(str::to_owned),
            battery: get("BBU").filter(|text| !is_none(text)).map(BatteryState::read),
        });
        true
    }

    /// A row of a table of the battery's.
    fn battery(&mut self, one: &mut Controller, title: &str, property: &str, value: &str) -> bool {
        let Some(battery) = &mut one.battery else { return is_of_battery(title) };
        if title.ends_with("Firmware_Status") {
            battery.judged = true;
            return battery.flag(property, value);
        }
        match property {
            "State" | "Battery State" => battery.state = Some(BatteryState::read(value)),
            "Type" => battery.model = Some(value.to_owned()),
            _ => return is_of_battery(title),
        }
        true
    }

    /// An answer about a controller that was told of before adds to that.
    fn merge(&mut self, one: Controller, controllers: Option<u64>) {
        if let Some(announced) = controllers
            && u64::try_from(self.read.overview.len()).ok() != Some(announced)
        {
            self.cut(format!("it announces {announced} controllers and lists {}", self.read.overview.len()));
        }
        // The answer that is about all controllers.
        if one.number.is_none() && controllers.is_some() {
            return;
        }
        let known = self.read.controllers.iter_mut().find(|known| known.number == one.number && one.number.is_some());
        let Some(known) = known else {
            self.read.controllers.push(one);
            return;
        };
        let mut differ = false;
        for drive in one.drives {
            match known.drives.iter_mut().find(|known| known.seat == drive.seat) {
                Some(known) => differ |= !known.add(drive),
                None => known.drives.push(drive),
            }
        }
        for array in one.arrays {
            match known.arrays.iter_mut().find(|known| known.number == array.number) {
                Some(known) => differ |= !known.add(array),
                None => known.arrays.push(array),
            }
        }
        // Asked for what it does not have, one command fails, and another does not.
        known.failed &= one.failed;
        known.errors.extend(one.errors);
        known.model = known.model.take().or(one.model);
        known.firmware = known.firmware.take().or(one.firmware);
        known.driver = known.driver.take().or(one.driver);
        known.health = known.health.take().or(one.health);
        known.memory_corrected = known.memory_corrected.or(one.memory_corrected);
        known.memory_uncorrected = known.memory_uncorrected.or(one.memory_uncorrected);
        known.cache_preserved = known.cache_preserved.or(one.cache_preserved);
        known.safe_mode = known.safe_mode.or(one.safe_mode);
        known.battery_bits = known.battery_bits.or(one.battery_bits);
        // The one that tells more of it.
        known.battery = match (known.battery.take(), one.battery) {
            (Some(known), Some(more)) if known.judged >= more.judged => Some(known),
            (known, more) => more.or(known),
        };
        if known.topology.is_empty() {
            known.topology = one.topology;
        }
        known.foreign = known.foreign.max(one.foreign);
        known.listed |= one.listed;
        if differ {
            self.cut("one thing is told twice, in two states");
        }
    }
}

impl Drive {
    /// The same drive is told of again; whether that agrees.
    fn add(&mut self, more: Self) -> bool {
        let agrees = self.state == more.state || self.state.is_none() || more.state.is_none();
        let Self { seat: _, device, state, group, model, vendor, serial, wwn, firmware, .. } = self;
        *device = device.or(more.device);
        *state = if agrees { state.take().or(more.state) } else { more.state };
        *group = group.or(more.group);
        *model = if more.detailed { more.model.or(model.take()) } else { model.take().or(more.model) };
        *vendor = vendor.take().or(more.vendor);
        *serial = serial.take().or(more.serial);
        *wwn = wwn.take().or(more.wwn);
        *firmware = firmware.take().or(more.firmware);
        self.sectors = self.sectors.or(more.sectors);
        self.sector = self.sector.or(more.sector);
        self.media_errors = self.media_errors.max(more.media_errors);
        self.other_errors = self.other_errors.max(more.other_errors);
        self.predictions = self.predictions.max(more.predictions);
        self.alert = self.alert.max(more.alert);
        self.temperature = self.temperature.or(more.temperature);
        self.position = self.position.or(more.position);
        self.detailed |= more.detailed;
        agrees
    }
}

impl Array {
    /// The same virtual drive is told of again; whether that agrees.
    fn add(&mut self, more: Self) -> bool {
        let agrees = self.state == more.state || self.state.is_none() || more.state.is_none();
        self.state = if agrees { self.state.take().or(more.state) } else { more.state };
        self.write_set = self.write_set.or(more.write_set);
        self.device = self.device.take().or(more.device);
        self.operation = self.operation.take().or(more.operation);
        self.bad_blocks = self.bad_blocks.max(more.bad_blocks);
        if self.members.is_empty() {
            self.members = more.members;
        }
        agrees
    }
}

const FOREIGN: &str = "FOREIGN CONFIGURATION";

/// Whether an error is about another controller's configuration that drives bear.
fn is_foreign(error: &str) -> bool {
    error.to_ascii_lowercase().contains("foreign configuration")
}

/// The number of foreign groups.
fn is_total(key: &str) -> bool {
    key.eq_ignore_ascii_case("Total foreign drive groups")
}

/// Whether a value says that there is none.
fn is_none(value: &str) -> bool {
    matches!(value, "" | "-" | "N/A" | "NA" | "None")
}

fn flag(value: &str) -> Option<bool> {
    match value {
        "Yes" => Some(true),
        "No" => Some(false),
        _ => None,
    }
}

fn group(text: &str) -> Option<Group> {
    match text {
        "-" => Some(Group::None),
        "F" => Some(Group::Foreign),
        number => number.parse().ok().map(Group::Number),
    }
}

/// Whose table it is, if it tells of a battery or a capacitor.
fn keeper(title: &str) -> Option<Keeper> {
    match title {
        "BBU_Info" => Some(Keeper::Battery),
        "Cachevault_Info" | "CacheVault_Info" | "Energy_Pack_Info" => Some(Keeper::Capacitor),
        _ => None,
    }
}

fn has_properties(section: &Section) -> bool {
    section.entries.iter().any(|(_, entry)| matches!(entry, Entry::Row(cells) if cell(cells, "Property").is_some()))
}

/// Whether a table is one of those of `/cx/bbu show all` and `/cx/cv show all`.
fn is_of_battery(title: &str) -> bool {
    let title = title.strip_prefix("BBU_").unwrap_or(title);
    ["Info", "GasGauge", "Design", "Capacity", "Properties", "Firmware_Status", "Cachevault_Info"]
        .iter()
        .any(|of| title.starts_with(of))
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

/// `PDs for VD 0`; of storcli2, the virtual drive that was told of last.
fn of_list<'a>(title: &str, one: &'a mut Controller) -> Option<&'a mut Array> {
    if title == "PDs" {
        return one.arrays.last_mut();
    }
    let number = title.strip_prefix("PDs for VD ")?.parse().ok()?;
    one.arrays.iter_mut().find(|array| array.number == Some(number))
}

fn drive_at(drives: &mut Vec<Drive>, seat: Seat) -> Option<&mut Drive> {
    if !drives.iter().any(|drive| drive.seat == Some(seat)) {
        drives.push(Drive { seat: Some(seat), ..Drive::default() });
    }
    drives.iter_mut().find(|drive| drive.seat == Some(seat))
}

fn array_at(arrays: &mut Vec<Array>, number: u32) -> Option<&mut Array> {
    if !arrays.iter().any(|array| array.number == Some(number)) {
        arrays.push(Array { number: Some(number), ..Array::default() });
    }
    arrays.iter_mut().find(|array| array.number == Some(number))
}

/// A row of `TOPOLOGY`. Those of groups and spans say nothing that the virtual drives do not.
fn topology(one: &mut Controller, cells: &Cells) -> bool {
    let get = |name: &str| cell(cells, name);
    let number = |name: &str| get(name)?.parse().ok();
    if get("Type") != Some("DRIVE") {
        return get("Type").is_some() && get("State").is_some();
    }
    let Some(state) = get("State").filter(|word| !word.is_empty()) else { return false };
    one.topology.push(Place {
        group: number("DG"),
        span: number("Arr"),
        row: number("Row"),
        seat: get("EID:Slot").and_then(Seat::read),
        state: DriveState::read(state),
    });
    true
}

/// A pair of a virtual drive's properties.
fn property(array: &mut Array, key: &str, value: &str) -> bool {
    let told = || Some(value.to_owned()).filter(|value| !is_none(value));
    match key {
        "Write Cache(initial setting)" => array.write_set = WritePolicy::read(value),
        "OS Drive Name" => array.device = told(),
        "Active Operations" => array.operation = told(),
        "Bad Block Exists" | "Bad Blocks Exist" => array.bad_blocks = flag(value),
        // What it is set to, and when it was made.
        _ => {}
    }
    true
}

/// A pair of a drive's detail.
fn detail(drive: &mut Drive, kind: &str, key: &str, value: &str) -> bool {
    drive.detailed = true;
    let count = || value.parse().ok();
    let told = || Some(value.to_owned()).filter(|value| !is_none(value));
    match key {
        "Media Error Count" => drive.media_errors = count(),
        "Other Error Count" => drive.other_errors = count(),
        "Predictive Failure Count" => drive.predictions = count(),
        "S.M.A.R.T alert flagged by drive" => drive.alert = flag(value),
        "Drive Temperature" => {
            drive.temperature = value.split_once('C').and_then(|(degrees, _)| degrees.trim().parse().ok());
        }
        "SN" => drive.serial = told(),
        "Manufacturer Id" => drive.vendor = told(),
        "Model Number" => drive.model = told().or(drive.model.take()),
        "WWN" => drive.wwn = told().map(|wwn| wwn.trim_start_matches("0x").to_ascii_lowercase()),
        "Firmware Revision" => drive.firmware = told(),
        "Drive position" => drive.position = position(value),
        "Raw size" => {
            let sectors = value.split_once("[0x").and_then(|(_, rest)| rest.split_once(' '));
            drive.sectors = sectors.and_then(|(sectors, _)| u64::from_str_radix(sectors, 16).ok());
        }
        "Logical Sector Size" => {
            let bytes = value.strip_suffix('B').map(str::trim_end);
            drive.sector = match bytes.and_then(|bytes| bytes.strip_suffix('K')) {
                Some(kib) => kib.trim().parse::<u64>().ok().and_then(|kib| kib.checked_mul(1024)),
                None => bytes.and_then(|bytes| bytes.parse().ok()),
            };
        }
        _ => return !kind.is_empty(),
    }
    true
}

/// `DriveGroup:0, Span:0, Row:4`.
fn position(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split(',').map(|part| part.split_once(':').and_then(|(_, number)| number.trim().parse().ok()));
    Some((parts.next()??, parts.next()??, parts.next()??))
}
