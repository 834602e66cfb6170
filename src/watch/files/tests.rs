//! Real threads, real files, real inotify.

use super::*;
use crate::watch::Why;
use flate2::Compression;
use flate2::write::GzEncoder;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use tempfile::TempDir;

const LONG: Duration = Duration::from_secs(60);

fn entry(path: impl Into<PathBuf>) -> Follow {
    Follow { path: path.into(), host: None, timezone: None, quiet: None, poll: None }
}

/// In these tests, what begins with `=` is an output.
fn is_whole(front: &[u8]) -> Option<bool> {
    front.first().map(|first| *first == b'=')
}

struct Scene {
    directory: TempDir,
    files: Files,
    events: Receiver<Event>,
    /// What came of each file, by number: its path, and its bytes from `from` on.
    read: BTreeMap<u64, (PathBuf, Vec<u8>)>,
    cursors: BTreeMap<u64, Cursor>,
    ended: Vec<(u64, Why)>,
    lost: BTreeMap<PathBuf, String>,
    /// The host that the entry of each file names.
    hosts: BTreeMap<u64, Option<String>>,
}

impl Scene {
    fn new(prepare: impl FnOnce(&Path), entries: impl FnOnce(&Path) -> Vec<Follow>) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        prepare(directory.path());
        let (to, events) = sync_channel(16);
        let files = start(entries(directory.path()), Vec::new(), Arc::default(), to, is_whole);
        let (read, cursors) = (BTreeMap::new(), BTreeMap::new());
        Self {
            directory,
            files,
            events,
            read,
            cursors,
            ended: Vec::new(),
            lost: BTreeMap::new(),
            hosts: BTreeMap::new(),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Opened(opened) => {
                assert!(opened.front.len() <= 1024 * 1024);
                self.hosts.insert(opened.file, opened.follow.host.clone());
                self.read.insert(opened.file, (opened.path, Vec::new()));
            }
            Event::Bytes { file, bytes, .. } => {
                assert!(bytes.len() <= 256 * 1024);
                self.read.get_mut(&file).expect("it was opened").1.extend(bytes);
            }
            Event::Paused { file, cursor } => drop(self.cursors.insert(file, cursor)),
            Event::Ended { file, why } => self.ended.push((file, why)),
            Event::Lost { path, why } => drop(self.lost.insert(path, why)),
            Event::Found { path } | Event::Gone { path } => {
                assert!(self.lost.remove(&path).is_some(), "{path:?} was lost");
            }
            Event::Looked(_) => {}
            other => panic!("{other:?}"),
        }
    }

    /// Takes events until something is so.
    fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let until = Instant::now() + LONG;
        while !is_so(self) {
            let left = until.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) => self.take(event),
                Err(_) => panic!("{what} did not happen: {:?} {:?} {:?}", self.shown(), self.ended, self.lost),
            }
        }
    }

    /// Takes the events of so long.
    fn for_so_long(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while let Ok(event) = self.events.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.take(event);
        }
    }

    /// Names and contents.
    fn shown(&self) -> Vec<(String, String)> {
        let name = |path: &Path| path.strip_prefix(self.directory.path()).unwrap_or(path).display().to_string();
        self.read.values().map(|(path, bytes)| (name(path), String::from_utf8_lossy(bytes).into_owned())).collect()
    }

    fn has(&self, name: &str, content: &str) -> bool {
        self.shown().contains(&(name.to_owned(), content.to_owned()))
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.at(name)).expect("a file");
        file.write_all(text.as_bytes()).expect("room");
    }
}

#[test]
fn a_file_below_a_directory_that_is_not_there_yet() {
    let mut scene = Scene::new(|_| {}, |root| vec![entry(root.join("a/b/log"))]);
    fs::create_dir(scene.at("a")).expect("a directory");
    scene.until("telling that it is not there", |scene| scene.lost.contains_key(&scene.at("a/b/log")));
    fs::create_dir(scene.at("a/b")).expect("a directory");
    scene.for_so_long(Duration::from_millis(300));
    scene.append("a/b/log", "one\n");
    scene.until("reading it", |scene| scene.has("a/b/log", "one\n") && scene.lost.is_empty());
    scene.append("a/b/log", "two\n");
    scene.until("reading on", |scene| scene.has("a/b/log", "one\ntwo\n"));
}

