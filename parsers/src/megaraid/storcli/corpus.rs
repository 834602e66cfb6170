//! Outputs of the field, where the checkout lies beside them: what is recognised, by kind, and how much of it is understood.

use super::{DriveState, read, recognise};
use std::collections::BTreeMap;

#[test]
fn every_file_of_the_corpora() {
    let folder = format!("{}/../../shared/corpora", env!("CARGO_MANIFEST_DIR"));
    let Ok(manifest) = std::fs::read_to_string(format!("{folder}/MANIFEST.tsv")) else {
        eprintln!("NOT TESTED: {folder} is absent, so no output of the field was read");
        return;
    };
    let mut kinds: BTreeMap<&str, [usize; 6]> = BTreeMap::new();
    for line in manifest.lines().skip(1) {
        let mut columns = line.split('\t');
        let (Some(path), Some(kind)) = (columns.next(), columns.next()) else { continue };
        let Ok(bytes) = std::fs::read(format!("{folder}/{path}")) else { continue };
        let [files, recognised, records, lines, odd, cut] = kinds.entry(kind).or_default();
        *files += 1;
        if !recognise(&bytes[..bytes.len().min(1 << 20)]) {
            if kind.starts_with("storcli") {
                eprintln!("    not recognised: {path}");
            }
            continue;
        }
        let output = read(&bytes);
        *recognised += 1;
        let things = |controller: &super::Controller| controller.drives.len() + controller.arrays.len() + 1;
        *records += output.controllers.iter().map(things).sum::<usize>() + output.overview.len();
        *lines += usize::try_from(output.tally.lines).expect("lines");
        *odd += usize::try_from(output.tally.odds()).expect("lines");
        *cut += usize::from(output.tally.cut.is_some());
        for line in &output.tally.not_understood {
            eprintln!("    {path}:{}: {}", line.line, line.text);
        }
        if let Some(why) = &output.tally.cut {
            eprintln!("    {path}: {why}");
        }
        let word = |state: &Option<DriveState>| matches!(state, Some(DriveState::Other(_)));
        for drive in
            output.controllers.iter().flat_map(|controller| &controller.drives).filter(|drive| word(&drive.state))
        {
            eprintln!("    {path}: {:?}", drive.state);
        }
    }
    eprintln!("kind: files, recognised, records, lines, not understood, cut");
    for (kind, [files, recognised, records, lines, odd, cut]) in &kinds {
        if kind.starts_with("storcli") || *recognised > 0 {
            eprintln!("{kind}: {files}, {recognised}, {records}, {lines}, {odd}, {cut}");
        }
        assert!(kind.starts_with("storcli") || *recognised == 0, "{kind} is of others");
        assert!(odd * 50 <= *lines, "{kind}: {odd} of {lines} lines are not understood");
    }
}
