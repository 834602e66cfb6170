//! Drives and arrays behind the controller.

use crate::fields::Fields;

/// What a list has, and how many entries it says that it has beyond those that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    /// In the order of the firmware.
    pub items: Vec<T>,
    /// Entries that the reply says it has and that are not in it: ask again with a longer buffer.
    pub missing: u32,
}

/// Entries of `size` bytes from offset 8 on.
fn list<'a, T>(reply: Fields<'a>, count: u32, size: usize, item: impl Fn(Fields<'a>) -> Option<T>) -> List<T> {
    let all = usize::try_from(count).unwrap_or(usize::MAX);
    let items: Vec<T> = reply.from(8).0.chunks_exact(size).take(all).map_while(|entry| item(Fields(entry))).collect();
    let missing = count.saturating_sub(u32::try_from(items.len()).unwrap_or(u32::MAX));
    List { items, missing }
}

/// `struct MR_PD_ADDRESS`: a device in the list. Enclosures are in it too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `deviceId`: the number to ask for it by, and the target of pass-through. It is given anew when a drive is put
    /// in.
    pub id: u16,
    /// `enclDeviceId`: the enclosure's own `id`; FFFFh is none.
    pub enclosure: u16,
    /// `enclIndex`
    pub enclosure_index: u8,
    /// `slotNumber`
    pub slot: u8,
    /// `scsiDevType`: 0 a disk, 0Dh an enclosure, as in INQUIRY.
    pub kind: u8,
    /// `sasAddr` of both ports; 0 is none.
    pub addresses: [u64; 2],
}

/// `struct MR_PD_LIST`, by `MR_DCMD_PD_LIST_QUERY` 0201_0100h or the older 0201_0000h.
#[must_use]
pub fn drives(data: &[u8]) -> Option<List<Address>> {
    let reply = Fields(data);
    Some(list(reply, reply.le32(4)?, 24, |entry| {
        Some(Address {
            id: entry.le16(0)?,
            enclosure: entry.le16(2)?,
            enclosure_index: entry.u8(4)?,
            slot: entry.u8(5)?,
            kind: entry.u8(6)?,
            addresses: [entry.le64(8)?, entry.le64(16)?],
        })
    }))
}

/// `struct MR_PD_INFO`, 512 bytes, by `MR_DCMD_PD_GET_INFO` 0202_0000h.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive<'a> {
    /// `ref.deviceId`
    pub id: u16,
    /// `inquiryData`, 96 bytes: [`crate::scsi::inquiry::parse`] reads it. Of a SATA drive the vendor is "ATA".
    pub inquiry: &'a [u8],
    /// `vpdPage83`, 64 bytes, cut where the page is longer: [`crate::scsi::vpd::identification`] reads it.
    pub identification: &'a [u8],
    /// `scsiDevType`
    pub kind: u8,
    /// `mediaErrCount`
    pub media_errors: Option<u32>,
    /// `otherErrCount`: timeouts, resets, of the link rather than of the medium.
    pub other_errors: Option<u32>,
    /// `predFailCount`: how often the drive said that it will fail.
    pub predictions: Option<u32>,
    /// `lastPredFailEventSeqNum`: the event of the last, to be found in the log; 0 is none.
    pub last_prediction: Option<u32>,
    /// `fwState`
    pub state: Option<DriveState>,
    /// `state.ddf.pdType.isForeign`: it carries another controller's configuration.
    pub foreign: Option<bool>,
    /// `pathInfo.isPathBroken`: a bit a path.
    pub broken_paths: Option<u8>,
    /// `pathInfo.sasAddr`
    pub addresses: Option<[u64; 2]>,
    /// `rawSize`, in blocks.
    pub raw_blocks: Option<u64>,
    /// `userDataBlockSize`: bytes of a block, where the firmware tells it.
    pub block: Option<u16>,
    /// `enclDeviceId`; FFFFh is none.
    pub enclosure: Option<u16>,
    /// `slotNumber`
    pub slot: Option<u8>,
    /// `progInfo`: a rebuild, in 65535ths, while one is active.
    pub rebuild: Option<u16>,
    /// `badBlockTableFull`: the controller can map no more bad blocks away.
    pub bad_block_table_full: Option<bool>,
    /// `mediaType`, a number of the firmware's: MegaCli prints 0 as a hard disk and 1 as solid state.
    pub media: Option<u8>,
    /// `interfaceType`: 1 parallel SCSI, 2 SAS, 3 SATA, 4 Fibre Channel, 5 NVMe; 0 unknown (`enum MR_PD_TYPE` of the
    /// driver).
    pub interface: Option<u8>,
    /// `temperature`, degrees Celsius; 0 where the firmware gives none.
    pub temperature: Option<u8>,
    /// `bbmErr.bbmErrCount`, bad blocks managed, where `bbmErrCountSupported`.
    pub bad_blocks: Option<u32>,
}

