//! Responses as bytes, records as text.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::event::{self, Event, Limit, What};
use super::sdr::{self, Body};
use super::sel::{self, Time};
use super::sensor::{self, Factors, Format};

/// Bytes from hexadecimal digits; blanks are for the eye.
fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    digits.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A file beside the project, if it is there. Such a test passes without it, and says so.
fn shared(name: &str) -> Option<Vec<u8>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("NOT TESTED: {} is absent", path.display());
    }
    bytes
}

#[test]
fn log_info_and_time() {
    let info = sel::info(&hex("51 9403 2f01 6011b350 ffffffff 82")).unwrap();
    assert_eq!((info.version, info.entries, info.free, info.overflow), (0x51, 0x394, Some(0x12f), Some(true)));
    assert_eq!((info.added, info.erased), (Some(Time::Clock(0x50b3_1160)), Some(Time::Unset)));
    assert_eq!(sel::info(&hex("51 94")), None);
    assert_eq!(sel::time(&hex("10000000")), Some(Time::SinceStart(16)));
    assert_eq!(sel::time(&hex("100000")), None);
}

#[test]
fn records() {
    #[track_caller]
    fn check(text: &str, expect: &str) {
        let said = match sel::record(&hex(text)).map(|record| (record.id, record.body)) {
            Some((id, sel::Body::System { time, generator, event, .. })) => format!(
                "{id} {time:?} by {generator:#x}: {} #{} {} {}",
                event.sensor_words().unwrap_or("?"),
                event.number,
                event.words().unwrap_or("?"),
                if event.asserted { "came" } else { "went" }
            ),
            Some((id, sel::Body::OemTimed { time, manufacturer, .. })) => format!("{id} {time:?} of {manufacturer}"),
            Some((id, body)) => format!("{id} {body:x?}"),
            None => "none".to_owned(),
        };
        assert_eq!(said, expect, "{text}");
    }
    // The lab's drive fault, and the same slot emptied.
    check("0000 02 00000060 2000 04 0d 05 6f 01ffff", "0 Clock(1610612736) by 0x20: drive slot #5 drive fault came");
    check(
        "0100 02 00000010 2000 04 0d 05 ef 00ffff",
        "1 SinceStart(268435456) by 0x20: drive slot #5 drive present went",
    );
    check("0200 02 ffffffff 2000 04 08 50 6f 03ffff", "2 Unset by 0x20: power supply #80 power supply input lost came");
    check(
        "0300 02 00000060 2000 04 09 01 0b 01ffff",
        "3 Clock(1610612736) by 0x20: power unit #1 redundancy lost came",
    );
    check("0400 02 00000060 2000 04 08 50 6f 09ffff", "4 Clock(1610612736) by 0x20: power supply #80 ? came");
    check("0500 02 00000060 4100 04 c1 09 70 00ffff", "5 Clock(1610612736) by 0x41: ? #9 ? came");
    check("0600 c0 00000060 a20200 010203040506", "6 Clock(1610612736) of 674");
    check("0700 f0 01020304050607080910111213", "7 Oem([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])");
    check("0800 01 01020304050607080910111213", "8 Other([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])");
    check("0900 02 00000060 2000 04 08 50 6f 09ff", "none");

    let last = sel::entry(&hex("ffff 0000 02 00000060 2000 04 0d 05 6f 01ffff")).unwrap();
    assert_eq!((last.next, last.record.map(|record| record.id)), (0xffff, Some(0)));
    assert_eq!(sel::entry(&hex("0200")).map(|entry| entry.record), Some(None));
}

#[test]
fn thresholds_have_a_reading() {
    let event = Event::of(0x02, 0xdd, 0x01, [0x52, 0x13, 0xba]);
    assert_eq!(event.what, What::Threshold { limit: Limit::LowerCritical, rising: false });
    assert_eq!((event.reading(), event.threshold()), (Some(0x13), Some(0xba)));
    let without = Event::of(0x02, 0xdd, 0x01, [0x02, 0x13, 0xba]);
    assert_eq!((without.reading(), without.threshold()), (None, None));
    assert_eq!(Event::of(0x0d, 1, 0x6f, [0x50, 1, 2]).reading(), None);
}

#[test]
fn states_of_discrete_sensors() {
    let words = |kind, sensor_type, bits| -> Vec<_> {
        event::states(kind, sensor_type, bits).into_iter().map(|(_, words)| words.unwrap_or("?")).collect()
    };
    assert_eq!(words(0x6f, 0x08, 0b1001), ["power supply present", "power supply input lost"]);
    assert_eq!(words(0x0b, 0x09, 0b10), ["redundancy lost"]);
    assert_eq!(words(0x6f, 0x0d, 1 << 14), ["?"]);
    assert_eq!(words(0x01, 0x01, 0b111), [""; 0]);
}

