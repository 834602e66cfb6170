//! What a MegaRAID controller is asked of itself, its drives and its events, and what it answers.
//!
//! **At most 13 commands to the firmware in a poll, one for each logical drive, and for each drive one and those of its own probe**
//! ([`scsi`], [`ata`]), which go through the controller:
//!
//! | DCMD | what | times |
//! | --- | --- | --- |
//! | 0101_0000h | the controller | 1 |
//! | 0201_0000h, else 0201_0100h | the list of drives | 2 |
//! | 0202_0000h | a drive | each, [`DRIVES_MAX`] at most |
//! | 0301_0000h | the list of logical drives; once more if it says that it has more than the 64 of old firmware | 2 |
//! | 0302_0000h | a logical drive | each, [`ARRAYS_MAX`] at most |
//! | 0501_0000h | the battery, if there is one | 1 |
//! | 0104_0100h | the event log: its sequence numbers | 1 |
//! | 0104_0300h | events, from a sequence number on: the last [`EVENTS_MAX`] numbers, [`AT_ONCE`] at a time | 4 |
//!
//! A drive that the controller gave up is not asked through it: a command that such a drive does not answer is one more for the
//! controller to reset it for.
//!
//! **Not proven on hardware**: event records, the battery, names and cache policies of logical drives, what the controller has of who a
//! drive is, and ATA pass-through to SATA drives, which no emulated controller answers. They are built on replies written after the
//! structures of the driver and of FreeBSD's. Lists, states and sizes are those that QEMU's `megasas-gen2` gives.

mod behind;

pub use behind::Behind;

use super::asker::Asker;
use super::got::{Got, Missing, Tally};
use super::{Controller, Topology, Volume, ata, scsi};
use crate::machine::commands::dcmd;
use crate::machine::{Failed, Host};
use arraywatch_parsers::megaraid::battery::{self, Battery};
use arraywatch_parsers::megaraid::controller::{self, Controller as Card};
use arraywatch_parsers::megaraid::device::{self, Address, Array, ArrayRef, DriveState};
use arraywatch_parsers::megaraid::event::{self, Event, LogInfo};
use arraywatch_parsers::scsi::inquiry;
use arraywatch_parsers::scsi::vpd::{self, Identification};

/// What it answered.
#[derive(Debug, Clone)]
pub struct Answers {
    /// Its path among the subjects of the host: `c0`.
    pub path: String,
    /// The kernel's driver.
    pub driver: String,
    /// The controller.
    pub card: Got<Card>,
    /// Its drives.
    pub drives: Vec<Drive>,
    /// What else is in the list: enclosures.
    pub enclosures: Vec<Address>,
    /// Why there is no list of drives.
    pub no_drives: Option<Missing>,
    /// Its logical drives.
    pub arrays: Vec<(ArrayRef, Got<Array>)>,
    /// Why there is no list of logical drives.
    pub no_arrays: Option<Missing>,
    /// Devices and logical drives beyond the bounds, or that the lists say they have and have not.
    pub passed_over: u64,
    /// The battery of its cache.
    pub battery: Got<Battery>,
    /// The numbers of the events.
    pub log: Got<LogInfo>,
    /// The newest events, the oldest first.
    pub events: Vec<Event>,
    /// Why reading the events ended before the newest.
    pub events_cut: Option<Missing>,
    /// What it shows to the host as disks.
    pub volumes: Vec<Volume>,
    /// The time zone of the host, to which its tools set the controller's clock: `Europe/Berlin`.
    pub zone: Option<String>,
    /// What asking its firmware took; what went through to the drives is counted with them.
    pub tally: Tally,
    /// Why it was asked no more.
    pub stopped: Option<Missing>,
}

/// A drive behind the controller.
#[derive(Debug, Clone)]
pub struct Drive {
    /// Where it is.
    pub address: Address,
    /// What the controller has of it.
    pub info: Got<Info>,
    /// What it answered itself, through the controller.
    pub told: Told,
}

/// What a drive answered through the controller.
#[derive(Debug, Clone)]
pub enum Told {
    /// By SCSI.
    Scsi(Box<scsi::Answers>),
    /// By ATA pass-through.
    Ata(Box<ata::Answers>),
    /// It was not asked.
    Nothing(NotTold),
}

/// Why a drive was not asked through the controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTold {
    /// The controller gave it up.
    GivenUp,
    /// Its number does not fit into a pass-through command, which has 8 bits for it.
    Number,
    /// The controller does not answer any more.
    Stopped(Missing),
}

