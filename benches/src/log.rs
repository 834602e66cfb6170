//! A log as Adaptec Storage Manager writes it: a report of all drives each day and other events between the reports, over many
//! years, with the local times and zone abbreviations that a machine in Chicago would write.

use crate::damage::harm;
use crate::events::{DRIVE_MAP, EVENTS, Event, Place};
use crate::random::Random;
use chrono::{DateTime, Datelike, TimeDelta, TimeZone, Timelike};
use chrono_tz::{America::Chicago, OffsetName, Tz};
use std::io::{self, Write};

/// Drives in the machine, over two controllers of [`BAYS`] each.
pub const DRIVES: usize = 48;

/// Bays of a controller.
pub const BAYS: usize = 24;

/// Seconds of a day.
const DAY: usize = 86_400;

/// One drive in this many reports was changed for another since the report before.
const REPLACED_ONE_IN: usize = 5_000;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How the fields of a record are set apart. A log has one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Spacing {
    /// As in the log of 2013: single blanks, the host in brackets.
    Narrow,
    /// As in the lines of 2008: columns, the host bare.
    Wide,
}

/// What log to write.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Bytes after which it ends; the last line is written whole.
    pub size: u64,
    /// Days after which it ends, if it is not long enough before.
    pub days: usize,
    /// The log is the same for the same seed.
    pub seed: u64,
    /// How fields are set apart.
    pub spacing: Spacing,
    /// One line in so many is damaged; none if it is `None`.
    pub damage_every: Option<u32>,
    /// The host's number: that of 7 is called `db7`.
    pub host: usize,
    /// It begins on the first day of this year.
    pub year: i32,
    /// About how many events fall between two reports; not 0, and not one a second.
    pub events_a_day: usize,
}

impl Plan {
    /// A busy machine, from 2004 on and without end.
    pub const BUSY: Self = Self {
        size: u64::MAX,
        days: usize::MAX,
        seed: 1,
        spacing: Spacing::Narrow,
        damage_every: None,
        host: 7,
        year: 2004,
        events_a_day: 120,
    };
}

/// Writes the log.
///
/// # Errors
/// Those of the output.
pub fn write(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    let mut machine = Machine::new(plan);
    let mut written = 0;
    for _ in 0..plan.days {
        if written >= plan.size {
            break;
        }
        machine.day();
        let room = usize::try_from(plan.size - written).unwrap_or(usize::MAX);
        let end = machine.end_of_line(room);
        out.write_all(&machine.lines[..end])?;
        written += end as u64;
        machine.lines.clear();
    }
    Ok(())
}

/// The machine whose log it is.
struct Machine {
    random: Random,
    spacing: Spacing,
    damage_every: Option<u32>,
    host: usize,
    /// Half of all times between two events of a day are shorter than this.
    usual_pause: usize,
    now: DateTime<Tz>,
    serials: Vec<String>,
    line: Vec<u8>,
    /// The lines of the day.
    lines: Vec<u8>,
}

