use super::*;
use crate::machine::capture::{Capture, Head};
use crate::machine::commands::{self, Ata};
use crate::machine::{Reply, Status};
use proptest::prelude::*;

const GOOD: Status = Status::Scsi { status: 0, host: 0, driver: 0 };
const SEED: [u8; 16] = *b"a seed for tests";

fn asked(device: &str, request: &Request, status: Status, data: Vec<u8>) -> Entry {
    Entry::of_ask(device, request, &Reply { status, data, sense: Vec::new(), micros: 100 })
}

fn file(path: &str, content: impl Into<Vec<u8>>) -> Entry {
    Entry::of_file(path, &Ok(content.into()))
}

fn kernel(records: &[&str]) -> Entry {
    Entry { kernel: Some(records.iter().map(|record| (*record).to_owned()).collect()), ..Entry::default() }
}

fn capture(entries: &[Entry]) -> Vec<u8> {
    entries.iter().flat_map(|entry| [serde_json::to_vec(entry).unwrap(), vec![b'\n']].concat()).collect()
}

fn entries(capture: &[u8]) -> Vec<Entry> {
    capture.split(|byte| *byte == b'\n').filter_map(entry).collect()
}

fn padded(text: &str, len: usize) -> Vec<u8> {
    format!("{text:<len$}").into_bytes()
}

fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

fn words(text: &[u8]) -> Vec<u8> {
    text.chunks(2).flat_map(|word| word.iter().rev().copied()).collect()
}

fn identify(serial: &str, wwn: u64) -> Vec<u8> {
    let mut data = vec![0; 512];
    put(&mut data, 20, &words(format!("{serial:>20}").as_bytes()));
    put(&mut data, 54, &words(&padded("WDC WD4000FYYZ", 40)));
    put(&mut data, 174, &0x4100_u16.to_le_bytes());
    put(&mut data, 216, &words(&wwn.to_be_bytes()));
    data[510] = 0xa5;
    data[511] = data.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).wrapping_neg();
    data
}

fn designator(set: u8, kind: u8, value: &[u8]) -> Vec<u8> {
    [&[set, kind, 0, u8::try_from(value.len()).unwrap()], value].concat()
}

fn page(code: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[0, code, high, low], content].concat()
}

const ATA: &str = "WD-WMC1T1234567";
const ATA_WWN: u64 = 0x5001_4ee2_b1c2_d3e4;
const SAS: &str = "ZC1234AB0000C9010A2B";
const SAS_SHORT: &str = "ZC1234AB";
const SAS_WWN: u64 = 0x5000_c500_a1b2_c3d4;
const SHELF: u64 = 0x5005_0cc1_0203_d2ff;
const NVME: &str = "PHLJ123400AB1P0FGN";
const NGUID: u128 = 0x1122_3344_5566_7788_0025_38aa_bbcc_ddee;
const EUI: u64 = 0x0025_38aa_bbcc_dd01;
const UUID: &str = "4d2c7f3e-9a1b-4c5d-8e6f-0a1b2c3d4e5f";
const BOOT: &str = "bbcc0011-9a1b-4c5d-8e6f-0a1b2c3d4e5f";
const CARD: &str = "SV12345678";

