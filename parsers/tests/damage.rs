//! Damage of every kind, found to the byte: the whole reader with the grammar of Storage Manager logs.
//!
//! An expectation lists the spans in order: records folded to their number, everything else with its bytes (or the first and
//! the last of them), what it is, and why. Then come the anomalies.

mod common;

use arraywatch_parsers::stream::What;
use common::{Found, read, record};
use std::fmt::Write as _;

/// Writes what was found, a line a span; runs of records are folded.
fn describe(input: &[u8], found: &Found) -> String {
    let mut text = String::new();
    let mut records = 0;
    for (index, (span, what)) in found.spans.iter().enumerate() {
        records += usize::from(what.is_none());
        let next = found.spans.get(index + 1).map(|(_, what)| what);
        let range = usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap();
        match what {
            None if next.is_some_and(Option::is_none) => {}
            None => {
                let _ = writeln!(text, "{records} {}", if records == 1 { "record" } else { "records" });
                records = 0;
            }
            Some(What::Unrecognised { lines }) => {
                let _ = writeln!(text, "{}: unrecognised, {lines} lines", excerpt(&input[range]));
            }
            Some(What::Damage(damage)) => {
                let origin = damage.origin.map(|origin| format!(" [{}]", origin.code())).unwrap_or_default();
                let _ = writeln!(text, "{}: {}{origin}: {}", excerpt(&input[range]), damage.kind.code(), damage.detail);
            }
        }
    }
    for anomaly in &found.anomalies {
        let _ = writeln!(text, "{anomaly}");
    }
    assert_eq!(found.bytes, u64::try_from(input.len()).unwrap());
    text
}

/// The bytes of a span for a person: a run as its length, long ones shortened.
fn excerpt(bytes: &[u8]) -> String {
    if bytes.len() > 3 && bytes.iter().all(|byte| *byte == bytes[0]) {
        return format!("{} times «{}»", bytes.len(), bytes[..1].escape_ascii());
    }
    if bytes.len() <= 48 {
        return format!("«{}»", bytes.escape_ascii());
    }
    format!("«{}…{}»", bytes[..20].escape_ascii(), bytes[bytes.len() - 20..].escape_ascii())
}

fn check(input: impl AsRef<[u8]>, expect: &str) {
    let input = input.as_ref();
    let text = describe(input, &read(input, [input]));
    assert_eq!(text.trim(), expect.trim(), "got:\n{text}");
}

/// What must give no damage, no unrecognised text and no anomaly.
fn check_intact(input: impl AsRef<[u8]>) {
    let input = input.as_ref();
    let text = describe(input, &read(input, [input]));
    let records = input.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    assert_eq!(text.trim(), format!("{records} records"));
}

/// Daily reports of four drives.
fn log(days: std::ops::RangeInclusive<u32>) -> String {
    days.flat_map(|day| (0..4).map(move |device| record(day, device))).collect()
}

/// A log of 1 to 5 October with one record changed.
fn changed(day: u32, device: usize, change: impl Fn(&str) -> String) -> String {
    let record = record(day, device);
    let changed = change(&record);
    assert_ne!(record, changed, "the change must be one");
    log(1..=5).replace(&record, &changed)
}

/// A record of a text that is no known phrase.
fn event(day: u32, time: &str, code: &str, text: &str) -> String {
    format!("October {day}, 2013 {time} CDT {code} [db7] {text}\n")
}

/// `log` with bytes from `at` on overwritten.
fn overwritten(log: &str, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut log = log.as_bytes().to_vec();
    log[at..at + bytes.len()].copy_from_slice(bytes);
    log
}

