//! Logs that nothing happened to, in every style that the format has.

use super::random::Random;
use chrono::{Datelike, Days, NaiveDate};
use std::ops::Range;

/// A log and where its records stand, line ends included.
#[derive(Debug, Clone)]
pub struct Log {
    pub bytes: Vec<u8>,
    pub records: Vec<Range<usize>>,
}

/// How the program at hand writes.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub line_end: &'static str,
    pub blank: &'static str,
    pub host: &'static str,
}

pub const STYLES: [Style; 6] = [
    Style { line_end: "\n", blank: " ", host: "[db7]" },
    Style { line_end: "\r\n", blank: " ", host: "[db7]" },
    Style { line_end: "\n", blank: "    ", host: "db7" },
    Style { line_end: "\r\n", blank: "\t", host: "Local only" },
    Style { line_end: "\n", blank: " ", host: "db7.example.org" },
    Style { line_end: "\n", blank: " ", host: "" },
];

const SERIALS: [&str; 4] = ["CVEM0711000A064KGN", "CVEM9310021B064KGN", "CVEM0522003C064KGN", "PHDV63340041080AGN"];

/// Severity, event number, location, text of what is written beside the reports; two of the texts are known phrases.
const EVENTS: [(&str, u32, &str, &str); 7] = [
    ("WRN", 30535, "A00C-S--L--", "Adaptec Storage Manager started."),
    ("WRN", 30535, "A00C-S--L--", "Adaptec Storage Manager started."),
    ("ERR", 30529, "A00C-S--L--", "Adaptec Storage Manager failed to start at port number 34,571."),
    ("INF", 210, "A01C-S--L00", "Background consistency check complete: controller 1, logical device 0."),
    (
        "WRN",
        318,
        "A01C0S09L--",
        "Medium error: controller 1, channel 0, SCSI device ID 9, controller 1, enclosure 0, slot 1, \
         S/N CVEM9310021B064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)",
    ),
    ("ERR", 402, "A01C-S--L00", "Array is degraded: array \"data\", 1 of 4 members missing (see manual, page 17)"),
    ("INF", 77, "A01C-S--L--", "Temperatur normal: 41 \u{b0}C"),
];

/// A daily report of four drives, and a few other events between two reports.
pub fn log(reports: u64, style: Style, seed: u64) -> Log {
    let mut log = Log { bytes: Vec::new(), records: Vec::new() };
    let mut random = Random::new(seed);
    let first = NaiveDate::from_ymd_opt(2013, 9, 27).unwrap();
    for day in 0..reports {
        let date = first + Days::new(day);
        let second = 8 * 3600 + 38 * 60 + 31 + 3 * day;
        for device in 0..4 {
            let place = format!("A01C0S0{}L--", device + 8);
            let text = format!(
                "Drive map: controller 1, channel 0, SCSI device ID {}, controller 1, enclosure 0, slot {device}, S/N {} \
                 (Vendor: INTEL Model: SSDSA2SH064G1GC)",
                device + 8,
                SERIALS[device],
            );
            log.push(date, second, style, ("INF", 423, &place, &text));
        }
        for hour in 0..random.below(4) {
            let event = EVENTS[random.below(EVENTS.len())];
            let second = (10 + 3 * u64::try_from(hour).unwrap()) * 3600 + u64::try_from(random.below(10_000)).unwrap();
            log.push(date, second, style, event);
        }
    }
    log
}

impl Log {
    fn push(&mut self, date: NaiveDate, second: u64, style: Style, event: (&str, u32, &str, &str)) {
        let start = self.bytes.len();
        let Style { line_end, blank, host } = style;
        let (severity, number, place, text) = event;
        let (hour, half) = if second < 12 * 3600 { (second / 3600, "AM") } else { (second / 3600 - 12, "PM") };
        let hour = if hour == 0 { 12 } else { hour };
        let (minute, second) = (second / 60 % 60, second % 60);
        let host = if host.is_empty() { String::new() } else { format!("{blank}{host}") };
        let line = format!(
            "{} {}, {} {hour}:{minute:02}:{second:02} {half} CDT{blank}{severity}{blank}{number}:{place}{host}{blank}{text}{line_end}",
            date.format("%B"),
            date.day(),
            date.year(),
        );
        self.bytes.extend_from_slice(line.as_bytes());
        self.records.push(start..self.bytes.len());
    }
}