/// A machine with a drive of each kind, a shelf and a card.
fn machine() -> Vec<Entry> {
    let t10 = [padded("ATA", 8), padded("WDC WD4000FYYZ", 40), padded(ATA, 20)].concat();
    let page_83 = page(
        0x83,
        &[designator(2, 0, &padded(ATA, 20)), designator(2, 1, &t10), designator(1, 3, &ATA_WWN.to_be_bytes())]
            .concat(),
    );
    let page_89 = page(0x89, &[vec![0; 56], identify(ATA, ATA_WWN)].concat());
    let sas_83 = page(
        0x83,
        &[
            designator(1, 3, &SAS_WWN.to_be_bytes()),
            designator(0x61, 0x93, &(SAS_WWN + 1).to_be_bytes()),
            designator(3, 0xa8, &padded("naa.5000C500A1B2C3D4", 24)),
        ]
        .concat(),
    );
    let mut inquiry = padded("", 96);
    put(&mut inquiry, 8, b"SEAGATE ST4000NM0025    N004");
    put(&mut inquiry, 36, &padded(SAS_SHORT, 20));

    let mut configuration = vec![1, 0, 0, 44, 0, 0, 0, 1, 0x11, 0, 1, 36];
    configuration.extend(SHELF.to_be_bytes());
    configuration.extend(padded("LAB     SHELF           0001", 28));
    let mut phy = vec![0x10; 28];
    put(&mut phy, 4, &(SHELF - 1).to_be_bytes());
    put(&mut phy, 12, &(SAS_WWN + 1).to_be_bytes());
    let additional = [vec![0x0a, 0, 0, 40, 0, 0, 0, 1, 0x16, 34, 0, 0, 1, 0, 0, 3], phy.clone()].concat();
    let mut ports = vec![0x18, 0, 0, 60, 0, 1, 0, 56, 6, 0, 0, 1, 0, 1, 0, 44];
    let mut port = vec![0; 44];
    put(&mut port, 4, &(SAS_WWN + 1).to_be_bytes());
    put(&mut port, 12, &(SHELF - 1).to_be_bytes());
    ports.truncate(12);
    ports.extend([0, 0, 0, 44]);
    ports.extend(port);

    let mut nvme = vec![0; 4096];
    put(&mut nvme, 4, &padded(NVME, 20));
    put(&mut nvme, 24, &padded("INTEL SSDPE2KX010T8", 40));
    put(&mut nvme, 768, format!("nqn.2014.08.org.nvmexpress:80868086{NVME:<20}INTEL SSDPE2KX010T8").as_bytes());
    let mut namespace = vec![0; 4096];
    put(&mut namespace, 104, &NGUID.to_be_bytes());
    put(&mut namespace, 120, &EUI.to_be_bytes());

    let mut card = vec![0; 2048];
    put(&mut card, 40, &0x5006_05b0_1122_3344_u64.to_le_bytes());
    put(&mut card, 0x590, CARD.as_bytes());
    let mut info = vec![0; 512];
    put(&mut info, 4, &inquiry);
    put(&mut info, 100, &sas_83[..56]);
    put(&mut info, 200, &(SAS_WWN + 1).to_le_bytes());
    let list =
        [vec![32, 0, 0, 0, 1, 0, 0, 0], vec![7, 0, 8, 0, 0, 3, 0, 0], (SAS_WWN + 1).to_le_bytes().to_vec(), vec![0; 8]];

    let good = Status::Nvme { status: 0, result: 0 };
    let hexadecimal = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let eui = EUI.to_be_bytes().map(|byte| format!("{byte:02x}")).join(" ");
    let pass = Ata::IDENTIFY.pass_through_16();
    vec![
        Head { at: 1_790_000_000, host: "db7".to_owned(), masked: false }.entry(),
        Entry { reader: Some("topology".to_owned()), ..Entry::default() },
        file("/proc/sys/kernel/random/boot_id", format!("{BOOT}\n")),
        Entry::of_list("/sys/block", &Ok(vec!["sda".to_owned(), "sdb".to_owned(), "dm-0".to_owned()])),
        file("/sys/block/sda/size", "7814037168\n"),
        file("/sys/block/sda/device/vpd_pg80", page(0x80, &padded(ATA, 20))),
        file("/sys/block/sda/device/vpd_pg83", page_83.clone()),
        file("/sys/block/sda/device/wwid", format!("naa.{ATA_WWN:016x}\n")),
        file("/sys/block/sdx/device/wwid", [b"t10.".as_slice(), &t10, b"\n"].concat()),
        file("/sys/class/sas_device/end_device-8:0/sas_address", format!("{:#018x}\n", SAS_WWN + 1)),
        file("/sys/class/enclosure/0:0:8:0/id", format!("{SHELF:#018x}\n")),
        file("/sys/class/nvme/nvme0/serial", format!("{NVME:<20}\n")),
        file("/sys/class/nvme/nvme0/subsysnqn", format!("nqn.2014.08.org.nvmexpress:80868086{NVME:<20}INTEL\n")),
        file("/sys/block/nvme0n1/wwid", format!("eui.{NGUID:032x}\n")),
        file("/sys/block/nvme0n1/eui", format!("{eui}\n")),
        file("/sys/block/nvme1n1/wwid", format!("nvme.8086-{}-{}-00000001\n", hexadecimal(NVME), hexadecimal("INTEL"))),
        file("/sys/block/md0/md/uuid", format!("{UUID}\n")),
        file("/sys/block/dm-0/dm/name", "db7-root\n"),
        Entry::of_link(&format!("/dev/disk/by-id/wwn-0x{ATA_WWN:016x}"), &Ok("/dev/sda".to_owned())),
        Entry::of_link(&format!("/dev/disk/by-id/ata-WDC_WD4000FYYZ_{ATA}-part1"), &Ok("/dev/sda1".to_owned())),
        kernel(&[
            &format!("6,1,1,-;mpt3sas_cm0: handle(0x000a), sas_addr({:#018x})", SAS_WWN + 1),
            &format!("6,2,2,-;mpt3sas_cm0: enclosure logical id({SHELF:#018x}), slot(3)"),
            "6,3,3,-;systemd[1]: Hostname set to <db7>.",
            &format!("6,4,4,-;EXT4-fs (sda1): mounted filesystem {UUID} ro"),
            "6,5,5,-;ata1.00: ATA-9: WDC WD4000FYYZ, 01.01K02, max UDMA/133",
        ]),
        asked("/dev/sda", &pass, GOOD, identify(ATA, ATA_WWN)),
        asked("/dev/sda", &commands::vital_product_data(0x83, 252), GOOD, page_83),
        asked("/dev/sda", &commands::vital_product_data(0x89, 572), GOOD, page_89),
        asked("/dev/sdb", &commands::inquiry(96), GOOD, inquiry),
        asked("/dev/sdb", &commands::vital_product_data(0x80, 252), GOOD, page(0x80, SAS.as_bytes())),
        asked("/dev/sdb", &commands::vital_product_data(0x83, 252), GOOD, sas_83),
        asked("/dev/sdb", &commands::log_sense(0x18, 0, 252), GOOD, ports),
        asked("/dev/sg3", &commands::receive_diagnostic(1, 4096), GOOD, configuration),
        asked("/dev/sg3", &commands::receive_diagnostic(10, 4096), GOOD, additional),
        asked("/dev/nvme0", &commands::nvme_identify(1, 0), good, nvme),
        asked("/dev/nvme0", &commands::nvme_identify(0, 1), good, namespace),
        asked("megaraid/7", &commands::dcmd(0x0101_0000, [0; 3], 2048), Status::Firmware(0), card),
        asked("megaraid/7", &commands::dcmd(0x0201_0100, [0; 3], 4096), Status::Firmware(0), list.concat()),
        asked("megaraid/7", &commands::dcmd(0x0202_0000, [7, 0, 0], 512), Status::Firmware(0), info),
    ]
}

