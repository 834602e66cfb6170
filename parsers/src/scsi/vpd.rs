//! Vital product data, by the EVPD bit of INQUIRY. SPC-5, SBC-4, SAT-4.

use std::fmt::Write;

use crate::fields::Fields;

/// A page whose code is `code`: what follows its header, as long as the page says and the reply has.
fn page(bytes: &[u8], code: u8) -> Option<Fields<'_>> {
    let reply = Fields(bytes);
    if reply.u8(1)? != code {
        return None;
    }
    Some(reply.from(4).front(usize::from(reply.be16(2)?)))
}

/// Page 00h: the page codes that the device has.
#[must_use]
pub fn supported(bytes: &[u8]) -> Option<Vec<u8>> {
    page(bytes, 0x00).map(|page| page.0.to_vec())
}

/// Page 80h: the serial number. `None` also where it is blank.
#[must_use]
pub fn serial(bytes: &[u8]) -> Option<String> {
    let page = page(bytes, 0x80)?;
    page.text(0, page.0.len())
}

/// Page 83h: by which names the device, its logical unit and the port that answered are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identification {
    /// In the order of the device.
    pub designators: Vec<Designator>,
    /// Bytes at the end that are no whole designator.
    pub unread: usize,
}

/// One name. SPC-5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Designator {
    /// Of what it is the name.
    pub of: Association,
    /// PROTOCOL IDENTIFIER where PIV says that it is valid: 0 Fibre Channel, 5 iSCSI, 6 SAS, 8 ATA. SPC-5.
    pub protocol: Option<u8>,
    /// The name.
    pub name: Name,
}

/// ASSOCIATION
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Association {
    /// 0: the drive as it is addressed. Two paths to one drive give the same.
    LogicalUnit,
    /// 1: the port that answered.
    TargetPort,
    /// 2: the device that has the ports.
    TargetDevice,
    /// 3
    Reserved,
}

/// DESIGNATOR TYPE and what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// 0h: of the vendor's choice.
    Vendor(Vec<u8>),
    /// 1h: a T10 vendor, then what the vendor makes unique.
    T10 {
        /// As in INQUIRY.
        vendor: Option<String>,
        /// By SAT-4 of an ATA drive: model (40 letters) and serial number (20).
        rest: Option<String>,
    },
    /// 2h: IEEE EUI-64, of 8, 12 or 16 bytes.
    Eui(Vec<u8>),
    /// 3h: NAA, of 8 bytes.
    Naa(u64),
    /// 3h: NAA 6, of 16 bytes.
    NaaLong(u128),
    /// 4h: relative target port identifier.
    RelativePort(u16),
    /// 5h: target port group.
    PortGroup(u16),
    /// 8h: SCSI name string, as `naa.5000C500A0B1C2D3` or an iSCSI name.
    Text(String),
    /// Any other type, or one whose length does not fit it.
    Other {
        /// DESIGNATOR TYPE
        kind: u8,
        /// What it has.
        bytes: Vec<u8>,
    },
}

/// Page 83h.
#[must_use]
pub fn identification(bytes: &[u8]) -> Option<Identification> {
    let mut rest = page(bytes, 0x83)?;
    let mut designators = Vec::new();
    while let Some(len) = rest.u8(3).map(usize::from)
        && let Some(value) = rest.bytes(4, len)
        && let (Some(set), Some(flags)) = (rest.u8(0), rest.u8(1))
    {
        let of = match (flags >> 4) & 0x03 {
            0 => Association::LogicalUnit,
            1 => Association::TargetPort,
            2 => Association::TargetDevice,
            _ => Association::Reserved,
        };
        let protocol = (flags & 0x80 != 0).then_some(set >> 4);
        designators.push(Designator { of, protocol, name: Name::of(flags & 0x0f, value) });
        rest = rest.from(len.saturating_add(4));
    }
    Some(Identification { designators, unread: rest.0.len() })
}

impl Name {
    fn of(kind: u8, value: &[u8]) -> Self {
        let fields = Fields(value);
        let known = match (kind, value.len()) {
            (0x0, _) => Some(Self::Vendor(value.to_vec())),
            (0x1, 8..) => {
                Some(Self::T10 { vendor: fields.text(0, 8), rest: fields.text(8, value.len().saturating_sub(8)) })
            }
            (0x2, 8 | 12 | 16) => Some(Self::Eui(value.to_vec())),
            (0x3, 8) => fields.be64(0).map(Self::Naa),
            (0x3, 16) => <[u8; 16]>::try_from(value).ok().map(|bytes| Self::NaaLong(u128::from_be_bytes(bytes))),
            (0x4, 4) => fields.be16(2).map(Self::RelativePort),
            (0x5, 4) => fields.be16(2).map(Self::PortGroup),
            (0x8, _) => fields.text(0, value.len()).map(Self::Text),
            _ => None,
        };
        known.unwrap_or_else(|| Self::Other { kind, bytes: value.to_vec() })
    }

