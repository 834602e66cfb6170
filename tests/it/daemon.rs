//! `arraywatch run`: what happens to files is kept and told, whatever becomes of the files, the daemon and its history. The machine that
//! the tests run on is not read: its drives are somebody's (`lab/scenarios/watch.toml` has a machine that may be).

use super::common::{Scene, command, json, root};
use super::servers::Server;
use chrono::{TimeDelta, Utc};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// So long is waited for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A daemon and its surroundings.
struct Daemon {
    scene: Scene,
    child: Option<Child>,
}

impl Daemon {
    /// With a configuration, to which what every test has is added.
    fn new(configuration: &str) -> Self {
        let scene = Scene::new();
        let daemon = Self { scene, child: None };
        daemon.configure(configuration);
        daemon
    }

    fn configure(&self, configuration: &str) {
        let (database, told) = (self.scene.arg("history.db"), self.scene.arg("told"));
        let text = format!(
            "host = \"db7\"\ndatabase = \"{database}\"\n[read]\ndevices = false\n[channel.file]\nby = \"file\"\npath = \"{told}\"\n{}",
            configuration.replace("SCENE", &self.scene.arg(""))
        );
        fs::write(self.scene.path("config.toml"), text).expect("a configuration");
    }

    fn start(&mut self) -> &mut Self {
        self.start_with(|_| {})
    }

    fn start_with(&mut self, more: impl FnOnce(&mut std::process::Command)) -> &mut Self {
        let errors = OpenOptions::new().create(true).append(true).open(self.scene.path("errors")).expect("a file");
        let mut command = command();
        // As a user starts it who stands beside the file.
        command.current_dir(self.scene.path("")).args(["run", "--config", "config.toml"]);
        command.stdout(Stdio::null()).stderr(errors);
        more(&mut command);
        self.child = Some(command.spawn().expect("the program can be run"));
        self
    }

    /// Stops it as a service manager does, and gives its exit status.
    fn stop(&mut self) -> i32 {
        self.signal("TERM");
        let status = self.child.take().expect("it runs").wait().expect("it ends");
        status.code().unwrap_or(-1)
    }

    fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().expect("it runs");
        child.wait().expect("it ends");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.as_ref().expect("it runs").id().to_string();
        let status = std::process::Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(status.expect("kill can be run").success());
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.scene.path(name)).expect("a file");
        file.write_all(text.as_bytes()).expect("it can be written");
    }

    fn errors(&self) -> String {
        fs::read_to_string(self.scene.path("errors")).unwrap_or_default()
    }

    /// What was told by the file, in order.
    fn told(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.scene.path("told")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// The kinds of what was told.
    fn kinds(&self) -> Vec<String> {
        self.told().iter().map(|told| told["kind"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn wait(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < end, "{what}: {:?}\n{}", self.told(), self.errors());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn query(&self, arguments: &[&str]) -> Value {
        let database = self.scene.arg("history.db");
        json(&[arguments, &["--db", &database]].concat()).0
    }

    fn events(&self) -> Vec<String> {
        let answer = self.query(&["events"]);
        let of = |event: &Value| format!("{} {} {}", event["at"], event["subject"], event["text"]);
        answer["events"].as_array().map(|events| events.iter().map(of).collect()).unwrap_or_default()
    }

    /// Whether the history can be read and has so many events.
    fn has_events(&self, number: usize) -> bool {
        self.has_history() && self.events().len() >= number
    }

    /// Whether there is a history that is more than a name.
    fn has_history(&self) -> bool {
        fs::metadata(self.scene.path("history.db")).is_ok_and(|file| file.is_file() && file.len() > 0)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

const FOLLOW: &str = "[[follow]]\npath = \"SCENE/log\"\n";

/// A line of the kernel's in a syslog file, so many seconds ago.
fn line(ago: i64, text: &str) -> String {
    let at = Utc::now() - TimeDelta::seconds(ago);
    format!("{} db7 kernel: [{:6}.100000] {text}\n", at.format("%b %e %H:%M:%S"), 900_000 - ago)
}

fn quiet(ago: i64) -> String {
    line(ago, "usb 1-4: new high-speed USB device number 7 using xhci_hcd")
}

fn medium_error(ago: i64, disk: &str, sector: u32) -> String {
    let text = format!(
        "blk_update_request: critical medium error, dev {disk}, sector {sector} op 0x0:(READ) flags 0x0 phys_seg 1"
    );
    line(ago, &text)
}

fn degraded(ago: i64, disk: &str) -> String {
    line(ago, &format!("md/raid1:md0: Disk failure on {disk}, disabling device."))
        + &line(ago, "md/raid1:md0: Operation continuing on 1 devices.")
}

#[test]
fn a_failure_in_a_log_is_told_once_and_kept() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &(quiet(60) + &quiet(50)));
    daemon.start();
    daemon.wait("the history is made", |daemon| daemon.has_history());
    daemon.append("log", &degraded(1, "sdc1"));
    daemon.wait("it is told", |daemon| daemon.kinds().iter().any(|kind| kind == "fact"));
    let told = daemon.told().remove(0);
    assert_eq!((&told["severity"], &told["code"]), (&"critical".into(), &"array-degraded".into()), "{told:#}");
    assert!(told["title"].as_str().is_some_and(|title| title.contains("md0")), "{told:#}");
    // A counter that ticks is no news.
    daemon.append("log", &medium_error(0, "sdc", 77));
    daemon.wait("it is kept", |daemon| daemon.events().iter().any(|event| event.contains("sector 77")));
    assert_eq!(daemon.kinds().iter().filter(|kind| *kind == "fact").count(), 1, "{:#?}", daemon.told());
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn killed_and_started_again_it_says_nothing_twice_and_misses_nothing() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    // That it arrived is kept, too: who is killed before that tells it once more, as the same.
    daemon.wait("it is told", |daemon| !daemon.told().is_empty());
    daemon.wait("that is kept", |daemon| {
        !daemon.query(&["alerts", "--all"])["alerts"][0]["deliveries"][0]["delivered_at"].is_null()
    });
    for round in 0..4_u32 {
        daemon.kill();
        daemon.append("log", &medium_error(40 - i64::from(round), "sdc", 1_000 + round));
        daemon.start();
        let said = format!("sector {}", 1_000 + round);
        daemon.wait("what was written meanwhile is read", |daemon| {
            daemon.events().iter().any(|event| event.contains(&said))
        });
    }
    assert_eq!(daemon.stop(), 0);
    let facts = daemon.kinds().iter().filter(|kind| *kind == "fact").count();
    assert_eq!(facts, 1, "{:#?}", daemon.told());
    // What is kept is what the file alone says.
    assert_eq!(daemon.events(), ingested(&daemon, &["log"]));
}

/// What reading these files once comes to.
fn ingested(daemon: &Daemon, names: &[&str]) -> Vec<String> {
    let database = daemon.scene.arg("other.db");
    let _ = fs::remove_file(&database);
    for name in names {
        json(&["ingest", &daemon.scene.arg(name), "--db", &database]);
    }
    let (answer, _) = json(&["events", "--db", &database]);
    let of = |event: &Value| format!("{} {} {}", event["at"], event["subject"], event["text"]);
    answer["events"].as_array().map(|events| events.iter().map(of).collect()).unwrap_or_default()
}

#[test]
fn a_log_that_is_rotated_goes_on() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &(quiet(90) + &medium_error(80, "sda", 1)));
    daemon.start();
    daemon.wait("it is read", |daemon| daemon.has_events(1));
    // Renamed, and begun anew; the writer has the old one open a little longer.
    fs::rename(daemon.scene.path("log"), daemon.scene.path("log.1")).expect("it can be renamed");
    daemon.append("log.1", &medium_error(70, "sda", 2));
    daemon.append("log", &medium_error(60, "sda", 3));
    daemon.wait("it goes on", |daemon| daemon.has_events(3));
    // Copied and cut off.
    fs::copy(daemon.scene.path("log"), daemon.scene.path("log.0")).expect("it can be copied");
    OpenOptions::new().write(true).truncate(true).open(daemon.scene.path("log")).expect("it can be cut off");
    daemon.append("log", &medium_error(50, "sda", 4));
    daemon.wait("it goes on", |daemon| daemon.has_events(4));
    assert_eq!(daemon.stop(), 0);
    let sectors: Vec<bool> = (1..=4)
        .map(|sector| {
            let said = format!("sector {sector} ");
            daemon.events().iter().filter(|event| event.contains(&said)).count() == 1
        })
        .collect();
    assert_eq!(sectors, [true; 4], "{:#?}", daemon.events());
}

#[test]
fn an_output_that_is_written_anew_is_read_anew() {
    let mut daemon = Daemon::new("[[follow]]\npath = \"SCENE/status\"\n");
    let write = |daemon: &Daemon, state: &str| {
        let text = fs::read(root().join("fixtures/arcconf-getconfig").join(state)).expect("a fixture");
        fs::write(daemon.scene.path("status.new"), text).expect("a file");
        fs::rename(daemon.scene.path("status.new"), daemon.scene.path("status")).expect("it can be renamed");
    };
    write(&daemon, "healthy");
    daemon.start();
    daemon.wait("it is read", |daemon| daemon.has_events(1));
    std::thread::sleep(Duration::from_secs(2));
    write(&daemon, "degraded");
    daemon.wait("it is told", |daemon| daemon.told().iter().any(|told| told["code"] == "array-degraded"));
    assert_eq!(daemon.stop(), 0);
}

/// `arcconf getconfig` of a machine with many drives, all of which are well, beyond what is read once more of a log that is taken up.
fn long_output() -> String {
    let text = fs::read_to_string(root().join("fixtures/arcconf-getconfig/healthy")).expect("a fixture");
    let place = |device: &str| text.find(device).expect("it is in the fixture");
    let (before, device, rest) = (
        &text[..place("      Device #7")],
        &text[place("      Device #6")..place("      Device #7")],
        &text[place("      Device #7")..],
    );
    let value = |key: &str| {
        let line = device.lines().find(|line| line.trim_start().starts_with(key)).expect("it has one");
        line.split_once(": ").expect("a value").1.trim()
    };
    let one = |nth: usize| {
        let text = device.replace("Device #6", &format!("Device #{}", 7 + nth));
        let text = text.replace(value("Serial number"), &format!("ZZ{nth:06}"));
        let text = text.replace(value("Reported Location"), &format!("Enclosure 0, Slot {}", 20 + nth));
        text.replace(value("Reported Channel,Device"), &format!("0,{0}({0}:0)", 50 + nth))
    };
    let text = before.to_owned() + &(0..70).map(one).collect::<String>() + &rest.replace("Device #7", "Device #77");
    assert!(text.len() > 70_000, "{}", text.len());
    text
}

const OPTIMAL: &str = "Status of logical device                 : Optimal";

/// 64 KiB before where a file was read to it is taken up; and its first and last 4 KiB are compared.
#[test]
fn an_output_is_read_whole_whenever_it_changed() {
    let mut daemon = Daemon::new("[[follow]]\npath = \"SCENE/status\"\n");
    let write = |daemon: &Daemon, text: &str| fs::write(daemon.scene.path("status"), text).expect("a file");
    let well = long_output();
    let count = "S.M.A.R.T. warnings                : 0";
    let place = well.find(count).expect("drives have counts") + count.len() - 1;
    assert!(place > 4_096 && well.len() - place > 4_096, "it stands in the middle");
    write(&daemon, &well);
    daemon.start();
    daemon.wait("it is read", |daemon| daemon.has_events(1));
    // A digit in its middle is another.
    let mut warned = well.clone();
    warned.replace_range(place..=place, "9");
    write(&daemon, &warned);
    daemon.wait("it is told", |daemon| daemon.told().iter().any(|told| told["code"] == "failure-predicted"));
    assert_eq!(daemon.stop(), 0);
    // It is not known to a new daemon, and is written anew in its place.
    daemon.start();
    std::thread::sleep(Duration::from_secs(3));
    let degraded = well.replacen(OPTIMAL, &OPTIMAL.replace("Optimal", "Degraded"), 1);
    assert_ne!(degraded, well);
    write(&daemon, &degraded);
    daemon.wait("it is told", |daemon| daemon.told().iter().any(|told| told["code"] == "array-degraded"));
    assert_eq!(daemon.stop(), 0);
    assert!(!daemon.errors().contains("no format"), "{}", daemon.errors());
}

/// How much of a source was understood, as `status` says it.
fn understood(status: &Value) -> [u64; 4] {
    let sources = status["sources"].as_array().map_or(&[][..], Vec::as_slice);
    ["bytes", "records", "unrecognised", "damaged"]
        .map(|key| sources.iter().map(|source| source[key].as_u64().unwrap_or_default()).sum())
}

#[test]
fn how_much_of_a_log_was_understood_is_counted_as_when_it_is_read_at_once() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &medium_error(3_601, "sda", 1));
    for nth in 0..100 {
        let lines: String = (0..15).map(|more| quiet(3_600 - 30 * nth - more)).collect();
        daemon.append("log", &("words that no phrase explains\n".to_owned() + &lines));
    }
    daemon.start();
    let at_once = |daemon: &Daemon| {
        let database = daemon.scene.arg("other.db");
        let _ = fs::remove_file(&database);
        json(&["ingest", &daemon.scene.arg("log"), "--db", &database]);
        understood(&json(&["status", "--db", &database]).0)
    };
    let is_counted = |daemon: &Daemon, expect: [u64; 4]| {
        daemon.wait(&format!("{expect:?} are counted"), |daemon| {
            daemon.scene.path("history.db").exists() && understood(&daemon.query(&["status"])) == expect
        });
    };
    let expect = at_once(&daemon);
    assert!(expect[0] > 64 * 1_024 && expect[2] == 100, "{expect:?}");
    is_counted(&daemon, expect);
    let half = |daemon: &Daemon| daemon.query(&["coverage"])["half_understood"].as_array().map_or(0, Vec::len);
    assert_eq!(half(&daemon), 1);
    // What is read once more after a restart is counted once; a line that nobody understands is no news, and counted all the same.
    assert_eq!(daemon.stop(), 0);
    daemon.append("log", &("more of these words\n".to_owned() + &quiet(40)));
    daemon.start();
    is_counted(&daemon, at_once(&daemon));
    daemon.append("log", &("\0\0\0\0\0\0\0\0".repeat(64) + "\n" + &quiet(20) + &medium_error(10, "sda", 2)));
    let expect = at_once(&daemon);
    assert_eq!(expect[3], 1, "a damaged place");
    is_counted(&daemon, expect);
    assert_eq!(daemon.stop(), 0);
    is_counted(&daemon, expect);
}