#[test]
fn directories_and_patterns_and_what_is_no_file() {
    let prepare = |root: &Path| {
        for name in ["all/x.log", "all/deep/y", "all/.hidden", "some/a.log", "some/a.log.1", "some/b.txt"] {
            fs::create_dir_all(root.join(name).parent().expect("a directory")).expect("a directory");
            fs::write(root.join(name), format!("{name}\n")).expect("a file");
        }
        mkfifo(&root.join("all/fifo"), Mode::S_IRWXU).expect("a FIFO");
        mkfifo(&root.join("fifo"), Mode::S_IRWXU).expect("a FIFO");
        symlink(root.join("all"), root.join("all/circle")).expect("a link");
        symlink("/dev/null", root.join("all/null")).expect("a link");
    };
    let entries = |root: &Path| {
        ["all", "some/*.log", "fifo"]
            .map(|name| entry(root.join(name)))
            .into_iter()
            .chain([entry("/dev/null")])
            .collect()
    };
    let mut scene = Scene::new(prepare, entries);
    scene.until("refusing", |scene| scene.lost.len() == 2);
    assert!(scene.lost[&scene.at("fifo")].contains("FIFO"), "{:?}", scene.lost);
    assert!(scene.lost[Path::new("/dev/null")].contains("device"), "{:?}", scene.lost);
    scene.until("reading", |scene| scene.read.len() >= 4);
    scene.append("some/new.log", "new\n");
    scene.until("a new one", |scene| scene.has("some/new.log", "new\n"));
    fs::create_dir(scene.at("all/later")).expect("a directory");
    scene.append("all/later/z", "z\n");
    scene.until("a new directory", |scene| scene.has("all/later/z", "z\n"));
    let mut names: Vec<String> = scene.shown().into_iter().map(|(name, _)| name).collect();
    names.sort();
    let expect = ["all/deep/y", "all/later/z", "all/x.log", "some/a.log", "some/a.log.1", "some/new.log"];
    assert_eq!(names, expect);
}

/// Whoever writes makes the new log with the next line: each rotation was told as a loss, and then as its end.
#[test]
fn a_log_that_was_renamed_is_not_lost_while_it_is_followed() {
    let prepare = |root: &Path| fs::write(root.join("log"), "one\n").expect("a file");
    let mut scene = Scene::new(prepare, |root| vec![entry(root.join("log"))]);
    scene.until("reading", |scene| scene.has("log", "one\n"));
    fs::rename(scene.at("log"), scene.at("log.1")).expect("it is there");
    // Longer than it takes to tell of what is missing.
    scene.for_so_long(Duration::from_secs(8));
    assert!(scene.lost.is_empty(), "{:?}", scene.lost);
    scene.append("log.1", "two\n");
    scene.append("log", "three\n");
    scene.until("reading on", |scene| scene.has("log", "one\ntwo\n") && scene.has("log", "three\n"));
    // What was rotated away and is gone stands for nothing.
    fs::remove_file(scene.at("log.1")).expect("it is there");
    fs::remove_file(scene.at("log")).expect("it is there");
    scene.until("telling that it is gone", |scene| scene.lost.contains_key(&scene.at("log")));
    // Another configuration finds no more of it.
    scene.files.reload(vec![entry(scene.at("log")), entry(scene.at("other"))]);
    scene.until("the other", |scene| scene.lost.contains_key(&scene.at("other")));
    assert!(scene.lost.contains_key(&scene.at("log")));
    scene.append("log", "four\n");
    scene.until("finding it", |scene| scene.has("log", "four\n") && !scene.lost.contains_key(&scene.at("log")));
}

