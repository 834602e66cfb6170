//! Small outputs, each for one thing that is read.

use super::*;
use crate::nvme::logs::health::CriticalWarning;
use proptest::prelude::*;

const HEALTHY: &str = include_str!("../../../../fixtures/nvme-cli/healthy");
const ERRORS: &str = include_str!("../../../../fixtures/nvme-cli/errors");
const LIST: &str = include_str!("../../../../fixtures/nvme-cli/list");

#[test]
fn a_drive_by_two_outputs() {
    let printed = read(HEALTHY.as_bytes());
    assert_eq!((&printed.tally.cut, &printed.tally.not_understood), (&None, &Vec::new()));
    let [drive] = printed.drives.as_slice() else { panic!("one drive: {printed:#?}") };
    assert_eq!((drive.serial.as_deref(), drive.device.as_deref()), (Some("EXACLI0001"), Some("nvme0n1")));
    let health = drive.answers.health.as_ref().expect("a health log");
    assert_eq!(health.critical_warning, Some(CriticalWarning(0)));
    assert_eq!(
        (health.temperature, health.available_spare, health.data_units_read),
        (Some(310), Some(100), Some(9_898_518))
    );
    assert_eq!(drive.answers.controller.as_ref().and_then(|controller| controller.warning_temperature), Some(350));
}

#[test]
fn errors_and_their_status() {
    let printed = read(ERRORS.as_bytes());
    assert_eq!((&printed.tally.cut, &printed.tally.not_understood), (&None, &Vec::new()));
    let [drive] = printed.drives.as_slice() else { panic!("one drive: {printed:#?}") };
    let told: Vec<_> = drive
        .answers
        .errors
        .iter()
        .flatten()
        .map(|entry| (entry.error_count, entry.status.kind, entry.status.code))
        .collect();
    assert_eq!(told, [(9, 2, 0x81), (8, 0, 0x02)]);
}

#[test]
fn a_list() {
    let printed = read(LIST.as_bytes());
    let told: Vec<_> = printed
        .drives
        .iter()
        .map(|drive| {
            (drive.device.as_deref(), drive.serial.as_deref(), drive.model.as_deref(), drive.firmware.as_deref())
        })
        .collect();
    assert_eq!(
        told,
        [
            (Some("/dev/nvme0n1"), Some("EXACLI0001"), Some("EXAMPLE NVMe 960GB"), Some("GDC5302Q")),
            (Some("/dev/nvme1n1"), Some("EXACLI0002"), Some("EXAMPLE NVMe 960GB"), Some("GDC5302Q")),
        ]
    );
}

#[test]
fn numbers_may_be_texts() {
    let check = |value: &str| {
        let text = format!("{{\"critical_warning\": {value}, \"avail_spare\": {value}, \"temperature\": 310}}");
        let printed = read(text.as_bytes());
        let health = printed.drives[0].answers.health.as_ref().expect("a health log");
        assert_eq!((health.critical_warning, health.available_spare), (Some(CriticalWarning(4)), Some(4)), "{value}");
    };
    check("4");
    check("4.0");
    check("\"4\"");
}

#[test]
fn what_others_sent() {
    let corpora = format!("{}/../../shared/corpora", env!("CARGO_MANIFEST_DIR"));
    let Ok(manifest) = std::fs::read_to_string(format!("{corpora}/MANIFEST.tsv")) else {
        eprintln!("NOT TESTED: {corpora} is absent, so no output of others was read");
        return;
    };
    let (mut files, mut recognised, mut drives) = (0, 0, 0);
    for row in manifest.lines().skip(1) {
        let mut columns = row.split('\t');
        let (Some(path), Some(kind)) = (columns.next(), columns.next()) else { continue };
        let Ok(bytes) = std::fs::read(format!("{corpora}/{path}")) else { continue };
        files += u64::from(kind == "nvme-json");
        if recognise(&bytes) {
            assert_eq!(kind, "nvme-json", "{path} is taken for nvme-cli's");
            let printed = read(&bytes);
            assert_eq!(printed.tally.cut, None, "{path}");
            recognised += 1;
            drives += printed.drives.len();
        }
    }
    eprintln!("nvme-json: {files} files, {recognised} recognised, {drives} drives");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_and_any_cut(bytes: Vec<u8>, at: proptest::sample::Index) {
        recognise(&bytes);
        read(&bytes);
        for text in [HEALTHY, ERRORS, LIST] {
            let cut = &text.as_bytes()[..at.index(text.len())];
            read(&[cut, &bytes].concat());
        }
    }
}
