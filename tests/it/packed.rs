//! Compressed files are read as what they hold, by content; and what cannot be unpacked is never taken for the end.

use super::common::{Scene, cases, command, finished, json, log, texts};
use arraywatch::streams::{Name, Packing, Status, Trouble, open};
use arraywatch::words::count;
use flate2::{Compression, write::GzEncoder};
use liblzma::write::XzEncoder;
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

fn pack(packing: Packing, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let packed = match packing {
        Packing::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).and_then(|()| encoder.finish())
        }
        Packing::Xz => {
            let mut encoder = XzEncoder::new(Vec::new(), 6);
            encoder.write_all(bytes).and_then(|()| encoder.finish())
        }
        // With a checksum, as the program of that name writes it, and the library does not by itself.
        Packing::Zstd => zstd::Encoder::new(Vec::new(), 3).and_then(|mut encoder| {
            encoder.include_checksum(true)?;
            encoder.write_all(bytes)?;
            encoder.finish()
        }),
    };
    packed.expect("a vector can be written")
}

/// A log with records, damage and what makes a case.
fn damaged() -> Vec<u8> {
    let mut damaged = log("engine", 1..=20).into_bytes();
    damaged.splice(6_000..6_700, [0; 700]);
    damaged
}

/// An answer, with its only source as the plain log would be told.
fn as_plain(mut answer: Value, packing: Packing) -> Value {
    assert_eq!(answer["sources"][0]["compression"], packing.name());
    answer["sources"][0]["compression"] = Value::Null;
    answer
}

/// The same name for all, so that nothing at all may differ: cases, identities, offsets.
#[test]
fn a_packed_log_is_the_log() {
    let scene = Scene::new();
    let path = scene.arg("RaidEvt.log");
    let bytes = damaged();
    for verb in ["investigate", "integrity"] {
        let answer = |content: &[u8]| {
            std::fs::write(&path, content).expect("a file of ours");
            json(&[verb, &path])
        };
        let (plain, run) = answer(&bytes);
        assert_eq!(plain["sources"][0]["compression"], Value::Null);
        assert_ne!(run.code, 0);
        for packing in Packing::ALL {
            let (answer, packed_run) = answer(&pack(packing, &bytes));
            assert_eq!(as_plain(answer, packing), plain, "{verb}, {packing:?}");
            assert_eq!((packed_run.code, packed_run.err.as_str()), (run.code, ""));
        }
    }
}

/// Runs a verb with bytes on its standard input, which is a pipe.
fn piped(verb: &str, bytes: &[u8]) -> (Value, super::common::Run) {
    let mut child = command()
        .args([verb, "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut input = child.stdin.take().expect("a pipe");
    let output = thread::scope(|scope| {
        // Data that cannot be unpacked is not read to its end, and the pipe breaks.
        scope.spawn(move || input.write_all(bytes));
        child.wait_with_output().expect("it ends")
    });
    let run = finished(output);
    let value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err));
    super::json::keeps_the_contract(&value);
    (value, run)
}

#[test]
fn from_a_pipe() {
    let bytes = damaged();
    let (plain, _) = piped("investigate", &bytes);
    for packing in Packing::ALL {
        let packed = pack(packing, &bytes);
        assert_eq!(as_plain(piped("investigate", &packed).0, packing), plain, "{packing:?}");
        let (answer, run) = piped("investigate", &packed[..packed.len() - 20]);
        assert!(run.err.starts_with("arraywatch: standard input: "), "{}", run.err);
        assert!(run.err.contains("unpacking failed at byte"), "{}", run.err);
        assert_eq!(answer["incomplete"], true);
    }
}

/// A log that is longer than what is looked at first, with its parts rotated and packed, in a directory.
#[test]
fn a_directory_with_rotated_parts() {
    let whole = log("engine", 1..=30);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let part = |range: std::ops::Range<usize>| lines[range].concat();
    let plain = Scene::new().with("a", part(80..120)).with("b", part(40..80)).with("c", part(0..40));
    let packed = Scene::new()
        .with("RaidEvt.log", part(80..120))
        .with("RaidEvt.log.1.gz", pack(Packing::Gzip, part(40..80)))
        .with("RaidEvt.log.2.gz", pack(Packing::Gzip, part(0..40)));
    let (plain, packed) = (plain.investigate(&[]).0, packed.investigate(&[]).0);
    for key in ["verdict", "drives", "bays", "arrays", "hosts", "evidence_until"] {
        assert_eq!(plain[key], packed[key], "{key}");
    }
    assert_eq!(cases(&plain), cases(&packed));
    let ids = |answer: &Value| {
        answer["observations"].as_array().into_iter().flatten().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&plain), ids(&packed));
    assert!(!ids(&plain).is_empty());
}