/// A published log, if the machine has it.
fn published(name: &str) -> Option<Vec<u8>> {
    let path = format!("{}/../../shared/data/adaptec-2013/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path);
    if let Err(error) = &bytes {
        eprintln!("NOT TESTED: the published log {path} is not here ({error})");
    }
    bytes.ok()
}

#[test]
fn intact() {
    check_intact(log(1..=3));
    check("", "");
    // CR LF; wide blanks and tabs.
    check_intact(log(1..=3).replace('\n', "\r\n"));
    check_intact(log(1..=3).replace(" INF ", "      INF    ").replace(" [db7] ", "        db7        "));
    check_intact(log(1..=3).replace(" INF ", "\tINF\t").replace(" [db7] ", "\tLocal only\t"));
    // A bare host, no host, several hosts, an empty host, blanks that a page collapsed.
    check_intact(log(1..=3).replace("[db7]", "db7.example.org"));
    check_intact(log(1..=3).replace("[db7] ", ""));
    check_intact(log(1..=3).replace("[db7]", "[]"));
    check_intact(log(1..=3).replace("[db7]", "Local only"));
    // No final newline, since the phrase is whole.
    check_intact(log(1..=3).trim_end());
    // Half-open line ends: some lines LF, others CR LF.
    check_intact(log(1..=2).replace('\n', "\r\n") + &log(3..=3));
}

#[test]
fn intact_with_other_text() {
    check(
        format!("\n\n{}\n\r\n  \n{}\n", log(1..=1), log(2..=2)),
        r#"
«\n\n»: unrecognised, 0 lines
4 records
«\n\r\n  \n»: unrecognised, 0 lines
4 records
«\n»: unrecognised, 0 lines
"#,
    );
    check(
        format!("*** log turned over ***\n{}=== restarted ===\n\n=== again ===\n{}", log(1..=1), log(2..=2)),
        r#"
«*** log turned over ***\n»: unrecognised, 1 lines
4 records
«=== restarted ===\n\n=== again ===\n»: unrecognised, 2 lines
4 records
"#,
    );
    // White space before every record, as a page may add it.
    check(
        log(1..=2).replace("October", "   October"),
        "
«   »: unrecognised, 0 lines
1 record
«   »: unrecognised, 0 lines
1 record
«   »: unrecognised, 0 lines
1 record
«   »: unrecognised, 0 lines
1 record
«   »: unrecognised, 0 lines
1 record
«   »: unrecognised, 0 lines
1 record
«   »: unrecognised, 0 lines
1 record
«   »: unrecognised, 0 lines
1 record
",
    );
    // Another program's whole lines are no sign of damage.
    check(
        log(1..=1) + "2013-10-01T13:38:31Z sshd[12]: session opened\n" + &log(2..=2),
        r#"
4 records
«2013-10-01T13:38:31Z sshd[12]: session opened\n»: unrecognised, 1 lines
4 records
"#,
    );
    check("plain text\nof another kind\n", r#"«plain text\nof another kind\n»: unrecognised, 2 lines"#);
    check("no line end", "«no line end»: unrecognised, 1 lines");
}

/// Real logs do all of these; each would be an alarm at night if it were taken for damage.
#[test]
fn intact_though_odd() {
    let with = |events: &[String]| log(1..=1) + &events.concat() + &log(2..=3);
    // Unknown phrases, also such as begin or end like a known one.
    check_intact(with(&[
        event(1, "9:00:00 AM", "ERR 402:A01C-S--L00", "Array is degraded: array 0, see http://example.org/a:b?c"),
        event(1, "9:00:01 AM", "WRN 30536:A00C-S--L--", "Adaptec Storage Manager stopped."),
        event(1, "9:00:02 AM", "WRN 30535:A00C-S--L--", "Adaptec Storage Manager started."),
        event(1, "9:00:03 AM", "WRN 424:A01C0S08L--", "Drive map: controller 1, channel 0, SCSI device ID 8, no drive"),
        event(
            1,
            "9:00:04 AM",
            "ERR 318:A01C0S08L--",
            "Drive failed: controller 1, channel 0, SCSI device ID 8, controller 1, enclosure 0, slot 0, S/N CVEM0711000A064KGN \
         (Vendor: INTEL Model: SSDSA2SH064G1GC)",
        ),
        event(
            1,
            "9:00:05 AM",
            "INF 12:A01C-S--L--",
            "Scheduled check ran at October 1, 2013 8:00:00 AM, found nothing",
        ),
        event(1, "9:00:06 AM", "INF 13:A01C-S--L--", "Temperatur 41 \u{b0}C, L\u{fc}fter normal"),
        event(1, "9:00:07 AM", "INF 14:A01C-S--L--", "x"),
    ]));
    // The event number of the reports has another text too, and it stands in the log more than once.
    let bare =
        |day| event(day, "8:38:40 AM", "INF 423:A01C0S012L--", "Drive map: controller 1, channel 0, bay 4 is empty");
    check_intact(log(1..=1) + &bare(1) + &log(2..=2) + &bare(2) + &log(3..=3) + &bare(3));
    // Another version of the program: other numbers for the same texts, from some day on.
    check_intact(log(1..=3) + &log(4..=6).replace(" 423:", " 1423:"));
    // Another wording altogether.
    check_intact(
        log(1..=5).replace("Drive map: controller", "Drive layout of adapter").replace("SCSI device", "target"),
    );
    // Two hosts with drives of their own in the same places.
    check_intact(
        (1..=4)
            .map(|day| log(day..=day) + &log(day..=day).replace("db7", "db8").replace("064KGN", "080LGN"))
            .collect::<String>(),
    );
    // Two hosts, and drives of one batch.
    check_intact(
        (1..=4)
            .map(|day| log(day..=day) + &log(day..=day).replace("db7", "db8").replace("064KGN", "064KGM"))
            .collect::<String>(),
    );
    // A report when the service starts, beside the daily one.
    check_intact(log(1..=3) + &log(3..=3).replace(" 8:38:", " 9:12:") + &log(4..=6));
    // A drive replaced by another, and by its neighbour of the batch; two that changed places; one taken out and put back.
    let from = |day: u32, old: &str, new: &str| log(1..=day - 1) + &log(day..=6).replace(old, new);
    check_intact(from(
        4,
        "CVEM9310021B064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)",
        "WD-77123 (Vendor: ATA Model: WDC WD10EZEX-00B)",
    ));
    check_intact(from(4, "CVEM9310021B064KGN", "CVEM9310022B064KGN"));
    check_intact(
        from(4, "CVEM9310021B064KGN", "x")
            .replace("CVEM0711000A064KGN", "CVEM9310021B064KGN")
            .replace("/N x", "/N CVEM0711000A064KGN"),
    );
    check_intact(log(1..=2) + &log(3..=3).replace("CVEM9310021B064KGN", "PHDV1234000C160AGN") + &log(4..=6));
    // Two drives that changed places for one day.
    check_intact(
        log(1..=2)
            + &log(3..=3)
                .replace("CVEM9310021B064KGN", "x")
                .replace("CVEM0711000A064KGN", "CVEM9310021B064KGN")
                .replace("/N x", "/N CVEM0711000A064KGN")
            + &log(4..=6),
    );
}

#[test]
fn nul_runs() {
    // At the start, in the middle and at the end of a log.
    check(
        [&[0; 100], log(1..=1).as_bytes()].concat(),
        r#"
100 times «\x00»: nul-run: 100 bytes NUL
4 records
"#,
    );
    check(
        [log(1..=1).as_bytes(), &[0; 100], log(2..=2).as_bytes()].concat(),
        r#"
4 records
100 times «\x00»: nul-run: 100 bytes NUL
4 records
"#,
    );
    check(
        [log(1..=1).as_bytes(), &[0; 100]].concat(),
        r#"
4 records
100 times «\x00»: nul-run: 100 bytes NUL
"#,
    );
    // Over the start, the middle and the end of a record, over the line end, over several records.
    let at = log(1..=1).len();
    check(
        overwritten(&log(1..=3), at, &[0; 10]),
        r#"
4 records
10 times «\x00»: nul-run: 10 bytes NUL
« 2013 8:38:37 AM CDT…l: SSDSA2SH064G1GC)\n»: torn: the end of a record without its front
7 records
"#,
    );
    check(
        overwritten(&log(1..=3), at + 100, &[0; 10]),
        r#"
4 records
«October 2, 2013 8:38…, channel 0, SCSI de»: torn: a record without its end
10 times «\x00»: nul-run: 10 bytes NUL
« controller 1, enclo…l: SSDSA2SH064G1GC)\n»: torn: the end of a record without its front
7 records
"#,
    );
    check(
        overwritten(&log(1..=3), at - 11, &[0; 10]),
        r#"
3 records
«October 1, 2013 8:38… INTEL Model: SSDSA2»: torn: a record without its end
10 times «\x00»: nul-run: 10 bytes NUL
«\n»: unrecognised, 0 lines
8 records
"#,
    );
    check(
        overwritten(&log(1..=3), at - 5, &[0; 10]),
        r#"
3 records
«October 1, 2013 8:38… Model: SSDSA2SH064G»: torn: a record without its end
10 times «\x00»: nul-run: 10 bytes NUL
«er 2, 2013 »: garbled: 11 bytes of text between damaged places
«8:38:37 AM CDT INF 4…l: SSDSA2SH064G1GC)\n»: torn: the end of a record without its front
7 records
"#,
    );
    check(
        overwritten(&log(1..=3), at - 1, &[0]),
        r#"
3 records
«October 1, 2013 8:38…el: SSDSA2SH064G1GC)»: torn: a record without its end
«\x00»: nul-run: 1 byte NUL
8 records
"#,
    );
    check(
        overwritten(&log(1..=3), 300, &[0; 512]),
        r#"
1 record
«October 1, 2013 8:38…roller 1, channel 0,»: torn: a record without its end
512 times «\x00»: nul-run: 512 bytes NUL
«Model: SSDSA2SH064G1GC)\n»: torn: the end of a line without its front
8 records
"#,
    );
    // Many, and a record behind them in the same line.
    check(
        [&vec![0; 1_000_000], record(1, 0).as_bytes()].concat(),
        r#"
1000000 times «\x00»: nul-run: 1000000 bytes NUL
1 record
"#,
    );
}

