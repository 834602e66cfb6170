//! The outbox against a model of the world: people's channels that fail, a disk that fills up, crashes at any moment, a clock that jumps.

use super::*;
use crate::alerting::compose::watching;
use crate::alerting::{Kind, Lead};
use crate::history::{Database, MIGRATIONS};
use crate::model::Severity;
use arraywatch_faults::{Fault, Operation, install, with_fault};
use proptest::prelude::*;
use rusqlite::Connection;
use std::path::PathBuf;
use tempfile::TempDir;

const CHANNELS: [&str; 3] = ["mail", "pager", "syslog"];

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_400_000_000 + seconds, 0).unwrap_or_default()
}

fn alert(thread: &str, place: u32, now: DateTime<Utc>) -> Alert {
    let message = watching("db7", now, Kind::Fact, Severity::Critical, thread, ["a", "b", "c", "d"]);
    Alert { message: Message { place_in_thread: place, ..message }, standing: Standing { place, cases: Vec::new() } }
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
    outbox.stored(&changes);
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
        rows::store(&history, &changes).expect("stored");
        outbox.stored(&changes);
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
    let mut outbox = Outbox::load(rows::waiting(&history).expect("read"), 3);
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
    assert_eq!(outbox.withdraw(1, "ann"), 2);
    assert_eq!(outbox.withdraw(1, "ann"), 0);
    assert_eq!(due(&mut outbox, 0), ["a1 mail"]);
    // Its answer comes too late.
    outbox.outcome(1, "mail", failed(false, None), at(1), 1.0);
    assert_eq!(outbox.waiting().count(), 1);
}

#[test]
fn words_that_cannot_be_read_are_told_as_such() {
    let row = rows::Alert {
        id: 7,
        thread: "a".to_owned(),
        at: at(0),
        kind: "fact".to_owned(),
        severity: Severity::Critical,
        standing: String::new(),
        message: "{".to_owned(),
    };
    let waits = rows::Delivery {
        alert: 7,
        channel: "mail".to_owned(),
        attempts: 3,
        next_at: Some(at(0)),
        delivered_at: None,
        withdrawn_by: None,
        failure: None,
        refused_since: None,
    };
    let mut outbox = Outbox::load(vec![(row, vec![waits])], 3);
    let sent = outbox.due(at(0));
    let Lead { what, .. } = &sent.first().expect("it is due").message.lead;
    assert!(what.contains("cannot be read"), "{what}");
    assert_eq!(outbox.put(alert("b", 0, at(0)), &[], at(0)), 8);
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
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..3_usize, 1..8_usize).prop_map(|(thread, channels)| Act::Say { thread, channels }),
        4 => prop::bool::weighted(0.3).prop_map(|full| Act::Store { full }),
        5 => Just(Act::Send),
        8 => (0..8_usize, 0..4_u8).prop_map(|(which, how)| Act::End { which, how }),
        1 => Just(Act::Crash),
        4 => prop_oneof![9 => 0..4_000_i64, 1 => -200_000..200_000_i64].prop_map(Act::Clock),
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

    fn store(&self, changes: &[Change], full: bool) -> bool {
        match self {
            Self::Memory(history) => !full && rows::store(history, changes).is_ok(),
            Self::File(directory) => {
                let database = Database::write(&Self::path(directory)).expect("a history");
                let store = || rows::store(database.connection(), changes);
                if !full {
                    return store().is_ok();
                }
                let fault = Fault { operation: Operation::Write, nth: 1, full: true, lasting: true };
                let (result, fired) = with_fault(fault, store);
                assert_eq!(result.is_err(), fired, "what could not be written is not said to be kept");
                result.is_ok()
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
}

impl World {
    fn new(disk: Disk) -> Self {
        let (said, under_way, arrived, refused) = (vec![Vec::new(); 3], Vec::new(), BTreeMap::new(), BTreeSet::new());
        Self { disk, outbox: Outbox::default(), now: 0, crashes: 0, said, under_way, arrived, refused }
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
                if self.disk.store(&changes, *full) {
                    self.outbox.stored(&changes);
                } else {
                    self.outbox.not_stored(changes);
                }
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
                self.under_way.clear();
                let (waiting, all, last) = self.disk.load();
                self.outbox = Outbox::load(waiting, last);
                // The policy says again what it does not find.
                for thread in 0..self.said.len() {
                    let stored = all.iter().filter(|(alert, _)| alert.thread == format!("t{thread}")).count();
                    (stored..self.said[thread].len()).for_each(|place| self.put(thread, place));
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
            for before in 0..place {
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
        self.act(&Act::Store { full: false });
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
