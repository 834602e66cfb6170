//! Logs of the field, where the collection lies beside the checkout.

use super::{KernelLog, Told};
use crate::kernel::storage::Kind;
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

fn is_understood(told: &Told) -> bool {
    match told {
        Told::Linux(event) => event.kind != Kind::Other,
        Told::FreeBsd(event) => event.kind != Kind::Other,
        Told::Controller(_) => true,
    }
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
            continue;
        }
        of.recognised += 1;
        assert!(OURS.contains(&kind), "{path} is of kind {kind}");
        let mut damaged = 0;
        read(&bytes, |item| match item {
            Item::Record { record, .. } => {
                of.records += 1;
                let Some(told) = &record.told else { return };
                of.of_storage += 1;
                if !is_understood(told) {
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
        assert!(damaged == 0 || kind == "corrupted-log", "{path} is whole");
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