/// [`device::Drive`], with its pages understood, and its own memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// `inquiryData`, if that is what a SCSI drive answers to INQUIRY.
    pub inquiry: Option<inquiry::Inquiry>,
    /// What the controller has of who it is, for a drive that cannot be asked itself.
    pub name: Name,
    /// `vpdPage83`
    pub identification: Option<Identification>,
    /// `mediaErrCount`
    pub media_errors: Option<u32>,
    /// `otherErrCount`
    pub other_errors: Option<u32>,
    /// `predFailCount`
    pub predictions: Option<u32>,
    /// `lastPredFailEventSeqNum`
    pub last_prediction: Option<u32>,
    /// `fwState`
    pub state: Option<DriveState>,
    /// `isForeign`
    pub foreign: Option<bool>,
    /// `isPathBroken`, a bit a path.
    pub broken_paths: Option<u8>,
    /// `rawSize`, in blocks.
    pub raw_blocks: Option<u64>,
    /// `userDataBlockSize`: the length of a block in bytes, where the firmware tells it.
    pub block: Option<u16>,
    /// `progInfo`: a rebuild, in 65535ths.
    pub rebuild: Option<u16>,
    /// `badBlockTableFull`
    pub bad_block_table_full: Option<bool>,
    /// `mediaType`: 0 hard disk, 1 solid state.
    pub media: Option<u8>,
    /// `interfaceType`: 2 SAS, 3 SATA.
    pub interface: Option<u8>,
    /// `temperature`, degrees Celsius.
    pub temperature: Option<u8>,
    /// `bbmErrCount`
    pub bad_blocks: Option<u32>,
}

impl Info {
    /// Its capacity.
    pub fn bytes(&self) -> Option<u64> {
        self.raw_blocks?.checked_mul(self.block?.into()).filter(|bytes| *bytes > 0)
    }

    /// Whether it is a SATA drive, which answers ATA pass-through.
    pub fn is_ata(&self) -> bool {
        self.interface == Some(SATA) || self.inquiry.as_ref().is_some_and(inquiry::Inquiry::is_ata)
    }
}

/// Who a drive is, by `inquiryData`: less than what the drive itself says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// Serial number; of a SAS drive its first letters, for the whole one is in VPD page 80h, which is not there.
    pub serial: Option<String>,
    /// Model; of a SAS drive at most 16 letters.
    pub model: Option<String>,
    /// Firmware; of a SAS drive 4 letters.
    pub firmware: Option<String>,
}

impl Name {
    /// SPC-5 leaves bytes 36 to 55 of the standard INQUIRY data to the vendor. Drives have the beginning of their serial number there, if
    /// it is a word of letters and digits. Of SATA drives some firmware has the fields of IDENTIFY DEVICE in a row instead, behind the
    /// first 8 bytes: serial number (20 letters), model (40), firmware (8), as MegaCli prints them; not proven on hardware.
    fn of(data: &[u8], interface: Option<u8>) -> Self {
        let text = |at: usize, len: usize| {
            let bytes = data.get(at..at.checked_add(len)?)?;
            let text = std::str::from_utf8(bytes).ok()?.trim_matches([' ', '\0']);
            (!text.is_empty() && !text.contains(char::is_control)).then(|| text.to_owned())
        };
        if interface == Some(SATA) && data.get(8..12) != Some(b"ATA ") {
            return Self {
                serial: text(8, 20).filter(|text| is_serial(text)),
                model: text(28, 40),
                firmware: text(68, 8),
            };
        }
        let area = text(36, 20).and_then(|area| area.split([' ', '\0']).next().map(str::to_owned));
        Self { serial: area.filter(|word| is_serial(word)), model: text(16, 16), firmware: text(32, 4) }
    }
}

