//! Bad input: one clear line each, the right exit status, and never a panic, a hang or memory without bound.

use super::common::{Scene, command, finished, json, log, run};
use arraywatch::streams::{Found, Name, Status, find, open};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

/// Investigates a path that gives nothing: the exit status, and the one line on standard error.
fn refused(path: &str, code: i32, line: &str) {
    for verb in ["investigate", "integrity"] {
        let run = run(&[verb, path]);
        assert_eq!(run.err, format!("arraywatch: {path}: {line}\n"));
        assert_eq!((run.code, run.out.as_str()), (code, ""), "{path}");
    }
}

fn fifo(scene: &Scene) -> String {
    mkfifo(&scene.path("fifo"), Mode::S_IRWXU).expect("a FIFO");
    scene.arg("fifo")
}

#[test]
fn nothing_to_read() {
    let scene = Scene::new().with("empty", "").with("text", "hello\n").with("zip", b"PK\x03\x04\x14\0\0\0");
    let elf = fs::read(std::env::current_exe().expect("this test")).expect("is a file");
    let scene = scene.with("elf", elf.get(..60_000).expect("is no small one"));
    refused(&scene.arg("missing"), 66, "there is no such file or directory");
    refused(&scene.arg("text/below"), 66, "there is no such file or directory");
    refused(&scene.arg("empty"), 65, "is empty");
    refused(&scene.arg("text"), 65, "holds no format that arraywatch knows (it begins as text, 1 line)");
    let run = run(&["investigate", &scene.arg("elf")]);
    assert_eq!((run.code, run.err.lines().count()), (65, 1), "{}", run.err);
    assert!(run.err.contains("holds no format that arraywatch knows (it begins as ELF"), "{}", run.err);
    refused(&scene.arg(""), 65, "holds no file that arraywatch understands (4 looked at)");
    refused(&Scene::new().arg(""), 65, "holds no file that arraywatch understands (0 looked at)");
}

/// The program holds, in its help, the line that makes a file one of notes.
#[test]
fn a_long_program_is_no_file_of_notes() {
    let run = run(&["investigate", env!("CARGO_BIN_EXE_arraywatch")]);
    assert_eq!((run.code, run.err.lines().count()), (65, 1), "{}{}", run.out, run.err);
}

/// Opening a device can do harm: a watchdog's starts its countdown, a tape's rewinds it.
#[test]
fn devices_are_refused_unopened() {
    refused("/dev/zero", 65, "is a device; give a file, a directory, or - for standard input");
    let blocks = fs::read_dir("/dev").into_iter().flatten().flatten().map(|entry| entry.path());
    match blocks.into_iter().find(|path| path.metadata().is_ok_and(|status| status.file_type().is_block_device())) {
        Some(device) => refused(
            device.to_str().expect("a plain name"),
            65,
            "is a device; give a file, a directory, or - for standard input",
        ),
        None => eprintln!("SKIPPED: this machine has no block device to refuse"),
    }
    let scene = Scene::new();
    let _listener = std::os::unix::net::UnixListener::bind(scene.path("socket")).expect("a socket");
    refused(&scene.arg("socket"), 65, "is a socket; give a file, a directory, or - for standard input");
}

#[test]
fn a_fifo_without_a_writer_is_given_up() {
    let scene = Scene::new();
    let run = run(&["investigate", &fifo(&scene)]);
    let line = "is a FIFO that nobody has written to for 5 s; start the writer first, or pipe it in and give -";
    assert_eq!((run.code, run.err), (66, format!("arraywatch: {}: {line}\n", scene.arg("fifo"))));
}

#[test]
fn a_fifo_whose_writer_comes_late_is_read() {
    let scene = Scene::new();
    let path = fifo(&scene);
    let writer = thread::spawn({
        let path = path.clone();
        move || {
            thread::sleep(Duration::from_millis(300));
            let mut file = OpenOptions::new().write(true).open(path).expect("the reader is there");
            for line in log("engine", 1..=3).split_inclusive('\n') {
                file.write_all(line.as_bytes()).expect("it is read");
                thread::sleep(Duration::from_millis(10));
            }
        }
    });
    let (value, run) = json(&["investigate", &path]);
    writer.join().expect("the writer");
    assert_eq!((run.code, &value["sources"][0]["records"]), (3, &12.into()), "{}", run.err);
}

