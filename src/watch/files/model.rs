//! A log that is written to, rotated in all ways, compressed and deleted, and a follower that is killed and begins again from what was
//! kept: every whole line comes out, and comes out once.

use super::ear::Heard;
use super::look::Root;
use super::out::Out;
use super::worker::Worker;
use crate::config::Follow;
use crate::watch::{Cursor, Event};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What happens.
#[derive(Debug, Clone)]
enum Act {
    /// Lines are written, of such lengths; the last one to its half.
    Write(Vec<usize>, bool),
    /// The log is renamed, and those before it: the writer goes on with the old one.
    Rename,
    /// The writer takes the new one.
    Reopen,
    CopyTruncate,
    /// The nth of the rotated ones is compressed.
    Compress(usize),
    /// Another file with the same content and more takes its place.
    Replace,
    /// The oldest goes, when it was read.
    Delete,
    /// So many milliseconds pass, and the follower looks.
    Turn(u64),
    /// So many milliseconds pass, it hears nothing, and does what is due.
    Deaf(u64),
    /// So many events are kept.
    Keep(usize),
    /// The follower is killed, and begins anew.
    Kill,
    /// Many days are written at once.
    Burst,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let lengths = || prop::collection::vec(prop_oneof![6 => 0..80_usize, 1 => 3_000..40_000_usize], 1..5);
    let act = prop_oneof![
        8 => (lengths(), any::<bool>()).prop_map(|(lengths, half)| Act::Write(lengths, half)),
        2 => Just(Act::Rename),
        2 => Just(Act::Reopen),
        2 => Just(Act::CopyTruncate),
        2 => (0..3_usize).prop_map(Act::Compress),
        1 => Just(Act::Replace),
        1 => Just(Act::Delete),
        5 => prop_oneof![Just(0), 1..2_000_u64, Just(6_000), Just(12_000)].prop_map(Act::Turn),
        2 => prop_oneof![0..3_000_u64, Just(31_000)].prop_map(Act::Deaf),
        3 => (0..20_usize).prop_map(Act::Keep),
        2 => Just(Act::Kill),
        1 => Just(Act::Burst),
    ];
    prop::collection::vec(act, 1..60)
}

/// A file that events are about.
#[derive(Default)]
struct Told {
    known: u64,
    at: u64,
    /// What is not a whole line yet, from its start on.
    rest: Vec<u8>,
    /// Lines that are not kept yet.
    lines: Vec<String>,
}

struct Scene {
    directory: TempDir,
    log: File,
    /// The second half of a line.
    half: String,
    written: Vec<String>,
    now: Instant,
    worker: Worker,
    events: Receiver<Event>,
    told: HashMap<u64, Told>,
    kept: Vec<String>,
    cursors: BTreeMap<u64, Cursor>,
    history: Vec<String>,
    /// Files that are gone, held open, so that their inodes are not given to others.
    held: Option<Vec<File>>,
}

fn follower(path: PathBuf, cursors: &[Cursor], now: Instant) -> (Worker, Receiver<Event>) {
    let (to, events) = sync_channel(100_000);
    let out = Out { to, stop: Default::default(), numbers: Default::default(), is_whole: |_| None };
    let device = fs::metadata(path.parent().expect("a directory")).expect("it is there").dev();
    let mut worker = Worker::new(device, cursors, out, now);
    let follow = Follow { path: path.clone(), host: None, timezone: None, quiet: None, poll: None };
    worker.add(
        Root { id: 0, follow: follow.into(), real: path.clone(), path, link: None, found: false, looked: false },
        now,
    );
    (worker, events)
}

impl Scene {
    fn new(inodes_come_again: bool) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let path = directory.path().join("log");
        let log = File::create(&path).expect("a file");
        let now = Instant::now();
        let (worker, events) = follower(path, &[], now);
        let (told, cursors) = (HashMap::new(), BTreeMap::new());
        let (written, kept, half, history) = (Vec::new(), Vec::new(), String::new(), Vec::new());
        let held = (!inodes_come_again).then(Vec::new);
        Self { directory, log, half, written, now, worker, events, told, kept, cursors, history, held }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn open(&self) -> File {
        OpenOptions::new().create(true).append(true).open(self.at("log")).expect("a file")
    }

    /// A file is about to go.
    fn hold(&mut self, path: &Path) {
        if let Some(held) = &mut self.held {
            held.push(File::open(path).expect("it is there"));
        }
    }

    fn whole(&mut self) {
        let half = std::mem::take(&mut self.half);
        self.log.write_all(half.as_bytes()).expect("room");
    }

    fn write(&mut self, lengths: &[usize], half: bool) {
        self.whole();
        for (nth, length) in lengths.iter().enumerate() {
            let line = format!("line {} {}", self.written.len(), "x".repeat(*length));
            self.written.push(line.clone());
            let line = line + "\n";
            let cut = if half && nth + 1 == lengths.len() { line.len() / 2 } else { line.len() };
            self.log.write_all(&line.as_bytes()[..cut]).expect("room");
            self.half = line[cut..].to_owned();
        }
    }

