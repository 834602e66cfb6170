//! The outbox against a model of the world: people's channels that fail, a disk that fills up, crashes at any moment, a clock that jumps.

use super::*;
use crate::history::{Database, MIGRATIONS};
use crate::model::Severity;
use arraywatch_faults::{Fault, Operation, install, with_fault};
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::PathBuf;
use tempfile::TempDir;

const CHANNELS: [&str; 3] = ["mail", "pager", "syslog"];

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_400_000_000 + seconds, 0).unwrap_or_default()
}

fn alert(thread: &str, place: u32, now: DateTime<Utc>) -> Alert {
    let message = Message::of_no_case("db7", Kind::Fact, Severity::Critical, thread, now);
    Alert {
        message: Message { place_in_thread: place, ..message },
        standing: Standing { place, ..Standing::default() },
    }
}

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

fn failed(refused: bool, again_after: Option<u64>) -> Became<'static> {
    Became::Failed { why: "no", refused, again_after: again_after.map(Duration::from_secs) }
}

/// Stores all that is to be stored.
fn settle(outbox: &mut Outbox) {
    let changes = outbox.changes();
    outbox.stored(&changes, &rows::Stored::default());
}

/// `place of thread by channel`, as they are due.
fn due(outbox: &mut Outbox, seconds: i64) -> Vec<String> {
    let told = |one: Delivery| format!("{}{} {}", one.message.thread, one.message.place_in_thread, one.channel);
    outbox.due(at(seconds)).into_iter().map(told).collect()
}

#[test]
fn order_is_kept_in_a_thread_by_each_channel() {
    let mut outbox = Outbox::default();
    for (thread, place) in [("a", 0), ("a", 1), ("b", 0)] {
        outbox.put(alert(thread, place, at(0)), &names(&["mail", "pager"]), at(0));
    }
    settle(&mut outbox);
    assert_eq!(due(&mut outbox, 0), ["a0 mail", "a0 pager", "b0 mail", "b0 pager"]);
    assert_eq!(due(&mut outbox, 0), [""; 0]);
    outbox.outcome(1, "mail", Became::Delivered, at(1), 0.5);
    assert_eq!(due(&mut outbox, 1), ["a1 mail"]);
    // The pager fails; mail goes on without it.
    outbox.outcome(1, "pager", failed(false, None), at(1), 1.0);
    assert_eq!(due(&mut outbox, 1), [""; 0]);
    assert_eq!(outbox.next_due(at(1)), Some(at(2)));
    assert_eq!(due(&mut outbox, 2), ["a0 pager"]);
}

#[test]
fn what_is_refused_holds_up_nobody() {
    let mut outbox = Outbox::default();
    let say = |outbox: &mut Outbox, place| outbox.put(alert("a", place, at(0)), &names(&["mail"]), at(0));
    (0..3).for_each(|place| assert_eq!(say(&mut outbox, place), i64::from(place) + 1));
    let Disk::Memory(history) = Disk::memory() else { return };
    let store = |outbox: &mut Outbox| {
        let changes = outbox.changes();
        let stored = rows::store(&history, &changes).expect("stored");
        outbox.stored(&changes, &stored);
    };
    store(&mut outbox);
    assert_eq!(due(&mut outbox, 0), ["a0 mail"]);
    outbox.outcome(1, "mail", failed(true, None), at(1), 1.0);
    assert_eq!(due(&mut outbox, 1), ["a1 mail"]);
    // That one fails for now: it keeps its place before the next.
    outbox.outcome(2, "mail", failed(false, None), at(1), 1.0);
    assert_eq!(due(&mut outbox, 1), [""; 0]);
    assert_eq!(due(&mut outbox, 3), ["a1 mail"]);
    outbox.outcome(2, "mail", Became::Delivered, at(3), 1.0);
    assert_eq!(due(&mut outbox, 3), ["a2 mail"]);
    outbox.outcome(3, "mail", Became::Delivered, at(3), 1.0);
    // The relay does not answer: that takes no refusal back, nor does a restart.
    assert_eq!(due(&mut outbox, 3_700), ["a0 mail"]);
    outbox.outcome(1, "mail", failed(false, None), at(3_700), 1.0);
    store(&mut outbox);
    let mut outbox = Outbox::load(rows::waiting(&history).expect("read"), 3, "db7");
    let since: Vec<_> = outbox.waiting().map(|(.., waiting)| waiting.refused_since).collect();
    assert_eq!(since, [Some(at(1))]);
    say(&mut outbox, 3);
    store(&mut outbox);
    assert_eq!(due(&mut outbox, 3_700), ["a3 mail"]);
}