impl Machine {
    fn new(plan: &Plan) -> Self {
        let mut random = Random::new(plan.seed);
        Self {
            spacing: plan.spacing,
            damage_every: plan.damage_every,
            host: plan.host,
            usual_pause: DAY / plan.events_a_day,
            now: Chicago.with_ymd_and_hms(plan.year, 1, 1, 8, 38, 31).unwrap(),
            serials: (0..DRIVES).map(|_| serial(&mut random)).collect(),
            random,
            line: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// A report and what happens until the next.
    fn day(&mut self) {
        // The timer starts anew when a report is done, so reports come some seconds later each day.
        let next_report = self.now + TimeDelta::days(1) + TimeDelta::seconds(3);
        self.report();
        loop {
            let pause = 1 + self.random.below(2 * self.usual_pause);
            self.now += TimeDelta::seconds(pause as i64);
            if self.now >= next_report {
                break;
            }
            let event = self.random.one_of(&EVENTS);
            self.event(event);
        }
        self.now = next_report;
    }

    fn report(&mut self) {
        for drive in 0..DRIVES {
            if self.random.below(REPLACED_ONE_IN) == 0 {
                self.serials[drive] = serial(&mut self.random);
            }
            let (controller, slot) = (1 + drive / BAYS, drive % BAYS);
            let device = slot + 8;
            self.head("INF", DRIVE_MAP, &format!("A{controller:02}C0S0{device}L--"));
            let text = format_args!(
                "Drive map: controller {controller}, channel 0, SCSI device ID {device}, controller {controller}, \
                 enclosure 0, slot {slot}, S/N {} (Vendor: INTEL Model: SSDSA2SH064G1GC)",
                self.serials[drive]
            );
            write_to(&mut self.line, text);
            self.end_line();
        }
    }

    fn event(&mut self, event: &Event) {
        let place = match event.place {
            Place::Nowhere => "A00C-S--L--".to_owned(),
            Place::Adapter => "A01C-S--L--".to_owned(),
            Place::Drive => format!("A01C0S0{}L--", 8 + self.random.below(BAYS)),
            Place::Logical => "A01C-S--L00".to_owned(),
        };
        self.head(event.severity, event.number, &place);
        for part in event.text.split_inclusive('#') {
            match part.strip_suffix('#') {
                Some(words) => write_to(&mut self.line, format_args!("{words}{}", 1 + self.random.below(99))),
                None => self.line.extend_from_slice(part.as_bytes()),
            }
        }
        self.end_line();
    }

    /// Everything before the text.
    fn head(&mut self, severity: &str, number: u32, place: &str) {
        let now = &self.now;
        let month = MONTHS[now.month0() as usize];
        let (afternoon, hour) = now.hour12();
        let half = if afternoon { "PM" } else { "AM" };
        let zone = now.offset().abbreviation().unwrap_or("CST");
        let (day, year, minute, second) = (now.day(), now.year(), now.minute(), now.second());
        let written = format_args!("{month} {day}, {year} {hour}:{minute:02}:{second:02} {half} {zone}");
        write_to(&mut self.line, written);
        let rest = match self.spacing {
            Spacing::Narrow => format_args!(" {severity} {number}:{place} [db{}] ", self.host),
            Spacing::Wide => format_args!("      {severity}    {number}:{place}        Local only        "),
        };
        write_to(&mut self.line, rest);
    }

    /// Adds the line to those of the day, perhaps damaged.
    fn end_line(&mut self) {
        self.line.push(b'\n');
        match self.damage_every {
            Some(every) if self.random.below(every as usize) == 0 => {
                harm(&self.line, &mut self.random, &mut self.lines);
            }
            _ => self.lines.extend_from_slice(&self.line),
        }
        self.line.clear();
    }

    /// The end of the line that reaches `room` bytes, or of all lines.
    fn end_of_line(&self, room: usize) -> usize {
        let rest = self.lines.get(room..).unwrap_or_default();
        rest.iter().position(|byte| *byte == b'\n').map_or(self.lines.len(), |at| room + at + 1)
    }
}

/// As the published ones go: `CVEM04620027064KGN`.
fn serial(random: &mut Random) -> String {
    format!("CVEM{:08}064KGN", random.below(100_000_000))
}

fn write_to(line: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // A `Vec` takes everything.
    let _ = line.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(plan: Plan) -> Vec<u8> {
        let mut log = Vec::new();
        write(&plan, &mut log).expect("a Vec takes everything");
        log
    }

    const PLAN: Plan = Plan { size: 300_000, ..Plan::BUSY };

    #[test]
    fn a_seed_names_a_log() {
        assert_eq!(log(PLAN), log(PLAN));
        assert_ne!(log(PLAN), log(Plan { seed: 2, ..PLAN }));
        let damaged = Plan { damage_every: Some(10), ..PLAN };
        assert_eq!(log(damaged), log(damaged));
        assert_ne!(log(damaged), log(PLAN));
    }

    #[test]
    fn whole_lines_of_about_the_size() {
        for size in [1, 1_000, 300_000] {
            let log = log(Plan { size, ..PLAN });
            assert!((size..size + 300).contains(&(log.len() as u64)), "{}", log.len());
            assert_eq!(log.last(), Some(&b'\n'));
        }
    }

    #[test]
    fn a_longer_log_begins_as_the_shorter_one() {
        let (short, long) = (log(PLAN), log(Plan { size: 400_000, ..PLAN }));
        assert!(long.starts_with(&short));
    }

    #[test]
    fn so_many_days_of_a_host() {
        for (days, events_a_day) in [(1, 4), (3, 4), (3, 120)] {
            let plan = Plan { days, events_a_day, host: 12, year: 2025, ..Plan::BUSY };
            let log = String::from_utf8(log(plan)).expect("text");
            let reports = log.lines().filter(|line| line.contains("Drive map")).count();
            assert_eq!(reports, days * DRIVES);
            let others = log.lines().count() - reports;
            assert!((1..=2 * days * events_a_day).contains(&others), "{others} events");
            assert!(log.starts_with("January 1, 2025 ") && log.lines().all(|line| line.contains(" [db12] ")));
        }
    }
}
