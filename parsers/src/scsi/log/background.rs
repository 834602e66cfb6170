//! Page 15h: the scan of the medium that a drive does by itself, and the errors it met. SBC-4.

use super::page_of;
use crate::fields::Fields;
use crate::scsi::sense::{Additional, Key};

/// The scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackgroundScan {
    /// BACKGROUND SCANNING STATUS
    pub status: Option<ScanStatus>,
    /// ACCUMULATED POWER ON MINUTES
    pub minutes: Option<u32>,
    /// NUMBER OF BACKGROUND SCANS PERFORMED
    pub scans: Option<u16>,
    /// BACKGROUND SCAN PROGRESS, in 65536ths.
    pub progress: Option<u16>,
    /// NUMBER OF BACKGROUND MEDIUM SCANS PERFORMED
    pub medium_scans: Option<u16>,
    /// Parameters 0001h to 0800h.
    pub errors: Vec<MediumError>,
    /// Parameters that are neither.
    pub unread: usize,
}

/// BACKGROUND SCANNING STATUS. SBC-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanStatus {
    /// 00h
    Idle,
    /// 01h
    Scanning,
    /// 02h
    PreScanning,
    /// 03h: halted by a fatal error.
    HaltedFatal,
    /// 04h: halted by a pattern of errors of the vendor's definition.
    HaltedErrors,
    /// 05h: halted, the medium was formatted without a list of defects.
    HaltedNoList,
    /// 06h: halted for a reason of the vendor's.
    HaltedVendor,
    /// 07h: halted, too warm or too cold.
    HaltedTemperature,
    /// 08h: waits for the next one.
    Waiting,
    /// Any other.
    Reserved(u8),
}

/// A bad place that the scan found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediumError {
    /// ACCUMULATED POWER ON MINUTES when it was found.
    pub minutes: u32,
    /// REASSIGN STATUS
    pub reassigned: Reassigned,
    /// SENSE KEY: recovered or medium error.
    pub key: Key,
    /// ADDITIONAL SENSE CODE
    pub additional: Additional,
    /// LOGICAL BLOCK ADDRESS
    pub lba: u64,
}

/// REASSIGN STATUS. SBC-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reassigned {
    /// 1h: waits for a write or a REASSIGN BLOCKS: the counterpart of ATA's pending sector.
    Pending,
    /// 2h: by the drive.
    ByDrive,
    /// 4h: the drive failed to.
    Failed,
    /// 5h: not needed, a rewrite by the drive was enough.
    Rewritten,
    /// 6h: by the host, data valid.
    ByHost,
    /// 7h: by the host, data lost.
    ByHostDataLost,
    /// 8h: by the host, failed.
    ByHostFailed,
    /// Any other.
    Reserved(u8),
}

/// Page 15h.
#[must_use]
pub fn background_scan(bytes: &[u8]) -> Option<BackgroundScan> {
    let page = page_of(bytes, 0x15)?;
    let status = page.parameter(0).map_or(Fields(&[]), |parameter| parameter.fields());
    let mut scan = BackgroundScan {
        minutes: status.be32(0),
        status: status.u8(5).map(ScanStatus::of),
        scans: status.be16(6),
        progress: status.be16(8),
        medium_scans: status.be16(10),
        errors: Vec::new(),
        unread: 0,
    };
    for parameter in page.parameters.iter().filter(|parameter| parameter.code != 0) {
        match medium_error(parameter.fields()).filter(|_| parameter.code <= 0x0800) {
            Some(error) => scan.errors.push(error),
            None => scan.unread = scan.unread.saturating_add(1),
        }
    }
    Some(scan)
}

fn medium_error(value: Fields<'_>) -> Option<MediumError> {
    let status = value.u8(4)?;
    Some(MediumError {
        minutes: value.be32(0)?,
        reassigned: match status >> 4 {
            1 => Reassigned::Pending,
            2 => Reassigned::ByDrive,
            4 => Reassigned::Failed,
            5 => Reassigned::Rewritten,
            6 => Reassigned::ByHost,
            7 => Reassigned::ByHostDataLost,
            8 => Reassigned::ByHostFailed,
            reserved => Reassigned::Reserved(reserved),
        },
        key: Key::of(status),
        additional: Additional { code: value.u8(5)?, qualifier: value.u8(6)? },
        lba: value.be64(12)?,
    })
}

impl ScanStatus {
    pub(crate) fn of(byte: u8) -> Self {
        match byte {
            0 => Self::Idle,
            1 => Self::Scanning,
            2 => Self::PreScanning,
            3 => Self::HaltedFatal,
            4 => Self::HaltedErrors,
            5 => Self::HaltedNoList,
            6 => Self::HaltedVendor,
            7 => Self::HaltedTemperature,
            8 => Self::Waiting,
            reserved => Self::Reserved(reserved),
        }
    }
}