#[test]
fn configured_programs_are_run_and_their_outputs_read() {
    let fixture = root().join("fixtures/arcconf-getconfig/degraded");
    let program = |name: &str, script: &str| {
        format!("[[command]]\nname = \"{name}\"\nrun = [\"/bin/sh\", \"-c\", \"{script}\"]\nevery = \"30 s\"\n")
    };
    // Vendors' tools tell by their status how an array is, too.
    let card = program("card", &format!("cat {}; exit 4", fixture.display()));
    let mut daemon = Daemon::new(&format!("{card}{}", program("strange", "echo words; exit 3")));
    daemon.start();
    let has = |daemon: &Daemon, code: &str| daemon.told().iter().any(|told| told["code"] == code);
    daemon.wait("it is told", |daemon| has(daemon, "array-degraded"));
    // The second failure in a row counts.
    daemon.wait("one is lost", |daemon| has(daemon, "not-watched"));
    let lost = daemon.told().into_iter().find(|told| told["code"] == "not-watched").expect("it was told");
    assert_eq!(lost["subject"], "stream:db7/command/strange");
    let why = "it printed what is of no format that is known, and ended with status 3";
    assert!(lost["lead"]["what"].as_str().is_some_and(|what| what.contains(why)), "{lost:#}");
    let coverage = daemon.query(&["coverage", "--config", &daemon.scene.arg("config.toml")]);
    let commands: Vec<(&str, bool, bool)> = coverage["commands"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| (one["name"].as_str().unwrap_or_default(), one["last_read"].is_string(), one["late"] == true))
        .collect();
    assert_eq!(commands, [("card", true, false), ("strange", false, true)], "{coverage:#}");
    assert_eq!(daemon.stop(), 0);
    let why = |code: &str| {
        let cases = daemon.query(&["cases"]);
        let case = cases["cases"].as_array().into_iter().flatten().find(|case| case["code"] == code).cloned();
        let id = case.as_ref().and_then(|case| case["id"].as_str()).expect("it is kept").to_owned();
        super::common::run(&["why", &id, "--db", &daemon.scene.arg("history.db")]).out
    };
    let page = why("array-degraded");
    assert!(page.contains("output of the command card, ") && !page.contains("pipe"), "{page}");
    assert!(page.contains("what commands print is not kept"), "{page}");
    assert!(!page.contains("time of the file"), "there is no file: {page}");
    let lost = why("not-watched");
    assert!(!lost.contains("SUSPECTS") && !lost.contains("pipe"), "no cause is weighed for it: {lost}");
}