    /// Makes room for `log.1`.
    fn shift(&self) {
        for nth in (1..40).rev() {
            for suffix in ["", ".gz"] {
                let from = self.at(&format!("log.{nth}{suffix}"));
                if from.exists() {
                    fs::rename(from, self.at(&format!("log.{}{suffix}", nth + 1))).expect("a new name");
                }
            }
        }
    }

    fn turn(&mut self, millis: u64, look: bool) {
        self.now += Duration::from_millis(millis);
        let list = fs::read_dir(self.directory.path()).expect("a directory").flatten();
        let files = list.filter_map(|entry| Some(entry.metadata().ok()?.ino())).collect();
        if look {
            self.worker.heard(&Heard { look, files }, self.now);
        }
        self.worker.turn(self.now).expect("somebody listens");
    }

    fn keep(&mut self, most: usize) {
        for _ in 0..most {
            let Ok(event) = self.events.try_recv() else { return };
            match event {
                Event::Opened(opened) => {
                    self.history.push(format!(
                        "{} is {}: from {}, known {}, after {:?}",
                        opened.file,
                        opened.path.file_name().unwrap_or_default().display(),
                        opened.from,
                        opened.known,
                        opened.after
                    ));
                    assert!(opened.from <= opened.known, "{:?}", self.history);
                    let told = Told { known: opened.known, at: opened.from, ..Told::default() };
                    assert!(self.told.insert(opened.file, told).is_none(), "a number is given once");
                }
                Event::Bytes { file, at, bytes } => {
                    self.history.push(format!("{file}: {at} to {}", at + bytes.len() as u64));
                    let told = self.told.get_mut(&file).expect("it was opened");
                    assert_eq!(told.at, at, "no gap and no overlap within a file: {:?}", self.history);
                    told.at += bytes.len() as u64;
                    told.rest.extend(bytes);
                    let mut ends = told.at - told.rest.len() as u64;
                    while let Some(end) = told.rest.iter().position(|byte| *byte == b'\n') {
                        ends += end as u64 + 1;
                        let line: Vec<u8> = told.rest.drain(..=end).collect();
                        let line = String::from_utf8_lossy(&line[..end]).into_owned();
                        // What ends before that was kept before.
                        if ends > told.known {
                            told.lines.push(line);
                        } else {
                            assert!(self.kept.contains(&line), "{line:.30} was not kept: {:#?}", self.history);
                        }
                    }
                }
                Event::Paused { file, cursor } => {
                    self.history.push(format!("{file}: paused at {}", cursor.offset));
                    let told = self.told.get_mut(&file).expect("it was opened");
                    assert_eq!(told.at, cursor.offset);
                    self.kept.append(&mut told.lines);
                    self.cursors.insert(cursor.inode, cursor);
                }
                Event::Ended { file, why } => self.history.push(format!("{file}: {why:?}")),
                Event::Lost { path, why } => self.history.push(format!("{}: {why}", path.display())),
                _ => {}
            }
        }
    }

    fn kill(&mut self) {
        let cursors: Vec<Cursor> = self.cursors.values().cloned().collect();
        // A monotonic clock goes on, and so do the numbers of files in this test.
        let (worker, events) = follower(self.at("log"), &cursors, self.now);
        (self.worker, self.events) = (worker, events);
        self.told.clear();
    }

    fn act(&mut self, act: &Act) {
        self.history.push(match act {
            Act::Write(lengths, half) => format!("write {} lines, {half}", lengths.len()),
            act => format!("{act:?}"),
        });
        match act {
            Act::Write(lengths, half) => self.write(lengths, *half),
            Act::Burst => {
                for nth in 0..4 {
                    self.write(&[10, 20, 200], false);
                    if nth % 2 == 0 {
                        self.act(&Act::CopyTruncate);
                    } else {
                        self.act(&Act::Rename);
                        self.act(&Act::Reopen);
                    }
                }
            }
            Act::Rename => {
                if self.at("log").exists() {
                    self.shift();
                    fs::rename(self.at("log"), self.at("log.1")).expect("a new name");
                }
            }
            Act::Reopen => {
                if !self.at("log").exists() {
                    self.whole();
                    self.log = self.open();
                }
            }
            Act::CopyTruncate => {
                if self.at("log").exists() {
                    self.whole();
                    self.log = self.open();
                    self.shift();
                    fs::copy(self.at("log"), self.at("log.1")).expect("a copy");
                    self.log.set_len(0).expect("it is cut off");
                }
            }
            Act::Compress(nth) => {
                let name = format!("log.{}", nth + 1);
                let path = self.at(&name);
                let Ok(status) = fs::metadata(&path) else { return };
                if status.ino() == self.log.metadata().expect("an open file").ino() {
                    return;
                }
                let packed = File::create(self.at(&format!("{name}.gz"))).expect("a file");
                let mut packer = GzEncoder::new(packed, Compression::fast());
                packer.write_all(&fs::read(&path).expect("a file")).expect("room");
                let packed = packer.finish().expect("room");
                packed.set_modified(status.modified().expect("a time")).expect("gzip keeps it");
                self.hold(&path);
                fs::remove_file(path).expect("it was there");
            }
            Act::Replace => {
                if self.at("log").exists() {
                    self.whole();
                    fs::copy(self.at("log"), self.at("new")).expect("a copy");
                    self.hold(&self.at("log"));
                    fs::rename(self.at("new"), self.at("log")).expect("a new name");
                    self.log = self.open();
                    self.write(&[7], false);
                }
            }
            Act::Delete => {
                let names = (1..40).rev().flat_map(|nth| [format!("log.{nth}.gz"), format!("log.{nth}")]);
                let oldest = names.map(|name| self.at(&name)).find(|path| path.exists());
                let own = self.log.metadata().expect("an open file").ino();
                let Some(oldest) = oldest.filter(|path| fs::metadata(path).is_ok_and(|status| status.ino() != own))
                else {
                    return;
                };
                self.settle();
                self.hold(&oldest);
                fs::remove_file(oldest).expect("it was there");
            }
            Act::Turn(millis) => self.turn(*millis, true),
            Act::Deaf(millis) => self.turn(*millis, false),
            Act::Keep(most) => self.keep(*most),
            Act::Kill => self.kill(),
        }
    }