#[test]
fn no_permission() {
    let scene = Scene::new().with("log", log("engine", 1..=3)).with("secret", log("engine", 4..=5));
    fs::set_permissions(scene.dir(), Permissions::from_mode(0o755)).expect("a directory of ours");
    fs::set_permissions(scene.path("secret"), Permissions::from_mode(0o000)).expect("a file of ours");
    let mut one = command();
    one.args(["investigate", &scene.arg("secret")]);
    let mut all = command();
    all.args(["investigate", &scene.arg("")]);
    if scene.path("secret").metadata().expect("it is there").uid() == 0 {
        // Root may read everything; the program is run as nobody.
        one.uid(65_534).gid(65_534);
        all.uid(65_534).gid(65_534);
    }
    let line = format!(
        "arraywatch: {}: no permission to read it; run as a user who may, or give a copy\n",
        scene.arg("secret")
    );
    match one.output() {
        Ok(output) => {
            let run = finished(output);
            assert_eq!((run.code, run.err), (74, line.clone()));
        }
        Err(error) => return eprintln!("SKIPPED: the program cannot be run as another user here: {error}"),
    }
    let run = finished(all.output().expect("as before"));
    assert_eq!((run.code, run.err), (3, line), "the others are judged, and something is not known");
    assert!(run.out.contains("no permission"), "the report says what it lacks: {}", run.out);
}

#[test]
fn one_of_several_is_missing() {
    let scene = Scene::new().with("log", log("engine", 1..=3));
    let (value, run) = json(&["integrity", &scene.arg("log"), &scene.arg("gone")]);
    assert_eq!(run.err, format!("arraywatch: {}: there is no such file or directory\n", scene.arg("gone")));
    assert_eq!((run.code, &value["verdict"], &value["incomplete"]), (3, &"unknown".into(), &true.into()));
    assert_eq!(value["sources"][0]["records"], 12);
    assert_eq!(value["unread"][0]["reason"], "not-found");
    let damaged = Scene::new().with("log", log("engine", 1..=3) + "\0\0\0\0\0\0\0\0\0\0\0\0");
    let run = super::common::run(&["integrity", "gone", &damaged.arg("log")]);
    assert_eq!(run.code, 2, "the worst counts: {}", run.out);
}

#[test]
fn a_directory_with_something_of_everything() {
    let elf = fs::read(std::env::current_exe().expect("this test")).expect("is a file");
    let scene = Scene::new().with("raid.log", log("engine", 1..=3)).with("program", elf.get(..60_000).expect("long"));
    let scene = scene.with("empty", "").with(".hidden", "x");
    fifo(&scene);
    let (value, run) = scene.investigate(&[]);
    assert_eq!((run.code, run.err.as_str()), (3, ""), "what was not named is listed, and no error");
    assert_eq!(value["sources"].as_array().map(Vec::len), Some(1));
    let unread: Vec<&str> =
        value["unread"].as_array().into_iter().flatten().filter_map(|one| one["reason"].as_str()).collect();
    assert_eq!(unread, ["empty", "not-understood"]);
    let text = super::common::run(&["investigate", &scene.arg("")]).out;
    assert!(text.contains("program: holds no format that arraywatch knows"), "people see it, too: {text}");
}

