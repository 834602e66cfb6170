//! Outputs of the field, where the checkout lies beside them: what is recognised, and how much of it is understood.

use super::{sel, sensors, verbose};
use crate::stream::{Grammar as _, Item, Reader, Record as _, What};
use crate::time::Resolver;
use crate::ups::{apcaccess, events, syslog, upsc};
use chrono::{NaiveDate, NaiveDateTime};
use std::collections::BTreeMap;

fn corpora() -> Option<(String, String)> {
    let folder = format!("{}/../../shared/corpora", env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(format!("{folder}/MANIFEST.tsv")).ok();
    if manifest.is_none() {
        eprintln!("NOT TESTED: {folder} is absent, so no output of the field was read");
    }
    manifest.map(|manifest| (folder, manifest))
}

fn otherwise() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2020, 1, 1).and_then(|date| date.and_hms_opt(0, 0, 0)).expect("a date")
}

fn count(all: impl Iterator) -> u64 {
    u64::try_from(all.count()).unwrap_or(u64::MAX)
}

/// Records, undated records, lines not understood, damaged places.
fn log<G: crate::stream::Grammar>(grammar: G, bytes: &[u8]) -> [u64; 4] {
    let mut counts = [0; 4];
    let mut reader = Reader::new(grammar, Resolver::new(None));
    let mut take = |item: Item<'_, G>| match item {
        Item::Record { record, .. } => {
            counts[0] += 1;
            counts[1] += u64::from(!record.is_dated());
        }
        Item::Other { what: What::Unrecognised { lines }, .. } => counts[2] += lines,
        Item::Other { what: What::Damage(damage), .. } => {
            eprintln!("    {damage:?}");
            counts[3] += 1;
        }
        _ => {}
    };
    reader.push(bytes, &mut take);
    reader.finish(&mut take);
    counts
}

#[test]
fn every_file_of_the_corpora() {
    let Some((folder, manifest)) = corpora() else { return };
    // By kind and family: files, records, lines not understood, lines.
    let mut sums: BTreeMap<(String, &str), [u64; 4]> = BTreeMap::new();
    let mut files: BTreeMap<String, u64> = BTreeMap::new();
    for row in manifest.lines().skip(1) {
        let mut columns = row.split('\t');
        let (Some(path), Some(kind)) = (columns.next(), columns.next()) else { continue };
        let Ok(bytes) = std::fs::read(format!("{folder}/{path}")) else { continue };
        *files.entry(kind.to_owned()).or_default() += 1;
        let front = bytes.get(..1024 * 1024).unwrap_or(&bytes);
        let lines = crate::output::lines(&bytes).filter(|line| !line.text.trim().is_empty());
        let lines = count(lines);
        let mut claimed = Vec::new();
        if sel::SelList::recognise(front) {
            let [records, undated, odd, damaged] = log(sel::SelList::learn(front, otherwise()), &bytes);
            eprintln!(
                "{path}: ipmi-sel, {records} records, {undated} undated, {odd} lines not understood, {damaged} damaged"
            );
            claimed.push(("ipmi-sel", records, odd));
        }
        if verbose::recognise(front) {
            let read = verbose::verbose(&bytes);
            claimed.push(("ipmi-sel-verbose", count(read.records.iter()), read.tally.odds()));
        }
        if sensors::recognise(front) {
            let read = sensors::sensors(&bytes);
            claimed.push(("ipmi-sensors", count(read.sensors.iter()), read.tally.odds()));
        }
        if upsc::recognise(front) {
            let read = upsc::upsc(&bytes);
            eprintln!("{path}: upsc, cut {:?}, {:?}", read.tally.cut, read.tally.not_understood);
            claimed.push(("upsc", count(read.variables.iter()), read.tally.odds()));
        }
        if apcaccess::recognise(front) {
            let read = apcaccess::apcaccess(&bytes);
            claimed.push(("apcaccess", count(read.values.iter()), read.tally.odds()));
        }
        if events::Events::recognise(front) {
            let [records, _, odd, _] = log(events::Events, &bytes);
            claimed.push(("apcupsd-events", records, odd));
        }
        if syslog::Syslog::recognise(front) {
            let [records, _, odd, _] = log(syslog::Syslog::learn(front, otherwise()), &bytes);
            claimed.push(("ups-syslog", records, odd));
        }
        assert!(claimed.len() < 2, "{path} is of several: {claimed:?}");
        for (family, records, odd) in claimed {
            let sum = sums.entry((kind.to_owned(), family)).or_default();
            for (sum, more) in sum.iter_mut().zip([1, records, odd, lines]) {
                *sum += more;
            }
        }
    }
    for ((kind, family), [recognised, records, odd, lines]) in &sums {
        let all = files.get(kind).copied().unwrap_or_default();
        eprintln!(
            "{kind}: {family} {recognised} of {all} files, {records} records, {odd} of {lines} lines not understood"
        );
        let ours = ["ipmi-sel", "ups-status-nut"].contains(&kind.as_str());
        assert!(ours, "{kind} is none of these families");
        assert!(odd * 50 < *lines, "{kind}: {odd} of {lines}");
    }
    assert_eq!(sums.get(&("ipmi-sel".to_owned(), "ipmi-sel")).map(|sum| sum[0]), Some(3));
    assert_eq!(sums.get(&("ups-status-nut".to_owned(), "upsc")).map(|sum| sum[0]), Some(9));
}

/// Two tools printed one log: what both have words for, they mean alike.
#[test]
fn two_tools_of_one_log() {
    let Some((folder, _)) = corpora() else { return };
    let read = |name: &str| std::fs::read(format!("{folder}/ipmi-sel-comparison/{name}"));
    let (Ok(one), Ok(other)) = (read("ipmitool_sel_list.txt"), read("ipmi-sel.txt")) else { return };
    let by_id = |bytes: &[u8]| -> BTreeMap<u32, (Option<u8>, crate::ipmi::event::What)> {
        let grammar = sel::SelList::learn(bytes, otherwise());
        let records = bytes.split(|byte| *byte == b'\n').filter_map(|line| grammar.parse(line).ok());
        let sensor = |body| match body {
            sel::Body::Sensor(entry) => Some((entry.sensor_type, entry.what)),
            sel::Body::Oem(_) => None,
        };
        records.filter_map(|record| Some((record.id, sensor(record.body)?))).collect()
    };
    let (one, other) = (by_id(&one), by_id(&other));
    let mut alike = 0;
    for (id, said) in &one {
        let Some(by_other) = other.get(id) else { continue };
        // One tool calls a type of the maker's own unknown.
        assert_eq!(said, by_other, "record {id}");
        alike += 1;
    }
    eprintln!("{alike} of {} records of one log, by two tools, mean the same", one.len());
    assert!(alike > 800);
}