#[test]
fn so_many_at_once_by_a_channel() {
    let mut outbox = Outbox::default();
    for thread in ["a", "b", "c", "d", "e", "f"] {
        outbox.put(alert(thread, 0, at(0)), &names(&["mail"]), at(0));
    }
    settle(&mut outbox);
    assert_eq!(due(&mut outbox, 0).len(), IN_FLIGHT_MAX);
    assert_eq!((due(&mut outbox, 0).len(), outbox.next_due(at(0))), (0, None));
    outbox.outcome(2, "mail", Became::Delivered, at(0), 0.0);
    assert_eq!(due(&mut outbox, 0), ["e0 mail"]);
}

#[test]
fn pauses() {
    let check =
        |attempts, refused, random, expect| assert_eq!(pause(attempts, refused, random).num_milliseconds(), expect);
    check(1, false, 1.0, 1_000);
    check(1, false, 0.25, 250);
    check(2, false, 1.0, 2_000);
    check(11, false, 0.5, 512_000);
    check(13, false, 1.0, 3_600_000);
    check(u32::MAX, false, 1.0, 3_600_000);
    check(1, true, 0.5, 1_800_000);
    check(1, false, f64::NAN, 1_000);
    check(1, false, -3.0, 0);
}

#[test]
fn whoever_asks_for_a_pause_gets_it() {
    let check = |asked, expect| {
        let mut outbox = Outbox::default();
        outbox.put(alert("a", 0, at(0)), &names(&["mail"]), at(0));
        settle(&mut outbox);
        assert_eq!(due(&mut outbox, 0).len(), 1);
        outbox.outcome(1, "mail", failed(false, asked), at(0), 1.0);
        assert_eq!(outbox.next_due(at(0)), Some(at(expect)), "{asked:?}");
    };
    check(None, 1);
    check(Some(0), 1);
    check(Some(120), 120);
    check(Some(u64::MAX), 86_400);
}

#[test]
fn what_cannot_be_stored_goes_out_late_and_says_so() {
    let mut outbox = Outbox::default();
    outbox.put(alert("a", 0, at(0)), &names(&["mail"]), at(0));
    assert_eq!((due(&mut outbox, 0).len(), outbox.next_due(at(0))), (0, Some(at(2))));
    let changes = outbox.changes();
    assert_eq!(changes.len(), 2);
    outbox.not_stored(changes);
    assert_eq!(outbox.changes().len(), 2);
    let sent = outbox.due(at(2));
    assert_eq!(sent.first().map(|one| one.message.remarks.clone()), Some(vec![FROM_MEMORY.to_owned()]));
    // One that is stored has nothing to say.
    let mut outbox = Outbox::default();
    outbox.put(alert("a", 0, at(0)), &names(&["mail"]), at(0));
    settle(&mut outbox);
    assert_eq!(outbox.due(at(0)).first().map(|one| one.message.remarks.len()), Some(0));
}

#[test]
fn of_changes_that_were_not_stored_the_newest_counts() {
    let mut outbox = Outbox::default();
    outbox.put(alert("a", 0, at(0)), &names(&["mail"]), at(0));
    let old = outbox.changes();
    outbox.due(at(2));
    outbox.outcome(1, "mail", Became::Delivered, at(3), 0.0);
    outbox.not_stored(old);
    let changes = outbox.changes();
    let delivered = changes.iter().filter_map(|change| match change {
        Change::Delivery(row) => Some(row.delivered_at),
        Change::Alert(_) => None,
    });
    assert_eq!(delivered.collect::<Vec<_>>(), [Some(at(3))]);
    assert_eq!(changes.len(), 2);
}

#[test]
fn a_channel_that_works_again_is_used_at_once() {
    let mut outbox = Outbox::default();
    for thread in ["a", "b", "c"] {
        outbox.put(alert(thread, 0, at(0)), &names(&["mail"]), at(0));
    }
    settle(&mut outbox);
    due(&mut outbox, 0);
    outbox.outcome(1, "mail", failed(true, None), at(0), 1.0);
    outbox.outcome(2, "mail", failed(false, Some(900)), at(0), 1.0);
    outbox.outcome(3, "mail", Became::Delivered, at(5), 1.0);
    // Not the one that was refused.
    assert_eq!(due(&mut outbox, 5), ["b0 mail"]);
}

