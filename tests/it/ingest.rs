//! `arraywatch ingest`: nothing twice, nothing missed, however often, in whatever pieces and under whatever names a log comes.

use super::common::{Run, SERIALS, Scene, cases, command, finished, json, log, notes, raid10, report_of, run};
use super::kept::{Key, Row, observations, rows, without_places};
use arraywatch::diagnosis::{Diagnosis, diagnose};
use arraywatch::history::{Database, reader};
use arraywatch::model::Case;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

const NOW: &str = "2013-11-30T12:00:00Z";

/// Files, and a history that some of them are read into.
struct Machine(Scene);

impl Machine {
    fn new() -> Self {
        Self(Scene::new())
    }

    /// One that has read these.
    fn of(files: &[(&str, &[u8])]) -> Self {
        let machine = Self::new();
        for (name, content) in files {
            machine.file(name, content);
            machine.reads(name);
        }
        machine
    }

    fn file(&self, name: &str, content: &[u8]) {
        fs::write(self.0.path(name), content).expect("a file of ours");
    }

    fn db(&self) -> String {
        self.0.arg("history.db")
    }

    /// Reads a file or a directory, with more options.
    fn ingest(&self, name: &str, options: &[&str]) -> (Value, Run) {
        let (path, db) = (self.0.arg(name), self.db());
        json(&[&["ingest", &path, "--db", &db, "--now", NOW], options].concat())
    }

    /// Reads a file; gives new, known and taken back observations.
    fn reads(&self, name: &str) -> [u64; 3] {
        let (answer, run) = self.ingest(name, &[]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        tally(&answer)
    }

    fn held(&self) -> Held {
        let database = Database::read(self.0.path("history.db").as_path()).expect("a history");
        let history = database.connection();
        let observations = without_places(observations(history));
        Held { records: rows(history, false), remarks: rows(history, true), diagnosis: diagnose(&observations) }
    }

    /// All cases, as the program tells them.
    fn cases(&self) -> Vec<String> {
        cases(&json(&["cases", "--all", "--db", &self.db(), "--now", NOW]).0)
    }
}

/// What a history holds, but for where it was read.
#[derive(Debug, PartialEq)]
struct Held {
    records: BTreeMap<Key, Row>,
    remarks: BTreeMap<Key, Row>,
    diagnosis: Diagnosis,
}

fn tally(answer: &Value) -> [u64; 3] {
    ["new", "known", "taken_back"].map(|key| answer["sources"][0][key].as_u64().expect("a number"))
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a vector")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a vector")
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("a vector")
}

/// A log with repeats, warnings within a second, a replaced drive, and damage amid.
fn eventful() -> String {
    let [first, second, third, _] = SERIALS;
    let mut text = log("engine", 1..=9);
    for code in [30001, 30001, 30002] {
        text += &format!("October 9, 2013 9:00:00 AM CDT WRN {code}:A01C-S--L00 [engine] Something happened.\n");
    }
    text += &"\0".repeat(512);
    text.extend((10..=14).map(|day| report_of("engine", day, [first, second, third, "NEWDRIVE"])));
    text
}

#[test]
fn the_same_again_is_nothing_new() {
    let text = eventful();
    let machine = Machine::of(&[("RaidEvt.log", text.as_bytes())]);
    let held = machine.held();
    let again = |name: &str, content: &[u8]| {
        machine.file(name, content);
        let [new, known, taken_back] = machine.reads(name);
        assert!((new, taken_back) == (0, 0) && known > 0, "{name}: {new} {known} {taken_back}");
        assert_eq!(machine.held(), held, "{name}");
    };
    let (answer, run) = machine.ingest("RaidEvt.log", &[]);
    assert_eq!((run.code, &answer["unchanged"][0]), (0, &Value::from(machine.0.arg("RaidEvt.log"))));
    File::open(machine.0.path("RaidEvt.log"))
        .and_then(|file| file.set_modified(SystemTime::now() + Duration::from_secs(60)))
        .expect("a file of ours");
    assert_eq!(machine.reads("RaidEvt.log")[0], 0, "a file that was touched");
    again("copy.log", text.as_bytes());
    again("RaidEvt.log.1.gz", &gz(text.as_bytes()));
    again("RaidEvt.log.2.xz", &xz(text.as_bytes()));
    again("RaidEvt.log.3.zst", &zst(text.as_bytes()));
    let mut child = command();
    let child = child.args(["ingest", "-", "--db", &machine.db(), "--now", NOW, "--json"]).stdin(Stdio::piped());
    let mut child = child.stdout(Stdio::piped()).spawn().expect("the program");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let run = finished(child.wait_with_output().expect("it ends"));
    assert_eq!(tally(&serde_json::from_str(&run.out).expect("JSON"))[0], 0, "{}", run.out);
    assert_eq!(machine.held(), held, "from a pipe");
    // What is only a part shows for itself that at its end another report is due, and nothing else.
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for part in [&lines[..20], &lines[12..33], &lines[4..30]] {
        machine.file("part.log", part.concat().as_bytes());
        machine.reads("part.log");
        let (part, held) = (machine.held(), &held);
        assert_eq!(part.records, held.records);
        assert_eq!(part.diagnosis.cases, held.diagnosis.cases);
        assert_eq!(part.diagnosis.inventory, held.diagnosis.inventory);
    }
}

