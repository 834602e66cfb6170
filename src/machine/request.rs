//! What a device is asked.

/// A command, whole: what is allowed is decided by all of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Request {
    /// A SCSI command (SPC, SBC, SAT, SES), data from the device.
    Scsi {
        /// The command descriptor block.
        cdb: Vec<u8>,
        /// Bytes that may come; 0 for a command without data.
        len: u32,
    },
    /// An NVMe admin command, data from the controller.
    Nvme {
        /// Admin opcode.
        opcode: u8,
        /// Namespace, 0 or FFFFFFFFh where none is meant.
        nsid: u32,
        /// Command dwords 10 to 15.
        cdw10: [u32; 6],
        /// Bytes that may come.
        len: u32,
    },
    /// A command to the firmware of a MegaRAID controller (DCMD), data from the controller.
    Dcmd {
        /// What is asked.
        opcode: u32,
        /// Its arguments.
        mbox: [u8; 12],
        /// Bytes that may come.
        len: u32,
    },
    /// A SCSI command to a drive behind a MegaRAID controller.
    Behind {
        /// The controller's number of the drive.
        drive: u8,
        /// The command descriptor block, at most 16 bytes.
        cdb: Vec<u8>,
        /// Bytes that may come.
        len: u32,
    },
    /// A request to the BMC.
    Ipmi {
        /// Network function.
        netfn: u8,
        /// Command.
        command: u8,
        /// Its arguments.
        data: Vec<u8>,
    },
}

impl Request {
    /// A SCSI command.
    pub fn scsi(cdb: impl Into<Vec<u8>>, len: u32) -> Self {
        Self::Scsi { cdb: cdb.into(), len }
    }

    /// The same command to a drive behind a MegaRAID controller; what is no SCSI command stays what it is.
    #[must_use]
    pub fn behind(self, drive: u8) -> Self {
        match self {
            Self::Scsi { cdb, len } => Self::Behind { drive, cdb, len },
            other => other,
        }
    }

    /// How many bytes may come.
    pub const fn len(&self) -> u32 {
        match self {
            Self::Scsi { len, .. } | Self::Nvme { len, .. } | Self::Dcmd { len, .. } | Self::Behind { len, .. } => *len,
            Self::Ipmi { .. } => 0,
        }
    }

    /// Whether no data may come.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
