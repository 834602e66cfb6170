//! The history beside it: busy, full, moved away, of other machines.

use super::*;

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
