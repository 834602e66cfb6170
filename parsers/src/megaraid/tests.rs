//! Replies are built field by field at the offsets of their structures: no capture of a controller's is at hand.

use proptest::prelude::*;

use super::device::{ArrayState, DriveState, Trouble};
use super::event::{Args, Class, Time};
use super::{battery, controller, device, event};

/// A reply of `len` zeros with fields put into it.
fn reply(len: usize, fields: &[(usize, &[u8])]) -> Vec<u8> {
    let mut reply = vec![0; len];
    for (at, field) in fields {
        reply[*at..*at + field.len()].copy_from_slice(field);
    }
    reply
}

#[test]
fn controllers() {
    let whole = reply(
        2048,
        &[
            (0x540, b"MegaRAID SAS 9999-LAB\0old bytes"),
            (0x590, b"LAB0001"),
            (0x5b0, &[1]),
            (0x5c0, &[2, 0, 1, 0, 0, 0, 10, 0, 8, 0, 3, 0, 4, 0, 32, 0, 0, 4, 16, 0, 5, 0, 6, 0]),
            (0x640, b"24.0.0-0001"),
        ],
    );
    let lab = controller::controller(&whole).unwrap();
    assert_eq!((lab.product.as_deref(), lab.serial.as_deref()), (Some("MegaRAID SAS 9999-LAB"), Some("LAB0001")));
    assert_eq!((lab.package.as_deref(), lab.battery, lab.memory), (Some("24.0.0-0001"), Some(true), Some(1024)));
    assert_eq!((lab.arrays, lab.arrays_degraded, lab.arrays_offline), (Some(2), Some(1), Some(0)));
    assert_eq!(
        (lab.devices, lab.drives, lab.drives_predicting_failure, lab.drives_failed),
        (Some(10), Some(8), Some(3), Some(4))
    );
    assert_eq!((lab.memory_corrected, lab.memory_uncorrected), (Some(5), Some(6)));
    assert_eq!(controller::controller(&whole[..0x5c0]).unwrap().arrays, None);
    assert_eq!(controller::controller(&whole[..0x540]), None);
}

#[test]
fn lists() {
    let two = reply(
        8 + 48,
        &[
            (0, &[56, 0, 0, 0, 3]),
            (8, &[0x10, 0, 0xfc, 0, 1, 4, 0, 1, 0x41, 0x33, 0x22, 0x11, 0, 0xc5, 0, 0x50]),
            (32, &[0xfc, 0, 0xfc, 0, 1, 0, 0x0d]),
        ],
    );
    let two = device::drives(&two).unwrap();
    let said: Vec<_> = two.items.iter().map(|drive| (drive.id, drive.enclosure, drive.slot, drive.kind)).collect();
    assert_eq!(said, [(16, 252, 4, 0), (252, 252, 0, 0x0d)]);
    assert_eq!((two.items[0].addresses, two.missing), ([0x5000_c500_1122_3341, 0], 1));
    let arrays = reply(8 + 32, &[(0, &[2]), (8, &[0, 0, 7, 0, 3]), (16, &[0, 0, 2]), (24, &[1, 0, 7, 0, 9])]);
    let arrays = device::arrays(&arrays).unwrap();
    let said: Vec<_> = arrays.items.iter().map(|array| (array.target, array.state, array.blocks)).collect();
    assert_eq!(said, [(0, ArrayState::Optimal, 0x2_0000), (1, ArrayState::Unknown(9), 0)]);
    assert_eq!(device::drives(&[0; 7]), None);
    // An absurd count takes no memory.
    assert_eq!(device::arrays(&[0xff; 8]).unwrap().missing, u32::MAX);
}