#[test]
fn a_link_that_comes_to_lead_elsewhere() {
    let prepare = |root: &Path| {
        fs::write(root.join("one"), "one\n").expect("a file");
        fs::write(root.join("two"), "two\n").expect("a file");
        symlink("one", root.join("current")).expect("a link");
    };
    let mut scene = Scene::new(prepare, |root| vec![entry(root.join("current"))]);
    scene.until("the first", |scene| scene.has("current", "one\n"));
    scene.append("one", "more\n");
    scene.until("more of it", |scene| scene.has("current", "one\nmore\n"));
    symlink("two", scene.at("new")).expect("a link");
    fs::rename(scene.at("new"), scene.at("current")).expect("a new name");
    scene.until("the second", |scene| scene.has("current", "two\n"));
}

#[test]
fn rotations_as_they_happen() {
    let mut scene =
        Scene::new(|root| fs::write(root.join("log"), "1\n").expect("a file"), |root| vec![entry(root.join("log"))]);
    scene.until("the first", |scene| scene.has("log", "1\n"));
    // The writer goes on with the old one for a moment.
    let mut old = OpenOptions::new().append(true).open(scene.at("log")).expect("a file");
    fs::rename(scene.at("log"), scene.at("log.1")).expect("a new name");
    scene.append("log", "3\n");
    old.write_all(b"2\n").expect("room");
    scene.until("the second", |scene| scene.has("log", "3\n"));
    assert_eq!(scene.shown(), [("log".to_owned(), "1\n2\n".to_owned()), ("log".to_owned(), "3\n".to_owned())]);
    // Compressed, it is what was read.
    let packed = File::create(scene.at("log.2.gz")).expect("a file");
    let mut packer = GzEncoder::new(packed, Compression::fast());
    packer.write_all(b"1\n2\n").expect("room");
    packer.finish().expect("room");
    fs::remove_file(scene.at("log.1")).expect("it was there");
    scene.until("knowing it", |scene| scene.cursors.values().any(|cursor| cursor.path.ends_with("log.2.gz")));
    assert!(scene.has("log.2.gz", ""));
    // One that was never seen is read.
    let packed = File::create(scene.at("log.3.gz")).expect("a file");
    let mut packer = GzEncoder::new(packed, Compression::fast());
    packer.write_all(b"0\n").expect("room");
    packer.finish().expect("room");
    scene.until("an older one", |scene| scene.has("log.3.gz", "0\n"));
    fs::copy(scene.at("log"), scene.at("log.1")).expect("a copy");
    OpenOptions::new().write(true).open(scene.at("log")).expect("a file").set_len(0).expect("it is cut off");
    scene.append("log", "4\n");
    scene.until("what is new", |scene| scene.has("log", "4\n"));
    assert!(scene.ended.iter().any(|(_, why)| *why == Why::Truncated), "{:?}", scene.ended);
    let last = *scene.read.keys().last().expect("files");
    fs::remove_file(scene.at("log")).expect("it was there");
    scene.until("its end", |scene| scene.ended.contains(&(last, Why::Vanished)));
    assert!(scene.lost.contains_key(&scene.at("log")), "that nothing is there was told before");
    let left = scene.files.join(LONG);
    assert_eq!(left, 0);
}