/// It was taken up in its middle, renamed, compressed; it is shown where it is. Once it is gone, that is said.
#[test]
fn the_line_of_a_followed_log_is_found_wherever_it_is_by_now() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &quiet(120).repeat(200));
    daemon.start();
    daemon.wait("it is read", |daemon| daemon.has_history() && !daemon.query(&["status"])["sources"].is_null());
    assert_eq!(daemon.stop(), 0);
    daemon.start();
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.wait("it is told", |daemon| daemon.kinds().contains(&"opened".to_owned()) || !daemon.kinds().is_empty());
    assert_eq!(daemon.stop(), 0);
    let case = daemon.query(&["cases"])["cases"][0]["id"].as_str().expect("a case").to_owned();
    let traced = |daemon: &Daemon| -> Vec<(String, String)> {
        let answer = daemon.query(&["why", &case]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let traces = answer["traces"].as_array().expect("traces").iter();
        traces
            .filter(|trace| trace["bytes"] != "nowhere")
            .map(|trace| {
                let (path, quote) = (text(&trace["found"]["path"]), text(&trace["quote"]));
                let name = path.rsplit('/').next().unwrap_or_default().to_owned();
                if let (Some(start), true) = (trace["found"]["start"].as_u64(), name == "log") {
                    let log = fs::read_to_string(&path).expect("it is there");
                    let start = usize::try_from(start).expect("small");
                    assert!(log[start..].starts_with(&quote[..20]), "{trace}: where it stands in the file");
                }
                assert!(path.is_empty() || quote.contains(" md/raid1:md0: "), "{trace}");
                (text(&trace["bytes"]), name)
            })
            .collect()
    };
    let check = |name: &str| {
        let traced = traced(&daemon);
        let code = if name.is_empty() { "not-found" } else { "found" };
        assert!(!traced.is_empty(), "{name}");
        assert!(traced.iter().all(|one| *one == (code.to_owned(), name.to_owned())), "{name}: {traced:?}");
    };
    check("log");
    let [log, rotated] = ["log", "log.1"].map(|name| daemon.scene.path(name));
    fs::rename(&log, &rotated).expect("it is there");
    check("log.1");
    daemon.append("log", &quiet(10));
    check("log.1");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(&fs::read(&rotated).expect("it is there")).expect("memory");
    fs::write(daemon.scene.path("log.1.gz"), packer.finish().expect("memory")).expect("a file");
    fs::remove_file(&rotated).expect("it is there");
    check("log.1.gz");
    fs::remove_file(daemon.scene.path("log.1.gz")).expect("it is there");
    check("");
    let page = super::common::run(&["why", &case, "--db", &daemon.scene.arg("history.db")]).out;
    assert!(page.contains("followed; not found in the file any more") && !page.contains("pipe"), "{page}");
}

#[test]
fn an_acknowledgement_is_heard() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    daemon.wait("it is told", |daemon| !daemon.told().is_empty());
    let case = daemon.told()[0]["case"].as_str().expect("a case").to_owned();
    let acknowledged = daemon.query(&["ack", &case, "--by", "ann"]);
    assert!(acknowledged["schema"].is_string(), "{acknowledged:#}");
    daemon.wait("that is told, too", |daemon| daemon.kinds().iter().any(|kind| kind == "acknowledged"));
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn an_acknowledgement_is_heard_while_the_history_is_written() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    daemon.wait("it is told", |daemon| !daemon.told().is_empty());
    let case = daemon.told()[0]["case"].as_str().expect("a case").to_owned();
    let mut sector = 0;
    let mut noise = |daemon: &Daemon| {
        sector += 1;
        daemon.append("log", &medium_error(1, "sdd", sector));
        std::thread::sleep(Duration::from_millis(100));
    };
    (0..10).for_each(|_| noise(&daemon));
    daemon.query(&["ack", &case, "--by", "ann"]);
    daemon.wait("that is told, too", |daemon| {
        noise(daemon);
        daemon.kinds().iter().any(|kind| kind == "acknowledged")
    });
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn of_a_history_that_was_moved_away_nothing_is_over() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    daemon.wait("it is told, and kept", |daemon| !daemon.told().is_empty() && daemon.has_events(1));
    std::thread::sleep(Duration::from_secs(1));
    fs::rename(daemon.scene.path("history.db"), daemon.scene.path("old.db")).expect("it is moved");
    daemon.append("log", &medium_error(5, "sdd", 1));
    daemon.wait("that is said", |daemon| daemon.errors().contains("another file lies there"));
    daemon.wait("it is written to the new one", |daemon| daemon.errors().contains("can be written again"));
    daemon.append("log", &medium_error(4, "sdd", 2));
    daemon.wait("and so is what comes", |daemon| daemon.has_events(2));
    std::thread::sleep(Duration::from_secs(4));
    assert!(!daemon.kinds().iter().any(|kind| kind == "resolved"), "{:?}", daemon.kinds());
    assert_eq!(daemon.errors().matches("another file lies there").count(), 1, "{}", daemon.errors());
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn what_waits_in_a_history_that_is_busy_is_sent_when_it_can_be_read() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &quiet(60));
    daemon.start();
    daemon.wait("it is there", |daemon| daemon.has_history());
    assert_eq!(daemon.stop(), 0);
    let writer = fs::File::create(daemon.scene.path("history.db.writer")).expect("a lock");
    writer.lock().expect("it is taken");
    daemon.append("log", &degraded(5, "sdc1"));
    daemon.start();
    // A minute is it waited for; what happens meanwhile is told from memory then.
    std::thread::sleep(Duration::from_secs(50));
    assert_eq!(daemon.kinds(), [""; 0]);
    daemon.wait("it is told", |daemon| !daemon.told().is_empty());
    assert!(daemon.errors().contains("has been writing to it"), "{}", daemon.errors());
    drop(writer);
    daemon.wait("it is kept", |daemon| daemon.has_events(1));
    daemon.append("log", &medium_error(1, "sdd", 2));
    daemon.wait("and goes on", |daemon| daemon.has_events(2));
    assert_eq!(daemon.stop(), 0);
    assert_eq!(daemon.kinds(), ["fact"], "it is told once");
}

