//! Identify (06h): the controller (CNS 01h), a namespace (CNS 00h), the active namespaces (CNS 02h). 4096 bytes each.
//!
//! Source: Base, figure "Identify Controller Data Structure", and its list of active namespace ids; NVM Command Set
//! 1.0 for the namespace; struct nvme_id_ctrl and nvme_id_ns of include/linux/nvme.h.

use crate::fields::Fields;

/// What the controller is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    /// PCI vendor (VID, 0).
    pub vendor: Option<u16>,
    /// PCI subsystem vendor (SSVID, 2).
    pub subsystem_vendor: Option<u16>,
    /// Serial number (SN, 4).
    pub serial: Option<String>,
    /// Model number (MN, 24).
    pub model: Option<String>,
    /// Firmware revision (FR, 64).
    pub firmware: Option<String>,
    /// IEEE organisation identifier (IEEE, 73), 24 bits.
    pub oui: Option<u32>,
    /// The subsystem may have two ports or more (CMIC bit 0).
    pub multiple_ports: Option<bool>,
    /// The subsystem may have two controllers or more (CMIC bit 1): one drive seen twice has one serial number.
    pub multiple_controllers: Option<bool>,
    /// Asymmetric namespace access is reported (CMIC bit 3, ANA).
    pub ana: Option<bool>,
    /// Controller id within the subsystem (CNTLID, 78).
    pub controller_id: Option<u16>,
    /// Version of the standard (VER, 80). `None` where 0: before 1.2 it was not reported.
    pub version: Option<Version>,
    /// Optional asynchronous events (OAES, 92).
    pub asynchronous_events: Option<u32>,
    /// Attributes (CTRATT, 96).
    pub attributes: Option<u32>,
    /// Optional admin commands (OACS, 256): bit 1 Format, 2 firmware, 3 namespace management, 4 self-test.
    pub admin_commands: Option<u16>,
    /// Firmware updates (FRMW, 260): bit 0 slot 1 is read-only, 3:1 number of slots, 4 activation without reset.
    pub firmware_updates: Option<u8>,
    /// Log page attributes (LPA, 261): bit 0 SMART per namespace, 1 commands effects log, 2 extended Get Log Page (offset),
    /// 3 telemetry, 4 persistent event log.
    pub log_page_attributes: Option<u8>,
    /// Entries that the error log has room for (ELPE, 262, which is one less), 1..=256.
    pub error_log_entries: Option<u16>,
    /// Warning composite temperature in kelvin (WCTEMP, 266). `None` where 0: not reported.
    pub warning_temperature: Option<u16>,
    /// Critical composite temperature in kelvin (CCTEMP, 268). `None` where 0: not reported.
    pub critical_temperature: Option<u16>,
    /// Bytes of the subsystem's NVM (TNVMCAP, 280). `None` where 0: only with namespace management is it reported.
    pub total_capacity: Option<u128>,
    /// Bytes that no namespace has (UNVMCAP, 296); as above, where the total is reported.
    pub unallocated_capacity: Option<u128>,
    /// Minutes of an extended self-test (EDSTT, 316). `None` where 0.
    pub extended_self_test_minutes: Option<u16>,
    /// Highest namespace id (NN, 516).
    pub namespaces: Option<u32>,
    /// ANA capabilities (ANACAP, 343).
    pub ana_capabilities: Option<u8>,
    /// NVMe qualified name of the subsystem (SUBNQN, 768).
    pub subsystem_name: Option<String>,
}

/// A version of the standard, as in VER.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Major.
    pub major: u16,
    /// Minor.
    pub minor: u8,
    /// Tertiary.
    pub tertiary: u8,
}

impl Controller {
    /// Reads a reply to Identify, CNS 01h.
    pub fn parse(reply: &[u8]) -> Self {
        let fields = Fields(reply);
        let told = |value: &u16| *value != 0;
        let total_capacity = fields.le128(280).filter(|bytes| *bytes != 0);
        Self {
            vendor: fields.le16(0),
            subsystem_vendor: fields.le16(2),
            serial: fields.text(4, 20),
            model: fields.text(24, 40),
            firmware: fields.text(64, 8),
            oui: fields.le32(72).map(|rab_and_oui| rab_and_oui >> 8),
            multiple_ports: fields.bit(76, 0),
            multiple_controllers: fields.bit(76, 1),
            ana: fields.bit(76, 3),
            controller_id: fields.le16(78),
            version: version(fields),
            asynchronous_events: fields.le32(92),
            attributes: fields.le32(96),
            admin_commands: fields.le16(256),
            firmware_updates: fields.u8(260),
            log_page_attributes: fields.u8(261),
            error_log_entries: fields.u8(262).map(|last| u16::from(last) + 1),
            warning_temperature: fields.le16(266).filter(told),
            critical_temperature: fields.le16(268).filter(told),
            total_capacity,
            unallocated_capacity: total_capacity.and_then(|_| fields.le128(296)),
            extended_self_test_minutes: fields.le16(316).filter(told),
            namespaces: fields.le32(516),
            ana_capabilities: fields.u8(343),
            subsystem_name: fields.text(768, 256),
        }
    }