#[test]
fn taken_up_at_a_lines_start() {
    let line = |nth: usize| format!("{nth} {}\n", "x".repeat(nth % 300));
    let text: String = (0..20_000).map(line).collect();
    let prepare = |root: &Path| fs::write(root.join("log"), &text).expect("a file");
    let mut scene = Scene::new(prepare, |root| vec![entry(root.join("log"))]);
    scene.until("all", |scene| scene.has("log", &text) && scene.cursors.len() == 1);
    let cursors: Vec<Cursor> = scene.cursors.values().cloned().collect();
    assert_eq!(cursors[0].offset, text.len() as u64);
    let (to, events) = sync_channel(16);
    let _files = start(vec![entry(scene.at("log"))], cursors, Arc::default(), to, is_whole);
    let looked = events.recv_timeout(LONG);
    assert!(matches!(&looked, Ok(Event::Looked(looked)) if looked.there == [scene.at("log")]), "{looked:?}");
    let Ok(Event::Opened(opened)) = events.recv_timeout(LONG) else { panic!("it is opened") };
    assert_eq!(*opened.front, text.as_bytes()[..1024 * 1024]);
    assert_eq!((opened.known, opened.after), (text.len() as u64, None));
    let from = usize::try_from(opened.from).expect("small");
    assert!(text.len() - from <= 64 * 1024 && text.len() - from > 60 * 1024, "{from} of {}", text.len());
    let Ok(Event::Bytes { at, bytes, .. }) = events.recv_timeout(LONG) else { panic!("it is read on") };
    assert_eq!((at, bytes.as_slice()), (opened.from, &text.as_bytes()[from..]));
    assert!(text[..from].ends_with('\n'));
    assert!(matches!(events.recv_timeout(LONG), Ok(Event::Paused { .. })));
}

/// inotify's limit can be reached on any busy machine, and what is followed is followed all the same.
#[test]
fn without_inotify_it_looks() {
    let directory = TempDir::new().expect("a temporary directory");
    fs::write(directory.path().join("log"), "1\n").expect("a file");
    let device = std::os::unix::fs::MetadataExt::dev(&fs::metadata(directory.path()).expect("it is there"));
    let (to, events) = sync_channel(100);
    let out = Out { to, stop: Arc::default(), numbers: Arc::default(), is_whole };
    let now = Instant::now();
    let mut worker = worker::Worker::new(device, &[], out, now);
    let path = directory.path().join("log");
    let follow = Follow { poll: Some(Duration::from_secs(2)), ..entry(&path) };
    let root =
        look::Root { id: 0, follow: follow.into(), real: path.clone(), path, link: None, found: false, looked: false };
    worker.add(root, now);
    worker.deaf("it is deaf".to_owned());
    worker.turn(now).expect("somebody listens");
    let events: Vec<Event> = events.try_iter().collect();
    assert!(matches!(events.first(), Some(Event::Looked(_))), "{events:?}");
    assert!(matches!(events.get(1), Some(Event::Lost { why, .. }) if why == "it is deaf"), "{events:?}");
    assert!(matches!(events.last(), Some(Event::Paused { cursor, .. }) if cursor.offset == 2), "{events:?}");
    assert_eq!(worker.next, now + Duration::from_secs(2), "as configured");
}

#[test]
fn what_is_dismissed_and_what_is_reloaded() {
    let prepare = |root: &Path| ["a", "b"].iter().for_each(|name| fs::write(root.join(name), "1\n").expect("a file"));
    let mut scene = Scene::new(prepare, |root| vec![entry(root.join("a")), entry(root.join("b"))]);
    scene.until("both", |scene| scene.cursors.len() == 2);
    let of = |scene: &Scene, name: &str| *scene.read.iter().rfind(|(_, (path, _))| path.ends_with(name)).expect("it").0;
    let (a, b) = (of(&scene, "a"), of(&scene, "b"));
    scene.files.dismiss(a);
    scene.until("its end", |scene| scene.ended == [(a, Why::Dismissed)]);
    scene.append("a", "2\n");
    scene.append("b", "2\n");
    scene.until("the other", |scene| scene.has("b", "1\n2\n"));
    assert!(scene.has("a", "1\n"));
    // Another time zone makes another entry; one that stays is not touched.
    fs::write(scene.at("c"), "1\n").expect("a file");
    let other = Follow { host: Some("db1".to_owned()), ..entry(scene.at("b")) };
    scene.files.reload(vec![entry(scene.at("c")), other]);
    scene.until("its end", |scene| scene.ended.contains(&(b, Why::Dismissed)));
    scene.until("the new one", |scene| scene.has("c", "1\n") && of(scene, "b") != b);
    scene.append("b", "3\n");
    scene.until("reading on", |scene| scene.read[&of(scene, "b")].1.ends_with(b"3\n"));
    let c = of(&scene, "c");
    scene.files.reload(vec![entry(scene.at("c"))]);
    scene.append("c", "2\n");
    scene.until("reading on", |scene| scene.read[&c].1 == b"1\n2\n");
    scene.for_so_long(Duration::from_millis(100));
    assert_eq!(scene.files.present().len(), 1);
}