#[test]
fn a_reload_makes_due_what_waits() {
    let mut outbox = Outbox::default();
    for (thread, place) in [("a", 0), ("a", 1), ("b", 0)] {
        outbox.put(alert(thread, place, at(0)), &names(&["mail"]), at(0));
    }
    settle(&mut outbox);
    assert_eq!(due(&mut outbox, 0), ["a0 mail", "b0 mail"]);
    // The password is wrong.
    outbox.outcome(1, "mail", failed(true, None), at(1), 1.0);
    assert_eq!(due(&mut outbox, 1), ["a1 mail"]);
    outbox.outcome(2, "mail", failed(true, None), at(1), 1.0);
    outbox.outcome(3, "mail", failed(false, Some(900)), at(1), 1.0);
    assert_eq!(due(&mut outbox, 2), [""; 0]);
    outbox.reloaded(at(3));
    assert_eq!(due(&mut outbox, 3), ["a0 mail", "b0 mail"]);
    // It is right now, for one at least; since when the other is refused is not forgotten.
    outbox.outcome(1, "mail", failed(true, None), at(4), 1.0);
    outbox.outcome(3, "mail", Became::Delivered, at(4), 1.0);
    assert_eq!(due(&mut outbox, 4), ["a1 mail"]);
    let since: Vec<_> = outbox.waiting().map(|(.., waiting)| waiting.refused_since).collect();
    assert_eq!(since, [Some(at(1)); 2]);
}

#[test]
fn a_clock_that_was_set_back_holds_nobody_up() {
    let mut outbox = Outbox::default();
    outbox.put(alert("a", 0, at(0)), &names(&["mail"]), at(0));
    assert_eq!(due(&mut outbox, -1_000_000), ["a0 mail"]);
}

#[test]
fn a_person_takes_it_back() {
    let mut outbox = Outbox::default();
    outbox.put(alert("a", 0, at(0)), &names(&["mail", "pager"]), at(0));
    outbox.put(alert("a", 1, at(0)), &names(&["mail"]), at(0));
    settle(&mut outbox);
    due(&mut outbox, 0);
    CHANNELS.iter().for_each(|channel| outbox.withdrawn(1, channel));
    assert_eq!((outbox.waiting().count(), outbox.changes().len()), (1, 0));
    assert_eq!(due(&mut outbox, 0), ["a1 mail"]);
    // Its answer comes too late.
    outbox.outcome(1, "mail", failed(false, None), at(1), 1.0);
    assert_eq!(outbox.waiting().count(), 1);
}

#[test]
fn an_alert_that_is_in_the_history_no_more_comes_with_its_delivery() {
    let mut outbox = Outbox::default();
    outbox.put(alert("a", 0, at(0)), &names(&["mail", "pager"]), at(0));
    settle(&mut outbox);
    due(&mut outbox, 0);
    // Another history stands there now.
    let Disk::Memory(history) = Disk::memory() else { return };
    let store = |outbox: &mut Outbox| {
        let changes = outbox.changes();
        let stored = rows::store(&history, &changes).expect("nothing keeps all else from being stored");
        outbox.stored(&changes, &stored);
    };
    outbox.outcome(1, "mail", Became::Delivered, at(1), 1.0);
    outbox.put(alert("b", 0, at(1)), &names(&["mail"]), at(1));
    store(&mut outbox);
    outbox.outcome(1, "pager", failed(false, None), at(1), 1.0);
    store(&mut outbox);
    let waiting = rows::waiting(&history).expect("read");
    let told: Vec<_> = waiting.iter().map(|(alert, of)| (alert.id, alert.thread.as_str(), of.len())).collect();
    assert_eq!(told, [(1, "a", 2), (2, "b", 1)]);
}

