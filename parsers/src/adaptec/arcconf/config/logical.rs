//! Logical devices with their segments, and the arrays that those of SmartRAID lie in.

use super::{size, text, yes};
use crate::adaptec::arcconf::place::{Place, channel, place};
use crate::adaptec::arcconf::words::{Condition, LogicalState, SegmentState};

/// A logical device, or the device of a maxCache.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logical {
    /// Its number.
    pub number: Option<u32>,
    /// Whether it is a maxCache: what is written to the arrays behind it may be there alone.
    pub is_cache: bool,
    /// Its name.
    pub name: Option<String>,
    /// `10`, `6 Reed-Solomon`.
    pub level: Option<String>,
    /// How it is, in its own word.
    pub state: Option<LogicalState>,
    /// Capacity, bytes.
    pub bytes: Option<u64>,
    /// The name of its block device: `/dev/sda`.
    pub disk_name: Option<String>,
    /// The array that it lies in (SmartRAID).
    pub array: Option<u32>,
    /// `Failed stripes`, `Defunct stripes`: whether there are stripes that could not be kept.
    pub failed_stripes: Option<bool>,
    /// `Defunct segments`.
    pub defunct_segments: Option<bool>,
    /// How writes are cached.
    pub write_cache: WriteCache,
    /// The segments, in order.
    pub segments: Vec<Segment>,
    /// Channel and device numbers of spares that stand by for it alone.
    pub spares: Vec<(u32, u32)>,
}

/// How writes are cached, as it is set and as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriteCache {
    /// Whether write-back is set.
    pub set: Option<bool>,
    /// Whether only while the battery or ZMM protects it.
    pub if_protected: bool,
    /// Whether it is written back.
    pub now: Option<bool>,
}

/// A segment: the part of a logical device that lies on one drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Of RAID 10, 50 and 60: which group of drives.
    pub group: Option<u32>,
    /// Its number in the group; SmartRAID has the device number of the drive.
    pub number: Option<u32>,
    /// How it is; none where only the place is told.
    pub state: Option<SegmentState>,
    /// The controller, as arcconf counts, from 1.
    pub controller: Option<u32>,
    /// Where its drive sits.
    pub place: Option<Place>,
    /// Serial number of its drive.
    pub serial: Option<String>,
}

/// An array of SmartRAID: drives that logical devices lie on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Array {
    /// Its number.
    pub number: Option<u32>,
    /// Its name: `A`.
    pub name: Option<String>,
    /// How it is.
    pub state: Option<Condition>,
    /// How the logical devices on it are, by their numbers.
    pub logical: Vec<(u32, LogicalState)>,
    /// Its drives.
    pub devices: Vec<Segment>,
}

impl Logical {
    /// A line of it. The key is in small letters.
    pub(in crate::adaptec::arcconf) fn line(&mut self, key: &str, value: &str) -> bool {
        if let Some(segment) = segment(key, value) {
            self.segments.push(segment);
            return true;
        }
        match key {
            "logical device name" | "maxcache device name" => self.name = text(value),
            "raid level" => self.level = text(value),
            "status of logical device" | "status of maxcache" => self.state = Some(LogicalState::read(value)),
            "size" => self.bytes = size(value),
            "disk name" => self.disk_name = text(value),
            "array" => self.array = value.parse().ok(),
            "failed stripes" | "defunct stripes" => {
                self.failed_stripes = yes(value);
                return self.failed_stripes.is_some();
            }
            "defunct segments" => {
                self.defunct_segments = yes(value);
                return self.defunct_segments.is_some();
            }
            "write-cache setting" => {
                let word = value.to_ascii_lowercase();
                self.write_cache.set = Some(!word.starts_with("disabled") && !word.starts_with("off"));
                self.write_cache.if_protected = word.contains("when protected");
            }
            "write-cache mode" | "write-cache status" => {
                let word = value.to_ascii_lowercase();
                self.write_cache.now = match word.as_str() {
                    "on" => Some(true),
                    "off" => Some(false),
                    _ if word.starts_with("enabled") => Some(true),
                    _ if word.starts_with("disabled") => Some(false),
                    "not supported" => None,
                    _ => return false,
                };
            }
            "drive(s) (channel,device)" | "stripe order (channel,device)" => return self.drives(value),
            "dedicated hot-spare" => {
                self.spares.extend(channel(value));
                return channel(value).is_some();
            }
            "global hot-spare" => {}
            // The head of the columns.
            "segment" | "device id" if value.starts_with("Availability") => {}
            _ => return super::is_of_no_matter(key),
        }
        true
    }

    /// `0,0 0,1 0,2`: the drives, of which nothing more is told. They may go on in the next line.
    pub(in crate::adaptec::arcconf) fn drives(&mut self, text: &str) -> bool {
        let places: Option<Vec<(u32, u32)>> = text.split_whitespace().map(channel).collect();
        let Some(places) = places.filter(|places| !places.is_empty()) else { return false };
        self.segments.extend(places.into_iter().map(|(channel, device)| Segment {
            group: None,
            number: None,
            state: None,
            controller: None,
            place: Some(Place::Channel { channel, device }),
            serial: None,
        }));
        true
    }
}

impl Array {
    /// A line of it. The key is in small letters.
    pub(in crate::adaptec::arcconf) fn line(&mut self, key: &str, value: &str) -> bool {
        if let Some(device) = segment(key, value) {
            self.devices.push(device);
            return true;
        }
        match key {
            "name" => self.name = text(value),
            "status" => self.state = Some(Condition::read(value)),
            _ => {
                let Some(number) = key.strip_prefix("logical ").and_then(|number| number.parse().ok()) else {
                    return super::is_of_no_matter(key);
                };
                let word = value.split_once(" (").map_or(value, |(word, _)| word);
                self.logical.push((number, LogicalState::read(word)));
            }
        }
        true
    }
}

/// `Group 0, Segment 1 : Present (Controller:1,Enclosure:0,Slot:1) SERIAL`, `Segment 1 : …`, `Device 4 : …`.
fn segment(key: &str, value: &str) -> Option<Segment> {
    let (group, key) = match key.strip_prefix("group ").and_then(|rest| rest.split_once(", ")) {
        Some((group, key)) => (Some(group.parse().ok()?), key),
        None => (None, key),
    };
    let number = key.strip_prefix("segment ").or_else(|| key.strip_prefix("device "))?.parse().ok()?;
    let (word, rest) = value.split_once('(').map_or((value, ""), |(word, rest)| (word.trim(), rest));
    let (told, serial) = rest.split_once(')').unwrap_or((rest, ""));
    let told = place(told);
    Some(Segment {
        group,
        number: Some(number),
        state: Some(SegmentState::read(word)),
        controller: told.controller,
        place: told.place,
        serial: text(serial.trim()),
    })
}