/// Started while a large log was read into its history, it told everything again, under Message-IDs that had been used: also what somebody
/// had taken.
#[test]
fn a_start_while_somebody_else_writes_tells_nothing_again() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    daemon.wait("it is told", |daemon| !daemon.told().is_empty());
    let case = daemon.told()[0]["case"].as_str().expect("a case").to_owned();
    daemon.query(&["ack", &case, "--by", "ann"]);
    daemon.wait("that is told, too", |daemon| daemon.kinds() == ["fact", "acknowledged"]);
    assert_eq!(daemon.stop(), 0);
    let writer = fs::File::create(daemon.scene.path("history.db.writer")).expect("a lock");
    writer.lock().expect("it is taken");
    daemon.append("log", &degraded(1, "sdx1").replace("md0", "md1"));
    daemon.start();
    daemon.wait("it waits", |daemon| daemon.errors().contains("it is waited for"));
    // Asked again, twice by then.
    std::thread::sleep(Duration::from_secs(8));
    assert_eq!(daemon.kinds(), ["fact", "acknowledged"], "{:#?}", daemon.told());
    drop(writer);
    daemon.wait("what is new is told", |daemon| daemon.kinds().len() > 2);
    let what = |told: &Value| format!("{} {}", told["kind"], told["subject"]);
    let told: Vec<String> = daemon.told().iter().map(what).collect();
    let expect = ["\"fact\" \"array:db7/md0\"", "\"acknowledged\" \"array:db7/md0\"", "\"fact\" \"array:db7/md1\""];
    assert_eq!(told, expect, "{:#?}", daemon.told());
    assert_eq!(daemon.stop(), 0);
}

/// What is told while nobody knows what was told before is another message: as the same, what it says anew would be dropped as a copy.
#[test]
fn what_is_told_again_without_a_history_is_another_message() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    daemon.wait("it is told, and kept", |daemon| !daemon.told().is_empty() && daemon.has_events(1));
    assert_eq!(daemon.stop(), 0);
    fs::rename(daemon.scene.path("history.db"), daemon.scene.path("kept.db")).expect("it is moved");
    fs::create_dir(daemon.scene.path("history.db")).expect("a directory");
    daemon.start();
    daemon.wait("it is told again", |daemon| daemon.told().len() > 1);
    let (first, again) = (daemon.told().remove(0), daemon.told().remove(1));
    let place = again["place_in_thread"].as_u64().expect("a place");
    assert_eq!((&first["place_in_thread"], &first["thread"]), (&0.into(), &again["thread"]));
    assert!(place > 1_700_000_000, "{again:#}");
    assert!(again["remarks"].to_string().contains("people may have been told of it"), "{again:#}");
    fs::remove_dir(daemon.scene.path("history.db")).expect("it is empty");
    fs::rename(daemon.scene.path("kept.db"), daemon.scene.path("history.db")).expect("it is back");
    daemon.wait("it can be written", |daemon| daemon.errors().contains("the history can be written again"));
    // What was told before is taken up right behind.
    std::thread::sleep(Duration::from_secs(2));
    let worse = line(0, "md/raid1:md0: Disk failure on sdd1, disabling device.")
        + &line(0, "md/raid1:md0: Operation continuing on 0 devices.");
    daemon.append("log", &worse);
    daemon.wait("it goes on", |daemon| daemon.kinds().iter().any(|kind| kind == "worse"));
    let worse = daemon.told().pop().expect("it was told");
    assert_eq!((&worse["thread"], worse["place_in_thread"].as_u64()), (&first["thread"], Some(place + 1)), "{worse:#}");
    assert!(!worse["remarks"].to_string().contains("people may have been told of it"), "{worse:#}");
    assert_eq!(daemon.stop(), 0);
    assert_eq!(daemon.kinds(), ["fact", "fact", "worse"]);
}

/// Of machines that log to this one, it knew after a restart those alone that stood in the last 64 KiB: what was held of the others was never
/// told, and what had been told as one of many was told as over.
#[test]
fn what_other_machines_lack_is_known_after_a_restart() {
    let mut daemon = Daemon::new(&format!("{FOLLOW}[tell]\nstorm_within = \"20 s\"\n"));
    let fails = |host: &str| degraded(1, "sdc1").replace(" db7 ", &format!(" {host} "));
    daemon.append("log", &(quiet(60) + &(0..10).map(|host| fails(&format!("h{host}"))).collect::<String>()));
    daemon.start();
    daemon.wait("many are told at once", |daemon| daemon.kinds() == ["storm"]);
    let before = daemon.events().len();
    daemon.append("log", &(fails("h10") + &fails("h11")));
    daemon.wait("what comes next is held, and kept", |daemon| daemon.has_events(before + 2));
    assert_eq!(daemon.kinds(), ["storm"]);
    assert_eq!(daemon.stop(), 0);
    let dull = line(0, "nfs: server filer OK");
    daemon.append("log", &dull.repeat(100_000_usize.div_ceil(dull.len())));
    daemon.start();
    daemon.wait("what was held is told", |daemon| daemon.kinds().len() > 2);
    // Of two cases each may arrive first.
    let told: BTreeSet<String> = daemon.told().iter().map(|told| told["subject"].to_string()).collect();
    let expect = ["\"array:h10/md0\"", "\"array:h11/md0\"", "\"host:db7\""];
    assert_eq!(told.iter().map(String::as_str).collect::<Vec<_>>(), expect, "{:#?}", daemon.told());
    assert_eq!(daemon.kinds(), ["storm", "fact", "fact"]);
    assert_eq!(daemon.stop(), 0);
    // Whoever reads of an array of that name that has failed must know where it is.
    let storm = daemon.told().remove(0);
    let listed: Vec<&str> =
        storm["cases"].as_array().into_iter().flatten().filter_map(|line| line.as_str()?.split(':').next()).collect();
    assert_eq!(listed, (0..10).map(|host| format!("h{host}")).collect::<Vec<_>>(), "{storm:#}");
}