/// What unpacked is judged, what could not be is told, and nothing is healthy; a whole file may follow.
#[test]
fn what_cannot_be_unpacked_is_told() {
    let text = log("engine", 1..=29).repeat(12);
    for packing in Packing::ALL {
        let whole = pack(packing, &text);
        let cut = &whole[..whole.len() - 5];
        let trailing = [&whole[..], &[0; 512]].concat();
        let mut corrupt = whole.clone();
        let middle = corrupt.len() / 2;
        corrupt[middle..middle + 16].fill(0xff);
        for (bytes, told) in [
            (cut, "it ends before its"),
            (&corrupt, "unpacking failed at byte"),
            (&[&whole, &b"garbage"[..]].concat(), "bytes that are none are not read"),
            // Padding of xz, and of nothing else.
            (&trailing, if packing == Packing::Xz { "" } else { "512 NUL bytes are not read" }),
        ] {
            let scene = Scene::new().with("packed", bytes);
            let (answer, run) = json(&["integrity", &scene.arg("packed")]);
            let understood = answer["sources"].as_array().is_some_and(|sources| !sources.is_empty());
            // A block of zstd is unpacked as a whole or not at all.
            let problems = if understood { &answer["sources"][0]["problems"] } else { &answer["unread"] };
            let problem = problems[0].as_str().or(problems[0]["message"].as_str()).unwrap_or_default();
            assert!(problem.contains(told), "{packing:?}: {problem:?} for {told}");
            assert_eq!(run.err.is_empty(), told.is_empty(), "{}", run.err);
            assert!(told.is_empty() || run.code != 0, "{packing:?}, {told}");
            assert_eq!(answer["incomplete"], !told.is_empty());
        }
    }
}

/// Nothing of an array is known to be wrong, and yet it is not healthy.
#[test]
fn a_healthy_log_cut_off_is_not_healthy() {
    let text = log("engine", 1..=29);
    let packed = pack(Packing::Gzip, &text);
    let scene = Scene::new().with("whole", &packed).with("cut", &packed[..packed.len() - 4]);
    let (whole, run) = json(&["integrity", &scene.arg("whole")]);
    assert_eq!((run.code, &whole["verdict"]), (0, &"healthy".into()));
    let (cut, run) = json(&["integrity", &scene.arg("cut")]);
    assert_eq!((run.code, &cut["verdict"]), (3, &"unknown".into()), "only the sums are missing");
    assert_eq!(cut["sources"][0]["records"], whole["sources"][0]["records"]);
    let text = super::common::run(&["integrity", &scene.arg("cut")]).out;
    assert!(text.contains("adaptec-storage-manager, gzip, ") && text.contains("bytes unpacked; 116 records"), "{text}");
    assert!(text.contains("! unpacking failed at byte "), "{text}");
}

