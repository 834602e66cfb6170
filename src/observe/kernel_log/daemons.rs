//! What mdadm and smartd tell in the same log.
//!
//! mdadm names an array. smartd names what it opens, `/dev/sda [SAT]`, and says at its start whose serial number that has: until it does,
//! nobody knows which drive it is, and what it says is of the host.

use crate::model::{ArrayRead, ArrayState, Fact, Reading, Severity, Subject, Thing, Trouble};
use crate::observe::machine::kernel::Found;
use crate::observe::mdadm_monitor;
use crate::observe::output::is_serial;
use crate::words::clean;
use arraywatch_parsers::md::monitor::{Alert, Event};
use arraywatch_parsers::smartd::Said;
use arraywatch_parsers::smartd::phrases::Meaning;
use std::collections::BTreeMap;

/// What mdadm tells. It is judged as in its mails, which quote how the arrays are; a log says no more than the line does.
pub(super) fn mdadm(host: &str, alert: &Alert) -> Option<(Subject, Found)> {
    let array = mdadm_monitor::array(host, alert.device.as_deref()?);
    let (fact, severity) = match &alert.event {
        // As the kernel's line says that tells of it.
        Event::Fail => (given_up(alert), Severity::Critical),
        // A spare that was written in the place of a faulty one is whole and a member (mdadm(8), MONITOR MODE). That the sync thread
        // ended (RebuildFinished) is told as well of one that was given up, and of a check.
        Event::SpareActive => (Fact::RebuildCompleted, Severity::Info),
        // It is told of a check and a resync, too, and the line does not say of which.
        Event::RebuildStarted => (Fact::Logged { number: 0 }, Severity::Info),
        Event::SparesMissing => {
            let read = ArrayRead { state: ArrayState::Unknown, level: None, members: Vec::new(), carries: Vec::new() };
            let reasons = vec![mdadm_monitor::spares_missing()];
            let reading = Reading { thing: Thing::Array(read), reasons, unread: None };
            (Fact::Read(Box::new(reading)), Severity::Warning)
        }
        event => mdadm_monitor::meaning(event, alert.extra.as_deref()),
    };
    Some((array, Found { fact, severity }))
}

/// By the same name as the kernel's line.
fn given_up(alert: &Alert) -> Fact {
    let name = alert.component.as_deref().map(|name| clean(name.strip_prefix("/dev/").unwrap_or(name)));
    name.map_or(Fact::DriveFailed, |name| Fact::MemberFailed { name, level: None, working: None })
}

/// Serial numbers by what smartd calls the drives since it began.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// What smartd tells, and of what.
    pub(super) fn hear(&mut self, host: &str, said: &Said) -> Option<(Subject, Found)> {
        let (device, meaning) = match said {
            Said::Began => {
                self.0.clear();
                return None;
            }
            Said::Named { device, serial } => {
                self.0.remove(device);
                if is_serial(serial) {
                    self.0.insert(device.clone(), serial.clone());
                }
                return None;
            }
            Said::Of { device, meaning } => (device, meaning),
        };
        let subject = self.0.get(device).map_or_else(|| Subject::host(host), |serial| Subject::drive(serial));
        Some((subject, found(*meaning)?))
    }
}

/// What a text comes to, judged as what `smartctl` prints of the same drive.
fn found(meaning: Option<Meaning>) -> Option<Found> {
    use Severity::{Critical, Info, Warning};
    let (fact, severity) = match meaning {
        Some(Meaning::News) => return None,
        Some(Meaning::Unreadable) => return Some(Found::trouble(Trouble::Medium, Warning)),
        Some(Meaning::Errors | Meaning::Silent) => return Some(Found::trouble(Trouble::Command, Warning)),
        Some(Meaning::Gone) => return Some(Found::trouble(Trouble::Gone, Warning)),
        Some(Meaning::Hot) => return Some(Found::trouble(Trouble::Housing, Warning)),
        Some(Meaning::Failing) => (Fact::FailurePredicted, Critical),
        Some(Meaning::Worn | Meaning::SpareLow | Meaning::SelfTest) => (Fact::FailurePredicted, Warning),
        // Most of what smartd says is no trouble.
        None => (Fact::Event { number: 0, times: 1 }, Info),
    };
    Some(Found { fact, severity })
}
