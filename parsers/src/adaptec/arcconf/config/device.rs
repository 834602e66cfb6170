//! Physical devices: drives and enclosures.

use super::{number, size, text, word, yes};
use crate::adaptec::arcconf::place::{Place, channel, place};
use crate::adaptec::arcconf::words::{Condition, DeviceState};

/// A physical device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// Its number in the list.
    pub number: Option<u32>,
    /// What it is.
    pub kind: DeviceKind,
    /// How it is.
    pub state: Option<DeviceState>,
    /// SCSI channel and device number.
    pub channel: Option<(u32, u32)>,
    /// Where it sits.
    pub place: Option<Place>,
    /// As it names itself. Of ATA drives, old versions write the first eight characters of the model here.
    pub vendor: Option<String>,
    /// As it names itself; may be cut short.
    pub model: Option<String>,
    /// Of its firmware.
    pub firmware: Option<String>,
    /// As it names itself; people hide it with stars.
    pub serial: Option<String>,
    /// World-wide name, 16 hexadecimal digits; of SATA drives the controller may have made it up.
    pub wwn: Option<String>,
    /// Capacity, bytes.
    pub bytes: Option<u64>,
    /// The name of its block device: `/dev/sda`.
    pub disk_name: Option<String>,
    /// `S.M.A.R.T.`, before 2009 `PFA`: whether it says that it will fail.
    pub predicts: Option<bool>,
    /// How often it said so.
    pub predictions: Option<u64>,
    /// `Drive has stale RIS data`: it bears the configuration of another array (RIS: RAID information sector).
    pub stale: Option<bool>,
    /// Degrees Celsius.
    pub celsius: Option<i32>,
    /// The most that it allows, degrees Celsius.
    pub celsius_max: Option<i32>,
    /// Flash: percent of its life that are left.
    pub life_left: Option<u32>,
    /// Flash: it says that it is written out.
    pub worn_out: Option<bool>,
    /// Flash: at the present rate it is written out within 56 days.
    pub worn_out_soon: Option<bool>,
    /// Why the controller gave it up, if it ever did.
    pub last_failure: Option<String>,
    /// What the controller counts of it.
    pub counters: Vec<Counter>,
    /// Of an enclosure: its number, from 0.
    pub enclosure: Option<u32>,
    /// Of an enclosure: its parts.
    pub parts: Vec<Part>,
}

/// What a physical device is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum DeviceKind {
    /// `Device is a Hard drive`: a drive, also with flash.
    Drive,
    /// `Device is an Enclosure services device`, `Device is an Enclosure`.
    Enclosure,
    /// Anything else, as it stands; empty if nothing is told.
    #[default]
    Untold,
    /// `Device is a …`, as it stands.
    Other(String),
}

/// A counter of the controller for a drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Its name in small letters: `medium error count`, `media failures`.
    pub name: String,
    /// How many.
    pub count: u64,
}

/// A part of an enclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `Fan 1 status`, `Power supply 2 status`, `Temperature Sensor Status 1`, `Temperature`.
    pub name: String,
    /// How it is; none where only a number stands.
    pub condition: Option<Condition>,
    /// Degrees Celsius, or revolutions in a minute.
    pub value: Option<i32>,
}

/// The part of a device that lines tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::adaptec::arcconf) enum Block {
    /// The device itself.
    Head,
    /// `Channel #0:`, before the devices on it.
    Channel,
    /// `Device Phy Information`.
    Phy,
    /// `Device Error Counters`, `Runtime Error Counters`.
    Counters,
}

impl Device {
    /// `Device is a Hard drive`.
    pub(in crate::adaptec::arcconf) fn is_a(&mut self, what: &str) {
        self.kind = match what.to_ascii_lowercase().as_str() {
            "hard drive" => DeviceKind::Drive,
            "enclosure services device" | "enclosure" => DeviceKind::Enclosure,
            _ => DeviceKind::Other(what.to_owned()),
        };
    }

    /// A line of it. The key is in small letters as well.
    pub(in crate::adaptec::arcconf) fn line(&mut self, block: Block, name: &str, key: &str, value: &str) -> bool {
        if block == Block::Counters
            && let Ok(count) = value.parse()
        {
            self.counters.push(Counter { name: key.to_owned(), count });
            return true;
        }
        match key {
            "state" => self.state = Some(DeviceState::read(value)),
            "reported channel,device" | "reported channel,device(t:l)" => {
                self.channel = channel(value);
                return self.channel.is_some();
            }
            "reported location" => self.place = place(value).place,
            "vendor" => self.vendor = text(value),
            "model" => self.model = text(value),
            "firmware" => self.firmware = text(value),
            "serial number" => self.serial = text(value),
            "world-wide name" => self.wwn = text(value),
            "size" | "total size" => self.bytes = size(value),
            "disk name" => self.disk_name = text(value),
            "s.m.a.r.t." | "pfa" => {
                self.predicts = yes(value);
                return self.predicts.is_some();
            }
            "s.m.a.r.t. warnings" => {
                self.predictions = value.parse().ok();
                return self.predictions.is_some();
            }
            "drive has stale ris data" => self.stale = yes(value),
            "temperature" | "current temperature" if self.kind == DeviceKind::Drive => self.celsius = number(value),
            "threshold temperature" => self.celsius_max = number(value),
            "usage remaining" => self.life_left = number(value),
            "ssd smart trip wearout" => self.worn_out = yes(value),
            "56 day warning present" => self.worn_out_soon = yes(value),
            "last failure reason" => self.last_failure = text(value).filter(|reason| reason != "No Failure"),
            "dedicated spare for" | "array" => {}
            "enclosure id" => self.enclosure = value.parse().ok(),
            _ if self.kind == DeviceKind::Enclosure && is_part(key) => {
                let only_number = number::<i32>(value).is_some() && !value.ends_with(')');
                self.parts.push(Part {
                    name: name.to_owned(),
                    condition: (!only_number).then(|| Condition::read(word(value))),
                    value: number(value),
                });
            }
            _ => return super::is_of_no_matter(key),
        }
        true
    }
}

fn is_part(key: &str) -> bool {
    let fronts = ["fan", "power supply", "temperature", "door", "lock", "voltage", "current"];
    !key.starts_with("speaker") && fronts.iter().any(|front| key.starts_with(front))
}
