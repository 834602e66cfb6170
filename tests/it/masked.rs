//! What is understood of a masked capture is what was understood of the machine, but for the names.

use super::common::{Scene, run};
use arraywatch::machine::capture::{FILE, Head, Joined, Recorder};
use arraywatch::machine::commands::Ata;
use arraywatch::machine::entry::End;
use arraywatch::machine::mask::{masked, masked_with};
use arraywatch::machine::{Captured, Entry, Reply, Request, Scripted, Status};
use arraywatch::probes;
use serde_json::Value;

const ATA: &str = "WD-WMC1T1234567";
const ATA_WWN: u64 = 0x5001_4ee2_b1c2_d3e4;
const SAS: &str = "ZC1234AB0000C901";
const SAS_WWN: u64 = 0x5000_c500_a1b2_c3d4;
const SAS_PORT: u64 = SAS_WWN + 1;
const SHELF: u64 = 0x5005_0cc1_0203_d2ff;
const NVME: &str = "PHLJ123400AB1P0FGN";
const HOST: &str = "oslo-db7";

fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

fn swapped(text: &[u8]) -> Vec<u8> {
    text.chunks(2).flat_map(|word| word.iter().rev().copied()).collect()
}

/// 512 bytes that sum up to 0.
fn summed(mut data: Vec<u8>) -> Vec<u8> {
    data[511] = data.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).wrapping_neg();
    data
}

fn page(code: u8, content: &[u8]) -> Vec<u8> {
    [&[0, code, 0, u8::try_from(content.len()).unwrap_or_default()], content].concat()
}

fn identify() -> Vec<u8> {
    let mut data = vec![0; 512];
    put(&mut data, 20, &swapped(format!("{ATA:>20}").as_bytes()));
    put(&mut data, 54, &swapped(format!("{:<40}", "WDC WD4000FYYZ").as_bytes()));
    for (word, value) in [(82, 0x0001_u16), (83, 0x4000), (84, 0x4000), (85, 0x0001), (87, 0x4100)] {
        put(&mut data, word * 2, &value.to_le_bytes());
    }
    put(&mut data, 216, &swapped(&ATA_WWN.to_be_bytes()));
    data[510] = 0xa5;
    summed(data)
}

/// Attribute 197: eight sectors that could not be read.
fn smart() -> Vec<u8> {
    let mut data = vec![0; 512];
    put(&mut data, 0, &[16, 0, 197, 0x32, 0, 200, 200, 8]);
    summed(data)
}

fn scsi(device: &str, cdb: &[u8]) -> Option<Vec<u8>> {
    match (device, cdb) {
        ("/dev/sda", [0x85, .., 0xec, _]) => Some(identify()),
        ("/dev/sda", [0x85, ..]) if cdb == pass_through(Ata::SMART_DATA) => Some(smart()),
        ("/dev/sdb", [0x12, 0, ..]) => {
            let mut data = vec![b' '; 96];
            put(&mut data, 0, &[0, 0, 6, 2, 91, 0, 0, 2]);
            put(&mut data, 8, b"SEAGATE ST4000NM0025    N004");
            put(&mut data, 36, &SAS.as_bytes()[..8]);
            Some(data)
        }
        ("/dev/sdb", [0x12, 1, 0x00, ..]) => Some(page(0x00, &[0x00, 0x80, 0x83])),
        ("/dev/sdb", [0x12, 1, 0x80, ..]) => Some(page(0x80, SAS.as_bytes())),
        ("/dev/sdb", [0x12, 1, 0x83, ..]) => {
            let unit = [&[1, 3, 0, 8][..], &SAS_WWN.to_be_bytes()].concat();
            let port = [&[0x61, 0x93, 0, 8][..], &SAS_PORT.to_be_bytes()].concat();
            Some(page(0x83, &[unit, port].concat()))
        }
        // Informational exceptions: failure predicted (5Dh, 10h).
        ("/dev/sdb", [0x4d, _, 0x6f, ..]) => Some(vec![0x2f, 0, 0, 8, 0, 0, 3, 4, 0x5d, 0x10, 40, 0]),
        ("/dev/sdb", [0x4d, _, 0x40, ..]) => Some(vec![0, 0, 0, 2, 0, 0x2f]),
        ("/dev/sg3", [0x1c, _, 0, ..]) => Some(vec![0, 0, 0, 4, 0, 1, 2, 10]),
        ("/dev/sg3", [0x1c, _, 1, ..]) => {
            let mut data = vec![1, 0, 0, 48, 0, 0, 0, 1, 0x11, 0, 1, 36];
            data.extend(SHELF.to_be_bytes());
            data.extend(format!("{:<28}", "LAB     SHELF           0001").bytes());
            data.extend([0x17, 1, 0, 0]);
            Some(data)
        }
        ("/dev/sg3", [0x1c, _, 2, ..]) => Some(vec![2, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0x20]),
        ("/dev/sg3", [0x1c, _, 10, ..]) => {
            let mut data = vec![10, 0, 0, 40, 0, 0, 0, 1, 0x16, 34, 0, 0, 1, 0, 0, 3];
            let mut phy = vec![0x10; 28];
            put(&mut phy, 4, &(SHELF - 1).to_be_bytes());
            put(&mut phy, 12, &SAS_PORT.to_be_bytes());
            data.extend(phy);
            Some(data)
        }
        _ => None,
    }
}

