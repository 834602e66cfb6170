//! What is kept is what the sources say now: of the right host, of the newest version, and each thing once.

use super::common::{Run, Scene, command, finished, json, log, notes, run};
use serde_json::Value;
use std::fs;
use std::process::Stdio;

/// A history and the files that are read into it.
struct Kept(Scene);

impl Kept {
    fn new() -> Self {
        Self(Scene::new())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.0.path(name);
        fs::create_dir_all(path.parent().expect("a file is in a directory")).expect("a directory");
        fs::write(path, content).expect("a file");
    }

    fn arguments(&self, arguments: &[&str]) -> Vec<String> {
        let all = arguments.iter().copied().chain(["--now", "2013-10-20T00:00:00Z", "--db"]);
        all.map(str::to_owned).chain([self.0.arg("history.db")]).collect()
    }

    /// Reads a file into it.
    fn ingest(&self, name: &str, more: &[&str]) -> Run {
        run(&self.arguments(&[&["ingest", &self.0.arg(name)], more].concat()))
    }

    /// What is kept of a fact, as `subject text`.
    fn told(&self, fact: &str) -> Vec<String> {
        let (answer, run) = json(&self.arguments(&["events", "--fact", fact]));
        assert_eq!(run.code, 0, "{}", run.err);
        let told = |one: &Value| ["subject", "text"].map(|key| one[key].as_str().unwrap_or_default()).join(" ");
        answer["events"].as_array().expect("events").iter().map(told).collect()
    }
}

const POWER: &str = "4T10:00 | power:. | power-fine";
const STOPPED: &str = "5T10:00 | host:. | machine-stopped";

/// Notes that name no host, corrected.
#[test]
fn notes_stay_on_their_host() {
    let check = |logs: &[&str], given: &[&str], expect: &str| {
        let kept = Kept::new();
        for host in logs {
            kept.write(&format!("{host}.log"), log(host, 1..=3));
            assert_eq!(kept.ingest(&format!("{host}.log"), &[]).code, 0);
        }
        kept.write("n.toml", notes(None, "", &[POWER]));
        kept.ingest("n.toml", given);
        // Beside a log that is as it was.
        kept.write("n.toml", notes(None, "# corrected\n", &[POWER, STOPPED]));
        kept.ingest("", &[]);
        let host = kept.told("machine-stopped")[0].clone();
        assert!(host.starts_with(&format!("host:{expect}")), "{logs:?} {given:?}: {host}");
        let host = host.split_once(' ').map_or("", |(host, _)| host).replace("host:", "power:");
        let power = kept.told("power-reading").len() + kept.told("power-fine").len();
        assert_eq!(power, 1, "{logs:?} {given:?}: an earlier version stands beside the later one of {host}");
    };
    check(&[], &[], "unnamed-");
    check(&["engine"], &[], "engine");
    check(&["engine", "web"], &[], "unnamed-");
    check(&["engine", "web"], &["--host", "web"], "web");
    check(&[], &["--host", "db7"], "db7");
}

#[test]
fn notes_of_nobody_are_told_and_can_be_named() {
    let kept = Kept::new();
    for host in ["engine", "web"] {
        kept.write(&format!("{host}.log"), log(host, 1..=3));
        kept.ingest(&format!("{host}.log"), &[]);
    }
    kept.write("n.toml", notes(None, "", &[STOPPED]));
    let run = kept.ingest("n.toml", &[]);
    assert!(run.err.contains("whose notes these are, of engine, web: name the host with --host"), "{}", run.err);
    assert_eq!(kept.ingest("n.toml", &["--host", "web"]).code, 0);
    let told = kept.told("machine-stopped");
    assert_eq!((told.len(), told[0].starts_with("host:web ")), (1, true), "{told:?}");
}

/// A note that cannot be understood is not one that was taken out.
#[test]
fn a_faulty_version_of_notes_takes_nothing_back() {
    let kept = Kept::new();
    kept.write("n.toml", notes(Some("engine"), "", &[STOPPED]));
    kept.ingest("n.toml", &[]);
    for _ in 0..2 {
        kept.write("n.toml", notes(Some("engine"), "", &["5T10:00 | host:. | machine-stoped"]));
        let run = kept.ingest("n.toml", &[]);
        assert!(run.out.contains("earlier version stands"), "{}{}", run.out, run.err);
        assert_eq!(kept.told("machine-stopped").len(), 1);
    }
    // As it was, and then without the note.
    kept.write("n.toml", notes(Some("engine"), "", &[STOPPED]));
    assert_eq!(kept.ingest("n.toml", &[]).code, 0);
    assert_eq!(kept.told("machine-stopped").len(), 1);
    kept.write("n.toml", notes(Some("engine"), "", &[POWER]));
    assert_eq!(kept.ingest("n.toml", &[]).code, 0);
    assert_eq!(kept.told("machine-stopped").len(), 0);
}