/// Two entries find one file: the most exact counts, in whichever order, also when it comes later.
#[test]
fn of_two_entries_the_most_exact_counts() {
    let prepare = |root: &Path| {
        ["kern.log", "kern.log.1", "other"]
            .iter()
            .for_each(|name| fs::write(root.join(name), format!("{name}\n")).expect("a file"));
    };
    let named = |host: &str, path: PathBuf| Follow { host: Some(host.to_owned()), ..entry(path) };
    let of = |scene: &Scene, name: &str| {
        let last = scene.read.iter().rfind(|(_, (path, _))| path.ends_with(name));
        last.and_then(|(number, _)| scene.hosts.get(number)?.clone()).unwrap_or_default()
    };
    let all = |scene: &Scene| ["kern.log", "kern.log.1", "other"].map(|name| of(scene, name));
    for turned in [false, true] {
        let entries = |root: &Path| {
            let mut entries =
                vec![named("all", root.join("*")), named("exact", root.join("kern.log")), named("k", root.join("k*"))];
            if turned {
                entries.reverse();
            }
            entries
        };
        let mut scene = Scene::new(prepare, entries);
        scene.until("all", |scene| scene.cursors.len() == 3);
        assert_eq!(all(&scene), ["exact", "exact", "all"]);
        assert_eq!(scene.read.len(), 3, "each is read once: {:?}", scene.shown());
        let root = scene.at("");
        scene.files.reload(entries(&root).into_iter().filter(|entry| entry.host.as_deref() != Some("exact")).collect());
        scene.until("another", |scene| of(scene, "kern.log") == "k");
        scene.files.reload(entries(&root));
        scene.until("it again", |scene| of(scene, "kern.log") == "exact");
    }
}

#[test]
fn each_file_system_has_a_thread() {
    let memory = Path::new("/dev/shm");
    let Some(other) = memory.is_dir().then(|| TempDir::new_in(memory).ok()).flatten() else {
        eprintln!("SKIPPED: no /dev/shm here, which is another file system");
        return;
    };
    let path = other.path().join("log");
    fs::write(&path, "far\n").expect("a file");
    let prepare = |root: &Path| {
        fs::write(root.join("log"), "near\n").expect("a file");
        symlink(&path, root.join("link.log")).expect("a link");
    };
    let mut scene = Scene::new(prepare, |root| vec![entry(root.join("*.log")), entry(root.join("log"))]);
    scene.until("both", |scene| scene.has("log", "near\n") && scene.has("link.log", "far\n"));
    let threads = || {
        let tasks = fs::read_dir("/proc/self/task").expect("threads").flatten();
        tasks
            .filter(|task| fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.starts_with("follow: ")))
            .count()
    };
    assert!(threads() >= 2, "{}", threads());
}

#[test]
fn a_full_channel_makes_it_wait_and_not_hang() {
    let prepare = |root: &Path| fs::write(root.join("log"), "line\n".repeat(2_000_000)).expect("a file");
    let scene = Scene::new(prepare, |root| vec![entry(root.join("log"))]);
    thread::sleep(Duration::from_millis(200));
    assert_eq!(scene.files.join(LONG), 0, "nobody listens, and it ends all the same");
}

