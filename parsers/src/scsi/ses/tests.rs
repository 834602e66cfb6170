use proptest::prelude::*;

use super::*;
use crate::scsi::tests::{corpus_replies, hex};

/// A shelf of one subenclosure: two array device slots, a supply, a fan, a temperature and a voltage.
const CONFIGURATION: &str = "01 00 00 56 00 00 00 07
    11 00 05 24  50 01 23 45 67 89 ab 00  4c 41 42 20 20 20 20 20
    53 48 45 4c 46 20 20 20 20 20 20 20 20 20 20 20  30 31 30 30
    17 02 00 05  02 01 00 00  03 01 00 03  04 01 00 00  12 01 00 00
    53 6c 6f 74 73 46 61 6e";

const STATUS: &str = "02 06 00 34 00 00 00 07
    00 00 00 00  01 00 00 00  42 0d 02 60   # the slots: one well, one predicting failure, fault, in a failed critical array
    00 00 00 00  02 80 00 22                # the supply: critical, AC fail
    00 00 00 00  01 01 2c 27                # the fan, 3000 rpm
    00 00 00 00  03 00 46 04                # 50 degrees, over its warning
    00 00 00 00  01 02 04 b0                # 12 V, beyond its critical upper limit";

const DESCRIPTORS: &str = "07 00 00 2a 00 00 00 07
    00 00 00 00  00 00 00 05 42 61 79 20 31  00 00 00 05 42 61 79 20 32
    00 00 00 00  00 00 00 00  00 00 00 00";

/// By SAS in the first slot, by NVMe in the second.
const ADDITIONAL: &str = "0a 00 00 80 00 00 00 07
    16 22 00 00 01 00 00 04  10 00 00 08 50 01 23 45 67 89 ab 3f 50 00 c5 00 11 22 33 41 00 00 00 00 00 00 00 00
    1b 54 01 02 01 20 00 05  86 80 4c 41 42 4e 56 4d 45 30 20 20 20 20 20 20 20 20 20 20 20 20
    4c 41 42 20 53 53 44 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20 20
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";

fn shelf(pages: [&str; 4]) -> Enclosure {
    let [configuration, status, descriptors, additional] = pages.map(hex);
    enclosure(&configuration, &status, &descriptors, &additional).unwrap()
}

#[test]
fn a_shelf() {
    let shelf = shelf([CONFIGURATION, STATUS, DESCRIPTORS, ADDITIONAL]);
    let [part] = shelf.parts.as_slice() else { panic!("{shelf:?}") };
    assert_eq!(
        (part.logical_id, part.vendor.as_deref(), part.product.as_deref()),
        (0x5001_2345_6789_ab00, Some("LAB"), Some("SHELF"))
    );
    let condition = Condition { info: false, non_critical: true, critical: true, unrecoverable: false };
    assert_eq!((shelf.condition, shelf.consistent), (Some(condition), true));

    let said: Vec<_> = shelf.elements.iter().filter(|element| element.index.is_some()).collect();
    let [one, two, supply, fan, warm, volts] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!((one.type_text.as_deref(), one.text.as_deref(), one.index), (Some("Slots"), Some("Bay 1"), Some(0)));
    assert_eq!((fan.type_text.as_deref(), fan.type_words()), (Some("Fan"), Some("cooling")));
    assert_eq!(two.status.map(|status| (status.code, status.predicts_failure)), Some((StatusCode::Critical, true)));
    let Some(Detail::PowerSupply { fail, ac_fail, dc_fail, .. }) = supply.detail else { panic!("{supply:?}") };
    assert_eq!((fail, ac_fail, dc_fail), (false, true, false));
    assert_eq!(fan.detail, Some(Detail::Fan { fail: false, off: false, rpm: 3000 }));
    let Some(Detail::Temperature { degrees, over_warning, over_failure, .. }) = warm.detail else { panic!("{warm:?}") };
    assert_eq!((degrees, over_warning, over_failure), (Some(50), true, false));
    assert_eq!(volts.detail, Some(Detail::Voltage { fail: false, millivolts: 12_000, critical: true, warning: false }));

    let [one, two] = shelf.slots.as_slice() else { panic!("{:?}", shelf.slots) };
    assert_eq!(
        (one.number, one.text.as_deref(), one.addresses.as_slice()),
        (Some(4), Some("Bay 1"), &[0x5000_c500_1122_3341][..])
    );
    let device = NvmeDevice { vendor: 0x8086, serial: Some("LABNVME0".to_owned()), model: Some("LAB SSD".to_owned()) };
    assert_eq!((two.number, two.nvme.as_ref()), (Some(5), Some(&device)));
    let bits = two.bits.unwrap();
    assert!(bits.fault_sensed && bits.fault_requested && bits.locate && bits.in_critical_array && bits.in_failed_array);
    assert!(bits.rebuild_aborted && !bits.rebuild && !bits.hot_spare && !bits.off);
}

