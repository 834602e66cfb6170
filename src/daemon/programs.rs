//! Configured programs: when each is run, and what it printed. Time is given.
//!
//! A run that has not ended a while after its time was over never will, or not for long: who would kill it is held up itself, as by a disk
//! that hangs. It is given up, people are told, and its program is run again when it is due; not while two of its runs hang.

use crate::config::Command;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// A run is given up so long after its limit, at which it should have been killed.
const GRACE: Duration = Duration::from_secs(10);

/// They are run so far apart, so that they do not all ask the same controller at once.
const SPREAD: Duration = Duration::from_secs(2);

/// One is not run again before this, whatever fails: as often as a configuration may ask for it (`config/read.rs`).
const APART: Duration = Duration::from_secs(30);

/// So many runs of a program may hang; then it is not run until one of them ends.
const HANGING_MAX: usize = 2;

/// The programs.
#[derive(Default)]
pub(super) struct Programs {
    next: HashMap<String, Turn>,
    running: HashMap<u32, Running>,
    /// Runs that were given up and did not end: of which program.
    hanging: HashMap<u32, String>,
}

/// When a program is run.
struct Turn {
    at: Instant,
    /// When it was last.
    began: Option<Instant>,
}

struct Running {
    run: Run,
    given_up_at: Instant,
}

/// A run of a program.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// The program's name in the configuration.
    pub(super) name: String,
    /// What it printed.
    pub(super) printed: Vec<u8>,
    /// What went wrong.
    pub(super) failed: Option<String>,
    /// The status with which it ended, other than 0.
    pub(super) status: Option<i32>,
}

impl Run {
    /// What it printed is nothing that is known.
    pub(super) fn nothing_known(&self) -> String {
        let printed = if self.printed.is_empty() { "nothing" } else { "what is of no format that is known" };
        match self.status {
            Some(status) => format!("it printed {printed}, and ended with status {status}"),
            None => format!("it printed {printed}"),
        }
    }
}

impl Programs {
    /// Those that are due. They count as begun; the first runs are spread, so that they do not all ask the same controller at once.
    pub(super) fn due<'c>(&mut self, commands: &'c [Command], now: Instant) -> Vec<&'c Command> {
        self.next.retain(|name, _| commands.iter().any(|command| command.name == *name));
        let mut due = Vec::new();
        for (place, command) in (0..).zip(commands) {
            let Command { name, every, .. } = command;
            let turn = self.next.entry(name.clone()).or_insert(Turn { at: now + SPREAD * place, began: None });
            if turn.at <= now && may_run(&self.running, &self.hanging, name) {
                *turn = Turn { at: now + *every, began: Some(now) };
                due.push(command);
            }
        }
        due
    }

    /// They are to be run soon: something failed. They do not follow upon themselves: what a controller that rebuilds is asked, it does
    /// beside that, and what fails each second is no reason to ask it each second.
    pub(super) fn hurry(&mut self, commands: &[Command], now: Instant) {
        for (place, command) in (0..).zip(commands) {
            if let Some(turn) = self.next.get_mut(&command.name) {
                let rested = turn.began.map_or(now, |began| began + command.limit.max(APART));
                turn.at = turn.at.min(now.max(rested) + SPREAD * place);
            }
        }
    }

    /// When one is due next, or is given up.
    pub(super) fn next(&self) -> Option<Instant> {
        let due =
            self.next.iter().filter(|(name, _)| may_run(&self.running, &self.hanging, name)).map(|(_, turn)| turn.at);
        due.chain(self.running.values().map(|running| running.given_up_at)).min()
    }

    /// One begins to run.
    pub(super) fn begin(&mut self, number: u32, command: &Command, now: Instant) {
        let run = Run { name: command.name.clone(), ..Run::default() };
        self.running.insert(number, Running { run, given_up_at: now + command.limit + GRACE });
    }

    pub(super) fn printed(&mut self, number: u32, bytes: &[u8]) {
        if let Some(Running { run, .. }) = self.running.get_mut(&number) {
            run.printed.extend_from_slice(bytes);
        }
    }

    /// Something went wrong with it. Whether it was one of these.
    pub(super) fn failed(&mut self, number: u32, why: String) -> bool {
        let run = self.running.get_mut(&number);
        run.map(|running| running.run.failed = Some(why)).is_some()
    }

    /// The status with which one ended, other than 0.
    pub(super) fn status(&mut self, number: u32, status: i32) {
        if let Some(running) = self.running.get_mut(&number) {
            running.run.status = Some(status);
        }
    }

    pub(super) fn end(&mut self, number: u32) -> Option<Run> {
        self.hanging.remove(&number);
        self.running.remove(&number).map(|running| running.run)
    }

    /// Runs that are waited for no longer. What they print still is not read.
    pub(super) fn given_up(&mut self, now: Instant) -> Vec<Run> {
        let over = self.running.iter().filter(|(_, running)| running.given_up_at <= now).map(|(number, _)| *number);
        let over: Vec<u32> = over.collect();
        let mut given_up = Vec::new();
        for number in over {
            let Some(Running { mut run, .. }) = self.running.remove(&number) else { continue };
            self.hanging.insert(number, run.name.clone());
            let again = if may_run(&self.running, &self.hanging, &run.name) {
                "it is run again when it is due"
            } else {
                "two of its runs hang, and it is not run again before one of them ends"
            };
            let why =
                "it was not done when its time was over, and could not be ended: the disk that it lies on may hang";
            run.failed = Some(format!("{why}; {again}"));
            given_up.push(run);
        }
        given_up
    }
}

