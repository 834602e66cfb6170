//! The verbs, one file each; here is what they share: arguments, exit status, output.

mod age;
mod alerts;
mod capture;
mod cases;
mod config;
mod configured;
mod coverage;
mod db;
mod events;
mod exit;
mod explain;
mod export;
mod gather;
mod history;
mod ingest;
mod integrity;
mod investigate;
mod kept;
mod machine;
mod names;
mod operator;
mod progress;
mod prune;
mod readings;
mod run;
mod scan;
mod status;
mod tell;
mod why;

pub use exit::Exit;

use crate::history::{Surroundings, Trouble, place};
use crate::model::CaseState;
use crate::words::printed;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use clap::{Args, Parser, Subcommand};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "arraywatch", version, about = "A storage array health watchdog: what happened, why, and what not to touch", max_term_width = 100, after_help = EXIT_HELP)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    common: Common,
}

const EXIT_HELP: &str = "Exit status:
  0 healthy   1 warning   2 critical   3 cannot tell
  64 wrong usage   65 input not understood at all   66 no such input   70 a bug of ours   74 I/O error
  Of several verdicts the worst counts: critical, warning, cannot tell, healthy.";

const INVESTIGATE_HELP: &str = "Examples:
  arraywatch investigate /var/log/raid/              all that is understood in a directory
  arraywatch investigate RaidEvt.log what-we-did.notes.toml
  ssh db7 cat /usr/StorMan/RaidEvt.log | arraywatch investigate --host db7 -
  arraywatch investigate --json RaidEvt.log | jq .cases[0].suspects

A file of notes tells what people saw and did, in TOML:
  arraywatch = \"notes/1\"
  host = \"db7\"
  [[note]]
  at = 2013-10-26T20:30:00Z
  within = \"30 min\"
  subject = \"array:./c1\"
  fact = \"array-degraded\"
  text = \"the controller beeps\"
Subjects: array:HOST/c1/l0, bay:HOST/c1/e0/s3, drive:SERIAL, controller:HOST/c1, power:HOST, host:HOST; HOST may be a dot.";

const INGEST_HELP: &str = "Examples:
  arraywatch ingest /var/log/raid/                 what is understood in a directory, rotated and compressed parts too
  ssh db7 cat /usr/StorMan/RaidEvt.log | arraywatch ingest --host db7 -
Reading the same again, a longer version, a copy or an overlapping part changes nothing twice.";

const NOTE_HELP: &str = "Examples:
  arraywatch note 'the controller beeps' --at 2013-10-26T20:30:00Z --subject array:db7/c1 --fact array-degraded
  arraywatch note 'cabinet sensor read 12.1 V' --subject power:db7 --fact power-fine --by ann
Facts: array-optimal, array-degraded, array-rebuilding, array-failed, drive-failed, drive-replaced, drive-removed,
failure-predicted, rebuild-started, rebuild-completed, rebuild-failed, power-fine, power-bad, power-event, machine-stopped,
machine-started, recorder-stopped, note";

const JUDGE_HELP: &str = "Examples:
  arraywatch ack 8cf5 --by ann --note 'spare cable is on its way'
  arraywatch repaired 8cf5 --by ann
  arraywatch close 8cf5 --by ann --note 'false alarm: the shelf was moved'
The front of a case's id is enough. What gets worse after it was acknowledged is open again.";

const REPLACED_HELP: &str = "Examples:
  arraywatch replaced --bay db7/c1/e0/s3 --old CVEM0641 --new CVEM0777 --at 2013-10-26T16:30:00Z --by ann";

const RETIRE_HELP: &str = "Examples:
  arraywatch retire drive:CVEM0641003D064KGN --by ann
  arraywatch retire host:db7
Its open cases are closed. What shows itself again is there again.";

const MAINTENANCE_HELP: &str = "Examples:
  arraywatch maintenance host:db7 --until 2013-10-27T06:00:00Z --by ann";

const SCAN_HELP: &str = "Examples:
  arraywatch scan                                  this machine, as root
  arraywatch scan --dry-run --json | jq '.machine.things[] | select(.reasons != [])'
  arraywatch scan --replay /tmp/db7                what another machine answered, as capture wrote it
Only commands that read are sent, few, one at a time for each controller. Sleeping disks are left asleep. A device that does not
answer is left alone, and the rest is read. The exit status is that of the verdict; 3 if there is nothing to read.";

const CAPTURE_HELP: &str = "Examples:
  arraywatch capture /tmp/db7
  arraywatch capture --mask /tmp/for-a-bug-report && arraywatch scan --replay /tmp/for-a-bug-report
Every question with its answer: files of sysfs and procfs, the kernel's log, commands and replies, as lines of JSON.";

