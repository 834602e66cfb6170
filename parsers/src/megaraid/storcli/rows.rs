//! Rows of tables. What a table is of, its columns tell.

use super::build::{Builder, drive_at, is_none, keeper};
use super::pairs::is_setting;
use super::sheet::{Cells, Section, cell};
use super::words::{ArrayState, BatteryState, DriveState, WritePolicy};
use super::{Array, Controller, Enclosure, Group, Overview, Place, Seat};

impl Builder {
    /// A row of a table. Whether it was understood.
    pub(super) fn row(&mut self, section: &Section, cells: &Cells) -> bool {
        let get = |name: &str| cell(cells, name);
        if get("EID:Slt").is_some() {
            self.draft.counted.drives += u64::from(section.title == "PD LIST");
            self.drive(section, cells)
        } else if get("DG/VD").is_some() {
            self.draft.counted.arrays += u64::from(section.title == "VD LIST" || section.title == "Virtual Drives");
            self.array(cells)
        } else if get("NoVDs").is_some() {
            // Their total, which follows, counts.
            let foreign = &mut self.draft.one.foreign;
            *foreign = Some(foreign.unwrap_or(0).saturating_add(1));
            true
        } else if get("EID:Slot").is_some() {
            topology(&mut self.draft.one, cells)
        } else if get("EID").is_some() {
            self.draft.counted.enclosures += u64::from(section.title == "Enclosure LIST");
            self.enclosure(cells)
        } else if get("Hlth").is_some() {
            self.overview(cells)
        } else if let (Some(property), Some(value)) = (get("Property"), get("Value")) {
            self.battery(&section.title, property, value)
        } else if let (Some(_), Some(state)) = (keeper(&section.title), get("State")) {
            if let Some(battery) = &mut self.draft.one.battery {
                battery.state = Some(BatteryState::read(state));
                battery.model = get("Model").map(str::to_owned);
            }
            true
        } else if let Some(error) = get("ErrMsg") {
            self.draft.one.errors.extend(Some(error.to_owned()).filter(|error| !is_none(error)));
            true
        } else {
            is_setting(&section.title)
        }
    }

    fn drive(&mut self, section: &Section, cells: &Cells) -> bool {
        let get = |name: &str| cell(cells, name);
        let Some(seat) = get("EID:Slt").and_then(Seat::read) else { return false };
        if let Some(array) = of_list(&section.title, &mut self.draft.one) {
            array.members.push(seat);
        }
        let Some(drive) = drive_at(&mut self.draft.one.drives, seat) else { return false };
        let state = state(get("State"), get("Status"));
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

    fn array(&mut self, cells: &Cells) -> bool {
        let get = |name: &str| cell(cells, name);
        let told = |name: &str| get(name).filter(|text| !is_none(text)).map(str::to_owned);
        let Some((group, number)) = get("DG/VD").and_then(|text| text.split_once('/')) else { return false };
        let state = get("State").filter(|word| !word.is_empty()).map(ArrayState::read);
        let number = number.trim().parse().ok();
        let Some(array) = number.and_then(|number| array_at(&mut self.draft.one.arrays, number)) else { return false };
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

    fn enclosure(&mut self, cells: &Cells) -> bool {
        let get = |name: &str| cell(cells, name);
        let told = |name: &str| get(name).filter(|text| !is_none(text)).map(str::to_owned);
        let Some(number) = get("EID").and_then(|number| number.parse().ok()) else { return false };
        let (state, model) = (told("State"), told("ProdID"));
        self.draft.one.enclosures.push(Enclosure { number, state, model });
        true
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
    fn battery(&mut self, title: &str, property: &str, value: &str) -> bool {
        let Some(battery) = &mut self.draft.one.battery else { return is_of_battery(title) };
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
}

/// A drive's state. The second versions have its use in `State`, and how it is in `Status`.
fn state(state: Option<&str>, status: Option<&str>) -> Option<DriveState> {
    let read = |word: Option<&str>| word.filter(|word| !word.is_empty()).map(DriveState::read);
    match (read(state), read(status)) {
        (
            Some(used @ (DriveState::Spare | DriveState::Jbod)),
            Some(DriveState::Online | DriveState::UnconfiguredGood),
        ) => Some(used),
        (state, status) => status.or(state),
    }
}

fn group(text: &str) -> Option<Group> {
    match text {
        "-" => Some(Group::None),
        "F" => Some(Group::Foreign),
        number => number.parse().ok().map(Group::Number),
    }
}

/// Whether a table is one of those of `/cx/bbu show all` and `/cx/cv show all`.
fn is_of_battery(title: &str) -> bool {
    let title = title.strip_prefix("BBU_").unwrap_or(title);
    ["Info", "GasGauge", "Design", "Capacity", "Properties", "Firmware_Status", "Cachevault_Info"]
        .iter()
        .any(|of| title.starts_with(of))
}

/// `PDs for VD 0`; of storcli2, the virtual drive that was told of last.
fn of_list<'a>(title: &str, one: &'a mut Controller) -> Option<&'a mut Array> {
    if title == "PDs" {
        return one.arrays.last_mut();
    }
    let number = title.strip_prefix("PDs for VD ")?.parse().ok()?;
    one.arrays.iter_mut().find(|array| array.number == Some(number))
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