/// Blocks of a compressed file written over the start of a log: it is still a log, from a file and from a pipe.
#[test]
fn a_log_that_begins_with_foreign_bytes() {
    let text = log("engine", 1..=29);
    let noise: Vec<u8> = (0..40_000_u32).flat_map(|index| index.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    for packing in Packing::ALL {
        let foreign = pack(packing, &noise);
        let small = pack(packing, "of another file\n");
        let torn = [&foreign[..4096], &text.as_bytes()[4096..]].concat();
        let header = [&foreign[..18], &text.as_bytes()[18..]].concat();
        let whole_member = [&small, &text.as_bytes()[small.len()..]].concat();
        for bytes in [torn, header, whole_member] {
            let scene = Scene::new().with("log", &bytes);
            for (answer, run) in [json(&["integrity", &scene.arg("log")]), piped("integrity", &bytes)] {
                let source = &answer["sources"][0];
                assert_eq!((run.code, run.err.as_str()), (2, ""), "{packing:?}");
                assert_eq!((&source["compression"], &source["bytes"]), (&Value::Null, &bytes.len().into()));
                assert_eq!(source["damage"][0]["start"], 0);
                assert!(source["records"].as_u64().is_some_and(|records| records > 80), "{source}");
            }
        }
    }
}

#[test]
fn what_holds_no_log() {
    let twice = pack(Packing::Gzip, pack(Packing::Gzip, log("engine", 1..=3)));
    let cut = pack(Packing::Gzip, "of no known format\n".repeat(9));
    for (bytes, reason, told) in [
        (pack(Packing::Xz, ""), "empty", "is empty"),
        (pack(Packing::Zstd, "hello\n"), "not-understood", "(unpacked from zstd, it begins as text, 1 line)"),
        (twice, "not-understood", "(unpacked from gzip, it begins as gzip"),
        (cut[..cut.len() - 9].to_vec(), "not-unpacked", "knows; unpacking failed at byte"),
        (cut[..12].to_vec(), "not-unpacked", "knows; unpacking failed at byte 12 of the file: it ends before"),
    ] {
        let scene = Scene::new().with("log", log("engine", 1..=3)).with("packed", bytes);
        let (answer, run) = json(&["integrity", &scene.arg("log"), &scene.arg("packed")]);
        assert_eq!(answer["unread"][0]["reason"], reason);
        assert!(run.err.contains(told), "{}", run.err);
        assert_eq!(run.code, 3);
        // In a directory, what is of no known format is no error; what cannot be known is.
        let (answer, run) = json(&["integrity", &scene.arg("")]);
        assert_eq!(
            (run.code, &answer["incomplete"]),
            (if reason == "not-unpacked" { 3 } else { 0 }, &true.into()),
            "{told}"
        );
    }
}

/// A bomb is read to its end, which alone is wrong with it, in less memory than it holds.
#[test]
fn a_bomb_takes_no_memory() {
    for packing in Packing::ALL {
        let bomb = pack(packing, vec![0; 4 << 20]).repeat(16);
        let cut = &bomb[..bomb.len() - 4];
        let scene = Scene::new().with("bomb", cut);
        let limited = "ulimit -v 90000; exec \"$0\" integrity \"$1\"";
        let output = Command::new("sh")
            .args(["-c", limited, env!("CARGO_BIN_EXE_arraywatch"), &scene.arg("bomb")])
            .output()
            .expect("a shell");
        let run = finished(output);
        let told = format!("unpacking failed at byte {} of the file: it ends before", count(cut.len() as u64));
        assert!(run.code == 65 && run.err.contains(&told), "{packing:?}: {} {}", run.code, run.err);
    }
}

#[test]
fn a_packed_file_of_notes() {
    let notes = super::common::notes(Some("engine"), "", &["9T15:00 | array:./c1 | array-degraded"]);
    for packing in Packing::ALL {
        let scene = Scene::new().with("notes", pack(packing, &notes)).with("log", log("engine", 1..=9));
        let (answer, _) = scene.investigate(&[]);
        let formats: Vec<Value> =
            answer["sources"].as_array().into_iter().flatten().map(|one| one["format"].clone()).collect();
        assert_eq!(texts(&formats.into()), ["adaptec-storage-manager", "notes"]);
        assert_eq!(super::common::case(&answer, "array-degraded")["state"], "open");
    }
}

/// The layer that reads, by itself: it goes back, and tells what became of the file.
#[test]
fn a_packed_file_that_changes_while_it_is_read() {
    let noise: Vec<u8> = (0..50_000_u32).flat_map(|index| index.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    for packing in Packing::ALL {
        let packed = pack(packing, &noise);
        let size = packed.len() as u64;
        let scene = Scene::new().with("log", &packed);
        let path = scene.path("log");
        let change = |length: u64| {
            OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(length)).expect("a file of ours");
        };
        let mut opened = open(&Name::Path(path.clone())).expect("a file of ours");
        let mut buffer = vec![0; 300_000];
        for _ in 0..2 {
            assert_eq!(opened.fill(&mut buffer).expect("it can be read"), noise.len());
            assert!(buffer.starts_with(&noise), "{packing:?}");
            assert_eq!((opened.status(), opened.trouble(), opened.read_so_far()), (Status::Whole, None, size));
            opened.rewind().expect("a file");
        }
        opened.fill(&mut buffer).expect("it can be read");
        change(size + 5);
        assert_eq!(opened.status(), Status::Grew(5));
        change(size);

        let mut opened = open(&Name::Path(path.clone())).expect("a file of ours");
        opened.fill(&mut [0; 10]).expect("it can be read");
        change(150_000);
        opened.fill(&mut buffer).expect("it can be read");
        // What was read ahead before may be more than is left.
        let read = opened.read_so_far();
        assert_eq!((opened.status(), read >= 150_000), (Status::Shrank(size - read), true));
        assert!(matches!(opened.trouble(), Some(Trouble::CutOff { at, .. }) if *at == read), "{packing:?}");

        // Data behind which nothing can be read is no change of the file.
        let mut corrupt = packed.clone();
        corrupt[100_000..100_400].fill(7);
        std::fs::write(&path, corrupt).expect("a file of ours");
        let mut opened = open(&Name::Path(path.clone())).expect("a file of ours");
        opened.fill(&mut buffer).expect("it can be read");
        assert_eq!((opened.status(), opened.trouble().is_some()), (Status::Whole, true));
    }
}