#[test]
fn drives() {
    let whole = reply(
        512,
        &[
            (0, &[16, 0]),
            (4, b"\0\0\x05\x02\x5b\0\0\x02ATA     LAB-SSD"),
            (168, &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xd2, 4, 0, 0, 0x14, 0]),
            (188, &[0x10]),
            (193, &[0x02]),
            (200, &[0x41, 0x33, 0x22, 0x11, 0, 0xc5, 0, 0x50]),
            (256, &[0xfc, 0, 1, 4, 1, 0, 0, 0, 0xff, 0x7f]),
            (292, &[1]),
            (370, &[1]),
            (401, &[3, 38]),
            (424, &[0x0f]),
        ],
    );
    let lab = device::drive(&whole).unwrap();
    assert!(crate::scsi::inquiry::parse(lab.inquiry).unwrap().is_ata());
    assert_eq!((lab.media_errors, lab.other_errors, lab.predictions), (Some(1), Some(2), Some(3)));
    assert_eq!((lab.last_prediction, lab.state), (Some(1234), Some(DriveState::Rebuild)));
    assert_eq!((lab.foreign, lab.broken_paths, lab.addresses), (Some(true), Some(2), Some([0x5000_c500_1122_3341, 0])));
    assert_eq!((lab.enclosure, lab.slot, lab.rebuild), (Some(252), Some(4), Some(0x7fff)));
    assert_eq!((lab.bad_block_table_full, lab.media, lab.interface), (Some(true), Some(1), Some(3)));
    assert_eq!((lab.temperature, lab.bad_blocks), (Some(38), Some(7)));
    assert_eq!(device::drive(&whole[..180]).unwrap().state, None);
    assert_eq!(device::drive(&whole[..165]), None);
}

#[test]
fn states() {
    #[track_caller]
    fn check(state: u32, words: &str, trouble: Trouble) {
        assert_eq!((DriveState::of(state).words(), DriveState::of(state).trouble()), (words, trouble), "{state}");
    }
    check(0, "unconfigured (good)", Trouble::None);
    check(1, "unconfigured (bad)", Trouble::Critical);
    check(2, "hot spare", Trouble::None);
    check(16, "offline", Trouble::Critical);
    check(17, "failed", Trouble::Critical);
    check(20, "rebuild", Trouble::Warning);
    check(24, "online", Trouble::None);
    check(32, "copyback", Trouble::Warning);
    check(64, "JBOD", Trouble::None);
    check(3, "in a state that is not known", Trouble::Warning);
    assert!((0..3).all(|state| ArrayState::of(state).trouble() > Trouble::None));
    assert_eq!(ArrayState::of(3).trouble(), Trouble::None);
    assert_eq!(ArrayState::of(4).trouble(), Trouble::Warning);
}

#[test]
fn arrays_and_batteries() {
    let whole = reply(
        320,
        &[(0, &[1]), (4, b"db"), (20, &[1, 0, 0, 0]), (32, &[1, 0, 3, 7, 2, 2, 2, 0, 1]), (256, &[0, 0, 2])],
    );
    let lab = device::array(&whole).unwrap();
    assert_eq!((lab.target, lab.name.as_deref(), lab.state), (1, Some("db"), Some(ArrayState::Degraded)));
    assert_eq!((lab.level, lab.drives, lab.spans, lab.consistent), (Some([1, 0, 3]), Some(2), Some(2), Some(true)));
    assert!(lab.cache_set.unwrap().write_back && !lab.cache_now.unwrap().write_back);
    assert_eq!(lab.blocks, Some(0x2_0000));

    let low = battery::battery(&[1, 0, 0xa0, 0x0f, 0x9c, 0xff, 30, 0, 0x12, 0x44, 0, 0]).unwrap();
    assert_eq!((low.millivolts, low.milliamperes, low.temperature), (Some(4000), Some(-100), Some(30)));
    assert_eq!(low.troubles(), ["voltage low", "replace the pack"]);
    assert_eq!((low.doings(), low.unread()), (vec!["discharging"], 0x4400 >> 13));
}

fn record(sequence: u8, time: [u8; 4], class: u8, kind: u8, args: &[u8]) -> Vec<u8> {
    let head = [sequence, 0, 0, 0];
    reply(
        256,
        &[
            (0, &head),
            (4, &time),
            (8, &[0x70]),
            (12, &[2, 0, 0, class, kind]),
            (32, args),
            (128, b"what happened\0was"),
        ],
    )
}