/// All bytes that a capture has, each as it was read.
fn contents(capture: &[u8]) -> Vec<Vec<u8>> {
    let texts = entries(capture).into_iter().flat_map(|entry| {
        let all = texts(&entry).chain(&entry.host).map(|text| text.clone().into_bytes()).collect::<Vec<_>>();
        all.into_iter().chain(content(&entry))
    });
    texts.collect()
}

/// What a name looks like wherever it may stand.
fn forms(name: &[u8]) -> Vec<Vec<u8>> {
    let lower = hex(name).into_bytes();
    let reversed = name.iter().rev().copied().collect();
    let mut forms = vec![name.to_vec(), lower.to_ascii_uppercase(), lower, reversed, words(name)];
    forms.push(name.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ").into_bytes());
    forms
}

fn names() -> Vec<Vec<u8>> {
    let numbers = [ATA_WWN, SAS_WWN, SAS_WWN + 1, SHELF, SHELF - 1, EUI, 0x5006_05b0_1122_3344];
    let numbers = numbers.map(|number| number.to_be_bytes().to_vec()).into_iter();
    let texts = [ATA, SAS, SAS_SHORT, NVME, CARD, UUID, "db7", "ZC1234"].map(|text| text.as_bytes().to_vec());
    numbers.chain(texts).chain([NGUID.to_be_bytes().to_vec()]).collect()
}

fn leaks(capture: &[u8], names: &[Vec<u8>]) -> Vec<String> {
    let contents = contents(capture);
    let has = |form: &Vec<u8>| {
        contents.iter().any(|content| {
            let in_ = |bytes: &[u8]| bytes.windows(form.len()).any(|part| part == form);
            in_(content) || in_(&words(content)) || in_(&words(content.get(1..).unwrap_or_default()))
        })
    };
    names
        .iter()
        .flat_map(|name| forms(name))
        .filter(has)
        .map(|form| String::from_utf8_lossy(&form).into_owned())
        .collect()
}

#[test]
fn no_name_is_left() {
    let capture = capture(&machine());
    assert!(leaks(&capture, &names()).len() >= names().len(), "the test looks where names are");
    assert_eq!(leaks(&masked_with(&capture, SEED), &names()), Vec::<String>::new());
}

#[test]
fn nothing_else_changes() {
    let (before, after) = (machine(), entries(&masked_with(&capture(&machine()), SEED)));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.request(), after.request());
        assert_eq!(before.status, after.status);
        let unnamed = |text: &String| !text.contains("db7");
        let len = |entry: &Entry| {
            content(entry).filter(|_| before.text.as_ref().is_none_or(unnamed)).map(|bytes| bytes.len())
        };
        assert_eq!(len(before), len(after), "{before:?}");
        if before.file.is_some() {
            assert_eq!(before.file, after.file);
        }
    }
    let same = |line: usize| assert_eq!(before[line], after[line]);
    // Boot id, names of devices, sizes.
    [1, 2, 3, 4].into_iter().for_each(same);
    let mut head = before[0].clone();
    (head.masked, head.host) = (Some(true), after[0].host.clone());
    assert_eq!(head, after[0]);
    assert!(after[0].host.as_deref().is_some_and(|host| host.starts_with("host-")));
}