/// One log of a machine as four tools print it: ipmiutil has the bytes, ipmitool the words.
#[test]
fn events_mean_what_ipmitool_says() {
    let read = |name: &str| {
        shared(&format!("corpora/ipmi-sel-comparison/{name}")).map(|text| String::from_utf8_lossy(&text).into_owned())
    };
    let (Some(bytes), Some(words)) = (read("ipmiutil_sel.txt"), read("ipmitool_sel_list.txt")) else { return };
    let types = [("Power Supply", 0x08), ("Power Unit", 0x09), ("Event Log", 0x10), ("System Event", 0x12)];
    let same = BTreeMap::from([
        ("Timestamp Clock Sync", What::SystemClockSynchronised),
        ("OEM System boot event", What::SystemBoot),
        ("Power off/down", What::UnitOff),
        ("Failure detected", What::UnitFailed),
        ("AC lost", What::UnitInputLost),
        ("Power Supply AC lost", What::SupplyInputLost),
        ("Predictive failure", What::SupplyPredictsFailure),
        ("Config Error", What::SupplyConfiguration),
        ("Config Error: Revision Mismatch", What::SupplyConfiguration),
        ("Log area reset/cleared", What::LogCleared),
    ]);
    let words: BTreeMap<u16, Vec<&str>> = words
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split('|').map(str::trim).collect();
            Some((u16::from_str_radix(fields.first()?, 16).ok()?, fields))
        })
        .collect();
    let mut compared = 0;
    for line in bytes.lines() {
        let Some((id, line)) = line.split_once(' ') else { continue };
        let Ok(id) = u16::from_str_radix(id, 16) else { continue };
        let Some((_, sensor_type)) = types.iter().find(|(name, _)| line.contains(&format!(" {name} #"))) else {
            continue;
        };
        let Some((head, data)) = line.split_once('[') else { continue };
        let number = head.split_once('#').map_or("", |(_, rest)| rest).get(..2).unwrap_or_default();
        let kind = head.trim_end().rsplit(' ').next().unwrap_or_default();
        let [kind, number] = [kind, number].map(|text| u8::from_str_radix(text, 16).unwrap());
        let data = hex(data.trim_end().trim_end_matches(']')).try_into().unwrap();
        let event = Event::of(*sensor_type, number, kind, data);
        let Some([_, _, _, sensor, what, came]) = words.get(&id).map(Vec::as_slice) else { continue };
        assert_eq!(Some(&event.what), same.get(what), "{id:x} {what}");
        assert_eq!(event.asserted, *came == "Asserted", "{id:x}");
        assert!(sensor.ends_with(&format!("#0x{number:02x}")), "{id:x} {sensor}");
        compared += 1;
    }
    assert!(compared > 500, "{compared} compared");
}

#[test]
fn readings() {
    #[track_caller]
    fn check(text: &str, expect: Option<(Option<u8>, Option<u16>)>) {
        assert_eq!(sensor::reading(&hex(text)).map(|reading| (reading.raw, reading.states)), expect, "{text}");
    }
    // As the lab's BMC answers for a slot: present, then present with a fault.
    check("00 c0 0100", Some((Some(0), Some(1))));
    check("00 c0 0380", Some((Some(0), Some(3))));
    check("37 c0 08", Some((Some(0x37), Some(8))));
    check("37 c0", Some((Some(0x37), None)));
    // Unavailable; not scanned.
    check("37 e0 08", Some((None, None)));
    check("37 80 08", Some((None, None)));
    check("37", None);
}

#[test]
fn raw_readings_become_quantities() {
    #[track_caller]
    fn check(factors: Factors, raw: u8, expect: Option<f64>) {
        assert_eq!(factors.convert(raw), expect, "{factors:?} of {raw}");
    }
    let linear = Factors { format: Format::Unsigned, linearisation: 0, m: 1, b: 0, b_exponent: 0, r_exponent: 0 };
    check(linear, 42, Some(42.0));
    // 12 V by 60 mV steps; a fan by 75 rpm; a temperature in two's and in one's complement.
    check(Factors { m: 6, r_exponent: -2, ..linear }, 201, Some(12.06));
    check(Factors { m: 75, ..linear }, 80, Some(6000.0));
    check(Factors { format: Format::TwosComplement, ..linear }, 0xf6, Some(-10.0));
    check(Factors { format: Format::OnesComplement, ..linear }, 0xf5, Some(-10.0));
    check(Factors { m: 2, b: -5, b_exponent: 1, r_exponent: 1, ..linear }, 30, Some(100.0));
    check(Factors { linearisation: 7, ..linear }, 4, Some(0.25));
    check(Factors { linearisation: 7, ..linear }, 0, None);
    check(Factors { linearisation: 0x70, ..linear }, 4, None);
    check(Factors { format: Format::None, ..linear }, 4, None);
}

