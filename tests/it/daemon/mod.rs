//! `arraywatch run`: what happens to files is kept and told, whatever becomes of the files, the daemon and its history. The machine that
//! the tests run on is not read: its drives are somebody's (`lab/scenarios/watch.toml` has a machine that may be).

mod channels;
mod following;
mod history;
mod life;
mod missing;

use super::common::{Scene, command, json, root, run};
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