/// Memory is bounded by the reader, not by the longest line. Text and NULs, since they are taken apart by different code.
#[test]
fn a_line_without_end_takes_no_memory() {
    // What the program needs of itself, in this build.
    let mut own = 0;
    for (filler, blocks, exit) in [(0, 32, 2), (0, 500, 2), (b'x', 20, 1)] {
        let mut child = command()
            .args(["integrity", "--json", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(log("engine", 1..=1).as_bytes()).expect("it reads");
        let block = vec![filler; 64 * 1024];
        for _ in 0..blocks {
            input.write_all(&block).expect("it reads");
        }
        let status =
            fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs: its input is not at its end");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells the peak").trim();
        let peak: u64 = peak.trim_end_matches(" kB").parse().expect("a number");
        drop(input);
        let run = finished(child.wait_with_output().expect("it ends"));
        let value: serde_json::Value = serde_json::from_str(&run.out).expect("one object");
        super::json::keeps_the_contract(&value);
        assert_eq!((run.code, &value["sources"][0]["records"]), (exit, &4.into()));
        own = if own == 0 { peak } else { own };
        assert!(
            peak < own + 8 * 1024,
            "{peak} kB at its peak, with a line of {} kB; {own} with a short one",
            blocks * 64
        );
    }
}

#[test]
fn a_record_behind_a_long_line_is_found() {
    let long = "x".repeat(1_200_000);
    let scene = Scene::new().with("log", format!("{long}{}", log("engine", 1..=2)));
    let (value, _) = json(&["integrity", &scene.arg("log")]);
    assert_eq!(value["sources"][0]["records"], 8, "recognised by what comes after the first megabyte");
}

/// The layer that reads is tested by itself: a race between two programs would be one between two machines' speeds.
#[test]
fn a_file_that_changes_while_it_is_read() {
    let scene = Scene::new().with("log", vec![b'x'; 100_000]);
    let path = scene.path("log");
    let change = |length: u64| {
        OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(length)).expect("a file of ours");
    };
    let read = |then: u64| {
        change(100_000);
        let mut opened = open(&Name::Path(path.clone())).expect("a file of ours");
        let mut buffer = vec![0; 40_000];
        let first = opened.fill(&mut buffer).expect("it can be read");
        change(then);
        let rest = opened.fill(&mut vec![0; 1_000_000]).expect("it can be read");
        change(then + 5);
        (first + rest, opened.status())
    };
    assert_eq!(read(40_000), (40_000, Status::Shrank(60_000)));
    assert_eq!(read(30_000), (40_000, Status::Shrank(60_000)));
    assert_eq!(read(100_000), (100_000, Status::Grew(5)));
    assert_eq!(read(200_000), (200_000, Status::Grew(5)));
}

#[test]
fn links_and_depth_of_directories() {
    let scene = Scene::new().with("a.log", "x");
    std::os::unix::fs::symlink(scene.dir(), scene.path("circle")).expect("a link");
    std::os::unix::fs::symlink("nowhere", scene.path("dangling")).expect("a link");
    fs::create_dir(scene.path("deeper")).expect("a directory");
    fs::write(scene.path("deeper/b.log"), "x").expect("a file");
    match find(scene.dir()).expect("it can be listed") {
        Found::Directory { files, passed_over, .. } => {
            let names: Vec<String> = files.iter().map(ToString::to_string).collect();
            assert_eq!(names, [scene.arg("a.log"), scene.arg("deeper/b.log")]);
            assert_eq!(passed_over, 2, "the circle and the link that leads nowhere");
        }
        Found::Named(_) => panic!("it is a directory"),
    }
}

#[test]
fn standard_input() {
    let pipe = |bytes: &[u8]| {
        let mut child = command()
            .args(["investigate", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut input = child.stdin.take().expect("a pipe");
        let _ = input.write_all(bytes);
        drop(input);
        finished(child.wait_with_output().expect("it ends"))
    };
    assert_eq!(pipe(b"").err, "arraywatch: standard input: is empty\n");
    assert_eq!(pipe(b"").code, 65);
    assert_eq!(pipe(log("engine", 1..=3).as_bytes()).code, 3);
    assert_eq!(
        pipe(b"\0\0\0\0").err,
        "arraywatch: standard input: holds no format that arraywatch knows (it begins with NUL bytes)\n"
    );
}

#[test]
fn wrong_usage() {
    for arguments in [
        &[][..],
        &["investigate"],
        &["frobnicate"],
        &["investigate", "--now", "yesterday", "x"],
        &["investigate", "--timezone", "Mars/Olympus", "x"],
        &["investigate", "--host", "", "x"],
        &["explain", "no-such-code"],
    ] {
        let run = run(arguments);
        assert_eq!((run.code, run.out.as_str()), (64, ""), "{arguments:?}");
        assert!(!run.err.is_empty());
    }
    let run = run(&["explain", "no-such-code"]);
    assert_eq!(run.err, "arraywatch: no such code: no-such-code; `arraywatch explain` lists them\n");
    assert_eq!(run.err.lines().count(), 1);
}

#[test]
fn output_that_cannot_be_written() {
    let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let output = command().arg("explain").stdout(full).output().expect("the program");
    let run = finished(output);
    assert_eq!(run.code, 74);
    assert!(run.err.starts_with("arraywatch: cannot print the result: "), "{}", run.err);
    // Whoever reads only the first line is no error.
    let mut child = command().args(["explain", "--json"]).stdout(Stdio::piped()).spawn().expect("the program");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
