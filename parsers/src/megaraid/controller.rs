//! The controller: `MR_DCMD_CTRL_GET_INFO`, 0101_0000h.

use crate::fields::Fields;

/// `struct megasas_ctrl_info`, 2048 bytes: what is of use here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    /// `product_name`
    pub product: Option<String>,
    /// `serial_no`
    pub serial: Option<String>,
    /// `package_version`: the firmware's version as its maker publishes it.
    pub package: Option<String>,
    /// `hw_present.bbu`: a battery or capacitor is there.
    pub battery: Option<bool>,
    /// `memory_size`, MB, of the cache.
    pub memory: Option<u16>,
    /// `mem_correctable_error_count`, of the cache.
    pub memory_corrected: Option<u16>,
    /// `mem_uncorrectable_error_count`: the cache lost data.
    pub memory_uncorrected: Option<u16>,
    /// `ld_present_count`
    pub arrays: Option<u16>,
    /// `ld_degraded_count`
    pub arrays_degraded: Option<u16>,
    /// `ld_offline_count`
    pub arrays_offline: Option<u16>,
    /// `pd_present_count`: enclosures are counted too.
    pub devices: Option<u16>,
    /// `pd_disk_present_count`
    pub drives: Option<u16>,
    /// `pd_disk_pred_failure_count`
    pub drives_predicting_failure: Option<u16>,
    /// `pd_disk_failed_count`
    pub drives_failed: Option<u16>,
}

/// `None` of a reply that ends before the product's name.
#[must_use]
pub fn controller(data: &[u8]) -> Option<Controller> {
    let reply = Fields(data);
    reply.bytes(0x540, 80)?;
    Some(Controller {
        product: reply.c_text(0x540, 80),
        serial: reply.c_text(0x590, 32),
        battery: reply.bit(0x5b0, 0),
        arrays: reply.le16(0x5c0),
        arrays_degraded: reply.le16(0x5c2),
        arrays_offline: reply.le16(0x5c4),
        devices: reply.le16(0x5c6),
        drives: reply.le16(0x5c8),
        drives_predicting_failure: reply.le16(0x5ca),
        drives_failed: reply.le16(0x5cc),
        memory: reply.le16(0x5d0),
        memory_corrected: reply.le16(0x5d4),
        memory_uncorrected: reply.le16(0x5d6),
        package: reply.c_text(0x640, 0x60),
    })
}

impl Fields<'_> {
    /// A text that ends at its first NUL: the firmware leaves old bytes behind it.
    pub(super) fn c_text(self, at: usize, len: usize) -> Option<String> {
        let bytes = self.bytes(at, len)?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(len);
        Fields(bytes).text(0, end)
    }
}