/// Milliseconds of processor time that the followers' threads took (Documentation/scheduler/sched-stats.rst). Under nextest each test is
/// a process of its own; in one for all, those of other tests come and go.
fn cpu() -> u64 {
    let tasks = fs::read_dir("/proc/self/task").expect("threads").flatten().map(|task| task.path());
    let own = tasks.filter(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.starts_with("follow: ")));
    let spent = own.filter_map(|task| {
        let stat = fs::read_to_string(task.join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<u64>().ok()
    });
    spent.sum::<u64>() / 1_000_000
}

#[test]
fn idle_it_sleeps() {
    let prepare =
        |root: &Path| (0..10).for_each(|nth| fs::write(root.join(format!("{nth}.log")), "line\n").expect("a file"));
    let entries = |root: &Path| (0..10).map(|nth| entry(root.join(format!("{nth}.log")))).collect();
    let mut scene = Scene::new(prepare, entries);
    scene.until("all", |scene| scene.cursors.len() == 10);
    scene.for_so_long(Duration::from_secs(2));
    let (before, spent) = (scene.files.wakeups(), cpu());
    scene.for_so_long(Duration::from_secs(4));
    let (woken, spent) = (scene.files.wakeups() - before, cpu().saturating_sub(spent));
    eprintln!("idle for 4 s with 10 files: {woken} wakeups, {spent} ms of CPU");
    assert!(woken <= 1, "{woken}");
}

#[test]
fn fifty_thousand_lines_a_second() {
    let mut scene = Scene::new(|root| drop(File::create(root.join("log"))), |root| vec![entry(root.join("log"))]);
    let mut log = OpenOptions::new().append(true).open(scene.at("log")).expect("a file");
    let line = format!("Nov 21 08:42:51 db1 kernel: [12345.678901] sd 0:0:0:0: [sda] {}\n", "x".repeat(60));
    let (lines, seconds) = (500, 3);
    let length = line.len() * lines * 100 * seconds;
    let writer = thread::spawn(move || {
        let start = Instant::now();
        for nth in 0..100 * seconds {
            log.write_all(line.repeat(lines).as_bytes()).expect("room");
            let next = Duration::from_millis(10) * u32::try_from(nth + 1).expect("few");
            thread::sleep((start + next).saturating_duration_since(Instant::now()));
        }
    });
    let spent = cpu();
    scene.until("all", |scene| scene.read.values().map(|(_, bytes)| bytes.len()).sum::<usize>() == length);
    let spent = cpu().saturating_sub(spent);
    writer.join().expect("it ends");
    let share = spent / (10 * seconds as u64);
    eprintln!("50,000 lines/s for {seconds} s: {share} % of a core, {} wakeups", scene.files.wakeups());
    assert!(share < 30, "{share} % of a core");
}