/// The names that parsers find in the answers.
fn understood(capture: &[u8]) -> Vec<String> {
    use arraywatch_parsers::ata::{Checksum, identify::Identify};
    use arraywatch_parsers::megaraid::{controller, device};
    use arraywatch_parsers::nvme::identify::{Controller, Namespace};
    use arraywatch_parsers::scsi::vpd::{self, Name as Designator};
    let all = entries(capture);
    let asked = |device: &str, request: &Request| {
        let of = |entry: &&Entry| entry.ask.as_deref() == Some(device) && entry.request().as_ref() == Some(request);
        all.iter().find(of).unwrap().reply(request).data
    };
    let vital = |device: &str, page, len| asked(device, &commands::vital_product_data(page, len));
    let text = |path: &str| {
        let content = all.iter().find(|entry| entry.file.as_deref() == Some(path)).unwrap().content().unwrap();
        String::from_utf8(content).unwrap().trim().trim_start_matches("0x").to_owned()
    };
    let ata = Identify::parse(&asked("/dev/sda", &Ata::IDENTIFY.pass_through_16()));
    let page = vital("/dev/sda", 0x89, 572);
    let translated = Identify::parse(vpd::ata_information(&page).unwrap().identify.unwrap());
    assert_eq!((&ata, ata.checksum), (&translated, Checksum::Good));
    let ata_83 = vpd::identification(&vital("/dev/sda", 0x83, 252)).unwrap();
    let sas_83 = vpd::identification(&vital("/dev/sdb", 0x83, 252)).unwrap();
    let nvme = Controller::parse(&asked("/dev/nvme0", &commands::nvme_identify(1, 0)));
    let namespace = Namespace::parse(&asked("/dev/nvme0", &commands::nvme_identify(0, 1)));
    let card = controller::controller(&asked("megaraid/7", &commands::dcmd(0x0101_0000, [0; 3], 2048))).unwrap();
    let list = device::drives(&asked("megaraid/7", &commands::dcmd(0x0201_0100, [0; 3], 4096))).unwrap();
    let info = asked("megaraid/7", &commands::dcmd(0x0202_0000, [7, 0, 0], 512));
    let info = device::drive(&info).unwrap();
    let behind = vpd::identification(info.identification).unwrap();
    let inquiry = asked("/dev/sdb", &commands::inquiry(96));
    let shelf = asked("/dev/sg3", &commands::receive_diagnostic(1, 4096));
    let additional = asked("/dev/sg3", &commands::receive_diagnostic(10, 4096));
    let ports = asked("/dev/sdb", &commands::log_sense(0x18, 0, 252));
    let string = sas_83.designators.iter().find_map(|one| match &one.name {
        Designator::Text(text) => Some(text.trim_start_matches("naa.").to_ascii_lowercase()),
        _ => None,
    });
    vec![
        ata.serial.unwrap(),
        vpd::serial(&vital("/dev/sdb", 0x80, 252)).unwrap(),
        String::from_utf8_lossy(&inquiry[36..44]).into_owned(),
        String::from_utf8_lossy(&info.inquiry[36..44]).into_owned(),
        nvme.serial.unwrap(),
        text("/sys/class/nvme/nvme0/serial"),
        card.serial.unwrap(),
        nvme.subsystem_name.unwrap()[35..53].to_owned(),
        format!("{:016x}", ata.wwn.unwrap()),
        ata_83.wwn().unwrap(),
        text("/sys/block/sda/device/wwid").trim_start_matches("naa.").to_owned(),
        sas_83.wwn().unwrap(),
        behind.wwn().unwrap(),
        string.unwrap(),
        format!("{:016x}", sas_83.sas_address().unwrap()),
        text("/sys/class/sas_device/end_device-8:0/sas_address"),
        format!("{:016x}", list.items[0].addresses[0]),
        format!("{:016x}", info.addresses.unwrap()[0]),
        hex(&additional[28..36]),
        hex(&ports[20..28]),
        hex(&additional[20..28]),
        hex(&ports[28..36]),
        hex(&shelf[12..20]),
        text("/sys/class/enclosure/0:0:8:0/id"),
        format!("{:032x}", namespace.nguid.unwrap()),
        text("/sys/block/nvme0n1/wwid").trim_start_matches("eui.").to_owned(),
        format!("{:016x}", namespace.eui64.unwrap()),
        text("/sys/block/nvme0n1/eui").replace(' ', ""),
        text("/sys/block/md0/md/uuid"),
    ]
}

