//! Replies as bytes, records as text: what of a reply is understood, and that any bytes give no panic.

use proptest::prelude::*;

use super::inquiry::{self, Kind};
use super::log::{self, LinkRate, ScanStatus, SelfTestKind, SelfTestResult};
use super::mode::{self, Header, Method};
use super::sense::{self, Additional, AtaReturn, Key, Meaning, Sense, Warning};
use super::vpd::{self, Rotation};

/// Bytes from hexadecimal digits, two a byte or one that stands alone; `#` starts a remark that ends with its line.
pub(super) fn hex(text: &str) -> Vec<u8> {
    let words = text.lines().flat_map(|line| line.split('#').next());
    let words = words.flat_map(|line| line.split(|letter: char| !letter.is_ascii_hexdigit()));
    let pairs = words.flat_map(|word| word.as_bytes().chunks(2));
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A file beside the project, if it is there. Such a test passes without it, and says so.
fn shared(name: &str) -> Option<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("NOT TESTED: {} is absent", path.display());
    }
    text
}

/// The replies in a file of sg3_utils: blank lines or remarks stand between them.
pub(super) fn corpus_replies(name: &str) -> Vec<Vec<u8>> {
    let text = shared(&format!("corpora/sg3_utils/inhex/{name}")).unwrap_or_default();
    let mut replies = vec![Vec::new()];
    for line in text.lines() {
        if line.trim().is_empty() || line.starts_with('#') {
            replies.push(Vec::new());
        } else if let Some(last) = replies.last_mut() {
            last.extend(hex(line));
        }
    }
    replies.retain(|reply| !reply.is_empty());
    replies
}

fn plain(key: Key, code: u8, qualifier: u8) -> Sense {
    Sense {
        deferred: false,
        key,
        additional: Some(Additional { code, qualifier }),
        information: None,
        command_specific: None,
        replaceable_unit: None,
        progress: None,
        ata: None,
        unread: Vec::new(),
    }
}

#[test]
fn sense_data() {
    #[track_caller]
    fn check(text: &str, expect: impl Into<Option<Sense>>) {
        assert_eq!(sense::parse(&hex(text)), expect.into(), "{text}");
    }
    check("", None);
    check("7f 00 03 00", None);
    check("70 00", None);
    // Cut before and after the code.
    check("70 00 02", Sense { additional: None, ..plain(Key::NotReady, 0, 0) });
    check("70 00 06 00 00 00 00 0a 00 00 00 00 29 01 00 00 00 00", plain(Key::UnitAttention, 0x29, 0x01));
    check("70 00 06 00 00 00 00 04 00 00 00 00 29 01", Sense { additional: None, ..plain(Key::UnitAttention, 0, 0) });
    // A medium error with its address; another without VALID.
    check(
        "f0 00 03 00 00 12 34 0a 00 00 00 00 11 00 77 80 01 98",
        Sense { information: Some(0x1234), replaceable_unit: Some(0x77), ..plain(Key::Medium, 0x11, 0) },
    );
    check("70 00 03 00 00 12 34 0a 00 00 00 00 11 00 00 00 00 00", plain(Key::Medium, 0x11, 0));
    // Deferred; a progress.
    check(
        "71 00 03 00 00 00 00 0a 00 00 00 00 0c 02 00 00 00 00",
        Sense { deferred: true, ..plain(Key::Medium, 0x0c, 2) },
    );
    check(
        "70 00 02 00 00 00 00 0a 00 00 00 00 04 04 00 80 40 00",
        Sense { progress: Some(0x4000), ..plain(Key::NotReady, 4, 4) },
    );
    // SMART RETURN STATUS, threshold exceeded, in descriptor and in fixed format.
    let ata = AtaReturn { extend: false, error: 0, count: 0, lba: 0x2c_f400, device: 0xa0, status: 0x50, cut: false };
    check(
        "72 01 00 1d 00 00 00 0e  09 0c 00 00 00 00 00 00 00 f4 00 2c a0 50",
        Sense { ata: Some(ata), ..plain(Key::Recovered, 0, 0x1d) },
    );
    check(
        "70 00 01 00 50 a0 00 0a 00 00 f4 2c 00 1d 00 00 00 00",
        Sense { ata: Some(ata), ..plain(Key::Recovered, 0, 0x1d) },
    );
    assert_eq!(ata.smart_failing(), Some(true));
    assert_eq!(AtaReturn { lba: 0xc2_4f00, ..ata }.smart_failing(), Some(false));
    assert_eq!(AtaReturn { lba: 0, ..ata }.smart_failing(), None);
    // 48 bits, every byte in its place.
    let long = AtaReturn {
        extend: true,
        error: 0x40,
        count: 0x1234,
        lba: 0x6655_4433_2211,
        device: 0x40,
        status: 0x51,
        cut: false,
    };
    check(
        "72 03 11 04 00 00 00 0e  09 0c 01 40 12 34 44 11 55 22 66 33 40 51",
        Sense { ata: Some(long), ..plain(Key::Medium, 0x11, 0x04) },
    );
    // A descriptor that is cut, and one that no one knows.
    check(
        "72 04 44 00 00 00 00 20 80 02 01 02 00 0a 80 00",
        Sense { unread: vec![0x80, 0x00], ..plain(Key::Hardware, 0x44, 0) },
    );
}

