//! The program is killed while it ingests, the disk is full or fails, two run at once: what was kept is valid, and the next run
//! completes it.

use super::common::{command, finished, log, run};
use super::crash::SmallDisk;
use super::kept::{Kept, Key, Row, entries_of, observations, rows, without_places};
use arraywatch::diagnosis::{Diagnosis, diagnose};
use arraywatch::history::{Database, writer};
use arraywatch::keep::fold;
use arraywatch_faults::{every_fault, with_fault};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const NOW: &str = "2013-11-30T12:00:00Z";

/// What a history holds, but for where it was read.
#[derive(Debug, PartialEq)]
struct Held {
    records: BTreeMap<Key, Row>,
    remarks: BTreeMap<Key, Row>,
    diagnosis: Diagnosis,
}

/// What a sound history holds.
fn held(path: &Path) -> Held {
    let database = Database::read(path).expect("a history");
    assert_eq!(database.check().expect("questions"), []);
    let history = database.connection();
    let diagnosis = diagnose(&without_places(observations(history)));
    Held { records: rows(history, false), remarks: rows(history, true), diagnosis }
}

/// How many rows a history holds.
fn kept(path: &Path) -> usize {
    let Ok(database) = Database::read(path) else { return 0 };
    let sql = "SELECT count(*) FROM observation WHERE times > 0";
    let rows = database.connection().query_row(sql, [], |row| row.get::<_, u32>(0)).expect("a number");
    usize::try_from(rows).expect("a number of rows")
}

/// A log of so many records a day, most of them of information only, and damage amid.
fn long(records: usize) -> String {
    let mut text = String::new();
    for day in 1..=26 {
        text += &log("engine", day..=day);
        for number in 0..records {
            let (hour, minute, second) = (1 + number / 3_600, number / 60 % 60, number % 60);
            let _ = writeln!(
                text,
                "October {day}, 2013 {hour}:{minute:02}:{second:02} PM CDT INF 77:A01C-S--L-- [engine] Temperature: {} C",
                30 + number % 7
            );
        }
        if day % 9 == 0 {
            text += &"\0".repeat(512);
        }
    }
    text
}

fn ingest(log: &Path, database: &Path) -> Command {
    let mut command = command();
    command.arg("ingest").arg(log).arg("--db").arg(database).args(["--now", NOW]);
    command
}

/// The program is killed at random moments: what it wrote is a valid history of what it had read, and completed by the next run.
#[test]
fn killed_while_it_ingests() {
    const KILLS: u32 = 20;
    const HISTORIES: u32 = 2;
    let directory = TempDir::new().expect("a temporary directory");
    let path = |name: &str| directory.path().join(name);
    fs::write(path("a.log"), long(4_400)).expect("a file");
    let start = Instant::now();
    assert!(ingest(&path("a.log"), &path("whole.db")).stdout(Stdio::null()).status().expect("the program").success());
    let took = start.elapsed();
    let whole = held(&path("whole.db"));
    let (mut random, mut killed, mut between) = (0x9e37_79b9_7f4a_7c15_u64, 0, 0);
    for history in 0..HISTORIES {
        let database = path(&format!("{history}.db"));
        for kill in 0..KILLS / HISTORIES {
            let mut child = ingest(&path("a.log"), &database);
            let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program");
            if kill == 0 {
                // Between the first batch and the second.
                while kept(&database) == 0 && child.try_wait().expect("a child").is_none() {
                    thread::sleep(Duration::from_millis(5));
                }
            } else {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                thread::sleep(took * u32::try_from(random % 60).expect("a percentage") / 100);
            }
            killed += u32::from(child.try_wait().expect("a child").is_none());
            child.kill().expect("a child of ours");
            child.wait().expect("it has ended");
            assert_eq!(Database::read(&database).expect("a history").check().expect("questions"), []);
            let rows = kept(&database);
            assert!(rows <= whole.records.len() + whole.remarks.len());
            between += u32::from(rows > 0 && rows < whole.records.len());
        }
        let run = finished(ingest(&path("a.log"), &database).output().expect("the program"));
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(held(&database) == whole, "history {history}");
    }
    assert!(killed > KILLS / 3, "only {killed} of {KILLS} runs were killed");
    assert!(between > 0, "no run was killed between two batches");
    eprintln!(
        "{killed} of {KILLS} runs were killed, {between} left some batches and not all; a whole run takes {took:?}"
    );
}

/// Every operation of the disk fails once, or from then on, while a piece is written and folded: the history is as before or after,
/// or has rows that are not folded, which a reader folds; and the next run completes it.
#[test]
fn the_disk_fails_while_it_ingests() {
    let (front, whole) = (log("engine", 1..=3), log("engine", 1..=6) + "\0\0\0\0");
    let template = TempDir::new().expect("a temporary directory");
    let path = template.path().join("history.db");
    {
        let mut database = Database::write(&path).expect("a history");
        take(&mut database, &front).expect("a sound disk");
    }
    let (before, after) = (Kept::of([front.as_bytes()]), Kept::of([front.as_bytes(), whole.as_bytes()]));
    let start = fs::read(&path).expect("a file");
    let mut failed = 0_u64;
    let fired = every_fault(|fault| {
        let directory = TempDir::new().expect("a temporary directory");
        let path = directory.path().join("history.db");
        fs::write(&path, &start).expect("a file");
        let (result, fired) = with_fault(fault, || {
            let mut database = Database::write(&path).map_err(|trouble| trouble.to_string())?;
            take(&mut database, &whole).map_err(|error| error.to_string())
        });
        assert!(fired || result.is_ok(), "{fault:?}: {result:?}");
        failed += u64::from(result.is_err());
        let (records, diagnosis) = {
            let held = held(&path);
            (held.records, held.diagnosis)
        };
        let is = |kept: &Kept| records == kept.rows(false) && diagnosis == kept.diagnosis();
        assert!(is(&before) || is(&after), "{fault:?}: {result:?}");
        let mut database = Database::write(&path).expect("a sound disk");
        take(&mut database, &whole).expect("a sound disk");
        drop(database);
        let held = held(&path);
        assert_eq!((held.records, held.remarks), (after.rows(false), after.rows(true)), "{fault:?}");
        assert_eq!(held.diagnosis, after.diagnosis(), "{fault:?}");
        fired
    });
    eprintln!("{fired} faults, of which {failed} ended the run");
    assert!(failed > 20, "{failed} of {fired}");
}

