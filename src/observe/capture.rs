//! Captures: what a machine answered. A format among others, so that a machine that was read here, or one whose owner sent what it
//! answered, is judged and kept the same way as a log.

use super::families::{Family, Observer};
use super::machine;
use super::source::{Options, Source};
use super::telling::{Stated, Telling};
use crate::machine::capture::{self, Capture, Ran};
use crate::machine::entry::End;
use crate::model::{AHEAD, Fact, Kind, STARTING, Sink, Subject};
use crate::probes::md::Array;
use crate::probes::{self, Machine, Topology};
use arraywatch_parsers::time::Basis;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// A capture of a host with hundreds of drives has some MiB.
const BYTES_MAX: usize = 256 * 1024 * 1024;

pub use crate::model::MACHINE;

/// As of when a reading of a machine is told that was made at `at`, when the one before it is of `last`. What is read at one second is
/// one reading: the next one is of the next second. And of one machine no reading is of before another that was made before it, though its
/// clock was set back: what failed since would be over at once. A clock that was further ahead was wrong, and is not gone by.
pub fn reading_at(at: DateTime<Utc>, last: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let last = last.filter(|last| at <= *last && *last - at <= AHEAD);
    last.map_or(at, |last| last + TimeDelta::seconds(1))
}

/// The reader that lists what there is.
const TOPOLOGY: &str = "topology";

/// The family.
pub(super) struct Captures;

impl Family for Captures {
    fn name(&self) -> &'static str {
        "capture"
    }

    fn recognise(&self, bytes: &[u8]) -> bool {
        capture::recognise(bytes)
    }

    fn is_reading(&self) -> bool {
        true
    }

    fn observer(&self, source: Arc<str>, _front: &[u8], options: &Options) -> Box<dyn Observer> {
        Box::new(Collected { source, options: options.clone(), bytes: Vec::new(), dropped: 0 })
    }
}

/// The family, for whoever reads a machine and not a file.
pub fn family() -> &'static dyn Family {
    &Captures
}

struct Collected {
    source: Arc<str>,
    options: Options,
    bytes: Vec<u8>,
    dropped: u64,
}

impl Observer for Collected {
    fn push(&mut self, chunk: &[u8], _sink: &mut dyn Sink) {
        let room = BYTES_MAX.saturating_sub(self.bytes.len()).min(chunk.len());
        self.bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
        self.dropped += (chunk.len() - room) as u64;
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> Source {
        let bytes = self.bytes.len() as u64 + self.dropped;
        let told = Told::of(Capture::read(&self.bytes), bytes, self.options.host.as_deref());
        let mut source = match told {
            Ok(told) => told.tell(&self.source, self.options.bytes_only, sink),
            Err(problem) => {
                let (path, problems) = (self.source.to_string(), vec![problem.to_owned()]);
                Source { path, format: Some("capture"), bytes, problems, ..Source::default() }
            }
        };
        if self.dropped > 0 {
            source.problems.push(format!("longer than a capture may be: {} bytes were not read", self.dropped));
        }
        source
    }
}

/// A machine that was read, understood.
#[derive(Debug)]
pub struct Told {
    /// Which host.
    pub host: String,
    /// When it was read, by its own clock.
    pub at: DateTime<Utc>,
    /// The answers.
    pub machine: Machine,
    /// How each thing is by them.
    pub said: machine::Said,
    /// Who asked, and how it went.
    pub readers: Vec<Ran>,
    /// Lines of the capture that are none.
    not_understood: u64,
    /// Bytes of the capture; 0 of a machine that was just read.
    bytes: u64,
}

impl Told {
    /// Understands a capture, of the host that is given or else names itself.
    ///
    /// # Errors
    /// If it does not say of when it is, or of whom.
    pub fn of(mut capture: Capture, bytes: u64, host: Option<&str>) -> Result<Self, &'static str> {
        let head = capture.head.ok_or("it does not say which host it is of, and when")?;
        let at = DateTime::from_timestamp(head.at, 0).ok_or("its time is none")?;
        let host = host.map_or(head.host, str::to_owned);
        let machine = probes::machine(&mut capture.machine);
        let Capture { readers, not_understood, .. } = capture;
        let said = Self::said(&host, &machine, at, &readers);
        Ok(Self { host, at, machine, said, readers, not_understood, bytes })
    }

    fn said(host: &str, machine: &Machine, at: DateTime<Utc>, readers: &[Ran]) -> machine::Said {
        let mut said = machine::said(host, machine, at);
        machine::not_read(host, &mut said, readers);
        said
    }

    /// It is told as of another time.
    pub fn is_of(&mut self, at: DateTime<Utc>) {
        (self.at, self.said) = (at, Self::said(&self.host, &self.machine, at, &self.readers));
    }

