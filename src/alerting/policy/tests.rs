//! What is said, and when, as tables: things happen, and what is said of them is listed.

use super::*;
use crate::alerting::message::TITLE_MAX;
use crate::config::Tell;
use crate::diagnosis::diagnose;
use crate::history::MIGRATIONS;
use crate::history::outbox as rows;
use crate::keep::clock;
use crate::model::{ArrayState, Layout, LayoutMember, When};
use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

/// A day of October 2013 and a time.
fn at(text: &str) -> DateTime<Utc> {
    let text = if text.len() == 8 { format!("{text}:00") } else { text.to_owned() };
    format!("2013-10-{text}Z").parse().expect("a time")
}

/// What people and sources say, by a word.
fn fact(word: &str) -> Fact {
    let (word, rest) = word.split_once('=').unwrap_or((word, ""));
    match word {
        "degraded" => Fact::State(ArrayState::Degraded),
        "failed" => Fact::State(ArrayState::Failed),
        "rebuilding" => Fact::State(ArrayState::Rebuilding),
        "optimal" => Fact::State(ArrayState::Optimal),
        "drive-failed" => Fact::DriveFailed,
        "predicted" => Fact::FailurePredicted,
        "power-event" => Fact::PowerEvent,
        "maintenance" => Fact::Maintenance { until: at(rest) },
        "odd" => Fact::Event { number: 7, times: 1 },
        other => panic!("{other}"),
    }
}

struct Scene {
    observations: Vec<Observation>,
    /// Those of which all is known that the history has.
    hosts: BTreeSet<String>,
    stored: Vec<rows::Alert>,
    looked: BTreeMap<String, DateTime<Utc>>,
    since: Option<DateTime<Utc>>,
    is_settled: bool,
    tell: Tell,
}

impl Scene {
    /// Four arrays of two mirrors each on one controller: `md0` to `md3`, and `md9` with three members.
    fn new() -> Self {
        let tell = Tell { storm: 3, ..Tell::default() };
        let since = Some(at("01T00:00"));
        let (observations, stored, looked) = (Vec::new(), Vec::new(), BTreeMap::new());
        let hosts = BTreeSet::from(["db7".to_owned()]);
        let mut scene = Self { observations, hosts, stored, looked, since, is_settled: true, tell };
        for array in ["md0", "md1", "md2", "md3", "md4", "md5", "md9"] {
            let sets: &[u32] = if array == "md9" { &[0, 0, 0] } else { &[0, 0] };
            let bay = |slot| Subject::within(crate::model::Kind::Bay, "db7", &format!("{array}-s{slot}"));
            let members = sets.iter().zip(0..).map(|(set, slot)| LayoutMember {
                bay: bay(slot),
                mirror_set: Some(*set),
                empty: false,
            });
            let members = members.collect();
            let layout = Layout { level: Some("1".to_owned()), members, carries: vec![format!("/{array} (ext4)")] };
            scene.observe("01T00:00", &format!("array:db7/{array}"), Fact::Layout(layout));
        }
        scene
    }

    fn observe(&mut self, time: &str, subject: &str, fact: Fact) {
        let severity = match fact {
            Fact::FailurePredicted | Fact::Event { .. } => Severity::Warning,
            _ => Severity::Critical,
        };
        let id = ObservationId(xxh3_64(format!("{time} {subject} {}", fact.code()).as_bytes()));
        let subject = subject.parse().expect("a subject");
        let text = "in words".to_owned();
        self.observations.push(Observation {
            id,
            at: When::exactly(at(time)),
            subject,
            fact,
            severity,
            evidence: None,
            text,
        });
    }

    /// `SUBJECT WORD`, with the short names of this host: `md0`, `md0-s1`, `db7`.
    fn said(&mut self, time: &str, lines: &[&str]) {
        for line in lines {
            let (subject, word) = line.split_once(' ').expect("a subject and a word");
            let subject = match subject {
                "db7" => "host:db7".to_owned(),
                "power" => "power:db7".to_owned(),
                "controller" => "controller:db7/c1".to_owned(),
                bay if bay.contains("-s") => format!("bay:db7/{bay}"),
                array => format!("array:db7/{array}"),
            };
            self.observe(time, &subject, fact(word));
        }
    }

    fn decided(&self, time: &str) -> (Vec<Alert>, Vec<Held>) {
        // Nothing is remembered but what was stored.
        self.decided_by(&Book::load(&self.stored), time)
    }

    fn decided_by(&self, book: &Book, time: &str) -> (Vec<Alert>, Vec<Held>) {
        let mut all = self.observations.clone();
        all.retain(|one| one.at.utc <= at(time));
        all.push(clock("db7", at(time)));
        all.sort_by_key(Observation::order);
        let diagnosis = diagnose(&all);
        let seen = Seen {
            host: "db7",
            diagnosis: &diagnosis,
            observations: &all,
            hosts: &self.hosts,
            looked: &self.looked,
            since: self.since,
            is_settled: self.is_settled,
        };
        decided(book, &seen, at(time), &self.tell)
    }

