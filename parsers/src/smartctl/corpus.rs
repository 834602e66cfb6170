//! What people sent, where the checkout lies beside this one: how much of it is understood.

use super::read;
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn outputs_of_others() {
    let corpora = format!("{}/../../shared/corpora", env!("CARGO_MANIFEST_DIR"));
    let Ok(manifest) = std::fs::read_to_string(Path::new(&corpora).join("MANIFEST.tsv")) else {
        eprintln!("NOT TESTED: {corpora} is absent, so no output of others was read");
        return;
    };
    #[derive(Default)]
    struct Sum {
        files: u64,
        recognised: u64,
        drives: u64,
        lines: u64,
        odd: u64,
        cut: u64,
    }
    let mut kinds: BTreeMap<&str, Sum> = BTreeMap::new();
    for row in manifest.lines().skip(1) {
        let mut columns = row.split('\t');
        let (Some(path), Some(kind)) = (columns.next(), columns.next()) else { continue };
        let Ok(bytes) = std::fs::read(Path::new(&corpora).join(path)) else { continue };
        let sum = kinds.entry(kind).or_default();
        sum.files += 1;
        if !super::recognise(&bytes) {
            continue;
        }
        let printed = read(&bytes);
        sum.recognised += 1;
        sum.drives += u64::try_from(printed.drives.len()).unwrap_or(u64::MAX);
        sum.lines += printed.tally.lines;
        sum.odd += printed.tally.odds();
        sum.cut += u64::from(printed.tally.cut.is_some());
        let loud = std::env::var_os("LOUD").is_some();
        for odd in printed.tally.not_understood.iter().filter(|_| loud) {
            eprintln!("ODD {path}:{}: {}", odd.line, odd.text);
        }
        if let Some(why) = printed.tally.cut.filter(|_| loud) {
            eprintln!("CUT {path}: {why}");
        }
    }
    for (kind, sum) in kinds.iter().filter(|(_, sum)| sum.recognised > 0) {
        let Sum { files, recognised, drives, lines, odd, cut } = sum;
        eprintln!(
            "{kind}: {files} files, {recognised} recognised, {drives} drives, {odd} of {lines} lines not understood, {cut} not whole"
        );
        assert!(kind.starts_with("smartctl-"), "files of {kind} are taken for smartctl's");
        assert!(odd * 50 < *lines, "too much of {kind} is not understood");
    }
}