#[test]
fn an_alert_whose_number_another_has_gets_the_next() {
    let Disk::Memory(history) = Disk::memory() else { return };
    let store = |outbox: &mut Outbox| {
        let changes = outbox.changes();
        let stored = rows::store(&history, &changes).expect("stored");
        outbox.stored(&changes, &stored);
    };
    let mut outbox = Outbox::default();
    outbox.put(alert("mine", 0, at(0)), &names(&["mail"]), at(0));
    // It is under way when it is found out; two more were said by somebody else.
    assert_eq!(due(&mut outbox, 3), ["mine0 mail"]);
    let mut another = Outbox::default();
    (0..2).for_each(|place| drop(another.put(alert("other", place, at(0)), &names(&["mail"]), at(0)).to_string()));
    store(&mut another);
    store(&mut outbox);
    assert_eq!(rows::told_of(&history, "mine").expect("read"), []);
    store(&mut outbox);
    outbox.outcome(1, "mail", Became::Delivered, at(4), 1.0);
    assert_eq!(outbox.waiting().count(), 0);
    store(&mut outbox);
    let told = rows::told_of(&history, "mine").expect("read");
    let of: Vec<_> = told.iter().flat_map(|(alert, of)| of.iter().map(|one| (alert.id, one.delivered_at))).collect();
    assert_eq!(of, [(3, Some(at(4)))]);
    let (row, _) = told.first().expect("one");
    assert_eq!(serde_json::from_str::<Message>(&row.message).expect("JSON").id, 3);
    assert_eq!(rows::waiting(&history).expect("read").len(), 2, "the other's wait still");
    assert_eq!(outbox.put(alert("mine", 1, at(5)), &[], at(5)), 4);
}

#[test]
fn words_that_cannot_be_read_are_told_as_such() {
    let row = |id, standing: &str| rows::Alert {
        id,
        thread: "a".to_owned(),
        at: at(0),
        kind: "fact".to_owned(),
        severity: Severity::Critical,
        standing: standing.to_owned(),
        message: "{".to_owned(),
    };
    let waits = |alert| rows::Delivery {
        alert,
        channel: "mail".to_owned(),
        attempts: 3,
        next_at: Some(at(0)),
        delivered_at: None,
        withdrawn_by: None,
        failure: None,
        refused_since: None,
    };
    let standing = serde_json::to_string(&alert("a", 4, at(0)).standing).expect("JSON");
    let stored = vec![(row(7, ""), vec![waits(7)]), (row(9, &standing), vec![waits(9)])];
    let mut outbox = Outbox::load(stored, 3, "db7");
    let sent = outbox.due(at(0));
    let told: Vec<_> = sent.iter().map(|one| (one.message.thread.as_str(), one.message.place_in_thread)).collect();
    assert_eq!(told, [("unreadable-7", 0), ("a", 4)]);
    for one in &sent {
        assert!(one.message.lead.what.contains("cannot be read") && one.message.host == "db7", "{:?}", one.message);
    }
    assert_eq!(outbox.put(alert("b", 0, at(0)), &[], at(0)), 10);
}

/// What may happen.
#[derive(Debug, Clone)]
enum Act {
    /// Something is said in a thread, by these channels.
    Say { thread: usize, channels: usize },
    /// The keeper stores what is to be stored; the disk may be full.
    Store { full: bool },
    /// What is due is handed to the channels.
    Send,
    /// One of those under way ends: it arrived and that is known; it arrived and the answer was lost; it failed; it was refused.
    End { which: usize, how: u8 },
    /// The process is killed, and another takes up what was stored.
    Crash,
    /// Time passes, or the clock is set.
    Clock(i64),
    /// The history is moved away, and a new one is made.
    Replace,
    /// Another daemon, that ought not to run, says something under the number that comes next.
    Another,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..3_usize, 1..8_usize).prop_map(|(thread, channels)| Act::Say { thread, channels }),
        4 => prop::bool::weighted(0.3).prop_map(|full| Act::Store { full }),
        5 => Just(Act::Send),
        8 => (0..8_usize, 0..4_u8).prop_map(|(which, how)| Act::End { which, how }),
        1 => Just(Act::Crash),
        4 => prop_oneof![9 => 0..4_000_i64, 1 => -200_000..200_000_i64].prop_map(Act::Clock),
        1 => Just(Act::Replace),
        1 => Just(Act::Another),
    ];
    prop::collection::vec(act, 0..120)
}

/// The disk.
enum Disk {
    Memory(Connection),
    File(TempDir),
}