#[test]
fn foreign() {
    let tables = b"<U6F00> <U6F00>;IGNORE;IGNORE;IGNORE # x\n<U6F01> <U6F01>;IGNORE;IGNORE;IGNORE # y\n".repeat(4);
    check(
        overwritten(&log(1..=3), 1000, &tables),
        r#"
4 records
«October 2, 2013 8:38…, S/N CVEM0711000A06»: torn: a record without its end
«<U6F00> <U6F00>;IGNO…E;IGNORE;IGNORE # y\n»: foreign [glibc-locale]: LC_COLLATE table, 8 lines
«ler 1, channel 0, SC…l: SSDSA2SH064G1GC)\n»: torn: the end of a record without its front
5 records
"#,
    );
    check(
        [log(1..=1).as_bytes(), b"\x7fELF\x02\x01\x01", &[0x90; 300], log(2..=2).as_bytes()].concat(),
        r#"
4 records
«\x7fELF\x02\x01\x01\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90…\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90»: foreign: 307 bytes of no known kind
4 records
"#,
    );
    // NULs, another file, and a record that begins in the middle of a line.
    check(
        [log(1..=1).as_bytes(), &[0; 64], b"ORE;IGNORE;IGNORE # x\n;IGNORE;IGNORE;IGNORE", log(2..=2).as_bytes()]
            .concat(),
        r#"
4 records
64 times «\x00»: nul-run: 64 bytes NUL
«ORE;IGNORE;IGNORE # x\n;IGNORE;IGNORE;IGNORE»: foreign [glibc-locale]: LC_COLLATE table, 2 lines
4 records
"#,
    );
    // Text of no kind over the middle of two records.
    let prose = "is data that was meant for another file, by a program that has nothing to do with this log,\nand it goes on in a second line\nand a third".as_bytes();
    check(
        overwritten(&log(1..=3), 1100, prose),
        r#"
5 records
«October 2, 2013 8:38…o do with this log,\n»: torn: a record that breaks off
«and it goes on in a …irdSSDSA2SH064G1GC)\n»: unrecognised, 2 lines
6 records
"#,
    );
    // A file with zeros and strings in it is one file.
    let binary: Vec<u8> =
        (0..40_u8).flat_map(|n| [n ^ 0x95, 0x81, 0, 0, 0, 0, n, 0, b'a', b'b', b'c', 0, 0, 0, 0, 0]).collect();
    check(
        overwritten(&log(1..=3), 1000, &binary),
        r#"
4 records
«October 2, 2013 8:38…, S/N CVEM0711000A06»: torn: a record without its end
«\x95\x81\x00\x00\x00\x00\x00\x00abc\x00\x00\x00\x00\x00\x94\x81\x00\x00…\x00abc\x00\x00\x00\x00\x00\xb2\x81\x00\x00\x00\x00\'\x00abc»: foreign: 635 bytes of no known kind
5 times «\x00»: nul-run: 5 bytes NUL
«: INTEL Model: SSDSA2SH064G1GC)\n»: torn: the end of a record without its front
4 records
"#,
    );
}

