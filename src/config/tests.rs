//! Mistakes as people make them, with what they are told; and what is written is read.

use super::*;
use crate::config::init::init;
use proptest::prelude::*;
use std::path::Path;

/// The mistakes of a text: line, column, and a part of what is told, in the order of the text.
fn wrong(text: &str, expect: &[(usize, usize, &str)]) {
    let got = match read(text) {
        Ok(config) => panic!("no mistake in\n{text}\n{config:?}"),
        Err(wrongs) => wrongs,
    };
    let told: Vec<String> = got.iter().map(ToString::to_string).collect();
    assert_eq!(got.len(), expect.len(), "{text}\n{told:#?}");
    for (wrong, (line, column, part)) in got.iter().zip(expect) {
        assert_eq!((wrong.line, wrong.column), (*line, *column), "{text}\n{told:#?}");
        assert!(wrong.to_string().contains(part), "{text}\n«{wrong}» lacks «{part}»");
        assert!(!wrong.what.is_empty() && !wrong.instead.is_empty(), "{wrong}");
    }
}

fn right(text: &str) -> Config {
    read(text).unwrap_or_else(|wrongs| panic!("{text}\n{wrongs:#?}"))
}

#[test]
fn unknown_keys_name_the_nearest() {
    wrong("hots = \"db7\"\n", &[(1, 1, "unknown key `hots` in the file; did you mean `host`?")]);
    wrong("[read]\nevry = \"5 min\"\n", &[(2, 1, "unknown key `evry` in [read]; did you mean `every`?")]);
    wrong("[raed]\n", &[(1, 2, "did you mean `read`?")]);
    wrong("\n[[folow]]\npath = \"/a\"\n", &[(2, 3, "did you mean `follow`?")]);
    wrong("[[follow]]\npath = \"/a\"\n  silent = \"1 h\"\n", &[(3, 3, "nown here: path, host, timezone, quiet, poll")]);
    // What is like none of them is no slip.
    wrong("[tell]\ncolor = 1\n", &[(2, 1, "unknown key `color` in [tell]; known here: remind")]);
    wrong("by = 1\n", &[(1, 1, "unknown key `by` in the file; known here: host")]);
    wrong("[tell]\nremnid = []\n", &[(2, 1, "did you mean `remind`?")]);
    wrong("[channel.j]\nby = \"journal\"\nurl = \"https://x/\"\n", &[(3, 1, "unknown key `url` in [channel.j]")]);
    wrong("\"é\\u001b\" = 1\n", &[(1, 1, "unknown key `é\\u{1b}` in the file")]);
}

#[test]
fn what_stands_twice_is_named_with_its_first_place() {
    let out = "take one of the two lines out";
    wrong("host = \"a\"\nhost = \"b\"\n", &[(2, 1, "`host` stands there twice, first in line 1")]);
    wrong("[read]\nevery = \"5 min\"\n\n every = \"6 min\"\n", &[(4, 2, out)]);
    wrong(
        "[read]\n[tell]\nstorm = 3\n[read]\n",
        &[(4, 2, "`[read]` stands there twice, first in line 1; put the keys")],
    );
    let follow = "[[follow]]\npath = \"/a\"\n[[follow]]\npath = \"/b\"\npath = \"/c\"\n";
    wrong(follow, &[(5, 1, "`path` stands there twice, first in line 4")]);
}

#[test]
fn a_password_is_for_the_relay() {
    let mail = "[channel.m]\nby = \"smtp\"\nfrom = \"a@b.c\"\nto = [\"a@b.c\"]\nrelays = [\"smtp://b.c:587\"]\n";
    wrong(&format!("{mail}password = \"x\"\n"), &[(6, 1, "password_file = \"/etc/arraywatch/mail.password\"")]);
}

