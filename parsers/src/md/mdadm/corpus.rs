//! Outputs that people sent, where they lie beside the checkout: how far they are understood, and that they say what another parser (jc)
//! makes of them.

use super::{Condition, Mdadm, Word, read, recognise};
use crate::md::{mdstat, monitor};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn shared() -> Option<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    if !root.is_dir() {
        eprintln!("NOT TESTED: {} is absent, so no output of the field was read", root.display());
        return None;
    }
    Some(root)
}

/// Every file of the corpora with its kind.
fn corpora(root: &Path) -> Vec<(PathBuf, String)> {
    let manifest = std::fs::read_to_string(root.join("corpora/MANIFEST.tsv")).expect("the list of files");
    let row = |line: &str| {
        let mut columns = line.split('\t');
        Some((root.join("corpora").join(columns.next()?), columns.next()?.to_owned()))
    };
    manifest.lines().skip(1).filter_map(row).filter(|(path, _)| path.is_file()).collect()
}

fn records(read: &Mdadm) -> usize {
    let Mdadm { details, superblocks, externals, exports, listed, .. } = read;
    details.len() + superblocks.len() + externals.len() + exports.len() + listed.len()
}

#[derive(Default)]
struct Count {
    files: u32,
    recognised: u32,
    records: usize,
    lines: u64,
    odd: u64,
}

#[test]
fn what_is_claimed_and_understood() {
    let Some(root) = shared() else { return };
    let mut files = corpora(&root);
    let captures = root.join("data/lab-captures/raid10");
    for folder in std::fs::read_dir(&captures).into_iter().flatten().flatten().map(|entry| entry.path()) {
        for name in ["mdadm-detail.txt", "mdadm-detail-export.txt", "examine-sda.txt"] {
            let path = folder.join(name);
            if path.is_file() {
                files.push((path, format!("lab {name}")));
            }
        }
    }
    let mut kinds: BTreeMap<&str, Count> = BTreeMap::new();
    for (path, kind) in &files {
        let bytes = std::fs::read(path).expect("a file of the corpora");
        assert!(!monitor::recognise(&bytes), "{} is no mail", path.display());
        let count = kinds.entry(kind).or_default();
        count.files += 1;
        let read = read(&bytes);
        if !recognise(&bytes) {
            assert!(!kind.starts_with("mdadm") || mdstat::recognise(&bytes), "{} is not recognised", path.display());
            continue;
        }
        count.recognised += 1;
        count.records += records(&read);
        count.lines += read.tally.lines;
        count.odd += read.tally.odds();
        assert_eq!(read.tally.not_understood, [], "{}", path.display());
        // A disk without any member prints nothing that could be told.
        assert_eq!(read.tally.cut, None, "{}", path.display());
    }
    for (kind, Count { files, recognised, records, lines, odd }) in
        kinds.iter().filter(|(_, count)| count.recognised > 0)
    {
        eprintln!(
            "{kind}: {files} files, {recognised} recognised, {records} records, {odd} of {lines} lines not understood"
        );
        assert!(kind.starts_with("mdadm-") || kind.starts_with("lab "), "files of {kind} are claimed");
    }
}

/// What jc says of the same output, field by field where the names are of one thing.
#[test]
fn as_another_parser_reads_it() {
    let Some(root) = shared() else { return };
    let (mut files, mut fields) = (0, 0);
    for (path, kind) in corpora(&root) {
        let beside = path.with_extension("json");
        if !kind.starts_with("mdadm-") || !beside.is_file() {
            continue;
        }
        let name = path.display();
        let theirs: Value = serde_json::from_slice(&std::fs::read(&beside).expect("what jc says")).expect("JSON");
        let ours = ours(&read(&std::fs::read(&path).expect("an output")));
        files += 1;
        for (field, ours) in ours.as_object().expect("fields") {
            let theirs = theirs.get(field).cloned().unwrap_or(Value::Null);
            assert_eq!(ours, &theirs, "{name}: {field}");
            fields += u32::from(!theirs.is_null());
        }
    }
    assert!(files >= 40 && fields > 400, "{files} files, {fields} fields");
    eprintln!("as jc reads it: {files} files, {fields} fields agree");
}

