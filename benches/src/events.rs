//! The events of the made-up log.
//!
//! The texts are made up too, for their lengths and their letters; none is quoted from a real log but for the service's start.
//! They go as such texts go: places as numbers, commas between them, a sentence or two.

use Place::{Adapter, Drive, Logical, Nowhere};

/// What an event is about, and so what its location code looks like.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// The machine.
    Nowhere,
    /// A controller.
    Adapter,
    /// A drive of a controller.
    Drive,
    /// A logical drive of a controller.
    Logical,
}

/// A kind of event.
#[derive(Debug)]
pub struct Event {
    /// `INF`, `WRN` or `ERR`.
    pub severity: &'static str,
    /// The number of the kind.
    pub number: u32,
    /// What it is about.
    pub place: Place,
    /// The text; a number stands in it for each `#`.
    pub text: &'static str,
}

const fn event(severity: &'static str, number: u32, place: Place, text: &'static str) -> Event {
    Event { severity, number, place, text }
}

/// The kinds of events between two reports, each as likely as the others.
#[rustfmt::skip]
pub const EVENTS: [Event; 20] = [
    event("INF", 101,   Nowhere, "Adaptec Storage Manager started."),
    event("INF", 105,   Nowhere, "User session # opened from the console."),
    event("INF", 106,   Nowhere, "User session # closed after # minutes."),
    event("INF", 210,   Adapter, "Periodic scan finished: controller 1, # physical devices, # logical devices, no change."),
    event("INF", 212,   Adapter, "Battery pack charge: controller 1, # percent, # degrees Celsius, # cycles."),
    event("INF", 214,   Adapter, "Controller temperature is normal: controller 1, # degrees Celsius."),
    event("WRN", 215,   Adapter, "Controller temperature is high: controller 1, # degrees Celsius; check the fans of the enclosure."),
    event("INF", 301,   Logical, "Consistency check: controller 1, logical device 0, # percent done, # minutes left."),
    event("INF", 302,   Logical, "Consistency check done: controller 1, logical device 0, # sectors repaired, # sectors unreadable."),
    event("WRN", 305,   Logical, "Bad stripes: controller 1, logical device 0, # stripes are kept in the table of bad stripes, room for # more."),
    event("INF", 310,   Logical, "Rebuild: controller 1, logical device 0, # percent done."),
    event("ERR", 315,   Logical, "Logical device is degraded: controller 1, logical device 0; # drives are missing."),
    event("WRN", 401,   Drive,   "Medium error corrected: # blocks from block ## of the drive were written anew."),
    event("ERR", 402,   Drive,   "Medium error not corrected: # blocks from block ##, sense key 3, code 11, qualifier #."),
    event("WRN", 405,   Drive,   "Command aborted and tried again, # times within # minutes; the drive answered in the end."),
    event("INF", 407,   Drive,   "Drive spun down after # minutes without work."),
    event("WRN", 410,   Drive,   "SMART: attribute # fell to # of a threshold of #."),
    event("INF", 430,   Nowhere, "Enclosure 0: fans at ## and ## turns a minute, supplies 1 and 2 present, # and # degrees Celsius, door closed."),
    event("ERR", 433,   Nowhere, "Enclosure 0: power supply # lost its input; the other one carries the load of # drives."),
    event("INF", 30_001, Nowhere, "Notification # was sent by mail to # of # recipients."),
];

/// The number of the daily report's records.
pub const DRIVE_MAP: u32 = 423;