    /// A number that no other device in the world has, in lower case hexadecimal: EUI-64, or an NAA that is registered
    /// (2, 5, 6; SPC-5). NAA 3 is only unique among what its administrator has, and zeros are nobody's.
    fn world_wide(&self) -> Option<String> {
        match self {
            Self::Naa(naa) if matches!(naa >> 60, 2 | 5) => Some(format!("{naa:016x}")),
            Self::NaaLong(naa) if naa >> 124 == 6 => Some(format!("{naa:032x}")),
            Self::Eui(eui) if eui.iter().any(|byte| *byte != 0) => {
                Some(eui.iter().fold(String::new(), |mut text, byte| {
                    // Writing to a string cannot fail.
                    _ = write!(text, "{byte:02x}");
                    text
                }))
            }
            _ => None,
        }
    }
}

impl Identification {
    /// The logical unit's world wide name: 16 or 32 hexadecimal digits, lower case, as in `/sys/.../wwid` behind `naa.`
    /// or `eui.`. NAA before EUI-64. `None` where the unit has no name that is unique in the world.
    #[must_use]
    pub fn wwn(&self) -> Option<String> {
        let of_unit = || self.designators.iter().filter(|one| one.of == Association::LogicalUnit).map(|one| &one.name);
        let naa = of_unit().filter(|name| !matches!(name, Name::Eui(_))).find_map(Name::world_wide);
        naa.or_else(|| of_unit().find_map(Name::world_wide))
    }

    /// The SAS address of the port that answered: what an expander and an enclosure know the drive by.
    #[must_use]
    pub fn sas_address(&self) -> Option<u64> {
        self.designators.iter().find_map(|one| match one.name {
            Name::Naa(naa) if one.of == Association::TargetPort && matches!(one.protocol, None | Some(6)) => Some(naa),
            _ => None,
        })
    }
}

/// Page 89h: of the ATA drive behind a translator. SAT-4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtaInformation<'a> {
    /// SAT VENDOR IDENTIFICATION: of the translator, as "linux" or a HBA's maker.
    pub translator_vendor: Option<String>,
    /// SAT PRODUCT IDENTIFICATION
    pub translator_product: Option<String>,
    /// SAT PRODUCT REVISION LEVEL
    pub translator_revision: Option<String>,
    /// The first byte of the device signature: 34h is serial ATA, 00h parallel.
    pub transport: Option<u8>,
    /// COMMAND CODE whose answer is in `identify`: ECh an ATA device, A1h an ATAPI one.
    pub command: Option<u8>,
    /// The 512 bytes of the drive's IDENTIFY DEVICE, as kept by the translator: its counters may be old.
    pub identify: Option<&'a [u8]>,
}

/// Page 89h.
#[must_use]
pub fn ata_information(bytes: &[u8]) -> Option<AtaInformation<'_>> {
    let page = page(bytes, 0x89)?;
    // The standard counts from the page's first byte, four before ours.
    Some(AtaInformation {
        translator_vendor: page.text(4, 8),
        translator_product: page.text(12, 16),
        translator_revision: page.text(28, 4),
        transport: page.u8(32),
        command: page.u8(52),
        identify: page.bytes(56, 512),
    })
}

/// Page B1h: what the drive is built as. SBC-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Characteristics {
    /// MEDIUM ROTATION RATE
    pub rotation: Option<Rotation>,
    /// NOMINAL FORM FACTOR: 1 5.25 inch, 2 3.5, 3 2.5, 4 1.8, 5 less; 0 is not reported.
    pub form_factor: Option<u8>,
    /// ZONED: 1 host aware, 2 device managed; 0 is not reported.
    pub zoned: Option<u8>,
}

/// MEDIUM ROTATION RATE. SBC-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// 0000h
    NotReported,
    /// 0001h
    SolidState,
    /// 0401h to FFFEh, revolutions per minute.
    Rpm(u16),
    /// Any other number.
    Reserved(u16),
}

/// Page B1h.
#[must_use]
pub fn characteristics(bytes: &[u8]) -> Option<Characteristics> {
    let page = page(bytes, 0xb1)?;
    Some(Characteristics {
        rotation: page.be16(0).map(|rate| match rate {
            0 => Rotation::NotReported,
            1 => Rotation::SolidState,
            0x0401..=0xfffe => Rotation::Rpm(rate),
            _ => Rotation::Reserved(rate),
        }),
        form_factor: page.u8(3).map(|byte| byte & 0x0f),
        zoned: page.u8(4).map(|byte| (byte >> 4) & 0x03),
    })
}

impl Characteristics {
    /// The form factor as people say it. `None` where not reported or reserved.
    #[must_use]
    pub fn form_factor_words(&self) -> Option<&'static str> {
        match self.form_factor? {
            1 => Some("5.25 inches"),
            2 => Some("3.5 inches"),
            3 => Some("2.5 inches"),
            4 => Some("1.8 inches"),
            5 => Some("< 1.8 inches"),
            _ => None,
        }
    }
}