    /// All that is there is read and kept.
    fn settle(&mut self) {
        for _ in 0..60 {
            self.turn(5_500, true);
            self.keep(usize::MAX);
        }
    }
}

fn check(acts: &[Act]) {
    check_with(acts, false);
}

fn check_with(acts: &[Act], inodes_come_again: bool) {
    let mut scene = Scene::new(inodes_come_again);
    for act in acts {
        scene.act(act);
    }
    scene.act(&Act::Reopen);
    scene.write(&[1], false);
    scene.settle();
    let (mut kept, mut written) = (scene.kept.clone(), scene.written.clone());
    kept.sort();
    written.sort();
    let short = |lines: &[String]| lines.iter().map(|line| format!("{line:.9}")).collect::<Vec<_>>();
    let missed: Vec<String> = written.iter().filter(|line| !kept.contains(line)).cloned().collect();
    let twice: Vec<String> =
        kept.windows(2).filter(|two| two[0] == two[1]).filter_map(|two| two.first().cloned()).collect();
    let torn: Vec<String> = kept.iter().filter(|line| !written.contains(line)).cloned().collect();
    assert!(
        missed.is_empty() && torn.is_empty() && (twice.is_empty() || inodes_come_again),
        "missed {:?}, twice {:?}, torn {:?}\n{acts:?}\n{:#?}",
        short(&missed),
        short(&twice),
        short(&torn),
        scene.history
    );
}

/// Each case is some hundred steps at real files: a quarter of the usual number, or of `PROPTEST_CASES`.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 4, max_shrink_iters: 4_000, ..usual }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_line_comes_out_once(acts in acts()) {
        check(&acts);
    }

    /// Cursors are kept by device and inode. Where a file goes and its inode is given to another at once, the cursor of what it held may be
    /// replaced before its compressed copy was met, and that is read again if the follower is killed just then. Nothing is ever missed.
    #[test]
    fn no_line_is_missed_where_inodes_come_again(acts in acts()) {
        check_with(&acts, true);
    }
}

/// What random acts found, made small.
#[test]
fn cases_that_were_wrong_once() {
    let turn = || Act::Turn(0);
    let write = || Act::Write(vec![10, 20], false);
    // A new file has the inode of one that is gone, and a length that was read of that.
    check_with(&[Act::CopyTruncate, write(), turn(), Act::Replace, Act::Delete, Act::Kill, Act::CopyTruncate], true);
    check_with(&[Act::Burst, Act::Delete, Act::Kill, Act::Compress(2), Act::Burst, Act::Kill, Act::Turn(6_000)], true);
    // A compressed file that is taken up far from its start.
    let long = Act::Write(vec![19_115, 8_939, 36_617, 600], false);
    check(&[long, write(), Act::Rename, write(), turn(), Act::Keep(3), Act::Burst, Act::Compress(2), Act::Kill]);
    // A copy that is compressed before it is seen.
    check(&[
        write(),
        turn(),
        Act::Keep(99),
        Act::CopyTruncate,
        Act::Compress(0),
        write(),
        turn(),
        Act::Keep(2),
        Act::Kill,
    ]);
    check(&[write(), turn(), Act::Keep(99), write(), Act::CopyTruncate, write(), turn(), Act::Keep(99)]);
    check(&[write(), turn(), Act::Keep(99), write(), Act::Rename, Act::Compress(0), Act::Kill, write(), turn()]);
    check(&[write(), Act::Burst, turn(), Act::Keep(9), Act::Burst, Act::Kill, Act::Burst, Act::Compress(1)]);
    check(&[Act::Rename, write(), turn(), Act::Reopen, write(), turn(), Act::Keep(99), Act::Kill]);
}