#[test]
fn sense_data_of_the_corpora() {
    let replies = |name| corpus_replies(name).concat();
    if let Some(sense) = sense::parse(&replies("descriptor_sense.hex")) {
        assert_eq!(sense.key, Key::Recovered);
        assert_eq!(sense.additional, Some(Additional { code: 0x03, qualifier: 0x02 }));
        assert_eq!(sense.information, Some(0x1122_3344_5566_77bb));
        assert_eq!(sense.command_specific, Some(0x3344_5566_77bb_ccff));
        assert_eq!(sense.replaceable_unit, Some(0x45));
        // A retry count, another progress, incorrect length, referrals: not read.
        assert_eq!(sense.unread, [0x02, 0x0a, 0x05, 0x0b]);
    }
    if let Some(sense) = sense::parse(&replies("fixed_sense.hex")) {
        assert_eq!(sense.information, Some(0x1234));
    }
}

#[test]
fn additional_sense_codes_speak() {
    #[track_caller]
    fn check(code: u8, qualifier: u8, words: Option<&str>, meaning: Option<Meaning>) {
        let additional = Additional { code, qualifier };
        assert_eq!((additional.words(), additional.meaning()), (words, meaning), "{code:02x}/{qualifier:02x}");
    }
    check(0x5d, 0x00, Some("failure prediction threshold exceeded"), Some(Meaning::PredictsFailure));
    check(0x5d, 0x62, Some("failure prediction threshold exceeded"), Some(Meaning::PredictsFailure));
    check(0x5d, 0xff, Some("failure prediction threshold exceeded (false)"), Some(Meaning::PredictsFailureAsTest));
    check(0x0b, 0x01, Some("warning: specified temperature exceeded"), Some(Meaning::Warns(Warning::Temperature)));
    check(0x0b, 0xfe, Some("warning"), Some(Meaning::Warns(Warning::Unspecified)));
    check(0x29, 0x01, Some("power on occurred"), Some(Meaning::PowerOrReset));
    check(0x29, 0x07, Some("I_T nexus loss occurred"), Some(Meaning::Link));
    check(0x40, 0x85, Some("diagnostic failure on a component"), Some(Meaning::Hardware));
    check(0x80, 0x01, None, None);
}

#[test]
fn inquiries() {
    // A drive behind Linux's translator; a device that understates its length; a scrap.
    let ata = inquiry::parse(&hex(
        "00 00 05 02 5b 00 00 02 41 54 41 20 20 20 20 20  4c 41 42 2d 48 44 44 20 20 20 20 20 20 20 20 20 32 2e 35 2b",
    ));
    let ata = ata.unwrap();
    assert!(ata.is_ata());
    assert_eq!((ata.kind, ata.version, ata.product.as_deref()), (Kind::Disk, Some(5), Some("LAB-HDD")));
    assert_eq!(ata.revision.as_deref(), Some("2.5+"));
    let box_ = inquiry::parse(&hex(
        "0d 00 05 02 00 00 40 00 4c 41 42 20 20 20 20 20 53 48 45 4c 46 00 00 00 00 00 00 00 00 00 00 00 30 31 30 30 41 42",
    ));
    let box_ = box_.unwrap();
    assert_eq!(
        (box_.kind, box_.enclosure_services, box_.product.as_deref()),
        (Kind::Enclosure, Some(true), Some("SHELF"))
    );
    assert_eq!(box_.vendor_area, None);
    let scrap = inquiry::parse(&hex("7f 00")).unwrap();
    assert_eq!((scrap.qualifier, scrap.kind, scrap.vendor), (3, Kind::Other(0x1f), None));
    assert_eq!(inquiry::parse(&[]), None);
}

