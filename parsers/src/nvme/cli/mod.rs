//! nvme-cli 1.5 to 2.11: `smart-log`, `id-ctrl`, `error-log` and `list`, as text and as JSON (`-o json`).
//!
//! Each says a part of a drive, and most not of which: an output that follows another of the same controller, or of one that is not
//! named, is of the same drive.
//!
//! **Whether an output is whole.** JSON is, or does not parse. Of text, `smart-log` is whole if its last line is there, which is that of
//! the second thermal limit; `error-log` if it has as many entries as it announces; `list` if each row has all columns; and the last
//! line has an end.
//!
//! Sources: nvme-print-stdout.c and nvme-print-json.c of nvme-cli 2.11, nvme-print.c of 1.5 and 1.16; captures of 2.3 and 2.11.

mod json;
#[cfg(test)]
mod tests;
mod text;

use crate::output::Tally;
use crate::smartctl::Nvme;

/// What was printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// Drives, in the order of the output.
    pub drives: Vec<Drive>,
    /// How far it was understood, and whether it is whole. Of JSON, lines are keys.
    pub tally: Tally,
}

/// A drive, as far as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drive {
    /// The device that was asked: `nvme0`, `nvme0n1`.
    pub device: Option<String>,
    /// Serial number, as printed.
    pub serial: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Firmware.
    pub firmware: Option<String>,
    /// Capacity of its namespaces, bytes.
    pub bytes: Option<u64>,
    /// What it answered.
    pub answers: Nvme,
    /// Hash of what tells of it: tells drives apart that have no name.
    pub fingerprint: u64,
}

impl Drive {
    /// `nvme0` of `/dev/nvme0n1`.
    fn controller(&self) -> Option<&str> {
        let name = self.device.as_deref()?;
        let name = name.strip_prefix("/dev/").unwrap_or(name);
        let digits = name.strip_prefix("nvme")?;
        let number = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        name.get(..number + "nvme".len())
    }

    /// Whether another part may be of the same drive: nothing contradicts it, and nothing is told twice.
    fn takes(&self, more: &Self) -> bool {
        let differ = |a: Option<&str>, b: Option<&str>| a.is_some() && b.is_some() && a != b;
        let twice = self.answers.health.is_some() && more.answers.health.is_some()
            || self.answers.errors.is_some() && more.answers.errors.is_some()
            || self.serial.is_some() && more.serial.is_some();
        !twice && !differ(self.controller(), more.controller())
    }

    fn take(&mut self, more: Self) {
        let Self { device, serial, model, firmware, bytes, answers, fingerprint } = more;
        self.device = self.device.take().or(device);
        self.serial = self.serial.take().or(serial);
        self.model = self.model.take().or(model);
        self.firmware = self.firmware.take().or(firmware);
        self.bytes = self.bytes.or(bytes);
        self.answers.controller = self.answers.controller.take().or(answers.controller);
        self.answers.health = self.answers.health.take().or(answers.health);
        self.answers.errors = self.answers.errors.take().or(answers.errors);
        self.fingerprint ^= fingerprint.rotate_left(1);
    }
}

/// Adds what an output says to the drives that others told of.
fn add(drives: &mut Vec<Drive>, more: Drive) {
    match drives.last_mut().filter(|last| last.takes(&more)) {
        Some(last) => last.take(more),
        None => drives.push(more),
    }
}

/// Whether bytes are an output of these.
pub fn recognise(bytes: &[u8]) -> bool {
    text::recognise(bytes) || json::recognise(bytes)
}

/// Reads outputs, one or several.
pub fn read(bytes: &[u8]) -> Printed {
    if json::recognise(bytes) { json::read(bytes) } else { text::read(bytes) }
}
