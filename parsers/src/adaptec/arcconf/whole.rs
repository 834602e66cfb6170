//! Whether an output that begins and ends as it should is whole in its midst.
//!
//! A file may be cut and joined to another one's end. What tells is what cannot be in one output: a field that stands twice in one thing, a
//! thing without the fields that all such things have, numbers that are not in order, things that are announced and not listed.
//!
//! **What cannot be known:** a joint exactly between the same lines of two outputs, where both count the same. It is an output that could
//! have been printed.
//!
//! Facts: the captures that check_raid, netdata, pyarcconf, zabbix-raidstat and Parse-Arcconf keep, arcconf 5.2 to 4.x: of 169 drives,
//! 17 enclosures, 28 logical devices and 15 controllers none is without what is demanded here.

use super::Run;
use super::config::{Device, DeviceKind, Segment};
use super::place;
use super::words::{DeviceState, SegmentState};
use crate::output::pair;
use std::collections::BTreeSet;

/// What lines belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// The controller.
    Controller,
    /// An array of SmartRAID, by its number.
    Array(Option<u32>),
    /// A logical device.
    Logical(Option<u32>),
    /// The channel that the devices below are on; they are numbered as on the channel.
    Channel,
    /// A physical device.
    Device(Option<u32>),
    /// A task.
    Task,
}

impl Head {
    /// For people.
    fn name(self) -> String {
        let numbered = |name: &str, number: Option<u32>| match number {
            Some(number) => format!("{name} {number}"),
            None => format!("a {name}"),
        };
        match self {
            Self::Controller => "the controller".to_owned(),
            Self::Array(number) => numbered("array", number),
            Self::Logical(number) => numbered("logical device", number),
            Self::Channel => "a channel".to_owned(),
            Self::Device(number) => numbered("device", number),
            Self::Task => "a task".to_owned(),
        }
    }

    /// Fields that each such thing has, in small letters; of some there is one of several.
    fn demands(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Controller => &[
                &["controller status"],
                &["controller model"],
                &["controller serial number"],
                &["logical devices/failed/degraded", "logical devices/offline/critical"],
                &["firmware"],
                &["driver"],
            ],
            Self::Logical(_) => &[&["raid level"], &["size"]],
            // Enclosures tell their type in place of a state.
            Self::Device(_) => &[&["state", "type"], &["vendor"], &["model"], &["firmware"]],
            Self::Array(_) => &[&["name"], &["status"]],
            Self::Channel | Self::Task => &[],
        }
    }
}

/// Lines that may stand several times in one thing: of each spare one.
const MANY: [&str; 2] = ["global hot-spare", "dedicated hot-spare"];

/// Lines that not all drives of a kind have: what the system or an array made of the drive.
const OF_SOME: [&str; 3] = ["disk name", "dedicated spare for", "array"];

/// The fields of an output's things, and the column that its colons stand in.
#[derive(Debug, Default)]
pub(super) struct Shape {
    things: Vec<Thing>,
    column: Option<usize>,
    odd: Option<String>,
}

/// A thing, and which fields stand below which of its titles.
#[derive(Debug)]
struct Thing {
    head: Head,
    section: String,
    fields: BTreeSet<(String, String)>,
}

impl Shape {
    /// A thing begins.
    pub(super) fn begin(&mut self, head: Head) {
        self.things.push(Thing { head, section: String::new(), fields: BTreeSet::new() });
    }

    /// A title within a thing, in small letters.
    pub(super) fn section(&mut self, title: &str) {
        if let Some(thing) = self.things.last_mut() {
            title.clone_into(&mut thing.section);
        }
    }

    /// A field of the thing that began last. Its key is in small letters.
    pub(super) fn field(&mut self, key: &str) {
        let Some(thing) = self.things.last_mut() else { return };
        // Each sensor of the controller begins so.
        if key == "sensor id" {
            thing.section.push_str(" of the next");
        }
        if matches!(thing.head, Head::Array(_) | Head::Logical(_) | Head::Device(_)) && key.starts_with("controller ") {
            let name = thing.head.name();
            self.odd.get_or_insert_with(|| format!("\u{ab}{key}\u{bb} stands in {name}"));
            return;
        }
        let is_new = thing.fields.insert((thing.section.clone(), key.to_owned()));
        if !is_new && !MANY.contains(&key) {
            let name = thing.head.name();
            self.odd.get_or_insert_with(|| format!("\u{ab}{key}\u{bb} stands twice in {name}"));
        }
    }

