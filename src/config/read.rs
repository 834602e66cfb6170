//! From the text of a configuration file to what it means.

use super::rules::{self, DAY, HOUR, MINUTE};
use super::table::{Not, Ruled, Table, Wrongs, kind, number, text};
use super::{By, Channel, Command, Config, FACILITIES, Follow, Read, Relay, Shape, Smtp, Tell, Tls, Webhook, Wrong};
use crate::words::clean;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// An attempt of a channel may take so long where nothing else is said.
const ATTEMPT: Duration = Duration::from_secs(30);

/// Where PagerDuty takes events, by its documentation of the Events API v2.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";

/// What a configuration file says.
///
/// # Errors
/// All that is wrong with it, in the order of the file.
pub fn read(text: &str) -> Result<Config, Vec<Wrong>> {
    let (config, wrongs) = understood(text);
    if wrongs.is_empty() { Ok(config) } else { Err(wrongs) }
}

/// What it says as far as that is sound, and all that is wrong with it.
pub(super) fn understood(text: &str) -> (Config, Vec<Wrong>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let wrongs = Wrongs::of(text);
    for error in &errors {
        let instead = "write KEY = VALUE, texts, paths and durations in quotes; # begins a remark";
        let message = error.message().lines().next().unwrap_or_default();
        let span = error.span().unwrap_or_default();
        let not = (message == DUPLICATE).then(|| twice(text, &span)).flatten();
        wrongs.add(span.start, not.unwrap_or_else(|| Not::new(format!("no TOML: {message}"), instead)));
    }
    let unreadable = wrongs.lines();
    let config = config(Table::document(document.get_ref(), &wrongs), &wrongs);
    // What was understood of a line that could not be read means nothing.
    wrongs.forget_beside(&unreadable);
    (config, wrongs.into_sorted())
}

/// What the crate `toml` says of a key or a table that stands there already.
const DUPLICATE: &str = "duplicate key";

/// That a key stands twice in its table, or a table twice in the file, and where it stands first.
fn twice(text: &str, span: &Range<usize>) -> Option<Not> {
    let (before, key) = (text.get(..span.start)?, text.get(span.clone())?.trim());
    let is_head = before.rsplit('\n').next()?.trim_start().starts_with('[');
    let table = |line: &str| {
        line.trim_start().strip_prefix('[').and_then(|line| line.split_once(']')).map(|(name, _)| name.to_owned())
    };
    let mut first = None;
    // What is on the line of the second one is that one.
    let lines = before.bytes().filter(|byte| *byte == b'\n').count();
    let own = text.lines().nth(lines)?;
    for (number, line) in (1..=lines).zip(text.lines()) {
        let is_it = match table(line) {
            Some(name) => {
                first = first.filter(|_| is_head);
                is_head && table(own).is_some_and(|own| own == name)
            }
            None => !is_head && line.split_once('=').is_some_and(|(known, _)| known.trim() == key),
        };
        first = first.or(is_it.then_some(number));
    }
    let (first, shown) = (first?, clean(if is_head { own.trim() } else { key }));
    let instead = if is_head { "put the keys of both below one" } else { "take one of the two lines out" };
    Some(Not::new(format!("`{shown}` stands there twice, first in line {first}"), instead))
}

/// Whatever is wrong is left out, or as if it were not there.
fn config(mut file: Table<'_, '_>, wrongs: &Wrongs<'_>) -> Config {
    let host = file.read("host", rules::host);
    let database = file.read("database", rules::path);
    let read = file.table("read").map_or_else(Read::default, readings);
    let tell = file.table("tell").map_or_else(Tell::default, tell);
    let follow = follows(file.tables("follow"));
    let command = commands(file.tables("command"));
    let channel = channels(file.named("channel"), &tell, wrongs);
    file.finish();
    Config { host, database, read, follow, command, tell, channel }
}

fn readings(mut table: Table<'_, '_>) -> Read {
    let usual = Read::default();
    let every = table.read("every", |value| rules::lasts(value, 10..=DAY));
    let after = table.read("every_after_failure", |value| rules::lasts(value, 10..=DAY));
    let read = Read {
        devices: table.read("devices", rules::yes_or_no).unwrap_or(usual.devices),
        every: every.unwrap_or(usual.every),
        every_after_failure: after.unwrap_or(usual.every_after_failure.min(every.unwrap_or(usual.every))),
        after_failure_for: table
            .read("after_failure_for", |value| rules::lasts(value, MINUTE..=30 * DAY))
            .unwrap_or(usual.after_failure_for),
        every_while_busy: table
            .read("every_while_busy", |value| rules::lasts(value, 10..=DAY))
            .unwrap_or(usual.every_while_busy.max(every.unwrap_or(usual.every))),
        patience: table.read("patience", |value| rules::lasts(value, 1..=5 * MINUTE)).unwrap_or(usual.patience),
    };
    if read.every_after_failure > read.every {
        let what = "`every_after_failure` is longer than `every`";
        table.wrong_at("every_after_failure", Not::new(what, "after a failure drives are read more often, not less"));
    }
    if read.every_while_busy < read.every {
        let what = "`every_while_busy` is shorter than `every`";
        table.wrong_at(
            "every_while_busy",
            Not::new(what, "while drives have much to do they are read less often, not more"),
        );
    }
    table.finish();
    read
}