#[test]
fn pages_may_be_missing_cut_or_of_another_configuration() {
    let bare = shelf([CONFIGURATION, "", "", ""]);
    assert_eq!((bare.elements.len(), bare.slots.len(), bare.condition, bare.consistent), (11, 2, None, true));
    assert!(bare.elements.iter().all(|element| element.status.is_none() && element.text.is_none()));
    let later = STATUS.replacen("00 00 00 07", "00 00 00 08", 1);
    assert!(!shelf([CONFIGURATION, &later, "", ""]).consistent);
    let cut = shelf([CONFIGURATION, "02 06 00 34 00 00 00 07 00 00 00 00 01 00", "", ""]);
    assert_eq!(cut.elements.iter().filter(|element| element.status.is_some()).count(), 1);
    assert_eq!(enclosure(&hex(STATUS), &[], &[], &[]), None);
    // Additional status in the order of the slots, where it has no index.
    let unindexed = "0a 00 00 44 00 00 00 07
        06 1e 01 00  10 00 00 08 00 00 00 00 00 00 00 00 50 00 c5 00 00 00 00 01 00 00 00 00 00 00 00 00
        06 1e 01 00  10 00 00 08 00 00 00 00 00 00 00 00 50 00 c5 00 00 00 00 02 00 00 00 00 00 00 00 00";
    let unindexed = shelf([CONFIGURATION, STATUS, "", unindexed]);
    let addresses: Vec<_> = unindexed.slots.iter().map(|slot| slot.addresses.clone()).collect();
    assert_eq!(addresses, [[0x5000_c500_0000_0001], [0x5000_c500_0000_0002]]);
    // 64 KiB that claim millions of elements.
    let mut greedy = hex("01 00 ff ff 00 00 00 00 00 00 ff 24");
    greedy.extend([0; 36]);
    greedy.extend([0x17, 0xff, 0, 0].repeat(255));
    let greedy = enclosure(&greedy, &[], &[], &[]).unwrap();
    assert_eq!((greedy.elements.len(), greedy.unread), (16_384, 255 * 256 - 16_384));
}

#[test]
fn the_pages_of_an_areca_expander() {
    let replies = corpus_replies("ses_areca_all.hex");
    let page = |code| replies.iter().find(|reply| reply.first() == Some(&code)).map(Vec::as_slice).unwrap_or_default();
    if replies.is_empty() {
        return;
    }
    assert_eq!(supported(page(0x00)).unwrap(), [0x00, 0x01, 0x02, 0x04, 0x05, 0x07, 0x0a, 0x0d, 0x0e, 0x0f, 0x3f]);
    let shelf = enclosure(page(0x01), page(0x02), page(0x07), page(0x0a)).unwrap();
    let [part] = shelf.parts.as_slice() else { panic!("{:?}", shelf.parts) };
    assert_eq!((part.logical_id, part.vendor.as_deref()), (0xd5b4_0150_3fc0_ec16, Some("Areca")));
    // 24 slots, 1 enclosure, 1 expander, 5 fans, 2 temperatures, 2 voltages, 3 connectors, 2 supplies, 1 alarm; 9
    // types.
    assert_eq!((shelf.elements.len(), shelf.slots.len(), shelf.consistent), (9 + 41, 24, true));
    // The expander's, which has the index of a slot.
    assert_eq!(shelf.unread, 1);
    let there: Vec<_> =
        shelf.slots.iter().filter(|slot| slot.status.is_some_and(|status| status.code == StatusCode::Ok)).collect();
    let there: Vec<_> = there
        .iter()
        .map(|slot| (slot.number.unwrap(), slot.text.as_deref().unwrap(), slot.addresses.as_slice()))
        .collect();
    assert_eq!(there, [(18, "SLOT 19", &[0x5000_c500_3011_cb29][..])]);
    let fans = shelf.elements.iter().find(|element| element.text.as_deref() == Some("CPUFan")).unwrap();
    assert_eq!(fans.detail, Some(Detail::Fan { fail: false, off: false, rpm: 7500 }));
    let volts = shelf.elements.iter().filter_map(|element| match element.detail {
        Some(Detail::Voltage { millivolts, .. }) if element.index.is_some() => Some(millivolts),
        _ => None,
    });
    assert_eq!(volts.collect::<Vec<_>>(), [940, 1800]);
}

proptest! {
    #[test]
    fn any_bytes_give_no_panic(mut pages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..400), 4)) {
        for (page, code) in pages.iter_mut().zip([0x01, 0x02, 0x07, 0x0a]) {
            if let Some(first) = page.first_mut() {
                *first = code;
            }
        }
        let [configuration, status, descriptors, additional] = pages.as_slice() else { unreachable!() };
        let shelf = enclosure(configuration, status, descriptors, additional);
        prop_assert!(shelf.is_none_or(|shelf| shelf.elements.len() <= ELEMENTS_AT_MOST));
        _ = enclosure(&hex(CONFIGURATION), status, descriptors, additional);
    }
}
