//! Asks a slow device little: after an answer that came late, the device is asked no more in this run, and after the whole took
//! too long, nothing is.

use super::Leash;
use crate::machine::{Answer, Failed, Host, Reply, Request};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// A reader reads for no longer than so many times the patience that its parent has for one answer.
const RUNS: u32 = 3;

/// A host of which no more is asked than is good for it.
pub struct Patient<'a> {
    host: &'a mut dyn Host,
    leash: Leash,
    patience: Duration,
    begin: Instant,
    /// Devices that answered late.
    late: HashSet<String>,
    /// Devices that answered.
    asked: HashSet<String>,
}

impl<'a> Patient<'a> {
    /// Asks `host`; an answer is late if it takes longer than the patience.
    pub fn new(host: &'a mut dyn Host, leash: Leash, patience: Duration) -> Self {
        let begin = Instant::now();
        Self { host, leash, patience, begin, late: HashSet::new(), asked: HashSet::new() }
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
        if self.leash.is_quarantined(device) {
            return Reply::failed(Failed::Quarantined);
        }
        if self.late.contains(device) || self.begin.elapsed() > self.patience * RUNS {
            return Reply::failed(Failed::NotAsked);
        }
        self.leash.sent(device);
        let begin = Instant::now();
        let reply = self.host.ask(device, request);
        let late = begin.elapsed() > self.patience;
        self.leash.answered(device, late);
        if late {
            self.late.insert(device.to_owned());
        } else {
            self.asked.insert(device.to_owned());
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
