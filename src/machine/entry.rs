//! A question and its answer, as a line of a capture.

use super::{Answer, Failed, Reply, Request, Status};
use serde::{Deserialize, Serialize};

/// A line of a capture. Of the fields of the first group, exactly one is there: it says what kind of line it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// The head: the version of the format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture: Option<u32>,
    /// What follows was read by this reader, up to the next line of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// How the reader ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
    /// A file was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// A directory was listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// A link was followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// A device was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// Records of the kernel's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<Vec<String>>,

    /// Head: what wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// Head: when, in seconds since 1970-01-01 UTC, by the clock of the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
    /// Head: the name of the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Head: whether serial numbers and names are masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked: Option<bool>,

    /// The content of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The names in a directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// Where a link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,

    /// The command descriptor block, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scsi: Option<String>,
    /// The drive behind a MegaRAID controller that it went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drive: Option<u8>,
    /// An NVMe admin command: opcode, namespace, dwords 10 to 15.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nvme: Option<[u32; 8]>,
    /// A command to the firmware of a MegaRAID controller, and its arguments in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dcmd: Option<(u32, String)>,
    /// A request to the BMC: network function, command, data in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipmi: Option<(u8, u8, String)>,
    /// Bytes that may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub len: Option<u32>,

    /// How the command ended, by its kind: SCSI status, host, driver; NVMe status, result; status of the firmware; completion code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Vec<u32>>,
    /// The data that came, or the bytes of a file that is no text, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Sense data, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sense: Option<String>,
    /// How long it took, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub us: Option<u64>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<Why>,
}

/// How a reader ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It read all that it had to.
    Done,
    /// It was left behind: for so many seconds it had not said anything.
    LeftBehind(u64),
    /// It was not started: an earlier one still waits for a command, as the text says.
    Busy(String),
    /// It ended before it was done: by the signal, or with the status.
    Died(i32),
}

/// Why there is no answer, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// By the system's number.
    Errno(i32),
    /// It is being asked; nothing came yet.
    NoAnswer,
    /// See [`Failed::NotAsked`].
    NotAsked,
    /// The drive sleeps.
    Asleep,
    /// See [`Failed::Quarantined`].
    Quarantined,
    /// See [`Failed::Forbidden`].
    Forbidden,
}

impl From<Failed> for Why {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::System(errno) => Self::Errno(errno),
            Failed::NotAsked => Self::NotAsked,
            Failed::NoAnswer => Self::NoAnswer,
            Failed::Quarantined => Self::Quarantined,
            Failed::Asleep => Self::Asleep,
            Failed::Forbidden => Self::Forbidden,
        }
    }
}

impl From<Why> for Failed {
    fn from(why: Why) -> Self {
        match why {
            Why::Errno(errno) => Self::System(errno),
            Why::NoAnswer => Self::NoAnswer,
            Why::NotAsked => Self::NotAsked,
            Why::Quarantined => Self::Quarantined,
            Why::Asleep => Self::Asleep,
            Why::Forbidden => Self::Forbidden,
        }
    }
}

impl Entry {
    /// That a file was read.
    pub fn of_file(path: &str, answer: &Answer<Vec<u8>>) -> Self {
        let mut entry = Self { file: Some(path.to_owned()), failed: failure(answer), ..Self::default() };
        if let Ok(bytes) = answer {
            match std::str::from_utf8(bytes) {
                Ok(text) => entry.text = Some(text.to_owned()),
                Err(_) => entry.data = Some(hex(bytes)),
            }
        }
        entry
    }

    /// That a directory was listed.
    pub fn of_list(path: &str, answer: &Answer<Vec<String>>) -> Self {
        let names = answer.as_ref().ok().cloned();
        Self { list: Some(path.to_owned()), names, failed: failure(answer), ..Self::default() }
    }

    /// That a link was followed.
    pub fn of_link(path: &str, answer: &Answer<String>) -> Self {
        let target = answer.as_ref().ok().cloned();
        Self { link: Some(path.to_owned()), target, failed: failure(answer), ..Self::default() }
    }

