//! Page 18h: of each SAS port the phys, to whom they are connected, and how bad the line is. SPL-4.

use super::page_of;
use crate::fields::Fields;

/// The ports of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports {
    /// A parameter each.
    pub ports: Vec<Port>,
    /// Parameters of another protocol than SAS, and phy descriptors that are cut.
    pub unread: usize,
}

/// A port: a device with two has two paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// RELATIVE TARGET PORT IDENTIFIER, from 1.
    pub number: u16,
    /// GENERATION CODE: steps when the phys were joined anew. 0 is not kept.
    pub generation: Option<u8>,
    /// Its phys.
    pub phys: Vec<Phy>,
}

/// A phy. Its counters rise by bad cables, contacts and backplanes, and some at every power cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phy {
    /// PHY IDENTIFIER
    pub number: u8,
    /// ATTACHED SAS DEVICE TYPE: 0 none, 1 an end device, 2 an expander.
    pub attached_type: u8,
    /// NEGOTIATED LOGICAL LINK RATE
    pub rate: LinkRate,
    /// SAS ADDRESS of this phy.
    pub address: u64,
    /// ATTACHED SAS ADDRESS: of the HBA or expander at the other end.
    pub attached_address: u64,
    /// ATTACHED PHY IDENTIFIER: the other end's, so that it can be found on an expander.
    pub attached_phy: u8,
    /// INVALID DWORD COUNT
    pub invalid_dwords: u32,
    /// RUNNING DISPARITY ERROR COUNT
    pub disparity_errors: u32,
    /// LOSS OF DWORD SYNCHRONIZATION COUNT
    pub sync_losses: u32,
    /// PHY RESET PROBLEM COUNT
    pub reset_problems: u32,
}

/// NEGOTIATED LOGICAL LINK RATE. SPL-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkRate {
    /// 0h: up, rate unknown.
    Unknown,
    /// 1h
    Disabled,
    /// 2h: the ends could not agree on a rate.
    ResetProblem,
    /// 3h
    SpinupHold,
    /// 5h
    Resetting,
    /// 8h to Ch, in units of 100 Mbit/s: 15, 30, 60, 120, 225.
    HundredMegabits(u16),
    /// Any other.
    Other(u8),
}

/// Page 18h.
#[must_use]
pub fn ports(bytes: &[u8]) -> Option<Ports> {
    let page = page_of(bytes, 0x18)?;
    let mut all = Ports { ports: Vec::new(), unread: 0 };
    for parameter in &page.parameters {
        let value = parameter.fields();
        // PROTOCOL IDENTIFIER
        if value.u8(0).map(|byte| byte & 0x0f) != Some(6) {
            all.unread = all.unread.saturating_add(1);
            continue;
        }
        let mut port = Port { number: parameter.code, generation: value.u8(2), phys: Vec::new() };
        let mut rest = value.from(4);
        while !rest.0.is_empty() {
            // Drives of the first SAS left the descriptor's length zero; it has 48 bytes then.
            let len = rest.u8(3).map_or(48, |length| usize::from(length).saturating_add(4).max(48));
            match phy(rest.front(len)) {
                Some(phy) => port.phys.push(phy),
                None => all.unread = all.unread.saturating_add(1),
            }
            rest = rest.from(len);
        }
        all.ports.push(port);
    }
    Some(all)
}

fn phy(descriptor: Fields<'_>) -> Option<Phy> {
    Some(Phy {
        number: descriptor.u8(1)?,
        attached_type: (descriptor.u8(4)? >> 4) & 0x07,
        rate: LinkRate::of(descriptor.u8(5)?),
        address: descriptor.be64(8)?,
        attached_address: descriptor.be64(16)?,
        attached_phy: descriptor.u8(24)?,
        invalid_dwords: descriptor.be32(32)?,
        disparity_errors: descriptor.be32(36)?,
        sync_losses: descriptor.be32(40)?,
        reset_problems: descriptor.be32(44)?,
    })
}

impl LinkRate {
    fn of(byte: u8) -> Self {
        match byte & 0x0f {
            0x0 => Self::Unknown,
            0x1 => Self::Disabled,
            0x2 => Self::ResetProblem,
            0x3 => Self::SpinupHold,
            0x5 => Self::Resetting,
            0x8 => Self::HundredMegabits(15),
            0x9 => Self::HundredMegabits(30),
            0xa => Self::HundredMegabits(60),
            0xb => Self::HundredMegabits(120),
            0xc => Self::HundredMegabits(225),
            other => Self::Other(other),
        }
    }
}
