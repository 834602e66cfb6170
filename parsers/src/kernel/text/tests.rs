use super::{KernelLog, Writer};
use crate::stream::{Grammar, Item, Reader, What};
use crate::time::Resolver;
use chrono::{DateTime, Utc};
use proptest::prelude::*;

fn written() -> DateTime<Utc> {
    "2026-02-10T12:00:00Z".parse().expect("a time")
}

/// What a log reads as: a line each, and the time with how sure it is.
fn read(bytes: &[u8], chunk: usize) -> Vec<String> {
    let mut said = Vec::new();
    let mut reader = Reader::new(KernelLog::new(written()).learn(bytes), Resolver::new(None));
    let mut sink = |item: Item<'_, KernelLog>| match item {
        Item::Record { record, at, .. } => {
            let told = if record.told().is_some() { "*" } else { "" };
            let by = if record.writer == Writer::Kernel { "" } else { " program" };
            said.push(format!("{} {}{by}{told} {}", at.utc.format("%F %T"), at.basis.code(), record.text));
        }
        Item::Other { what: What::Unrecognised { lines }, .. } => said.push(format!("{lines} lines")),
        Item::Other { what: What::Damage(damage), span, .. } => {
            said.push(format!("{}..{} {}", span.start, span.end, damage.kind.code()));
        }
        Item::Recanted { .. } => said.push("recanted".to_owned()),
        Item::Anomaly(anomaly) => said.push(anomaly.kind.code().to_owned()),
    };
    for piece in bytes.chunks(chunk) {
        reader.push(piece, &mut sink);
    }
    reader.finish(&mut sink);
    said
}

#[track_caller]
fn check(log: &str, expect: &[&str]) {
    assert_eq!(read(log.as_bytes(), 1 << 20), expect, "{log}");
    assert_eq!(read(log.as_bytes(), 7), expect, "in pieces: {log}");
}

#[test]
fn years_that_are_not_written() {
    // Written to in February: what is of November was of the year before.
    check(
        "Nov 30 23:59:59 db7 kernel: a\nDec 31 23:59:59 db7 kernel: b\nJan  1 00:00:01 db7 kernel: c\n",
        &["2025-11-30 23:59:59 assumed a", "2025-12-31 23:59:59 assumed b", "2026-01-01 00:00:01 assumed c"],
    );
    check("Feb 10 12:00:00 db7 kernel: a\n", &["2026-02-10 12:00:00 assumed a"]);
    // A day of grace for the zone.
    check("Feb 11 11:00:00 db7 kernel: a\n", &["2026-02-11 11:00:00 assumed a"]);
    check("Feb 12 12:00:01 db7 kernel: a\n", &["2025-02-12 12:00:01 assumed a"]);
    check("Feb 29 12:00:00 db7 kernel: a\n", &["2024-02-29 12:00:00 assumed a"]);
    // Of a leap year, whatever stands before the day that tells it.
    check(
        "Feb 28 12:00:00 db7 kernel: a\nFeb 29 12:00:00 db7 kernel: b\nMar  1 12:00:00 db7 kernel: c\n",
        &["2024-02-28 12:00:00 assumed a", "2024-02-29 12:00:00 assumed b", "2024-03-01 12:00:00 assumed c"],
    );
    // The kernel says what its clock was set to.
    check(
        "Oct 14 08:38:12 db7 kernel: [    2.345678] rtc_cmos 00:01: setting system clock to 2013-10-14T06:38:12 UTC (1381732692)\n\
         Jan  2 03:04:05 db7 kernel: b\n",
        &[
            "2013-10-14 08:38:12 assumed rtc_cmos 00:01: setting system clock to 2013-10-14T06:38:12 UTC (1381732692)",
            "2014-01-02 03:04:05 assumed b",
        ],
    );
    // A clock that was not set yet.
    check(
        "Feb  9 08:00:00 db7 kernel: a\nJan  1 00:00:07 db7 kernel: b\nFeb  9 09:00:00 db7 kernel: c\n",
        &[
            "2026-02-09 08:00:00 assumed a",
            "backwards",
            "2026-01-01 00:00:07 assumed b",
            "2026-02-09 09:00:00 assumed c",
        ],
    );
}

/// A file whose time was never set.
#[test]
fn a_file_of_1970() {
    let log = b"Oct 14 08:38:12 db7 kernel: a\n";
    let grammar = KernelLog::new(DateTime::UNIX_EPOCH).learn(log);
    let record = grammar.parse(log.trim_ascii_end()).expect("a record");
    assert_eq!(record.local.to_string(), "1969-10-14 08:38:12");
}

#[test]
fn times_since_the_start() {
    check(
        "[    0.000000] a\n[    2.000000] rtc_cmos 00:01: setting system clock to 2013-10-14 06:38:12 UTC (1381732692)\n[   12.900000] b\n",
        &[
            "2013-10-14 06:38:10 stated a",
            "2013-10-14 06:38:12 stated rtc_cmos 00:01: setting system clock to 2013-10-14 06:38:12 UTC (1381732692)",
            "2013-10-14 06:38:22 stated b",
        ],
    );
    check("[    0.000000] a\n[ 3600.000000] b\n", &["2026-02-10 11:00:00 of-file a", "2026-02-10 12:00:00 of-file b"]);
}

#[test]
fn times_that_say_all() {
    check("2013-10-14T08:38:12.345678+02:00 db7 kernel: a\n", &["2013-10-14 06:38:12 stated a"]);
    check("[Mon Oct 14 08:38:12 2013] a\n", &["2013-10-14 08:38:12 assumed a"]);
}