    /// The controller has the self-test log and runs self-tests (OACS bit 4).
    pub fn self_test(&self) -> Option<bool> {
        Some(self.admin_commands? >> 4 & 1 == 1)
    }

    /// The controller has the commands effects log (LPA bit 1).
    pub fn commands_effects(&self) -> Option<bool> {
        Some(self.log_page_attributes? >> 1 & 1 == 1)
    }
}

fn version(fields: Fields<'_>) -> Option<Version> {
    let version = Version { major: fields.le16(82)?, minor: fields.u8(81)?, tertiary: fields.u8(80)? };
    (version != Version { major: 0, minor: 0, tertiary: 0 }).then_some(version)
}

/// What a namespace is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Logical blocks (NSZE, 0). 0: the namespace id is not active.
    pub blocks: Option<u64>,
    /// Logical blocks that may be allocated at a time (NCAP, 8).
    pub capacity_blocks: Option<u64>,
    /// Logical blocks that are allocated (NUSE, 16).
    pub used_blocks: Option<u64>,
    /// Bytes of a logical block, by the format in use.
    pub block_bytes: Option<u64>,
    /// Bytes of metadata a block, by the format in use.
    pub metadata_bytes: Option<u16>,
    /// The namespace may be attached to two controllers or more (NMIC bit 0).
    pub shared: Option<bool>,
    /// Bytes of NVM that the namespace takes (NVMCAP, 48). `None` where 0: not reported.
    pub nvm_capacity: Option<u128>,
    /// ANA group (ANAGRPID, 92). `None` where 0.
    pub ana_group: Option<u32>,
    /// The namespace is write-protected (NSATTR bit 0).
    pub write_protected: Option<bool>,
    /// Namespace globally unique id (NGUID, 104), big-endian as it is printed. `None` where 0.
    pub nguid: Option<u128>,
    /// IEEE extended unique id (EUI64, 120), big-endian as it is printed. `None` where 0.
    pub eui64: Option<u64>,
}

impl Namespace {
    /// Reads a reply to Identify, CNS 00h.
    pub fn parse(reply: &[u8]) -> Self {
        let fields = Fields(reply);
        let format = format_in_use(fields);
        Self {
            blocks: fields.le64(0),
            capacity_blocks: fields.le64(8),
            used_blocks: fields.le64(16),
            // LBADS is a power of two, 9 or more; 0 marks a format that is not available.
            block_bytes: format
                .and_then(|format| format.u8(2))
                .filter(|power| (9..64).contains(power))
                .map(|power| 1 << power),
            metadata_bytes: format.and_then(|format| format.le16(0)),
            shared: fields.bit(30, 0),
            nvm_capacity: fields.le128(48).filter(|bytes| *bytes != 0),
            ana_group: fields.le32(92).filter(|group| *group != 0),
            write_protected: fields.bit(99, 0),
            nguid: fields.le128(104).map(u128::swap_bytes).filter(|id| *id != 0),
            eui64: fields.be64(120).filter(|id| *id != 0),
        }
    }

    /// Bytes of the namespace.
    pub fn bytes(&self) -> Option<u64> {
        self.blocks?.checked_mul(self.block_bytes?)
    }
}