/// The journal lies on a disk, too: when it takes nothing more, lines wait, and messages do not.
#[test]
fn nobody_reads_what_it_complains_of() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &quiet(60));
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    // As much as a pipe holds (pipe(7)).
    writer.write_all(&[b'x'; 65_536]).expect("it is empty");
    daemon.start_with(|command| {
        command.stderr(writer);
    });
    daemon.wait("it is there", |daemon| daemon.has_history());
    for _ in 0..3 {
        // It complains of each.
        daemon.signal("HUP");
        std::thread::sleep(Duration::from_millis(100));
    }
    daemon.append("log", &degraded(1, "sdc1"));
    daemon.wait("it is told", |daemon| !daemon.told().is_empty());
    assert_eq!(daemon.stop(), 0);
    drop(reader);
}

/// Only `config check` said so.
#[test]
fn that_nobody_would_be_told_is_said_at_the_start() {
    let mut daemon = Daemon::new("");
    let text = format!("database = \"{}\"\n[read]\ndevices = false\n", daemon.scene.arg("history.db"));
    fs::write(daemon.scene.path("config.toml"), text).expect("a configuration");
    daemon.start();
    daemon.wait("that is said", |daemon| daemon.errors().contains("no channel is configured: nobody would be told"));
    assert!(
        daemon.errors().contains("config.toml") && daemon.errors().contains("[channel.NAME]"),
        "{}",
        daemon.errors()
    );
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn a_second_one_does_not_run() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &quiet(60));
    daemon.start();
    daemon.wait("it is there", |daemon| daemon.has_history());
    let coverage = daemon.query(&["coverage"]);
    assert_eq!(coverage["daemon"]["runs"], true, "{coverage:#}");
    let status =
        |daemon: &Daemon| daemon.query(&["status", "--config", &daemon.scene.arg("config.toml")])["daemon"].clone();
    let process = daemon.child.as_ref().map(Child::id);
    assert_eq!(
        status(&daemon),
        serde_json::json!({ "runs": true, "process": process, "configured": true, "channels": 1 })
    );
    let second = command().args(["run", "--config", &daemon.scene.arg("config.toml")]).output().expect("it runs");
    assert_eq!(second.status.code(), Some(74), "{second:?}");
    assert!(String::from_utf8_lossy(&second.stderr).contains("watches already"), "{second:?}");
    assert_eq!(daemon.stop(), 0);
    assert_eq!(daemon.query(&["coverage"])["daemon"]["runs"], false);
    assert_eq!(
        status(&daemon),
        serde_json::json!({ "runs": false, "process": null, "configured": true, "channels": 1 })
    );
}