/// The first bytes of a file of each kind that begins with a header, as far as the header's check reads.
fn headers() -> Vec<(&'static str, Vec<u8>)> {
    let elf = [
        &b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0"[..],
        &[0; 16],
        &200_000_u64.to_le_bytes(),
        b"\0\0\0\0\x40\0\x38\0\x0b\0\x40\0\x1e\0\x1d\0",
    ];
    let tzif = [b"TZif2", &[0; 15][..], b"\0\0\0\x05\0\0\0\x05\0\0\0\0\0\0\x01\0\0\0\0\x05\0\0\0\x14"];
    vec![
        ("sqlite", sqlite(100)),
        ("zstd", b"(\xb5/\xfd\x04\x58\x04\0\x10".to_vec()),
        ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0".to_vec()),
        ("zip", b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0\0\0\0\0\0\0\x01\0\0\0\x01\0\x05\0\0\0a.txt".to_vec()),
        ("pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length 9000 >>\nstream\n".to_vec()),
        ("elf", elf.concat()),
        ("tzif", tzif.concat()),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec()),
        ("xz", b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46".to_vec()),
    ]
}

/// The header of a SQLite database of so many pages of 512 bytes.
fn sqlite(pages: u32) -> Vec<u8> {
    let fixed: &[u8] = b"SQLite format 3\0\x02\0\x01\x01\0\x40\x20\x20\0\0\0\x01";
    [fixed, &pages.to_be_bytes(), &[0; 68]].concat()
}

fn offset(at: usize) -> u64 {
    u64::try_from(at).unwrap()
}

/// Blocks of other files over the middle of a record: many headers begin with bytes that a record's text could go on with.
#[test]
fn headers_over_records() {
    let log = log(1..=9);
    for (code, header) in headers() {
        for size in [512, 1_024, 4_096] {
            let mut block = header.clone();
            block.resize(size, 0x95);
            for at in [512, 1_024, 1_536, 2_048] {
                let end = at + size;
                assert_ne!(log.as_bytes()[at - 1], b'\n', "the middle of a record");
                let input = overwritten(&log, at, &block);
                let found = read(&input, [&input[..]]);
                let damage: Vec<_> = found.spans.iter().filter(|(_, what)| what.is_some()).collect();
                let [(front, Some(What::Damage(torn))), (file, Some(What::Damage(foreign))), rest @ ..] = &damage[..]
                else {
                    panic!("{code}, {size} bytes at {at}: {damage:?}");
                };
                assert_eq!((torn.origin, front.end), (None, offset(at)), "{code}, {size} bytes at {at}");
                let origin = foreign.origin.map(|origin| origin.code());
                assert_eq!((origin, file.start), (Some(code), offset(at)), "{code}, {size} bytes at {at}");
                // These headers do not tell where a file ends that is cut off. A record's end is known by its words: where
                // too few are left, the file has them, up to the line's end.
                let line_end = end + log[end..].find('\n').unwrap() + 1;
                match rest {
                    [(tail, Some(What::Damage(torn)))] => {
                        assert_eq!(
                            (torn.kind.code(), tail.start),
                            ("torn", offset(end)),
                            "{code}, {size} bytes at {at}"
                        );
                        assert_eq!(tail.end, offset(line_end));
                    }
                    [] => assert!(file.end == offset(line_end) && line_end - end < 25, "{code}, {size} bytes at {at}"),
                    _ => panic!("{code}, {size} bytes at {at}: {damage:?}"),
                }
            }
        }
    }
}

/// Where a structure tells its length, all behind it is the record's, however little of that is left.
#[test]
fn whole_files_over_records() {
    let mut database = sqlite(1);
    database.resize(512, 0);
    let zstd = [&b"(\xb5/\xfd\x24\x3c\xe1\x01\0"[..], &[0x95; 60], b"tail"].concat();
    let pdf = [b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", &b"%\n".repeat(20)[..], b"startxref\n0\n%%EOF\n"];
    let log = log(1..=9);
    for (code, file) in [("sqlite", database), ("zstd", zstd), ("pdf", pdf.concat())] {
        for at in 1_024..1_024 + record(1, 0).len() {
            let end = at + file.len();
            let (at_start, to_start) = (log.as_bytes()[at - 1] == b'\n', log.as_bytes()[end - 1] == b'\n');
            if at_start || to_start || log.as_bytes()[end] == b'\n' {
                continue;
            }
            let input = overwritten(&log, at, &file);
            let found = read(&input, [&input[..]]);
            let damage: Vec<_> = found.spans.iter().filter(|(_, what)| what.is_some()).collect();
            let [.., (span, Some(What::Damage(foreign))), (rest, Some(What::Damage(torn)))] = &damage[..] else {
                panic!("{code} at {at}: {damage:?}");
            };
            assert_eq!(foreign.origin.map(|origin| origin.code()), Some(code), "at {at}");
            assert_eq!((span.start, span.end), (offset(at), offset(end)), "{code} at {at}");
            assert_eq!((torn.kind.code(), rest.start), ("torn", offset(end)), "{code} at {at}");
        }
    }
}

/// A signature alone is no header: it is a change of the text like any other.
#[test]
fn signatures_in_a_text() {
    for word in ["PK", "PK\x03\x04", "%PDF-1.4", "TZif", "\x7fELF", "SQLite", "(", "YZ"] {
        let input = changed(2, 1, |record| record.replace("controller 1,", &format!("controller {word},")));
        let text = describe(input.as_bytes(), &read(input.as_bytes(), [input.as_bytes()]));
        let lines: Vec<&str> = text.lines().collect();
        let [_, line, "14 records"] = lines[..] else { panic!("{word}: {text}") };
        assert!(
            line.starts_with("«October 2, 2013 8:38…") && line.contains("H064G1GC)\\n»: garbled: "),
            "{word}: {text}"
        );
    }
}

#[test]
fn torn() {
    let two = log(1..=1) + &log(2..=2);
    // The end of the input cuts a record: in its head, in its text, before its line end.
    check(
        &two[..two.len() - 200],
        "
7 records
«October 2,»: torn: the input ends in the middle of a record
",
    );
    check(
        &two[..two.len() - 70],
        "
7 records
«October 2, 2013 8:38…ler 1, enclosure 0, »: torn: the input ends in the middle of a record
",
    );
    check(
        &two[..two.len() - 2],
        "
7 records
«October 2, 2013 8:38…del: SSDSA2SH064G1GC»: torn: the input ends in the middle of a record
",
    );
    check(
        log(1..=1) + event(2, "9:00:00 AM", "ERR 402:A01C-S--L00", "Array is degraded").trim_end(),
        "
4 records
«October 2, 2013 9:00…7] Array is degraded»: torn: a record without its line end
",
    );
    // The start of the input does.
    check(
        &two[20..],
        r#"
«:34 AM CDT INF 423:A…l: SSDSA2SH064G1GC)\n»: garbled: the head of a record is changed
7 records
"#,
    );
    check(
        &two[100..],
        r#"
«vice ID 8, controlle…l: SSDSA2SH064G1GC)\n»: torn: the end of a record without its front
7 records
"#,
    );
    check(
        &two[190..],
        r#"
« SSDSA2SH064G1GC)\n»: unrecognised, 1 lines
7 records
"#,
    );
    // A cut line end joins two records; a cut takes more than that.
    check(
        two.replacen(")\n", ")", 1),
        "
«October 1, 2013 8:38…el: SSDSA2SH064G1GC)»: torn: a record without its line end
7 records
",
    );
    check(
        two.replacen(")\nOctober 1,", ")", 1),
        r#"
«October 1, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: the head of one record with the tail of another
6 records
"#,
    );
    check(
        two.replacen(")\nOctober 1, 2013 8:38:34 AM CDT INF 423:", ")", 1),
        r#"
«October 1, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: the head of one record with the tail of another
6 records
"#,
    );
    let text = log(1..=1) + &event(1, "9:00:00 AM", "ERR 402:A01C-S--L00", "Array is degraded") + &log(2..=2);
    check(
        text.replace("degraded\n", "degraded"),
        "
4 records
«October 1, 2013 9:00…7] Array is degraded»: torn: a record without its line end
4 records
",
    );
    check(
        text.replace("degraded\nOct", "degraded"),
        r#"
4 records
«October 1, 2013 9:00…l: SSDSA2SH064G1GC)\n»: spliced: the head of one record with the tail of another
3 records
"#,
    );
    check(
        text.replace("degraded\nOctober 2, 2013 8:38:37 AM CDT ", "degraded"),
        r#"
4 records
«October 1, 2013 9:00…l: SSDSA2SH064G1GC)\n»: spliced: the head of one record with the tail of another
3 records
"#,
    );
    check(
        text.replace("degraded\nOctober 2, 2013 8:38:37 AM CDT INF 423:A01C0S08L-- [db7] Drive map: contr", "degraded"),
        r#"
4 records
«October 1, 2013 9:00…l: SSDSA2SH064G1GC)\n»: spliced: the head of one record with the tail of another
3 records
"#,
    );
    // A line break that came in between.
    check(
        two.replacen("SCSI device", "SCSI\n device", 1),
        r#"
«October 1, 2013 8:38… 1, channel 0, SCSI\n»: torn: a record that breaks off
« device ID 8, contro…l: SSDSA2SH064G1GC)\n»: torn: the end of a record without its front
7 records
"#,
    );
}

