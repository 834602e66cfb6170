//! What additional sense codes say, for those that speak of the device rather than of the request. T10's list of
//! ASC/ASCQ assignments (also in SPC-5).

use super::Additional;

/// What an additional sense code speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The device says that it will fail: 5Dh.
    PredictsFailure,
    /// The same, but as a test that someone asked for: 5Dh/FFh, after TEST in mode page 1Ch.
    PredictsFailureAsTest,
    /// 0Bh: still working, beyond what it was built for.
    Warns(Warning),
    /// The medium: what is written there cannot be read, or not without effort.
    Medium,
    /// Mechanics or electronics.
    Hardware,
    /// The path to it: a cable, a backplane, an expander, a port.
    Link,
    /// It was switched on, or reset.
    PowerOrReset,
    /// It is not there, asleep, or on its way.
    NotReady,
    /// Known, of none of these: what was asked, or what was changed.
    Other,
}

/// What 0Bh warns of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// 0Bh/00h, or a qualifier of a later standard.
    Unspecified,
    /// 01h
    Temperature,
    /// 02h: the enclosure is degraded.
    Enclosure,
    /// 03h: a background self-test failed.
    SelfTest,
    /// 04h: a background pre-scan found a medium error.
    PreScan,
    /// 05h: a background medium scan found a medium error.
    MediumScan,
    /// 06h: the write cache is not non-volatile now.
    CacheVolatile,
    /// 07h: power to the non-volatile cache is degraded.
    CachePower,
    /// 08h: the device expects to lose power.
    PowerLossExpected,
    /// 09h: a statistic of the device passed a limit that was set.
    Statistic,
    /// 0Ah to 11h: temperature or humidity over or under a limit.
    Environment,
    /// 14h: a part of the device, as a head, is worn or was taken out of service.
    PhysicalElement,
}