/// What is read as a whole comes from its start to its end, whenever it changed and however it was written.
#[test]
fn outputs_come_whole_whenever_they_change() {
    let long = |digit: char| format!("=\n{}{digit}{}", "a".repeat(100_000), "z".repeat(100_000));
    let prepare = |root: &Path| fs::write(root.join("status"), long('0')).expect("a file");
    let mut scene = Scene::new(prepare, |root| vec![entry(root.join("status"))]);
    let times = |scene: &Scene, text: &str| scene.shown().iter().filter(|(_, read)| read == text).count();
    scene.until("the first", |scene| times(scene, &long('0')) == 1 && scene.cursors.len() == 1);
    // In its place, as long as it was.
    fs::write(scene.at("status"), long('1')).expect("room");
    scene.until("the second", |scene| times(scene, &long('1')) == 1 && scene.cursors.len() == 2);
    // The same once more is another reading.
    fs::write(scene.at("status"), long('1')).expect("room");
    scene.until("the third", |scene| times(scene, &long('1')) == 2 && scene.cursors.len() == 3);
    // Slowly, and seen half; what was read of a half is no reading.
    fs::write(scene.at("status"), "=\nhalf").expect("room");
    scene.for_so_long(Duration::from_millis(600));
    scene.append("status", " and half\n");
    scene.until("the fourth", |scene| times(scene, "=\nhalf and half\n") == 1 && scene.cursors.len() == 4);
    assert_eq!(times(&scene, "=\nhalf"), 0, "{:?}", scene.ended);
    // Renamed over it, by one that begins and ends as it does.
    fs::write(scene.at("new"), "=\nhalf AND half\n").expect("room");
    fs::rename(scene.at("new"), scene.at("status")).expect("a new name");
    scene.until("the fifth", |scene| times(scene, "=\nhalf AND half\n") == 1);
    // Set aside, it is what was read, and a log in its place is a log.
    fs::rename(scene.at("status"), scene.at("status.1")).expect("a new name");
    fs::write(scene.at("status"), "1\n").expect("room");
    scene.until("the log", |scene| scene.has("status", "1\n"));
    scene.append("status", "2\n");
    scene.until("its second line", |scene| scene.has("status", "1\n2\n"));
    // What grew into an output is one from its start on.
    fs::write(scene.at("status"), "").expect("room");
    scene.for_so_long(Duration::from_millis(100));
    fs::write(scene.at("status"), "=\nlast\n").expect("room");
    scene.until("an output again", |scene| times(scene, "=\nlast\n") == 1);
}

/// A new follower reads an output that it has a cursor of from its start, once, and says how much of it was given out before.
#[test]
fn an_output_is_taken_up_whole() {
    let text = format!("=\n{}", "a\n".repeat(100_000));
    let prepare = |root: &Path| fs::write(root.join("status"), &text).expect("a file");
    let mut scene = Scene::new(prepare, |root| vec![entry(root.join("status"))]);
    scene.until("all", |scene| scene.has("status", &text) && scene.cursors.len() == 1);
    let cursors: Vec<Cursor> = scene.cursors.values().cloned().collect();
    let (to, events) = sync_channel(16);
    let _files = start(vec![entry(scene.at("status"))], cursors, Arc::default(), to, is_whole);
    let looked = events.recv_timeout(LONG);
    assert!(matches!(&looked, Ok(Event::Looked(looked)) if looked.there == [scene.at("status")]), "{looked:?}");
    let Ok(Event::Opened(opened)) = events.recv_timeout(LONG) else { panic!("it is opened") };
    assert_eq!((opened.from, opened.known, opened.whole), (0, text.len() as u64, true));
    let Ok(Event::Bytes { at: 0, bytes, .. }) = events.recv_timeout(LONG) else { panic!("it is read") };
    assert_eq!(bytes, text.as_bytes());
    assert!(matches!(events.recv_timeout(LONG), Ok(Event::Paused { .. })));
    assert!(events.recv_timeout(Duration::from_millis(1_500)).is_err(), "it is as it was");
}

/// In this test, what ends so is an output.
fn shows_late(front: &[u8]) -> Option<bool> {
    front.ends_with(b"=\n").then_some(true)
}

/// A long file is not looked at from its start with each line, but once more when it stays as it is.
#[test]
fn an_output_that_shows_late_is_read_whole() {
    let directory = TempDir::new().expect("a temporary directory");
    let path = directory.path().join("status");
    fs::write(&path, "words\n".repeat(40_000)).expect("a file");
    let (to, events) = sync_channel(16);
    let follow = Follow { poll: Some(Duration::from_secs(1)), ..entry(&path) };
    let files = start(vec![follow], Vec::new(), Arc::default(), to, shows_late);
    let opened = |whole: bool| {
        let is_so = |event: &Event| matches!(event, Event::Opened(opened) if opened.whole == whole);
        std::iter::from_fn(|| events.recv_timeout(LONG).ok()).find(is_so).expect("it is opened");
    };
    opened(false);
    let mut file = OpenOptions::new().append(true).open(&path).expect("it is there");
    file.write_all(b"=\n").expect("room");
    opened(true);
    drop(files);
}