#[test]
fn durations_as_people_write_them() {
    let read_every = |written: &str| format!("[read]\nevery = {written}\nevery_while_busy = \"1 d\"\n");
    assert_eq!(right(&read_every("\"90 s\"")).read.every, Duration::from_secs(90));
    assert_eq!(right(&read_every("\"26 min\"")).read.every, Duration::from_secs(26 * 60));
    let check = |written: &str, part: &str| wrong(&read_every(written), &[(2, 9, part)]);
    check(
        "300",
        "`every` is a bare number, not a duration; write a number and a unit (s, min, h, d) in quotes, from \"10 s\" to \"1 d\"",
    );
    check("\"0 s\"", "`every` is \"0 s\", which is no time at all");
    check(
        "\"9 s\"",
        "which is too short; write a number and a unit (s, min, h, d) in quotes, from \"10 s\" to \"1 d\"",
    );
    check("\"25 h\"", "which is too long");
    check("\"5 m\"", "`every` is \"5 m\", which may be minutes or months");
    check("\"5\"", "which has no unit");
    check("\"often\"", "which has no number");
    check("true", "`every` is true or false");
    check("[\"5 min\"]", "`every` is a list");
    wrong("[read]\nevery = \"1 min\"\nevery_after_failure = \"2 min\"\n", &[(3, 23, "longer than `every`")]);
    wrong("[read]\nevery = \"1 h\"\nevery_while_busy = \"2 min\"\n", &[(3, 20, "shorter than `every`")]);
    wrong("[read]\npatience = \"1 h\"\n", &[(2, 12, "from \"1 s\" to \"5 min\"")]);
}

#[test]
fn what_is_left_out_follows_what_is_said() {
    let read = right("[read]\nevery = \"20 s\"\n").read;
    assert_eq!(
        (read.every_after_failure, read.every_while_busy),
        (Duration::from_secs(20), Duration::from_secs(1_800))
    );
    assert_eq!(right("[read]\nevery = \"2 h\"\n").read.every_while_busy, Duration::from_secs(7_200));
    assert_eq!(right(""), right("[read]\n[tell]\n"));
    let none = right("");
    assert_eq!((none.read, none.tell, none.host, none.database), (Read::default(), Tell::default(), None, None));
}

#[test]
fn followed_files() {
    let config = right(
        "[[follow]]\npath = \"/var/log/*.log\"\nhost = \"db8\"\ntimezone = \"America/Chicago\"\nquiet = \"26 h\"\npoll = \"30 s\"\n",
    );
    let expect = Follow {
        path: "/var/log/*.log".into(),
        host: Some("db8".to_owned()),
        timezone: Some(chrono_tz::America::Chicago),
        quiet: Some(Duration::from_secs(26 * 3_600)),
        poll: Some(Duration::from_secs(30)),
    };
    assert_eq!(config.follow, [expect]);
    wrong("[[follow]]\n", &[(1, 1, "[follow] has no `path`; write path = \"/var/log/kern.log\"")]);
    wrong("[follow]\npath = \"/a\"\n", &[(1, 1, "`follow` is a table; write a line [[follow]]")]);
    wrong(
        "[[follow]]\npath = \"kern.log\"\n",
        &[(2, 8, "write the whole path, from / on, such as \"/var/log/kern.log\"")],
    );
    wrong("[[follow]]\npath = \"~/kern.log\"\n", &[(2, 8, "~ means nothing")]);
    wrong("[[follow]]\npath = \"/var/[log\"\n", &[(2, 8, "is no pattern")]);
    wrong("[[follow]]\npath = \"/dev/kmsg\"\n", &[(2, 8, "watched anyway")]);
    wrong("[[follow]]\npath = 7\n", &[(2, 8, "`path` is a bare number; write a text in quotes")]);
    wrong("[[follow]]\npath = \"/a\"\n[[follow]]\npath = \"/a\"\n", &[(4, 8, "/a is followed already")]);
    wrong(
        "[[follow]]\npath = \"/a\"\ntimezone = \"America/Chicgo\"\n",
        &[(3, 12, "did you mean \"America/Chicago\"?")],
    );
    wrong("[[follow]]\npath = \"/a\"\nhost = \"\"\n", &[(3, 8, "no name of a host")]);
}

