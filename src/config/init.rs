//! The configuration file that is written for a machine. It is the manual of the configuration, too: every key stands in it with what it
//! does. A line that begins with `#` and a letter or a bracket is a setting that is not in force; with `# `, a remark. What is
//! written is read back without a mistake, also when every setting in it is put in force.

use super::seen::{Log, Seen};
use super::{Read, Tell, duration::written};
use crate::words::clean;
use std::fmt::Write as _;
use std::path::Path;

/// The file.
pub fn init(seen: &Seen) -> String {
    let host =
        seen.host.as_deref().filter(|host| host.len() <= 255 && !host.contains(char::is_control)).unwrap_or("db7");
    [front(host), read(), follow(&seen.logs), commands(seen), tell(), channels(host, seen)].concat()
}

fn front(host: &str) -> String {
    format!(
        "# The configuration of arraywatch, which watches this machine's drives and arrays, and tells people.
#
# After a change:   arraywatch config check       says what is wrong, with the line, and what is missing on this machine
#                   systemctl reload arraywatch   takes it over; a file with a mistake is refused, and the old one stays in force
#                   arraywatch tell test          sends a test message by every channel
# Now:              arraywatch status             what is wrong, what to do, what not to touch
#                   arraywatch coverage           what is not watched, and why
#
# Durations are a whole number and a unit: \"30 s\", \"5 min\", \"26 h\", \"4 d\". Paths are whole, from / on. No password stands in this
# file: each is alone in a file of its own (chmod 600), which is named here. A setting behind a # is not in force; take the #
# away, and it is.

# What this machine is called in the history and in messages. Without it: as it calls itself.
#host = {}

# Where the history is kept. Not on the array that is watched, if there is another disk: a failing array takes its story with it.
# ARRAYWATCH_DB and --db overrule it.
#database = \"/var/lib/arraywatch/history.db\"
",
        quoted(host)
    )
}

fn read() -> String {
    let usual = Read::default();
    format!(
        "
# How the drives, arrays, enclosures and the BMC are read. That an array degrades is heard from the kernel at once, whatever stands
# here; this is how often drives are asked how they are. A disk that sleeps is never woken.
[read]

# Whether this machine's devices are read and its kernel is heard at all. A machine that only collects the logs of others says false.
devices = {}

# From one reading of all drives to the next, while nothing happens; 10 s to 1 d. One controller is asked after the other.
every = \"{}\"

# The same after something failed: failures come in bursts. Not longer than `every`.
every_after_failure = \"{}\"

# For how long it is read so after a failure; 1 min to 30 d.
after_failure_for = \"{}\"

# The same while an array rebuilds or a drive answers slowly, so that the rebuild is not disturbed. Not shorter than `every`.
every_while_busy = \"{}\"

# A drive that says nothing for so long is left alone, with the process that asked it; 1 s to 5 min. No drive is ever reset.
patience = \"{}\"
",
        usual.devices,
        written(usual.every),
        written(usual.every_after_failure),
        written(usual.after_failure_for),
        written(usual.every_while_busy),
        written(usual.patience),
    )
}

fn follow(logs: &[Log]) -> String {
    let mut text = "
# Logs that are followed: read from their beginning, then as they grow, through rotation, and after a restart where it left off.
# What a file holds is known by its content. The kernel's log is heard anyway; a file tells what was before. What is read: logs of
# kernels, syslog, Adaptec Storage Manager, MegaRAID events, BMC, apcupsd, NUT, mails of mdadm --monitor, and all outputs of
# vendors' tools that `arraywatch investigate` reads, if something else writes them to a file. An entry for each:
#
#   path      a file, a directory (all in it that is understood), or a pattern with *; it may appear later. Of two
#             entries that find one file the more exact counts: its own path, else what has more before its first *
#   host      whose log it is, where it comes from another machine and does not say; without it: what the log says, or this one
#   timezone  of times that do not say their zone, as the IANA database names it; without it: UTC
#   quiet     a log that says nothing for so long is a case: somebody, or something, may have stopped it. 1 min to 366 d;
#             a little more than its longest usual silence. Without it a log may be silent for ever
#   poll      look at it so often, 1 s to 1 h, where the kernel tells of no changes; without it that is found out (NFS, FUSE)
#[[follow]]
#path = \"/srv/logs/db8/*.log\"
#host = \"db8\"
#timezone = \"America/Chicago\"
#quiet = \"26 h\"
#poll = \"30 s\"
"
    .to_owned();
    for Log { path, format } in logs {
        let Some(path) = path.to_str() else { continue };
        let pattern = quoted(&glob::Pattern::escape(path));
        let _ = match format {
            Some(format) => {
                write!(text, "\n# Recognised as {format}.\n[[follow]]\npath = {pattern}\n#quiet = \"26 h\"\n")
            }
            None => write!(
                text,
                "\n# {} is here, and nothing in its first 16 MiB is of a kind that is known. Its place, if that changes:\n\
                 #[[follow]]\n#path = {pattern}\n",
                clean(path)
            ),
        };
    }
    text
}