    /// These Linux md arrays were read later than all else of it: they are as they were read then.
    pub fn has_arrays(&mut self, later: &[Array]) {
        for read in later {
            match self.machine.arrays.iter_mut().find(|known| known.name == read.name) {
                Some(known) => *known = read.clone(),
                None => self.machine.arrays.push(read.clone()),
            }
        }
        self.is_of(self.at);
    }

    /// Tells of Linux md arrays only, that were read anew at that time.
    pub fn tell_arrays(&self, arrays: &[Array], at: DateTime<Utc>, name: &Arc<str>, sink: &mut dyn Sink) {
        let mut telling = self.telling(at, name, sink);
        machine::arrays(&self.host, arrays, &self.machine, &self.said).iter().for_each(|read| telling.thing(read));
    }

    /// Tells what the kernel knows of itself: its arrays, and its log. The devices were not asked.
    pub fn tell_glance(&self, name: &Arc<str>, sink: &mut dyn Sink) {
        let mut telling = self.telling(self.at, name, sink);
        let by_kernel = |read: &&machine::Read| read.subject.kind() == Kind::Array && self.is_md(&read.subject);
        self.said.things.iter().filter(by_kernel).for_each(|read| telling.thing(read));
        let told = (1..).zip(&self.said.events).filter(|(_, event)| event.log == machine::kernel::LOG);
        told.for_each(|(place, event)| telling.event(event, place));
    }

    fn telling<'a>(&'a self, at: DateTime<Utc>, name: &'a Arc<str>, sink: &'a mut dyn Sink) -> Telling<'a> {
        let at = Stated { utc: at, written: None, basis: Basis::Stated };
        Telling { host: &self.host, stream: MACHINE, at, source: name, sink }
    }

    /// Whether an array is one of Linux md: those of cards are known by what the cards answer.
    fn is_md(&self, array: &Subject) -> bool {
        self.machine.arrays.iter().any(|md| array.path() == md.name)
    }

    /// Tells it.
    pub fn tell(&self, name: &Arc<str>, bytes_only: bool, sink: &mut dyn Sink) -> Source {
        let mut source = Source {
            path: name.to_string(),
            format: Some("capture"),
            hosts: vec![self.host.clone()],
            bytes: self.bytes,
            records: (self.said.things.len() + self.said.events.len()) as u64,
            unrecognised: self.not_understood,
            ..Source::default()
        };
        if self.not_understood > 0 {
            source.problems.push(format!("{} of its lines are none of a capture", self.not_understood));
        }
        if bytes_only {
            return source;
        }
        let mut telling = self.telling(self.at, name, sink);
        let whole = self.readers.iter().any(|ran| ran.name == TOPOLOGY && ran.end == Some(End::Done));
        let controllers = self.said.things.iter().filter(|read| read.subject.kind() == Kind::Controller);
        let not_read = controllers.filter(|read| read.reading.unread.is_some()).map(|read| read.subject.clone());
        // The BMC has a reader and is no controller of its own: slow as it is, it may be there all the same.
        let broken_off = self.readers.iter().filter(|ran| ran.end != Some(End::Done));
        let broken_off = broken_off.map(|ran| Subject::within(Kind::Controller, &self.host, &ran.name));
        let mut not_read: Vec<Subject> = not_read.chain(broken_off).collect();
        not_read.sort();
        not_read.dedup();
        self.said.things.iter().for_each(|read| telling.thing(read));
        if whole {
            let Topology { boot_id, suspends, uptime, .. } = &self.machine.topology;
            let (boot, suspends, but_for) = (boot_id.clone(), *suspends, not_read);
            let starting = uptime.is_some_and(|uptime| uptime < STARTING);
            let fact = Fact::ReadWhole { boot, suspends, but_for, starting };
            telling.whole(Subject::host(&self.host), fact, "all that the machine has was listed");
        } else {
            source.problems.push(
                "the machine's list of devices is not whole: nothing is concluded from what is not in it".to_owned(),
            );
        }
        (1..).zip(&self.said.events).for_each(|(place, event)| telling.event(event, place));
        source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_machine_no_reading_is_of_before_the_last() {
        let at = |seconds: i64| DateTime::from_timestamp(1_790_000_000 + seconds, 0).expect("a time");
        let check =
            |last: Option<i64>, expect: i64| assert_eq!(reading_at(at(0), last.map(at)), at(expect), "{last:?}");
        check(None, 0);
        check(Some(-300), 0);
        check(Some(0), 1);
        check(Some(1), 2);
        // Set back by half an hour: what is read now is of after what was read before all the same.
        check(Some(1_800), 1_801);
        check(Some(3_600), 3_601);
        // A clock that was days ahead was wrong.
        check(Some(3_601), 0);
        check(Some(864_000), 0);
    }
}