#[test]
fn spliced() {
    let line = |device| record(3, device);
    let splice = |at: &str| {
        let (head, tail) = (line(0), line(2));
        let (head, tail) = (head.find(at).unwrap(), &tail[tail.find(at).unwrap()..]);
        changed(3, 0, |line| format!("{}{tail}", &line[..head]))
    };
    check(
        splice("[db7]"),
        r#"
8 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: the location A01C0S08L-- contradicts the text
11 records
"#,
    );
    check(
        splice(", SCSI"),
        r#"
8 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: the location A01C0S08L-- contradicts the text
11 records
"#,
    );
    check(
        splice(", enclosure"),
        r#"
8 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: what it says of its place ends as that of another place, and its own reports before and after say «Drive map: controller 1, channel 0, SCSI device ID 8, controller 1, enclosure 0, slot 0, S/N CVEM0711000A064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
11 records
"#,
    );
    check(
        splice("S/N"),
        r#"
8 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: what it says of its place ends as that of another place, and its own reports before and after say «Drive map: controller 1, channel 0, SCSI device ID 8, controller 1, enclosure 0, slot 0, S/N CVEM0711000A064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
11 records
"#,
    );
    // Half a serial of each.
    let half = |line: &str| line.replace("CVEM0711000A064KGN", "CVEM07112003C064KGN");
    check(
        changed(3, 0, half),
        r#"
8 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: what it says of its place ends as that of another place, and its own reports before and after say «Drive map: controller 1, channel 0, SCSI device ID 8, controller 1, enclosure 0, slot 0, S/N CVEM0711000A064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
11 records
"#,
    );
    // A head of another text.
    let start = event(1, "9:00:00 AM", "WRN 30535:A00C-S--L--", "Adaptec Storage Manager started.");
    let texts = log(1..=1)
        + &start
        + &event(1, "9:00:01 AM", "INF 77:A01C-S--L--", "Some text of its own")
        + &log(2..=3)
        + &start;
    check(texts.replacen("Adaptec Storage Manager started.", "Drive map: controller 1, channel 0, SCSI device ID 8, controller 1, enclosure 0, slot 0, S/N CVEM0711000A064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)", 1), r#"
4 records
«October 1, 2013 9:00…l: SSDSA2SH064G1GC)\n»: spliced: the location A00C-S--L-- contradicts the text
10 records
backwards 2795..2887: 1 d 23 h earlier than the record before it
"#);
    check(texts.replace("Some text of its own", "Some texoller 1, channel 0, SCSI device ID 8, controller 1, enclosure 0, slot 0, S/N CVEM0711000A064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)"), r#"
5 records
«October 1, 2013 9:00…l: SSDSA2SH064G1GC)\n»: spliced: the head of one record with the tail of another
9 records
duplicate 2799..2891: a record that stands in the log before
"#);
    check(texts.replace("77:A01C-S--L-- [db7] Some text of its own", "77:A01C0S09L-- [db7] Some, SCSI device ID 8, controller 1, enclosure 0, slot 0, S/N CVEM0711000A064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)"), r#"
5 records
«October 1, 2013 9:00…l: SSDSA2SH064G1GC)\n»: spliced: the head of one record with the tail of another
9 records
duplicate 2777..2869: a record that stands in the log before
"#);
}

