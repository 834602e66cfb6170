//! Several answers about one controller, put together.

use super::build::Builder;
use super::{Array, Controller, Drive, Enclosure};

impl Builder {
    /// An answer about a controller that was told of before adds to that.
    pub(super) fn merge(&mut self, one: Controller, controllers: Option<u64>) {
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
        let more = |more: &Enclosure| !known.enclosures.iter().any(|known| known.number == more.number);
        let more: Vec<Enclosure> = one.enclosures.into_iter().filter(more).collect();
        known.enclosures.extend(more);
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
