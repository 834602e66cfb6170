//! SCT status, log E0h.
//!
//! Source: ATA8-ACS, SCT status (table "Format of SCT status response"); ACS-4 for the fields from byte 205 on.

use super::super::PAGE;
use super::super::smart::Status;
use crate::fields::Fields;

/// The status page. It has no checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SctStatus {
    /// Format version (0): 2 or 3.
    pub version: Option<u16>,
    /// What the drive does (10).
    pub state: Option<DeviceState>,
    /// How the last SCT command ended (14).
    pub extended_status: Option<u16>,
    /// Degrees Celsius now (200).
    pub temperature: Option<i8>,
    /// Lowest since power-on (201).
    pub temperature_min: Option<i8>,
    /// Highest since power-on (202).
    pub temperature_max: Option<i8>,
    /// Lowest over the life (203).
    pub temperature_life_min: Option<i8>,
    /// Highest over the life (204).
    pub temperature_life_max: Option<i8>,
    /// Highest that the maker specifies for operation (205); version 3. `None` where 0.
    pub temperature_limit: Option<i8>,
    /// Times that the temperature was over the recommended limit (206): minutes, or intervals of its log.
    pub over_limit: Option<u32>,
    /// Times that it was under it (210).
    pub under_limit: Option<u32>,
    /// The SMART status (214), with no command of its own. `None` where 0: before ACS-4 it is reserved.
    pub smart_status: Option<Status>,
}

/// What the drive does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceState {
    /// 0: waits for a command.
    Active,
    /// 1: standby.
    Standby,
    /// 2: sleep.
    Sleep,
    /// 3: tests itself in the background.
    SelfTest,
    /// 4: collects off-line data in the background.
    OfflineCollection,
    /// 5: executes an SCT command in the background.
    SctCommand,
    /// A value that the standard reserves.
    Other(u8),
}

impl SctStatus {
    /// Reads log page E0h.
    pub fn parse(log: &[u8]) -> Self {
        let fields = Fields(log).front(PAGE);
        // 80h is "not valid".
        let celsius = |at| fields.u8(at).map(|byte| i8::from_le_bytes([byte])).filter(|celsius| *celsius != i8::MIN);
        let told = |count: &u32| *count != u32::MAX;
        Self {
            version: fields.le16(0),
            state: fields.u8(10).map(DeviceState::of),
            extended_status: fields.le16(14),
            temperature: celsius(200),
            temperature_min: celsius(201),
            temperature_max: celsius(202),
            temperature_life_min: celsius(203),
            temperature_life_max: celsius(204),
            temperature_limit: celsius(205).filter(|limit| *limit != 0),
            over_limit: fields.le32(206).filter(told),
            under_limit: fields.le32(210).filter(told),
            smart_status: fields.le16(214).filter(|status| *status != 0).map(Status::of_word),
        }
    }
}

impl DeviceState {
    fn of(code: u8) -> Self {
        match code {
            0 => Self::Active,
            1 => Self::Standby,
            2 => Self::Sleep,
            3 => Self::SelfTest,
            4 => Self::OfflineCollection,
            5 => Self::SctCommand,
            other => Self::Other(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::tests::page;
    use super::{DeviceState, SctStatus, Status};

    #[test]
    fn a_status() {
        let log = page(&[
            (0, &[3, 0]),
            (10, &[3]),
            (14, &[0x10, 0]),
            (200, &[37, 0xff, 45, 0x80, 58, 60, 3, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xf4, 0x2c]),
        ]);
        assert_eq!(
            SctStatus::parse(&log),
            SctStatus {
                version: Some(3),
                state: Some(DeviceState::SelfTest),
                extended_status: Some(0x10),
                temperature: Some(37),
                temperature_min: Some(-1),
                temperature_max: Some(45),
                temperature_life_min: None,
                temperature_life_max: Some(58),
                temperature_limit: Some(60),
                over_limit: Some(3),
                under_limit: None,
                smart_status: Some(Status::ThresholdExceeded),
            }
        );
        let old = SctStatus::parse(&log[..205]);
        assert_eq!((old.temperature_life_max, old.over_limit, old.smart_status), (Some(58), None, None));
    }

    #[test]
    fn states() {
        let check = |code, expect| assert_eq!(SctStatus::parse(&page(&[(10, &[code])])).state, Some(expect));
        check(0, DeviceState::Active);
        check(1, DeviceState::Standby);
        check(2, DeviceState::Sleep);
        check(4, DeviceState::OfflineCollection);
        check(5, DeviceState::SctCommand);
        check(9, DeviceState::Other(9));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            SctStatus::parse(&bytes);
        }
    }
}