#[test]
fn vital_product_data() {
    assert_eq!(vpd::supported(&hex("00 00 00 03 00 80 83")), Some(vec![0x00, 0x80, 0x83]));
    assert_eq!(vpd::supported(&hex("00 80 00 03 00 80 83")), None);
    assert_eq!(vpd::serial(&hex("00 80 00 08 20 4c 41 42 30 20 20 20")), Some("LAB0".to_owned()));
    let b1 = |text| vpd::characteristics(&hex(text)).unwrap();
    assert_eq!(b1("00 b1 00 3c 00 01 00 03 10").rotation, Some(Rotation::SolidState));
    assert_eq!(b1("00 b1 00 3c 00 01 00 03 10").form_factor_words(), Some("2.5 inches"));
    assert_eq!(b1("00 b1 00 3c 1c 20 00 00").rotation, Some(Rotation::Rpm(7200)));
    assert_eq!(b1("00 b1 00 02 00 50 00 03").rotation, Some(Rotation::Reserved(0x50)));
    assert_eq!(b1("00 b1 00 02 00 50 00 03").form_factor, None);
}

#[test]
fn designators() {
    let drive = "00 83 00 40
        01 03 00 08 50 00 c5 00 11 22 33 40   # the unit
        61 93 00 08 50 00 c5 00 11 22 33 41   # its port
        61 94 00 04 00 00 00 01               # which is the first
        01 a3 00 08 50 00 c5 00 11 22 33 42   # the device
        03 28 00 05 6e 61 61 2e 35            # by name, and a piece of another
        01 03 00 08 50 00 c5";
    let drive = vpd::identification(&hex(drive)).unwrap();
    assert_eq!(drive.wwn().as_deref(), Some("5000c50011223340"));
    assert_eq!(drive.sas_address(), Some(0x5000_c500_1122_3341));
    assert_eq!((drive.designators.len(), drive.unread), (5, 7));
    // An NAA of the administrator's choice is no name; EUI-64 is one.
    let weak = vpd::identification(&hex(
        "00 83 00 18 01 03 00 08 33 33 33 30 00 00 46 50 01 02 00 08 00 25 38 5b 71 00 12 34",
    ))
    .unwrap();
    assert_eq!(weak.wwn().as_deref(), Some("0025385b71001234"));
    assert_eq!(weak.sas_address(), None);
    // libata: serial number as the vendor's, then T10, then NAA.
    let t10 = vpd::identification(&hex(
        "00 83 00 18 02 00 00 04 4c 41 42 30 02 01 00 0c 41 54 41 20 20 20 20 20 4c 41 42 20",
    ))
    .unwrap();
    let names: Vec<_> = t10.designators.into_iter().map(|designator| designator.name).collect();
    let of_vendor = vpd::Name::T10 { vendor: Some("ATA".to_owned()), rest: Some("LAB".to_owned()) };
    assert_eq!(names, [vpd::Name::Vendor(b"LAB0".to_vec()), of_vendor]);
}

/// What sg3_utils printed in the lab of a page, as bytes.
fn captured(text: &str, command: &str) -> Vec<u8> {
    let lines = text.lines().skip_while(|line| !line.starts_with(&format!("== {command}"))).skip(2);
    let lines = lines.take_while(|line| line.starts_with(' '));
    lines.flat_map(|line| hex(line.get(8..57.min(line.len())).unwrap_or_default())).collect()
}