#[test]
fn no_times() {
    check(
        "da3 at mps0 bus 0 scbus0 target 11 lun 0\nda3: Serial Number XS4A0001\nmfi0: 71 (653853226s/0x0020/info) - Patrol Read started\n",
        &[
            "2026-02-10 12:00:00 of-file* da3 at mps0 bus 0 scbus0 target 11 lun 0",
            "2026-02-10 12:00:00 of-file* da3: Serial Number XS4A0001",
            "2020-09-19 17:53:46 assumed* mfi0: 71 (653853226s/0x0020/info) - Patrol Read started",
        ],
    );
}

#[test]
fn only_the_kernel_speaks_for_itself() {
    check(
        "Feb  9 08:00:00 db7 kernel: ata7: hard resetting link\nFeb  9 08:00:01 db7 root: ata7: hard resetting link\n\
         Feb  9 08:00:02 db7 kernel: eth0: up\n",
        &[
            "2026-02-09 08:00:00 assumed* ata7: hard resetting link",
            "2026-02-09 08:00:01 assumed program root: ata7: hard resetting link",
            "2026-02-09 08:00:02 assumed eth0: up",
        ],
    );
}

#[test]
fn damage() {
    let line = |second: u32, text: &str| format!("Feb  9 08:00:{second:02} db7 kernel: {text}\n");
    let said = |second: u32, text: &str| format!("2026-02-09 08:00:{second:02} assumed {text}");
    let (one, two, three) = (line(1, "one is here"), line(2, "two is here"), line(3, "three is here"));
    let nuls = "\0".repeat(64);
    let check = |log: &str, between: &[&str]| {
        let mut expect = vec![said(1, "one is here")];
        expect.extend(between.iter().map(|what| (*what).to_owned()));
        expect.push(said(3, "three is here"));
        assert_eq!(read(log.as_bytes(), 1 << 20), expect, "{log:?}");
    };
    check(&format!("{one}{nuls}{three}"), &["40..104 nul-run"]);
    check(&format!("{one}{}{nuls}{three}", &two[..30]), &["40..70 torn", "70..134 nul-run"]);
    // The line end was lost, or the end of the line and it.
    check(&format!("{one}{}{three}", two.trim_end()), &["40..79 torn"]);
    check(&format!("{one}{}{three}", &two[..33]), &["40..73 torn"]);
    check(&format!("{one}{}{three}", &two[9..]), &["40..71 garbled"]);
    check(&format!("{one}{}{three}", two.replace("two", "t\u{1}o")), &["40..80 garbled"]);
    // What a program writes need be no UTF-8; what the kernel writes is.
    let of = |writer: &str, letter: &[u8]| {
        let line = [b"Feb  9 08:00:02 db7 ", writer.as_bytes(), b" caf", letter, b"\n"].concat();
        read(&[one.as_bytes(), &line, three.as_bytes()].concat(), 1 << 20).get(1).cloned().unwrap_or_default()
    };
    assert_eq!(of("sudo:", b"\xe9 x"), "2026-02-09 08:00:02 assumed program sudo: caf");
    assert_eq!(of("npm:", b"\x1b[32mgreen"), "2026-02-09 08:00:02 assumed program npm: caf");
    assert_eq!(of("kernel:", b"\xe9 x"), "40..75 garbled");
    assert_eq!(of("sudo:", b"\x05 x"), "40..73 garbled");
    // A text of several lines is as the kernel wrote it.
    check(&format!("{one}                          but task is already holding lock:\n{three}"), &["1 lines"]);
}

#[test]
fn recognised_by_content() {
    let check = |text: &str, expect: bool| assert_eq!(KernelLog::recognise(text.as_bytes()), expect, "{text}");
    check("[    0.000000] Linux version\n", true);
    check("Feb  9 08:00:00 db7 kernel: x\nFeb  9 08:00:00 db7 cron[7]: x\n", true);
    check("Feb  9 08:00:00 db7 cron[7]: x\n", false);
    check("da3 at mps0 bus 0 scbus0 target 11 lun 0\n", true);
    check("ata7.00: exception Emask 0x10 SAct 0x4000000 SErr 0x280100 action 0x6 frozen\n", true);
    check("Personalities : [raid1]\nmd0 : active raid1 sdb1[1] sda1[0]\n", false);
    check("a letter\nof many\nlines\n[    0.000000] quoted\nand more\n", false);
    check("", false);
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        KernelLog::recognise(&bytes);
        read(&bytes, 64);
    }

    #[test]
    fn nearly_a_log(text in "(<[0-9]{1,4}>|)(Feb  9 08:00:00 |\\[ {0,4}[0-9]{1,5}\\.[0-9]{6}\\] |)(db7 |)(kernel: |cron: |)[ -~\\n\\x00]{0,60}") {
        let log = format!("Feb  9 08:00:00 db7 kernel: x\n{text}\n{text}");
        let bytes = log.as_bytes();
        prop_assert_eq!(read(bytes, 5), read(bytes, 1 << 20));
        for at in 0..bytes.len().min(80) {
            let (front, _) = bytes.split_at(at);
            let grammar = KernelLog::new(written());
            let _ = (grammar.parse(front).is_ok(), grammar.next_head(bytes, at), grammar.front(front), grammar.trace(front));
        }
    }
}