fn pass_through(ata: Ata) -> Vec<u8> {
    match ata.pass_through_16() {
        Request::Scsi { cdb, .. } => cdb,
        _ => Vec::new(),
    }
}

fn nvme(opcode: u8, page: u8) -> Option<Vec<u8>> {
    match (opcode, page) {
        (6, 1) => {
            let mut data = vec![0; 4096];
            put(&mut data, 4, format!("{NVME:<20}{:<40}{:<8}", "INTEL SSDPE2KX010T8", "VDV10170").as_bytes());
            put(&mut data, 768, format!("nqn.2014.08.org.nvmexpress:80868086{NVME:<20}INTEL").as_bytes());
            Some(data)
        }
        (6, 0) => {
            let mut data = vec![0; 4096];
            put(&mut data, 104, &0x0100_0000_0000_0000_5cd2_e4ab_cdef_0123_u128.to_be_bytes());
            Some(data)
        }
        // Critical warning 4: no longer reliable.
        (2, 2) => {
            let mut data = vec![0; 512];
            put(&mut data, 0, &[4, 0x2c, 1, 100, 10, 3]);
            Some(data)
        }
        _ => None,
    }
}

fn answer(device: &str, request: &Request) -> Option<Reply> {
    let (status, data) = match request {
        Request::Scsi { cdb, .. } => (Status::Scsi { status: 0, host: 0, driver: 0 }, scsi(device, cdb)),
        Request::Nvme { opcode, cdw10, .. } => {
            (Status::Nvme { status: 0, result: 0 }, nvme(*opcode, cdw10[0].to_le_bytes()[0]))
        }
        _ => return None,
    };
    Some(Reply { status, data: data?, sense: Vec::new(), micros: 90 })
}