/// Rhythms aside, which a piece shows for itself: at its end another report is due.
fn but_for_rhythms(mut held: Held) -> (BTreeMap<Key, Row>, BTreeMap<Key, Row>, Diagnosis) {
    held.remarks.retain(|(_, _, word, ..), _| word != "report-rhythm");
    (held.records, held.remarks, held.diagnosis)
}

/// The cases, but for what a rhythm has to do with them: of how many reports it is told.
fn told(diagnosis: &Diagnosis) -> Vec<[String; 4]> {
    let of = |case: &Case| {
        let Case { code, state, subject, summary, .. } = case;
        [format!("{code:?}"), format!("{state:?}"), subject.to_string(), summary.clone()]
    };
    diagnosis.cases.iter().map(of).collect()
}

/// What a front, a back and overlapping middles come to, in whatever order: the log.
#[test]
fn pieces_in_any_order_are_the_log() {
    let text = eventful();
    let whole = but_for_rhythms(Machine::of(&[("whole.log", text.as_bytes())]).held());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let of = |from: usize, to: usize| lines[from..to].concat().into_bytes();
    // The damage stands within a line's bytes: in front of the 40th line.
    let pieces = [of(0, 16), gz(&of(16, 30)), xz(&of(24, 48)), zst(&of(44, lines.len()))];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        let machine = Machine::new();
        for number in order {
            machine.file("piece", &pieces[number]);
            machine.reads("piece");
        }
        let (records, remarks, diagnosis) = but_for_rhythms(machine.held());
        assert_eq!(records, whole.0, "{order:?}");
        assert_eq!(remarks, whole.1, "{order:?}");
        assert_eq!(diagnosis.inventory, whole.2.inventory, "{order:?}");
        assert_eq!(told(&diagnosis), told(&whole.2), "{order:?}");
    }
}

/// Its last line is cut off each time, and whole the next time.
#[test]
fn a_log_that_grows() {
    let text = eventful();
    let machine = Machine::new();
    let ends = text.match_indices('\n').map(|(end, _)| end - 7).step_by(3).chain([text.len()]);
    let mut records = 0;
    for end in ends {
        machine.file("RaidEvt.log", &text.as_bytes()[..end]);
        machine.ingest("RaidEvt.log", &[]);
        let held = machine.held().records.len();
        assert!(held >= records, "{end}");
        records = held;
    }
    assert_eq!(machine.held(), Machine::of(&[("RaidEvt.log", text.as_bytes())]).held());
}