    /// What is said at a time: kind, then what it is about, and its place in its thread if that has begun.
    fn tell(&mut self, time: &str) -> Vec<String> {
        let (alerts, _) = self.decided(time);
        let told: Vec<String> = alerts.iter().map(|alert| self.told(alert)).collect();
        for Alert { message, standing } in alerts {
            assert!(message.title.chars().count() <= TITLE_MAX, "{}", message.title);
            let begun = self.stored.iter().find(|stored| stored.thread == message.thread);
            let begun = begun.map(|stored| serde_json::from_str::<Standing>(&stored.standing).expect("JSON").host);
            assert_eq!(message.thread_host, begun.unwrap_or_else(|| message.host.clone()), "it never changes");
            let standing = serde_json::to_string(&standing).expect("JSON");
            let (thread, kind) = (message.thread, message.kind.code().to_owned());
            let id = self.stored.last().map_or(1, |last| last.id + 1);
            let (at, severity, message) = (message.at, message.severity, String::new());
            self.stored.push(rows::Alert { id, thread, at, kind, severity, standing, message });
        }
        let again: Vec<String> = self.decided(time).0.iter().map(|alert| self.told(alert)).collect();
        assert_eq!(again, [""; 0], "said twice at {time}");
        told
    }

    /// What was told before a time and is needed no more is deleted, as `db prune` does it. Gives how many alerts that were.
    fn prune(&mut self, before: &str) -> u64 {
        let history = rusqlite::Connection::open_in_memory().expect("memory");
        MIGRATIONS.iter().for_each(|step| history.execute_batch(step.sql).expect("a step"));
        let changes: Vec<rows::Change> = self.stored.iter().cloned().map(rows::Change::Alert).collect();
        rows::store(&history, &changes).expect("stored");
        let pruned = rows::prune(&history, at(before)).expect("pruned");
        self.stored = rows::standings(&history).expect("read");
        pruned
    }

    fn told(&self, alert: &Alert) -> String {
        let message = &alert.message;
        let place = if message.place_in_thread > 0 { format!(" +{}", message.place_in_thread) } else { String::new() };
        let subject = message.subject.rsplit('/').next().unwrap_or_default();
        match message.kind {
            _ if alert.standing.cases.len() > 1 => {
                format!("{} of {}{place}", message.kind.code(), alert.standing.cases.len())
            }
            kind => format!("{} {subject}{place}", kind.code()),
        }
    }

    #[track_caller]
    fn check(&mut self, time: &str, said: &[&str], expect: &[&str]) {
        self.said(time, said);
        assert_eq!(self.tell(time), expect, "at {time}");
    }

    fn held(&self, time: &str) -> Vec<String> {
        let told = |held: Held| {
            let until = held.until.map(|until| until.format(" %dT%H:%M:%S").to_string()).unwrap_or_default();
            format!("{} {}{until}", held.subject.path(), held.because.code())
        };
        self.decided(time).1.into_iter().map(told).collect()
    }

    fn case(&self, time: &str, code: Code) -> Case {
        let mut all = self.observations.clone();
        all.push(clock("db7", at(time)));
        diagnose(&all).cases.into_iter().find(|case| case.code == code).expect("a case")
    }

    fn judge(&mut self, time: &str, code: Code, state: CaseState) {
        let case = self.case(time, code);
        let (subject, seen) = (case.subject.to_string(), case.observations.len() as u64);
        self.observe(time, &subject, Fact::Judged { case: case.id, state, by: "ann".to_owned(), seen });
    }
}

#[test]
fn one_case_is_one_thread() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &[], &[]);
    scene.check("02T10:01", &["md0 degraded"], &["fact md0"]);
    // That it is said again is no news, nor that it is being rebuilt.
    scene.check("02T10:02", &["md0 degraded"], &[]);
    scene.check("02T10:03", &["md0 rebuilding"], &[]);
    assert_eq!(scene.held("02T10:03"), ["md0 reminder 03T10:01:00"]);
    scene.check("02T11:00", &["md0 optimal"], &["repaired md0 +1"]);
    assert_eq!(scene.held("02T11:00"), ["md0 probation"]);
    scene.check("02T12:00", &["md0 degraded"], &["relapse md0", "resolved md0 +2"]);
}

#[test]
fn probation_ends_and_all_is_over() {
    let mut scene = Scene::new();
    scene.check("01T10:01", &["md0 degraded"], &["fact md0"]);
    scene.check("01T11:00", &["md0 optimal"], &["repaired md0 +1"]);
    scene.check("31T11:00", &[], &[]);
    scene.check("31T11:01", &[], &["resolved md0 +2"]);
    scene.check("31T12:00", &[], &[]);
    assert_eq!(scene.held("31T12:00"), [""; 0]);
}

#[test]
fn worse_is_told_and_a_counter_is_not() {
    let mut scene = Scene::new();
    scene.check("02T10:01", &["md9 degraded", "md9-s0 drive-failed"], &["fact md9"]);
    scene.check("02T10:02", &["md9-s0 drive-failed"], &[]);
    scene.check("02T10:05", &["md9-s1 drive-failed"], &["worse md9 +1"]);
    scene.check("02T10:06", &["md9-s1 drive-failed"], &[]);
    scene.check("02T10:09", &["md9 failed"], &["worse md9 +2"]);
}

#[test]
fn a_member_that_is_named_late_is_the_one_that_was_lost() {
    let mut scene = Scene::new();
    scene.check("02T10:01", &["md0 degraded"], &["fact md0"]);
    scene.check("02T10:02", &["md0-s0 drive-failed"], &[]);
}

#[test]
fn a_members_failure_goes_on_in_its_arrays_thread() {
    let mut scene = Scene::new();
    scene.check("02T10:01", &["md0-s0 drive-failed"], &["fact md0-s0"]);
    scene.check("02T10:02", &["md0 degraded"], &["worse md0 +1"]);
    scene.check("02T11:00", &["md0 optimal"], &["repaired md0 +2"]);
}