/// The files of the machine.
fn files() -> Captured {
    let mut host = Captured::default();
    let pci = "/sys/devices/pci0000:00";
    let sas = format!("{pci}/0000:00:04.0/host8/port-8:0/end_device-8:0/target8:0:0/8:0:0:0");
    let links = [
        ("/sys/class/scsi_host/host0", format!("{pci}/0000:00:1f.2/ata1/host0/scsi_host/host0")),
        ("/sys/class/scsi_host/host8", format!("{pci}/0000:00:04.0/host8/scsi_host/host8")),
        ("/sys/block/sda", format!("{pci}/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda")),
        ("/sys/block/sdb", format!("{sas}/block/sdb")),
        ("/sys/class/nvme/nvme0", format!("{pci}/0000:01:00.0/nvme/nvme0")),
        ("/sys/class/scsi_generic/sg3/device", format!("{pci}/0000:00:04.0/host8/target8:0:9/8:0:9:0")),
        ("/sys/class/enclosure/8:0:9:0/Slot 03/device", sas),
    ];
    for (path, target) in links {
        host.take(&Entry::of_link(path, &Ok(target)));
    }
    let lists: [(&str, &[&str]); 6] = [
        ("/sys/block", &["nvme0n1", "sda", "sdb"]),
        ("/sys/class/scsi_host", &["host0", "host8"]),
        ("/sys/class/nvme", &["nvme0"]),
        ("/sys/class/nvme/nvme0", &["nvme0n1"]),
        ("/sys/class/scsi_generic", &["sg3"]),
        ("/sys/class/enclosure", &["8:0:9:0"]),
    ];
    for (path, names) in lists {
        host.take(&Entry::of_list(path, &Ok(names.iter().map(|name| (*name).to_owned()).collect())));
    }
    host.take(&Entry::of_list("/sys/class/enclosure/8:0:9:0", &Ok(vec!["Slot 03".to_owned()])));
    let files = [
        ("/proc/sys/kernel/random/boot_id", "c96d0e7e-69d3-4d1d-b5cc-c8657ade77ed".to_owned()),
        ("/proc/stat", "btime 1789990000".to_owned()),
        ("/proc/uptime", "10000.00 9000.00".to_owned()),
        ("/sys/class/scsi_host/host0/proc_name", "ahci".to_owned()),
        ("/sys/class/scsi_host/host8/proc_name", "mpt3sas".to_owned()),
        ("/sys/block/sda/size", "7814037168".to_owned()),
        ("/sys/block/sda/device/vendor", "ATA     ".to_owned()),
        ("/sys/block/sda/device/wwid", format!("naa.{ATA_WWN:x}")),
        ("/sys/block/sdb/size", "7814037168".to_owned()),
        ("/sys/block/sdb/device/vendor", "SEAGATE ".to_owned()),
        ("/sys/block/sdb/device/wwid", format!("naa.{SAS_WWN:x}")),
        ("/sys/class/sas_device/end_device-8:0/sas_address", format!("0x{SAS_PORT:x}")),
        ("/sys/class/sas_device/end_device-8:0/enclosure_identifier", format!("0x{SHELF:x}")),
        ("/sys/class/sas_device/end_device-8:0/bay_identifier", "3".to_owned()),
        ("/sys/class/enclosure/8:0:9:0/id", format!("0x{SHELF:x}")),
        ("/sys/class/enclosure/8:0:9:0/Slot 03/slot", "3".to_owned()),
        ("/sys/class/scsi_generic/sg3/device/type", "13".to_owned()),
        ("/sys/class/scsi_generic/sg3/device/vendor", "LAB".to_owned()),
        ("/sys/class/scsi_generic/sg3/device/model", "SHELF".to_owned()),
        ("/sys/class/nvme/nvme0/serial", format!("{NVME:<20}")),
        ("/sys/class/nvme/nvme0/state", "live".to_owned()),
        ("/sys/block/nvme0n1/size", "1953525168".to_owned()),
        ("/sys/block/nvme0n1/wwid", "eui.01000000000000005cd2e4abcdef0123".to_owned()),
    ];
    for (path, text) in files {
        host.take(&Entry::of_file(path, &Ok(format!("{text}\n").into_bytes())));
    }
    for (name, serial) in [("sda", format!("{ATA:<20}")), ("sdb", SAS.to_owned())] {
        let path = format!("/sys/block/{name}/device/vpd_pg80");
        host.take(&Entry::of_file(&path, &Ok(page(0x80, serial.as_bytes()))));
    }
    let kernel = [
        format!("6,1,1000,-;systemd[1]: Hostname set to <{HOST}>."),
        format!("6,2,2000,-;mpt3sas_cm0: enclosure logical id(0x{SHELF:x}), slot(3)"),
        "3,3,3000,-;blk_update_request: critical medium error, dev sda, sector 123456 op 0x0:(READ)".to_owned(),
    ];
    host.take(&Entry { kernel: Some(kernel.to_vec()), ..Entry::default() });
    host
}

/// What that machine answers when it is asked.
fn capture() -> Vec<u8> {
    let mut lines = Joined::default();
    lines.take(Head { at: 1_790_000_000, host: HOST.to_owned(), masked: false }.entry());
    lines.take(Entry { reader: Some("machine".to_owned()), ..Entry::default() });
    let mut told = |entry: &Entry| lines.take(entry.clone());
    probes::machine(&mut Recorder::new(&mut Scripted::new(files()).on(answer), &mut told));
    lines.take(Entry { end: Some(End::Done), ..Entry::default() });
    let text = |entry: Entry| serde_json::to_string(&entry).map(|line| line + "\n").unwrap_or_default();
    lines.lines().into_iter().map(text).collect::<String>().into_bytes()
}

fn scanned(scene: &Scene, bytes: &[u8]) -> (String, i32) {
    std::fs::create_dir_all(scene.path("capture")).expect("a directory");
    std::fs::write(scene.path("capture").join(FILE), bytes).expect("a capture");
    let run = run(&["scan", "--json", "--replay", &scene.arg("capture"), "--db", &scene.arg("db")]);
    (run.out, run.code)
}

/// Lists in the order of their content, and ids of cases and observations, which are computed from names, as a word.
fn sorted(value: &mut Value) {
    match value {
        Value::Array(values) => {
            values.iter_mut().for_each(sorted);
            values.sort_by_key(Value::to_string);
        }
        Value::Object(fields) => fields.values_mut().for_each(sorted),
        Value::String(text) => {
            let digits = text.strip_prefix("o-").unwrap_or(text);
            let is_id = matches!(digits.len(), 10 | 16) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_id && (digits.len() == 10 || digits != text) {
                "id".clone_into(text);
            }
        }
        _ => {}
    }
}

