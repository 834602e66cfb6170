//! What a device answers.

use super::Failed;

/// The answer to a command, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// How it ended.
    pub status: Status,
    /// Data from the device: as many bytes as it says it sent, or, where it does not say, as were asked for. Of a BMC, what follows
    /// the completion code.
    pub data: Vec<u8>,
    /// Sense data (SCSI).
    pub sense: Vec<u8>,
    /// How long it took, in microseconds. A slow answer is a fact.
    pub micros: u64,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// By SCSI: the device's status, then the kernel's for the host adapter and the driver (`include/scsi/scsi_status.h`).
    Scsi {
        /// 0 good, 2 check condition (SAM-5).
        status: u8,
        /// `DID_…`, 0 is good.
        host: u16,
        /// 08h: there is sense data.
        driver: u16,
    },
    /// By NVMe: the status field without the phase bit (0 is success), and dword 0 of the completion.
    Nvme {
        /// Bits 10:8 are the type, 7:0 the code.
        status: u16,
        /// Dword 0.
        result: u32,
    },
    /// By the firmware of a MegaRAID controller (`MFI_STAT_…` in `megaraid_sas.h`): 0 is good, 2Dh that a drive answered with an error.
    Firmware(u8),
    /// By IPMI: the completion code, 0 is good (IPMI 2.0, table 5-2).
    Ipmi(u8),
    /// There is no answer.
    Failed(Failed),
}

impl Reply {
    /// That there is no answer.
    pub const fn failed(failed: Failed) -> Self {
        Self { status: Status::Failed(failed), data: Vec::new(), sense: Vec::new(), micros: 0 }
    }

    /// Why there is no answer, if there is none.
    pub const fn failure(&self) -> Option<Failed> {
        match self.status {
            Status::Failed(failed) => Some(failed),
            _ => None,
        }
    }

    /// The data, if the device says that it did what it was asked. A check condition that carries an ATA status counts as well:
    /// whoever asks for one looks at the sense data.
    pub fn good(&self) -> Option<&[u8]> {
        let good = match self.status {
            Status::Scsi { status, host, .. } => status == 0 && host == 0,
            Status::Nvme { status, .. } => status & 0x7ff == 0,
            Status::Firmware(status) | Status::Ipmi(status) => status == 0,
            Status::Failed(_) => false,
        };
        good.then_some(&self.data)
    }
}
