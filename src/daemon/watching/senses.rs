//! What is watched and is no file that is followed: the history, the kernel's log, its notices of devices, the configured commands.

use crate::config::Command;
use crate::model::{COMMANDS, DEVICES, HISTORY, KERNEL};
use crate::words::clean;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What was missed is told for so long after the last time: a flood comes in waves, and each wave is no news.
const MISSED: Duration = Duration::from_mins(10);

/// So many runs in a row have failed before it is told: one may have met a controller that was busy.
const RUNS: u32 = 2;

/// How each of them is.
#[derive(Debug, Default)]
pub(in crate::daemon) struct Senses {
    by_name: BTreeMap<String, Sense>,
}

/// One of them.
#[derive(Debug, Default)]
struct Sense {
    /// Why it is not watched, if so. What was told first stays: a fact whose words change is another fact each time.
    why: Option<String>,
    /// When it is over by itself.
    until: Option<Instant>,
    /// How often in a row it failed.
    failed: u32,
    /// Why it failed last, if it did.
    failure: Option<String>,
}

impl Senses {
    /// Why the history is not kept, if that is so for long.
    pub(in crate::daemon) fn history(&mut self, not_kept: Option<&str>) {
        self.sense(HISTORY).is(not_kept);
    }

    /// Records of the kernel's log were overwritten before they could be read.
    pub(in crate::daemon) fn overwritten(&mut self, records: u64, now: Instant) {
        let why = format!(
            "records of the kernel's log were overwritten before they could be read, {records} at first: what they told of drives is not known"
        );
        self.sense(KERNEL).missed(why, now);
    }

    /// Notices of devices were dropped.
    pub(in crate::daemon) fn dropped(&mut self, now: Instant) {
        let why = "the kernel dropped notices of devices that came and went, faster than they could be read; all was read anew, but what came and went between is not known";
        self.sense(DEVICES).missed(why.to_owned(), now);
    }

    /// A command was run, and why its output could not be read, if so. Gives whether it fails otherwise than the last time.
    pub(in crate::daemon) fn ran(&mut self, command: &str, failed: Option<&str>) -> bool {
        let sense = self.sense(&format!("{COMMANDS}{command}"));
        sense.failed = failed.map_or(0, |_| sense.failed.saturating_add(1));
        let why = failed.map(|why| format!("nothing can be read of the command {}: {}", clean(command), clean(why)));
        sense.is(why.filter(|_| sense.failed >= RUNS).as_deref());
        let before = std::mem::replace(&mut sense.failure, failed.map(str::to_owned));
        sense.failure.is_some() && sense.failure != before
    }

    /// Why each is not watched, if so. `lost`: which were told to be lost, perhaps by a daemon before this one.
    pub(super) fn say(
        &mut self,
        commands: &[Command],
        lost: impl Iterator<Item = String>,
        now: Instant,
    ) -> BTreeMap<String, Option<String>> {
        for sense in self.by_name.values_mut() {
            if sense.until.is_some_and(|until| until <= now) {
                (sense.why, sense.until) = (None, None);
            }
        }
        let is_configured = |name: &str| {
            name.strip_prefix(COMMANDS).is_none_or(|name| commands.iter().any(|command| command.name == name))
        };
        self.by_name.retain(|name, _| is_configured(name));
        // A single failure says neither.
        let told = self.by_name.iter().filter(|(_, sense)| sense.why.is_some() || sense.failed == 0);
        let mut say: BTreeMap<String, Option<String>> =
            told.map(|(name, sense)| (name.clone(), sense.why.clone())).collect();
        // What a daemon before this one missed was missed by that one. Of a command that is not configured any more it stands that nothing is
        // read of it: nobody retired it.
        for name in lost.filter(|name| [HISTORY, KERNEL, DEVICES].contains(&name.as_str())) {
            say.entry(name).or_default();
        }
        say
    }

    fn sense(&mut self, name: &str) -> &mut Sense {
        self.by_name.entry(name.to_owned()).or_default()
    }
}

impl Sense {
    /// It is not watched, for this reason; or it is.
    fn is(&mut self, not: Option<&str>) {
        self.why = not.map(|why| self.why.take().unwrap_or_else(|| why.to_owned()));
    }

    /// Something of it was missed, and it is watched on.
    fn missed(&mut self, why: String, now: Instant) {
        self.is(Some(&why));
        self.until = Some(now + MISSED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens, a word each at its second: `k` records are overwritten, `d` notices dropped, `f` the command `card` fails, `w` it
    /// works; and what is said at the end.
    fn check(course: &str, configured: bool, lost: &[&str], at: u64, expect: &[(&str, Option<&str>)]) {
        let begin = Instant::now();
        let (mut senses, second) = (Senses::default(), |second: u64| begin + Duration::from_secs(second));
        for word in course.split_whitespace() {
            let (act, when) = word.split_at(1);
            let now = second(when.parse().expect("a second"));
            match act {
                "k" => senses.overwritten(7, now),
                "d" => senses.dropped(now),
                "f" => drop(senses.ran("card", Some("it hangs"))),
                _ => drop(senses.ran("card", None)),
            }
        }
        let card =
            Command { name: "card".to_owned(), run: Vec::new(), every: Duration::ZERO, limit: Duration::from_secs(1) };
        let commands = if configured { vec![card] } else { Vec::new() };
        let said = senses.say(&commands, lost.iter().map(|name| (*name).to_owned()), second(at));
        let said: Vec<(&str, Option<&str>)> = said
            .iter()
            .map(|(name, why)| (name.as_str(), why.as_deref().and_then(|why| why.split(' ').next())))
            .collect();
        assert_eq!(said, expect, "{course} {configured} {lost:?} {at}");
    }

    #[test]
    fn what_was_missed_is_told_for_a_while() {
        check("k0", true, &[], 60, &[("kernel", Some("records"))]);
        check("k0", true, &[], 600, &[("kernel", None)]);
        check("k0 k500", true, &[], 600, &[("kernel", Some("records"))]);
        check("k0 d599", true, &[], 600, &[("devices", Some("the")), ("kernel", None)]);
        // By a daemon before.
        check("", true, &["kernel", "devices", "kernel-log"], 0, &[("devices", None), ("kernel", None)]);
        check("k0", true, &["kernel"], 0, &[("kernel", Some("records"))]);
    }

    #[test]
    fn a_command_is_lost_when_it_failed_twice() {
        check("w0", true, &[], 1, &[("command/card", None)]);
        check("f0", true, &["command/card"], 1, &[]);
        check("f0 f1", true, &[], 9_000, &[("command/card", Some("nothing"))]);
        check("f0 w1 f2", true, &[], 3, &[]);
        check("f0 f1 w2", true, &[], 3, &[("command/card", None)]);
        // It did not run yet since the daemon started; it is configured no longer.
        check("", true, &["command/card"], 3, &[]);
        check("", false, &["command/card"], 3, &[]);
        check("f0 f1", false, &["command/card"], 3, &[]);
    }

    /// The journal had the same line each 30 s for ever.
    #[test]
    fn a_failure_is_news_when_it_is_another() {
        let mut senses = Senses::default();
        let mut check =
            |failed: Option<&str>, expect: bool| assert_eq!(senses.ran("card", failed), expect, "{failed:?}");
        check(None, false);
        check(Some("it hangs"), true);
        check(Some("it hangs"), false);
        check(Some("no such file"), true);
        check(None, false);
        check(Some("no such file"), true);
    }
}