#[test]
fn the_log() {
    let info = event::log_info(&[9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]).unwrap();
    assert_eq!((info.newest, info.oldest, info.clear, info.shutdown, info.boot), (9, 1, 2, 3, 4));

    let mut list = vec![3, 0, 0, 0, 0, 0, 0, 0];
    list.extend(record(5, [0x10, 0, 0, 0x1a], 2, 15, &[16, 0, 1, 4, 0x18, 0, 0, 0, 0x11, 0, 0, 0]));
    list.extend(record(6, [30, 0, 0, 0xff], 0xff, 200, &[1, 0, 2]));
    list.extend([0; 100]);
    let events = event::events(&list).unwrap();
    let [failed, odd] = events.events.as_slice() else { panic!("{events:?}") };
    assert_eq!(events.missing, 1);
    assert_eq!((failed.sequence, failed.time, failed.class), (5, Time::Clock(0x1a00_0010), Class::Critical));
    assert_eq!((failed.code, failed.locales(), failed.text.as_deref()), (0x70, vec!["drive"], Some("what happened")));
    let drive = event::DriveArg { id: 16, enclosure_index: 1, slot: 4 };
    assert_eq!(failed.args, Args::DriveState { drive, from: DriveState::Online, to: DriveState::Failed });
    assert_eq!((failed.drive(), failed.array()), (Some(drive), None));
    assert_eq!((odd.time, odd.class), (Time::SinceBoot(30), Class::Progress));
    assert_eq!(odd.args, Args::Other { kind: 200, bytes: vec![1, 0, 2] });
}

#[test]
fn arguments() {
    #[track_caller]
    fn check(kind: u8, args: &[u8], expect: Args) {
        assert_eq!(event::event(&record(1, [0; 4], 0, kind, args)).unwrap().args, expect, "{kind}");
    }
    let drive = event::DriveArg { id: 16, enclosure_index: 1, slot: 4 };
    let array = event::ArrayArg { target: 1, index: 2 };
    check(0, &[7], Args::None);
    let mut failed = vec![16, 0, 1, 4, 6, 18, 0, 0];
    failed.extend([0x12; 16]);
    failed.extend([0x70; 64]);
    check(1, &failed, Args::Sense { drive, cdb: vec![0x12; 6], sense: vec![0x70; 18] });
    check(2, &[1, 0, 2], Args::Array(array));
    check(4, &[9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2], Args::Array(array));
    check(
        6,
        &[9, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 16, 0, 1, 4],
        Args::Block { array, array_lba: 9, drive, drive_lba: 8 },
    );
    check(7, &[1, 0, 2, 0, 0xff, 0x7f, 60, 0], Args::ArrayProgress { array, progress: 0x7fff, seconds: 60 });
    check(
        8,
        &[1, 0, 2, 0, 3, 0, 0, 0, 2, 0, 0, 0],
        Args::ArrayState { array, from: ArrayState::Optimal, to: ArrayState::Degraded },
    );
    check(10, &[16, 0, 1, 4], Args::Drive(drive));
    check(11, &[16, 0, 1, 4, 5, 0, 0, 0], Args::DriveError { drive, error: 5 });
    check(13, &[9, 0, 0, 0, 0, 0, 0, 0, 16, 0, 1, 4, 1, 0, 2], Args::DriveBlock { drive, lba: 9, array: Some(array) });
    check(14, &[16, 0, 1, 4, 1, 0, 2, 0], Args::DriveProgress { drive, progress: 1, seconds: 2 });
    check(18, b"fan 2\0x", Args::Text(Some("fan 2".to_owned())));
    check(19, &[1, 0, 0, 0, 2, 0, 0, 0], Args::Time { clock: Time::Clock(1), seconds: 2 });
}

proptest! {
    #[test]
    fn any_bytes_give_no_panic(data in proptest::collection::vec(any::<u8>(), 0..2_100)) {
        _ = controller::controller(&data);
        _ = device::drives(&data);
        _ = device::drive(&data);
        _ = device::arrays(&data);
        _ = device::array(&data);
        _ = battery::battery(&data).map(|battery| (battery.troubles(), battery.unread()));
        _ = event::log_info(&data);
        for event in event::events(&data).into_iter().flat_map(|events| events.events) {
            _ = (event.locales(), event.drive(), event.array());
        }
    }
}
