//! Logs of the field, where the collection lies beside the checkout.

use super::KernelLog;
use crate::kernel::controller_event::ControllerEvent;
use crate::stream::{Item, Reader, What};
use crate::time::Resolver;
use chrono::DateTime;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What was read of the files of a kind.
#[derive(Debug, Default)]
struct Read {
    files: u32,
    recognised: u32,
    records: u64,
    /// Of drivers of storage.
    of_storage: u64,
    /// Of these, those whose words are not known.
    not_understood: u64,
    /// Lines that are no records.
    unrecognised: u64,
    damaged_places: u64,
}

/// The collection, if it is there.
fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora"));
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("NOT TESTED: {} is absent, so no log of the field was read", folder.display());
    None
}

/// Calls with each item of a log.
fn read(bytes: &[u8], mut take: impl FnMut(&Item<'_, KernelLog>)) {
    let front = bytes.get(..1 << 20).unwrap_or(bytes);
    let modified = DateTime::from_timestamp(1_770_000_000, 0).expect("a time");
    let mut reader = Reader::new(KernelLog::new(modified).learn(front), Resolver::new(None));
    let mut sink = |item: Item<'_, KernelLog>| take(&item);
    reader.push(bytes, &mut sink);
    reader.finish(&mut sink);
}

#[test]
fn logs_of_the_field() {
    let Some(folder) = folder() else { return };
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).expect("a manifest");
    let mut kinds: BTreeMap<&str, Read> = BTreeMap::new();
    let mut unknown: BTreeMap<String, u32> = BTreeMap::new();
    for row in manifest.lines().skip(1) {
        let mut fields = row.split('\t');
        let (Some(path), Some(kind)) = (fields.next(), fields.next()) else { continue };
        let Ok(bytes) = std::fs::read(folder.join(path)) else { continue };
        let of = kinds.entry(kind).or_default();
        of.files += 1;
        if !KernelLog::recognise(bytes.get(..1 << 20).unwrap_or(&bytes)) {
            if OURS.contains(&kind) {
                eprintln!("    not recognised: {path}: {:?}", super::learn::Counts::of(&bytes));
            }
            continue;
        }
        of.recognised += 1;
        assert!(OURS.contains(&kind), "{path} is of kind {kind}");
        let mut damaged = 0;
        read(&bytes, |item| match item {
            Item::Record { record, .. } => {
                of.records += 1;
                let Some(told) = &record.told() else { return };
                of.of_storage += 1;
                if !told.is_understood() {
                    of.not_understood += 1;
                    let words: String = record.text.chars().map(|c| if c.is_ascii_digit() { 'N' } else { c }).collect();
                    *unknown.entry(words).or_default() += 1;
                }
            }
            Item::Other { what: What::Unrecognised { lines }, .. } => of.unrecognised += lines,
            Item::Other { what: What::Damage(damage), span, .. } => {
                eprintln!("    {path}: {span:?} {damage:?}");
                damaged += 1;
            }
            _ => {}
        });
        of.damaged_places += damaged;
        assert_eq!(damaged > 0, kind == "corrupted-log", "{path}");
    }
    for (kind, of) in &kinds {
        eprintln!("{kind}: {of:?}");
    }
    let mut unknown: Vec<_> = unknown.into_iter().collect();
    unknown.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (words, count) in unknown.iter().take(40) {
        eprintln!("    {count} not understood: {words}");
    }
    let logs: Vec<&Read> = kinds.iter().filter(|(kind, _)| OURS.contains(kind)).map(|(_, of)| of).collect();
    let sum = |of: fn(&Read) -> u64| logs.iter().map(|read| of(read)).sum::<u64>();
    assert!(sum(|of| of.not_understood) * 50 < sum(|of| of.of_storage));
}

/// The kinds of files that are logs of a kernel.
const OURS: [&str; 5] =
    ["dmesg-bsd", "event-log-megaraid+dmesg", "event-log-smartarray+dmesg", "syslog", "corrupted-log"];