    /// That a device was asked.
    pub fn of_ask(device: &str, request: &Request, reply: &Reply) -> Self {
        let mut entry = Self { ask: Some(device.to_owned()), ..Self::default() };
        match request {
            Request::Scsi { cdb, .. } => entry.scsi = Some(hex(cdb)),
            Request::Behind { drive, cdb, .. } => (entry.drive, entry.scsi) = (Some(*drive), Some(hex(cdb))),
            Request::Nvme { opcode, nsid, cdw10: [a, b, c, d, e, f], .. } => {
                entry.nvme = Some([u32::from(*opcode), *nsid, *a, *b, *c, *d, *e, *f]);
            }
            Request::Dcmd { opcode, mbox, .. } => entry.dcmd = Some((*opcode, hex(mbox))),
            Request::Ipmi { netfn, command, data } => entry.ipmi = Some((*netfn, *command, hex(data))),
        }
        entry.len = Some(request.len()).filter(|len| *len > 0);
        entry.status = match reply.status {
            Status::Scsi { status, host, driver } => Some(vec![status.into(), host.into(), driver.into()]),
            Status::Nvme { status, result } => Some(vec![status.into(), result]),
            Status::Firmware(status) | Status::Ipmi(status) => Some(vec![status.into()]),
            Status::Failed(failed) => {
                entry.failed = Some(failed.into());
                None
            }
        };
        let some = |bytes: &[u8]| (!bytes.is_empty()).then(|| hex(bytes));
        (entry.data, entry.sense) = (some(&reply.data), some(&reply.sense));
        entry.us = (reply.failure() != Some(Failed::NoAnswer)).then_some(reply.micros);
        entry
    }

    /// What was asked, if the line says so in full.
    pub fn request(&self) -> Option<Request> {
        let len = self.len.unwrap_or(0);
        match (&self.scsi, self.drive, self.nvme, &self.dcmd, &self.ipmi) {
            (Some(cdb), None, None, None, None) => Some(Request::Scsi { cdb: unhex(cdb)?, len }),
            (Some(cdb), Some(drive), None, None, None) => Some(Request::Behind { drive, cdb: unhex(cdb)?, len }),
            (None, None, Some([opcode, nsid, cdw10 @ ..]), None, None) => {
                Some(Request::Nvme { opcode: u8::try_from(opcode).ok()?, nsid, cdw10, len })
            }
            (None, None, None, Some((opcode, mbox)), None) => {
                Some(Request::Dcmd { opcode: *opcode, mbox: unhex(mbox)?.try_into().ok()?, len })
            }
            (None, None, None, None, Some((netfn, command, data))) => {
                Some(Request::Ipmi { netfn: *netfn, command: *command, data: unhex(data)? })
            }
            _ => None,
        }
    }

    /// How it was answered. A line that does not say it in the manner of its request counts as no answer.
    pub fn status(&self, request: &Request) -> Status {
        let status = match (self.failed, request, self.status.as_deref()) {
            (None, Request::Scsi { .. }, Some([status, host, driver])) => (|| {
                let (host, driver) = (u16::try_from(*host).ok()?, u16::try_from(*driver).ok()?);
                Some(Status::Scsi { status: u8::try_from(*status).ok()?, host, driver })
            })(),
            (None, Request::Nvme { .. }, Some([status, result])) => {
                u16::try_from(*status).ok().map(|status| Status::Nvme { status, result: *result })
            }
            (None, Request::Dcmd { .. } | Request::Behind { .. }, Some([status])) => {
                u8::try_from(*status).ok().map(Status::Firmware)
            }
            (None, Request::Ipmi { .. }, Some([status])) => u8::try_from(*status).ok().map(Status::Ipmi),
            (Some(why), ..) => Some(Status::Failed(why.into())),
            _ => None,
        };
        status.unwrap_or(Status::Failed(Failed::NoAnswer))
    }

    /// What was answered.
    pub fn reply(&self, request: &Request) -> Reply {
        let bytes = |field: &Option<String>| field.as_deref().and_then(unhex).unwrap_or_default();
        Reply {
            status: self.status(request),
            data: bytes(&self.data),
            sense: bytes(&self.sense),
            micros: self.us.unwrap_or(0),
        }
    }

    /// What a file held.
    pub fn content(&self) -> Answer<Vec<u8>> {
        match (&self.text, &self.data, self.failed) {
            (_, _, Some(why)) => Err(why.into()),
            (Some(text), ..) => Ok(text.clone().into_bytes()),
            (None, Some(data), None) => unhex(data).ok_or(Failed::NoAnswer),
            (None, None, None) => Err(Failed::NoAnswer),
        }
    }
}

fn failure<T>(answer: &Answer<T>) -> Option<Why> {
    answer.as_ref().err().map(|failed| Why::from(*failed))
}

/// In hexadecimal. Zeros at the end stay: how much came is part of the answer.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four: u8| DIGITS.get(usize::from(four)).map_or('0', |digit| char::from(*digit));
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// The other way round; blanks between bytes are allowed, so that people can write it.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for word in text.split(' ') {
        let (pairs, []) = word.as_bytes().as_chunks::<2>() else { return None };
        // One that is no digit shows in the sum: nearly all of what a capture holds goes through here.
        let mut wrong = 0;
        bytes.extend(pairs.iter().map(|[high, low]| {
            let (high, low) = (digit(*high), digit(*low));
            wrong |= high | low;
            high << 4 | low & 15
        }));
        if wrong > 15 {
            return None;
        }
    }
    Some(bytes)
}

/// The value of a digit, or 255.
const fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => 255,
    }
}
