//! The kernel's log.
//!
//! Only what the kernel itself wrote is its word: a program may write to `/dev/kmsg` as well, and is known by another facility. Of
//! the kernel's lines, those that tell something of storage are kept; all others are counted by why they are not.

use crate::machine::{Failed, Host};
use arraywatch_parsers::kernel::kmsg;
use arraywatch_parsers::kernel::storage::{self, Driver, Event, Kind};

/// The log.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// What tells of storage, in the order of the log.
    pub told: Vec<Told>,
    /// How many lines there are of which kind.
    pub counts: Counts,
    /// The first and the last record, by the kernel's count since the start. Where the first is not 0, older ones were overwritten.
    pub records: Option<(u64, u64)>,
    /// Why it could not be read.
    pub unread: Option<Failed>,
}

/// A line that tells of storage.
#[derive(Debug, Clone)]
pub struct Told {
    /// The record that it stands in, by the kernel's count since the start.
    pub sequence: u64,
    /// Its place in the record.
    pub line: u32,
    /// Microseconds since the start, by a clock that stands still while the machine sleeps.
    pub micros: u64,
    /// What it tells.
    pub event: Event,
    /// The line.
    pub text: String,
}

/// Lines of the log, by what became of them. Every line is in one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// They tell what happened to storage.
    pub told: u64,
    /// They tell what storage there is, as every start does.
    pub inventory: u64,
    /// A driver of storage wrote them, and they are not understood.
    pub not_understood: u64,
    /// They are of the kernel, and of anything but storage.
    pub other: u64,
    /// A program wrote them, not the kernel.
    pub programs: u64,
    /// They are no records.
    pub no_records: u64,
    /// Records that the kernel wrote between those that were read, and overwrote before.
    pub lost: u64,
}

/// Reads it.
pub fn read(host: &mut dyn Host) -> Log {
    let mut log = Log::default();
    let records = match host.kernel_log() {
        Ok(records) => records,
        Err(failed) => return Log { unread: Some(failed), ..log },
    };
    for text in records {
        match kmsg::record(text.as_bytes()) {
            Some(record) => log.take(&record),
            None => log.counts.no_records += 1,
        }
    }
    log
}

impl Log {
    fn take(&mut self, record: &kmsg::Record) {
        let (first, last) = self.records.unwrap_or((record.sequence, record.sequence));
        if self.records.is_some() {
            self.counts.lost += record.sequence.saturating_sub(last).saturating_sub(1);
        }
        self.records = Some((first.min(record.sequence), last.max(record.sequence)));
        for (line, text) in (0..).zip(record.text.lines()) {
            if !record.priority.is_kernel() {
                self.counts.programs += 1;
                continue;
            }
            match storage::event(text) {
                None => self.counts.other += 1,
                Some(event) if event.kind == Kind::Other => self.counts.not_understood += 1,
                Some(event) => {
                    let (sequence, micros) = (record.sequence, record.micros);
                    let inventory = event.kind == Kind::Inventory;
                    let told = Told { sequence, line, micros, event, text: text.to_owned() };
                    if inventory && !told.is_attached() {
                        self.counts.inventory += 1;
                    } else {
                        self.counts.told += 1;
                        self.told.push(told);
                    }
                }
            }
        }
    }
}

impl Told {
    /// Whether the line tells that a device is there now that was not before: what was said of its name until then, was said of
    /// another. A disk is told of when it gets its name, an NVMe controller when its driver takes it.
    pub fn is_attached(&self) -> bool {
        match self.event.driver {
            Driver::Scsi => self.event.kind == Kind::DeviceAdded && self.text.contains("Attached SCSI "),
            Driver::Nvme => self.event.kind == Kind::DeviceAdded || self.text.contains(": pci function "),
            _ => false,
        }
    }
}