fn tell(mut table: Table<'_, '_>) -> Tell {
    let usual = Tell::default();
    let remind = table.list("remind", "[\"1 d\", \"2 d\", \"4 d\"]", |item| {
        rules::lasts(item.get_ref(), 10 * MINUTE..=365 * DAY).map(Some)
    });
    if remind.as_ref().is_some_and(|remind| !remind.is_sorted()) {
        let what = "`remind` has a shorter time after a longer one";
        table.wrong_at("remind", Not::new(what, "write them in rising order: each counts from the message before"));
    }
    let told = Tell {
        remind: remind.unwrap_or(usual.remind),
        storm: table.read("storm", |value| number(value, 1..=1_000)).unwrap_or(usual.storm),
        storm_within: table.read("storm_within", |value| rules::lasts(value, 1..=HOUR)).unwrap_or(usual.storm_within),
        from: table.read("severity", rules::severity).unwrap_or(usual.from),
    };
    table.finish();
    told
}

fn follows(tables: Vec<Table<'_, '_>>) -> Vec<Follow> {
    let mut follows: Vec<Follow> = Vec::new();
    for mut table in tables {
        let path = table.need("path", "\"/var/log/kern.log\"", rules::pattern);
        let host = table.read("host", rules::host);
        let timezone = table.read("timezone", rules::timezone);
        let quiet = table.read("quiet", |value| rules::lasts(value, MINUTE..=366 * DAY));
        let poll = table.read("poll", |value| rules::lasts(value, 1..=HOUR));
        if let Some(path) = path {
            if follows.iter().any(|known| known.path == path) {
                let what = format!("{} is followed already", clean(&path.to_string_lossy()));
                table.wrong_at("path", Not::new(what, "take one of the two entries out"));
            }
            follows.push(Follow { path, host, timezone, quiet, poll });
        }
        table.finish();
    }
    follows
}

fn commands(tables: Vec<Table<'_, '_>>) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for mut table in tables {
        let name = table.need("name", "\"arcconf\"", |value| {
            let name = text(value)?;
            rules::plain_name(name).map(|()| name.to_owned())
        });
        let run = run(&mut table);
        let every = table.need("every", "\"1 h\"", |value| rules::lasts(value, 30..=30 * DAY));
        let limit = table.read("limit", |value| rules::lasts(value, 1..=HOUR));
        let limit = limit.unwrap_or(Duration::from_secs(MINUTE).min(every.unwrap_or(Duration::MAX)));
        if every.is_some_and(|every| limit > every) {
            let what = "`limit` is longer than `every`";
            table.wrong_at("limit", Not::new(what, "a run must be over before the next one is due"));
        }
        if let (Some(name), Some(run), Some(every)) = (name, run, every) {
            if commands.iter().any(|known| known.name == name) {
                let what = format!("there is a command \"{name}\" already");
                table.wrong_at("name", Not::new(what, "give each command a name of its own"));
            }
            commands.push(Command { name, run, every, limit });
        }
        table.finish();
    }
    commands
}

/// A program with its arguments.
fn run(table: &mut Table<'_, '_>) -> Option<Vec<String>> {
    const EXAMPLE: &str = "[\"/usr/sbin/program\", \"argument\"]";
    table.must_have("run", EXAMPLE);
    if let Some(line) = table.peek("run", |value| text(value).ok().map(str::to_owned)) {
        let instead = format!("no shell reads it: write run = {}", rules::as_list(&line));
        table.skip("run", Not::new("`run` is one text", instead));
        return None;
    }
    let run = table.list("run", EXAMPLE, |item| rules::argument(item.get_ref()))?;
    rules::program("run", &run).map_err(|not| table.wrong_at("run", not)).ok().map(|()| run)
}

fn channels(tables: Vec<(String, Table<'_, '_>)>, tell: &Tell, wrongs: &Wrongs<'_>) -> BTreeMap<String, Channel> {
    let mut channels = BTreeMap::new();
    for (name, mut table) in tables {
        if let Err(not) = rules::plain_name(&name) {
            table.wrong(not);
        }
        let from = table.read("severity", rules::severity).unwrap_or(tell.from);
        if from < tell.from {
            let what = format!(
                "`severity` is \"{}\", and [tell] lets nothing below \"{}\" out",
                from.code(),
                tell.from.code()
            );
            table.wrong_at("severity", Not::new(what, "lower `severity` in [tell], or raise it here"));
        }
        let limit = table.read("limit", |value| rules::lasts(value, 1..=10 * MINUTE)).unwrap_or(ATTEMPT);
        // What a channel of no kind may have is not known.
        let Some(kind) = table.need("by", "\"smtp\"", |value| rules::word(value, &KINDS)) else { continue };
        if let Some(by) = kind(&mut table, wrongs) {
            channels.insert(name, Channel { from, limit, by });
        }
        table.finish();
    }
    channels
}