/// What a label of the collection's script comes to. None is damage: every byte is what the kernel wrote. FreeBSD writes lines from
/// several processors while it starts, and its buffer does not keep them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    /// Wrong: the entry is whole, and stands behind the front of another's line.
    Behind,
    /// Wrong: the entry is whole but for its driver's name, which stands in a line before.
    Nameless,
    /// Wrong: no number is missing; the script did not see the entry before, for it stands behind another's front or has no name.
    Elsewhere,
    /// Wrong: the numbers are missing since the driver prints entries of class info and above, and what went on then was a rebuild
    /// or an initialization, whose progress has a class of its own (`mfi_event_class` in sys/dev/mfi/mfi.c).
    NotPrinted,
    /// Right: the entry's text is mixed with another's line. Its head is whole, and so is what it is about.
    Mixed,
}

/// A file, by the last part of its name; a judgement; the lines that it is of.
type Judged = (&'static str, Judgement, &'static [usize]);

const JUDGED: &[Judged] = &[
    ("4DD5F1C0C6", Judgement::Behind, &[158, 160, 176, 181]),
    ("4DD5F1C0C6", Judgement::Elsewhere, &[161, 177, 182]),
    ("CC8F51B953", Judgement::Behind, &[122, 149, 163, 175, 216]),
    (
        "CC8F51B953",
        Judgement::Nameless,
        &[124, 127, 131, 152, 178, 189, 196, 204, 208, 220, 223, 230, 240, 243, 250, 253, 260],
    ),
    (
        "CC8F51B953",
        Judgement::Elsewhere,
        &[123, 125, 128, 132, 150, 153, 164, 176, 179, 190, 197, 205, 209, 217, 221, 224, 231, 241, 244, 251, 254, 261],
    ),
    ("CC8F51B953", Judgement::NotPrinted, &[159, 210, 262, 264, 349, 350, 508]),
    ("23281CBD58", Judgement::Nameless, &[120, 123, 142]),
    ("23281CBD58", Judgement::Elsewhere, &[121, 124, 143]),
    ("F98068785D", Judgement::Behind, &[101, 112]),
    ("F98068785D", Judgement::Elsewhere, &[102, 113]),
    ("9C70F76349", Judgement::Behind, &[104, 116, 128, 132, 144, 148]),
    ("9C70F76349", Judgement::Nameless, &[115, 120, 135]),
    ("9C70F76349", Judgement::Elsewhere, &[105, 117, 121, 129, 133, 136, 145, 149]),
    ("9C70F76349", Judgement::Mixed, &[102]),
    ("04BAD07CF5", Judgement::Behind, &[86, 91, 120]),
    ("04BAD07CF5", Judgement::Nameless, &[90, 113]),
    ("04BAD07CF5", Judgement::Elsewhere, &[87, 92, 114, 121]),
    ("F587BDDFBD", Judgement::Behind, &[80, 90]),
    ("F587BDDFBD", Judgement::Nameless, &[89, 96]),
    ("F587BDDFBD", Judgement::Elsewhere, &[81, 91, 97]),
    ("FA7B2A91E8", Judgement::Behind, &[852]),
    ("FA7B2A91E8", Judgement::Elsewhere, &[853]),
    ("B0AF5D8891", Judgement::Behind, &[69]),
    ("B0AF5D8891", Judgement::Elsewhere, &[70]),
    ("7C53DB72F9", Judgement::Behind, &[73]),
    ("7C53DB72F9", Judgement::Nameless, &[77, 79, 232]),
    ("7C53DB72F9", Judgement::Elsewhere, &[74, 80, 234]),
    ("88BB2BDB40", Judgement::Behind, &[133, 552]),
    ("88BB2BDB40", Judgement::Elsewhere, &[135, 554]),
    ("F23BF8E1A7", Judgement::Behind, &[98, 114, 127]),
    ("F23BF8E1A7", Judgement::Nameless, &[99, 104, 116, 120]),
    ("F23BF8E1A7", Judgement::Elsewhere, &[101, 105, 115, 117, 121, 130]),
    ("E5049A7FD4", Judgement::Behind, &[135, 151, 182]),
    ("E5049A7FD4", Judgement::Elsewhere, &[136, 152, 183]),
    ("1D71D3C9E7", Judgement::Behind, &[203]),
    ("1D71D3C9E7", Judgement::Elsewhere, &[204]),
    ("92C9D47B71", Judgement::Behind, &[137]),
    ("92C9D47B71", Judgement::Elsewhere, &[140]),
    ("92C9D47B71", Judgement::NotPrinted, &[150, 241]),
    ("DEB86BDA7B", Judgement::Behind, &[168, 181]),
    ("DEB86BDA7B", Judgement::Elsewhere, &[171, 182]),
    ("DEF561D940", Judgement::Behind, &[133]),
    ("DEF561D940", Judgement::Elsewhere, &[135]),
    ("38A54BC15C", Judgement::Behind, &[102, 105, 115]),
    ("38A54BC15C", Judgement::Elsewhere, &[104, 107, 116]),
    ("38A54BC15C", Judgement::Mixed, &[111, 123]),
    ("0BBF4A51BB", Judgement::Behind, &[143]),
    ("0BBF4A51BB", Judgement::Elsewhere, &[145]),
    ("869769654B", Judgement::Behind, &[120, 129, 139]),
    ("869769654B", Judgement::Elsewhere, &[122, 130, 140]),
    ("B456EB04B7", Judgement::Behind, &[150, 157]),
    ("B456EB04B7", Judgement::Elsewhere, &[151, 158]),
    ("B456EB04B7", Judgement::Mixed, &[146]),
    ("1FE915B90A", Judgement::Behind, &[117, 126, 130]),
    ("1FE915B90A", Judgement::Elsewhere, &[118, 127, 131]),
    ("B54739F9FA", Judgement::Behind, &[129]),
    ("B54739F9FA", Judgement::Mixed, &[123]),
    ("370151A08F", Judgement::Behind, &[105]),
    ("370151A08F", Judgement::Elsewhere, &[107]),
    ("787B53D486", Judgement::Behind, &[116, 117, 121]),
    ("787B53D486", Judgement::Elsewhere, &[118, 122]),
];

