//! What a device may be asked: whole commands, arguments included, for it is these that decide the harm. READ LOG EXT reads
//! the link's error counters, and with 1 in the features register it resets them; LOG SENSE reads a page, and with SP = 1 it writes
//! it to the medium.
//!
//! A command is taken apart, looked up, and then *built again*: only if that gives the same bytes, it is allowed. So no bit that
//! nobody thought of gets through.
//!
//! Every command below reads. None starts a self-test, changes a setting, clears a counter or a log, spins a disk up, or takes a
//! reservation from whoever has one. Where reading itself has an effect, it is said in the row.

use super::Request;
use super::commands::{self, Ata};

/// So much may come of one command: the kernel takes memory for it.
const LEN_MAX: u32 = 64 * 1024;

/// Whether a command may be sent. `false` is a mistake in whoever asks.
pub fn allows(request: &Request) -> bool {
    request.len() <= LEN_MAX
        && match request {
            Request::Scsi { cdb, .. } => scsi(cdb, request),
            // Behind a controller, a drive is asked the same.
            Request::Behind { cdb, len, .. } => scsi(cdb, &Request::scsi(cdb.clone(), *len)),
            Request::Nvme { .. } => nvme(request),
            Request::Dcmd { opcode, mbox, .. } => dcmd(*opcode, mbox),
            Request::Ipmi { netfn, command, data } => ipmi(*netfn, *command, data),
        }
}

/// VPD pages: the list, serial number, identification, ATA information, block device characteristics.
const VITAL: [u8; 5] = [0x00, 0x80, 0x83, 0x89, 0xb1];

/// Log pages: the list; write, read and verify errors; non-medium errors; temperature; start and stop; self-tests; solid state media;
/// background scan; protocol specific port; general statistics; informational exceptions.
const LOGS: [u8; 13] = [0x00, 0x02, 0x03, 0x05, 0x06, 0x0d, 0x0e, 0x10, 0x11, 0x15, 0x18, 0x19, 0x2f];

/// Diagnostic pages of SES: the list, configuration, status, element descriptors, additional element status. All are read-only as
/// pages that come *from* the device.
const DIAGNOSTIC: [u8; 5] = [0x00, 0x01, 0x02, 0x07, 0x0a];

fn scsi(cdb: &[u8], request: &Request) -> bool {
    let len = |high: u8, low: u8| u16::from_be_bytes([high, low]);
    let built = match *cdb {
        [0x12, 0, 0, 0, size, 0] => Some(commands::inquiry(size)),
        [0x12, 1, page, high, low, 0] if VITAL.contains(&page) => {
            Some(commands::vital_product_data(page, len(high, low)))
        }
        [0x4d, _, page, 0, _, _, _, high, low, _] if LOGS.contains(&(page & 0x3f)) => {
            Some(commands::log_sense(page & 0x3f, 0, len(high, low)))
        }
        [0x1a, _, 0x1c, _, size, _] => Some(commands::mode_sense_6(0x1c, size)),
        [0x5a, _, 0x1c, _, _, _, _, high, low, _] => Some(commands::mode_sense_10(0x1c, len(high, low))),
        // It takes a pending unit attention or deferred error with it; those are the kernel's, who has got them with the command
        // that they came with.
        [0x03, _, _, _, size, _] => Some(commands::request_sense(size)),
        [0x1c, _, page, high, low, _] if DIAGNOSTIC.contains(&page) => {
            Some(commands::receive_diagnostic(page, len(high, low)))
        }
        [
            0x85,
            _,
            _,
            features_hob,
            features,
            count_hob,
            count,
            hob_low,
            low,
            hob_mid,
            mid,
            hob_high,
            high,
            _,
            command,
            _,
        ] => {
            let lba = u64::from_be_bytes([0, 0, hob_high, hob_mid, hob_low, high, mid, low]);
            let ata = Ata { command, features: len(features_hob, features), count: len(count_hob, count), lba };
            ata_allowed(ata).then(|| ata.pass_through_16())
        }
        [0xa1, _, _, features, count, low, mid, high, _, command, _, _] => {
            let lba = u64::from_be_bytes([0, 0, 0, 0, 0, high, mid, low]);
            let ata = Ata { command, features: features.into(), count: count.into(), lba };
            if ata_allowed(ata) { ata.pass_through_12() } else { None }
        }
        _ => None,
    };
    built.as_ref() == Some(request)
}

