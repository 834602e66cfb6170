//! What came of a question to a drive: what it answered, understood; or why there is nothing. The reason matters: a log that a
//! drive does not have is no gap in what is known of it, a log that it could not give today is.

use crate::machine::{Failed, Reply, Status};
use arraywatch_parsers::nvme::logs::errors::Status as NvmeStatus;
use arraywatch_parsers::scsi::sense::{self, Additional, Key};
use std::fmt;

/// What was understood, or why there is nothing.
pub type Got<T> = Result<T, Missing>;

/// Why there is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It was not asked: what the drive said of itself before does not have it.
    Absent,
    /// It was not asked: the drive could not be asked any more, or it is not to be woken.
    NotAsked,
    /// It was not asked: the way to the drive cannot carry the command.
    NoWay,
    /// There was no answer.
    Failed(Failed),
    /// The host adapter did not bring an answer: `DID_…` of `include/scsi/scsi_status.h`.
    Host(u16),
    /// The drive did not take the command: SCSI status other than check condition (SAM-5: 08h busy, 18h reservation conflict).
    Status(u8),
    /// The drive refused or failed the command, and says why.
    Sense(Key, Option<Additional>),
    /// The firmware of the RAID controller before the drive refused (`MFI_STAT_…`).
    Firmware(u8),
    /// The NVMe controller refused or failed the command: bits 10:8 of the status are the type, 7:0 the code.
    Nvme(u16),
    /// What came makes no sense.
    Nonsense,
}

/// `DID_NO_CONNECT` and `DID_TIME_OUT`.
const NO_CONNECT: u16 = 1;
const TIME_OUT: u16 = 3;
/// `MFI_STAT_SCSI_DONE_WITH_ERROR`: the drive answered with an error; sense data tells which.
const DONE_WITH_ERROR: u8 = 0x2d;
/// CHECK CONDITION (SAM-5).
const CHECK_CONDITION: u8 = 2;
/// `DRIVER_TIMEOUT`, of kernels that still have it.
const DRIVER_TIMEOUT: u16 = 6;

impl Missing {
    /// Why a reply is not a good one; `None` if it is.
    pub fn of(reply: &Reply) -> Option<Self> {
        match reply.status {
            Status::Failed(failed) => Some(Self::Failed(failed)),
            Status::Scsi { driver, .. } if driver & 0xf == DRIVER_TIMEOUT => Some(Self::Host(TIME_OUT)),
            Status::Scsi { host, .. } if host != 0 => Some(Self::Host(host)),
            Status::Scsi { status: 0, .. } | Status::Firmware(0) | Status::Ipmi(0) => None,
            Status::Scsi { status: CHECK_CONDITION, .. } | Status::Firmware(DONE_WITH_ERROR) => {
                let sense = sense::parse(&reply.sense);
                Some(sense.map_or(Self::Status(CHECK_CONDITION), |sense| Self::Sense(sense.key, sense.additional)))
            }
            Status::Scsi { status, .. } => Some(Self::Status(status)),
            Status::Firmware(status) | Status::Ipmi(status) => Some(Self::Firmware(status)),
            Status::Nvme { status, .. } => Some(status & 0x7ff).filter(|status| *status != 0).map(Self::Nvme),
        }
    }

    /// Whether the drive does not know what it is asked, and never will: that is no trouble.
    pub fn is_refusal(self) -> bool {
        match self {
            // ABRT alone comes as aborted command without more (libata's ata_to_sense_error); 47h and others are of the link.
            Self::Sense(Key::Aborted, more) => more.is_none_or(|more| more.code == 0),
            Self::Sense(Key::IllegalRequest, _) | Self::Absent | Self::NoWay => true,
            // Invalid opcode, field and namespace; invalid log page (NVM Express 1.4, figures 127 and 128).
            Self::Nvme(status) => matches!(status, 0x001 | 0x002 | 0x00b | 0x109),
            _ => false,
        }
    }

    /// Whether another question would fare no better, or would do harm, after so many that were answered. A capture that lacks one
    /// answer among others is one of another version of arraywatch.
    pub fn ends(self, tally: Tally) -> bool {
        self.is_end() && (self != Self::Failed(Failed::NotAsked) || tally.commands == 0)
    }

    fn is_end(self) -> bool {
        match self {
            Self::Failed(failed) => !matches!(failed, Failed::System(_)) || failed.is_absence() || failed.is_denial(),
            Self::Host(host) => matches!(host, NO_CONNECT | TIME_OUT),
            // Path related: the host has given up the path, or resets the controller.
            Self::Nvme(status) => status >> 8 == 3,
            _ => false,
        }
    }