fn commands(seen: &Seen) -> String {
    let mut text = "
# Programs whose output is read. None is needed: drives, md arrays, MegaRAID cards and the BMC are read without any. A vendor's tool
# adds what only its controller knows, and disturbs the controller a little each time: so none runs until somebody says so. Run it
# by hand once, and look at what `TOOL | arraywatch investigate -` makes of it. For each:
#
#   name    how it is called here: letters, digits, - and _
#   run     the program by its whole path, and its arguments, each in quotes. No shell reads it
#   every   from one run to the next; 30 s to 30 d
#   limit   it is killed after so long, 1 s to 1 h, and that is told; not longer than `every`. Without it: 1 min
"
    .to_owned();
    let mut entry = |name: &str, what: &str, run: &[&str]| {
        let run: Vec<String> = run.iter().map(|part| quoted(part)).collect();
        let run = run.join(", ");
        let _ = write!(
            text,
            "\n# {what}\n#[[command]]\n#name = \"{name}\"\n#run = [{run}]\n#every = \"1 h\"\n#limit = \"1 min\"\n"
        );
    };
    for (tool, place) in &seen.tools {
        if let Some(place) = place.to_str() {
            entry(tool.name, &format!("Found here: {}.", tool.what), &[&[place], tool.arguments].concat());
        }
    }
    if seen.tools.is_empty() {
        let run = ["/usr/StorMan/arcconf", "getconfig", "1"];
        entry("arcconf", "None was found in the usual places. One would stand here as", &run);
    }
    text
}

fn tell() -> String {
    let usual = Tell::default();
    let remind: Vec<String> = usual.remind.iter().map(|after| format!("\"{}\"", written(*after))).collect();
    format!(
        "
# When people are told. One case is one message; another follows when it gets worse, when what is behind it is known better, when it
# is over. A relapse is always told by itself.
[tell]

# What is less bad is not told: \"info\", \"warning\" or \"critical\". It stands in `arraywatch status` all the same.
severity = \"{}\"

# A case that nobody acknowledged (arraywatch ack) is told of again after so long, counted from the message before; the last one
# repeats. 10 min to 365 d each, rising. An empty list: never again.
remind = [{}]

# More cases than this at once, 1 to 1000, are one message that lists them: a shelf without power is one thing to know, not 24.
storm = {}

# Within so long counts as at once; 1 s to 1 h. What is critical waits for others a minute at most, and not for what is less bad.
storm_within = \"{}\"
",
        usual.from.code(),
        remind.join(", "),
        usual.storm,
        written(usual.storm_within),
    )
}