/// Copyright lines, dates and part numbers stand where serial numbers do: a word too short, or without a digit, is none.
fn is_serial(text: &str) -> bool {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    letters && text.len() >= 6 && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// `enum MR_PD_TYPE`
const SATA: u8 = 3;
/// `scsiDevType` of a disk.
const DISK: u8 = 0;

/// `MAX_PHYSICAL_DEVICES` of `megaraid_sas.h` is 256; a few of them are enclosures.
pub const DRIVES_MAX: usize = 256;
/// `MAX_LOGICAL_DRIVES_EXT` of `megaraid_sas.h`.
pub const ARRAYS_MAX: usize = 256;
/// So many sequence numbers back events are read.
pub const EVENTS_MAX: u32 = 256;
/// So many events in a reply.
pub const AT_ONCE: u32 = 64;

/// Length of `struct MR_PD_LIST` with 256 entries, `MR_PD_INFO`, `MR_LD_LIST` with 64 and with 256, `mfi_ld_info`, `mfi_bbu_status`,
/// `megasas_ctrl_info`, `megasas_evt_log_info`, and of the events of one reply.
const DRIVE_LIST: u32 = 8 + 24 * 256;
const DRIVE_INFO: u32 = 512;
const ARRAY_LIST: u32 = 8 + 16 * 64;
const LONG_ARRAY_LIST: u32 = 8 + 16 * 256;
const ARRAY_INFO: u32 = 512;
const BATTERY: u32 = 64;
const CARD: u32 = 2_048;
const LOG_INFO: u32 = 20;
const EVENTS: u32 = 8 + 256 * AT_ONCE;

/// `union megasas_evt_class_locale`: all locales, and all classes but progress and debugging, which swamp the log.
const ALL_BUT_PROGRESS: u32 = 0x0000_ffff;

/// `MFI_STAT_NOT_FOUND`: no more events.
const NOT_FOUND: u8 = 0x23;

/// Asks the card.
pub fn read(host: &mut dyn Host, controller: &Controller, topology: &Topology) -> Answers {
    let device = format!("megaraid/{}", controller.hosts.first().copied().unwrap_or(0));
    let zone = host.link("/etc/localtime").ok();
    let zone = zone.and_then(|path| Some(path.split_once("/zoneinfo/")?.1.to_owned()));
    let mut asker = Asker::new(host, &device);
    let card = asker.get(&dcmd(0x0101_0000, [0; 3], CARD), controller::controller);
    let listed = drive_list(&mut asker);
    let arrays = array_list(&mut asker);
    let mut passed_over = 0;
    let (no_drives, addresses) = items(listed, DRIVES_MAX, &mut passed_over);
    let (no_arrays, refs) = items(arrays, ARRAYS_MAX, &mut passed_over);
    let (disks, enclosures): (Vec<Address>, Vec<Address>) =
        addresses.into_iter().partition(|address| address.kind == DISK);
    let infos: Vec<(Address, Got<Info>)> = disks
        .into_iter()
        .map(|address| {
            let id = u32::from(address.id);
            let info = asker.get(&dcmd(0x0202_0000, [id, 0, 0], DRIVE_INFO), |data| device::drive(data).map(Info::of));
            (address, info)
        })
        .collect();
    let array = |array: ArrayRef| {
        let info = asker.get(&dcmd(0x0302_0000, [array.target.into(), 0, 0], ARRAY_INFO), device::array);
        (array, info)
    };
    let arrays = refs.into_iter().map(array).collect();
    let battery = match &card {
        Ok(Card { battery: Some(false), .. }) => Err(Missing::Absent),
        _ => asker.get(&dcmd(0x0501_0000, [0; 3], BATTERY), battery::battery),
    };
    let log = asker.get(&dcmd(0x0104_0100, [0; 3], LOG_INFO), event::log_info);
    let (events, events_cut) = match &log {
        Ok(log) => events(&mut asker, log),
        Err(why) => (Vec::new(), Some(*why)),
    };
    let Asker { tally, stopped, .. } = asker;
    // The drives come last: what the controller knows of all is told before one of them keeps its reader waiting.
    let mut silent = stopped;
    let drives = infos
        .into_iter()
        .map(|(address, info)| {
            let told = drive(host, &device, &address, &info, &mut silent);
            Drive { address, info, told }
        })
        .collect();
    let volumes = topology.volumes.iter().filter(|volume| volume.controller == controller.path).cloned().collect();
    Answers {
        path: controller.path.clone(),
        driver: controller.driver.clone(),
        card,
        drives,
        enclosures,
        no_drives,
        arrays,
        no_arrays,
        passed_over,
        battery,
        log,
        events,
        events_cut,
        volumes,
        zone,
        tally,
        stopped,
    }
}

fn drive_list(asker: &mut Asker<'_>) -> Got<device::List<Address>> {
    let list = asker.get(&dcmd(0x0201_0000, [0; 3], DRIVE_LIST), device::drives);
    if list.is_ok() || asker.stopped.is_some() {
        return list;
    }
    // `MR_PD_QUERY_TYPE_ALL` is 0.
    asker.get(&dcmd(0x0201_0100, [0; 3], DRIVE_LIST), device::drives)
}

/// The longer list is another one: the first byte of the mailbox asks for it (the driver's `supportmaxVDs`), and firmware that does not
/// know it refuses the length (QEMU's does).
fn array_list(asker: &mut Asker<'_>) -> Got<device::List<ArrayRef>> {
    let list = asker.get(&dcmd(0x0301_0000, [0; 3], ARRAY_LIST), device::arrays)?;
    if list.missing == 0 {
        return Ok(list);
    }
    let long = asker.get(&dcmd(0x0301_0000, [1, 0, 0], LONG_ARRAY_LIST), device::arrays);
    Ok(long.ok().filter(|long| long.items.len() > list.items.len()).unwrap_or(list))
}

/// Why there are none, and those within a bound.
fn items<T>(list: Got<device::List<T>>, max: usize, passed_over: &mut u64) -> (Option<Missing>, Vec<T>) {
    match list {
        Ok(mut list) => {
            let beyond = list.items.len().saturating_sub(max);
            *passed_over += u64::from(list.missing) + u64::try_from(beyond).unwrap_or(u64::MAX);
            list.items.truncate(max);
            (None, list.items)
        }
        Err(why) => (Some(why), Vec::new()),
    }
}

/// The events of the last numbers.
fn events(asker: &mut Asker<'_>, log: &LogInfo) -> (Vec<Event>, Option<Missing>) {
    // Numbers may wrap.
    let all = log.newest.wrapping_sub(log.oldest);
    let mut left = all.saturating_add(1).min(EVENTS_MAX);
    let mut from = log.newest.wrapping_sub(left.saturating_sub(1));
    let mut events: Vec<Event> = Vec::new();

    while left > 0 {
        let got = asker.get(&dcmd(0x0104_0300, [from, ALL_BUT_PROGRESS, 0], EVENTS), event::events);
        let batch = match got {
            Ok(batch) => batch.events,
            Err(Missing::Firmware(NOT_FOUND)) => break,
            Err(why) => return (events, Some(why)),
        };
        // Each reply leads on, or it is the last: numbers that are passed over are of events that were not asked for.
        let first = from;
        let ahead = |event: &Event| event.sequence.wrapping_sub(first) < left;
        let fresh: Vec<Event> = batch.into_iter().take(EVENTS_MAX as usize).filter(ahead).collect();
        let Some(last) = fresh.iter().map(|event| event.sequence.wrapping_sub(first)).max() else { break };
        let passed = last.saturating_add(1);
        from = first.wrapping_add(passed);
        left -= passed.min(left);
        events.extend(fresh);
    }
    (events, None)
}

/// Asks a drive through the controller.
fn drive(host: &mut dyn Host, device: &str, address: &Address, info: &Got<Info>, silent: &mut Option<Missing>) -> Told {
    let info = info.as_ref().ok();
    if let Some(failed) = *silent {
        return Told::Nothing(NotTold::Stopped(failed));
    }
    if matches!(info.and_then(|info| info.state), Some(DriveState::Failed | DriveState::UnconfiguredBad)) {
        return Told::Nothing(NotTold::GivenUp);
    }
    let Ok(number) = u8::try_from(address.id) else { return Told::Nothing(NotTold::Number) };
    let mut behind = Behind::new(host, device, number);
    if info.is_some_and(Info::is_ata) {
        return Told::Ata(Box::new(ata::read(&mut behind, device)));
    }
    let answers = scsi::read(&mut behind, device);
    // The reader waits for this command still, and sends no other.
    *silent = answers.stopped.filter(|stopped| *stopped == Missing::Failed(Failed::NoAnswer));
    Told::Scsi(Box::new(answers))
}

impl Info {
    fn of(drive: device::Drive<'_>) -> Self {
        // QEMU's firmware has nothing of the drive in it, and says by a qualifier of 3 that no device could be there.
        let there = drive.inquiry.first().is_some_and(|first| first >> 5 == 0);
        let by_ata = drive.interface == Some(SATA) && drive.inquiry.get(8..12) != Some(b"ATA ");
        Self {
            inquiry: inquiry::parse(drive.inquiry).filter(|inquiry| there && !by_ata && inquiry.product.is_some()),
            name: if there { Name::of(drive.inquiry, drive.interface) } else { Name::default() },
            identification: vpd::identification(drive.identification),
            media_errors: drive.media_errors,
            other_errors: drive.other_errors,
            predictions: drive.predictions,
            last_prediction: drive.last_prediction,
            state: drive.state,
            foreign: drive.foreign,
            broken_paths: drive.broken_paths,
            raw_blocks: drive.raw_blocks,
            block: drive.block,
            rebuild: drive.rebuild,
            bad_block_table_full: drive.bad_block_table_full,
            media: drive.media,
            interface: drive.interface,
            temperature: drive.temperature,
            bad_blocks: drive.bad_blocks,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