#[test]
fn reminders_until_somebody_takes_it() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    scene.check("03T09:59", &[], &[]);
    scene.check("03T10:00", &[], &["reminder md0 +1"]);
    scene.check("05T09:59", &[], &[]);
    scene.check("05T10:00", &[], &["reminder md0 +2"]);
    scene.check("09T10:00", &[], &["reminder md0 +3"]);
    // The last repeats.
    scene.check("13T10:00", &[], &["reminder md0 +4"]);
    scene.judge("14T10:00", Code::ArrayDegraded, CaseState::Acknowledged);
    scene.check("14T10:00", &[], &["acknowledged md0 +5"]);
    assert_eq!(scene.held("14T10:00"), ["md0 acknowledged"]);
    scene.check("30T10:00", &[], &[]);
    // An acknowledgement binds to what was seen.
    scene.check("30T11:00", &["md0-s0 drive-failed"], &["worse md0 +6"]);
    assert_eq!(scene.held("30T11:00"), ["md0 reminder 31T11:00:00"]);
}

#[test]
fn no_reminders_if_none_are_wished() {
    let mut scene = Scene::new();
    scene.tell.remind = Vec::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    scene.check("30T10:00", &[], &[]);
}

#[test]
fn many_at_once_are_one_message() {
    let mut scene = Scene::new();
    let all = ["md0 degraded", "md1 degraded", "md2 degraded", "md3 degraded"];
    scene.check("02T10:00", &all, &["storm of 4"]);
    // What comes right behind it waits for the next.
    scene.check("02T10:00:30", &["md4 degraded"], &[]);
    assert!(scene.held("02T10:00:30").contains(&"md4 storm 02T10:01:00".to_owned()));
    scene.check("02T10:01", &[], &["fact md4"]);
    // One of them gets worse.
    scene.check("02T10:05", &["md3 failed"], &["worse md3"]);
    scene.check("03T10:00", &[], &["reminder of 3 +1"]);
    scene.check("03T10:01", &[], &["reminder md4 +1"]);
    scene.check("03T10:05", &[], &["reminder md3 +1"]);
    scene.check("03T11:00", &["md0 optimal", "md1 optimal"], &[]);
    scene.check("03T12:00", &["md2 optimal"], &["repaired of 3 +2"]);
    scene.check("03T12:01", &[], &[]);
    assert!(scene.held("03T12:01").iter().all(|held| !held.starts_with("md0")));
}

#[test]
fn maintenance_on_one_of_many_silences_that_one_only() {
    let mut scene = Scene::new();
    scene.tell.remind = vec![Duration::from_secs(600)];
    scene.check("01T00:10", &["md0 degraded", "md1 degraded", "md2 degraded", "md3 degraded"], &["storm of 4"]);
    scene.check("01T00:12", &["md0 maintenance=01T01:00"], &[]);
    scene.check("01T00:20", &[], &["reminder of 3 +1"]);
    scene.check("01T00:25", &["md1 optimal", "md2 optimal", "md3 optimal"], &["repaired of 3 +2"]);
    scene.check("01T00:40", &[], &[]);
    // The work ends, and that one lasts.
    scene.check("01T01:00", &[], &["reminder host:db7 +3"]);
    scene.check("01T01:05", &["md0 optimal"], &["repaired of 4 +4"]);
    scene.check("01T01:30", &[], &[]);
    // All is over, and that is said when the work on one is.
    scene.check("31T01:00", &["md2 maintenance=31T02:00"], &[]);
    scene.check("31T01:30", &[], &[]);
    scene.check("31T02:00", &[], &["resolved of 4 +5"]);
    let told: Vec<Severity> = scene.stored.iter().map(|alert| alert.severity).collect();
    assert_eq!(told, [Severity::Critical; 6], "whoever is told of nothing less hears how it ends");
}

#[test]
fn one_more_than_few_waits_a_moment_for_others() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded", "md1 degraded", "md2 degraded"], &["fact md0", "fact md1", "fact md2"]);
    scene.check("02T10:00:10", &["md3 degraded"], &[]);
    scene.check("02T10:00:20", &["md4 degraded"], &["storm of 2"]);
    scene.check("02T10:02", &["md5 degraded"], &["fact md5"]);
}

/// Ten minutes were configured, five warnings were told, and a degraded array waited for them.
#[test]
fn what_is_less_bad_holds_nothing_up() {
    let mut scene = Scene::new();
    scene.tell.storm_within = Duration::from_secs(600);
    let bays = ["md0-s1 predicted", "md0-s2 predicted", "md0-s3 predicted"];
    let told = bays.map(|bay| format!("fact {}", bay.split(' ').next().unwrap_or_default()));
    scene.check("02T10:00", &bays, &told.each_ref().map(String::as_str));
    scene.check("02T10:00:10", &["md1 degraded"], &["fact md1"]);
    // What is as bad waits, as long as people can wait for it; what is less bad, as long as is configured.
    scene.check("02T10:00:20", &["md2 degraded"], &[]);
    assert!(scene.held("02T10:00:20").contains(&"md2 storm 02T10:01:00".to_owned()), "{:?}", scene.held("02T10:00:20"));
    scene.check("02T10:01", &[], &["fact md2"]);
    scene.check("02T10:02", &["md0-s4 predicted"], &[]);
    scene.check("02T10:10", &[], &["fact md0-s4"]);
}

#[test]
fn a_storm_holds_what_is_critical_for_a_minute() {
    let mut scene = Scene::new();
    scene.tell.storm_within = Duration::from_secs(600);
    scene.check("02T10:00", &["md0 degraded", "md1 degraded", "md2 degraded", "md3 degraded"], &["storm of 4"]);
    scene.check("02T10:00:10", &["md4 degraded"], &[]);
    scene.check("02T10:00:20", &["md5 degraded", "md0-s1 predicted"], &[]);
    scene.check("02T10:01", &[], &["storm of 2"]);
}

