//! The battery of the cache: DCMD 0501_0000h, `struct mfi_bbu_status` of FreeBSD's mfireg.h. Not proven on hardware.

use crate::fields::Fields;

/// Its status. Bits of `fw_status` beyond bit 9 are those of OpenBSD's sys/dev/ic/mfireg.h.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Battery {
    /// `battery_type`: 0 none, 1 and 2 batteries; others are capacitors.
    pub kind: u8,
    /// `voltage`, mV.
    pub millivolts: Option<u16>,
    /// `current`, mA; negative while it discharges.
    pub milliamperes: Option<i16>,
    /// `temperature`, degrees Celsius.
    pub temperature: Option<u16>,
    /// `fw_status`, as the firmware has it.
    pub status: Option<u32>,
}

/// The bits of `fw_status` and what each says, and whether it is trouble.
const BITS: &[(u32, &str, bool)] = &[
    (0, "pack missing", true),
    (1, "voltage low", true),
    (2, "temperature high", true),
    (3, "charging", false),
    (4, "discharging", false),
    (5, "learn cycle requested", false),
    (6, "learn cycle active", false),
    (7, "learn cycle failed", true),
    (8, "learn cycle timed out", true),
    (9, "I2C errors", true),
    (10, "replace the pack", true),
    (11, "remaining capacity low", true),
    (12, "learn cycle required", false),
];

/// `None` of an empty reply.
#[must_use]
pub fn battery(data: &[u8]) -> Option<Battery> {
    let reply = Fields(data);
    Some(Battery {
        kind: reply.u8(0)?,
        millivolts: reply.le16(2),
        milliamperes: reply.le16(4).map(u16::cast_signed),
        temperature: reply.le16(6),
        status: reply.le32(8),
    })
}

impl Battery {
    /// What the status says that is trouble, in words.
    #[must_use]
    pub fn troubles(&self) -> Vec<&'static str> {
        self.said(true)
    }

    /// What it says that is no trouble: what the battery does.
    #[must_use]
    pub fn doings(&self) -> Vec<&'static str> {
        self.said(false)
    }

    /// Bits of the status that have no words here.
    #[must_use]
    pub fn unread(&self) -> u32 {
        self.status.unwrap_or(0) >> BITS.len()
    }

    fn said(&self, trouble: bool) -> Vec<&'static str> {
        let status = self.status.unwrap_or(0);
        let set = BITS.iter().filter(|(bit, _, bad)| status >> bit & 1 == 1 && *bad == trouble);
        set.map(|(_, words, _)| *words).collect()
    }
}