#[test]
fn commands() {
    let config = right("[[command]]\nname = \"a\"\nrun = [\"/bin/a\", \"b c\"]\nevery = \"30 s\"\n");
    let expect = Command {
        name: "a".to_owned(),
        run: vec!["/bin/a".to_owned(), "b c".to_owned()],
        every: Duration::from_secs(30),
        limit: Duration::from_secs(30),
    };
    assert_eq!(config.command, [expect]);
    let with = |run: &str| format!("[[command]]\nname = \"a\"\nevery = \"1 h\"\nrun = {run}\n");
    wrong(&with("\"/bin/a  b\""), &[(4, 7, "no shell reads it: write run = [\"/bin/a\", \"b\"]")]);
    wrong(&with("[\"arcconf\", \"x\"]"), &[(4, 7, "such as \"/usr/sbin/arcconf\": `command -v` tells")]);
    wrong(&with("[]"), &[(4, 7, "`run` is empty")]);
    wrong(&with("[\"/bin/a\", 1]"), &[(4, 18, "an item of `run` is a bare number")]);
    wrong("[[command]]\n", &[(1, 1, "no `every`"), (1, 1, "no `name`"), (1, 1, "no `run`")]);
    let two = "[[command]]\nname = \"a\"\nevery = \"1 h\"\nrun = [\"/a\"]\n".repeat(2);
    wrong(&two, &[(6, 8, "there is a command \"a\" already")]);
    let limited = format!("{}limit = \"2 h\"\n", with("[\"/a\"]"));
    wrong(&limited, &[(5, 9, "from \"1 s\" to \"1 h\"")]);
    let limited = "[[command]]\nname = \"a\"\nrun = [\"/a\"]\nevery = \"1 min\"\nlimit = \"2 min\"\n";
    wrong(limited, &[(5, 9, "`limit` is longer than `every`")]);
    wrong("[[command]]\nname = \"a b\"\nrun = [\"/a\"]\nevery = \"1 h\"\n", &[(2, 8, "\"a b\" is no plain name")]);
}

#[test]
fn telling() {
    let tell =
        right("[tell]\nremind = [\"1 h\", \"4 d\"]\nstorm = 0x10\nstorm_within = \"2 min\"\nseverity = \"critical\"\n")
            .tell;
    assert_eq!(tell.remind, [3_600, 345_600].map(Duration::from_secs));
    assert_eq!((tell.storm, tell.storm_within, tell.from), (16, Duration::from_secs(120), Severity::Critical));
    assert_eq!(right("[tell]\nremind = []\n").tell.remind, []);
    wrong(
        "[tell]\nremind = \"1 d\"\n",
        &[(2, 10, "`remind` is a text; write a list: remind = [\"1 d\", \"2 d\", \"4 d\"]")],
    );
    wrong("[tell]\nremind = [\"4 d\", \"1 d\"]\n", &[(2, 10, "rising order")]);
    wrong("[tell]\nremind = [\"1 d\",\n  \"0 d\"]\n", &[(3, 3, "no time at all")]);
    wrong("[tell]\nstorm = 0\n", &[(2, 9, "`storm` is 0; write a whole number from 1 to 1000, without quotes")]);
    wrong("[tell]\nstorm = -5\n", &[(2, 9, "`storm` is -5")]);
    wrong("[tell]\nstorm = \"5\"\n", &[(2, 9, "`storm` is a text; write a whole number")]);
    wrong(
        "[tell]\nseverity = \"warn\"\n",
        &[(2, 12, "did you mean \"warning\"? Write one of \"info\", \"warning\", \"critical\"")],
    );
    wrong("[tell]\nfrom = \"warning\"\n", &[(2, 1, "unknown key `from` in [tell]")]);
    wrong("tell = 5\n", &[(1, 8, "`tell` is a bare number; write a line [tell]")]);
}