/// The older pieces move on, and are compressed; the log begins anew.
#[test]
fn a_log_that_is_rotated() {
    let text = eventful();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (machine, whole) = (Machine::new(), Machine::of(&[("whole.log", text.as_bytes())]));
    machine.file("RaidEvt.log", lines[..12].concat().as_bytes());
    machine.reads("RaidEvt.log");
    fs::rename(machine.0.path("RaidEvt.log"), machine.0.path("RaidEvt.log.1")).expect("a file of ours");
    machine.file("RaidEvt.log", lines[12..36].concat().as_bytes());
    let (answer, run) = machine.ingest("", &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let renamed = answer["sources"].as_array().into_iter().flatten().filter(|source| source["new"] == 0).count();
    assert_eq!(renamed, 1, "{answer}");
    machine.file("RaidEvt.log.2.gz", &gz(lines[..12].concat().as_bytes()));
    machine.file("RaidEvt.log.1", lines[12..36].concat().as_bytes());
    machine.file("RaidEvt.log", lines[36..].concat().as_bytes());
    machine.file("junk.bin", &[7; 4_000]);
    machine.file("README", b"logs of the controller\n");
    let (_, run) = machine.ingest("", &[]);
    assert_eq!(run.code, 0, "what lies beside the logs is no error: {}{}", run.out, run.err);
    assert_eq!(machine.held().records, whole.held().records);
    assert_eq!(machine.cases(), whole.cases());
    // The evidence of each row is the record, in whichever file it was read.
    let database = Database::read(&machine.0.path("history.db")).expect("a history");
    let history = database.connection();
    let sources = reader::sources(history).expect("a history");
    let mut query = history
        .prepare("SELECT source, start, length, text FROM observation o JOIN statement s ON s.id = o.statement WHERE word = 'drive-listed'")
        .expect("a question");
    let asked = query.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    let mut quoted = 0;
    for row in asked.expect("rows") {
        let (source, start, length, said): (i64, u32, u32, String) = row.expect("a row");
        let (start, length) = (start as usize, length as usize);
        let source = sources.iter().find(|one| one.id == source).expect("a source");
        let bytes = [&lines[..12], &lines[12..36], &lines[36..]].into_iter().map(<[&str]>::concat);
        let content = bytes.into_iter().find(|bytes| xxhash_rust::xxh3::xxh3_64(bytes.as_bytes()) == source.content);
        let content = content.expect("the bytes of a source");
        assert!(content[start..start + length].trim_end().ends_with(&said), "{said}");
        quoted += 1;
    }
    assert_eq!(quoted, 14 * 4);
}

/// What is told from reports on both sides of a cut.
#[test]
fn at_the_cut_of_two_pieces() {
    let [first, second, third, fourth] = SERIALS;
    let days = |days: std::ops::RangeInclusive<u32>, serials| {
        days.map(|day| report_of("engine", day, serials)).collect::<String>()
    };
    let three = |from, to: u32| {
        log("engine", from..=to)
            .lines()
            .filter(|line| !line.contains(fourth))
            .fold(String::new(), |text, line| text + line + "\n")
    };
    let failed = notes(
        Some("engine"),
        &raid10(true),
        &[
            "9T15:00 | bay:./c1/e0/s3 | drive-failed",
            "9T15:00 | array:./c1 | array-degraded",
            "9T20:00 | array:./c1 | rebuild-completed",
        ],
    );
    let check = |before: &str, after: &str, said: &str| {
        let whole = Machine::of(&[("whole.log", (before.to_owned() + after).as_bytes())]);
        let expected = {
            if !said.is_empty() {
                whole.file("n.toml", said.as_bytes());
                whole.reads("n.toml");
            }
            whole.cases()
        };
        for pieces in [[before, after], [after, before]] {
            let machine = Machine::new();
            for piece in pieces.into_iter().chain([said]).filter(|piece| !piece.is_empty()) {
                machine.file("piece", piece.as_bytes());
                machine.reads("piece");
            }
            assert_eq!(machine.cases(), expected);
            let codes = |machine: &Machine| {
                let mut codes: Vec<String> =
                    machine.held().records.keys().map(|(_, _, word, ..)| word.clone()).collect();
                codes.sort();
                codes
            };
            assert_eq!(codes(&machine), codes(&whole));
            assert_eq!(machine.held().diagnosis.inventory, whole.held().diagnosis.inventory);
        }
        expected
    };
    // A drive that is another behind the cut; with what was noted, the repair.
    let (old, new) = (days(1..=9, SERIALS), days(10..=14, [first, second, third, "NEWDRIVE"]));
    check(&old, &new, "");
    let told = check(&old, &new, &failed);
    assert!(told.iter().any(|case| case.starts_with("array-degraded closed")), "{told:?}");
    // A drive that is gone behind the cut.
    let told = check(&days(1..=9, SERIALS), &three(10, 14), "");
    assert!(told.iter().any(|case| case.starts_with("drive-missing open")), "{told:?}");
    // Wrong, and known to be: a report that is missing between them is not seen, since the drives were listed before and after.
    let (before, after) = (days(1..=9, SERIALS), days(11..=19, SERIALS));
    let whole = Machine::of(&[("whole.log", (before.clone() + &after).as_bytes())]).cases();
    let pieces = Machine::of(&[("a", before.as_bytes()), ("b", after.as_bytes())]).cases();
    let (missing, lasts) = (
        "report-missing closed stream:engine/adaptec-storage-manager",
        "report-missing open stream:engine/adaptec-storage-manager",
    );
    assert_eq!((whole, pieces), (vec![lasts.to_owned(), missing.to_owned()], vec![lasts.to_owned()]));
    // A block that stands in both.
    let block = days(8..=9, SERIALS);
    let again = Machine::of(&[("a", old.as_bytes()), ("b", (block + &new).as_bytes())]);
    let once = Machine::of(&[("a", old.as_bytes()), ("b", new.as_bytes())]);
    assert_eq!(again.held().records, once.held().records);
    assert_eq!(again.cases(), once.cases());
}

/// The newest version of a file of notes is what is noted.
#[test]
fn notes_are_corrected() {
    let machine = Machine::of(&[("a.log", log("engine", 1..=9).as_bytes())]);
    let without = machine.cases();
    let degraded = "9T15:00 | array:./c1 | array-degraded";
    let told = |lines: &[&str]| {
        machine.file("n.toml", notes(Some("engine"), &raid10(true), lines).as_bytes());
        machine.reads("n.toml");
        machine.cases()
    };
    let with = told(&[degraded, "9T15:00 | bay:./c1/e0/s3 | drive-failed"]);
    assert!(with.iter().any(|case| case.starts_with("array-degraded")), "{with:?}");
    assert_ne!(told(&[degraded, "9T15:00 | bay:./c1/e0/s2 | drive-failed"]), without);
    let removed = told(&[]);
    assert!(!removed.iter().any(|case| case.starts_with("array-degraded")), "{removed:?}");
    assert_eq!(told(&[degraded, "9T15:00 | bay:./c1/e0/s3 | drive-failed"]), with);
}

/// Of what is one statement in both, each says what is so there.
#[test]
fn gaps_are_as_long_as_they_are() {
    let text = log("engine", 1..=9) + &log("engine", 11..=16) + &log("engine", 20..=26);
    let machine = Machine::of(&[("a.log", text.as_bytes())]);
    let gaps: Vec<String> = machine
        .held()
        .remarks
        .into_keys()
        .filter(|(_, _, word, ..)| word == "report-missing")
        .map(|(_, _, _, said, _)| said)
        .collect();
    assert_eq!(gaps.len(), 2);
    assert_ne!(gaps[0], gaps[1]);
}

/// Another zone would make other records of the same lines.
#[test]
fn another_zone_is_refused() {
    let text = log("engine", 1..=9).replace(" CDT ", " XYZ ");
    let machine = Machine::new();
    machine.file("a.log", text.as_bytes());
    let (_, first) = machine.ingest("a.log", &["--timezone", "America/Chicago"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let held = machine.held();
    machine.file("copy.log", text.as_bytes());
    let (answer, second) = machine.ingest("copy.log", &["--timezone", "Europe/Berlin"]);
    assert_eq!(second.code, 64, "{}", second.err);
    assert!(second.err.contains("America/Chicago"), "{}", second.err);
    assert_eq!(answer["unread"].as_array().map(Vec::len), Some(1));
    assert_eq!(machine.held(), held);
}

/// The same log as of another host would be kept twice; another log is another's.
#[test]
fn the_host_that_is_given() {
    let text = log("engine", 1..=9);
    let machine = Machine::of(&[("a.log", text.as_bytes())]);
    let held = machine.held();
    machine.file("copy.log", text.as_bytes());
    let (_, run) = machine.ingest("copy.log", &["--host", "other"]);
    assert_eq!(run.code, 64, "{}", run.err);
    assert_eq!(machine.held(), held);
    machine.file("b.log", log("engine", 2..=10).as_bytes());
    assert_eq!(machine.ingest("b.log", &["--host", "other"]).1.code, 0);
    let inventory = machine.held().diagnosis.inventory;
    for host in ["other", "engine"] {
        assert_eq!(inventory.bays.keys().filter(|bay| bay.host_name() == Some(host)).count(), 4, "{host}");
    }
}

/// At once, and by way of the history: the same.
#[test]
fn what_investigate_tells_is_what_is_kept() {
    let said = notes(Some("engine"), &raid10(true), &["9T15:00 | array:./c1 | array-degraded"]);
    let machine = Machine::of(&[("a.log", eventful().as_bytes()), ("n.toml", said.as_bytes())]);
    let (log, notes) = (machine.0.arg("a.log"), machine.0.arg("n.toml"));
    let at_once = json(&["investigate", &log, &notes, "--now", NOW]).0;
    let database = Database::read(&machine.0.path("history.db")).expect("a history");
    let observations = observations(database.connection());
    let kept = arraywatch::report::json::investigate(&diagnose(&observations), &[], &[], &observations, None);
    for key in ["cases", "drives", "bays", "arrays", "verdict", "unknowns", "evidence_until"] {
        assert_eq!(at_once[key], kept[key], "{key}");
    }
    let ids = |answer: &Value| {
        let observations = answer["observations"].as_array().expect("observations");
        observations.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&at_once), ids(&kept));
}

/// Nothing to read makes no history that says anything.
#[test]
fn nothing_to_read() {
    let machine = Machine::new();
    let run = run(&["ingest", &machine.0.arg("none.log"), "--db", &machine.db()]);
    assert_eq!(run.code, 66, "{}", run.err);
}

#[test]
fn that_a_path_is_not_there_is_said_once() {
    let scene = Scene::new();
    let run = run(&["ingest", &scene.arg("none"), "--db", &scene.arg("h.db")]);
    assert_eq!(run.code, 66);
    assert!(run.err.contains("none: there is no such file or directory") && !run.out.contains("none"), "{}", run.out);
}
