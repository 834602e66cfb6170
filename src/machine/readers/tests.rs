//! Readers are real processes here; the machine that they ask is a scripted one.

use super::*;
use crate::machine::{Captured, Scripted, commands};

const PATIENCE: Duration = Duration::from_millis(300);

/// A machine of two controllers with a disk each, `/dev/sda` of which needs so long for an answer.
fn machine(slow: Duration) -> Box<dyn Host> {
    let mut captured = Captured::default();
    for device in ["/dev/sda", "/dev/sdb"] {
        let reply = crate::machine::Reply {
            status: crate::machine::Status::Scsi { status: 0, host: 0, driver: 0 },
            data: vec![0; 96],
            sense: Vec::new(),
            micros: 0,
        };
        captured.take(&Entry::of_ask(device, &commands::inquiry(96), &reply));
    }
    Box::new(Scripted::new(captured).slow("/dev/sda", slow))
}

fn tasks(_: &mut dyn Host) -> Vec<Task> {
    let task = |name: &str, device: &'static str| Task {
        name: name.to_owned(),
        run: Box::new(move |host: &mut dyn Host| {
            for _ in 0..3 {
                host.ask(device, &commands::inquiry(96));
            }
        }),
    };
    vec![task("a", "/dev/sda"), task("b", "/dev/sdb")]
}

/// Reader by reader, how it ended and how each of its commands did.
fn check(slow: Duration, manner: &Manner, expect: &[&str]) {
    let lines = read(|| machine(slow), tasks, manner).expect("processes");
    let mut told: Vec<String> = Vec::new();
    for line in lines {
        match (line.reader, line.ask, line.failed, line.end) {
            (Some(reader), ..) => told.push(reader),
            (_, Some(_), failed, _) => {
                let word = failed.map_or("ok".to_owned(), |why| format!("{why:?}"));
                told.last_mut().expect("a reader").push_str(&format!(" {word}"));
            }
            (.., Some(end)) => {
                let word = match end {
                    End::Busy(_) => "Busy".to_owned(),
                    end => format!("{end:?}"),
                };
                told.last_mut().expect("a reader").push_str(&format!(" | {word}"));
            }
            _ => {}
        }
    }
    assert_eq!(told, expect);
}

#[test]
fn a_hung_device_blocks_nothing_but_itself_and_is_not_asked_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let manner = Manner::at_once(PATIENCE, directory.path().to_owned());
    check(Duration::ZERO, &manner, &["topology | Done", "a ok ok ok | Done", "b ok ok ok | Done"]);
    // It hangs for so long that the next run meets its reader.
    let hung = Duration::from_secs(4);
    check(hung, &manner, &["topology | Done", "a NoAnswer | LeftBehind(0)", "b ok ok ok | Done"]);
    let patient = Manner { patience: Duration::from_secs(5), ..manner.clone() };
    check(
        Duration::ZERO,
        &Manner { patience: PATIENCE * 10, ..manner },
        &["topology | Done", "a | Busy", "b ok ok ok | Done"],
    );
    // When its command has come back, it is left alone for a while.
    std::thread::sleep(Duration::from_secs(3));
    let quarantined = ["topology | Done", "a Quarantined Quarantined Quarantined | Done", "b ok ok ok | Done"];
    check(Duration::ZERO, &patient, &quarantined);
}

#[test]
fn a_slow_device_is_asked_no_more() {
    let directory = tempfile::tempdir().expect("a directory");
    let manner = Manner::at_once(Duration::from_millis(100), directory.path().to_owned());
    // The parent's patience ends before the reader's answer comes; what that tells then, nobody hears.
    check(Duration::from_millis(900), &manner, &["topology | Done", "a NoAnswer | LeftBehind(0)", "b ok ok ok | Done"]);
}

#[test]
fn a_reader_that_dies_is_told_of() {
    let directory = tempfile::tempdir().expect("a directory");
    let manner = Manner::at_once(Duration::from_secs(10), directory.path().to_owned());
    let dies =
        |_: &mut dyn Host| vec![Task { name: "a".to_owned(), run: Box::new(|_: &mut dyn Host| std::process::abort()) }];
    let lines = read(|| machine(Duration::ZERO), dies, &manner).expect("processes");
    let ends: Vec<&End> = lines.iter().filter_map(|line| line.end.as_ref()).collect();
    assert_eq!(ends, [&End::Done, &End::Died(libc::SIGABRT)]);
}
