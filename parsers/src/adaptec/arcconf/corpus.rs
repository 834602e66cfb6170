//! Captures of the field, where the checkout lies beside them: how far they are understood, and that nobody else's are claimed.

use super::{Command, read, recognise};
use std::collections::BTreeMap;

#[derive(Default)]
struct Sum {
    files: u64,
    recognised: u64,
    records: u64,
    lines: u64,
    odd: u64,
    cut: u64,
}

#[test]
fn every_capture_of_arcconf() {
    let corpora = format!("{}/../../shared/corpora", env!("CARGO_MANIFEST_DIR"));
    let Ok(manifest) = std::fs::read_to_string(format!("{corpora}/MANIFEST.tsv")) else {
        eprintln!("NOT TESTED: {corpora} is absent, so no capture of the field was read");
        return;
    };
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for row in manifest.lines().skip(1) {
        let mut columns = row.split('\t');
        let (path, kind) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let Ok(bytes) = std::fs::read(format!("{corpora}/{path}")) else { continue };
        let command = recognise(bytes.get(..1 << 20).unwrap_or(&bytes));
        assert!(
            kind.starts_with("arcconf-") || command.is_none(),
            "{path} of the kind {kind} is taken for {command:?}"
        );
        if !kind.starts_with("arcconf-") {
            continue;
        }
        let sum = sums.entry(kind).or_default();
        sum.files += 1;
        let Some(command) = command else {
            eprintln!("not recognised: {path}");
            continue;
        };
        let expect = match kind {
            "arcconf-getstatus" => Command::GetStatus,
            "arcconf-phyerrorlog" => Command::PhyErrorLog,
            "arcconf-getlogs" => Command::GetLogs,
            // One that is listed as a configuration is a log of dead drives.
            _ if path.ends_with("issue90/d") => Command::GetLogs,
            _ => Command::GetConfig,
        };
        assert_eq!(command, expect, "{path}");
        let mut entries = 0;
        let output = read(&bytes, &mut |_, _| entries += 1);
        sum.recognised += 1;
        sum.records += entries;
        sum.lines += output.tally.lines;
        sum.odd += output.tally.odds();
        for odd in &output.tally.not_understood {
            eprintln!("{path}:{}: {}", odd.line, odd.text);
        }
        if let Some(cut) = &output.tally.cut {
            sum.cut += 1;
            eprintln!("{path}: cut: {cut}");
        }
        for run in &output.runs {
            let things = run.logical.len() + run.devices.len() + run.arrays.len() + run.tasks.len() + run.listed.len();
            let phys: usize = run.phys.iter().map(|log| log.phys.len() + log.sata.len()).sum();
            let controllers = usize::from(run.controller.is_some());
            sum.records += u64::try_from(things + phys + controllers).unwrap_or(u64::MAX);
        }
    }
    eprintln!("kind                  files  recognised  records  lines  not understood  cut");
    for (kind, sum) in &sums {
        let Sum { files, recognised, records, lines, odd, cut } = sum;
        eprintln!("{kind:20} {files:6} {recognised:11} {records:8} {lines:6} {odd:15} {cut:4}");
        assert!(odd * 50 <= *lines, "{kind}: {odd} of {lines} lines are not understood");
    }
    assert!(sums.values().map(|sum| sum.recognised).sum::<u64>() >= 48);
}