fn channels(host: &str, seen: &Seen) -> String {
    // A host's name may hold what no mail address does.
    let sender = format!("arraywatch@{host}");
    let sender = if sender.parse::<lettre::Address>().is_ok() { sender } else { "arraywatch@localhost".to_owned() };
    let mail = quoted(&sender);
    let [found, mark] = if seen.relay {
        [
            "A mail server answers on this machine. See to it that somebody reads root's mail, or name other addresses.",
            "",
        ]
    } else {
        ["No mail server answers on port 25 of this machine: name one, and put this in force.", "#"]
    };
    let journal = if seen.journal { "" } else { "#" };
    format!(
        "
# By what people are told: a table for each, with a name of your choice, [channel.NAME]. A message is kept until it is delivered, by
# each channel for itself; one that is dead holds up no other. Have two that share as little as possible: mail does not arrive
# when the mail server's array is the one that failed. All of them may have:
#
#   by         \"smtp\", \"webhook\", \"command\", \"syslog\", \"journal\" or \"file\"
#   severity   what is less bad is not told by it; without it: as in [tell]
#   limit      an attempt is given up after so long, 1 s to 10 min, and made again later; without it: 30 s

# Mail. {found}
#
#   relays   mail servers, tried in order: \"smtp://HOST:587\" (STARTTLS, or not at all sent), \"smtps://HOST:465\" (TLS from the start),
#            \"smtp+plain://localhost:25\" (neither: for one on this machine). One that wants a login, or has a certificate of your own
#            authority, is written as {{ url = \"smtp://HOST:587\", user = \"raid\", password_file = \"/etc/arraywatch/mail.password\",
#            authority = \"/etc/arraywatch/authority.pem\" }}
#   from     the sender's address
#   to       who is told
{mark}[channel.mail]
{mark}by = \"smtp\"
{mark}relays = [\"smtp+plain://localhost:25\"]
{mark}from = {mail}
{mark}to = [\"root@localhost\"]
#severity = \"warning\"
#limit = \"30 s\"

# The same by a mail server elsewhere.
#[channel.mail-elsewhere]
#by = \"smtp\"
#relays = [{{ url = \"smtp://mail.example.com:587\", user = \"raid\", password_file = \"/etc/arraywatch/mail.password\" }}]
#from = {mail}
#to = [\"oncall@example.com\"]

# PagerDuty, by its Events API v2. The case is one incident there, which is resolved when it is repaired; when it gets worse, another one
# calls people again, and takes its place.
#
#   routing_key_file   the file that holds the integration's key, and nothing else
#[channel.pagerduty]
#by = \"webhook\"
#shape = \"pagerduty\"
#routing_key_file = \"/etc/arraywatch/pagerduty.key\"
#severity = \"critical\"

# Slack, Alertmanager, or anything that takes JSON by POST.
#
#   shape                what the receiver understands: \"plain\" (schemas/alert.schema.json), \"slack\", \"pagerduty\", \"alertmanager\"
#   url                  where; Slack's is a secret by itself, so see that only root may read this file
#   authority            certificates (PEM) that are trusted besides those of the system
#   authorization_file   the file that holds what stands in the header Authorization, such as Bearer and a token
#[channel.alertmanager]
#by = \"webhook\"
#shape = \"alertmanager\"
#url = \"https://alertmanager.example.com/api/v2/alerts\"
#authority = \"/etc/arraywatch/authority.pem\"
#authorization_file = \"/etc/arraywatch/alertmanager.authorization\"

# A program, with the message on its standard input and its parts in variables ARRAYWATCH_*.
#
#   run   the program by its whole path, and its arguments, each in quotes. No shell reads it
#[channel.pager]
#by = \"command\"
#run = [\"/usr/local/bin/page\", \"--team\", \"storage\"]

# The system log, by /dev/log. For machines that collect logs: a log wakes nobody.
#
#   facility   daemon, local0 to local7, user, mail, ...; without it: daemon
#[channel.syslog]
#by = \"syslog\"
#facility = \"daemon\"

# The journal, with fields to search by (journalctl ARRAYWATCH_CODE=relapse). A log wakes nobody, and is where people look first.
{journal}[channel.journal]
{journal}by = \"journal\"

# A file, a line of JSON a message.
#
#   path   the file; it is made if need be, its directory is not
#[channel.file]
#by = \"file\"
#path = \"/var/log/arraywatch.jsonl\"
"
    )
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Writes it, with all of it on the disk before it has its name. Others than root and its group have no business in it: it tells where
/// things are.
///
/// # Errors
/// If there is a file already that is not to be replaced, or the system cannot.
pub fn write(path: &Path, text: &str, replace: bool) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let mode = std::fs::Permissions::from_mode(0o640);
    let mut file = tempfile::Builder::new().permissions(mode).tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    let kept = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map_err(|error| error.error)?;
    std::fs::File::open(directory)?.sync_all()
}
