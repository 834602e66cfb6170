//! Captures of the field, where the checkout lies beside them.

use super::{cciss_vol_status, ssacli};
use crate::output::Tally;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora")
}

/// What was read of the files of one kind.
#[derive(Default)]
struct Sum {
    recognised: usize,
    records: usize,
    lines: u64,
    odd: u64,
}

/// The family of a file, how many things it tells of, and how far it was understood.
fn read(bytes: &[u8]) -> Option<(&'static str, usize, Tally)> {
    if ssacli::recognise(bytes) {
        let read = ssacli::ssacli(bytes);
        let of_group = |group: &ssacli::Group| group.volumes.len() + group.drives.len();
        let of = |one: &ssacli::Controller| 1 + one.boxes.len() + one.groups.iter().map(of_group).sum::<usize>();
        return Some(("ssacli", read.controllers.iter().map(of).sum(), read.tally));
    }
    cciss_vol_status::recognise(bytes).then(|| {
        let read = cciss_vol_status::cciss_vol_status(bytes);
        let of = |one: &cciss_vol_status::Controller| 1 + one.volumes.len() + one.drives.len() + one.enclosures.len();
        ("cciss_vol_status", read.controllers.iter().map(of).sum(), read.tally)
    })
}

#[test]
fn every_capture() {
    let Ok(manifest) = std::fs::read_to_string(corpora().join("MANIFEST.tsv")) else {
        eprintln!("NOT TESTED: {} is absent, so no capture of the field was read", corpora().display());
        return;
    };
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    let mut sums: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
    for row in manifest.lines().skip(1) {
        let mut columns = row.split('\t');
        let (path, kind) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let Ok(bytes) = std::fs::read(corpora().join(path)) else { continue };
        *files.entry(kind).or_default() += 1;
        let Some((family, records, tally)) = read(&bytes) else { continue };
        let sum = sums.entry((family, kind)).or_default();
        sum.recognised += 1;
        sum.records += records;
        sum.lines += tally.lines;
        sum.odd += tally.odds();
        eprintln!("{path}: {records} records, {} lines, cut: {:?}", tally.lines, tally.cut);
        tally.not_understood.iter().for_each(|odd| eprintln!("    {}: {}", odd.line, odd.text));
    }
    for ((family, kind), Sum { recognised, records, lines, odd }) in &sums {
        let of = files.get(kind).copied().unwrap_or_default();
        eprintln!(
            "{family}, {kind}: {recognised} of {of} files, {records} records, {odd} of {lines} lines not understood"
        );
        assert!(["ssacli", "hpacucli", "cciss_vol_status"].contains(kind), "{family} claims a file of {kind}");
        assert!(odd * 50 <= *lines, "{family}, {kind}: {odd} of {lines} lines are not understood");
    }
    let recognised = |kind: &str| sums.iter().filter(|((_, one), _)| *one == kind).map(|(_, sum)| sum.recognised).sum();
    // The rest are the version, lists of devices, and what /proc has of the driver.
    let least: [(&str, usize); 3] = [("ssacli", 5), ("hpacucli", 6), ("cciss_vol_status", 10)];
    for (kind, least) in least {
        let files: usize = recognised(kind);
        assert!(files >= least, "{kind}: {files} files are recognised");
    }
}