#[test]
fn vital_product_data_of_the_lab() {
    #[track_caller]
    fn check(file: &str, serial: &str, wwn: Option<&str>, designators: usize) {
        let Some(text) = shared(&format!("data/lab-captures/{file}")) else { return };
        assert_eq!(vpd::serial(&captured(&text, "sg_vpd -p 0x80 -H")).as_deref(), Some(serial), "{file}");
        let page = vpd::identification(&captured(&text, "sg_vpd -p 0x83 -H")).unwrap();
        assert_eq!((page.wwn().as_deref(), page.designators.len(), page.unread), (wwn, designators, 0), "{file}");
    }
    check("devices/sg-sda.txt", "LABATA0", Some("5000c5000000a000"), 3);
    check("devices/sg-sdc.txt", "LABSAS0", Some("5000c5000000b000"), 2);
    check("devices/sg-sde.txt", "LABMR0", Some("5000c5000000c000"), 2);
    // Its NAA is of type 3.
    check("scsi_debug/sg-scsi_debug.txt", "18000", None, 7);
}

#[test]
fn ata_information() {
    let mut reply = hex("00 89 02 38 00 00 00 00");
    reply.extend(b"linux   libata          3.00");
    reply.extend([0x34; 20]);
    reply.extend([0xec, 0, 0, 0]);
    reply.extend([7; 512]);
    let whole = vpd::ata_information(&reply).unwrap();
    assert_eq!(
        (whole.translator_product.as_deref(), whole.transport, whole.command),
        (Some("libata"), Some(0x34), Some(0xec))
    );
    assert_eq!(whole.identify, Some(&[7; 512][..]));
    reply.pop();
    assert_eq!(vpd::ata_information(&reply).unwrap().identify, None);
}

#[test]
fn log_pages() {
    assert_eq!(log::supported(&hex("00 00 00 03 00 0d 2f")), Some(vec![(0, 0), (0x0d, 0), (0x2f, 0)]));
    assert_eq!(log::supported(&hex("40 ff 00 04 00 ff 0d 01")), Some(vec![(0, 0xff), (0x0d, 1)]));
    assert_eq!(log::supported(&hex("0d 00 00 00")), None);
    // A reply that was cut says so, and one of a subpage is not the page.
    assert_eq!(log::page(&hex("0d 00 00 0c 00 00 03 02 00 26 00 01")).unwrap().unread, 6);
    assert_eq!(log::temperature(&hex("4d 01 00 06 00 00 03 02 00 26")), None);
    assert_eq!(log::page(&hex("0d 00 00")), None);

    let degrees = |text| log::temperature(&hex(text)).map(|page| (page.now, page.reference));
    assert_eq!(degrees("0d 00 00 0c 00 00 03 02 00 26 00 01 03 02 00 41"), Some((Some(38), Some(65))));
    assert_eq!(degrees("0d 00 00 06 00 00 03 02 00 ff"), Some((None, None)));

    let said = |text| log::informational_exceptions(&hex(text)).map(|page| (page.additional, page.temperature));
    let predicts = Some(Additional { code: 0x5d, qualifier: 0x10 });
    assert_eq!(said("2f 00 00 08 00 00 03 04 5d 10 26 41"), Some((predicts, Some(38))));
    assert_eq!(said("2f 00 00 00"), None);
    assert_eq!(log::percentage_used(&hex("11 00 00 08 00 01 03 04 00 00 00 07")), Some(7));
    assert_eq!(log::non_medium_errors(&hex("06 00 00 06 00 00 00 02 01 02")), Some(0x102));
}

#[test]
fn error_counters() {
    let reads = "03 00 00 2a
        00 00 00 04 00 00 00 07  00 01 00 02 00 01   00 03 00 04 00 00 00 08
        00 05 00 08 00 00 00 01 00 00 00 00          80 00 00 00";
    let reads = log::error_counters(&hex(reads)).unwrap();
    assert_eq!((reads.of, reads.corrected_fast, reads.corrected_delayed), (log::Counted::Reads, Some(7), Some(1)));
    assert_eq!((reads.retried, reads.corrected, reads.bytes), (None, Some(8), Some(1 << 32)));
    assert_eq!((reads.uncorrected, reads.unread), (None, 1));
    // Wider than 64 bits, and empty.
    let wide = log::error_counters(&hex("02 00 00 11 00 06 00 09 01 00 00 00 00 00 00 00 00 00 05 00 00")).unwrap();
    assert_eq!((wide.uncorrected, wide.bytes), (Some(u64::MAX), None));
    assert_eq!(log::error_counters(&hex("04 00 00 00")), None);
}