#[test]
fn channels_of_every_kind() {
    let config = right(
        r#"
[channel.mail]
by = "smtp"
limit = "1 min"
relays = ["smtp://a:2525", "smtps://b", { url = "smtp+plain://[::1]", user = "u", password_file = "/p" },
          { url = "smtp://c.example.com", authority = "/ca.pem" }]
from = "arraywatch@db7"
to = ["root@localhost", "oncall@example.com"]
[channel.pd]
by = "webhook"
shape = "pagerduty"
routing_key_file = "/k"
severity = "critical"
[channel.am]
by = "webhook"
shape = "alertmanager"
url = "http://am:9093/api/v2/alerts"
[channel.hook]
by = "webhook"
url = "https://[2001:db8::1]:8443/x?y=z"
authority = "/ca.pem"
authorization_file = "/a"
[channel.run]
by = "command"
run = ["/bin/page"]
[channel.log]
by = "syslog"
facility = "local3"
[channel.log2]
by = "syslog"
[channel.j]
by = "journal"
[channel.f]
by = "file"
path = "/var/log/a.jsonl"
"#,
    );
    let relay = |host: &str, port, tls| Relay { host: host.to_owned(), port, tls, authority: None, login: None };
    let By::Smtp(smtp) = &config.channel["mail"].by else { panic!("{config:?}") };
    let expect = [
        relay("a", 2525, Tls::StartTls),
        relay("b", 465, Tls::Implicit),
        Relay { login: Some(("u".to_owned(), "/p".into())), ..relay("::1", 25, Tls::None) },
        Relay { authority: Some("/ca.pem".into()), ..relay("c.example.com", 587, Tls::StartTls) },
    ];
    assert_eq!(smtp.relays, expect);
    assert_eq!((smtp.from.as_str(), smtp.to.len()), ("arraywatch@db7", 2));
    assert_eq!(config.channel["mail"].limit, Duration::from_secs(60));
    assert_eq!(config.channel["mail"].from, Severity::Warning);
    assert_eq!(config.channel["pd"].from, Severity::Critical);
    let hook =
        |url: &str, shape| Webhook { url: url.to_owned(), shape, authority: None, authorization: None, key: None };
    let by = |name: &str| config.channel[name].by.clone();
    let pagerduty = hook("https://events.pagerduty.com/v2/enqueue", Shape::PagerDuty);
    assert_eq!(by("pd"), By::Webhook(Webhook { key: Some("/k".into()), ..pagerduty }));
    assert_eq!(by("am"), By::Webhook(hook("http://am:9093/api/v2/alerts", Shape::Alertmanager)));
    let plain = hook("https://[2001:db8::1]:8443/x?y=z", Shape::Plain);
    let plain = Webhook { authority: Some("/ca.pem".into()), authorization: Some("/a".into()), ..plain };
    assert_eq!(by("hook"), By::Webhook(plain));
    assert_eq!(by("run"), By::Command { run: vec!["/bin/page".to_owned()] });
    assert_eq!(by("log"), By::Syslog { facility: "local3".to_owned() });
    assert_eq!(by("log2"), By::Syslog { facility: "daemon".to_owned() });
    assert_eq!((by("j"), by("f")), (By::Journal, By::File { path: "/var/log/a.jsonl".into() }));
}