#[test]
fn a_history_that_cannot_be_written_stops_no_alert() {
    let mut daemon = Daemon::new(FOLLOW);
    // A directory stands where the history would.
    fs::create_dir(daemon.scene.path("history.db")).expect("a directory");
    daemon.append("log", &quiet(60));
    daemon.start();
    std::thread::sleep(Duration::from_secs(2));
    daemon.append("log", &degraded(1, "sdc1"));
    daemon.wait("it is told", |daemon| !daemon.told().is_empty());
    let told = daemon.told().remove(0);
    assert!(told["remarks"].to_string().contains("had not been written to the history yet"), "{told:#}");
    // It can be again: what was said meanwhile is kept.
    fs::remove_dir(daemon.scene.path("history.db")).expect("it is empty");
    daemon.wait("it is kept", |daemon| daemon.has_events(1));
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn an_address_that_is_refused_for_ever_keeps_nothing_from_the_others() {
    let refuse = serde_json::json!({ "refuse": { "bob@ops.example": "550 5.1.1 no such user" } });
    let Some(server) = Server::mail(&refuse) else { return };
    let mail = format!(
        "[channel.mail]\nby = \"smtp\"\nrelays = [\"smtp+plain://localhost:{}\"]\nfrom = \"watch@ops.example\"\n\
         to = [\"ann@ops.example\", \"bob@ops.example\"]\n",
        server.port
    );
    let mut daemon = Daemon::new(&format!("{mail}{FOLLOW}"));
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    let subject = |mail: &Value| mail["headers"].to_string();
    assert!(subject(&server.mail_that_arrived()).contains("CRITICAL"), "the first one");
    let failed = line(0, "md/raid1:md0: Disk failure on sdd1, disabling device.")
        + &line(0, "md/raid1:md0: Operation continuing on 0 devices.");
    daemon.append("log", &failed);
    let worse = server.mail_that_arrived();
    assert!(subject(&worse).contains("WORSE"), "{worse:#}");
    assert_eq!(worse["to"], serde_json::json!(["ann@ops.example"]));
    let refused = |daemon: &Daemon| daemon.query(&["status"])["alerts_refused"][0].clone();
    daemon.wait("it is kept", |daemon| refused(daemon)["count"].as_u64() == Some(2));
    let refused = refused(&daemon);
    assert_eq!(refused["channel"], "mail");
    let failure = refused["failure"].as_str().unwrap_or_default();
    assert!(failure.contains("550 5.1.1 no such user to RCPT TO:<bob@ops.example>"), "{failure}");
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn what_is_under_way_when_it_is_stopped_arrives_once() {
    let script = "echo begun >> SCENE/tried; sleep 2; echo done >> SCENE/tried";
    let channel = format!("[channel.slow]\nby = \"command\"\nrun = [\"/bin/sh\", \"-c\", \"{script}\"]\n{FOLLOW}");
    let mut daemon = Daemon::new(&channel);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    let tried = |daemon: &Daemon| fs::read_to_string(daemon.scene.path("tried")).unwrap_or_default();
    daemon.wait("it is under way", |daemon| tried(daemon) == "begun\n");
    assert_eq!(daemon.stop(), 0);
    assert_eq!(tried(&daemon), "begun\ndone\n", "it was waited for");
    let delivery = daemon.query(&["alerts"])["alerts"][0]["deliveries"].clone();
    assert!(!delivery.to_string().contains("waiting"), "{delivery:#}");
    daemon.start();
    daemon.append("log", &medium_error(1, "sda", 5));
    daemon.wait("it goes on", |daemon| daemon.events().iter().any(|event| event.contains("sector 5 ")));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!((tried(&daemon).as_str(), daemon.kinds().len()), ("begun\ndone\n", 1), "it is not said again");
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn a_channel_that_is_mended_is_tried_at_the_reload() {
    let answers = serde_json::json!({ "answers": [[404, {}, "no such service"], [200, {}, "ok"]] });
    let Some(server) = Server::web(&answers) else { return };
    let hook = format!("[channel.hook]\nby = \"webhook\"\nurl = \"http://localhost:{}/hook\"\n{FOLLOW}", server.port);
    let mut daemon = Daemon::new(&hook);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    let delivery = |daemon: &Daemon| {
        let alerts = daemon.query(&["alerts"]);
        let all = alerts["alerts"][0]["deliveries"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|one| one["channel"] == "hook").unwrap_or_default()
    };
    server.next();
    // By itself it would be tried again within the hour.
    daemon.wait("it is refused", |daemon| delivery(daemon)["refused_since"].is_string());
    daemon.signal("HUP");
    daemon.wait("it is delivered", |daemon| delivery(daemon)["state"] == "delivered");
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn a_configuration_that_is_not_sound_changes_nothing() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &quiet(60));
    daemon.append("other", &quiet(60));
    daemon.start();
    daemon.wait("it is read", |daemon| daemon.has_history());
    daemon.configure("[[folow]]\npath = \"SCENE/other\"\n");
    daemon.signal("HUP");
    daemon.wait("what is wrong is said", |daemon| daemon.errors().contains("follow"));
    daemon.append("log", &medium_error(5, "sda", 1));
    daemon.wait("the old one is in use", |daemon| daemon.has_events(1));
    // One whose channel cannot be made: the rest of it is not taken up, either.
    daemon.configure(
        "[channel.hook]\nby = \"webhook\"\nurl = \"http://localhost/<x>\"\n[[follow]]\npath = \"SCENE/other\"\n",
    );
    daemon.signal("HUP");
    daemon.wait("what is wrong is said", |daemon| daemon.errors().contains("channel hook: the url is none"));
    daemon.append("other", &medium_error(4, "sdb", 3));
    daemon.append("log", &medium_error(4, "sda", 4));
    daemon.wait("the old one is in use", |daemon| daemon.has_events(2));
    assert!(daemon.events().iter().all(|event| !event.contains("sector 3 ")), "{:#?}", daemon.events());
    daemon.configure("[[follow]]\npath = \"SCENE/other\"\n");
    daemon.signal("HUP");
    daemon.append("other", &medium_error(4, "sdb", 2));
    daemon.wait("the new one is in use", |daemon| daemon.has_events(4));
    assert!(daemon.errors().contains("the configuration was read anew"), "{}", daemon.errors());
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn it_tells_whoever_started_it_that_it_lives() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &quiet(60));
    let path = daemon.scene.path("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("a limit");
    daemon.start_with(|command| {
        command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "1000000");
    });
    let mut heard = String::new();
    let mut bytes = [0; 4_096];
    while !["READY=1", "STATUS=", "WATCHDOG=1"].iter().all(|word| heard.contains(word)) {
        let length = socket.recv(&mut bytes).unwrap_or_else(|error| panic!("{error}: {heard}{}", daemon.errors()));
        heard.push_str(&String::from_utf8_lossy(&bytes[..length]));
        heard.push('\n');
    }
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn the_processes_that_it_started_end_with_it() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.start();
    daemon.wait("it runs", |daemon| daemon.has_history());
    let pid = daemon.child.as_ref().expect("it runs").id();
    let children = || fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children: Vec<String> = children().split_whitespace().map(str::to_owned).collect();
    assert!(!children.is_empty(), "the process that reads devices");
    daemon.kill();
    daemon.wait("they end", |_| children.iter().all(|child| !is_running(child)));
}

fn is_running(pid: &str) -> bool {
    let status = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z ")
}

#[test]
fn a_log_that_vanishes_is_a_case_until_it_is_there_again() {
    let mut daemon = Daemon::new("[[follow]]\npath = \"SCENE/log\"\n");
    daemon.append("log", &medium_error(5, "sda", 1));
    daemon.start();
    daemon.wait("it is read", |daemon| daemon.has_events(1));
    fs::remove_file(daemon.scene.path("log")).expect("it is there");
    daemon.wait("it is a case", |daemon| daemon.told().iter().any(|told| told["code"] == "not-watched"));
    daemon.append("log", &medium_error(2, "sda", 2));
    let is_over = |daemon: &Daemon| {
        let answer = daemon.query(&["cases"]);
        !answer["cases"].to_string().contains("not-watched")
    };
    daemon.wait("it is over", is_over);
    assert_eq!(daemon.stop(), 0);
}

/// Lines of a system log that say nothing of storage, more than is looked at as its front.
fn dull() -> String {
    let line = |nth: i64| {
        let at = Utc::now() - TimeDelta::seconds(20_000 - nth);
        let (at, port) = (at.format("%b %e %H:%M:%S"), 1_024 + nth);
        format!("{at} db7 sshd[{nth}]: Failed password for root from 10.0.0.9 port {port} ssh2\n")
    };
    let text: String = (1..16_000).map(line).collect();
    assert!(text.len() > 1_200_000, "{}", text.len());
    text
}

fn degraded_array(array: &str) -> String {
    line(1, &format!("md/raid1:{array}: Disk failure on sdc1, disabling device."))
        + &line(1, &format!("md/raid1:{array}: Operation continuing on 1 devices."))
}

fn is_told(daemon: &Daemon, array: &str) -> bool {
    let of = |told: &Value| told["title"].as_str().is_some_and(|title| title.contains(array));
    daemon.told().iter().any(|told| told["kind"] == "fact" && of(told))
}

/// A busy host's log begins with more than a MiB of what says nothing after each rotation. It was taken for a file of no known format then,
/// and not read on, restart or not.
#[test]
fn a_log_that_begins_with_what_says_nothing_is_read() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &dull());
    daemon.start();
    daemon.wait("it is there", |daemon| daemon.has_history());
    std::thread::sleep(Duration::from_secs(2));
    daemon.append("log", &degraded_array("md1"));
    daemon.wait("it is told", |daemon| is_told(daemon, "md1"));
    // More of the same; and nothing of what is known stands near its end when it is taken up.
    daemon.append("log", &dull());
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(daemon.stop(), 0);
    daemon.start();
    daemon.append("log", &degraded_array("md2"));
    daemon.wait("it is told", |daemon| is_told(daemon, "md2"));
    // What takes its place is a log as well.
    fs::rename(daemon.scene.path("log"), daemon.scene.path("log.1")).expect("it can be renamed");
    daemon.append("log", &dull());
    std::thread::sleep(Duration::from_secs(3));
    daemon.append("log", &degraded_array("md3"));
    daemon.wait("it is told", |daemon| is_told(daemon, "md3"));
    assert_eq!(daemon.stop(), 0);
    assert_eq!(daemon.errors(), "");
}