/// What `ingest` does, in this thread.
fn take(database: &mut Database, piece: &str) -> rusqlite::Result<()> {
    let batches = entries_of(database.connection(), piece.as_bytes())?;
    writer::write(database.connection(), batches)?;
    fold::bring_up_to_date(database.connection())
}

/// A limit on the size of files works for everybody, as a full disk can only be made by root.
#[test]
fn a_history_that_may_grow_no_more() {
    let directory = TempDir::new().expect("a temporary directory");
    let path = |name: &str| directory.path().join(name);
    fs::write(path("front.log"), log("engine", 1..=5)).expect("a file");
    fs::write(path("a.log"), long(1_000)).expect("a file");
    assert!(ingest(&path("front.log"), &path("history.db")).output().expect("the program").status.success());
    let before = held(&path("history.db"));
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 600; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_arraywatch"), "ingest"]);
    limited.arg(path("a.log")).arg("--db").arg(path("history.db")).args(["--now", NOW]);
    let run = finished(limited.output().expect("the program"));
    assert_eq!(run.code, 74, "{}{}", run.out, run.err);
    assert!(run.err.contains("history.db"), "{}", run.err);
    assert!(held(&path("history.db")) == before);
    completed(&path("a.log"), &path("history.db"));
}

#[test]
fn no_room_for_what_is_ingested() {
    let Some(disk) = SmallDisk::new("2m") else { return };
    let directory = TempDir::new().expect("a temporary directory");
    let path = |name: &str| directory.path().join(name);
    fs::write(path("front.log"), log("engine", 1..=5)).expect("a file");
    fs::write(path("a.log"), long(3_000)).expect("a file");
    assert!(ingest(&path("front.log"), &disk.history()).output().expect("the program").status.success());
    let before = held(&disk.history());
    let run = finished(ingest(&path("a.log"), &disk.history()).output().expect("the program"));
    assert_eq!(run.code, 74, "{}{}", run.out, run.err);
    assert!(run.err.contains("make room and run it again"), "{}", run.err);
    assert!(held(&disk.history()) == before);
    disk.option("size=64m");
    completed(&path("a.log"), &disk.history());
}

/// With room, the run is completed as if nothing had been.
fn completed(log: &Path, database: &Path) {
    let run = finished(ingest(log, database).output().expect("the program"));
    assert_eq!(run.code, 0, "{}", run.err);
    let undisturbed = log.with_extension("db");
    assert!(ingest(log, &undisturbed).output().expect("the program").status.success());
    let (held, undisturbed) = (held(database), held(&undisturbed));
    assert_eq!(held.records.len(), undisturbed.records.len());
    assert!(held.records == undisturbed.records);
    assert_eq!(held.diagnosis.cases, undisturbed.diagnosis.cases);
    assert_eq!(held.diagnosis.inventory, undisturbed.diagnosis.inventory);
}

/// Two at once: both have their turn, or one is told who has it; and who reads meanwhile waits for neither.
#[test]
fn two_at_once() {
    let directory = TempDir::new().expect("a temporary directory");
    let path = |name: &str| directory.path().join(name);
    let (front, back) = (long(600), log("other", 1..=20));
    fs::write(path("a.log"), front).expect("a file");
    fs::write(path("b.log"), back).expect("a file");
    let database = path("history.db");
    assert!(ingest(&path("b.log"), &path("alone.db")).output().expect("the program").status.success());
    let both = ["a.log", "b.log"].map(|name| {
        ingest(&path(name), &database).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program")
    });
    let mut asked = 0;
    let mut both = both.map(Some);
    while both.iter_mut().flatten().any(|child| child.try_wait().expect("a child").is_none()) {
        if database.exists() {
            let start = Instant::now();
            let run = run(&["db", "check", "--db", &database.to_string_lossy()]);
            assert!([0, 66].contains(&run.code), "{}{}", run.out, run.err);
            assert!(start.elapsed() < Duration::from_secs(4), "a reader waited");
            asked += 1;
        }
    }
    let mut refused = Vec::new();
    for (name, child) in ["a.log", "b.log"].into_iter().zip(both) {
        let run = finished(child.expect("a child").wait_with_output().expect("it ends"));
        if run.code != 0 {
            assert!(run.err.contains("another arraywatch"), "{}", run.err);
            refused.push(name);
        }
    }
    assert!(refused.len() < 2, "one of them has its turn");
    for name in refused {
        assert!(ingest(&path(name), &database).output().expect("the program").status.success());
    }
    assert!(ingest(&path("a.log"), &path("alone.db")).output().expect("the program").status.success());
    assert!(held(&database) == held(&path("alone.db")), "asked {asked} times meanwhile");
}
