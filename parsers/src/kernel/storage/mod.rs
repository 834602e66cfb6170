//! What a line of the Linux kernel says about storage.
//!
//! A line is understood in two steps: its head says which driver speaks and about what (`head`), a table of phrases
//! says what happened (`phrases`). A line of a known driver that fits no phrase is [`Kind::Other`], to be counted; a
//! line of no driver of storage is nothing. Only text that the kernel itself wrote is a fact: see
//! [`super::kmsg::Priority::is_kernel`].
//!
//! FreeBSD's kernel speaks otherwise: see [`super::freebsd`].

mod head;
mod kind;
mod log_info;
pub(super) mod phrase;
mod phrases;

#[cfg(test)]
mod tests;

pub use kind::Kind;
pub use log_info::{LogInfo, Originator, log_info};
pub use phrase::Field;

/// Which driver or layer speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Driver {
    /// libata and the drivers under it.
    Ata,
    /// The SCSI layer, sd, and what SCSI hosts say of their devices.
    Scsi,
    /// The block layer.
    Block,
    /// nvme, all transports.
    Nvme,
    /// md and its personalities.
    Md,
    /// mpt3sas, mpt2sas, mptsas.
    Mpt,
    /// megaraid_sas.
    MegaraidSas,
    /// hpsa, smartpqi.
    Hpsa,
    /// aacraid.
    Aacraid,
    /// PCI Express: AER, DPC, hot plug.
    Pcie,
    /// ext4, XFS, btrfs, jbd2.
    FileSystem,
}

/// `host:channel:id:lun`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScsiAddress {
    /// Host adapter.
    pub host: u32,
    /// Channel of it.
    pub channel: u32,
    /// Target.
    pub id: u32,
    /// Logical unit.
    pub lun: u64,
}

/// What a line speaks about. None of these names is an identity: they are given anew at every boot and hot plug.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The line does not say.
    Unnamed,
    /// Block device: `sda`, `nvme0n1`, `dm-3`; of multipath NVMe a path, `nvme0c1n1`.
    Device(String),
    /// NVMe controller.
    Nvme(u32),
    /// md array: `md0`.
    Md(String),
    /// ATA port, and the device behind it: `ata3.00`.
    Ata {
        /// Port, from 1.
        port: u32,
        /// Device, or link of a port multiplier, from 0.
        device: Option<u32>,
    },
    /// SCSI logical unit.
    Scsi {
        /// Its address.
        address: ScsiAddress,
        /// The disk's name, where the line has it.
        disk: Option<String>,
    },
    /// SCSI target.
    ScsiTarget {
        /// Host adapter.
        host: u32,
        /// Channel of it.
        channel: u32,
        /// Target.
        id: u32,
    },
    /// SCSI host.
    ScsiHost(u32),
    /// PCI function: `0000:03:00.0`.
    Pci(String),
    /// MPT controller, from 0.
    Mpt(u32),
    /// aacraid controller, from 0.
    Aac(u32),
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Who speaks.
    pub driver: Driver,
    /// About what.
    pub about: About,
    /// What happened.
    pub kind: Kind,
    /// The values the line has, in its order, as they stand there.
    pub values: Vec<(Field, String)>,
}

impl Event {
    /// A value, as it stands in the line; of a field that occurs twice, the first.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.values.iter().find_map(|(known, value)| (*known == field).then_some(value.as_str()))
    }

    /// A value as a number; hexadecimal fields are read as such. `None` for what is negative or no number.
    pub fn number(&self, field: Field) -> Option<u64> {
        field.number(self.text(field)?)
    }

    /// The sector of 512 bytes the line names.
    pub fn sector(&self) -> Option<u64> {
        self.number(Field::Sector)
    }
}

/// Reads one line of kernel text, without its time stamp. `None` if no driver of storage wrote it.
///
/// A record of /dev/kmsg may hold several lines (md's disk failure, libata's failed command): give them one by one.
pub fn event(line: &str) -> Option<Event> {
    let line = line.trim_end();
    let Some(head) = head::head(line) else { return phrases::headless(line) };
    let (kind, values) = phrases::of(head.driver, head.rest).unwrap_or((Kind::Other, Vec::new()));
    Some(Event { driver: head.driver, about: head.about, kind, values }.named_by_values())
}

impl Event {
    /// Where the head names nothing, a device among the values is what the line is about.
    fn named_by_values(mut self) -> Self {
        if self.about == About::Unnamed
            && let Some(name) = self.text(Field::Device)
        {
            // jbd2 adds the inode of the journal, which is always 8 (`EXT4_JOURNAL_INO`): `md0-8`.
            let name = name.strip_suffix("-8").filter(|name| *name != "dm").unwrap_or(name).to_owned();
            self.about = if self.driver == Driver::Md { About::Md(name) } else { About::Device(name) };
        }
        self
    }
}

/// When an event of a MegaRAID controller happened, by its own clock (`format_timestamp` in megaraid_sas_base.c).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControllerTime {
    /// `653853226s`: seconds since 2000-01-01 00:00, in the time zone the controller's clock was set to.
    Seconds(u32),
    /// `boot + 12s`: seconds since the controller started; its clock was not set yet. 24 bits.
    SinceBoot(u32),
}

impl ControllerTime {
    /// Reads the text of [`Field::When`].
    pub fn read(text: &str) -> Option<Self> {
        let text = text.strip_suffix('s')?;
        match text.strip_prefix("boot + ") {
            Some(seconds) => seconds.parse().ok().map(Self::SinceBoot),
            None => text.parse().ok().map(Self::Seconds),
        }
    }
}