const RUN_HELP: &str = "Examples:
  arraywatch config init                           once: what this machine has, as a configuration with remarks
  arraywatch run                                   as root; systemd knows when it is ready, and that it lives
  kill -HUP PID                                    reads the configuration anew; one that is not sound changes nothing
It reads devices by a process of its own, and gives all other privileges up. SIGTERM ends it: status 0; 66 without a configuration, 64 if
that is not sound, 74 if it cannot go on.";

const COVERAGE_HELP: &str = "Examples:
  arraywatch coverage
  arraywatch coverage --host db7 --json | jq '.not_watched[]'
What was lost, what could not be read, logs that are quiet for longer than the configuration has it, paths and commands of the
configuration that are not there, and sources of which more than 2 % are not understood.
The exit status is 0 if all that is known is watched, 3 if something is not; 66 if there is no history.";

const INTEGRITY_HELP: &str = "Examples:
  arraywatch integrity RaidEvt.log
  arraywatch integrity RaidEvt.log.1.gz             compressed files are read as what they hold
  arraywatch integrity --json RaidEvt.log | jq '.sources[].damage[]'
  arraywatch integrity --origin / RaidEvt.log      which file foreign bytes came from; reads all of them";

const EXPLAIN_HELP: &str = "Examples:
  arraywatch explain                  lists the codes
  arraywatch explain stream-damaged";

const STATUS_HELP: &str = "Examples:
  arraywatch status
  arraywatch status --host db7                     every bay of one host, and who sits there
  arraywatch status --json | jq '.on_hold[], .streams[]'
The exit status is that of the verdict; 3 instead of 0 if a daemon is configured and none runs; 66 if there is no history or no such host. A front of a host's name is enough if no other has it.";

const CASES_HELP: &str = "Examples:
  arraywatch cases
  arraywatch cases --all --json | jq '.cases[] | [.id, .code, .subject]'
The exit status is 0, whatever the cases are: status has that of the verdict.";

const WHY_HELP: &str = "Examples:
  arraywatch why 8cf5
  arraywatch why 8cf5 --json | jq '.traces[] | select(.bytes != \"unchanged\")'
A front of a case's id is enough if no other has it. The exit status is 0; 66 if there is no such case, or several begin so.";

const TELL_HELP: &str = "Examples:
  arraywatch tell test                     a message that says that it is a test, by each channel
  arraywatch tell test --channel pager
  arraywatch tell test --json | jq '.channels[] | select(.delivered | not)'
A mail counts as delivered when a relay took it: whether it is read, ask those who should.
Nothing is kept or tried again. PagerDuty opens an incident that somebody has to resolve.
The exit status is 0 if every channel delivered, 74 if one did not; 64 if the configuration is wrong, 66 if there is none.";

const CONFIG_HELP: &str = "Where the configuration is, the first that is set:
  --config FILE, ARRAYWATCH_CONFIG, /etc/arraywatch/config.toml

Examples:
  arraywatch config init                            write one from what this machine has; nothing is overwritten
  arraywatch config init --stdout | less            look at it first
  arraywatch config check                           what it means, and what is missing on this machine
  arraywatch config check new.toml && mv new.toml /etc/arraywatch/config.toml
The exit status of check is 0 if it is right, 64 if it is wrong, 66 if there is none.";

const DB_HELP: &str = "Where the history is, the first that is set:
  --db PATH, ARRAYWATCH_DB, `database` of the daemon's configuration,
  for root /var/lib/arraywatch/history.db,
  $XDG_STATE_HOME/arraywatch/history.db, ~/.local/state/arraywatch/history.db

Examples:
  arraywatch db check
  arraywatch db backup /mnt/usb/history-2013-10-26.db
  arraywatch db prune --older-than 2y --dry-run
  arraywatch db export --format csv > history.csv
  arraywatch --db /mnt/usb/history-2013-10-26.db db check --json | jq .findings";

const HISTORY_HELP: &str = "Examples:
  arraywatch history drive CVEM0712                 the front of a serial number is enough
  arraywatch history bay c1/e0/s3 --host engine     the host chooses between equal places
  arraywatch history array md0 --csv                what happened, a row each
A name that fits several or none is answered with the names that there are; status 64 and 66.";

const EVENTS_HELP: &str = "Examples:
  arraywatch events --since 7d --severity warning
  arraywatch events --subject controller:engine/c1 --until 2013-10-27T00:00:00Z
  arraywatch events --source RaidEvt.log --json | jq -r '.events[] | [.at, .text] | @tsv'
  arraywatch events --subject c1/e0/s3 --host engine --csv
