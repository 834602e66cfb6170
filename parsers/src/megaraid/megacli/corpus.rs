//! Outputs of the field, where the checkout lies beside them.

use super::{megacli, recognise};
use std::collections::BTreeMap;
use std::path::Path;

/// By kind: files, recognised, records, lines, lines not understood, outputs that are whole.
type Counts = BTreeMap<String, [u64; 6]>;

#[test]
fn every_output_of_the_corpora() {
    let folder = format!("{}/../../shared/corpora", env!("CARGO_MANIFEST_DIR"));
    let Ok(manifest) = std::fs::read_to_string(format!("{folder}/MANIFEST.tsv")) else {
        eprintln!("NOT TESTED: {folder} is absent, so no output of the field was read");
        return;
    };
    let mut counts = Counts::new();
    for line in manifest.lines().skip(1) {
        let mut columns = line.split('\t');
        let (Some(path), Some(kind)) = (columns.next(), columns.next()) else { continue };
        let Ok(bytes) = std::fs::read(Path::new(&folder).join(path)) else { continue };
        let of = counts.entry(kind.to_owned()).or_default();
        of[0] += 1;
        if !recognise(&bytes) {
            assert!(!kind.starts_with("megacli") || bytes.is_empty(), "{path} is not recognised");
            continue;
        }
        let read = megacli(&bytes);
        let things = read.adapters.iter().map(|adapter| {
            let one = |there: bool| u64::from(there);
            let listed = u64::try_from(adapter.arrays.len() + adapter.drives.len()).unwrap_or(0);
            listed + one(adapter.card.is_some()) + one(adapter.battery.is_some())
        });
        of[1] += 1;
        of[2] += things.sum::<u64>();
        of[3] += read.tally.lines;
        of[4] += read.tally.odds();
        of[5] += u64::from(read.tally.cut.is_none());
        for odd in &read.tally.not_understood {
            eprintln!("{path}:{}: {}", odd.line, odd.text);
        }
        read.tally.cut.iter().for_each(|why| eprintln!("{path} breaks off: {why}"));
    }
    for (kind, [files, recognised, records, lines, odd, whole]) in &counts {
        if *recognised > 0 {
            eprintln!(
                "{kind}: {files} files, {recognised} recognised, {whole} whole, {records} records, {odd} of {lines} lines not understood"
            );
            assert!(kind.starts_with("megacli"), "{kind} is another family's");
            assert!(odd * 50 < *lines, "{kind}");
        }
    }
}