impl Disk {
    fn memory() -> Self {
        let history = Connection::open_in_memory().expect("memory");
        MIGRATIONS.iter().for_each(|step| history.execute_batch(step.sql).expect("a step"));
        Self::Memory(history)
    }

    fn path(directory: &TempDir) -> PathBuf {
        directory.path().join("history.db")
    }

    /// Puts an empty one in its place. On a disk that is done by people, and left out here.
    fn replace(&mut self) {
        if let Self::Memory(_) = self {
            *self = Self::memory();
        }
    }

    /// What becomes of changes; none if they could not be stored, which only a full disk is a reason for.
    fn store(&self, changes: &[Change], full: bool) -> Option<rows::Stored> {
        match self {
            Self::Memory(history) => (!full).then(|| rows::store(history, changes).expect("stored")),
            Self::File(directory) => {
                let database = Database::write(&Self::path(directory)).expect("a history");
                let store = || rows::store(database.connection(), changes);
                if !full {
                    return Some(store().expect("stored"));
                }
                let fault = Fault { operation: Operation::Write, nth: 1, full: true, lasting: true };
                let (result, fired) = with_fault(fault, store);
                assert_eq!(result.is_err(), fired, "what could not be written is not said to be kept");
                result.ok()
            }
        }
    }

    fn load(&self) -> (Vec<rows::Sent>, Vec<rows::Sent>, i64) {
        let of = |history: &Connection| {
            let all = rows::since(history, DateTime::UNIX_EPOCH).expect("read");
            (rows::waiting(history).expect("read"), all, rows::last(history).expect("read"))
        };
        match self {
            Self::Memory(history) => of(history),
            Self::File(directory) => of(Database::read(&Self::path(directory)).expect("a history").connection()),
        }
    }
}

/// The world: what was to be said, and what arrived.
struct World {
    disk: Disk,
    outbox: Outbox,
    now: i64,
    crashes: usize,
    /// By thread: the channels of each place, in order. It is what the policy would say again if it is not stored.
    said: Vec<Vec<Vec<String>>>,
    under_way: Vec<Delivery>,
    /// By thread, place and channel: how often it arrived, and how often its answer was lost.
    arrived: BTreeMap<(String, u32, String), (usize, usize)>,
    /// The same of what was refused at some time.
    refused: BTreeSet<(String, u32, String)>,
    /// Whether the history was moved away and nobody but this process knows what was said.
    replaced: bool,
    /// Whether that is forgotten, too: what is said again may be said behind what was kept.
    forgotten: bool,
}

impl World {
    fn new(disk: Disk) -> Self {
        let (said, under_way, arrived, refused) = (vec![Vec::new(); 3], Vec::new(), BTreeMap::new(), BTreeSet::new());
        Self {
            disk,
            outbox: Outbox::default(),
            now: 0,
            crashes: 0,
            said,
            under_way,
            arrived,
            refused,
            replaced: false,
            forgotten: false,
        }
    }