#[test]
fn what_is_understood_is_the_same_but_for_names() {
    let (before, after) = (understood(&capture(&machine())), understood(&masked_with(&capture(&machine()), SEED)));
    let kind = |letter: char| if letter.is_ascii_digit() { '0' } else { 'a' };
    for (index, (one, mask)) in before.iter().zip(&after).enumerate() {
        assert_ne!(one, mask);
        assert_eq!(one.len(), mask.len());
        for (other, other_mask) in before.iter().zip(&after) {
            assert_eq!(one == other, mask == other_mask, "{one} {other}: {mask} {other_mask}");
        }
        match index {
            // Serial numbers have their kinds of letters.
            0..8 => assert_eq!(one.chars().map(kind).collect::<String>(), mask.chars().map(kind).collect::<String>()),
            // World-wide names have their vendors.
            8..24 => assert_eq!((&one[..7], &one[15..]), (&mask[..7], &mask[15..])),
            24 | 25 => assert_eq!(one[16..22], mask[16..22]),
            26 | 27 => assert_eq!(one[..6], mask[..6]),
            _ => assert_eq!(one[14..15], mask[14..15]),
        }
    }
    // A shorter name stays the begin of the longer one, and the ports of a drive its neighbours.
    assert_eq!(after[1][..8], after[2]);
    let number = |index: usize| u64::from_str_radix(&after[index], 16).unwrap();
    assert_eq!(number(11) + 1, number(14));
    assert_eq!(number(20), number(21));
}

#[test]
fn masks_differ_from_run_to_run() {
    let capture = capture(&machine());
    assert_eq!(masked_with(&capture, SEED), masked_with(&capture, SEED));
    let (one, other) = (understood(&masked(&capture)), understood(&masked(&capture)));
    one.iter().zip(&other).for_each(|(one, other)| assert_ne!(one, other));
    // What is masked can be masked again.
    assert_eq!(understood(&masked(&masked_with(&capture, SEED))).len(), one.len());
}