    /// A line with a colon: its number, and the line as it stands. Keys are padded, so that in an output all colons stand in one column,
    /// or behind it where the key is longer. People lose the indentation, and then nothing can be said of columns.
    pub(super) fn pair(&mut self, number: u64, line: &str) {
        let text = line.trim_start();
        let Some((key, _)) = pair(text) else { return };
        let Some(blanks) = text.get(key.len()..).and_then(|rest| rest.find(':')) else { return };
        let indent = line.chars().count() - text.chars().count();
        if indent == 0 {
            return;
        }
        let at = indent + key.chars().count() + blanks;
        let is_padded = blanks > 1 || key.is_empty();
        let fits = match self.column {
            Some(column) => at == column || at > column && !is_padded,
            None => {
                self.column = is_padded.then_some(at);
                true
            }
        };
        if !fits {
            self.odd.get_or_insert_with(|| format!("the colon of line {number} does not stand below the others"));
        }
    }

    /// Why no output has such things, if none has.
    pub(super) fn odd(self, run: &Run) -> Option<String> {
        let lacking = || self.things.iter().find_map(Thing::lacks);
        let differing = || self.differing(run);
        let kinds = || self.kinds(run);
        let numbers = || self.numbers();
        self.odd.clone().or_else(lacking).or_else(kinds).or_else(differing).or_else(numbers)
    }

    /// The physical devices of a run, each with its lines.
    fn devices<'a>(&'a self, run: &'a Run) -> impl Iterator<Item = (&'a Device, &'a Thing)> {
        run.devices.iter().zip(self.things.iter().filter(|thing| matches!(thing.head, Head::Device(_))))
    }

    /// A drive has no lines of an enclosure.
    fn kinds(&self, run: &Run) -> Option<String> {
        self.devices(run).filter(|(device, _)| device.kind == DeviceKind::Drive).find_map(|(_, thing)| {
            let key = ["type", "enclosure id"].into_iter().find(|key| thing.has(&[key]))?;
            Some(format!("{} is a drive, and has the line \u{ab}{key}\u{bb} of an enclosure", thing.head.name()))
        })
    }

    /// Drives that work, of one model, have the same fields; and of all drives the same is counted.
    fn differing(&self, run: &Run) -> Option<String> {
        let works = |device: &Device| {
            use DeviceState::{HotSpare, Online, Raw, Ready};
            device.kind == DeviceKind::Drive && matches!(device.state, Some(Online | Ready | HotSpare | Raw))
        };
        let drives: Vec<_> = self.devices(run).filter(|(device, _)| works(device)).collect();
        drives.iter().enumerate().find_map(|(before, (drive, thing))| {
            let others = drives.iter().take(before);
            others.filter_map(|(other, like)| thing.differs(like, is_alike(drive, other))).next()
        })
    }

    /// The numbers of things grow; devices are counted from 0, if not as on their channel.
    fn numbers(&self) -> Option<String> {
        let (mut logical, mut device, mut counted) = (None, None, true);
        for thing in &self.things {
            let (last, number) = match thing.head {
                Head::Channel => {
                    (device, counted) = (None, false);
                    continue;
                }
                Head::Logical(number) => (&mut logical, number),
                Head::Device(number) => (&mut device, number),
                _ => continue,
            };
            let is_device = matches!(thing.head, Head::Device(_));
            let next = last.map_or(0, |last: u32| last.saturating_add(1));
            let fits = number.is_some_and(|number| if is_device && counted { number == next } else { number >= next });
            if !fits {
                return Some(format!("{} is not in order", thing.head.name()));
            }
            *last = number;
        }
        None
    }
}

fn is_alike(one: &Device, other: &Device) -> bool {
    one.model == other.model
}

