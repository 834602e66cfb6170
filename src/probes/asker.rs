//! Asking one device: each command counted and timed, why there is no answer kept, and an end to it when there is no sense in going on.

use crate::machine::{Failed, Host, Reply, Request, Status};
use arraywatch_parsers::scsi::sense::{self, Additional, Key, Meaning};
use std::fmt;

/// What a device told, or why it is not known.
pub type Got<T> = Result<T, Why>;

/// Why something is not known of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The device does not list it, so it was not asked for it.
    NotOffered,
    /// There is no answer.
    Failed(Failed),
    /// It answered that it did not do what it was asked.
    Refused {
        /// How the command ended.
        status: Status,
        /// Of SCSI: the sense key.
        key: Option<Key>,
        /// Of SCSI: the additional sense code.
        additional: Option<Additional>,
    },
    /// It answered with something else than it was asked for.
    NotUnderstood,
}

impl Why {
    fn refused(reply: &Reply) -> Self {
        let sense = sense::parse(&reply.sense);
        Self::Refused {
            status: reply.status,
            key: sense.as_ref().map(|sense| sense.key),
            additional: sense.as_ref().and_then(|sense| sense.additional),
        }
    }

    /// Whether it says nothing of what the device has: it was busy, or something got in between.
    pub fn is_passing(self) -> bool {
        match self {
            Self::NotOffered | Self::NotUnderstood => false,
            Self::Failed(_) => true,
            Self::Refused { status: Status::Scsi { status, host, .. }, key, .. } => {
                let by_key = matches!(key, Some(Key::NotReady | Key::UnitAttention | Key::Aborted));
                host != 0 || status != 2 || by_key
            }
            Self::Refused { .. } => false,
        }
    }

    /// Whether the device said that something happened since it was asked before: asked again, it answers.
    pub fn is_attention(self) -> bool {
        matches!(self, Self::Refused { key: Some(Key::UnitAttention), .. })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOffered => f.write_str("the device does not have it"),
            Self::Failed(failed) => failed.fmt(f),
            Self::Refused { key: Some(key), additional: Some(additional), .. } => {
                write!(f, "the device answered: {}", key.words())?;
                match additional.words() {
                    Some(words) => write!(f, ", {words}"),
                    None => write!(f, ", {:02X}h/{:02X}h", additional.code, additional.qualifier),
                }
            }
            Self::Refused { status, .. } => match status {
                Status::Scsi { host, .. } if *host != 0 => {
                    write!(f, "the controller did not reach it (host status {host})")
                }
                Status::Scsi { status, .. } => write!(f, "the device answered with SCSI status {status:02X}h"),
                Status::Nvme { status, .. } => write!(f, "the device answered with NVMe status {status:03X}h"),
                Status::Firmware(status) => write!(f, "the controller answered with status {status:02X}h"),
                Status::Ipmi(code) => write!(f, "the BMC answered with completion code {code:02X}h"),
                Status::Failed(failed) => failed.fmt(f),
            },
            Self::NotUnderstood => f.write_str("what the device answered is not understood"),
        }
    }
}

/// What asking took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Commands that were sent.
    pub commands: u32,
    /// The longest that one of them took, in microseconds.
    pub slowest: u64,
    /// All of them together, in microseconds.
    pub total: u64,
}

/// Asks one device.
pub struct Asker<'a> {
    host: &'a mut dyn Host,
    device: &'a str,
    /// What it took so far.
    pub cost: Cost,
    /// Why it is asked no more.
    pub stopped: Option<Failed>,
    /// What the device had to say beside an answer: that it will fail (5Dh), or a warning (0Bh).
    pub said: Option<Additional>,
}

impl<'a> Asker<'a> {
    /// Of a device of a host.
    pub fn new(host: &'a mut dyn Host, device: &'a str) -> Self {
        Self { host, device, cost: Cost::default(), stopped: None, said: None }
    }

    /// Asks. Once the device cannot be asked, nothing more is.
    pub fn ask(&mut self, request: &Request) -> Got<Vec<u8>> {
        if self.stopped.is_some() {
            return Err(Why::Failed(Failed::NotAsked));
        }
        let reply = self.host.ask(self.device, request);
        if let Some(failed) = reply.failure() {
            self.cost.commands += u32::from(failed == Failed::NoAnswer || matches!(failed, Failed::System(_)));
            self.stopped = Some(failed).filter(|failed| ends(*failed));
            return Err(Why::Failed(failed));
        }
        self.cost.commands += 1;
        self.cost.slowest = self.cost.slowest.max(reply.micros);
        self.cost.total = self.cost.total.saturating_add(reply.micros);
        if reply.good().is_some() {
            return Ok(reply.data);
        }
        // With method 3 or 4 of mode page 1Ch a drive says by a recovered error that it will fail, and by 5 with no error at all:
        // the data are as good as any (SPC-5, informational exceptions control).
        let done = matches!(reply.status, Status::Scsi { status: 2, host: 0, .. });
        match sense::parse(&reply.sense).filter(|sense| done && matches!(sense.key, Key::Recovered | Key::NoSense)) {
            Some(sense) => {
                self.said = self.said.or(sense.additional.filter(|additional| speaks(*additional)));
                Ok(reply.data)
            }
            None => Err(Why::refused(&reply)),
        }
    }