#[test]
fn it_stays_a_capture() {
    let capture = capture(&machine());
    let (before, after) = (Capture::read(&capture), Capture::read(&masked_with(&capture, SEED)));
    assert_eq!(before.readers, after.readers);
    assert_eq!((before.not_understood, after.not_understood), (0, 0));
    assert!(after.head.unwrap().masked);
}

/// A line before, and what `…` stands for in it after.
fn check(lines: &[Entry], expect: &[&str]) {
    let after = entries(&masked_with(&capture(lines), SEED));
    let texts = |entries: &[Entry]| -> Vec<String> {
        let of = |entry: &Entry| entry.text.iter().chain(entry.kernel.iter().flatten()).cloned().collect::<Vec<_>>();
        entries.iter().flat_map(of).collect()
    };
    let shown = |(before, after): (&String, &String)| {
        let letters = before.chars().zip(after.chars());
        letters.map(|(before, after)| if before == after { before } else { '*' }).collect::<String>()
    };
    let (before, after) = (texts(lines), texts(&after));
    let shown: Vec<String> = before.iter().zip(&after).map(shown).collect();
    assert_eq!(shown.len(), expect.len());
    for (shown, expect) in shown.iter().zip(expect) {
        // A letter may by chance become itself.
        let same = shown.len() == expect.len()
            && shown.bytes().zip(expect.bytes()).all(|(shown, expect)| expect == b'?' || shown == expect);
        assert!(same, "{shown}\n{expect}");
        let masked = expect.bytes().filter(|byte| *byte == b'?').count();
        assert!(masked == 0 || shown.contains('*'), "{shown}\n{expect}");
    }
}

#[test]
fn names_that_say_nothing_are_replaced_where_they_were_found() {
    let serial = |serial: &str| file("/sys/class/nvme/nvme0/serial", format!("{serial}\n"));
    let text = |text: &str| file("/sys/block/sda/size", text);
    check(&[serial("12"), text("12 1234")], &["??\n", "12 1234"]);
    check(&[serial("0000"), text("0000")], &["????\n", "0000"]);
    check(&[serial("NONE"), text("NONE")], &["????\n", "NONE"]);
    check(
        &[serial("nvme0"), Entry::of_list("/sys/class/nvme", &Ok(vec!["nvme0".into()])), text("nvme0")],
        &["?????\n", "nvme0"],
    );
    // Digits alone are a name where they stand alone.
    check(&[serial("21032800"), text("21032800 2103280012")], &["????????\n", "???????? 2103280012"]);
    check(&[serial("QM00001"), text("QM00001 QM000012")], &["???????\n", "??????? QM000012"]);
    check(&[serial("PHLJ1234AB"), text("xPHLJ1234ABx")], &["??????????\n", "x??????????x"]);
}

#[test]
fn names_by_the_way_they_are_written() {
    let one = |text: &str, expect: &str| check(&[kernel(&[text])], &[expect]);
    one("sas_addr(0x5000c50012345678)", "sas_addr(0x5000c50????????8)");
    one("naa.6001405abcdef0123456789abcdef012", "naa.6001405?????????????????????????");
    one("eui.002538ab91003c2d", "eui.002538??????????");
    one("scsi-35000c50012345678", "scsi-35000c50????????8");
    one("sasAddr=5000c50012345678,0000000000000000", "sasAddr=5000c50????????8,0000000000000000");
    one("Serial Number: K4H1234", "Serial Number: ???????");
    one("usb 1-1: SerialNumber: 00E04C", "usb 1-1: SerialNumber: ??????");
    one("4d2c7f3e-9a1b-4c5d-8e6f-0a1b2c3d4e5f", "????????-????-4???-????-????????????");
    one("4d2c7f3e:9a1b4c5d:8e6f0a1b:2c3d4e5f", "????????:????4???:????????:????????");
    // Addresses of SATA ports and of network cards, counts, and what the kernel says of memory.
    for text in [
        "sas_addr(0x4433221104000000)",
        "52:54:00:12:34:56",
        "5000000000000000 of 5368709120000000 bytes",
        "[mem 0x0000000100000000-0x000000047fffffff]",
        "Serial: 8250/16550 driver, 32 ports",
        "Command line: BOOT_IMAGE=/vmlinuz-6.1.0-18-amd64",
        "00000000-0000-0000-0000-000000000000",
    ] {
        one(text, text);
    }
}