/// SMART logs: directory, summary and comprehensive errors, self-tests, SCT status. D6h (write log) is another features value.
const SMART_LOGS: [u8; 5] = [0x00, 0x01, 0x02, 0x06, 0xe0];

/// Logs of READ LOG EXT: directory, extended comprehensive errors, device statistics, extended self-tests, Phy counters,
/// SCT status.
const EXT_LOGS: [u8; 6] = [0x00, 0x03, 0x04, 0x07, 0x11, 0xe0];

fn ata_allowed(ata: Ata) -> bool {
    let fixed = [Ata::CHECK_POWER_MODE, Ata::IDENTIFY, Ata::SMART_DATA, Ata::SMART_THRESHOLDS, Ata::SMART_STATUS];
    let [.., log] = ata.lba.to_be_bytes();
    let [_, _, _, page_high, _, _, page_low, _] = ata.lba.to_be_bytes();
    let page = u16::from_be_bytes([page_high, page_low]);
    let blocks = (1..=32).contains(&ata.count);
    fixed.contains(&ata)
        || blocks && SMART_LOGS.contains(&log) && ata == Ata::smart_log(log, ata.count)
        || blocks && EXT_LOGS.contains(&log) && ata == Ata::log_ext(log, page, ata.count)
}

/// NVMe log pages: errors, SMART / health, firmware slots, commands supported and effects, device self-test.
const NVME_LOGS: [u8; 5] = [0x01, 0x02, 0x03, 0x05, 0x06];

fn nvme(request: &Request) -> bool {
    let Request::Nvme { opcode, nsid, cdw10: [cdw10, ..], len } = *request else { return false };
    let [low, flags, ..] = cdw10.to_le_bytes();
    let built = match opcode {
        0x06 if low <= 2 => commands::nvme_identify(low, nsid),
        0x02 if NVME_LOGS.contains(&low) && len >= 4 && len.is_multiple_of(4) => {
            commands::nvme_log(low, nsid, len, flags & 0x80 != 0)
        }
        _ => return false,
    };
    built == *request
}

/// Commands to the firmware of a MegaRAID controller, all of which read: about the controller, its events, its drives, its logical
/// drives, its battery. (`MR_DCMD_…` in `megaraid_sas.h`; those that are not there, in its family's published headers.)
const DCMDS: [u32; 10] = [
    0x0101_0000, // controller: information
    0x0104_0100, // events: which sequence numbers there are
    0x0104_0300, // events: from a sequence number on
    0x0201_0000, // drives: list
    0x0201_0100, // drives: list, by a query
    0x0202_0000, // drive: information
    0x0301_0000, // logical drives: list
    0x0302_0000, // logical drive: information
    0x0303_0000, // logical drive: properties, to read
    0x0501_0000, // battery: status
];

fn dcmd(opcode: u32, mbox: &[u8; 12]) -> bool {
    // Arguments say which drive, or from which event on; none of these commands knows one that writes.
    let one = |used: usize| mbox.iter().skip(used).all(|byte| *byte == 0);
    DCMDS.contains(&opcode)
        && match opcode {
            0x0101_0000 | 0x0104_0100 | 0x0201_0000 | 0x0501_0000 => one(0),
            // 1 asks for the long list.
            0x0301_0000 => one(1) && mbox.iter().all(|byte| *byte <= 1),
            0x0202_0000 => one(2),
            0x0302_0000 | 0x0303_0000 => one(1),
            0x0201_0100 => one(2),
            _ => true,
        }
}