/// A storm of three days ago was pruned but for its reminder, and its cases were told anew as a storm, in another thread.
#[test]
fn what_goes_on_is_not_pruned() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded", "md1 degraded", "md2 degraded", "md3 degraded"], &["storm of 4"]);
    scene.check("03T10:00", &[], &["reminder of 4 +1"]);
    scene.check("05T10:00", &[], &["reminder of 4 +2"]);
    scene.check("09T10:00", &[], &["reminder of 4 +3"]);
    assert_eq!(scene.prune("10T00:00"), 2, "the reminders between");
    scene.check("10T10:00", &["md0 optimal"], &[]);
    scene.check("13T09:59", &[], &[]);
    // Four days after the last, as before.
    scene.check("13T10:00", &[], &["reminder of 3 +4"]);
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    scene.check("03T10:00", &[], &["reminder md0 +1"]);
    scene.check("05T10:00", &[], &["reminder md0 +2"]);
    assert_eq!(scene.prune("06T00:00"), 1);
    scene.check("06T10:00", &[], &[]);
    scene.check("09T10:00", &["md0 optimal"], &["repaired md0 +3"]);
}

/// By this a pager knows that it must call again.
#[test]
fn each_news_of_a_thread_has_a_number() {
    let mut scene = Scene::new();
    let said = |scene: &mut Scene, time: &str, said: &[&str], expect: &[(&str, u32)]| {
        scene.said(time, said);
        let told = scene.decided(time).0;
        let told: Vec<_> = told.iter().map(|alert| (alert.message.kind.code(), alert.message.news)).collect();
        assert_eq!(told, expect, "at {time}");
        scene.tell(time);
    };
    said(&mut scene, "02T10:00", &["md9 degraded", "md9-s0 drive-failed"], &[("fact", 0)]);
    said(&mut scene, "03T10:00", &[], &[("reminder", 0)]);
    said(&mut scene, "03T11:00", &["md9-s1 drive-failed"], &[("worse", 1)]);
    scene.judge("03T12:00", Code::ArrayDegraded, CaseState::Acknowledged);
    said(&mut scene, "03T12:00", &[], &[("acknowledged", 1)]);
    // It is open again, and what was told between is forgotten.
    said(&mut scene, "03T13:00", &["md9 failed"], &[("worse", 2)]);
    said(&mut scene, "04T13:00", &[], &[("reminder", 2)]);
    assert_eq!(scene.prune("05T00:00"), 4);
    said(&mut scene, "05T10:00", &["md9 optimal"], &[("repaired", 2)]);
    said(&mut scene, "05T11:00", &["md9 degraded"], &[("relapse", 0), ("resolved", 2)]);
}

#[test]
fn a_relapse_is_never_one_of_many() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    scene.check("02T11:00", &["md0 optimal"], &["repaired md0 +1"]);
    let all = ["md0 degraded", "md1 degraded", "md2 degraded", "md3 degraded", "md4 degraded"];
    scene.check("02T12:00", &all, &["relapse md0", "storm of 4", "resolved md0 +2"]);
    scene.check("02T13:00", &["md0 optimal"], &["repaired md0 +1"]);
    scene.check("02T13:10", &["md0 degraded"], &["relapse md0", "resolved md0 +2"]);
}

#[test]
fn maintenance_silences_what_it_names_until_it_ends() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 maintenance=02T14:00"], &[]);
    scene.check("02T10:30", &["md0 degraded", "md1 degraded"], &["fact md1"]);
    assert_eq!(scene.held("02T10:30"), ["md0 maintenance 02T14:00:00", "md1 reminder 03T10:30:00"]);
    scene.check("02T13:59", &[], &[]);
    scene.check("02T14:00", &[], &["fact md0"]);
    // What began and ended in it is not told.
    scene.check("03T10:00", &["db7 maintenance=03T14:00"], &[]);
    scene.check("03T10:30", &["md2 degraded"], &[]);
    scene.check("03T11:00", &["md1 failed"], &[]);
    scene.check("03T12:00", &["md2 optimal"], &[]);
    scene.check("03T14:00", &[], &["worse md1 +1", "reminder md0 +1", "repaired md2"]);
}

#[test]
fn old_history_is_not_told() {
    let mut scene = Scene::new();
    scene.since = Some(at("05T00:00"));
    scene.said("02T10:00", &["md0 degraded", "md1 degraded"]);
    scene.said("02T11:00", &["md0 optimal"]);
    scene.check("05T00:01", &[], &["fact md1"]);
    assert_eq!(scene.held("05T00:01"), ["md0 before", "md1 reminder 06T00:01:00"]);
    // What came and went while nobody looked is told.
    scene.said("06T10:00", &["md2 degraded"]);
    scene.check("06T11:00", &["md2 optimal"], &["reminder md1 +1", "repaired md2"]);
    // A repair of old that did not hold is a relapse all the same.
    scene.check("06T12:00", &["md0 degraded"], &["relapse md0"]);
}

#[test]
fn the_first_start_tells_what_lasts() {
    let mut scene = Scene::new();
    scene.since = Some(at("05T00:00"));
    scene.said("02T10:00", &["md0 degraded", "md1 degraded", "md2 degraded", "md3 degraded"]);
    scene.check("05T00:00", &[], &["storm of 4"]);
    let mut scene = Scene::new();
    scene.said("02T10:00", &["md0 degraded"]);
    scene.judge("02T11:00", Code::ArrayDegraded, CaseState::Acknowledged);
    scene.check("05T00:00", &[], &[]);
    assert_eq!(scene.held("05T00:00"), ["md0 acknowledged"]);
}