Of readings of a machine those are told that say something new. Nothing that fits is no error. In CSV, a text that a spreadsheet would run as a formula has an apostrophe before it.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Read logs and notes, diagnose, report; nothing is kept
    #[command(after_help = INVESTIGATE_HELP)]
    Investigate {
        /// Files, directories, or - for standard input
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Read the drives, arrays, bays, enclosures and the BMC of this machine; diagnose, report, and keep what was read
    #[command(after_help = SCAN_HELP)]
    Scan(scan::Scan),
    /// Write down what this machine answers, to read it elsewhere
    #[command(after_help = CAPTURE_HELP)]
    Capture(capture::Arguments),
    /// Watch: follow logs, hear the kernel, read drives, keep the history, diagnose, tell people; until it is stopped
    #[command(after_help = RUN_HELP)]
    Run,
    /// What is not watched, and why
    #[command(after_help = COVERAGE_HELP)]
    Coverage,
    /// Read logs and notes into the history
    #[command(after_help = INGEST_HELP)]
    Ingest {
        /// Files, directories, or - for standard input
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// The spans of a log: records, unrecognised text, damage; and what is odd about intact records
    #[command(after_help = INTEGRITY_HELP)]
    Integrity {
        /// Files, directories, or - for standard input
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Search this directory, and all below it on the same file system, for the files that foreign bytes came from
        #[arg(long, value_name = "DIR")]
        origin: Option<PathBuf>,
    },
    /// What became of one drive, bay or array
    #[command(after_help = HISTORY_HELP)]
    History {
        #[command(subcommand)]
        verb: history::Verb,
    },
    /// All that was said, in the order of time
    #[command(after_help = EVENTS_HELP)]
    Events(events::Arguments),
    /// The article of a case code: what it means, what is at stake, what to do, what not to do
    #[command(after_help = EXPLAIN_HELP)]
    Explain {
        /// A code such as stream-damaged; without one, all are listed
        code: Option<String>,
    },
    /// How what is kept stands: arrays, drives, bays, streams, open cases, what is on hold and why
    #[command(after_help = STATUS_HELP)]
    Status,
    /// The cases that last, each with its suspects
    #[command(after_help = CASES_HELP)]
    Cases {
        /// Those that are over, too
        #[arg(long)]
        all: bool,
    },
    /// What was told to people, by what it arrived, what waits and why, what is held
    #[command(after_help = alerts::HELP, args_conflicts_with_subcommands = true)]
    Alerts {
        #[command(subcommand)]
        verb: Option<alerts::Verb>,
        /// What was told long ago, too
        #[arg(long)]
        all: bool,
    },
    /// What a case rests on: every number traced to observations, every observation to bytes of a source
    #[command(after_help = WHY_HELP)]
    Why {
        /// The case's id, or its first characters
        case: String,
    },
    /// Say in the history what was seen or done
    #[command(after_help = NOTE_HELP)]
    Note(operator::Note),
    /// Say that somebody has taken a case
    #[command(after_help = JUDGE_HELP)]
    Ack(operator::Judgement),
    /// Say that what failed was repaired; it may yet fail again
    #[command(after_help = JUDGE_HELP)]
    Repaired(operator::Judgement),
    /// Say that a case is over
    #[command(after_help = JUDGE_HELP)]
    Close(operator::Judgement),
    /// Say that a drive was replaced
    #[command(after_help = REPLACED_HELP)]
    Replaced(operator::Replaced),
    /// Say that something is no longer there, and is not to be waited for
    #[command(after_help = RETIRE_HELP)]
    Retire(operator::Retire),
    /// Say that work is done on something, and what it shows meanwhile is expected
    #[command(after_help = MAINTENANCE_HELP)]
    Maintenance(operator::Maintenance),
    /// The daemon's configuration: write one, check one
    #[command(after_help = CONFIG_HELP)]
    Config {
        #[command(subcommand)]
        verb: config::Verb,
    },
    /// Telling people: try whether messages arrive
    #[command(after_help = TELL_HELP)]
    Tell {
        #[command(subcommand)]
        verb: tell::Verb,
    },
    /// The history's database: check it, copy it, sum up what is old, export all of it
    #[command(after_help = DB_HELP)]
    Db {
        #[command(subcommand)]
        verb: db::Verb,
    },
}

/// What every verb takes.
#[derive(Debug, Args)]
struct Common {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    json: bool,
    /// Whose logs these are [default: what they say, else a fingerprint]
    #[arg(long, global = true, value_name = "NAME", value_parser = host)]
    host: Option<String>,
    /// Zone of times that do not say it or whose abbreviation has several meanings, such as America/Chicago
    #[arg(long, global = true, value_name = "ZONE", value_parser = timezone)]
    timezone: Option<Tz>,
    /// The history [default: $ARRAYWATCH_DB, else `database` of the configuration, else /var/lib/arraywatch/history.db of root, else in the
    /// XDG state directory]
    #[arg(long, global = true, value_name = "PATH")]
    db: Option<PathBuf>,
    /// The daemon's configuration [default: $ARRAYWATCH_CONFIG, else /etc/arraywatch/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The present time, to judge age and what is overdue, such as 2013-10-27T00:00:00Z
    #[arg(long, global = true, value_name = "TIME", value_parser = now)]
    now: Option<DateTime<Utc>>,
}

impl Common {
    /// Where the history is.
    fn place(&self) -> Result<PathBuf, Trouble> {
        let here = Surroundings::here();
        let config = self.config();
        // The configuration of the usual place is root's, and what it names as well: others have a history of their own.
        let is_ours = here.root || config != Path::new(crate::config::DEFAULT_PATH);
        let configured = is_ours.then(|| crate::config::sound(&config).database).flatten();
        place(self.db.as_deref(), &Surroundings { configured, ..here })
    }

    /// Where the daemon's configuration is.
    fn config(&self) -> PathBuf {
        crate::config::place(self.config.as_deref(), std::env::var_os("ARRAYWATCH_CONFIG"))
    }

    /// The present time, as given or as it is.
    fn now(&self) -> DateTime<Utc> {
        self.now.unwrap_or_else(Utc::now)
    }
}

fn host(text: &str) -> Result<String, String> {
    let usable = !text.trim().is_empty() && text.len() <= 255 && !text.chars().any(char::is_control);
    if usable { Ok(text.to_owned()) } else { Err("a host has a name without control characters".to_owned()) }
}

fn timezone(text: &str) -> Result<Tz, String> {
    text.parse()
        .map_err(|_| "no such time zone; give a name of the IANA database, such as America/Chicago or UTC".to_owned())
}

fn now(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"];
    let time = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0));
    time.or_else(day).map(|time| time.and_utc()).ok_or_else(|| "write a time as 2013-10-27T00:00:00Z".to_owned())
}