#[test]
fn garbled() {
    // One bit of every field.
    check(
        changed(3, 1, |line| line.replace("October", "Ocdober")),
        r#"
9 records
«Ocdober 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: the head of a record is changed
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("October 3,", "October s,")),
        r#"
9 records
«October s, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: the head of a record is changed
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("2013", "2213")),
        r#"
9 records
«October 3, 2213 8:38…l: SSDSA2SH064G1GC)\n»: garbled: the head of a record is changed
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("8:38", "8z38")),
        r#"
9 records
«October 3, 2013 8z38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 14 bytes
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("AM", "EM")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 7 bytes
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("CDT", "cDT")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 4 bytes
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("INF", "MNF")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 8 bytes
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("423:", "433:")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: event number 433 does not go with the text
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace(":A01", ":A11")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: the location A11C0S09L-- contradicts the text
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("L--", "L-m")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 8 bytes
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("[db7]", "{db7]")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: the text is not that of event number 423
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("[db7]", "[db7}")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: bytes are missing or changed inside a record
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("[db7]", "[db7_")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: bytes are missing or changed inside a record
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("Drive map", "Drivm map")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: the text is not that of event number 423
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("Drive map", "Lrive map")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: the text is not that of event number 423
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace(", channel 0", ", channel 8")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: the location A01C0S09L-- contradicts the text
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("device ID", "devi#e ID")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 1 byte
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("ID 9, controller 1", "ID 9, controller 3")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: bytes are missing or changed inside a record
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("slot 1", "slot 3")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 9, controller 1, enclosure 0, slot 1, S/N CVEM9310021B064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("CVEM9310", "CVEM9314")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 9, controller 1, enclosure 0, slot 1, S/N CVEM9310021B064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("INTEL", "IN\u{7f}EL")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 1 byte
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("GC)\n", "GC)\u{b}")),
        r#"
9 records
«October 3, 2013 8:38…el: SSDSA2SH064G1GC)»: torn: a record without its end
«\x0b»: garbled: 1 byte of no text
10 records
"#,
    );
    // A byte that is no text.
    let bytes = log(1..=3);
    let at = record(1, 0).len() + 150;
    check(
        overwritten(&bytes, at, b"\x87"),
        r#"
1 record
«October 1, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 1 byte
10 records
"#,
    );
    check(
        overwritten(&bytes, at, b"\0"),
        r#"
1 record
«October 1, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 1 byte
10 records
"#,
    );
    check(
        overwritten(&bytes, at, b"\x87\x12\xff\x00\x01\x02\x03\x04\x05"),
        r#"
1 record
«October 1, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 9 bytes
10 records
"#,
    );
    // A byte cut.
    check(
        changed(3, 1, |line| line.replace("October", "ctober")),
        r#"
9 records
«ctober 3, 2013 8:38:…l: SSDSA2SH064G1GC)\n»: garbled: the head of a record is changed
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("INF ", "INF")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 4 bytes
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace(" [db7]", "[db7]")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 6 bytes
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("[db7] ", "[db7]")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: bytes are missing or changed inside a record
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("controller 1, ch", "controller 1 ch")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: bytes are missing or changed inside a record
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("CVEM9310", "CVEM310")),
        r#"
9 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 9, controller 1, enclosure 0, slot 1, S/N CVEM9310021B064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
10 records
"#,
    );
    check(
        changed(3, 1, |line| line.replace("GC)", "GC")),
        r#"
9 records
«October 3, 2013 8:38…el: SSDSA2SH064G1GC\n»: torn: a record that breaks off
10 records
"#,
    );
    // An event number that is its own neighbour's.
    let start = event(1, "9:00:00 AM", "WRN 30535:A00C-S--L--", "Adaptec Storage Manager started.");
    check(
        (start.repeat(2) + &start.replace("30535", "30537") + &start).replace("9:00:00", "9:00:01"),
        r#"
2 records
«October 1, 2013 9:00…ge Manager started.\n»: garbled: event number 30537 does not go with the text
1 record
"#,
    );
}