#[test]
fn what_is_not_so_bad_is_not_told() {
    let mut scene = Scene::new();
    scene.tell.from = Severity::Critical;
    scene.check("02T10:00", &["controller odd"], &[]);
    assert_eq!(scene.held("02T10:00"), ["c1 not-so-bad"]);
    scene.tell.from = Severity::Warning;
    scene.check("02T10:01", &[], &["fact c1"]);
}

#[test]
fn the_verdict_follows_once() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    let case = scene.case("02T10:00", Code::ArrayDegraded);
    // The look was done before it was told: of something else.
    scene.looked.insert(case.id.clone(), at("02T09:00"));
    scene.check("02T10:01", &["md0-s0 drive-failed"], &[]);
    // By now it is known which one to leave alone.
    scene.looked.insert(case.id.clone(), at("02T10:02"));
    scene.check("02T10:02", &[], &["verdict md0 +1"]);
    scene.looked.insert(case.id, at("02T10:30"));
    scene.check("02T10:30", &[], &[]);
    // It is another suspect now.
    let before = scene.case("02T10:30", Code::ArrayDegraded).suspects.remove(0).cause;
    scene.said("02T10:31", &["power power-event"]);
    let after = scene.case("02T10:31", Code::ArrayDegraded).suspects.remove(0).cause;
    assert_ne!(before, after, "the scene no longer changes the first suspect");
    scene.check("02T10:31", &[], &["verdict md0 +2"]);
    scene.check("02T10:40", &[], &[]);
}

/// A second page came 1 to 31 s after the first, and said the same.
#[test]
fn a_look_that_changes_nothing_is_no_news() {
    let looked = |scene: &mut Scene, time: &str| {
        let case = scene.case(time, Code::ArrayDegraded);
        scene.looked.insert(case.id, at(time));
    };
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    looked(&mut scene, "02T10:01");
    scene.check("02T10:01", &[], &[]);
    // What becomes known behind it is told, and once.
    scene.check("02T10:05", &["md0-s0 drive-failed"], &["verdict md0 +1"]);
    scene.check("02T10:06", &["md0-s0 drive-failed"], &[]);
    // Whatever else is said shows what the look came to.
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    looked(&mut scene, "02T10:01");
    scene.check("03T10:00", &[], &["reminder md0 +1"]);
    scene.check("03T10:05", &["md0-s0 drive-failed"], &[]);
}

/// `power line 22 %: array c1/l1…` read as a finding, and nobody saw which array.
#[test]
fn a_title_keeps_the_array_and_names_who_is_likely() {
    let check = |front: &str, host: &str, text: &str, tail: &str, expect: &str| {
        let title = compose::titled(front, host, text, "array c1/l1", tail);
        assert_eq!(title, expect);
        assert!(title.chars().count() <= TITLE_MAX, "{title}");
    };
    let text = "array c1/l1 (RAID 10) failed again 37 s after a repair with a new drive, as it had before";
    let bay = ": bay (slot, connector) 55 %";
    check("OVER", "vm", "array c1/l1 was degraded", "", "OVER on vm: array c1/l1 was degraded");
    check(
        "RELAPSE, VERDICT, critical",
        "vm",
        text,
        bay,
        "RELAPSE, VERDICT, critical on vm: array c1/l1 (RAID 10) failed again 37 s after a repair\u{2026}: bay (slot, connector) 55 %",
    );
    let host = "storage-0123456789.rack-0123456789.site-0123456789.example.org";
    check(
        "RELAPSE, VERDICT, critical",
        host,
        text,
        bay,
        &format!("RELAPSE, VERDICT, critical on {host}: array c1/l1 (RAID 10)\u{2026}"),
    );
    check(
        "STILL OPEN after 4 days, critical",
        &"h".repeat(90),
        text,
        "",
        &format!(
            "STILL OPEN after 4 days, critical on {}\u{2026}: array c1/l1 (RAID 10) failed again 37 s\u{2026}",
            "h".repeat(39)
        ),
    );
    let mut scene = Scene::new();
    scene.said("02T10:00", &["md0 degraded"]);
    scene.tell("02T10:00");
    let case = scene.case("02T10:00", Code::ArrayDegraded);
    scene.looked.insert(case.id, at("02T10:01"));
    scene.said("02T10:01", &["md0-s0 drive-failed"]);
    let title = scene.decided("02T10:01").0.remove(0).message.title;
    assert_eq!(title, "VERDICT, critical on db7: array md0 (RAID 1) is degraded: bay md0-s0", "the drive has 40 %");
}

#[test]
fn a_case_that_is_another_now_goes_on() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    // An older line of the log arrives: the case begins earlier, and has another id.
    let id = scene.case("02T10:00", Code::ArrayDegraded).id;
    scene.said("02T09:00", &["md0 degraded"]);
    assert_ne!(scene.case("02T10:01", Code::ArrayDegraded).id, id);
    scene.check("02T10:01", &[], &[]);
    scene.check("02T10:02", &["md0 optimal"], &["repaired md0 +1"]);
}

#[test]
fn a_case_that_is_no_more_is_told() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    scene.observations.retain(|one| one.fact != Fact::State(ArrayState::Degraded));
    // Killed behind the telling, before what it rests on was kept: it is read again first.
    scene.is_settled = false;
    scene.check("02T10:01", &[], &[]);
    scene.is_settled = true;
    scene.check("02T10:01", &[], &["resolved md0 +1"]);
    scene.check("02T10:02", &[], &[]);
}