#[test]
fn mistakes_of_channels() {
    wrong("[channel.a]\n", &[(1, 1, "[channel.a] has no `by`; write by = \"smtp\"")]);
    wrong("[channel.a]\nby = \"mail\"\n", &[(2, 6, "none of the words known; write one of \"smtp\", \"webhook\"")]);
    wrong("[channel.\"a b\"]\nby = \"journal\"\n", &[(1, 1, "\"a b\" is no plain name")]);
    wrong("channel = 5\n", &[(1, 11, "`channel` is a bare number")]);
    wrong("[channel]\nmail = \"root\"\n", &[(2, 8, "`channel.mail` is a text; write a line [channel.NAME]")]);
    wrong(
        "[tell]\nseverity = \"critical\"\n[channel.a]\nby = \"journal\"\nseverity = \"info\"\n",
        &[(5, 12, "lets nothing below")],
    );
    wrong("[channel.a]\nby = \"syslog\"\nfacility = \"kern\"\n", &[(3, 12, "none of the words known")]);
    wrong("[channel.a]\nby = \"file\"\n", &[(1, 1, "no `path`")]);
    wrong("[channel.a]\nby = \"journal\"\nlimit = \"0 s\"\n", &[(3, 9, "from \"1 s\" to \"10 min\"")]);
    wrong("[channel.a]\nby = \"smtp\"\n", &[(1, 1, "no `from`"), (1, 1, "no `relays`"), (1, 1, "no `to`")]);
    let mail =
        |relays: &str, to: &str| format!("[channel.a]\nby = \"smtp\"\nfrom = \"a@b\"\nrelays = {relays}\nto = {to}\n");
    let relay = |relay: &str, column, part: &str| {
        wrong(&mail(&format!("[{relay}]"), "[\"a@b\"]"), &[(4, column, part)]);
    };
    relay("", 10, "`relays` is empty");
    relay("\"mail.example.com\"", 11, "names no protocol; write \"smtp://mail.example.com:587\" (STARTTLS)");
    relay("\"imap://a\"", 11, "begins with \"imap\", which is no way to mail");
    relay("\"smtp://\"", 11, "names \"\", which is no host");
    relay("\"smtp://a:0\"", 11, "none from 1 to 65535");
    relay("\"smtp://a:99999\"", 11, "none from 1 to 65535");
    relay("\"smtp://a/b\"", 11, "ends in \"/b\"");
    relay("5", 11, "an item of `relays` is a bare number");
    relay("{ user = \"u\", password_file = \"/p\" }", 11, "[relays] has no `url`");
    relay("{ url = \"smtp://a\", user = \"u\" }", 11, "one of them is missing");
    relay("{ url = \"smtp+plain://a\", user = \"u\", password_file = \"/p\" }", 11, "cross the network");
    relay("{ url = \"smtp+plain://a\", authority = \"/p\" }", 49, "for TLS");
    relay("{ url = \"smtp://a\", usr = \"u\" }", 31, "did you mean `user`?");
    wrong(&mail("[\"smtp://a\"]", "[]"), &[(5, 6, "`to` is empty; name one address at least")]);
    wrong(&mail("[\"smtp://a\"]", "\"a@b\""), &[(5, 6, "`to` is a text; write a list")]);
    wrong(&mail("[\"smtp://a\"]", "[\"a@b\", \"ann\"]"), &[(5, 14, "\"ann\", which is no mail address")]);
    wrong(&mail("[\"smtp://a\"]", "[\"a@b\\r\\nBcc: x@y\"]"), &[(5, 7, "no mail address")]);
    let hook = |rest: &str| format!("[channel.a]\nby = \"webhook\"\n{rest}\n");
    wrong(&hook(""), &[(1, 1, "no `url`")]);
    wrong(&hook("url = \"ftp://a/\""), &[(3, 7, "neither https nor http")]);
    wrong(&hook("url = \"https://a/b c\""), &[(3, 7, "write such a one as %20")]);
    wrong(&hook("url = \"https://a/\"\nshape = \"json\""), &[(4, 9, "write one of \"plain\", \"slack\"")]);
    wrong(&hook("shape = \"pagerduty\"\nurl = \"https://a/\""), &[(1, 1, "no `routing_key_file`")]);
    wrong(&hook("url = \"https://a/\"\nrouting_key_file = \"/k\""), &[(4, 1, "unknown key `routing_key_file`")]);
    wrong(&hook("url = \"http://a/\"\nauthorization_file = \"/p\""), &[(3, 7, "take https")]);
}