#[test]
fn labels_of_natural_corruption() {
    let Some(folder) = folder() else { return };
    let labels = std::fs::read_to_string(folder.join("bsdhw-Dmesg/NATURAL-CORRUPTION.tsv")).expect("labels");
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for row in labels.lines().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [path, number, label, ..] = fields[..] else { panic!("four fields: {row}") };
        let number: usize = number.parse().expect("a line's number");
        let is_of = |(file, _, lines): &&Judged| path.ends_with(&format!("_{file}.txt")) && lines.contains(&number);
        let with_label = |(_, judgement, _): &&Judged| match judgement {
            Judgement::Behind => label == "event-inside-other-line",
            Judgement::Nameless => label == "headless-event",
            Judgement::Elsewhere | Judgement::NotPrinted => label == "seq-gap",
            Judgement::Mixed => label == "splice",
        };
        let judged = JUDGED.iter().filter(is_of).find(with_label);
        let (_, judgement, _) = judged.unwrap_or_else(|| panic!("{row} is not judged"));
        let text = std::fs::read(folder.join(path)).expect("a capture");
        let text = String::from_utf8_lossy(&text);
        let entries: Vec<_> = text.split('\n').map(ControllerEvent::find).collect();
        let entry = entries[number - 1].as_ref().unwrap_or_else(|| panic!("{row}: an entry"));
        let before = entries[..number - 1].iter().rev().flatten().next();
        let gap = before.is_some_and(|before| before.sequence + 1 != entry.sequence);
        match judgement {
            Judgement::Behind => assert!(entry.controller.is_some() && !entry.before.is_empty(), "{row}: {entry:?}"),
            Judgement::Nameless => assert_eq!(entry.controller, None, "{row}: {entry:?}"),
            Judgement::Elsewhere => assert!(!gap, "{row}: {before:?} {entry:?}"),
            Judgement::NotPrinted => assert!(gap, "{row}: {before:?} {entry:?}"),
            Judgement::Mixed => {}
        }
        let count = counts.entry(label).or_default();
        if *judgement == Judgement::Mixed { count.0 += 1 } else { count.1 += 1 }
    }
    for (label, (right, wrong)) in &counts {
        eprintln!("{label}: {right} right, {wrong} wrong");
    }
    let judged: usize = JUDGED.iter().map(|(_, _, lines)| lines.len()).sum();
    assert_eq!(u32::try_from(judged), Ok(counts.values().map(|(right, wrong)| right + wrong).sum()));
}