/// Reads what is particular to a kind of channel.
type ReadBy = fn(&mut Table<'_, '_>, &Wrongs<'_>) -> Option<By>;

const KINDS: [(&str, ReadBy); 6] = [
    ("smtp", smtp),
    ("webhook", webhook),
    ("command", |table, _| Some(By::Command { run: run(table)? })),
    ("syslog", |table, _| {
        let words = FACILITIES.map(|(word, _)| (word, word));
        let facility = table.read("facility", |value| rules::word(value, &words)).unwrap_or("daemon");
        Some(By::Syslog { facility: facility.to_owned() })
    }),
    ("journal", |_, _| Some(By::Journal)),
    ("file", |table, _| Some(By::File { path: table.need("path", "\"/var/log/arraywatch.jsonl\"", rules::path)? })),
];

fn smtp(table: &mut Table<'_, '_>, wrongs: &Wrongs<'_>) -> Option<By> {
    const RELAYS: &str = "[\"smtp+plain://localhost:25\"]";
    const TO: &str = "[\"oncall@example.com\"]";
    table.must_have("relays", RELAYS);
    table.must_have("to", TO);
    let relays = table.list("relays", RELAYS, |item| relay(item, wrongs));
    let from = table.need("from", "\"arraywatch@example.com\"", rules::address);
    let to = table.list("to", TO, |item| rules::address(item.get_ref()).map(Some));
    table.not_empty("relays", "name one mail server at least: nothing could be sent");
    table.not_empty("to", "name one address at least: nobody would be told");
    Some(By::Smtp(Smtp { relays: relays?, from: from?, to: to? }))
}

/// A mail server: its address, or a table with what belongs to it.
fn relay(item: &Spanned<DeValue<'_>>, wrongs: &Wrongs<'_>) -> Ruled<Option<Relay>> {
    let Some(mut table) = Table::of("relays", item, wrongs) else {
        return match item.get_ref() {
            DeValue::String(_) => rules::relay(item.get_ref()).map(Some),
            other => Err(Not::new(
                format!("is {}", kind(other)),
                "write \"smtp://mail.example.com:587\", or { url = \"smtp://mail.example.com:587\", user = \"raid\", \
                 password_file = \"/etc/arraywatch/mail.password\" }",
            )),
        };
    };
    let relay = table.need("url", "\"smtp://mail.example.com:587\"", rules::relay);
    let authority = table.read("authority", rules::path);
    let user = table.read("user", |value| {
        let user = text(value)?;
        let usable = !user.is_empty() && !user.chars().any(char::is_control);
        if usable { Ok(user.to_owned()) } else { Err(Not::new("is no user's name", "write it without line breaks")) }
    });
    let password = table.read("password_file", rules::path);
    if table.has("user") != table.has("password_file") {
        table.wrong(Not::new(
            "a login is a `user` and a `password_file`, and one of them is missing",
            "write both, or neither",
        ));
    }
    let login = user.zip(password);
    if let Some(relay) = relay.as_ref().filter(|relay| relay.tls == Tls::None) {
        if login.is_some() && !relay.is_here() {
            let instead = "take smtp:// (STARTTLS) or smtps://, or leave `user` and `password_file` out";
            table.wrong(Not::new("the password would cross the network for everybody to read", instead));
        }
        if authority.is_some() {
            let what = "`authority` is for TLS, and smtp+plain has none";
            table.wrong_at("authority", Not::new(what, "take smtp:// or smtps://, or leave `authority` out"));
        }
    }
    table.finish();
    Ok(relay.map(|relay| Relay { authority, login, ..relay }))
}

fn webhook(table: &mut Table<'_, '_>, _: &Wrongs<'_>) -> Option<By> {
    const SHAPES: [(&str, Shape); 4] = [
        ("plain", Shape::Plain),
        ("slack", Shape::Slack),
        ("pagerduty", Shape::PagerDuty),
        ("alertmanager", Shape::Alertmanager),
    ];
    // All keys are asked for before anything is given up: one that is wrong makes no other unknown.
    let shape = table.read("shape", |value| rules::word(value, &SHAPES));
    let shape = if table.has("shape") { shape } else { Some(Shape::Plain) };
    let authority = table.read("authority", rules::path);
    let authorization = table.read("authorization_file", rules::path);
    let is_pagerduty = shape == Some(Shape::PagerDuty);
    if is_pagerduty {
        table.must_have("routing_key_file", "\"/etc/arraywatch/pagerduty.key\"");
    } else if shape.is_some() {
        table.must_have("url", "\"https://example.com/hooks/storage\"");
    }
    let key = if is_pagerduty || shape.is_none() { table.read("routing_key_file", rules::path) } else { None };
    let url = table.read("url", rules::url);
    let url = if is_pagerduty && !table.has("url") { Some(PAGERDUTY.to_owned()) } else { url };
    let (shape, url) = (shape?, url?);
    if rules::is_open(&url) && (authorization.is_some() || key.is_some()) {
        let what = "`url` begins with http, and the secret would cross the network for everybody to read";
        table.wrong_at("url", Not::new(what, "take https"));
    }
    Some(By::Webhook(Webhook { url, shape, authority, authorization, key }))
}
