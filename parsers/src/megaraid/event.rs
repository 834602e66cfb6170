//! The controller's own log: the only one there is of a live MegaRAID without its maker's tools. Not proven on
//! hardware.

use super::device::{ArrayState, DriveState};
use crate::fields::Fields;

/// `struct megasas_evt_log_info`, by `MR_DCMD_CTRL_EVENT_GET_INFO` 0104_0100h: sequence numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogInfo {
    /// `newest_seq_num`
    pub newest: u32,
    /// `oldest_seq_num`: what was before is overwritten.
    pub oldest: u32,
    /// `clear_seq_num`: of the last clearing.
    pub clear: u32,
    /// `shutdown_seq_num`: of the last orderly shutdown. Before `boot`, with nothing between: the power was not lost.
    pub shutdown: u32,
    /// `boot_seq_num`: of the last start.
    pub boot: u32,
}

/// `None` if it is cut.
#[must_use]
pub fn log_info(data: &[u8]) -> Option<LogInfo> {
    let reply = Fields(data);
    Some(LogInfo {
        newest: reply.le32(0)?,
        oldest: reply.le32(4)?,
        clear: reply.le32(8)?,
        shutdown: reply.le32(12)?,
        boot: reply.le32(16)?,
    })
}

/// `struct mfi_evt_list` of FreeBSD's mfireg.h, by `MR_DCMD_CTRL_EVENT_GET` 0104_0300h.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// From the sequence number that was asked for, upwards.
    pub events: Vec<Event>,
    /// Events that the reply says it has and that are not in it.
    pub missing: u32,
}

/// `struct megasas_evt_detail`, 256 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `seq_num`: one more for each event; survives starts and is not reset by clearing.
    pub sequence: u32,
    /// `time_stamp`
    pub time: Time,
    /// `code`
    pub code: u32,
    /// `cl.members.locale`: whom it is of, a bit each; [`Event::locales`] has the words.
    pub locale: u16,
    /// `cl.members.class`
    pub class: Class,
    /// `args`, by `arg_type`.
    pub args: Args,
    /// `description`, as the firmware words it.
    pub text: Option<String>,
}

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Seconds since 2000-01-01 00:00, on the controller's clock, which its tools set to local time.
    Clock(u32),
    /// Seconds since the controller started: its clock was not set yet. The high byte of the number is FFh
    /// (`format_timestamp` in `megaraid_sas_base.c`).
    SinceBoot(u32),
}

/// `enum MR_EVT_CLASS`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// −2
    Debug,
    /// −1
    Progress,
    /// 0
    Info,
    /// 1: a part may be close to failing.
    Warning,
    /// 2: a part failed, no data were lost.
    Critical,
    /// 3: a part failed, data were lost.
    Fatal,
    /// 4: the controller died.
    Dead,
    /// Any other.
    Unknown(i8),
}

/// `struct megasas_evtarg_pd`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriveArg {
    /// `device_id`
    pub id: u16,
    /// `encl_index`
    pub enclosure_index: u8,
    /// `slot_number`
    pub slot: u8,
}

/// `struct megasas_evtarg_ld`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrayArg {
    /// `target_id`
    pub target: u16,
    /// `ld_index`
    pub index: u8,
}

/// What an event is about, by `enum MR_EVT_ARGS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Args {
    /// 0
    None,
    /// 1: a command of a drive that failed. [`crate::scsi::sense::parse`] reads the sense data.
    Sense {
        /// `pd`
        drive: DriveArg,
        /// `cdb`
        cdb: Vec<u8>,
        /// `sense`
        sense: Vec<u8>,
    },
    /// 2, and of 3 to 5 and 9 the array that they name: their other numbers are in the text.
    Array(ArrayArg),
    /// 6: a block of an array, and of the drive where it lies.
    Block {
        /// `ld`
        array: ArrayArg,
        /// `ld_lba`
        array_lba: u64,
        /// `pd`
        drive: DriveArg,
        /// `pd_lba`
        drive_lba: u64,
    },
    /// 7
    ArrayProgress {
        /// `ld`
        array: ArrayArg,
        /// `prog.progress`, in 65535ths.
        progress: u16,
        /// `prog.elapsed_seconds`
        seconds: u16,
    },
    /// 8
    ArrayState {
        /// `ld`
        array: ArrayArg,
        /// `prev_state`
        from: ArrayState,
        /// `new_state`
        to: ArrayState,
    },
    /// 10
    Drive(DriveArg),
    /// 11
    DriveError {
        /// `pd`
        drive: DriveArg,
        /// `err`, the firmware's number.
        error: u32,
    },
    /// 12 and 13
    DriveBlock {
        /// `pd`
        drive: DriveArg,
        /// `lba`
        lba: u64,
        /// `ld`, of 13.
        array: Option<ArrayArg>,
    },
    /// 14
    DriveProgress {
        /// `pd`
        drive: DriveArg,
        /// `prog.progress`, in 65535ths.
        progress: u16,
        /// `prog.elapsed_seconds`
        seconds: u16,
    },
    /// 15
    DriveState {
        /// `pd`
        drive: DriveArg,
        /// `prevState`
        from: DriveState,
        /// `newState`
        to: DriveState,
    },
    /// 18
    Text(Option<String>),
    /// 19
    Time {
        /// `rtc`, as of an event.
        clock: Time,
        /// `elapsedSeconds`, since the start.
        seconds: u32,
    },
    /// Any other: the text has it in words.
    Other {
        /// `arg_type`
        kind: u8,
        /// `args`, without the zeros at its end.
        bytes: Vec<u8>,
    },
}

const EVENT_LEN: usize = 256;