/// Read by the same name, from two directories, from one place, and from pipes.
#[test]
fn notes_of_two_hosts_with_one_name() {
    let hosts = ["a", "b"];
    let check = |how: &str, read: &dyn Fn(&Kept, &str, String) -> Run| {
        let kept = Kept::new();
        for host in hosts {
            let run = read(&kept, host, notes(Some(host), "", &[STOPPED]));
            assert_eq!(run.code, 0, "{how}: {}", run.err);
        }
        assert_eq!(kept.told("machine-stopped").len(), 2, "{how}");
    };
    let from = |kept: &Kept, directory: &str, notes: &str| {
        kept.write(&format!("{directory}/n.toml"), notes);
        let mut command = command();
        command.args(kept.arguments(&["ingest", "n.toml"])).current_dir(kept.0.path(directory));
        finished(command.output().expect("the program can be run"))
    };
    check("directories", &|kept, host, notes| from(kept, host, &notes));
    check("one place", &|kept, _, notes| from(kept, "x", &notes));
    check("pipes", &|kept, host, notes| {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        std::io::Write::write_all(&mut writer, notes.as_bytes()).expect("room in the pipe");
        drop(writer);
        let mut command = command();
        command.args(kept.arguments(&["ingest", "-", "--host", host])).stdin(Stdio::from(reader));
        finished(command.output().expect("the program can be run"))
    });
}

/// What is given otherwise is said, though the file is as it was.
#[test]
fn a_file_given_as_anothers() {
    let check = |first: &[&str], then: &[&str], expect: (i32, &str)| {
        let kept = Kept::new();
        kept.write("a.log", log("engine", 1..=3));
        kept.ingest("a.log", first);
        let run = kept.ingest("a.log", then);
        assert_eq!((run.code, (run.out + &run.err).contains(expect.1)), (expect.0, true), "{first:?} {then:?}");
    };
    check(&[], &[], (0, "unchanged"));
    check(&[], &["--timezone", "Europe/Berlin"], (64, "was read without --timezone before"));
    check(&["--timezone", "Europe/Berlin"], &[], (64, "was read with --timezone Europe/Berlin before"));
    check(&[], &["--host", "engine"], (0, "unchanged"));
    check(&[], &["--host", "web"], (64, "was read without --host before"));
    check(&["--host", "web"], &["--host", "web"], (0, "unchanged"));
    check(&["--host", "web"], &["--host", "db7"], (64, "was read with --host web before"));
    check(&["--host", "web"], &[], (64, "was read with --host web before"));
}

/// Of a log that grew at a stroke, however short, the last rhythm stands alone.
#[test]
fn a_short_log_grows() {
    let kept = Kept::new();
    for days in [4, 5, 14] {
        kept.write("a.log", log("engine", 1..=days));
        assert_eq!(kept.ingest("a.log", &[]).code, 0);
        let expect = format!("the last of {days} reports");
        let told = kept.told("report-rhythm");
        assert_eq!((told.len(), told[0].contains(&expect)), (1, true), "{days}: {told:?}");
    }
}

#[test]
fn a_new_history_leaves_no_copy() {
    let kept = Kept::new();
    kept.write("a.log", log("engine", 1..=3));
    assert_eq!(kept.ingest("a.log", &[]).code, 0);
    let names = fs::read_dir(kept.0.dir()).expect("the directory");
    let names: Vec<String> = names.flatten().map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    assert!(names.contains(&"history.db".to_owned()) && !names.iter().any(|name| name.contains("before")), "{names:?}");
}

/// A slip in a name written whole is no new thing, and a name is meant before the fronts of others.
#[test]
fn what_a_person_names() {
    let check = |named: &[&str], expect: (i32, &str)| {
        let kept = Kept::new();
        kept.write("a.log", log("engine", 1..=3));
        kept.ingest("a.log", &[]);
        let run = run(&kept.arguments(&[named, &["--by", "ann", "--json"]].concat()));
        assert_eq!((run.code, (run.out + &run.err).contains(expect.1)), (expect.0, true), "{named:?}");
    };
    let until = ["--until", "2013-10-21"];
    check(&["retire", "host:nosuch"], (66, "knows no host"));
    check(&["retire", "bay:nosuch/c1/e0/s3"], (66, "bay:engine/c1/e0/s3"));
    check(&["retire", "drive:CVEM0711000A064KGX"], (66, "drive:CVEM0711000A064KGN"));
    check(&["retire", "bay:engine/c1/e0/s9"], (0, "bay:engine/c1/e0/s9"));
    check(&["retire", "host:nosuch", "--host", "nosuch"], (0, "host:nosuch"));
    check(&["note", "new", "--subject", "drive:NEW1"], (0, "drive:NEW1"));
    check(&[&["maintenance", "c1"], &until[..]].concat(), (0, "\"array:engine/c1\""));
    check(&[&["maintenance", "controller:engine/c1"], &until[..]].concat(), (0, "\"controller:engine/c1\""));
    check(&[&["maintenance", "engine"], &until[..]].concat(), (0, "\"host:engine\""));
}