#[test]
fn no_secret_stands_in_the_file_nor_is_it_repeated() {
    let check = |text: &str, place: (usize, usize), part: &str| {
        wrong(text, &[(place.0, place.1, part)]);
        let told: String = read(text).expect_err("a secret").iter().map(ToString::to_string).collect();
        assert!(!told.contains("hunter2"), "{told}");
    };
    let mail =
        |relay: &str| format!("[channel.a]\nby = \"smtp\"\nfrom = \"a@b\"\nto = [\"a@b\"]\nrelays = [{relay}]\n");
    let advice =
        "others may read; write it alone into a file that only root may read (chmod 600) and name that: password_file";
    check(&mail("{ url = \"smtp://a\", password = \"hunter2\" }"), (5, 31), advice);
    check(&mail("\"smtp://u:hunter2@a\""), (5, 11), "leave all up to the @ out");
    let hook = "[channel.a]\nby = \"webhook\"\n";
    check(&format!("{hook}url = \"https://u:hunter2@a/\"\n"), (3, 7), "leave all up to the @ out");
    check(
        &format!("{hook}url = \"https://a/\"\nauthorization = \"Bearer hunter2\"\n"),
        (4, 1),
        "name that: authorization_file",
    );
    let pagerduty = "shape = \"pagerduty\"\nrouting_key_file = \"/k\"\n";
    check(&format!("{hook}{pagerduty}routing_key = \"hunter2\"\n"), (5, 1), "name that: routing_key_file");
    check("password = \"hunter2\"\n", (1, 1), "leave it out: nothing here needs one");
}

#[test]
fn all_mistakes_at_once_in_their_order() {
    wrong(
        "host = 5\n[read]\nevery = \"0 s\"\nevrey = 1\n[[follow]]\npath = \"a\"\n[tell]\nstorm = 0\n[channel.a]\nby = \"fax\"\n",
        &[
            (1, 8, "`host` is a bare number"),
            (3, 9, "no time at all"),
            (4, 1, "did you mean `every`?"),
            (6, 8, "the whole path"),
            (8, 9, "`storm` is 0"),
            (10, 6, "\"fax\""),
        ],
    );
}

#[test]
fn what_is_no_toml_is_told_with_the_rest() {
    wrong("[read]\nevery = 5 min\nhots = 1\n", &[(2, 9, "no TOML"), (3, 1, "unknown key `hots` in [read]")]);
    wrong("[tell\n", &[(1, 6, "no TOML")]);
}

/// With every setting in force: what begins with # and a letter or a bracket.
fn all_in_force(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c == '[' || c.is_ascii_lowercase()) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// A machine in a directory.
fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::TempDir::new().expect("a temporary directory");
    for (name, content) in files {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a directory");
        std::fs::write(path, content).expect("a file");
    }
    root
}

const KERNEL: &str = "Nov 21 10:00:00 db7 kernel: [    1.000000] ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x0\n\
                      Nov 21 10:00:01 db7 kernel: [    2.000000] ata1: SATA link up 6.0 Gbps (SStatus 133 SControl 300)\n";

const STORAGE_MANAGER: &str = "October 1, 2013 8:38:31 AM CDT INF 423:A01C0S08L-- [db7] Drive map: controller 1, channel 0, SCSI \
                               device ID 8, controller 1, enclosure 0, slot 0, S/N XYZ0712 (Vendor: ACME Model: A64)\n";

fn a_machine() -> tempfile::TempDir {
    machine(&[
        ("proc/sys/kernel/hostname", "db7\n"),
        ("var/log/kern.log", KERNEL),
        ("var/log/kern.log.1", KERNEL),
        ("var/log/syslog", "Nov 21 10:00:00 db7 cron[12]: a job\n"),
        ("usr/StorMan/RaidEvtA.log", STORAGE_MANAGER),
        ("usr/StorMan/arcconf", ""),
        ("opt/MegaRAID/storcli/storcli64", ""),
        ("run/systemd/journal/socket", ""),
    ])
}

#[test]
fn a_file_for_a_machine() {
    let root = a_machine();
    let text = init(&Seen::below(root.path(), true));
    insta::assert_snapshot!("init", text);
    let config = right(&text);
    let paths: Vec<&Path> = config.follow.iter().map(|follow| follow.path.as_path()).collect();
    assert_eq!(paths, ["/usr/StorMan/RaidEvtA.log", "/var/log/kern.log"].map(Path::new));
    assert_eq!((config.read, config.tell), (Read::default(), Tell::default()));
    assert_eq!(config.channel.keys().collect::<Vec<_>>(), ["journal", "mail"]);
    assert!(config.command.is_empty());
}

