//! `loginfo`: why the firmware of an MPT SAS controller ended a command (`_base_sas_log_info` in
//! drivers/scsi/mpt3sas/mpt3sas_base.c).

/// A loginfo, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogInfo {
    /// Bits 28-31: 3 is SAS, and only then the rest means what is said here.
    pub bus_type: u32,
    /// Bits 24-27: which part of the firmware.
    pub originator: Originator,
    /// Bits 16-23.
    pub code: u32,
    /// Bits 0-15.
    pub sub_code: u32,
    /// What is known of it, in words.
    pub meaning: Option<&'static str>,
}

/// A part of the firmware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Originator {
    /// 0: I/O processor.
    Iop,
    /// 1: protocol layer: what happens on the wire.
    Pl,
    /// 2: integrated RAID.
    Ir,
    /// Another number.
    Unknown(u32),
}

/// Codes of the protocol layer (`PL_LOGINFO_CODE_*` in mpi_log_sas.h, drivers/message/fusion/lsi). Of these the driver
/// itself knows 08h (`IOC_LOGINFO_SATA_NCQ_FAIL_AFTER_ERR`), 13h and 14h (aborts) and 17h (nexus loss).
const PROTOCOL_LAYER: [(u32, &str); 15] = [
    (0x01, "connection could not be opened"),
    (0x02, "invalid scatter-gather list"),
    (0x03, "wrong relative offset or frame length"),
    (0x04, "frame transfer error"),
    (0x05, "connection was lost while sending"),
    (0x06, "SATA: error bit set on a command that is not queued"),
    (0x07, "SATA: reading the error log failed"),
    (0x08, "SATA: queued commands failed because another one did"),
    (0x09, "SATA: error in a set-device-bits frame"),
    (0x0a, "invalid message received"),
    (0x0d, "SATA: link down"),
    (0x11, "reset"),
    (0x12, "aborted"),
    (0x14, "aborted while under way"),
    (0x17, "device missing, within the delay the firmware waits for it"),
];

/// Takes a loginfo apart: 0x31110d00 is SAS, protocol layer, reset, SATA link down.
pub fn log_info(loginfo: u32) -> LogInfo {
    let (bus_type, code, sub_code) = (loginfo >> 28, loginfo >> 16 & 0xff, loginfo & 0xffff);
    let originator = match loginfo >> 24 & 0xf {
        0 => Originator::Iop,
        1 => Originator::Pl,
        2 => Originator::Ir,
        other => Originator::Unknown(other),
    };
    let known = |code: u32| PROTOCOL_LAYER.iter().find_map(|(known, meaning)| (*known == code).then_some(*meaning));
    let meaning = match (bus_type, originator) {
        // What led to a reset or an abort stands as a code of its own in the upper half of the sub-code.
        (3, Originator::Pl) if matches!(code, 0x11 | 0x12) => known(sub_code >> 8).or_else(|| known(code)),
        (3, Originator::Pl) => known(code),
        _ => None,
    };
    LogInfo { bus_type, originator, code, sub_code, meaning }
}

#[cfg(test)]
mod tests {
    use super::log_info;

    #[test]
    fn taken_apart() {
        let check = |loginfo, expect: &str| {
            let read = log_info(loginfo);
            let (code, sub_code) = (read.code, read.sub_code);
            let said = format!("{} {:?} {code:02x} {sub_code:04x} {:?}", read.bus_type, read.originator, read.meaning);
            assert_eq!(said, expect);
        };
        check(0x3111_0d00, "3 Pl 11 0d00 Some(\"SATA: link down\")");
        check(0x3108_0000, "3 Pl 08 0000 Some(\"SATA: queued commands failed because another one did\")");
        check(0x3112_0000, "3 Pl 12 0000 Some(\"aborted\")");
        check(0x3005_0000, "3 Iop 05 0000 None");
        check(0x2108_0000, "2 Pl 08 0000 None");
        check(u32::MAX, "15 Unknown(15) ff ffff None");
    }
}
