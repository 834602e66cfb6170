//! Its life: how it begins, goes on, is told to do otherwise, and ends.

use super::*;

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
        run(&["why", &id, "--db", &daemon.scene.arg("history.db")]).out
    };
    let page = why("array-degraded");
    assert!(page.contains("output of the command card, ") && !page.contains("pipe"), "{page}");
    assert!(page.contains("what commands print is not kept"), "{page}");
    assert!(!page.contains("time of the file"), "there is no file: {page}");
    let lost = why("not-watched");
    assert!(!lost.contains("SUSPECTS") && !lost.contains("pipe"), "no cause is weighed for it: {lost}");
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