#[test]
fn start_stop_and_statistics() {
    let page = "0e 00 00 34
        00 01 01 06 32 30 31 39 30 37   00 02 01 06 20 20 20 20 20 20
        00 03 03 04 00 00 27 10  00 04 03 04 00 00 00 2a  00 05 03 04 00 04 93 e0  00 06 03 04 00 00 01 00";
    let page = log::start_stop(&hex(page)).unwrap();
    assert_eq!(page.made, Some(("2019".to_owned(), "07".to_owned())));
    assert_eq!((page.accounted, page.cycles, page.cycles_specified), (None, Some(42), Some(10_000)));
    assert_eq!((page.loads, page.loads_specified), (Some(256), Some(300_000)));
    let page = "19 00 00 2e  00 01 03 10 00 00 00 00 00 00 00 05 00 00 00 00 00 00 00 06
        00 02 03 08 00 00 00 00 00 00 00 09  00 03 03 08 00 00 00 03 00 00 00 32";
    let page = log::statistics(&hex(page)).unwrap();
    assert_eq!((page.reads, page.writes, page.blocks_written, page.idle_intervals), (Some(5), Some(6), None, Some(9)));
    assert_eq!(page.interval, Some(log::Interval { integer: 50, exponent: 3 }));
}

#[test]
fn self_tests() {
    let page = "10 00 00 40
        00 01 03 10 24 07 1f 40 00 00 00 00 00 12 34 56 03 11 00 00   # a short one failed
        00 02 03 10 40 00 00 64 ff ff ff ff ff ff ff ff 00 00 00 00   # an extended one passed
        00 03 03 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   # never used
        80 00 03 01 05";
    let page = log::self_tests(&hex(page)).unwrap();
    let said: Vec<_> = page.tests.iter().map(|test| (test.kind, test.result, test.hours, test.first_failure)).collect();
    assert_eq!(
        said,
        [
            (SelfTestKind::BackgroundShort, SelfTestResult::Failed, 8000, Some(0x12_3456)),
            (SelfTestKind::BackgroundExtended, SelfTestResult::Passed, 100, None),
        ]
    );
    // The page's length is short of the last parameter, so that it is not seen as one.
    assert_eq!(page.unread, 0);
}

#[test]
fn background_scans() {
    let page = "15 00 00 2c
        00 00 03 0c 00 00 ea 60 00 08 00 10 40 00 00 0f
        00 01 03 14 00 00 10 00 13 11 00 00 00 00 00 00 00 00 00 00 00 00 ab cd
        90 00 03 00";
    let page = log::background_scan(&hex(page)).unwrap();
    assert_eq!((page.status, page.minutes, page.scans), (Some(ScanStatus::Waiting), Some(60_000), Some(16)));
    assert_eq!((page.progress, page.medium_scans), (Some(0x4000), Some(15)));
    let [error] = page.errors.as_slice() else { panic!("{page:?}") };
    assert_eq!((error.lba, error.reassigned, error.key), (0xabcd, log::Reassigned::Pending, Key::Medium));
    assert_eq!(page.unread, 1);
}

#[test]
fn ports() {
    let page = "18 00 00 44
        00 01 03 38 06 00 05 01
        00 00 00 30 10 1a 00 0e  50 00 c5 00 11 22 33 41  50 01 51 7e 85 c3 ef ff
        15 00 00 00 00 00 00 00  00 00 00 03  00 00 00 04  00 00 00 05  00 00 00 06  00 00 00 00
        00 02 03 04 00 00 00 00";
    let page = log::ports(&hex(page)).unwrap();
    assert_eq!(page.unread, 1);
    let [port] = page.ports.as_slice() else { panic!("{page:?}") };
    let [phy] = port.phys.as_slice() else { panic!("{page:?}") };
    assert_eq!((port.number, port.generation), (1, Some(5)));
    assert_eq!((phy.rate, phy.attached_type, phy.attached_phy), (LinkRate::HundredMegabits(60), 1, 0x15));
    assert_eq!((phy.address, phy.attached_address), (0x5000_c500_1122_3341, 0x5001_517e_85c3_efff));
    assert_eq!((phy.invalid_dwords, phy.disparity_errors, phy.sync_losses, phy.reset_problems), (3, 4, 5, 6));
}