#[test]
fn serials() {
    // One digit off: in the middle, in the first report, in the last, where only two reports are left, in two different ways.
    let off = |day| changed(day, 2, |line| line.replace("CVEM0522003C", "CVEM0522007C"));
    check(
        off(3),
        r#"
10 records
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 10, controller 1, enclosure 0, slot 2, S/N CVEM0522003C064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
9 records
"#,
    );
    check(
        off(1),
        r#"
2 records
«October 1, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 10, controller 1, enclosure 0, slot 2, S/N CVEM0522003C064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
17 records
"#,
    );
    check(
        off(5),
        r#"
18 records
«October 5, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 10, controller 1, enclosure 0, slot 2, S/N CVEM0522003C064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
1 record
"#,
    );
    check(
        log(1..=1) + &log(2..=2).replace("CVEM0522003C", "CVEM0522013C"),
        r#"
6 records
«October 2, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 10, controller 1, enclosure 0, slot 2, S/N CVEM0522003C064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
1 record
"#,
    );
    check(
        off(2).replace(&record(4, 2), &record(4, 2).replace("064KGN", "065KGN")),
        r#"
6 records
«October 2, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 10, controller 1, enclosure 0, slot 2, S/N CVEM0522003C064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
7 records
«October 4, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 10, controller 1, enclosure 0, slot 2, S/N CVEM0522003C064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
5 records
"#,
    );
    // The drive is a new one from the fourth report on, and one of its records is damaged.
    check(
        log(1..=3)
            + &log(4..=4).replace("CVEM9310021B", "CVEM9310022B")
            + &log(5..=5).replace("CVEM9310021B", "CVEM9310023B")
            + &log(6..=7).replace("CVEM9310021B", "CVEM9310022B"),
        r#"
17 records
«October 5, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: what it says of its place differs in one letter from «Drive map: controller 1, channel 0, SCSI device ID 9, controller 1, enclosure 0, slot 1, S/N CVEM9310022B064KGN (Vendor: INTEL Model: SSDSA2SH064G1GC)»
10 records
"#,
    );
}

#[test]
fn several_at_once() {
    let three = log(1..=3);
    let mut bytes = three.into_bytes();
    bytes[250] = 0x87;
    bytes[700..760].fill(0);
    bytes.splice(1400..1500, []);
    bytes.splice(1900..1900, *b"\x1f\x8b\x08\0 not of this log \xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6");
    bytes.truncate(2200);
    check(
        bytes,
        r#"
1 record
«October 1, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 15 bytes
1 record
«October 1, 2013 8:38…b7] Drive map: contr»: torn: a record without its end
60 times «\x00»: nul-run: 60 bytes NUL
«re 0, slot 3, S/N CV…l: SSDSA2SH064G1GC)\n»: torn: the end of a record without its front
2 records
«October 2, 2013 8:38…l: SSDSA2SH064G1GC)\n»: spliced: the head of one record with the tail of another
1 record
«October 3, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: a record changed within 31 bytes
«October 3, 2013 8:38…03C064KGN (Vendor: I»: torn: the input ends in the middle of a record
"#,
    );
}

#[test]
fn anomalies() {
    // A block that stands twice, at once and later.
    check(
        log(1..=3) + &log(2..=3) + &log(4..=5),
        "
28 records
duplicate 2508..4180: 8 records that stand in the log before, in the same order
",
    );
    check(
        log(1..=5) + &log(2..=3) + &log(6..=7),
        "
36 records
duplicate 4180..5852: 8 records that stand in the log before, in the same order
",
    );
    check(log(1..=2) + &record(2, 3) + &log(3..=3), "13 records");
    check(
        log(1..=5) + &log(2..=2),
        "
24 records
duplicate 4180..5016: 4 records that stand in the log before, in the same order
",
    );
    // Time that goes back.
    check(
        log(10..=12) + &log(5..=8),
        "
28 records
backwards 2520..2728: 7 d earlier than the record before it
",
    );
    check(
        log(1..=3) + &event(1, "9:00:00 AM", "ERR 402:A01C-S--L00", "Array is degraded") + &log(4..=5),
        "
21 records
backwards 2508..2583: 1 d 23 h earlier than the record before it
",
    );
    // Reports that are missing; the rhythm drifts.
    check(
        log(1..=3) + &log(6..=7),
        "
20 records
gap 2508..2508: 2 reports are missing: written every 1 d before
",
    );
    check(
        log(1..=2) + &log(4..=5) + &log(9..=9),
        "
20 records
gap 1672..1672: 1 report is missing: written every 1 d before
gap 3344..3344: 3 reports are missing: written every 1 d before
",
    );
    check_intact(log(1..=30));
}

#[test]
fn long_lines() {
    let long = "no end of it. ".repeat(5 * 1024 * 1024 / 14);
    check(
        format!("{long}{}", log(1..=1)),
        "
«no end of it. no end…f it. no end of it. »: foreign [text]: text, 1 line
4 records
",
    );
    check(
        format!("{}{}\n{}", log(1..=1), &long[..14 * 70_000], log(2..=2)),
        r#"
4 records
«no end of it. no end… it. no end of it. \n»: unrecognised, 1 lines
4 records
"#,
    );
    // A record's head on every edge of a piece that a long line is searched in.
    for shift in (0..700).step_by(23) {
        let line = "x".repeat(16 * 1024 * 2 - 600 + shift);
        let found = read(b"", [(line + &record(1, 0)).as_bytes()]);
        assert_eq!(found.spans.iter().filter(|(_, what)| what.is_none()).count(), 1, "{shift}");
    }
    let wide = record(1, 0).replacen(' ', &" ".repeat(60), 5);
    for shift in (0..700).step_by(23) {
        let line = "x".repeat(16 * 1024 * 2 - 1000 + shift);
        let found = read(b"", [(line + &wide).as_bytes()]);
        assert_eq!(found.spans.iter().filter(|(_, what)| what.is_none()).count(), 1, "wide {shift}");
    }
}