/// `None` of a reply that ends before the state.
#[must_use]
pub fn drive(data: &[u8]) -> Option<Drive<'_>> {
    let reply = Fields(data);
    let rebuilding = reply.bit(260, 0) == Some(true);
    let addresses = || Some([reply.le64(200)?, reply.le64(208)?]);
    Some(Drive {
        id: reply.le16(0)?,
        inquiry: reply.bytes(4, 96)?,
        identification: reply.bytes(100, 64)?,
        kind: reply.u8(165)?,
        media_errors: reply.le32(168),
        other_errors: reply.le32(172),
        predictions: reply.le32(176),
        last_prediction: reply.le32(180),
        state: reply.le16(184).map(|state| DriveState::of(u32::from(state))),
        foreign: reply.bit(188, 4),
        broken_paths: reply.u8(193).map(|paths| paths & 0x0f),
        addresses: addresses(),
        raw_blocks: reply.le64(232),
        block: reply.le16(404).filter(|bytes| *bytes != 0),
        enclosure: reply.le16(256),
        slot: reply.u8(259),
        rebuild: reply.le16(264).filter(|_| rebuilding),
        bad_block_table_full: reply.u8(292).map(|full| full != 0),
        media: reply.u8(370),
        interface: reply.u8(401),
        temperature: reply.u8(402).filter(|degrees| *degrees != 0),
        bad_blocks: reply.le32(424).filter(|errors| errors & 1 == 1).map(|errors| errors >> 1),
    })
}

/// `enum MR_PD_STATE`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriveState {
    /// 00h: of no array.
    UnconfiguredGood,
    /// 01h: of no array, and found bad.
    UnconfiguredBad,
    /// 02h
    HotSpare,
    /// 10h: taken out of its array, by a person or by the firmware.
    Offline,
    /// 11h
    Failed,
    /// 14h: being rebuilt.
    Rebuild,
    /// 18h
    Online,
    /// 20h: its content is being copied to or from a spare.
    Copyback,
    /// 40h: given to the host as it is, JBOD.
    System,
    /// Any other number: at least a warning.
    Unknown(u32),
}

/// How bad a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// As it should be.
    None,
    /// On the way, not as it should be, or not known.
    Warning,
    /// Redundancy or data are lost.
    Critical,
}

impl DriveState {
    /// From the firmware's number.
    #[must_use]
    pub fn of(state: u32) -> Self {
        match state {
            0x00 => Self::UnconfiguredGood,
            0x01 => Self::UnconfiguredBad,
            0x02 => Self::HotSpare,
            0x10 => Self::Offline,
            0x11 => Self::Failed,
            0x14 => Self::Rebuild,
            0x18 => Self::Online,
            0x20 => Self::Copyback,
            0x40 => Self::System,
            unknown => Self::Unknown(unknown),
        }
    }

    /// The field's word for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::UnconfiguredGood => "unconfigured (good)",
            Self::UnconfiguredBad => "unconfigured (bad)",
            Self::HotSpare => "hot spare",
            Self::Offline => "offline",
            Self::Failed => "failed",
            Self::Rebuild => "rebuild",
            Self::Online => "online",
            Self::Copyback => "copyback",
            Self::System => "JBOD",
            Self::Unknown(_) => "in a state that is not known",
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn trouble(self) -> Trouble {
        match self {
            Self::UnconfiguredGood | Self::HotSpare | Self::Online | Self::System => Trouble::None,
            Self::Rebuild | Self::Copyback | Self::Unknown(_) => Trouble::Warning,
            Self::UnconfiguredBad | Self::Offline | Self::Failed => Trouble::Critical,
        }
    }
}

