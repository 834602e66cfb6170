//! Reading the machine and running configured programs: what is asked, and what the answers say.

use super::Core;
use super::inlets::{In, begun};
use crate::daemon::asking::{Answer as Asked, Request};
use crate::daemon::files::whole_of;
use crate::daemon::glance;
use crate::daemon::heard::{Heard, Item, Origin};
use crate::daemon::lines::complain;
use crate::daemon::looks::Ended;
use crate::daemon::programs::Run;
use crate::daemon::schedule::Look;
use crate::machine::readers::Heard as FromReaders;
use crate::model::{ArrayState, COMMAND, Kind, MACHINE, STARTING, Subject};
use crate::observe::capture::{self, Told};
use crate::observe::{Options, SoFar, recognise};
use crate::probes::md::Array;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// What all readings of machines are called as a source.
const SCAN: &str = "scan";

/// A command that takes longer makes a drive a slow one, in microseconds.
const SLOW: u64 = 1_000_000;

impl Core {
    /// The process that reads devices tells something.
    pub(super) fn asked(&mut self, number: u32, message: &[u8]) {
        match Asked::decode(message) {
            Some(Asked::Entry(entry)) => self.looks.take(number, *entry),
            Some(Asked::Output(bytes)) => self.programs.printed(number, &bytes),
            Some(Asked::Status(status)) => self.programs.status(number, status),
            Some(Asked::Failed(why)) if !self.programs.failed(number, why.clone()) => complain(&why),
            Some(Asked::Failed(_)) | None => {}
        }
    }

    /// It has done what it was asked.
    pub(super) fn ended(&mut self, number: u32) {
        if let Some(run) = self.programs.end(number) {
            return self.printed(&run);
        }
        let ended = self.looks.end(number, &self.host, Utc::now().timestamp());
        let Some(Ended { look, began, told }) = ended else { return };
        self.schedule.ended(look);
        let Some(mut told) = told else { return };
        let at = self.read_at(told.at);
        if at != told.at {
            told.is_of(at);
        }
        let (mut items, name) = (Vec::new(), Arc::from(SCAN));
        let mut ear = self.known.listen(&mut items, false);
        match look {
            Look::Arrays | Look::Glance => told.tell_glance(&name, &mut ear),
            Look::All { .. } => {
                let source = told.tell(&name, false, &mut ear);
                source.problems.iter().for_each(|problem| complain(problem));
            }
        }
        if let Look::All { .. } = look {
            self.schedule.busy(is_busy(&told));
            let uptime = told.machine.topology.uptime.unwrap_or(STARTING);
            if let Some(left) = STARTING.checked_sub(uptime).filter(|left| *left > 0) {
                // What has not come by then is missing.
                self.schedule.started(self.began.elapsed(), Duration::from_secs(left));
            }
            self.speaking.looked(began);
        }
        self.looks.read(told);
        self.read_says(name, items);
    }

    /// The arrays that are known were read anew.
    pub(super) fn arrays_read(&mut self, order: u64, arrays: Vec<Array>) {
        self.schedule.ended(Look::Arrays);
        if !self.looks.is_news(order) {
            return;
        }
        let at = self.read_at(DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap_or_default());
        let (mut items, name) = (Vec::new(), Arc::from(SCAN));
        if let Some(told) = self.looks.last() {
            told.tell_arrays(&arrays, at, &name, &mut self.known.listen(&mut items, false));
        }
        self.looks.arrays_read(order, arrays);
        self.read_says(name, items);
    }

    /// As of when a reading is told.
    fn read_at(&mut self, at: DateTime<Utc>) -> DateTime<Utc> {
        let known = self.known.last(&Subject::within(Kind::Stream, &self.host, MACHINE));
        let at = capture::reading_at(at, self.read_last.max(known));
        self.read_last = Some(at);
        at
    }

    /// A reading of the machine says all of this.
    fn read_says(&mut self, name: Arc<str>, items: Vec<Item>) {
        let origin = Origin {
            name,
            format: capture::family().name(),
            host: Some(self.host.clone()),
            timezone: None,
            whole: None,
            goes_on: false,
        };
        let so_far = SoFar { records: items.len() as u64, ..SoFar::default() };
        self.heard(Some(Heard { origin, items, again: false, so_far }));
    }

    /// A configured program has ended.
    pub(super) fn printed(&mut self, run: &Run) {
        let family = recognise(&run.printed);
        let why = run.failed.clone().or_else(|| family.is_none().then(|| run.nothing_known()));
        let is_news = self.watching.senses().ran(&run.name, why.as_deref());
        if let Some(why) = why.filter(|_| is_news) {
            complain(&format!("the command {}: {why}", run.name));
        }
        let Some(family) = family else { return };
        let options = Options { host: Some(self.host.clone()), modified: Utc::now(), ..Options::default() };
        let name = Arc::from(format!("{COMMAND}{}", run.name));
        let heard = whole_of(&name, family, &run.printed, &options, false, &mut self.known);
        self.heard(Some(heard));
    }

    /// Begins a glance, and gives its number.
    pub(super) fn glance(&mut self) -> u32 {
        self.next_request = self.next_request.wrapping_add(1);
        let (number, to) = (self.next_request, self.to.clone());
        begun(glance::start(move |entries| drop(to.send(In::Glanced(number, entries)))));
        number
    }

    pub(super) fn request(&mut self, request: &Request) -> u32 {
        self.next_request = self.next_request.wrapping_add(1);
        let bytes = serde_json::to_vec(request).unwrap_or_default();
        if let Err(error) = self.standing.ask(self.next_request, &bytes) {
            // It is answered here, or it would be waited for.
            let failed = Asked::Failed(format!("cannot ask the process that reads devices: {error}")).encode();
            let answers = [FromReaders::Message(self.next_request, failed), FromReaders::Done(self.next_request)];
            answers.into_iter().for_each(|answer| drop(self.to.send(In::Asked(answer))));
        }
        self.next_request
    }
}

/// Whether an array rebuilds, or a drive is slow.
fn is_busy(told: &Told) -> bool {
    let rebuilds = told.said.things.iter().any(|read| match &read.reading.thing {
        crate::model::Thing::Array(array) => array.state == ArrayState::Rebuilding,
        _ => false,
    });
    rebuilds || told.readers.iter().any(|reader| reader.slowest > SLOW)
}