/// `None` if shorter than the list's header.
#[must_use]
pub fn events(data: &[u8]) -> Option<Events> {
    let reply = Fields(data);
    let count = reply.le32(0)?;
    let all = usize::try_from(count).unwrap_or(usize::MAX);
    let events: Vec<Event> = reply.from(8).0.chunks_exact(EVENT_LEN).take(all).map_while(event).collect();
    let missing = count.saturating_sub(u32::try_from(events.len()).unwrap_or(u32::MAX));
    Some(Events { events, missing })
}

/// An event alone, as `MR_DCMD_CTRL_EVENT_WAIT` gives it. `None` if it is cut.
#[must_use]
pub fn event(data: &[u8]) -> Option<Event> {
    let event = Fields(data.get(..EVENT_LEN)?);
    let kind = event.u8(16)?;
    let args = Fields(event.bytes(32, 96)?);
    Some(Event {
        sequence: event.le32(0)?,
        time: Time::of(event.le32(4)?),
        code: event.le32(8)?,
        locale: event.le16(12)?,
        class: Class::of(event.u8(15)?.cast_signed()),
        args: args_of(kind, args).unwrap_or_else(|| Args::Other { kind, bytes: without_zeros(args.0) }),
        text: event.c_text(128, 128),
    })
}

fn args_of(kind: u8, args: Fields<'_>) -> Option<Args> {
    Some(match kind {
        0 => Args::None,
        1 => Args::Sense {
            drive: drive(args, 0)?,
            cdb: args.from(8).front(usize::from(args.u8(4)?).min(16)).0.to_vec(),
            sense: args.from(24).front(usize::from(args.u8(5)?).min(64)).0.to_vec(),
        },
        2 | 3 | 5 => Args::Array(array(args, 0)?),
        4 | 9 => Args::Array(array(args, 8)?),
        6 => Args::Block {
            array_lba: args.le64(0)?,
            drive_lba: args.le64(8)?,
            array: array(args, 16)?,
            drive: drive(args, 20)?,
        },
        7 => Args::ArrayProgress { array: array(args, 0)?, progress: args.le16(4)?, seconds: args.le16(6)? },
        8 => Args::ArrayState {
            array: array(args, 0)?,
            from: ArrayState::of(args.le32(4)?),
            to: ArrayState::of(args.le32(8)?),
        },
        10 => Args::Drive(drive(args, 0)?),
        11 => Args::DriveError { drive: drive(args, 0)?, error: args.le32(4)? },
        12 => Args::DriveBlock { lba: args.le64(0)?, drive: drive(args, 8)?, array: None },
        13 => Args::DriveBlock { lba: args.le64(0)?, drive: drive(args, 8)?, array: array(args, 12) },
        14 => Args::DriveProgress { drive: drive(args, 0)?, progress: args.le16(4)?, seconds: args.le16(6)? },
        15 => Args::DriveState {
            drive: drive(args, 0)?,
            from: DriveState::of(args.le32(4)?),
            to: DriveState::of(args.le32(8)?),
        },
        18 => Args::Text(args.c_text(0, 96)),
        19 => Args::Time { clock: Time::of(args.le32(0)?), seconds: args.le32(4)? },
        _ => return None,
    })
}

fn drive(args: Fields<'_>, at: usize) -> Option<DriveArg> {
    let drive = args.from(at);
    Some(DriveArg { id: drive.le16(0)?, enclosure_index: drive.u8(2)?, slot: drive.u8(3)? })
}

fn array(args: Fields<'_>, at: usize) -> Option<ArrayArg> {
    let array = args.from(at);
    Some(ArrayArg { target: array.le16(0)?, index: array.u8(2)? })
}

fn without_zeros(bytes: &[u8]) -> Vec<u8> {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
    bytes.iter().take(end).copied().collect()
}

impl Time {
    fn of(seconds: u32) -> Self {
        if seconds >> 24 == 0xff { Self::SinceBoot(seconds & 0x00ff_ffff) } else { Self::Clock(seconds) }
    }
}

impl Class {
    /// From the firmware's number.
    #[must_use]
    pub fn of(class: i8) -> Self {
        match class {
            -2 => Self::Debug,
            -1 => Self::Progress,
            0 => Self::Info,
            1 => Self::Warning,
            2 => Self::Critical,
            3 => Self::Fatal,
            4 => Self::Dead,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl Event {
    /// `enum MR_EVT_LOCALE` in words, a word for each bit that is set and known.
    #[must_use]
    pub fn locales(&self) -> Vec<&'static str> {
        let words = ["array", "drive", "enclosure", "battery", "SAS", "controller", "configuration", "cluster"];
        (0_u16..).zip(words).filter(|(bit, _)| self.locale >> bit & 1 == 1).map(|(_, word)| word).collect()
    }

    /// The drive that it is about.
    #[must_use]
    pub fn drive(&self) -> Option<DriveArg> {
        match self.args {
            Args::Sense { drive, .. }
            | Args::Block { drive, .. }
            | Args::Drive(drive)
            | Args::DriveError { drive, .. }
            | Args::DriveBlock { drive, .. }
            | Args::DriveProgress { drive, .. }
            | Args::DriveState { drive, .. } => Some(drive),
            _ => None,
        }
    }

    /// The array that it is about.
    #[must_use]
    pub fn array(&self) -> Option<ArrayArg> {
        match self.args {
            Args::Array(array)
            | Args::Block { array, .. }
            | Args::ArrayProgress { array, .. }
            | Args::ArrayState { array, .. }
            | Args::DriveBlock { array: Some(array), .. } => Some(array),
            _ => None,
        }
    }
}
