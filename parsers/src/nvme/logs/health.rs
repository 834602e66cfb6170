//! SMART / health information, log 02h, 512 bytes.
//!
//! Source: Base, figure "SMART / Health Information Log Page"; struct nvme_smart_log of include/linux/nvme.h.

use crate::fields::Fields;

/// The health log, of the controller (namespace id FFFFFFFFh) or of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What the controller warns of (0).
    pub critical_warning: Option<CriticalWarning>,
    /// Composite temperature in kelvin (1). `None` where 0.
    pub temperature: Option<u16>,
    /// Spare capacity that is left, in percent, 0..=100 (3).
    pub available_spare: Option<u8>,
    /// Below this spare the controller warns, in percent (4). An emulator reports 0 of 0: that is no failure.
    pub spare_threshold: Option<u8>,
    /// Estimate of the life used, in percent (5); may exceed 100, ends at 255.
    pub percentage_used: Option<u8>,
    /// Summary of the critical warnings of endurance groups (6): bit 0 spare, 2 reliability, 3 read-only.
    pub endurance_group_warning: Option<u8>,
    /// Data read, in units of 1000 x 512 bytes, rounded up (32).
    pub data_units_read: Option<u128>,
    /// Data written, in units of 1000 x 512 bytes, rounded up (48).
    pub data_units_written: Option<u128>,
    /// Read commands (64).
    pub host_reads: Option<u128>,
    /// Write commands (80).
    pub host_writes: Option<u128>,
    /// Minutes that the controller was busy with I/O (96).
    pub busy_minutes: Option<u128>,
    /// Power cycles (112).
    pub power_cycles: Option<u128>,
    /// Power-on hours (128); may leave out low-power states.
    pub power_on_hours: Option<u128>,
    /// Shutdowns without notification before power was lost (144).
    pub unsafe_shutdowns: Option<u128>,
    /// Unrecovered data integrity errors (160).
    pub media_errors: Option<u128>,
    /// Entries ever made in the error log (176). Rises with refused commands too: see [`super::errors`].
    pub error_log_entries: Option<u128>,
    /// Minutes at or above the warning temperature (192).
    pub warning_temperature_minutes: Option<u32>,
    /// Minutes at or above the critical temperature (196).
    pub critical_temperature_minutes: Option<u32>,
    /// Temperature sensors 1..=8 in kelvin (200): number and value, those that there are.
    pub sensors: Vec<(u8, u16)>,
    /// Times that the controller throttled itself at thermal management temperature 1 (216), light throttling.
    pub thermal_transitions_1: Option<u32>,
    /// The same at temperature 2 (220), heavy throttling.
    pub thermal_transitions_2: Option<u32>,
    /// Seconds of throttling at temperature 1 (224).
    pub thermal_seconds_1: Option<u32>,
    /// Seconds of throttling at temperature 2 (228).
    pub thermal_seconds_2: Option<u32>,
}

/// The critical warning byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CriticalWarning(
    /// The bits as they came: what a later standard adds is not lost.
    pub u8,
);

impl CriticalWarning {
    /// Bit 0: the spare is below its threshold.
    pub fn spare(self) -> bool {
        self.0 & 1 != 0
    }

    /// Bit 1: a temperature is at or above an over-, or at or below an under-temperature threshold.
    pub fn temperature(self) -> bool {
        self.0 & 2 != 0
    }

    /// Bit 2: reliability is degraded by media errors or an internal error.
    pub fn reliability(self) -> bool {
        self.0 & 4 != 0
    }

    /// Bit 3: the medium went read-only.
    pub fn read_only(self) -> bool {
        self.0 & 8 != 0
    }

    /// Bit 4: the backup of the volatile memory failed.
    pub fn backup_failed(self) -> bool {
        self.0 & 16 != 0
    }

    /// Bit 5: the persistent memory region went read-only or unreliable.
    pub fn persistent_memory(self) -> bool {
        self.0 & 32 != 0
    }

    /// Bits 7:6, which the standard reserves.
    pub fn reserved(self) -> u8 {
        self.0 & 0xc0
    }
}