#[test]
fn pager_text() {
    let damaged = |nul: &str, byte: &str| {
        log(1..=1)
            + &nul.repeat(12)
            + "ORE;IGNORE;IGNORE;IGNORE # x"
            + &byte.repeat(6)
            + "\n;IGNORE;IGNORE;IGNORE # x\n"
            + &log(2..=2)
    };
    check(
        damaged("^@", "<87>"),
        r#"
4 records
«^@^@^@^@^@^@^@^@^@^@^@^@»: nul-run: 12 bytes NUL
«ORE;IGNORE;IGNORE;IGNORE # x»: foreign [glibc-locale]: LC_COLLATE table, 1 line
«<87><87><87><87><87><87>»: garbled: 6 bytes of no text
«\n;IGNORE;IGNORE;IGNORE # x\n»: foreign [glibc-locale]: LC_COLLATE table, 2 lines
4 records
"#,
    );
    check(
        damaged("^@", "M-^G"),
        r#"
4 records
«^@^@^@^@^@^@^@^@^@^@^@^@»: nul-run: 12 bytes NUL
«ORE;IGNORE;IGNORE;IGNORE # x»: foreign [glibc-locale]: LC_COLLATE table, 1 line
«M-^GM-^GM-^GM-^GM-^GM-^G»: garbled: 6 bytes of no text
«\n;IGNORE;IGNORE;IGNORE # x\n»: foreign [glibc-locale]: LC_COLLATE table, 2 lines
4 records
"#,
    );
    check(
        damaged("\\x00", "\\x87"),
        r#"
4 records
«\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00»: nul-run: 12 bytes NUL
«ORE;IGNORE;IGNORE;IGNORE # x»: foreign [glibc-locale]: LC_COLLATE table, 1 line
«\\x87\\x87\\x87\\x87\\x87\\x87»: garbled: 6 bytes of no text
«\n;IGNORE;IGNORE;IGNORE # x\n»: foreign [glibc-locale]: LC_COLLATE table, 2 lines
4 records
"#,
    );
    check(
        log(1..=1) + "^@^@^@^@^@^@^@^@<87><9C>ESC<80>^[<FF>^@^@" + &log(2..=2),
        "
4 records
«^@^@^@^@^@^@^@^@»: nul-run: 8 bytes NUL
«<87><9C>ESC<80>^[<FF>^@^@»: garbled: 8 bytes of no text
4 records
",
    );
}

/// The offsets of the text and of the bytes that it stands for are both kept.
#[test]
fn pager_offsets() {
    let start = u64::try_from(log(1..=1).len()).unwrap();
    let input = log(1..=1) + &"^@".repeat(12) + &"<87>".repeat(20) + &log(2..=2) + &"^@".repeat(10) + &log(3..=3);
    let found = read(&[], [input.as_bytes()]);
    let decoded: Vec<_> = found.decoded.iter().map(|range| range.start - start..range.end - start).collect();
    let second = u64::try_from(log(2..=2).len()).unwrap() + 32;
    assert_eq!(decoded, [0..12, 12..32, second..second + 10]);
}

#[test]
fn published_logs() {
    if let Some(log) = published("full.log") {
        check(
            log,
            r#"
12 records
18 times «\x00»: nul-run: 18 bytes NUL
«ORE;IGNORE #\xe6\x94\xa80\n;IG…IGNORE;IGNORE #\xe8\x81\x890 »: foreign [glibc-locale]: LC_COLLATE table, 9 lines
«TZif2\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00…\x04\x0bH\x86\x84\x00\x00\x00\x05\r+\x0b\x85\x00\x00\x00\x06\x0f\x0c\n»: foreign [tzif]: time-zone file (TZif2), cut off after 446 of at least 748 bytes; abbreviations LMT, YAKT, YAKST, VLAST, VLAT
gap 1678..1678: 23 reports are missing: written every 1 d before
"#,
        );
    }
    if let Some(log) = published("normal.log") {
        check(log, "8 records");
    }
    if let Some(log) = published("abnormal.bytes.log") {
        check(
            &log,
            r#"
4 records
18 times «\x00»: nul-run: 18 bytes NUL
«ORE;IGNORE #\xe6\x94\xa80\n;IG…IGNORE;IGNORE #\xe8\x81\x890 »: foreign [glibc-locale]: LC_COLLATE table, 9 lines
«TZif2\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00…\x04\x0bH\x86\x84\x00\x00\x00\x05\r+\x0b\x85\x00\x00\x00\x06\x0f\x0c\n»: foreign [tzif]: time-zone file (TZif2), cut off after 446 of at least 748 bytes; abbreviations LMT, YAKT, YAKST, VLAST, VLAT
"#,
        );
        let found = read(&log, [log.as_slice()]);
        let spans: Vec<_> = found.spans.iter().skip(4).map(|(span, _)| span.clone()).collect();
        assert_eq!(spans, [0x34b..0x35d, 0x35d..0x450, 0x450..1550]);
    }
    if let Some(log) = published("abnormal.as-published.log") {
        check(
            log,
            r#"
4 records
«^@^@^@^@^@^@^@^@^@^@^@^@^@^@^@^@^@^@»: nul-run: 18 bytes NUL
«ORE;IGNORE #\xe6\x94\xa80\n;IG…IGNORE;IGNORE #\xe8\x81\x890 »: foreign [glibc-locale]: LC_COLLATE table, 9 lines
«TZif2^@^@^@^@^@^@^@^…+^K<85>^@^@^@^F^O^L\n»: foreign [tzif]: time-zone file (TZif2), cut off after 446 of at least 748 bytes; abbreviations LMT, YAKT, YAKST, VLAST, VLAT
"#,
        );
    }
}

/// A bare host, a text that breaks off before a blank, and another text behind that: all before the wide blank was taken for the host.
#[test]
fn a_text_that_breaks_off_is_no_host() {
    let bare = log(1..=5).replace("[db7]", "db7.example.org");
    check_intact(&bare);
    let map = "Drive map: controller 1, channel 0, SCSI device ID 8";
    let torn = bare.replacen(map, &format!("Drive map: controller  {map}"), 1);
    check(
        torn,
        r#"
«October 1, 2013 8:38…l: SSDSA2SH064G1GC)\n»: garbled: the text is not that of event number 423
19 records
"#,
    );
}
