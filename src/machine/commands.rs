//! The commands that are asked, as they are written on the wire. Which of them may be, is [`allow`](super::allow)'s to say.

use super::Request;

/// Protocols of ATA PASS-THROUGH (SAT-4, table 138).
const NON_DATA: u8 = 3;
const PIO_IN: u8 = 4;

/// An ATA command, for ATA PASS-THROUGH (16) or (12) (SAT-4, 12.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ata {
    /// The command register.
    pub command: u8,
    /// The features register.
    pub features: u16,
    /// The count register: how many blocks of 512 bytes come. 0 for a command without data.
    pub count: u16,
    /// LBA, 48 bits.
    pub lba: u64,
}

impl Ata {
    /// CHECK POWER MODE.
    pub const CHECK_POWER_MODE: Self = Self { command: 0xe5, features: 0, count: 0, lba: 0 };
    /// IDENTIFY DEVICE.
    pub const IDENTIFY: Self = Self { command: 0xec, features: 0, count: 1, lba: 0 };
    /// SMART READ DATA.
    pub const SMART_DATA: Self = Self::smart(0xd0, 0, 1);
    /// SMART READ ATTRIBUTE THRESHOLDS.
    pub const SMART_THRESHOLDS: Self = Self::smart(0xd1, 0, 1);
    /// SMART RETURN STATUS.
    pub const SMART_STATUS: Self = Self::smart(0xda, 0, 0);

    /// The signature that every SMART command has in LBA mid and high (ACS-3, 7.48).
    const fn smart(features: u16, log: u8, count: u16) -> Self {
        Self { command: 0xb0, features, count, lba: 0xc2_4f_00 | log as u64 }
    }

    /// SMART READ LOG: so many blocks of a log from its begin.
    pub const fn smart_log(log: u8, blocks: u16) -> Self {
        Self::smart(0xd5, log, blocks)
    }

    /// READ LOG EXT: so many blocks of a log from a page of it. The features register stays 0: 1 would reset the counters of log 11h.
    pub const fn log_ext(log: u8, page: u16, blocks: u16) -> Self {
        let [low, high] = page.to_le_bytes();
        Self { command: 0x2f, features: 0, count: blocks, lba: log as u64 | (low as u64) << 8 | (high as u64) << 32 }
    }

    /// Whether it is one of the commands with 48-bit registers.
    const fn is_extended(self) -> bool {
        self.command == 0x2f
    }

    /// Bytes that come.
    pub const fn len(self) -> u32 {
        self.count as u32 * 512
    }

    /// Whether none come.
    pub const fn is_empty(self) -> bool {
        self.count == 0
    }

    /// As ATA PASS-THROUGH (16). A command without data asks for the registers (CK_COND), which tell what it found.
    pub fn pass_through_16(self) -> Request {
        let [_, _, hob_high, hob_mid, hob_low, high, mid, low] = self.lba.to_be_bytes();
        let [features_hob, features] = self.features.to_be_bytes();
        let [count_hob, count] = self.count.to_be_bytes();
        let (protocol, flags) = self.protocol();
        let protocol = protocol << 1 | u8::from(self.is_extended());
        let cdb = [
            0x85,
            protocol,
            flags,
            features_hob,
            features,
            count_hob,
            count,
            hob_low,
            low,
            hob_mid,
            mid,
            hob_high,
            high,
            0,
            self.command,
            0,
        ];
        Request::scsi(cdb, self.len())
    }

    /// As ATA PASS-THROUGH (12), for bridges that know no other; `None` for a command with 48-bit registers.
    pub fn pass_through_12(self) -> Option<Request> {
        let [.., high, mid, low] = self.lba.to_be_bytes();
        let [_, features] = self.features.to_be_bytes();
        let [_, count] = self.count.to_be_bytes();
        let (protocol, flags) = self.protocol();
        let cdb = [0xa1, protocol << 1, flags, features, count, low, mid, high, 0, self.command, 0, 0];
        (!self.is_extended()).then(|| Request::scsi(cdb, self.len()))
    }