impl Thing {
    /// How a drive differs from another: from one of its kind in any line, from any in what is counted.
    fn differs(&self, other: &Self, is_alike: bool) -> Option<String> {
        let counts = |(section, key): &&(String, String)| {
            if is_alike { !OF_SOME.contains(&key.as_str()) } else { section.ends_with("error counters") }
        };
        let (_, key) = self.fields.symmetric_difference(&other.fields).find(counts)?;
        let (one, with) = if self.fields.iter().any(|(_, known)| known == key) { (other, self) } else { (self, other) };
        Some(format!("{} has no line \u{ab}{key}\u{bb}, as {} has", one.head.name(), with.head.name()))
    }

    /// Whether it has one of these lines.
    fn has(&self, keys: &[&str]) -> bool {
        self.fields.iter().any(|(_, key)| keys.contains(&key.as_str()))
    }

    fn lacks(&self) -> Option<String> {
        let missing = self.head.demands().iter().find(|keys| !self.has(keys))?.first()?;
        Some(format!("\u{ab}{missing}\u{bb} is missing in {}", self.head.name()))
    }
}

/// What an output that ends as it should has lost in its midst, by what it announces and by the sections that it must have.
pub(super) fn lacks(run: &Run) -> Option<String> {
    let has_things = run.controller.is_some() || run.lists_logical || run.lists_devices;
    if run.found == Some(0) && has_things {
        return Some("no controller is found, and things of one are listed".to_owned());
    }
    if has_things && !run.phys.is_empty() {
        return Some("the error log of phys, which another command prints, stands in it".to_owned());
    }
    // What stands before them may have been cut out.
    if !run.lists_logical && run.logical.iter().any(|logical| !logical.is_cache) {
        return Some("the head of the logical devices is missing".to_owned());
    }
    if !run.lists_devices && !run.devices.is_empty() {
        return Some("the head of the physical devices is missing".to_owned());
    }
    if run.controller.is_none() && run.lists_logical && run.lists_devices {
        return Some("the controller is missing".to_owned());
    }
    let counted = run.controller.as_ref().and_then(|controller| controller.announced);
    let listed = run.logical.iter().filter(|logical| !logical.is_cache).count();
    if let Some(counted) = counted
        && usize::try_from(counted.all).is_ok_and(|all| all != listed)
    {
        let all = counted.all;
        return Some(format!("the controller counts {all} logical devices, and {listed} are listed"));
    }
    // Logical or physical devices alone come without the controller. A controller alone (`getconfig 1 ad`) is what the others were cut
    // from, or it is all that was asked for: nobody can tell.
    if run.controller.is_some() && !run.lists_logical {
        return Some("the logical devices are missing".to_owned());
    }
    if run.controller.is_some() && !run.lists_devices {
        return Some("the physical devices are missing".to_owned());
    }
    let is_listed = |segment: &Segment| {
        run.devices.iter().any(|device| {
            let channel = device.channel.map(|(channel, device)| place::Place::Channel { channel, device });
            let by_serial = segment.serial.is_some() && segment.serial == device.serial;
            by_serial || segment.place.is_some() && (segment.place == device.place || segment.place == channel)
        })
    };
    let there = |segment: &&Segment| {
        let named = segment.serial.is_some() || segment.place.is_some();
        named && matches!(segment.state, Some(SegmentState::Present) | None)
    };
    let mut segments = run.logical.iter().flat_map(|logical| &logical.segments).filter(there);
    let gone = segments.any(|segment| !is_listed(segment));
    if run.lists_devices && gone {
        return Some("a drive of a logical device is not listed".to_owned());
    }
    run.logical.iter().find(|logical| logical.array.is_none() && !in_order(&logical.segments)).map(|logical| {
        let number = logical.number.unwrap_or_default();
        format!("segments of logical device {number} are not in order")
    })
}

/// Whether each group has its segments from 0 on; SmartRAID has the numbers of drives there.
fn in_order(segments: &[Segment]) -> bool {
    let numbered = |segment: &Segment| segment.number.map(|number| (segment.group, number));
    let numbers: Vec<_> = segments.iter().filter_map(numbered).collect();
    numbers.iter().enumerate().all(|(at, (group, number))| {
        let before = at.checked_sub(1).and_then(|at| numbers.get(at)).filter(|(of, _)| of == group);
        *number == before.map_or(0, |(_, number)| number.saturating_add(1))
    })
}