#[test]
fn every_setting_of_it_may_be_put_in_force() {
    let (bare, full) = (machine(&[]), a_machine());
    for (seen, follows, commands) in [(Seen::below(bare.path(), false), 1, 1), (Seen::below(full.path(), true), 4, 2)] {
        let quiet = right(&init(&seen));
        assert_eq!(quiet.channel.len(), if seen.relay { 2 } else { 0 });
        let all = right(&all_in_force(&init(&seen)));
        assert_eq!((all.follow.len(), all.command.len(), all.channel.len()), (follows, commands, 8));
        assert_eq!((all.read, all.tell), (Read::default(), Tell::default()));
        assert!(all.host.is_some() && all.database.is_some());
    }
}

#[test]
fn every_key_that_is_known_stands_in_it() {
    let keys = |table: &str| -> Vec<String> {
        let wrongs = read(&format!("{table}\nxyzzy = 1\n")).expect_err("nobody knows that key");
        let list =
            wrongs.iter().find_map(|wrong| wrong.instead.split_once("nown here: ")).expect("a list").1.to_owned();
        list.split(", ").map(str::to_owned).collect()
    };
    let text = all_in_force(&init(&Seen::default()));
    let tables = [
        "",
        "[read]",
        "[tell]",
        "[[follow]]",
        "[[command]]",
        "[channel.a]\nby = \"smtp\"",
        "[channel.a]\nby = \"webhook\"",
        "[channel.a]\nby = \"webhook\"\nshape = \"pagerduty\"",
        "[channel.a]\nby = \"command\"",
        "[channel.a]\nby = \"syslog\"",
        "[channel.a]\nby = \"journal\"",
        "[channel.a]\nby = \"file\"",
    ];
    for table in tables {
        for key in keys(table) {
            let is_set = |line: &str| line.starts_with(&format!("{key} = ")) || line.starts_with(&format!("[{key}"));
            let is_set = is_set_in(&text, is_set) || text.contains(&format!("[[{key}]]"));
            assert!(is_set, "{table}: {key}");
        }
    }
}

fn is_set_in(text: &str, is_set: impl Fn(&str) -> bool) -> bool {
    text.lines().any(is_set)
}

#[test]
fn written_once() {
    let root = machine(&[]);
    let path = root.path().join("etc/arraywatch/config.toml");
    write(&path, "host = \"a\"\n", false).expect("there is none");
    let again = write(&path, "host = \"b\"\n", false).expect_err("there is one");
    assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(load(&path).expect("it is right").host.as_deref(), Some("a"));
    write(&path, "host = \"b\"\n", true).expect("it may be replaced");
    assert_eq!(load(&path).expect("it is right").host.as_deref(), Some("b"));
    let left = std::fs::read_dir(path.parent().expect("it has one")).expect("it is there").count();
    assert_eq!(left, 1);
}