/// What differs, by where it is.
fn differences(one: &Value, other: &Value, at: &str) -> Vec<String> {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            a.iter().flat_map(|(name, one)| differences(one, &b[name], &format!("{at}.{name}"))).collect()
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).flat_map(|(one, other)| differences(one, other, &format!("{at}[]"))).collect()
        }
        _ if one == other => Vec::new(),
        _ => vec![format!("{at}: {one} {other}")],
    }
}

/// The names of the drives in the order of their devices, then the host.
fn names(capture: &[u8]) -> Vec<(String, String)> {
    use arraywatch::machine::capture::Capture;
    let mut capture = Capture::read(capture);
    let topology = probes::machine(&mut capture.machine).topology;
    let mut names = vec![("host".to_owned(), capture.head.map(|head| head.host).unwrap_or_default())];
    for disk in topology.disks {
        let wwn = disk.wwn.map(|wwn| wwn.split_once('.').map_or(wwn.clone(), |(_, number)| number.to_owned()));
        let all = [disk.serial, wwn, disk.sas_address.map(|address| format!("{address:016x}"))];
        names.extend(all.into_iter().flatten().map(|name| (disk.device.clone(), name)));
    }
    names.extend(topology.enclosures.into_iter().filter_map(|shelf| Some((shelf.device, shelf.id?))));
    names
}

#[test]
fn the_verdict_is_the_same_but_for_names() {
    let before = capture();
    let after = masked_with(&before, *b"0123456789abcdef");
    let (scene, other) = (Scene::new(), Scene::new());
    let ((told, status), (told_masked, status_masked)) = (scanned(&scene, &before), scanned(&other, &after));
    assert_eq!(status, status_masked, "{told}");
    let (names, masks) = (names(&before), names(&after));
    assert_eq!(names.len(), masks.len());
    assert!(names.len() > 7, "{names:?}");
    let mut unmasked = told_masked.clone();
    for ((device, name), (other, mask)) in names.iter().zip(&masks) {
        assert_eq!(device, other);
        assert_ne!(name, mask);
        assert!(!told_masked.contains(name.as_str()), "{name}");
        unmasked = unmasked.replace(mask.as_str(), name);
    }
    // The front of a serial number stands in the standard inquiry data, and is masked as its whole is.
    if let Some((_, mask)) =
        names.iter().zip(&masks).map(|((_, name), (_, mask))| (name, mask)).find(|(name, _)| *name == SAS)
    {
        unmasked = unmasked.replace(&mask[..8], &SAS[..8]);
    }
    // What a drive says of itself is in the verdict, not only what the kernel knows.
    assert!(told.contains(SAS) && !told_masked.contains(&SAS[..8]));
    let read = |text: &str| {
        let mut value: Value = serde_json::from_str(text).expect("JSON");
        sorted(&mut value);
        value
    };
    let (told, unmasked) = (read(&told), read(&unmasked));
    assert_eq!(told["drives"].as_array().map(Vec::len), Some(3), "{told:#}");
    // The head tells that the capture is masked, so it is longer, and another file.
    let of_file = |at: &String| at.starts_with(".sources[].") || at.starts_with(".observations[].end:");
    let differences: Vec<String> = differences(&told, &unmasked, "").into_iter().filter(|at| !of_file(at)).collect();
    assert_eq!(differences, Vec::<String>::new());
}

#[test]
fn no_name_is_in_it() {
    let before = capture();
    for after in [masked(&before), masked(&masked(&before))] {
        let text = String::from_utf8(after).expect("JSON");
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        for serial in [ATA, SAS, &SAS[..8], NVME] {
            let padded = format!("{serial:>20}");
            for form in [serial.to_owned(), hex(serial.as_bytes()), hex(&swapped(padded.as_bytes()))] {
                assert!(!text.contains(form.trim_start_matches("2020")), "{form}");
            }
        }
        for number in [ATA_WWN, SAS_WWN, SAS_PORT, SHELF, SHELF - 1] {
            for bytes in [number.to_be_bytes(), number.to_le_bytes()] {
                assert!(!text.contains(&hex(&bytes)), "{number:x}");
            }
            assert!(!text.contains(&hex(&swapped(&number.to_be_bytes()))), "{number:x}");
        }
        assert!(!text.contains(HOST));
    }
}