    /// Protocol; and T_LENGTH in the count register (2), BYT_BLOK blocks (4), T_DIR from the device (8); or CK_COND (20h).
    const fn protocol(self) -> (u8, u8) {
        if self.is_empty() { (NON_DATA, 0x20) } else { (PIO_IN, 0x0e) }
    }
}

/// INQUIRY (SPC-5, 6.7).
pub fn inquiry(len: u8) -> Request {
    Request::scsi([0x12, 0, 0, 0, len, 0], len.into())
}

/// INQUIRY for a page of vital product data.
pub fn vital_product_data(page: u8, len: u16) -> Request {
    let [high, low] = len.to_be_bytes();
    Request::scsi([0x12, 1, page, high, low, 0], len.into())
}

/// LOG SENSE (SPC-5, 6.9) of cumulative values, with SP = 0: nothing is saved.
pub fn log_sense(page: u8, subpage: u8, len: u16) -> Request {
    let [high, low] = len.to_be_bytes();
    Request::scsi([0x4d, 0, 0x40 | page & 0x3f, subpage, 0, 0, 0, high, low, 0], len.into())
}

/// MODE SENSE (6) (SPC-5, 6.14) of current values, without block descriptors.
pub fn mode_sense_6(page: u8, len: u8) -> Request {
    Request::scsi([0x1a, 8, page & 0x3f, 0, len, 0], len.into())
}

/// MODE SENSE (10) likewise.
pub fn mode_sense_10(page: u8, len: u16) -> Request {
    let [high, low] = len.to_be_bytes();
    Request::scsi([0x5a, 8, page & 0x3f, 0, 0, 0, 0, high, low, 0], len.into())
}

/// REQUEST SENSE (SPC-5, 6.39), fixed format.
pub fn request_sense(len: u8) -> Request {
    Request::scsi([0x03, 0, 0, 0, len, 0], len.into())
}

/// RECEIVE DIAGNOSTIC RESULTS (SPC-5, 6.34) of a page.
pub fn receive_diagnostic(page: u8, len: u16) -> Request {
    let [high, low] = len.to_be_bytes();
    Request::scsi([0x1c, 1, page, high, low, 0], len.into())
}

/// NVMe Identify (NVM Express 1.4, 5.15): CNS 0 a namespace, 1 the controller, 2 the active namespaces.
pub fn nvme_identify(cns: u8, nsid: u32) -> Request {
    Request::Nvme { opcode: 0x06, nsid, cdw10: [cns.into(), 0, 0, 0, 0, 0], len: 4_096 }
}

/// NVMe Get Log Page (NVM Express 1.4, 5.14) from the begin of a page. `retain` keeps the asynchronous event that the page would
/// otherwise acknowledge: whoever waits for it (the kernel) must not miss it. Versions before 1.3 do not know the bit.
/// `len` is a multiple of 4.
pub fn nvme_log(page: u8, nsid: u32, len: u32, retain: bool) -> Request {
    let dwords = (len / 4).saturating_sub(1);
    let cdw10 = u32::from(page) | u32::from(retain) << 15 | (dwords & 0xffff) << 16;
    Request::Nvme { opcode: 0x02, nsid, cdw10: [cdw10, dwords >> 16, 0, 0, 0, 0], len }
}

/// A command to the firmware of a MegaRAID controller, with up to three numbers as arguments.
pub fn dcmd(opcode: u32, arguments: [u32; 3], len: u32) -> Request {
    let mut mbox = [0; 12];
    let bytes = arguments.into_iter().flat_map(u32::to_le_bytes);
    mbox.iter_mut().zip(bytes).for_each(|(byte, value)| *byte = value);
    Request::Dcmd { opcode, mbox, len }
}

/// A request to the BMC.
pub fn ipmi(netfn: u8, command: u8, data: impl Into<Vec<u8>>) -> Request {
    Request::Ipmi { netfn, command, data: data.into() }
}