    /// Asks, and understands the answer.
    pub fn get<T>(&mut self, request: &Request, parse: impl Fn(&[u8]) -> Option<T>) -> Got<T> {
        parse(&self.ask(request)?).ok_or(Why::NotUnderstood)
    }
}

/// Whether a code says that the device will fail, or warns.
fn speaks(additional: Additional) -> bool {
    let meaning = additional.meaning();
    matches!(meaning, Some(Meaning::PredictsFailure | Meaning::PredictsFailureAsTest | Meaning::Warns(_)))
}

/// Whether there is no sense in asking the device more, or it would do harm.
fn ends(failed: Failed) -> bool {
    let is_state = matches!(failed, Failed::NoAnswer | Failed::NotAsked | Failed::Asleep | Failed::Quarantined);
    is_state || failed.is_denial() || failed.is_absence()
}

#[cfg(test)]
pub(crate) mod tests {
    //! Devices for tests: answers by request, and a default for all others.

    use super::*;
    use crate::machine::capture::{Joined, Recorder};
    use crate::machine::{Captured, Scripted, allow};
    use std::collections::HashMap;

    /// A device that answers what it was told to.
    #[derive(Clone)]
    pub(crate) struct Device {
        answers: HashMap<Request, Reply>,
        other: Reply,
    }

    impl Device {
        /// One that answers so to everything.
        pub(crate) fn new(other: Reply) -> Self {
            Self { answers: HashMap::new(), other }
        }

        /// The same, with another answer to a request.
        pub(crate) fn with(mut self, request: Request, reply: Reply) -> Self {
            self.answers.insert(request, reply);
            self
        }

        /// Reads it as a live machine's; then what was told of that, as a parent does. Both are the same, and no command was
        /// sent that is not allowed.
        pub(crate) fn read<T: fmt::Debug>(&self, probe: impl Fn(&mut dyn Host) -> T) -> T {
            let Self { answers, other } = self.clone();
            let mut live = Scripted::new(Captured::default()).on(move |_, request| {
                assert!(allow::allows(request), "{request:02x?}");
                Some(answers.get(request).unwrap_or(&other).clone())
            });
            let mut told = Joined::default();
            let first = probe(&mut Recorder::new(&mut live, &mut |entry| told.take(entry.clone())));
            let mut captured = Captured::default();
            told.lines().iter().for_each(|line| captured.take(line));
            let again = probe(&mut captured);
            assert_eq!(format!("{first:?}"), format!("{again:?}"));
            again
        }
    }

    pub(crate) fn good(data: impl Into<Vec<u8>>) -> Reply {
        reply(Status::Scsi { status: 0, host: 0, driver: 0 }, data)
    }

    pub(crate) fn reply(status: Status, data: impl Into<Vec<u8>>) -> Reply {
        Reply { status, data: data.into(), sense: Vec::new(), micros: 100 }
    }

    /// A check condition, fixed format.
    pub(crate) fn check_condition(key: u8, asc: u8, ascq: u8) -> Reply {
        let mut sense = vec![0x70, 0, key, 0, 0, 0, 0, 10];
        sense.extend([0, 0, 0, 0, asc, ascq, 0, 0, 0, 0]);
        Reply { sense, ..reply(Status::Scsi { status: 2, host: 0, driver: 8 }, []) }
    }

    /// ILLEGAL REQUEST, invalid field in CDB.
    pub(crate) fn unsupported() -> Reply {
        check_condition(5, 0x24, 0)
    }

    #[test]
    fn what_ends_asking() {
        let asked = |failed| {
            let device = Device::new(Reply::failed(failed));
            device.read(|host| {
                let mut asker = Asker::new(host, "/dev/sda");
                let first = asker.ask(&crate::machine::commands::inquiry(96));
                let second = asker.ask(&crate::machine::commands::inquiry(96));
                (first == second, asker.stopped)
            })
        };
        for failed in [Failed::Asleep, Failed::Quarantined, Failed::NOT_THERE, Failed::System(libc::EPERM)] {
            assert_eq!(asked(failed), (false, Some(failed)));
        }
        assert_eq!(asked(Failed::System(libc::EIO)), (true, None));
    }

    #[test]
    fn refusals_in_words() {
        let check = |reply: &Reply, passing: bool, expect: &str| {
            let why = Why::refused(reply);
            assert_eq!((why.to_string().as_str(), why.is_passing()), (expect, passing));
        };
        check(&unsupported(), false, "the device answered: illegal request, invalid field in CDB");
        check(&check_condition(6, 0x29, 0), true, "the device answered: unit attention, power on or reset occurred");
        let status = |status, host| reply(Status::Scsi { status, host, driver: 0 }, []);
        check(&status(8, 0), true, "the device answered with SCSI status 08h");
        check(&status(0, 3), true, "the controller did not reach it (host status 3)");
        check(&reply(Status::Firmware(0x0c), []), false, "the controller answered with status 0Ch");
        check(&reply(Status::Ipmi(0xc1), []), false, "the BMC answered with completion code C1h");
    }
}