#[test]
fn lines_that_are_no_entries_are_not_passed_on() {
    let bytes = [&capture(&machine()[..2])[..], b"{\"file\":\"/x\",\"te ZC1234AB\n\n{\"of\":\"later\"}"].concat();
    let after = masked_with(&bytes, SEED);
    let lines = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').count();
    assert_eq!(lines(&bytes), lines(&after));
    assert_eq!(Capture::read(&bytes).not_understood, 2);
    assert_eq!(Capture::read(&after).not_understood, 2);
    assert!(!after.windows(8).any(|part| part == b"ZC1234AB"));
    assert_eq!(masked_with(b"", SEED), b"");
}

#[test]
fn checksums_that_were_wrong_stay_wrong() {
    let mut wrong = identify(ATA, ATA_WWN);
    wrong[511] ^= 1;
    let entry = asked("/dev/sda", &Ata::IDENTIFY.pass_through_16(), GOOD, wrong);
    let after = content(&entries(&masked_with(&capture(std::slice::from_ref(&entry)), SEED))[0]).unwrap();
    assert_eq!(after[511], content(&entry).unwrap()[511]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_serial_is_gone(serial in "[A-Z0-9]{5,8}[A-Z][0-9]{2}[A-Z0-9]{0,8}", wwn in 0x5000_0000_0000_0000_u64.., seed: [u8; 16]) {
        prop_assume!(wwn & 0x0fff_ffff_ffff_0000 != 0);
        let wwn = wwn & 0x0fff_ffff_ffff_ffff | 0x5000_0000_0000_0000;
        let lines = [
            asked("/dev/sda", &Ata::IDENTIFY.pass_through_16(), GOOD, identify(&serial, wwn)),
            file("/sys/block/sda/device/vpd_pg80", page(0x80, &padded(&serial, 20))),
            file("/sys/block/sda/device/wwid", format!("t10.ATA     {:<40}{serial:<20}\n", "MODEL")),
            kernel(&[&format!("{serial} {wwn:x} {wwn:#X}")]),
        ];
        let names = [serial.into_bytes(), wwn.to_be_bytes().to_vec()];
        let after = masked_with(&capture(&lines), seed);
        prop_assert_eq!(leaks(&after, &names), Vec::<String>::new());
        let sum = content(&entries(&after)[0]).unwrap().iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        prop_assert_eq!(sum, 0);
    }

    #[test]
    fn whatever_the_bytes_are(data in proptest::collection::vec(any::<u8>(), 0..700), which in 0_usize..12) {
        let requests = [
            Ata::IDENTIFY.pass_through_16(),
            commands::vital_product_data(0x80, 252),
            commands::vital_product_data(0x83, 252),
            commands::vital_product_data(0x89, 572),
            commands::inquiry(96),
            commands::log_sense(0x18, 0, 252),
            commands::receive_diagnostic(1, 4096),
            commands::receive_diagnostic(10, 4096),
            commands::nvme_identify(1, 0),
            commands::dcmd(0x0101_0000, [0; 3], 2048),
            commands::dcmd(0x0202_0000, [0; 3], 512),
            commands::dcmd(0x0302_0000, [0; 3], 512),
        ];
        let entry = asked("/dev/sda", &requests[which], GOOD, data.clone());
        let after = entries(&masked_with(&capture(&[entry]), SEED));
        prop_assert_eq!(content(&after[0]).unwrap_or_default().len(), data.len());
        let text = String::from_utf8_lossy(&data).into_owned();
        masked_with(&capture(&[file("/sys/block/sda/device/wwid", text.clone()), kernel(&[&text])]), SEED);
        masked_with(&data, SEED);
    }
}