    fn put(&mut self, thread: usize, place: usize) {
        let channels = self.said[thread][place].clone();
        let now = at(self.now);
        self.outbox.put(alert(&format!("t{thread}"), place as u32, now), &channels, now);
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Say { thread, channels } => {
                let of = (0..3).filter(|bit| channels & (1 << bit) != 0).map(|bit| CHANNELS[bit].to_owned());
                self.said[*thread].push(of.collect());
                self.put(*thread, self.said[*thread].len() - 1);
            }
            Act::Store { full } => {
                let changes = self.outbox.changes();
                match self.disk.store(&changes, *full) {
                    Some(stored) => self.outbox.stored(&changes, &stored),
                    None => self.outbox.not_stored(changes),
                }
            }
            Act::Replace => {
                self.disk.replace();
                self.replaced = true;
            }
            Act::Another => {
                let mut another = Outbox::load(Vec::new(), self.outbox.last, "db7");
                another.put(alert("another", 0, at(self.now)), &[], at(self.now));
                self.disk.store(&another.changes(), false);
            }
            Act::Send => {
                self.under_way.extend(self.outbox.due(at(self.now)));
                for channel in CHANNELS {
                    assert!(self.under_way.iter().filter(|one| one.channel == channel).count() <= IN_FLIGHT_MAX);
                }
            }
            Act::End { which, how } if !self.under_way.is_empty() => {
                let one = self.under_way.remove(which % self.under_way.len());
                self.end(&one, *how);
            }
            Act::End { .. } => {}
            Act::Crash => {
                self.crashes += 1;
                self.forgotten |= self.replaced;
                self.under_way.clear();
                let (waiting, all, last) = self.disk.load();
                self.outbox = Outbox::load(waiting, last, "db7");
                // The policy says again what it does not find.
                for thread in 0..self.said.len() {
                    let of_it = all.iter().filter(|(alert, _)| alert.thread == format!("t{thread}"));
                    let standing =
                        |alert: &rows::Alert| serde_json::from_str::<Standing>(&alert.standing).expect("JSON");
                    let stored: BTreeSet<u32> = of_it.map(|(alert, _)| standing(alert).place).collect();
                    let missing = (0..self.said[thread].len()).filter(|place| !stored.contains(&(*place as u32)));
                    missing.for_each(|place| self.put(thread, place));
                }
            }
            Act::Clock(by) => self.now += by,
        }
    }

    fn end(&mut self, one: &Delivery, how: u8) {
        let place = one.message.place_in_thread;
        let key = (one.message.thread.clone(), place, one.channel.clone());
        if how < 2 {
            // All before it in its thread have arrived by this channel, or were refused.
            let thread: usize = key.0[1..].parse().expect("a number");
            for before in if self.forgotten { 0..0 } else { 0..place } {
                let meant = self.said[thread][before as usize].contains(&one.channel);
                let before_it = (key.0.clone(), before, one.channel.clone());
                let there = self.arrived.contains_key(&before_it) || self.refused.contains(&before_it);
                assert!(!meant || there, "{key:?} overtook {before}");
            }
            let (times, lost) = self.arrived.entry(key).or_default();
            *times += 1;
            *lost += usize::from(how == 1);
        } else if how == 3 {
            self.refused.insert(key);
        }
        let became = match how {
            0 => Became::Delivered,
            1 | 2 => failed(false, None),
            _ => failed(true, None),
        };
        self.outbox.outcome(one.alert, &one.channel, became, at(self.now), 0.7);
    }

    /// The disk has room again and all channels work: everything arrives, and nothing too often.
    fn check(mut self) {
        // The second time with other numbers, if another daemon has those of the first.
        (0..2).for_each(|_| self.act(&Act::Store { full: false }));
        while !self.under_way.is_empty() {
            self.act(&Act::End { which: 0, how: 0 });
        }
        let mut rounds = 0;
        while self.outbox.waiting().next().is_some() {
            self.act(&Act::Send);
            if self.under_way.is_empty() {
                let next = self.outbox.next_due(at(self.now)).expect("what waits is due at some time");
                assert!(next > at(self.now), "what is due is sent");
                self.now += (next - at(self.now)).num_seconds() + 1;
            }
            while !self.under_way.is_empty() {
                self.act(&Act::End { which: 0, how: 0 });
            }
            rounds += 1;
            assert!(rounds < 10_000, "it ends");
        }
        assert_eq!(self.outbox.next_due(at(self.now)), None);
        self.act(&Act::Store { full: false });
        let (waiting, ..) = self.disk.load();
        assert_eq!(waiting, [], "what arrived does not wait");
        for (thread, places) in self.said.iter().enumerate() {
            for (place, channel) in
                (0..).zip(places).flat_map(|(place, channels)| channels.iter().map(move |one| (place, one)))
            {
                let key = (format!("t{thread}"), place, channel.clone());
                let (times, lost) = *self.arrived.get(&key).unwrap_or_else(|| panic!("{key:?} never arrived"));
                assert!(times <= 1 + self.crashes + lost, "{key:?} arrived {times} times");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever happens: at least once, never lost, in order, duplicates bounded by crashes and lost answers.
    #[test]
    fn nothing_is_lost_whatever_happens(acts in acts()) {
        let mut world = World::new(Disk::memory());
        acts.iter().for_each(|act| world.act(act));
        world.check();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// The same with a history in a file, opened anew after each crash, on a disk that is full in the middle of a write.
    #[test]
    fn nothing_is_lost_with_a_history_on_a_disk(acts in acts()) {
        install();
        let directory = tempfile::tempdir().expect("a directory");
        drop(Database::write(&Disk::path(&directory)).expect("a history"));
        let mut world = World::new(Disk::File(directory));
        acts.iter().for_each(|act| world.act(act));
        world.check();
    }
}
