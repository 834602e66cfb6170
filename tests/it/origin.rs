//! `integrity --origin` names the file that foreign bytes came from, and never a wrong one. Blocks of real files of this machine
//! are planted in logs; where it has none, blocks of files made up here.

use super::common::{Scene, json, log, run};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where real files are, and how many of a place are planted from.
const PLACES: [(&str, &str); 3] = [
    ("time-zone data", "/usr/share/zoneinfo"),
    ("locale sources", "/usr/share/i18n/locales"),
    ("binaries", "/usr/bin"),
];

const SIZES: [usize; 4] = [512, 1024, 4096, 65_536];

/// Files that are planted from, of each place.
const FILES: usize = 40;

/// A generator that gives the same numbers every time.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % below.max(1)
    }
}

/// Regular files of a directory and below, in order.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let mut found = Vec::new();
    for path in entries {
        let kind = fs::symlink_metadata(&path).map(|status| status.file_type());
        match kind {
            Ok(kind) if kind.is_dir() => found.extend(files(&path)),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
    found
}

/// Whether a block can tell where it is from: a block that repeats 16 bytes or fewer, as one of NULs does, stands in many files
/// at many places, and no search can tell which of them it is.
fn tells(block: &[u8]) -> bool {
    let mut kinds: HashMap<&[u8], usize> = HashMap::new();
    block.chunks(16).for_each(|chunk| *kinds.entry(chunk).or_default() += 1);
    let most = kinds.values().max().copied().unwrap_or(0);
    most * 2 < block.chunks(16).count()
}

/// A block that was planted.
struct Planted {
    log: String,
    file: PathBuf,
    offset: usize,
    at: usize,
    size: usize,
}

/// Writes a block over a log's middle, at a multiple of 512 if it is aligned.
fn planted(block: &[u8], aligned: bool, random: &mut Random) -> (Vec<u8>, usize) {
    let mut text = log("engine", 1..=28).into_bytes();
    while text.len() < block.len() + 20_000 {
        text.extend(log("engine", 1..=28).bytes());
    }
    let at = random.next(text.len() - block.len() - 8192) + 4096;
    let at = if aligned { at / 512 * 512 } else { at };
    text[at..at + block.len()].copy_from_slice(block);
    (text, at)
}

/// What was planted in logs, and what is said of it.
#[derive(Default, Debug)]
struct Counts {
    planted: usize,
    found: usize,
    named: usize,
    misnamed: usize,
}

impl Counts {
    /// The answer about a log beside the truth.
    fn add(&mut self, source: &Value, planted: &Planted) {
        let spans = ["damage", "spans"].iter().flat_map(|key| source[key].as_array().expect("a list"));
        let holders: Vec<&Value> = spans.flat_map(|span| span["found_in"].as_array().into_iter().flatten()).collect();
        let true_path = planted.file.to_str().expect("a plain name");
        let content = |path: &str| fs::read(path).expect("it was searched");
        let truth = content(true_path);
        let block = &truth[planted.offset..planted.offset + planted.size];
        let is_true = |holder: &&&Value| {
            let path = holder["path"].as_str().expect("a path");
            let copies = holder["copies"].as_array().expect("a list");
            path == true_path || copies.iter().any(|copy| copy == true_path)
        };
        let number =
            |holder: &Value, key: &str| usize::try_from(holder[key].as_u64().expect("a number")).expect("small");
        let covers = |holder: &Value| {
            let (start, end) = (number(holder, "log_start"), number(holder, "log_end"));
            end.min(planted.at + planted.size).saturating_sub(start.max(planted.at))
        };
        let found = holders.iter().filter(is_true).any(|holder| covers(holder) * 10 >= planted.size * 9);
        for holder in &holders {
            let path = holder["path"].as_str().expect("a path");
            let (offset, start, bytes) =
                (number(holder, "offset"), number(holder, "log_start"), number(holder, "bytes"));
            let from = start.max(planted.at) - planted.at;
            let held = content(path);
            let piece = &held[offset + (start.max(planted.at) - start)..offset + bytes];
            let piece = &piece[..piece.len().min(block.len() - from)];
            assert_eq!(piece, &block[from..from + piece.len()], "{path} holds what it is said to hold");
        }
        // A wrong name: one file is claimed, and it is another one.
        let misnamed = holders.iter().any(|holder| number(holder, "one_of") == 1 && !is_true(&holder));
        if misnamed || !found {
            let word = if misnamed { "MISNAMED" } else { "not found" };
            let said: Vec<String> =
                holders.iter().map(|holder| format!("{} {}", holder["path"], holder["one_of"])).collect();
            let Planted { offset, size, at, .. } = planted;
            eprintln!(
                "{word}: {true_path} from {offset}, {size} bytes at {at}: {} said: {:?}",
                said.len(),
                said.first()
            );
        }
        self.planted += 1;
        self.found += usize::from(found);
        self.named += usize::from(found && holders.iter().filter(is_true).any(|holder| number(holder, "one_of") == 1));
        self.misnamed += usize::from(misnamed);
    }
}

/// Plants blocks of the files of a directory, and searches it.
fn check(what: &str, directory: &Path) {
    let mut random = Random(42);
    let candidates = files(directory);
    let step = (candidates.len() / FILES).max(1);
    let scene = Scene::new();
    let mut all = Vec::new();
    let mut left_out = 0;
    for file in candidates.iter().step_by(step) {
        let Ok(content) = fs::read(file) else { continue };
        for size in SIZES.into_iter().filter(|size| content.len() >= *size) {
            for aligned in [true, false] {
                let offset = random.next(content.len() - size + 1);
                let offset = if aligned { offset / 512 * 512 } else { offset };
                let block = &content[offset..offset + size];
                if !tells(block) {
                    left_out += 1;
                    continue;
                }
                let name = format!("log{:04}", all.len());
                let (bytes, at) = planted(block, aligned, &mut random);
                fs::write(scene.path(&name), bytes).expect("a file in a temporary directory");
                all.push(Planted { log: scene.arg(&name), file: file.clone(), offset, at, size });
            }
        }
    }
    assert!(all.len() >= 100, "{what}: {} blocks are too few", all.len());
    let origin = directory.to_str().expect("a plain name");
    let (value, run) = json(&["integrity", "--origin", origin, &scene.arg("")]);
    assert_eq!(run.code, 2, "{}", run.err);
    let mut counts: HashMap<usize, Counts> = HashMap::new();
    for planted in &all {
        let sources = value["sources"].as_array().expect("a list");
        let source = sources.iter().find(|source| source["path"] == planted.log.as_str()).expect("it was read");
        counts.entry(planted.size).or_default().add(source, planted);
    }
    for size in SIZES {
        if let Some(counts) = counts.get(&size) {
            println!("{what}, {size} bytes: {counts:?}");
        }
    }
    let sum = |of: fn(&Counts) -> usize| counts.values().map(of).sum::<usize>();
    let (planted, found, misnamed) = (sum(|of| of.planted), sum(|of| of.found), sum(|of| of.misnamed));
    println!("{what}: {found} of {planted} found, {misnamed} misnamed; {left_out} blocks of one pattern left out");
    assert_eq!(misnamed, 0, "{what}");
    assert!(found * 100 >= planted * 95, "{what}: {found} of {planted}");
}

#[test]
fn planted_blocks_are_found_and_none_is_misnamed() {
    for (what, directory) in PLACES {
        if files(Path::new(directory)).len() >= 50 {
            check(what, Path::new(directory));
        } else {
            eprintln!("SKIPPED: {what}: this machine has no 50 files in {directory}; only made-up files are planted");
        }
    }
}

/// Files that every machine has: of one kind and much alike, as versions of a program are, with a copy of every third.
#[test]
fn planted_blocks_of_made_up_files() {
    let scene = Scene::new();
    let mut random = Random(7);
    let letters = b"etaoin shrdlu%;<U0123>.,-(){}";
    let stretch = |random: &mut Random| (0..6000).map(|_| letters[random.next(letters.len())]).collect::<Vec<u8>>();
    let stretches: Vec<Vec<u8>> = (0..24).map(|_| stretch(&mut random)).collect();
    for file in 0..60 {
        let mut bytes = Vec::new();
        for _ in 0..14 {
            bytes.extend(&stretches[random.next(stretches.len())]);
            bytes.extend(random.next(1 << 30).to_le_bytes());
        }
        fs::write(scene.path(&format!("file{file:02}")), &bytes).expect("a file in a temporary directory");
        if file % 3 == 0 {
            fs::write(scene.path(&format!("file{file:02}.copy")), &bytes).expect("a file in a temporary directory");
        }
    }
    check("made-up files", scene.dir());
}

/// A log with a block of a file over its middle, and that file in a directory.
fn incident() -> Scene {
    let mut random = Random(3);
    let file: Vec<u8> = (0..8192).map(|_| u8::try_from(random.next(256)).expect("a byte")).collect();
    let (bytes, _) = planted(&file[4096..6144], true, &mut random);
    let scene = Scene::new().with("a.log", bytes);
    fs::create_dir(scene.path("tree")).expect("a directory");
    scene.with("tree/victim", file)
}

#[test]
fn what_is_said_for_people() {
    let scene = incident();
    let run = run(&["integrity", &scene.arg("a.log"), "--origin", &scene.arg("tree")]);
    assert_eq!((run.code, run.err.as_str()), (2, ""));
    let words = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("stand in {} at 4,096", scene.arg("tree/victim"));
    assert!(words.contains("found: 2,048 bytes from "), "{}", run.out);
    assert!(words.contains(&said), "{}", run.out);
    assert!(words.contains(&format!("searched 1 file, 8,192 bytes under {}", scene.arg("tree"))), "{}", run.out);
}

/// The bytes that are named for a log, with `--origin` of a directory.
fn named(scene: &Scene, log: &str, directory: &str) -> Vec<String> {
    let (value, _) = json(&["integrity", &scene.arg(log), "--origin", &scene.arg(directory)]);
    let damage = value["sources"][0]["damage"].as_array().expect("a list").clone();
    let found = damage.iter().flat_map(|damage| damage["found_in"].as_array().cloned().unwrap_or_default());
    let mut names: Vec<String> = found.map(|holder| format!("{} of {}", holder["path"], holder["one_of"])).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn a_log_and_its_copies_are_no_origin() {
    let scene = incident();
    let damaged = fs::read(scene.path("a.log")).expect("it was written");
    let victim = format!("\"{}\" of 1", scene.arg("tree/victim"));
    fs::copy(scene.path("a.log"), scene.path("tree/copy.log")).expect("a copy");
    fs::hard_link(scene.path("a.log"), scene.path("tree/link.log")).expect("a link");
    fs::write(scene.path("tree/longer.log"), [log("engine", 1..=2).into_bytes(), damaged].concat()).expect("a file");
    assert_eq!(named(&scene, "a.log", "tree"), [victim]);
    fs::remove_file(scene.path("tree/victim")).expect("it was there");
    assert!(named(&scene, "a.log", "tree").is_empty());
    let (value, _) = json(&["integrity", &scene.arg("a.log"), "--origin", &scene.arg("a.log")]);
    assert_eq!(value["origin"]["files"], 0);
}

#[test]
fn what_was_not_searched_is_null() {
    let scene = incident();
    let found_in = |value: &Value| value["sources"][0]["damage"].as_array().expect("a list")[0]["found_in"].clone();
    let (value, _) = json(&["integrity", &scene.arg("a.log")]);
    assert_eq!((&value["origin"], found_in(&value)), (&Value::Null, Value::Null));

    let mut piped = super::common::command();
    piped.args(["integrity", "-", "--json", "--origin", &scene.arg("tree")]);
    piped.stdin(fs::File::open(scene.path("a.log")).expect("it was written"));
    let run = super::common::finished(piped.output().expect("the program can be run"));
    let value: Value = serde_json::from_str(&run.out).expect("JSON");
    super::json::keeps_the_contract(&value);
    assert_eq!((found_in(&value), &value["incomplete"]), (Value::Null, &true.into()));
    let problem = value["sources"][0]["problems"][0].as_str().expect("a problem");
    assert!(problem.starts_with("its damage was not searched for: it is standard input"), "{problem}");

    let nuls = [log("engine", 1..=9).into_bytes(), vec![0; 4096]].concat();
    let scene = scene.with("nuls.log", nuls);
    let (value, _) = json(&["integrity", &scene.arg("nuls.log"), "--origin", &scene.arg("tree")]);
    assert_eq!(found_in(&value), Value::Null);
}

#[test]
fn a_directory_that_cannot_be_searched_is_said_first() {
    let scene = incident();
    let check = |directory: &str, code: i32, says: &str| {
        let run = run(&["integrity", &scene.arg("a.log"), "--origin", directory]);
        assert_eq!((run.code, run.out.as_str()), (code, ""), "{}", run.err);
        assert!(run.err.contains(says), "{}", run.err);
    };
    check(&scene.arg("none"), 66, "there is no such file or directory");
    check("/dev/null", 64, "neither a file nor a directory");
}

/// A FIFO in the directory is not waited for, and a circle of links ends.
#[test]
fn a_tree_with_snares_is_searched_to_its_end() {
    let scene = incident();
    make_fifo(&scene.path("tree/pipe"));
    std::os::unix::fs::symlink(scene.path("tree"), scene.path("tree/circle")).expect("a link");
    std::os::unix::fs::symlink("/dev/zero", scene.path("tree/zero")).expect("a link");
    assert_eq!(named(&scene, "a.log", "tree").len(), 1);
}

fn make_fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo can be run");
    assert!(made.success());
}
