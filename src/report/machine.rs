//! A machine that was read, as it is shown.

use crate::machine::capture::Ran;
use crate::machine::entry::End;
use crate::model::{Thing, Unread, WhyUnread};
pub use crate::observe::capture::Told;
use crate::observe::machine::Read;

/// Something that is not watched, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotWatched {
    /// What it is.
    pub what: String,
    /// Why.
    pub why: WhyUnread,
    /// For people.
    pub text: String,
}

impl Told {
    /// Whether there is nothing to watch: no drive, no array, no card.
    pub fn is_empty(&self) -> bool {
        let watched = |read: &&Read| matches!(read.reading.thing, Thing::Drive(_) | Thing::Array(_));
        self.said.things.iter().find(watched).is_none()
    }

    /// The things of a kind.
    pub fn things(&self, kind: impl Fn(&Thing) -> bool) -> Vec<&Read> {
        self.said.things.iter().filter(|read| kind(&read.reading.thing)).collect()
    }

    /// Commands that were sent.
    pub fn commands(&self) -> u64 {
        self.readers.iter().map(|reader| reader.commands).sum()
    }

    /// The longest that one took, in microseconds.
    pub fn slowest(&self) -> u64 {
        self.readers.iter().map(|reader| reader.slowest).max().unwrap_or(0)
    }

    /// What was not read, and why: things, and readers that did not come to their end.
    pub fn not_watched(&self) -> Vec<NotWatched> {
        let thing = |read: &Read| {
            let Unread { why, text } = read.reading.unread.clone()?;
            Some(NotWatched { what: read.subject.to_string(), why, text })
        };
        let mut not: Vec<NotWatched> = self.said.things.iter().filter_map(thing).collect();
        not.extend(self.readers.iter().filter_map(left));
        let guest = |name: &&String| ["vd", "xvd", "mmcblk", "hd"].iter().any(|kind| name.starts_with(kind));
        not.extend(self.machine.topology.other_blocks.iter().filter(guest).map(|name| NotWatched {
            what: format!("/dev/{name}"),
            why: WhyUnread::NoWay,
            text: "a hypervisor's disk or a memory card: nobody can ask it how it is".to_owned(),
        }));
        not
    }
}

/// A reader that did not come to its end.
fn left(reader: &Ran) -> Option<NotWatched> {
    let of = reader.waits_for.as_ref().map(|device| format!(", {device} was asked last")).unwrap_or_default();
    let (why, text) = match reader.end.as_ref() {
        Some(End::Done) => return None,
        Some(End::LeftBehind(seconds)) => {
            let text = format!("its reader was left behind: it said nothing for {seconds} s{of}");
            (WhyUnread::NotAnswering, text)
        }
        Some(End::Busy(whom)) => (WhyUnread::ControllerBusy, format!("it is not asked meanwhile: {whom}")),
        Some(End::Died(code)) => (WhyUnread::NotUnderstood, format!("its reader died ({code}){of}")),
        None => (WhyUnread::NotUnderstood, "the capture ends before its reader does".to_owned()),
    };
    Some(NotWatched { what: reader.name.clone(), why, text })
}