struct Row(u8, u8, &'static str, Meaning);

use Meaning::{Hardware, Link, Medium, NotReady, Other, PowerOrReset, PredictsFailure, PredictsFailureAsTest, Warns};

/// In order of code and qualifier: it is searched by halves.
const ROWS: &[Row] = &[
    Row(0x00, 0x00, "no additional sense information", Other),
    Row(0x00, 0x16, "operation in progress", Other),
    Row(0x00, 0x1d, "ATA pass-through information available", Other),
    Row(0x01, 0x00, "no index or sector signal", Hardware),
    Row(0x02, 0x00, "no seek complete", Hardware),
    Row(0x03, 0x00, "peripheral device write fault", Hardware),
    Row(0x03, 0x02, "excessive write errors", Medium),
    Row(0x04, 0x00, "not ready, cause not reportable", NotReady),
    Row(0x04, 0x01, "becoming ready", NotReady),
    Row(0x04, 0x02, "not ready, initializing command required", NotReady),
    Row(0x04, 0x03, "not ready, manual intervention required", NotReady),
    Row(0x04, 0x04, "not ready, format in progress", NotReady),
    Row(0x04, 0x07, "not ready, operation in progress", NotReady),
    Row(0x04, 0x09, "not ready, self-test in progress", NotReady),
    Row(0x04, 0x11, "not ready, enable spinup required", NotReady),
    Row(0x04, 0x1b, "not ready, sanitize in progress", NotReady),
    Row(0x04, 0x1c, "not ready, additional power use not yet granted", NotReady),
    Row(0x05, 0x00, "does not respond to selection", Link),
    Row(0x06, 0x00, "no reference position found", Hardware),
    Row(0x08, 0x00, "communication failure", Link),
    Row(0x08, 0x01, "communication time-out", Link),
    Row(0x08, 0x02, "communication parity error", Link),
    Row(0x08, 0x03, "communication CRC error", Link),
    Row(0x09, 0x00, "track following error", Hardware),
    Row(0x09, 0x01, "tracking servo failure", Hardware),
    Row(0x09, 0x02, "focus servo failure", Hardware),
    Row(0x09, 0x03, "spindle servo failure", Hardware),
    Row(0x09, 0x04, "head select fault", Hardware),
    Row(0x09, 0x05, "vibration induced tracking error", Hardware),
    Row(0x0b, 0x00, "warning", Warns(Warning::Unspecified)),
    Row(0x0b, 0x01, "warning: specified temperature exceeded", Warns(Warning::Temperature)),
    Row(0x0b, 0x02, "warning: enclosure degraded", Warns(Warning::Enclosure)),
    Row(0x0b, 0x03, "warning: background self-test failed", Warns(Warning::SelfTest)),
    Row(0x0b, 0x04, "warning: background pre-scan detected medium error", Warns(Warning::PreScan)),
    Row(0x0b, 0x05, "warning: background medium scan detected medium error", Warns(Warning::MediumScan)),
    Row(0x0b, 0x06, "warning: non-volatile cache now volatile", Warns(Warning::CacheVolatile)),
    Row(0x0b, 0x07, "warning: degraded power to non-volatile cache", Warns(Warning::CachePower)),
    Row(0x0b, 0x08, "warning: power loss expected", Warns(Warning::PowerLossExpected)),
    Row(0x0b, 0x09, "warning: device statistics notification active", Warns(Warning::Statistic)),
    Row(0x0b, 0x0a, "warning: high critical temperature limit exceeded", Warns(Warning::Environment)),
    Row(0x0b, 0x0b, "warning: low critical temperature limit exceeded", Warns(Warning::Environment)),
    Row(0x0b, 0x0c, "warning: high operating temperature limit exceeded", Warns(Warning::Environment)),
    Row(0x0b, 0x0d, "warning: low operating temperature limit exceeded", Warns(Warning::Environment)),
    Row(0x0b, 0x0e, "warning: high critical humidity limit exceeded", Warns(Warning::Environment)),
    Row(0x0b, 0x0f, "warning: low critical humidity limit exceeded", Warns(Warning::Environment)),
    Row(0x0b, 0x10, "warning: high operating humidity limit exceeded", Warns(Warning::Environment)),
    Row(0x0b, 0x11, "warning: low operating humidity limit exceeded", Warns(Warning::Environment)),
    Row(0x0b, 0x14, "warning: physical element status change", Warns(Warning::PhysicalElement)),
    Row(0x0c, 0x00, "write error", Medium),
    Row(0x0c, 0x01, "write error, recovered with auto reallocation", Medium),
    Row(0x0c, 0x02, "write error, auto reallocation failed", Medium),
    Row(0x0c, 0x03, "write error, recommend reassignment", Medium),
    Row(0x0c, 0x0b, "auxiliary memory write error", Hardware),
    Row(0x0c, 0x0c, "write error, unexpected unsolicited data", Link),
    Row(0x0c, 0x0d, "write error, not enough unsolicited data", Link),
    Row(0x10, 0x00, "ID CRC or ECC error", Medium),
    Row(0x10, 0x01, "logical block guard check failed", Medium),
    Row(0x10, 0x02, "logical block application tag check failed", Medium),
    Row(0x10, 0x03, "logical block reference tag check failed", Medium),
    Row(0x11, 0x00, "unrecovered read error", Medium),
    Row(0x11, 0x01, "read retries exhausted", Medium),
    Row(0x11, 0x02, "error too long to correct", Medium),
    Row(0x11, 0x03, "multiple read errors", Medium),
    Row(0x11, 0x04, "unrecovered read error, auto reallocate failed", Medium),
    Row(0x11, 0x0a, "miscorrected error", Medium),
    Row(0x11, 0x0b, "unrecovered read error, recommend reassignment", Medium),
    Row(0x11, 0x0c, "unrecovered read error, recommend rewrite the data", Medium),
    Row(0x11, 0x14, "read error, logical block marked bad by the host", Medium),
    Row(0x12, 0x00, "address mark not found for ID field", Medium),
    Row(0x13, 0x00, "address mark not found for data field", Medium),
    Row(0x14, 0x00, "recorded entity not found", Medium),
    Row(0x14, 0x01, "record not found", Medium),
    Row(0x15, 0x00, "random positioning error", Hardware),
    Row(0x15, 0x01, "mechanical positioning error", Hardware),
    Row(0x15, 0x02, "positioning error detected by read of medium", Hardware),
    Row(0x16, 0x00, "data synchronization mark error", Medium),
    Row(0x17, 0x00, "recovered data with no error correction applied", Medium),
    Row(0x17, 0x01, "recovered data with retries", Medium),
    Row(0x17, 0x06, "recovered data without ECC, data auto-reallocated", Medium),
    Row(0x17, 0x07, "recovered data without ECC, recommend reassignment", Medium),
    Row(0x18, 0x00, "recovered data with error correction applied", Medium),
    Row(0x18, 0x02, "recovered data, data auto-reallocated", Medium),
    Row(0x18, 0x05, "recovered data, recommend reassignment", Medium),
    Row(0x19, 0x00, "defect list error", Medium),
    Row(0x1b, 0x00, "synchronous data transfer error", Link),
    Row(0x20, 0x00, "invalid command operation code", Other),
    Row(0x21, 0x00, "logical block address out of range", Other),
    Row(0x24, 0x00, "invalid field in CDB", Other),
    Row(0x25, 0x00, "logical unit not supported", Other),
    Row(0x26, 0x00, "invalid field in parameter list", Other),
    Row(0x27, 0x00, "write protected", Other),
    Row(0x28, 0x00, "not ready to ready change, medium may have changed", PowerOrReset),
    Row(0x29, 0x00, "power on, reset, or bus device reset occurred", PowerOrReset),
    Row(0x29, 0x01, "power on occurred", PowerOrReset),
    Row(0x29, 0x02, "SCSI bus reset occurred", PowerOrReset),
    Row(0x29, 0x03, "bus device reset function occurred", PowerOrReset),
    Row(0x29, 0x04, "device internal reset", PowerOrReset),
    Row(0x29, 0x05, "transceiver mode changed to single-ended", Link),
    Row(0x29, 0x06, "transceiver mode changed to LVD", Link),
    Row(0x29, 0x07, "I_T nexus loss occurred", Link),
    Row(0x2a, 0x01, "mode parameters changed", Other),
    Row(0x2a, 0x09, "capacity data has changed", Other),
    Row(0x31, 0x00, "medium format corrupted", Medium),
    Row(0x32, 0x00, "no defect spare location available", Medium),
    Row(0x35, 0x00, "enclosure services failure, unspecified", Hardware),
    Row(0x35, 0x02, "enclosure services unavailable", Hardware),
    Row(0x35, 0x03, "enclosure services transfer failure", Link),
    Row(0x38, 0x07, "thin provisioning soft threshold reached", Other),
    Row(0x3a, 0x00, "medium not present", NotReady),
    Row(0x3e, 0x00, "logical unit has not self-configured yet", NotReady),
    Row(0x3e, 0x01, "logical unit failure", Hardware),
    Row(0x3e, 0x02, "timeout on logical unit", Hardware),
    Row(0x3e, 0x03, "logical unit failed self-test", Hardware),
    Row(0x3e, 0x04, "logical unit unable to update self-test log", Hardware),
    Row(0x3f, 0x01, "microcode has been changed", Other),
    Row(0x3f, 0x05, "device identifier changed", Other),
    Row(0x3f, 0x0e, "reported LUNs data has changed", Other),
    Row(0x40, 0x00, "RAM failure", Hardware),
    Row(0x41, 0x00, "data path failure", Hardware),
    Row(0x42, 0x00, "power-on or self-test failure", Hardware),
    Row(0x43, 0x00, "message error", Link),
    Row(0x44, 0x00, "internal target failure", Hardware),
    Row(0x44, 0x71, "ATA device failed set features", Hardware),
    Row(0x45, 0x00, "select or reselect failure", Link),
    Row(0x46, 0x00, "unsuccessful soft reset", Hardware),
    Row(0x47, 0x00, "SCSI parity error", Link),
    Row(0x47, 0x01, "data phase CRC error detected", Link),
    Row(0x47, 0x02, "SCSI parity error detected during ST data phase", Link),
    Row(0x47, 0x03, "information unit iuCRC error detected", Link),
    Row(0x47, 0x04, "asynchronous information protection error detected", Link),
    Row(0x47, 0x05, "protocol service CRC error", Link),
    Row(0x47, 0x06, "PHY test function in progress", Link),
    Row(0x48, 0x00, "initiator detected error message received", Link),
    Row(0x4b, 0x00, "data phase error", Link),
    Row(0x4b, 0x01, "invalid target port transfer tag received", Link),
    Row(0x4b, 0x02, "too much write data", Link),
    Row(0x4b, 0x03, "ACK or NAK timeout", Link),
    Row(0x4b, 0x04, "NAK received", Link),
    Row(0x4b, 0x05, "data offset error", Link),
    Row(0x4b, 0x06, "initiator response timeout", Link),
    Row(0x4b, 0x07, "connection lost", Link),
    Row(0x4c, 0x00, "logical unit failed self-configuration", Hardware),
    Row(0x55, 0x00, "system resource failure", Hardware),
    Row(0x5d, 0x00, "failure prediction threshold exceeded", PredictsFailure),
    Row(0x5d, 0x01, "media failure prediction threshold exceeded", PredictsFailure),
    Row(0x5d, 0x02, "logical unit failure prediction threshold exceeded", PredictsFailure),
    Row(0x5d, 0x03, "spare area exhaustion prediction threshold exceeded", PredictsFailure),
    Row(0x5d, 0x10, "hardware impending failure, general hard drive failure", PredictsFailure),
    Row(0x5d, 0x11, "hardware impending failure, drive error rate too high", PredictsFailure),
    Row(0x5d, 0x12, "hardware impending failure, data error rate too high", PredictsFailure),
    Row(0x5d, 0x13, "hardware impending failure, seek error rate too high", PredictsFailure),
    Row(0x5d, 0x14, "hardware impending failure, too many block reassigns", PredictsFailure),
    Row(0x5d, 0x73, "media impending failure, endurance limit met", PredictsFailure),
    Row(0x5d, 0xff, "failure prediction threshold exceeded (false)", PredictsFailureAsTest),
    Row(0x5e, 0x00, "low power condition on", NotReady),
    Row(0x5e, 0x01, "idle condition activated by timer", NotReady),
    Row(0x5e, 0x02, "standby condition activated by timer", NotReady),
    Row(0x5e, 0x03, "idle condition activated by command", NotReady),
    Row(0x5e, 0x04, "standby condition activated by command", NotReady),
    Row(0x65, 0x00, "voltage fault", Hardware),
];

/// Families whose every qualifier, known or not, speaks of the same.
const FAMILIES: &[Row] = &[
    Row(0x04, 0, "not ready", NotReady),
    Row(0x08, 0, "communication failure", Link),
    Row(0x09, 0, "servo or tracking failure", Hardware),
    Row(0x0b, 0, "warning", Warns(Warning::Unspecified)),
    Row(0x0c, 0, "write error", Medium),
    Row(0x11, 0, "unrecovered read error", Medium),
    Row(0x15, 0, "positioning error", Hardware),
    Row(0x17, 0, "recovered data", Medium),
    Row(0x18, 0, "recovered data with error correction applied", Medium),
    Row(0x29, 0, "power on or reset occurred", PowerOrReset),
    Row(0x32, 0, "no defect spare location available", Medium),
    // 40h with a qualifier from 80h on names the component by the vendor's numbers.
    Row(0x40, 0, "diagnostic failure on a component", Hardware),
    Row(0x44, 0, "internal target failure", Hardware),
    Row(0x4b, 0, "data phase error", Link),
    Row(0x5d, 0, "failure prediction threshold exceeded", PredictsFailure),
];

impl Additional {
    fn row(self) -> Option<&'static Row> {
        let exact =
            ROWS.binary_search_by_key(&(self.code, self.qualifier), |Row(code, qualifier, ..)| (*code, *qualifier));
        let exact = exact.ok().and_then(|at| ROWS.get(at));
        exact.or_else(|| FAMILIES.iter().find(|Row(code, ..)| *code == self.code))
    }

    /// As T10's list has it, in lower case. `None` for a code that is not in the table here: show its numbers.
    #[must_use]
    pub fn words(self) -> Option<&'static str> {
        self.row().map(|Row(_, _, words, _)| *words)
    }

    /// What it speaks of. `None` for a code that is not in the table here.
    #[must_use]
    pub fn meaning(self) -> Option<Meaning> {
        self.row().map(|Row(_, _, _, meaning)| *meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::{ROWS, Row};

    #[test]
    fn the_table_is_in_order() {
        let keys: Vec<_> = ROWS.iter().map(|Row(code, qualifier, ..)| (*code, *qualifier)).collect();
        assert!(keys.is_sorted() && keys.windows(2).all(|pair| pair.first() != pair.last()));
    }
}