impl Health {
    /// Reads log page 02h.
    pub fn parse(log: &[u8]) -> Self {
        let fields = Fields(log);
        let told = |kelvin: &u16| *kelvin != 0;
        Self {
            critical_warning: fields.u8(0).map(CriticalWarning),
            temperature: fields.le16(1).filter(told),
            available_spare: fields.u8(3),
            spare_threshold: fields.u8(4),
            percentage_used: fields.u8(5),
            endurance_group_warning: fields.u8(6),
            data_units_read: fields.le128(32),
            data_units_written: fields.le128(48),
            host_reads: fields.le128(64),
            host_writes: fields.le128(80),
            busy_minutes: fields.le128(96),
            power_cycles: fields.le128(112),
            power_on_hours: fields.le128(128),
            unsafe_shutdowns: fields.le128(144),
            media_errors: fields.le128(160),
            error_log_entries: fields.le128(176),
            warning_temperature_minutes: fields.le32(192),
            critical_temperature_minutes: fields.le32(196),
            sensors: (1..=8u8)
                .filter_map(|sensor| Some((sensor, fields.le16(198 + usize::from(sensor) * 2).filter(told)?)))
                .collect(),
            thermal_transitions_1: fields.le32(216),
            thermal_transitions_2: fields.le32(220),
            thermal_seconds_1: fields.le32(224),
            thermal_seconds_2: fields.le32(228),
        }
    }
}

/// Degrees Celsius of a temperature in kelvin, as nvme-cli and smartctl convert: by 273.
pub fn celsius(kelvin: u16) -> i32 {
    i32::from(kelvin) - 273
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CriticalWarning, Health, celsius};

    #[test]
    fn every_field_has_its_place() {
        // Each byte of the page is different from its neighbours, so that a field read elsewhere differs.
        let mut log: Vec<u8> = (0..=255u8).chain(0..=255).collect();
        for counter in 0..10 {
            let at = 32 + counter * 16;
            log[at..at + 16].fill(0);
            log[at] = u8::try_from(counter).unwrap() + 1;
            log[at + 15] = 0x80;
        }
        log[202..204].fill(0);
        let big = |low: u128| Some(low | 0x80 << 120);
        let health = Health::parse(&log);
        assert_eq!(
            health,
            Health {
                critical_warning: Some(CriticalWarning(0)),
                temperature: Some(0x0201),
                available_spare: Some(3),
                spare_threshold: Some(4),
                percentage_used: Some(5),
                endurance_group_warning: Some(6),
                data_units_read: big(1),
                data_units_written: big(2),
                host_reads: big(3),
                host_writes: big(4),
                busy_minutes: big(5),
                power_cycles: big(6),
                power_on_hours: big(7),
                unsafe_shutdowns: big(8),
                media_errors: big(9),
                error_log_entries: big(10),
                warning_temperature_minutes: Some(0xc3c2_c1c0),
                critical_temperature_minutes: Some(0xc7c6_c5c4),
                sensors: vec![
                    (1, 0xc9c8),
                    (3, 0xcdcc),
                    (4, 0xcfce),
                    (5, 0xd1d0),
                    (6, 0xd3d2),
                    (7, 0xd5d4),
                    (8, 0xd7d6)
                ],
                thermal_transitions_1: Some(0xdbda_d9d8),
                thermal_transitions_2: Some(0xdfde_dddc),
                thermal_seconds_1: Some(0xe3e2_e1e0),
                thermal_seconds_2: Some(0xe7e6_e5e4),
            }
        );
        assert_eq!(Health::parse(&log[..40]).data_units_read, None);
    }

    #[test]
    fn warnings() {
        let all = |warning: CriticalWarning| {
            [
                warning.spare(),
                warning.temperature(),
                warning.reliability(),
                warning.read_only(),
                warning.backup_failed(),
                warning.persistent_memory(),
            ]
        };
        for bit in 0..6 {
            let mut expect = [false; 6];
            expect[bit] = true;
            assert_eq!(all(CriticalWarning(1 << bit)), expect);
        }
        assert_eq!(CriticalWarning(0x45).reserved(), 0x40);
    }

    #[test]
    fn kelvin() {
        assert_eq!((celsius(323), celsius(0)), (50, -273));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            Health::parse(&bytes);
        }
    }
}
