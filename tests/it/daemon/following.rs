//! Followed files: whatever becomes of them, what they say is heard once.

use super::*;

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
    let page = run(&["why", &case, "--db", &daemon.scene.arg("history.db")]).out;
    assert!(page.contains("followed; not found in the file any more") && !page.contains("pipe"), "{page}");
}