/// Runs the command line.
pub fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come as errors, too; what cannot be printed has nobody to read it.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Healthy };
        }
    };
    match &cli.verb {
        Verb::Investigate { paths } => investigate::run(paths, &cli.common),
        Verb::Scan(arguments) => scan::run(arguments, &cli.common),
        Verb::Capture(arguments) => capture::run(arguments, &cli.common),
        Verb::Run => run::run(&cli.common),
        Verb::Coverage => coverage::run(&cli.common),
        Verb::Ingest { paths } => ingest::run(paths, &cli.common),
        Verb::Integrity { paths, origin } => integrity::run(paths, origin.as_deref(), &cli.common),
        Verb::History { verb } => history::run(verb, &cli.common),
        Verb::Events(arguments) => events::run(arguments, &cli.common),
        Verb::Explain { code } => explain::run(code.as_deref(), &cli.common),
        Verb::Status => status::run(&cli.common),
        Verb::Cases { all } => cases::run(*all, &cli.common),
        Verb::Alerts { verb, all } => alerts::run(verb.as_ref(), *all, &cli.common),
        Verb::Why { case } => why::run(case, &cli.common),
        Verb::Note(note) => operator::note(note, &cli.common),
        Verb::Ack(judgement) => operator::judge(judgement, CaseState::Acknowledged, &cli.common),
        Verb::Repaired(judgement) => operator::judge(judgement, CaseState::Repaired, &cli.common),
        Verb::Close(judgement) => operator::judge(judgement, CaseState::Closed, &cli.common),
        Verb::Replaced(replaced) => operator::replaced(replaced, &cli.common),
        Verb::Retire(retire) => operator::retire(retire, &cli.common),
        Verb::Maintenance(maintenance) => operator::maintenance(maintenance, &cli.common),
        Verb::Config { verb } => config::run(verb, &cli.common),
        Verb::Tell { verb } => tell::run(verb, &cli.common),
        Verb::Db { verb } => db::run(verb, &cli.common),
    }
}

/// Prints, and gives the exit status that stands if the output could be printed. Colours are taken out where they do not belong.
fn print(text: &str, exit: Exit) -> Exit {
    write(&mut anstream::stdout().lock(), text, exit)
}

fn print_json(value: &serde_json::Value, exit: Exit) -> Exit {
    // There is nothing in it that colours.
    write(&mut io::stdout().lock(), &printed(&format!("{value:#}\n")), exit)
}

fn write(out: &mut impl Write, text: &str, exit: Exit) -> Exit {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => exit,
        // Whoever read the output has read enough: `| head` is no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
        Err(error) => {
            complain(&format!("cannot print the result: {error}"));
            Exit::Io
        }
    }
}

/// Says what went wrong with the history.
fn troubled(trouble: &Trouble) -> Exit {
    complain(&trouble.to_string());
    Exit::of(trouble)
}

/// One line to standard error.
fn complain(message: &str) {
    let _ = writeln!(anstream::stderr(), "arraywatch: {message}");
}
