//! Asks a slow device little: after an answer that came late, the device is asked no more in this run, and after the whole took
//! too long, nothing is.

use super::Leash;
use crate::machine::{Answer, Failed, Host, Reply, Request};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// One device is asked for no longer than this, and a reader asks for no longer than that, all together: a shelf of busy drives is read
/// to its end, and a BMC whose log is long as well.
const DEVICE: Duration = Duration::from_secs(90);
const ALL: Duration = Duration::from_secs(900);

/// A host of which no more is asked than is good for it.
pub struct Patient<'a> {
    host: &'a mut dyn Host,
    leash: Leash,
    patience: Duration,
    begin: Instant,
    /// How long each device was asked.
    spent: HashMap<String, Duration>,
    /// Devices that answered late.
    late: HashSet<String>,
    /// Devices that answered.
    asked: HashSet<String>,
}

impl<'a> Patient<'a> {
    /// Asks `host`; an answer is late if it takes longer than the patience.
    pub fn new(host: &'a mut dyn Host, leash: Leash, patience: Duration) -> Self {
        let begin = Instant::now();
        let (spent, late, asked) = Default::default();
        Self { host, leash, patience, begin, spent, late, asked }
    }
}

impl Host for Patient<'_> {
    fn file(&mut self, path: &str) -> Answer<Vec<u8>> {
        self.host.file(path)
    }

    fn list(&mut self, path: &str) -> Answer<Vec<String>> {
        self.host.list(path)
    }

    fn link(&mut self, path: &str) -> Answer<String> {
        self.host.link(path)
    }

    fn kernel_log(&mut self) -> Answer<Vec<String>> {
        self.host.kernel_log()
    }

    fn ask(&mut self, device: &str, request: &Request) -> Reply {
        // A drive behind a card is another device than the card, and another than its neighbours.
        let asked = match request {
            Request::Behind { drive, .. } => format!("{device}/{drive}"),
            _ => device.to_owned(),
        };
        if self.leash.is_quarantined(&asked) {
            return Reply::failed(Failed::Quarantined);
        }
        let spent = self.spent.entry(asked.clone()).or_default();
        if self.late.contains(&asked) || *spent > DEVICE || self.begin.elapsed() > ALL {
            return Reply::failed(Failed::NotAsked);
        }
        self.leash.sent(&asked);
        let begin = Instant::now();
        let reply = self.host.ask(device, request);
        let took = begin.elapsed();
        *spent += took;
        let late = took > self.patience;
        self.leash.answered(&asked, late);
        if late {
            self.late.insert(asked);
        } else {
            self.asked.insert(asked);
        }
        reply
    }
}

impl Drop for Patient<'_> {
    fn drop(&mut self) {
        for device in self.asked.difference(&self.late) {
            self.leash.well(device);
        }
    }
}