    /// Whether it says that the drive was asked and gave no sign of life.
    pub fn is_silence(self) -> bool {
        match self {
            Self::Failed(failed) => failed == Failed::NoAnswer || failed.is_absence(),
            Self::Host(_) => self.is_end(),
            Self::Nvme(status) => status >> 8 == 3,
            _ => false,
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Absent => f.write_str("the drive says that it does not have it"),
            Self::NotAsked => f.write_str("it was not asked"),
            Self::NoWay => f.write_str("the way to the drive cannot carry the command"),
            Self::Failed(failed) => failed.fmt(f),
            Self::Host(NO_CONNECT) => f.write_str("the host adapter cannot reach the drive"),
            Self::Host(TIME_OUT) => f.write_str("the kernel gave the command up"),
            Self::Host(host) => write!(f, "the host adapter brought no answer (DID {host:02x}h)"),
            Self::Status(status) => write!(f, "the drive did not take the command (SCSI status {status:02x}h)"),
            Self::Sense(key, more) => {
                write!(f, "the drive answered: {}", key.words())?;
                more.map_or(Ok(()), |more| write!(f, " {:02x}h/{:02x}h", more.code, more.qualifier))
            }
            Self::Firmware(status) => write!(f, "the controller's firmware refused (status {status:02x}h)"),
            Self::Nvme(status) => {
                let NvmeStatus { kind, code, .. } = NvmeStatus::of_word(status << 1);
                write!(f, "the drive answered with status {kind:x}h/{code:02x}h")
            }
            Self::Nonsense => f.write_str("the answer makes no sense"),
        }
    }
}

/// What questions cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Commands that the drive got.
    pub commands: u64,
    /// The longest that one of them took, in microseconds.
    pub slowest: u64,
}

impl Tally {
    /// Counts a command, if it was sent.
    pub fn add(&mut self, reply: &Reply) {
        if matches!(reply.failure(), None | Some(Failed::NoAnswer)) {
            self.commands += 1;
            self.slowest = self.slowest.max(reply.micros);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_and_why_they_are_none() {
        let check = |status, sense: &[u8], shown: Option<&str>, traits: [bool; 3]| {
            let reply = Reply { status, data: Vec::new(), sense: sense.to_vec(), micros: 1 };
            let missing = Missing::of(&reply);
            assert_eq!(missing.map(|missing| missing.to_string()).as_deref(), shown, "{status:?}");
            let told =
                missing.map_or([false; 3], |missing| [missing.is_refusal(), missing.is_end(), missing.is_silence()]);
            assert_eq!(told, traits, "{status:?}");
        };
        let scsi = |status, host, driver| Status::Scsi { status, host, driver };
        let nvme = |status| Status::Nvme { status, result: 0 };
        let fixed = |key, asc| [0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, 0, 0, 0, 0, 0];
        let [not, refused, end, silent] = [[false; 3], [true, false, false], [false, true, false], [false, true, true]];
        check(scsi(0, 0, 0), &[], None, not);
        check(scsi(2, 0, 8), &fixed(5, 0x20), Some("the drive answered: illegal request 20h/00h"), refused);
        check(scsi(2, 0, 8), &fixed(0xb, 0), Some("the drive answered: aborted command 00h/00h"), refused);
        check(scsi(2, 0, 8), &fixed(0xb, 0x47), Some("the drive answered: aborted command 47h/00h"), not);
        check(scsi(2, 0, 8), &fixed(4, 0x44), Some("the drive answered: hardware error 44h/00h"), not);
        check(scsi(2, 0, 8), &[], Some("the drive did not take the command (SCSI status 02h)"), not);
        check(scsi(8, 0, 0), &[], Some("the drive did not take the command (SCSI status 08h)"), not);
        check(scsi(0, 1, 0), &[], Some("the host adapter cannot reach the drive"), silent);
        check(scsi(0, 3, 0), &[], Some("the kernel gave the command up"), silent);
        check(scsi(0, 0, 6), &[], Some("the kernel gave the command up"), silent);
        check(scsi(0, 7, 0), &[], Some("the host adapter brought no answer (DID 07h)"), not);
        check(Status::Firmware(0), &[], None, not);
        check(Status::Firmware(0x2d), &fixed(5, 0x24), Some("the drive answered: illegal request 24h/00h"), refused);
        check(Status::Firmware(0xc), &[], Some("the controller's firmware refused (status 0ch)"), not);
        check(nvme(0), &[], None, not);
        check(nvme(0x4002), &[], Some("the drive answered with status 0h/02h"), refused);
        check(nvme(0x109), &[], Some("the drive answered with status 1h/09h"), refused);
        check(nvme(0x281), &[], Some("the drive answered with status 2h/81h"), not);
        check(nvme(0x371), &[], Some("the drive answered with status 3h/71h"), silent);
        check(Status::Failed(Failed::NoAnswer), &[], Some("it did not answer"), silent);
        check(Status::Failed(Failed::Asleep), &[], Some("it sleeps and was not woken"), end);
        check(Status::Failed(Failed::System(libc::EACCES)), &[], Some("Permission denied"), end);
        check(Status::Failed(Failed::System(libc::EIO)), &[], Some("I/O error"), not);
    }
}