#[test]
fn what_is_no_text_where_a_log_was_is_a_case() {
    let mut daemon = Daemon::new(FOLLOW);
    daemon.append("log", &medium_error(5, "sda", 1));
    daemon.start();
    daemon.wait("it is read", |daemon| daemon.has_events(1));
    let random: Vec<u8> = (0..2_000_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    fs::write(daemon.scene.path("new"), &random).expect("a file");
    fs::rename(daemon.scene.path("log"), daemon.scene.path("log.1")).expect("it can be renamed");
    fs::rename(daemon.scene.path("new"), daemon.scene.path("log")).expect("it can be renamed");
    let what = |told: &Value| told["lead"]["what"].as_str().unwrap_or_default().to_owned();
    daemon.wait("it is a case", |daemon| {
        daemon.told().iter().any(|told| told["code"] == "not-watched" && what(told).contains("no text"))
    });
    assert_eq!(daemon.errors().matches("not read on").count(), 1, "{}", daemon.errors());
    assert_eq!(daemon.stop(), 0);
}

/// A log was quiet only by the streams that it had told of, which of a healthy machine's are none; and from each start on anew.
#[test]
fn a_log_that_says_nothing_of_storage_is_missed_when_it_is_quiet() {
    let follow = |name: &str| format!("[[follow]]\npath = \"SCENE/{name}\"\nquiet = \"1 h\"\n");
    let mut daemon = Daemon::new(&(follow("log") + &follow("words")));
    daemon.append("log", &(0..11).map(quiet).collect::<String>());
    daemon.append("words", "Nov 21 03:04:05 db7 cron[900]: nothing that is known\n");
    for name in ["log", "words"] {
        let file = OpenOptions::new().append(true).open(daemon.scene.path(name)).expect("it is there");
        let at = std::time::SystemTime::now() - Duration::from_secs(61 * 60);
        file.set_modified(at).expect("its time can be set");
    }
    daemon.start();
    let missed = |daemon: &Daemon| {
        let told = daemon.told().into_iter().filter(|told| told["code"] == "not-watched" && told["kind"] == "fact");
        told.map(|told| told["subject"].as_str().unwrap_or_default().to_owned()).collect::<Vec<String>>()
    };
    daemon.wait("they are missed", |daemon| missed(daemon).len() == 2);
    let of = |end: &str| missed(&daemon).iter().any(|stream| stream.ends_with(end));
    assert!(of("stream:db7/kernel-log") && of("/words"), "{:?}", missed(&daemon));
    let cases = |daemon: &Daemon| {
        let answer = daemon.query(&["cases"]);
        answer["cases"].as_array().map_or(0, Vec::len)
    };
    daemon.append("log", &quiet(0));
    daemon.append("words", "Nov 21 04:04:05 db7 cron[900]: nothing that is known\n");
    daemon.wait("they are heard", |daemon| cases(daemon) == 0);
    assert_eq!(daemon.stop(), 0);
}

/// That a file is there no longer was told of one that was open when it went.
#[test]
fn a_log_that_vanishes_while_nobody_watches_is_a_case() {
    let mut daemon = Daemon::new("[[follow]]\npath = \"SCENE/logs/*.log\"\n");
    fs::create_dir(daemon.scene.path("logs")).expect("a directory");
    daemon.append("logs/a.log", &degraded_array("md1"));
    daemon.append("logs/b.log", &degraded_array("md2").replace("db7", "db8"));
    daemon.start();
    daemon.wait("they are read", |daemon| is_told(daemon, "md1") && is_told(daemon, "md2"));
    daemon.wait("and kept", |daemon| daemon.has_events(2));
    assert_eq!(daemon.stop(), 0);
    fs::remove_file(daemon.scene.path("logs/b.log")).expect("it is there");
    daemon.start();
    let lost = |daemon: &Daemon| {
        let told = daemon.told().into_iter().filter(|told| told["code"] == "not-watched" && told["kind"] == "fact");
        told.map(|told| told["subject"].as_str().unwrap_or_default().to_owned()).collect::<Vec<String>>()
    };
    daemon.wait("it is missed", |daemon| !lost(daemon).is_empty());
    assert_eq!(lost(&daemon), ["stream:db8/kernel-log"], "and the other is not");
    // It is said once, also by the next daemon.
    assert_eq!(daemon.stop(), 0);
    daemon.start();
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(lost(&daemon).len(), 1, "{:?}", daemon.kinds());
    assert!(!daemon.kinds().iter().any(|kind| kind == "resolved"), "{:?}", daemon.kinds());
    assert_eq!(daemon.stop(), 0);
}