/// Requests to the BMC that read. Reserve SEL and Reserve SDR Repository are not among them: they take the reservation of whoever
/// has one.
fn ipmi(netfn: u8, command: u8, data: &[u8]) -> bool {
    match (netfn, command, data) {
        // Chassis: status. Sensor: reading of one. App: Get Device ID. Storage: SDR repository, SEL information, SEL time.
        (0x00, 0x01, []) | (0x04, 0x2d, [_]) | (0x06, 0x01, []) | (0x0a, 0x20 | 0x40 | 0x48, []) => true,
        // Storage: a whole SDR, a whole SEL entry, without reservation, from its begin.
        (0x0a, 0x23 | 0x43, [0, 0, _, _, 0, 0xff]) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(request: &Request, expect: bool) {
        assert_eq!(allows(request), expect, "{request:02x?}");
    }

    #[test]
    fn what_is_asked_is_allowed() {
        for ata in [
            Ata::CHECK_POWER_MODE,
            Ata::IDENTIFY,
            Ata::SMART_DATA,
            Ata::SMART_THRESHOLDS,
            Ata::SMART_STATUS,
            Ata::smart_log(0x01, 1),
            Ata::smart_log(0x06, 1),
            Ata::smart_log(0xe0, 1),
        ] {
            check(&ata.pass_through_16(), true);
            ata.pass_through_12().iter().for_each(|request| check(request, true));
            check(&ata.pass_through_16().behind(7), true);
        }
        for ata in [Ata::log_ext(0, 0, 1), Ata::log_ext(4, 1, 1), Ata::log_ext(0x11, 0, 1), Ata::log_ext(3, 300, 1)] {
            check(&ata.pass_through_16(), true);
        }
        for request in [
            commands::inquiry(96),
            commands::vital_product_data(0x83, 252),
            commands::log_sense(0x2f, 0, 252),
            commands::mode_sense_6(0x1c, 64),
            commands::mode_sense_10(0x1c, 64),
            commands::request_sense(252),
            commands::receive_diagnostic(2, 4_096),
            commands::nvme_identify(1, 0),
            commands::nvme_log(2, u32::MAX, 512, true),
            commands::nvme_log(2, u32::MAX, 512, false),
            commands::dcmd(0x0201_0000, [0; 3], 4_096),
            commands::dcmd(0x0202_0000, [7, 0, 0], 512),
            commands::dcmd(0x0301_0000, [1, 0, 0], 4_104),
            commands::dcmd(0x0104_0300, [100, 0, 0], 4_096),
            commands::ipmi(0x0a, 0x43, [0, 0, 1, 0, 0, 0xff]),
            commands::ipmi(0x04, 0x2d, [3]),
        ] {
            check(&request, true);
        }
    }

    #[test]
    fn what_does_harm_is_not() {
        let smart = |features, log, count| Ata { features, ..Ata::smart_log(log, count) };
        let reset = Ata { features: 1, ..Ata::log_ext(0x11, 0, 1) };
        for ata in [
            reset,                   // resets the Phy counters
            smart(0xd6, 0xe0, 1),    // writes a log
            smart(0xd4, 0x01, 0),    // starts a self-test
            smart(0xd9, 0, 0),       // disables SMART
            smart(0xd8, 0, 0),       // enables it
            smart(0xd2, 0, 0),       // autosave
            smart(0xdb, 0, 0),       // automatic offline
            Ata::smart_log(0x09, 1), // selective self-test
            Ata::log_ext(0x30, 0, 1),
            Ata { command: 0xe0, ..Ata::CHECK_POWER_MODE }, // STANDBY IMMEDIATE
            Ata { command: 0xe7, ..Ata::CHECK_POWER_MODE }, // FLUSH CACHE
            Ata { command: 0x92, ..Ata::IDENTIFY },         // DOWNLOAD MICROCODE
            Ata { command: 0x3f, ..Ata::log_ext(0x11, 0, 1) }, // WRITE LOG EXT
            Ata { command: 0xf4, ..Ata::IDENTIFY },         // SECURITY ERASE UNIT
            Ata { count: 33, ..Ata::log_ext(0x03, 0, 1) },
        ] {
            check(&ata.pass_through_16(), false);
        }
        let scsi = |cdb: &[u8], len| Request::scsi(cdb, len);
        for request in [
            scsi(&[0x4d, 1, 0x6f, 0, 0, 0, 0, 0, 252, 0], 252), // LOG SENSE with SP = 1
            scsi(&[0x4d, 0, 0xef, 0, 0, 0, 0, 0, 252, 0], 252), // default values
            scsi(&[0x4d, 0, 0x6f, 0xff, 0, 0, 0, 0, 252, 0], 252),
            scsi(&[0x4c, 2, 0, 0, 0, 0, 0, 0, 0, 0], 0),   // LOG SELECT
            scsi(&[0x15, 0x10, 0, 0, 24, 0], 24),          // MODE SELECT
            scsi(&[0x1d, 4, 0, 0, 0, 0], 0),               // SEND DIAGNOSTIC
            scsi(&[0x1b, 0, 0, 0, 1, 0], 0),               // START STOP UNIT
            scsi(&[0x04, 0, 0, 0, 0, 0], 0),               // FORMAT UNIT
            scsi(&[0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], 512), // READ
            scsi(&[0x1c, 1, 0x04, 1, 0, 0], 256),          // SES: string in
            scsi(&[0x12, 1, 0xc0, 0, 252, 0], 252),
            scsi(&[0x12, 0, 0, 0, 96, 0], 512), // the length is another
            scsi(&[], 0),
            commands::nvme_identify(3, 1),
            commands::nvme_log(0x0d, u32::MAX, 512, true), // persistent event log: reading begins with establishing a context
            commands::nvme_log(0x07, u32::MAX, 512, true), // telemetry: may create the log
            commands::nvme_log(0x02, u32::MAX, 0x20000, true),
            Request::Nvme { opcode: 0x02, nsid: u32::MAX, cdw10: [0x007f_8102, 0, 0, 0, 0, 0], len: 512 },
            Request::Nvme { opcode: 0x02, nsid: u32::MAX, cdw10: [0x007f_8002, 0, 4, 0, 0, 0], len: 512 },
            Request::Nvme { opcode: 0x14, nsid: 1, cdw10: [1, 0, 0, 0, 0, 0], len: 0 }, // device self-test
            Request::Nvme { opcode: 0x80, nsid: 1, cdw10: [0; 6], len: 0 },             // Format NVM
            Request::Nvme { opcode: 0x09, nsid: 1, cdw10: [0; 6], len: 0 },             // Set Features
            commands::dcmd(0x0105_0000, [0; 3], 0),                                     // shut down
            commands::dcmd(0x0104_0400, [0; 3], 0),                                     // clear events
            commands::dcmd(0x0203_0100, [0; 3], 0),                                     // set a drive's state
            commands::dcmd(0x0202_0000, [0x1_0000, 0, 0], 512),
            commands::dcmd(0x0301_0000, [2, 0, 0], 4_104),
            commands::ipmi(0x0a, 0x47, [0, 0, b'C', b'L', b'R', 0xaa]), // clear the SEL
            commands::ipmi(0x0a, 0x44, [0; 16]),                        // add to it
            commands::ipmi(0x0a, 0x42, []),                             // reserve it
            commands::ipmi(0x0a, 0x22, []),
            commands::ipmi(0x0a, 0x49, [0; 4]), // set its clock
            commands::ipmi(0x0a, 0x43, [1, 0, 0, 0, 0, 0xff]),
            commands::ipmi(0x00, 0x02, [0]), // chassis control
            commands::ipmi(0x04, 0x2d, []),
            commands::ipmi(0x06, 0x02, []), // cold reset
        ] {
            check(&request, false);
        }
        check(&reset.pass_through_16().behind(3), false);
    }

    proptest! {
        /// Of all bytes that begin like an allowed command, only that command is allowed: any other byte changed, and it is not,
        /// unless it is the length or a page that is in the lists.
        #[test]
        fn a_changed_byte_is_another_command(at in 1_usize..16, value: u8) {
            let request = Ata::log_ext(0x11, 0, 1).pass_through_16();
            let Request::Scsi { mut cdb, len } = request.clone() else { unreachable!() };
            if let Some(byte) = cdb.get_mut(at) { *byte = value }
            let changed = Request::scsi(cdb, len);
            // 8 is the log, 9 and 10 its page.
            prop_assert!(changed == request || !allows(&changed) || [8, 9, 10].contains(&at), "{changed:02x?}");
        }

        #[test]
        fn random_commands_are_not(cdb in prop::collection::vec(any::<u8>(), 0..20), len: u32) {
            let reads = [0x03, 0x12, 0x1a, 0x1c, 0x4d, 0x5a, 0x85, 0xa1];
            let first = cdb.first().copied();
            prop_assert!(!allows(&Request::scsi(cdb, len)) || first.is_some_and(|first| reads.contains(&first)));
        }
    }
}
