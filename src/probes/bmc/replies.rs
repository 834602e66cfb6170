//! Two short answers of a BMC: what it is, and how the chassis is.

/// Get Device ID (IPMI 2.0, 20.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Device ID, of the maker's numbering.
    pub id: u8,
    /// Device Revision.
    pub revision: u8,
    /// Firmware Revision: major, and minor in BCD.
    pub firmware: (u8, u8),
    /// It is being updated or starts: what it says of sensors may not be so.
    pub updating: bool,
    /// IPMI version in BCD with the minor digit in front: 02h is 2.0.
    pub ipmi: u8,
    /// Manufacturer ID, an IANA enterprise number.
    pub manufacturer: u32,
    /// Product ID, of the maker's numbering.
    pub product: u16,
}

/// `None` of a reply that is too short.
pub(super) fn device(data: &[u8]) -> Option<Device> {
    let [id, revision, major, minor, ipmi, _, m0, m1, m2, p0, p1, ..] = *data else { return None };
    Some(Device {
        id,
        revision: revision & 0x0f,
        firmware: (major & 0x7f, minor),
        updating: major & 0x80 != 0,
        ipmi,
        manufacturer: u32::from_le_bytes([m0, m1, m2, 0]) & 0x000f_ffff,
        product: u16::from_le_bytes([p0, p1]),
    })
}

/// Get Chassis Status (IPMI 2.0, 28.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chassis {
    /// Power is on.
    pub on: bool,
    /// The power system is overloaded.
    pub overload: bool,
    /// An interlock switch keeps the power off.
    pub interlock: bool,
    /// The main power subsystem has a fault.
    pub power_fault: bool,
    /// The power could not be switched as asked.
    pub control_fault: bool,
    /// Why the power went off last: AC failed, overload, interlock, fault, by command; a bit each, from bit 0.
    pub last_event: u8,
    /// The chassis is open.
    pub intrusion: bool,
    /// A drive has a fault.
    pub drive_fault: bool,
    /// A fan, or the cooling, has a fault.
    pub cooling_fault: bool,
}

/// `None` of a reply that is too short.
pub(super) fn chassis(data: &[u8]) -> Option<Chassis> {
    let [power, last_event, misc, ..] = *data else { return None };
    Some(Chassis {
        on: power & 0x01 != 0,
        overload: power & 0x02 != 0,
        interlock: power & 0x04 != 0,
        power_fault: power & 0x08 != 0,
        control_fault: power & 0x10 != 0,
        last_event: last_event & 0x1f,
        intrusion: misc & 0x01 != 0,
        drive_fault: misc & 0x04 != 0,
        cooling_fault: misc & 0x08 != 0,
    })
}