/// An entry of `struct MR_LD_LIST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrayRef {
    /// `ref.targetId`: the SCSI target that the host sees, and the number to ask for it by.
    pub target: u8,
    /// `state`
    pub state: ArrayState,
    /// `size`, in blocks.
    pub blocks: u64,
}

/// `struct MR_LD_LIST`, by `MR_DCMD_LD_GET_LIST` 0301_0000h.
#[must_use]
pub fn arrays(data: &[u8]) -> Option<List<ArrayRef>> {
    let reply = Fields(data);
    Some(list(reply, reply.le32(0)?, 16, |entry| {
        Some(ArrayRef { target: entry.u8(0)?, state: ArrayState::of(u32::from(entry.u8(4)?)), blocks: entry.le64(8)? })
    }))
}

/// State of an array: `MFI_LD_STATE_*` of FreeBSD's mfireg.h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayState {
    /// 0
    Offline,
    /// 1: of two redundancies (RAID 6) one is lost.
    PartiallyDegraded,
    /// 2
    Degraded,
    /// 3
    Optimal,
    /// Any other number: at least a warning.
    Unknown(u32),
}

impl ArrayState {
    /// From the firmware's number.
    #[must_use]
    pub fn of(state: u32) -> Self {
        match state {
            0 => Self::Offline,
            1 => Self::PartiallyDegraded,
            2 => Self::Degraded,
            3 => Self::Optimal,
            unknown => Self::Unknown(unknown),
        }
    }

    /// The field's word for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::PartiallyDegraded => "partially degraded",
            Self::Degraded => "degraded",
            Self::Optimal => "optimal",
            Self::Unknown(_) => "in a state that is not known",
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn trouble(self) -> Trouble {
        match self {
            Self::Optimal => Trouble::None,
            Self::PartiallyDegraded | Self::Unknown(_) => Trouble::Warning,
            Self::Offline | Self::Degraded => Trouble::Critical,
        }
    }
}

/// `struct mfi_ld_info` of FreeBSD's mfireg.h, by DCMD 0302_0000h. Not proven on hardware.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    /// `properties.ld.target_id`
    pub target: u8,
    /// `properties.name`, as an operator gave it.
    pub name: Option<String>,
    /// `properties.default_cache_policy`: what was set.
    pub cache_set: Option<CachePolicy>,
    /// `properties.current_cache_policy`: what is done; write-through where write-back was set means that the battery
    /// is bad.
    pub cache_now: Option<CachePolicy>,
    /// `params.primary_raid_level`, `params.raid_level_qualifier`, `params.secondary_raid_level`, by the DDF standard:
    /// 1, 0, 3 with more than one span is RAID 1+0.
    pub level: Option<[u8; 3]>,
    /// `params.num_drives`, of a span.
    pub drives: Option<u8>,
    /// `params.span_depth`
    pub spans: Option<u8>,
    /// `params.state`
    pub state: Option<ArrayState>,
    /// `params.is_consistent`: its redundancy was found to agree.
    pub consistent: Option<bool>,
    /// `size`, in blocks.
    pub blocks: Option<u64>,
}

/// `MR_LD_CACHE_*` of FreeBSD's mfireg.h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CachePolicy {
    /// Writes are told as done once they are in the cache; else write-through.
    pub write_back: bool,
    /// So even without a battery: data are lost with the power.
    pub write_back_without_battery: bool,
}

/// `None` of an empty reply.
#[must_use]
pub fn array(data: &[u8]) -> Option<Array> {
    let reply = Fields(data);
    let cache = |at| {
        let policy = reply.u8(at)?;
        Some(CachePolicy { write_back: policy & 0x01 != 0, write_back_without_battery: policy & 0x10 != 0 })
    };
    Some(Array {
        target: reply.u8(0)?,
        name: reply.c_text(4, 16),
        cache_set: cache(20),
        cache_now: cache(23),
        level: reply.bytes(32, 3).and_then(|level| level.try_into().ok()),
        drives: reply.u8(36),
        spans: reply.u8(37),
        state: reply.u8(38).map(|state| ArrayState::of(u32::from(state))),
        consistent: reply.u8(40).map(|consistent| consistent != 0),
        blocks: reply.le64(256),
    })
}