/// In the words of jc.
fn ours(read: &Mdadm) -> Value {
    let time = |time: Option<chrono::NaiveDateTime>| time.map(|time| time.format("%a %b %e %H:%M:%S %Y").to_string());
    if let [detail] = read.details.as_slice() {
        let row = |row: &super::Row| {
            let words: Vec<&str> = row.words.iter().filter_map(word).collect();
            let words = Some(words).filter(|_| detail.state.is_some());
            let mut value = serde_json::json!({
                "number": row.number, "major": row.major, "minor": row.minor, "raid_device": row.slot, "device": row.device,
            });
            if let (Some(words), Some(fields)) = (words, value.as_object_mut()) {
                fields.insert("state".to_owned(), words.into());
            }
            value
        };
        let state = detail.state.as_ref();
        let condition = |condition: &Condition| match condition {
            Condition::Degraded => "degraded",
            Condition::Recovering => "recovering",
            Condition::Resyncing => "resyncing",
            Condition::Checking => "checking",
            _ => "?",
        };
        let words = state.map(|state| {
            let kernel = format!("{:?}", state.kernel.as_ref().expect("a word")).to_lowercase();
            std::iter::once(kernel).chain(state.conditions.iter().map(condition).map(str::to_owned)).collect::<Vec<_>>()
        });
        return serde_json::json!({
            "device": detail.device, "creation_time": time(detail.created), "update_time": time(detail.updated),
            "array_size_num": detail.size, "used_dev_size_num": detail.used,
            "raid_devices": detail.slots, "total_devices": detail.devices, "preferred_minor": detail.preferred_minor,
            "active_devices": detail.active, "working_devices": detail.working, "failed_devices": detail.failed,
            "spare_devices": detail.spares, "layout": detail.layout, "consistency_policy": detail.policy,
            "intent_bitmap": detail.bitmap, "state_list": words,
            "rebuild_status_percent": percent(detail, "Rebuild"), "resync_status_percent": percent(detail, "Resync"),
            "check_status_percent": percent(detail, "Check"),
            "homehost": detail.name.as_ref().and_then(|name| name.local_to.clone()),
            "device_table": detail.members.iter().map(row).collect::<Vec<_>>(),
        });
    }
    if let [superblock] = read.superblocks.as_slice() {
        let states: String = superblock
            .states
            .iter()
            .map(|state| match state {
                super::SlotState::Active => 'A',
                super::SlotState::Missing => '.',
                super::SlotState::Replacing => 'R',
                super::SlotState::Claimed => '?',
            })
            .collect();
        return serde_json::json!({
            "device": superblock.device, "creation_time": time(superblock.created), "update_time": time(superblock.updated),
            "raid_devices": superblock.slots, "preferred_minor": superblock.preferred_minor, "events_num": superblock.events,
            "device_uuid": superblock.device_uuid, "layout": superblock.layout,
            "array_state": Some(states).filter(|states| !states.is_empty()).map(|states| {
                states + " ('A' == active, '.' == missing, 'R' == replacing)"
            }),
            "homehost": superblock.name.as_ref().and_then(|name| name.local_to.clone()),
        });
    }
    let [external] = read.externals.as_slice() else { panic!("one thing is told of") };
    let first = external.volumes.first().expect("a volume");
    serde_json::json!({
        "device": external.device, "container_guid": external.id, "virtual_disks": external.counted,
        "vd_guid_0": first.id, "name_0": first.name, "raid_level_0": first.level,
        "unit_0": first.unit.map(|unit| unit.to_string()),
    })
}

fn percent(detail: &super::Detail, what: &str) -> Option<u32> {
    detail.progress.as_ref().filter(|progress| progress.what == what).map(|progress| progress.percent)
}

fn word(word: &Word) -> Option<&'static str> {
    Some(match word {
        Word::Faulty => "faulty",
        Word::Active => "active",
        Word::Sync => "sync",
        Word::Removed => "removed",
        Word::Spare => "spare",
        Word::Rebuilding => "rebuilding",
        Word::WriteMostly => "writemostly",
        Word::FailFast => "failfast",
        _ => return None,
    })
}