/// Of an array that nothing but a log tells of, what the line says.
#[test]
fn the_five_lines_of_what_a_log_says() {
    let check = |level: Option<&str>, working: Option<u32>, expect: [&str; 2]| {
        let mut scene = Scene::new();
        let fact = Fact::MemberFailed { name: "sdc1".to_owned(), level: level.map(str::to_owned), working };
        scene.observe("02T10:00", "array:db7/md77", fact);
        let (alerts, _) = scene.decided("02T10:00");
        let message = &alerts.first().expect("an alert").message;
        assert!(message.title.ends_with("is degraded: md gave up sdc1"), "{}", message.title);
        let lead = &message.lead;
        let act = lead.act.as_str();
        let not = act.starts_with("Pull no drive of array md77")
            || act.starts_with("Do not pull, reseat or power-cycle any drive");
        assert!(not && act.contains(" Read which member failed, by bay and serial"), "{act}");
        assert_eq!([&lead.place, &lead.stake].map(String::as_str), expect, "{level:?} {working:?}");
    };
    let named = "md gave up sdc1 (its name at that time: look at its serial number).";
    check(
        Some("1"),
        Some(1),
        [
            &format!("Host db7; array md77 (RAID 1); {named}"),
            "One more failure may lose array md77: which member holds the only copy is not known.",
        ],
    );
    check(
        Some("1"),
        Some(2),
        [
            &format!("Host db7; array md77 (RAID 1); {named}"),
            "Array md77 survives 1 more failure; the next may lose it.",
        ],
    );
    check(
        None,
        Some(3),
        [
            &format!("Host db7; array md77; {named}"),
            "Not known: of array md77 neither level nor members are known. Take it that the next failure loses array md77.",
        ],
    );
}

/// What a person with a screwdriver must know stands in the five lines.
#[test]
fn the_five_lines() {
    let check = |said: &[&str], expect: [&str; 3]| {
        let mut scene = Scene::new();
        scene.observe("01T00:00", "bay:db7/md0-s0", Fact::Label("upper left".to_owned()));
        scene.said("02T10:00", said);
        let (alerts, _) = scene.decided("02T10:00");
        let lead = &alerts.first().expect("an alert").message.lead;
        assert_eq!([&lead.place, &lead.stake, &lead.act].map(String::as_str), expect, "{said:?}");
    };
    check(
        &["md0 degraded", "md0-s0 drive-failed"],
        [
            "Host db7; array md0 (RAID 1), /md0 (ext4); bay upper left (md0-s0).",
            "If bay md0-s1 fails too, array md0 with /md0 (ext4) is lost.",
            "Leave bay md0-s1 alone: the only copy. Make sure of a backup, then replace only bay upper left (md0-s0).",
        ],
    );
    check(
        &["md0 degraded"],
        [
            "Host db7; array md0 (RAID 1), /md0 (ext4); which member is not known.",
            "One more failure may lose array md0 with /md0 (ext4): which member holds the only copy is not known.",
            "Pull no drive of array md0: any may hold the only copy. Read which member failed, by bay and serial \
             number\u{2026} (see DO NEXT)",
        ],
    );
    check(
        &["md9 degraded", "md9-s1 drive-failed"],
        [
            "Host db7; array md9 (RAID 1), /md9 (ext4); bay md9-s1.",
            "Array md9 survives 1 more failure; the next may lose array md9 with /md9 (ext4).",
            "Do not pull, reseat or power-cycle the mirror partner: bay md9-s0; bay md9-s2. Make sure of a backup, then \
             replace only bay md9-s1.",
        ],
    );
    check(
        &["md0 failed"],
        [
            "Host db7; array md0 (RAID 1), /md0 (ext4); which member is not known.",
            "It has happened: array md0 with /md0 (ext4) on db7 does not work.",
            "Pull no drive of array md0: any may hold the only copy. Stop what writes to the array.",
        ],
    );
}

/// The last word of what was repaired was "case acknowledged", and its bay was that of a drive that had been taken out.
#[test]
fn what_ended_says_by_what_and_from_when_to_when() {
    let mut scene = Scene::new();
    let sits = |scene: &mut Scene, time: &str, serial: &str| {
        let (bay, last) = ("bay:db7/md0-s0".parse().expect("a bay"), When::exactly(at(time)));
        let fact = Fact::Occupies { bay, vendor: None, model: None, last, reports: 1, read: None };
        scene.observe(time, &format!("drive:{serial}"), fact);
    };
    sits(&mut scene, "01T00:00", "OLD");
    scene.check("02T10:00", &["md0 degraded", "md0-s0 drive-failed"], &["fact md0"]);
    scene.judge("02T10:30", Code::ArrayDegraded, CaseState::Acknowledged);
    scene.check("02T10:30", &[], &["acknowledged md0 +1"]);
    sits(&mut scene, "02T10:40", "NEW");
    // What is said last need not stand last.
    scene.said("02T11:00", &["md0 optimal"]);
    let lead = |scene: &Scene, time: &str| scene.decided(time).0.pop().expect("an alert").message.lead;
    let ended = lead(&scene, "02T11:00");
    assert_eq!(
        [&ended.what, &ended.place, &ended.why].map(String::as_str),
        [
            "Array md0 (RAID 1) was degraded. From 2013-10-02 10:00 UTC to 2013-10-02 11:00 UTC.",
            "Host db7; array md0 (RAID 1), /md0 (ext4); bay md0-s0, S/N NEW (was OLD).",
            "Last: 2013-10-02 11:00 UTC, array md0: array optimal \u{2013} in words.",
        ]
    );
    scene.tell("02T11:00");
    scene.said("02T12:00", &["md0 degraded", "md0-s0 drive-failed"]);
    let ended = lead(&scene, "02T12:00");
    assert!(ended.what.starts_with("It failed again, and goes on as the relapse "), "{}", ended.what);
    assert!(ended.what.ends_with(" From 2013-10-02 10:00 UTC to 2013-10-02 11:00 UTC."), "{}", ended.what);
    // By a person's word alone.
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md0 degraded"], &["fact md0"]);
    scene.judge("02T11:00", Code::ArrayDegraded, CaseState::Repaired);
    let why = lead(&scene, "02T11:00").why;
    assert_eq!(why, "Last: 2013-10-02 11:00 UTC, array md0: case repaired \u{2013} in words.");
}

