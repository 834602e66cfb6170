//! What was followed is missed, and what does not show at its front is found.

use super::*;

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