#[test]
fn what_a_right_configuration_may_lack() {
    let root = machine(&[("log", ""), ("tool", ""), ("secret", "s"), ("empty", ""), ("config.toml", "")]);
    let at = |name: &str| root.path().join(name).to_str().expect("plain").to_owned();
    let mode = |name: &str, mode| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(root.path().join(name), std::fs::Permissions::from_mode(mode)).expect("our file");
    };
    mode("secret", 0o644);
    mode("empty", 0o600);
    mode("tool", 0o644);
    let check = |text: &str, expect: &[&str]| {
        let people = "[channel.z]\nby = \"command\"\nrun = [\"/bin/sh\"]\n";
        let got = warnings(&right(&format!("{text}\n{people}")), &root.path().join("config.toml"));
        assert_eq!(got.len(), expect.len(), "{text}{got:#?}");
        got.iter().zip(expect).for_each(|(got, expect)| assert!(got.contains(expect), "{got}"));
    };
    check("", &[]);
    check("[tell]\nremind = []\n", &["never said again"]);
    let follow = |name: &str| format!("[[follow]]\npath = \"{}\"\n", at(name));
    check(&follow("log"), &[]);
    check(&follow("l*g"), &[]);
    check(&follow(""), &[]);
    check(&follow("later"), &["later yet; it is followed as soon as it appears"]);
    check(&follow("*.none"), &["*.none yet"]);
    let command = |name: &str| format!("[[command]]\nname = \"a\"\nevery = \"1 h\"\nrun = [\"{}\"]\n", at(name));
    check(&command("none"), &["the command a: there is no program"]);
    check(&command("tool"), &["is not executable (chmod +x)"]);
    check(&command("tool x"), &["the program and each argument stand in quotes of their own"]);
    check(&command(""), &["is no program"]);
    let login = |name: &str| {
        format!(
            "[channel.m]\nby = \"smtp\"\nfrom = \"a@b\"\nto = [\"a@b\"]\n\
             relays = [{{ url = \"smtp://a\", user = \"u\", password_file = \"{}\" }}]\n",
            at(name)
        )
    };
    check(&login("secret"), &["the channel m: everybody may read the secret"]);
    check(&login("empty"), &["is empty"]);
    check(&login("none"), &["cannot be read: No such file"]);
    let plain = "[channel.m]\nby = \"smtp\"\nfrom = \"a@b\"\nto = [\"a@b\"]\nrelays = [\"smtp+plain://a\", \"smtp+plain://127.0.0.2\"]\n";
    check(plain, &["mail to a crosses the network without TLS"]);
    let slack = "[channel.s]\nby = \"webhook\"\nshape = \"slack\"\nurl = \"https://hooks.slack.com/services/T/B/x\"\n";
    mode("config.toml", 0o640);
    check(slack, &[]);
    mode("config.toml", 0o644);
    check(slack, &["the channel s: its URL is a secret"]);
    check(&format!("[channel.f]\nby = \"file\"\npath = \"{}\"\n", at("none/x")), &["there is no directory"]);
    let alone = |text: &str| warnings(&right(text), Path::new("/none"));
    assert!(alone("").iter().any(|told| told.contains("no channel at all")));
    let file = format!("[channel.f]\nby = \"file\"\npath = \"{}\"\n", at("x"));
    assert_eq!(alone(&file), ["every channel writes to a log: nobody would be told who does not look there"]);
}

proptest! {
    /// A name of a file is any text; what is written of it is read back as it is.
    #[test]
    fn any_log_that_is_found_is_followed(name in "[^/\\x00]{1,20}", host in ".{1,30}") {
        let path = Path::new("/var/log").join(&name);
        let log = Log { path: path.clone(), format: Some("kernel-log") };
        let text = init(&Seen { host: Some(host), logs: vec![log], ..Seen::default() });
        for text in [all_in_force(&text), text] {
            let follow = right(&text).follow;
            let last = follow.last().expect("it is followed").path.to_string_lossy().into_owned();
            let pattern = glob::Pattern::new(&last).expect("a pattern");
            prop_assert!(pattern.matches_path(&path), "{}", last);
        }
    }

    /// Whatever is done to a right file, it is read to the end, and each mistake is on a line that is there.
    #[test]
    fn a_file_with_anything_in_it_is_read(at in 0_usize..7_000, length in 0_usize..80, put in "[\\PC\n]{0,30}") {
        let text = all_in_force(&init(&Seen { relay: true, journal: true, ..Seen::default() }));
        let text: String = text.chars().take(at).chain(put.chars()).chain(text.chars().skip(at + length)).collect();
        let lines = text.lines().count() + 1;
        for wrong in read(&text).err().into_iter().flatten() {
            prop_assert!((1..=lines).contains(&wrong.line) && wrong.column > 0, "{wrong}");
        }
    }
}
