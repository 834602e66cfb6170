//! What the texts of events mean: data, reviewed row by row.
//!
//! A row without a public source may not exist here: its text would still be kept, and count with the severity that its writer
//! gave it, which is all that can be known without a source. A line that matches no row is treated so.

/// What an event's text says, beyond its severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A report, repeated daily: which drive sits in which place.
    DriveMap,
    /// The Storage Manager's service started.
    ServiceStarted,
    /// The service could not start: nobody records the controller's events.
    ServiceFailedToStart,
}

/// A row of the table.
#[derive(Debug)]
pub struct Phrase {
    /// The text, with its fields; see [`crate::form`].
    pub form: &'static str,
    /// What it says.
    pub meaning: Meaning,
    /// A text that was really written, for the test that the form reads it.
    pub example: &'static str,
    /// Where the phrase was published.
    pub source: &'static str,
}

/// The table.
pub const PHRASES: [Phrase; 3] = [
    Phrase {
        form: "Drive map: controller {controller:number}, channel {channel:number}, SCSI device ID {device:number}, \
               controller {controller:number}, enclosure {enclosure:number}, slot {slot:number}, S/N {serial:word} \
               (Vendor: {vendor:text} Model: {model:text})",
        meaning: Meaning::DriveMap,
        example: "Drive map: controller 1, channel 0, SCSI device ID 10, controller 1, enclosure 0, slot 2, \
                  S/N CVEM04620027064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)",
        source: "the log that an operator published after an exchange's outage of October 2013",
    },
    Phrase {
        form: "Adaptec Storage Manager started.",
        meaning: Meaning::ServiceStarted,
        example: "Adaptec Storage Manager started.",
        source: "a RaidEvt.log quoted in public, February 2008",
    },
    Phrase {
        form: "Adaptec Storage Manager failed to start at port number {number:number}.",
        meaning: Meaning::ServiceFailedToStart,
        example: "Adaptec Storage Manager failed to start at port number 34,571.",
        source: "the same",
    },
];