fn may_run(running: &HashMap<u32, Running>, hanging: &HashMap<u32, String>, name: &str) -> bool {
    let hang = hanging.values().filter(|hanging| *hanging == name).count();
    hang < HANGING_MAX && !running.values().any(|running| running.run.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What happens with one program, due each minute with a limit of ten seconds. Each word is what is done, and at which second:
    /// `d12` asks for what is due; `e12:1` the first run ends; `f12` something fails.
    fn check(course: &str, expect: &str) {
        let command = Command { name: "card".to_owned(), run: Vec::new(), every: 60 * SECOND, limit: 10 * SECOND };
        let (mut programs, begin) = (Programs::default(), Instant::now());
        let (mut told, mut runs) = (Vec::new(), 0);
        for word in course.split_whitespace() {
            let (act, rest) = word.split_at(1);
            let (second, number) = rest.split_once(':').unwrap_or((rest, ""));
            let now = begin + SECOND * second.parse::<u32>().expect("a second");
            let given_up = programs.given_up(now);
            told.extend(given_up.iter().map(|run| {
                let why = run.failed.as_deref().expect("a reason");
                format!("{second}:{}", if why.contains("two of its runs") { "stopped" } else { "given-up" })
            }));
            match act {
                "f" => programs.hurry(std::slice::from_ref(&command), now),
                "d" => {
                    for name in programs.due(std::slice::from_ref(&command), now) {
                        runs += 1;
                        programs.begin(runs, name, now);
                        told.push(format!("{second}:run{runs}"));
                    }
                    assert!(programs.next().is_none_or(|next| next > now), "it does not spin: {course} at {second}");
                }
                _ => {
                    let ended = programs.end(number.parse().expect("a number"));
                    told.push(format!("{second}:{}", if ended.is_some() { "ended" } else { "late" }));
                }
            }
        }
        assert_eq!(told.join(" "), expect, "{course}");
    }

    /// Seven arrays that failed one after another had one run eight times in thirteen seconds.
    #[test]
    fn a_burst_of_failures_does_not_run_it_again_and_again() {
        check("d0 e1:1 f2 d3 f4 d5 f29 d29 d30 e31:2 f32 d33 d59 d60", "0:run1 1:ended 30:run2 31:ended 60:run3");
        check("f0 d0 e1:1 f50 d50 e51:2 d79 d80 d110", "0:run1 1:ended 50:run2 51:ended 110:run3");
    }

    #[test]
    fn a_run_that_never_ends_is_given_up() {
        check("d0 e5:1 d59 d60", "0:run1 5:ended 60:run2");
        check("d0 d19 d20 d60", "0:run1 20:given-up 60:run2");
        check("d0 d20 d60 d80 d120 d200", "0:run1 20:given-up 60:run2 80:stopped");
        // One of those that hang comes to its end.
        check("d0 d20 d60 d80 d120 e130:1 d131", "0:run1 20:given-up 60:run2 80:stopped 130:late 131:run3");
        check("d0 d20 d60 e65:2 d120", "0:run1 20:given-up 60:run2 65:ended 120:run3");
    }
}