/// "Stream command/ls is no longer watched", and what to do with a card, a shelf or a log.
#[test]
fn a_command_that_tells_nothing_is_told_as_one() {
    let mut scene = Scene::new();
    let why = "nothing can be read of the command ls: cannot run /bin/nosuch: No such file or directory".to_owned();
    scene.observe("02T10:00", "stream:db7/command/ls", Fact::NotWatched { why });
    let message = scene.decided("02T10:00").0.remove(0).message;
    assert_eq!(
        [&message.title, &message.lead.place, &message.lead.act].map(String::as_str),
        [
            "CRITICAL on db7: the command ls tells nothing: cannot run /bin/nosuch: No such file or directory",
            "Host db7; the command ls.",
            "Do not take silence for health: nobody knows how it is since. Run it by hand, as the configuration has it under \
             [[command]]\u{2026} (see DO NEXT)",
        ]
    );
}

#[test]
fn of_many_that_are_no_more_it_is_told_once() {
    let mut scene = Scene::new();
    let all = ["md0 degraded", "md1 degraded", "md2 degraded", "md3 degraded"];
    scene.check("02T10:00", &all, &["storm of 4"]);
    let whole = scene.observations.clone();
    scene.observations.retain(|one| one.fact != Fact::State(ArrayState::Degraded));
    scene.is_settled = false;
    scene.check("02T10:01", &[], &[]);
    scene.is_settled = true;
    scene.check("02T10:01", &[], &["resolved of 4 +1"]);
    assert_eq!(scene.stored.last().map(|alert| alert.severity), Some(Severity::Critical));
    scene.check("02T10:02", &[], &[]);
    // Those of which older evidence arrived go on as what they were.
    scene.stored.truncate(1);
    scene.observations = whole;
    scene.said("02T09:00", &all);
    scene.check("02T10:03", &[], &[]);
    scene.check("02T10:04", &["md0 optimal", "md1 optimal", "md2 optimal", "md3 optimal"], &["repaired of 4 +1"]);
}

/// Ten machines log to one: it was started again, of what it had read it knew nothing, and said that all was over.
#[test]
fn of_a_host_of_which_nothing_is_known_nothing_is_over() {
    let mut scene = Scene::new();
    let others = ["h0", "h1", "h2", "h3"].map(str::to_owned);
    scene.hosts.extend(others.clone());
    for host in &others {
        scene.observe("02T10:00", &format!("array:{host}/md0"), fact("degraded"));
    }
    scene.check("02T10:00", &[], &["storm of 4"]);
    scene.observe("02T11:00", "array:h0/md1", fact("degraded"));
    scene.check("02T11:00", &[], &["fact md1"]);
    let (all, whole) = (scene.hosts.clone(), scene.observations.clone());
    let only = |scene: &mut Scene, known: &[&str]| {
        let is_of = |one: &Observation| one.subject.host_name().is_some_and(|host| known.contains(&host));
        scene.observations = whole.iter().filter(|one| is_of(one)).cloned().collect();
        scene.hosts = known.iter().map(|host| (*host).to_owned()).collect();
    };
    only(&mut scene, &["db7"]);
    scene.check("02T11:10", &[], &[]);
    // Those that are known work again, which is not all.
    only(&mut scene, &["db7", "h1"]);
    scene.observe("02T11:20", "array:h1/md0", fact("optimal"));
    scene.check("02T11:20", &[], &[]);
    // All are known, and the cases are no more.
    only(&mut scene, &["db7"]);
    scene.hosts = all;
    scene.check("02T11:30", &[], &["resolved of 4 +1", "resolved md1 +1"]);
}

/// Two machines have arrays of one name, and whoever reads of them has no other tool at hand.
#[test]
fn a_storm_says_of_which_host_each_case_is() {
    let mut scene = Scene::new();
    let others = ["h0", "h1", "h2", "h3", "h4"].map(str::to_owned);
    scene.hosts.extend(others.clone());
    for host in &others {
        scene.observe("02T10:00", &format!("array:{host}/md0"), fact("drive-failed"));
    }
    let check = |scene: &Scene, time: &str, title: &str, place: &str, listed: &str| {
        let (alerts, _) = scene.decided(time);
        let [message] = [&alerts.first().expect("an alert").message];
        assert_eq!((message.title.as_str(), message.lead.place.as_str()), (title, place));
        for (host, line) in others.iter().zip(&message.cases) {
            let id = line.rsplit('[').next().unwrap_or_default().trim_end_matches(']');
            assert_eq!(*line, listed.replace("HOST", host).replace("ID", id));
        }
        assert_eq!(message.cases.len(), others.len());
        message.clone()
    };
    let place = "Hosts h0, h1, h2, h3 and 1 more. First: h0: array md0 of h0.";
    let told = check(
        &scene,
        "02T10:00",
        "STORM, critical on 5 hosts: 5 cases at once, first: h0: array md0 of h0 is degraded",
        place,
        "HOST: critical array-degraded: array md0 of HOST is degraded [ID]",
    );
    assert!(told.lead.stake.starts_with("h0: "), "{}", told.lead.stake);
    scene.tell("02T10:00");
    // None of them is a case any more.
    scene.observations.retain(|one| one.fact != Fact::DriveFailed);
    check(
        &scene,
        "02T10:01",
        "OVER on 5 hosts: all cases that were told together",
        place,
        "HOST: critical array-degraded: array md0 of HOST [ID]",
    );
}