/// The descriptor of the format in use: its index is in FLBAS bits 3:0 and, with more than 16 formats, 6:5 above them.
fn format_in_use(fields: Fields<'_>) -> Option<Fields<'_>> {
    let formats = fields.u8(25)?;
    let flbas = fields.u8(26)?;
    let upper = if formats >= 16 { flbas >> 5 & 3 } else { 0 };
    let index = usize::from(upper << 4 | flbas & 0xf);
    fields.bytes(128 + index * 4, 4).map(Fields)
}

/// Reads a reply to Identify, CNS 02h: the ids of the active namespaces, ascending, up to the first 0.
pub fn active_namespaces(reply: &[u8]) -> Vec<u32> {
    reply.chunks(4).map_while(|id| Fields(id).le32(0).filter(|id| *id != 0)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Controller, Namespace, Version, active_namespaces};

    /// A reply of 4096 bytes with these at these offsets.
    fn reply(parts: &[(usize, &[u8])]) -> Vec<u8> {
        let mut reply = vec![0; 4096];
        for (at, bytes) in parts {
            reply[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        reply
    }

    /// The values are those of QEMU's controller (lab capture nvme-nvme0.txt), with a capacity.
    #[test]
    fn a_controller() {
        let controller = Controller::parse(&reply(&[
            (0, &[0x36, 0x1b, 0xf4, 0x1a]),
            (4, b"EXAMPLE0            "),
            (24, b"EXAMPLE NVMe Ctrl                       "),
            (64, b"10.0.2  "),
            (72, &[6, 0x00, 0x54, 0x52, 0x02, 7]),
            (80, &[0x00, 0x04, 0x01, 0x00]),
            (256, &[0x2a, 0x01, 3, 3, 3, 7, 0]),
            (266, &[0x57, 0x01, 0x75, 0x01]),
            (280, &[0, 0, 0, 0, 1]),
            (296, &[9]),
            (516, &[0, 1]),
            (768, b"nqn.2019-08.org.example:EXAMPLE0"),
        ]));
        assert_eq!((controller.vendor, controller.subsystem_vendor), (Some(0x1b36), Some(0x1af4)));
        assert_eq!(controller.serial.as_deref(), Some("EXAMPLE0"));
        assert_eq!(controller.model.as_deref(), Some("EXAMPLE NVMe Ctrl"));
        assert_eq!(controller.firmware.as_deref(), Some("10.0.2"));
        assert_eq!(controller.oui, Some(0x52_5400));
        assert_eq!((controller.multiple_ports, controller.multiple_controllers), (Some(false), Some(true)));
        assert_eq!(controller.version, Some(Version { major: 1, minor: 4, tertiary: 0 }));
        assert_eq!((controller.self_test(), controller.commands_effects()), (Some(false), Some(true)));
        assert_eq!(controller.error_log_entries, Some(1));
        assert_eq!((controller.warning_temperature, controller.critical_temperature), (Some(343), Some(373)));
        assert_eq!((controller.total_capacity, controller.unallocated_capacity), (Some(1 << 32), Some(9)));
        assert_eq!((controller.namespaces, controller.extended_self_test_minutes), (Some(256), None));
        assert_eq!(controller.subsystem_name.as_deref(), Some("nqn.2019-08.org.example:EXAMPLE0"));
    }

    #[test]
    fn a_namespace() {
        let id: [u8; 16] = [0x36, 0x35, 0x33, 0, 0, 0, 0, 1, 0, 0x25, 0x38, 0, 0, 0, 0, 2];
        let namespace = Namespace::parse(&reply(&[
            (0, &[0, 0, 2]),
            (8, &[0, 0, 2]),
            (16, &[0, 0, 1]),
            (25, &[7, 4]),
            (30, &[1]),
            (104, &id),
            (120, &[0, 0x25, 0x38, 0, 0, 0, 0, 3]),
            (128, &[0, 0, 9, 0]),
            (144, &[8, 0, 12, 0]),
        ]));
        assert_eq!((namespace.blocks, namespace.used_blocks), (Some(0x2_0000), Some(0x1_0000)));
        assert_eq!((namespace.block_bytes, namespace.metadata_bytes), (Some(4096), Some(8)));
        assert_eq!(namespace.bytes(), Some(512 << 20));
        assert_eq!(namespace.nguid, Some(u128::from_be_bytes(id)));
        assert_eq!(namespace.eui64, Some(0x0025_3800_0000_0003));
        assert_eq!((namespace.shared, namespace.write_protected, namespace.ana_group), (Some(true), Some(false), None));
    }

    #[test]
    fn formats_of_blocks() {
        let check = |formats, flbas, power, at: usize, expect| {
            let namespace = Namespace::parse(&reply(&[(25, &[formats, flbas]), (128 + at * 4, &[0, 0, power, 0])]));
            assert_eq!(namespace.block_bytes, expect, "{formats} {flbas:#x} {power}");
        };
        check(0, 0, 9, 0, Some(512));
        check(0, 0, 0, 0, None);
        check(0, 0, 200, 0, None);
        // Bits 6:5 count only with more than 16 formats; bit 4 is where the metadata is.
        check(3, 0x62, 12, 2, Some(4096));
        check(63, 0x52, 12, 34, Some(4096));
    }

    #[test]
    fn namespace_ids() {
        let check = |bytes: &[u8], expect: &[u32]| assert_eq!(active_namespaces(bytes), expect);
        check(&[1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0], &[1, 3]);
        check(&[1, 0, 0, 0, 3, 0], &[1]);
        check(&[], &[]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..1100)) {
            Controller::parse(&bytes).self_test();
            Namespace::parse(&bytes).bytes();
            active_namespaces(&bytes);
        }
    }
}
