//! Asking one device: each command counted and timed, and an end to it when there is no sense in going on. What is not there says why.

use super::got::{Got, Missing, Tally};
use crate::machine::{Host, Request, Status};
use arraywatch_parsers::scsi::sense::{self, Additional, Key, Meaning};

/// Asks one device.
pub struct Asker<'a> {
    host: &'a mut dyn Host,
    device: &'a str,
    /// What it took so far.
    pub tally: Tally,
    /// How long all commands took together, in microseconds.
    pub total: u64,
    /// Why it is asked no more.
    pub stopped: Option<Missing>,
    /// What the device had to say beside an answer: that it will fail (5Dh), or a warning (0Bh).
    pub said: Option<Additional>,
}

impl<'a> Asker<'a> {
    /// Of a device of a host.
    pub fn new(host: &'a mut dyn Host, device: &'a str) -> Self {
        Self { host, device, tally: Tally::default(), total: 0, stopped: None, said: None }
    }

    /// Asks. Once the device cannot be asked, nothing more is.
    pub fn ask(&mut self, request: &Request) -> Got<Vec<u8>> {
        if self.stopped.is_some() {
            return Err(Missing::NotAsked);
        }
        let reply = self.host.ask(self.device, request);
        self.tally.add(&reply);
        self.total = self.total.saturating_add(reply.micros);
        let Some(missing) = Missing::of(&reply) else { return Ok(reply.data) };
        self.stopped = Some(missing).filter(|missing| missing.ends(self.tally));
        // With method 3 or 4 of mode page 1Ch a drive says by a recovered error that it will fail, and by 5 with no error at all:
        // the data are as good as any (SPC-5, informational exceptions control).
        let done = matches!(reply.status, Status::Scsi { status: 2, host: 0, .. });
        match sense::parse(&reply.sense).filter(|sense| done && matches!(sense.key, Key::Recovered | Key::NoSense)) {
            Some(sense) => {
                self.said = self.said.or(sense.additional.filter(|additional| speaks(*additional)));
                Ok(reply.data)
            }
            None => Err(missing),
        }
    }

    /// Asks, and understands the answer.
    pub fn get<T>(&mut self, request: &Request, parse: impl Fn(&[u8]) -> Option<T>) -> Got<T> {
        parse(&self.ask(request)?).ok_or(Missing::Nonsense)
    }
}

/// Whether a code says that the device will fail, or warns.
fn speaks(additional: Additional) -> bool {
    let meaning = additional.meaning();
    matches!(meaning, Some(Meaning::PredictsFailure | Meaning::PredictsFailureAsTest | Meaning::Warns(_)))
}

#[cfg(test)]
pub(crate) mod tests {
    //! Devices for tests: answers by request, and a default for all others.

    use super::*;
    use crate::machine::capture::{Joined, Recorder};
    use crate::machine::{Captured, Failed, Reply, Scripted, allow};
    use std::collections::HashMap;
    use std::fmt;

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
            assert_eq!(asked(failed), (false, Some(Missing::Failed(failed))));
        }
        assert_eq!(asked(Failed::System(libc::EIO)), (true, None));
    }
}