#[test]
fn log_pages_of_the_corpora() {
    // What sg_logs says of it stands in the file's own remarks.
    let expect: &[(u8, u8, usize)] = &[(0, 0, 0), (0, 0xff, 0), (0x0d, 0, 2), (0x0d, 1, 2), (0x2f, 0, 1)];
    for (reply, (code, subpage, parameters)) in corpus_replies("logs_sdeb_aa.hex").iter().zip(expect) {
        let page = log::page(reply).unwrap();
        assert_eq!((page.code, page.subpage), (*code, *subpage));
        if *code != 0 {
            assert_eq!((page.parameters.len(), page.unread), (*parameters, 0), "{page:?}");
        }
    }
    for reply in corpus_replies("logs_last_n.hex") {
        let page = log::page(&reply).unwrap();
        assert_eq!(page.unread, 0, "{page:?}");
    }
}

#[test]
fn mode_page_1c() {
    // scsi_debug by MODE SENSE (10), a block descriptor before it.
    let ten = "00 1a 00 10 00 00 00 08  00 02 00 00 00 00 02 00  1c 0a 08 00 00 00 00 00 00 00 00 00";
    let ten = mode::informational_exceptions(&hex(ten), Header::Ten).unwrap();
    assert_eq!((ten.disabled, ten.test, ten.method), (Some(true), Some(false), Some(Method::None)));
    // By MODE SENSE (6), all pages, one with subpages before it.
    let six = "1f 00 80 00  08 02 00 00  59 01 00 02 00 00  9c 0a 94 06 00 00 17 70 00 00 00 01";
    let six = mode::informational_exceptions(&hex(six), Header::Six).unwrap();
    assert_eq!((six.write_protected, six.performance, six.warnings), (Some(true), Some(true), Some(true)));
    assert_eq!(
        (six.test, six.method, six.interval, six.report_count),
        (Some(true), Some(Method::OnRequest), Some(6000), Some(1))
    );
    assert_eq!(mode::informational_exceptions(&hex("07 00 00 00 08 02 00 00"), Header::Six), None);
    let cut = mode::informational_exceptions(&hex("0f 00 00 00 1c 0a 08"), Header::Six).unwrap();
    assert_eq!((cut.disabled, cut.method), (Some(true), None));
}

proptest! {
    #[test]
    fn any_bytes_give_no_panic(mut reply in proptest::collection::vec(any::<u8>(), 0..700), code in 0_u8..0x40) {
        _ = sense::parse(&reply);
        _ = inquiry::parse(&reply);
        _ = mode::informational_exceptions(&reply, Header::Six);
        _ = mode::informational_exceptions(&reply, Header::Ten);
        if let Some(first) = reply.first_mut() {
            *first = code;
        }
        _ = log::supported(&reply);
        _ = log::error_counters(&reply);
        for code in [0x06, 0x0d, 0x0e, 0x10, 0x11, 0x15, 0x18, 0x19, 0x2f] {
            if let Some(first) = reply.first_mut() {
                *first = code;
            }
            let page = log::page(&reply);
            prop_assert_eq!(page.is_some(), reply.len() >= 4);
            _ = log::non_medium_errors(&reply);
            _ = log::temperature(&reply);
            _ = log::start_stop(&reply);
            _ = log::self_tests(&reply);
            _ = log::percentage_used(&reply);
            _ = log::background_scan(&reply);
            _ = log::ports(&reply);
            _ = log::statistics(&reply);
            _ = log::informational_exceptions(&reply);
        }
        for code in [0x00, 0x80, 0x83, 0x89, 0xb1] {
            if let Some(second) = reply.get_mut(1) {
                *second = code;
            }
            _ = vpd::supported(&reply);
            _ = vpd::serial(&reply);
            _ = vpd::identification(&reply).map(|page| (page.wwn(), page.sas_address()));
            _ = vpd::ata_information(&reply);
            _ = vpd::characteristics(&reply);
        }
    }
}