#[test]
fn sensor_records() {
    // A full record: +12 V, M 6, B −3, R −2, upper and lower critical readable.
    let full = hex(
        "0700 51 01 33  20 01 30 07 01  7f 59 02 01  0000 0000 1200  00 04 00 00  06 00 fd c0 00 e0 00 00 00 00 ff 00
         f0 e0 d0 90 a0 b0 02 02 0000 00 c8 2b31322056 202020",
    );
    let record = sdr::record(&full).unwrap();
    let Body::Sensor(sensor) = &record.body else { panic!("{record:?}") };
    assert_eq!((record.id, record.len, sensor.lun, sensor.number), (7, 56, 1, 0x30));
    assert_eq!((sensor.name.as_deref(), sensor.sensor_type, sensor.kind), (Some("+12 V"), 0x02, 0x01));
    let analog = sensor.analog.as_ref().unwrap();
    let factors = Factors { format: Format::Unsigned, linearisation: 0, m: 6, b: -3, b_exponent: 0, r_exponent: -2 };
    assert_eq!((analog.factors, analog.unit), (factors, 4));
    assert_eq!(analog.thresholds, [None, Some(0xe0), None, None, Some(0xa0), None]);
    // Cut: kept as bytes.
    assert!(matches!(sdr::record(&full[..29]).unwrap().body, Body::Other(rest) if rest.len() == 24));
    // A replaceable part; its name in six bits a letter, and in BCD plus.
    let locator =
        |name: &str| sdr::record(&hex(&format!("0800 51 11 0e 20 00 80 00 00 10 00 0a 01 00 {name}"))).unwrap().body;
    let Body::Locator(supply) = locator("83 f0 5c 47") else { panic!() };
    assert_eq!((supply.entity, supply.instance, supply.name.as_deref()), (0x0a, 1, Some("PSU1")));
    assert!(matches!(locator("43 12 a3 b4"), Body::Locator(sdr::Locator { name: Some(name), .. }) if name == "12 3-4"));
    assert_eq!(sdr::record(&hex("0800 51")), None);
    assert_eq!(sdr::entry(&hex("ffff 0800 51 c0 02 0102")).unwrap().record.unwrap().body, Body::Other(vec![1, 2]));
}

#[test]
fn sensor_records_of_the_lab() {
    let Some(bytes) = shared("data/lab-captures/ipmi/sdr-compact-example.bin") else { return };
    let mut rest = bytes.as_slice();
    let mut names = Vec::new();
    while let Some(record) = sdr::record(rest) {
        if let Body::Sensor(sensor) = record.body {
            names.push(format!("{} {}.{}", sensor.name.unwrap_or_default(), sensor.entity, sensor.instance));
        }
        rest = rest.get(record.len..).unwrap_or_default();
    }
    // As `ipmitool sdr elist all` printed in the lab.
    assert_eq!(names, ["Drive Slot 0 4.1", "Drive Slot 5 4.5", "PSU 1 10.1"]);
}

proptest! {
    #[test]
    fn any_bytes_give_no_panic(mut data in proptest::collection::vec(any::<u8>(), 0..80), raw: u8, kind in 0_u8..0x14) {
        _ = sel::info(&data);
        _ = sel::time(&data);
        _ = sensor::reading(&data);
        _ = sel::entry(&data);
        if let Some(event) = data.get(..5) {
            let event = Event::of(event[0], event[1], event[2], [event[3], event[4], raw]);
            _ = (event.words(), event.sensor_words(), event.reading(), event.threshold());
            _ = event::states(event.kind, event.sensor_type, u16::from(raw) << 7);
        }
        if let Some(at) = data.get_mut(3) {
            *at = kind;
        }
        if let Some(Body::Sensor(sensor)) = sdr::record(&data).map(|record| record.body)
            && let Some(analog) = sensor.analog
        {
            prop_assert!(analog.factors.convert(raw).is_none_or(f64::is_finite));
        }
    }
}