/// What is said while it is not known what was said is another message: a mail server that drops what it has had would drop it.
#[test]
fn what_is_said_without_knowing_what_was_said_has_a_place_of_its_own() {
    let mut scene = Scene::new();
    scene.check("02T10:00", &["md9 degraded"], &["fact md9"]);
    let mut unknown = Book::unknown(at("02T11:00"));
    scene.said("02T11:00", &["md9-s0 drive-failed"]);
    let (alerts, _) = scene.decided_by(&unknown, "02T11:00");
    let [again] = alerts.as_slice() else { panic!("{alerts:?}") };
    let place = u32::try_from(at("02T11:00").timestamp()).expect("a place");
    assert_eq!((again.message.place_in_thread, again.message.kind), (place, Kind::Fact));
    assert_eq!(again.message.thread, scene.stored[0].thread);
    unknown.take(again);
    // By now it is known what was said before.
    let mut book = Book::load(&scene.stored);
    book.go_on(unknown);
    assert!(scene.decided_by(&book, "02T11:01").0.is_empty(), "said twice");
    scene.said("02T11:02", &["md9-s1 drive-failed"]);
    let (alerts, _) = scene.decided_by(&book, "02T11:02");
    let told = alerts.first().map(|alert| (alert.message.kind, alert.message.place_in_thread));
    assert_eq!(told, Some((Kind::Worse, place + 1)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is pruned whenever, the same is told. (But for what a storm lists at its end: a case that was told by itself later, is over,
    /// and is forgotten.)
    #[test]
    fn pruned_or_not_the_same_is_told(
        happened in prop::collection::vec((0..5_usize, 0..5_usize, 1..1_500_i64, any::<bool>()), 1..25)
    ) {
        let (mut whole, mut pruned) = (Scene::new(), Scene::new());
        let mut minutes = 60;
        for (thing, what, after, prunes) in happened {
            minutes += after;
            let [time, until] = [minutes, minutes + after]
                .map(|minutes| (at("01T00:00") + TimeDelta::minutes(minutes)).format("%dT%H:%M:%S").to_string());
            let maintenance = format!("maintenance={until}");
            let word = ["degraded", "optimal", "rebuilding", "failed", maintenance.as_str()][what];
            let storm: &[&str] = &["md0", "md1", "md2", "md3"];
            let arrays = [storm, &["md0"], &["md4"], &["md5"], &["md9"]][thing];
            // What gets worse in a storm is told by itself.
            let is_said = match thing {
                0 => what < 3,
                1 => what == 4,
                _ => true,
            };
            let said: Vec<String> = arrays.iter().filter(|_| is_said).map(|array| format!("{array} {word}")).collect();
            let said: Vec<&str> = said.iter().map(String::as_str).collect();
            whole.said(&time, &said);
            pruned.said(&time, &said);
            if prunes {
                pruned.prune(&time);
            }
            let told = |scene: &Scene| -> Vec<_> {
                let told = scene.decided(&time).0.into_iter().map(|alert| alert.message);
                told.map(|one| (one.kind, one.thread, one.place_in_thread, one.news, one.severity, one.title)).collect()
            };
            prop_assert_eq!(told(&whole), told(&pruned), "at {}", &time);
            whole.tell(&time);
            pruned.tell(&time);
        }
    }
}

proptest! {
    /// Whatever happens, nothing is said twice, a relapse is never one of many, and what lasts was told or is held.
    #[test]
    fn nothing_is_said_twice_and_nothing_is_held_silently(
        happened in prop::collection::vec((0..5_usize, 0..4_usize, 1..400_i64), 1..25)
    ) {
        let mut scene = Scene::new();
        let mut minutes = 60;
        for (array, what, after) in happened {
            minutes += after;
            let time = (at("01T00:00") + TimeDelta::minutes(minutes)).format("%dT%H:%M:%S").to_string();
            let word = ["degraded", "optimal", "failed", "rebuilding"][what];
            scene.said(&time, &[&format!("md{array} {word}")]);
            let told = scene.tell(&time);
            prop_assert!(told.iter().filter(|told| told.starts_with("relapse")).all(|told| told.starts_with("relapse md")));
            let mut all = scene.observations.clone();
            all.push(clock("db7", at(&time)));
            let book = Book::load(&scene.stored);
            let held: Vec<String> = scene.decided(&time).1.into_iter().map(|held| held.case).collect();
            for case in diagnose(&all).cases.iter().filter(|case| case.state == CaseState::Open) {
                let told = book.threads.values().any(|thread| thread.stood.contains_key(&case.id));
                prop_assert!(told || held.contains(&case.id), "{} of {} at {time}", case.code.code(), case.subject);
            }
        }
    }
}
