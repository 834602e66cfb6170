//! Where names stand: by what was asked, and by how they are written.
//!
//! The offsets are those of the parsers (`arraywatch_parsers`), which tell what a name is and not where in the bytes it was.

use crate::machine::Request;

/// A name that is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Name {
    pub sort: Sort,
    /// Letters of a serial number; of a number, its bytes, the highest first.
    pub bytes: Vec<u8>,
}

/// What kind of name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Sort {
    /// A serial number: letters.
    Serial,
    /// NAA, of 8 or 16 bytes; any address on SAS or Fibre Channel.
    Naa,
    /// EUI-64 in its three lengths; NGUID.
    Eui,
    /// A UUID.
    Uuid,
}

/// A name in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Where its first letter is; of one with its letters swapped, where that would be if they were not.
    pub at: usize,
    pub form: Form,
    pub name: Name,
}

/// How it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is; a number with its highest byte first.
    Plain,
    /// The lowest byte first.
    Reversed,
    /// Each two bytes swapped, from the begin of its field on.
    Swapped { field: usize },
}

/// What bytes are of.
#[derive(Debug)]
pub(super) enum Content<'a> {
    File(&'a str),
    Reply(&'a Request),
}

/// Where IDENTIFY DEVICE begins in VPD page 89h (SAT-4).
pub(super) const IDENTIFY_IN_PAGE: usize = 60;

/// The places in an answer, by its question.
pub(super) fn of(content: &Content<'_>, bytes: &[u8]) -> Vec<Place> {
    let mut places = Places { bytes, found: Vec::new() };
    match content {
        Content::File(path) => places.file(path),
        Content::Reply(Request::Scsi { cdb, .. } | Request::Behind { cdb, .. }) => places.scsi(cdb),
        Content::Reply(Request::Nvme { opcode: 0x06, cdw10: [cns, ..], .. }) => places.nvme_identify(*cns),
        Content::Reply(Request::Dcmd { opcode, .. }) => places.firmware(*opcode),
        Content::Reply(Request::Nvme { .. } | Request::Ipmi { .. }) => {}
    }
    places.found
}

/// The number that a file has in hexadecimal, and nothing else. It is found again in any text, so its place does not matter.
pub(super) fn in_file(path: &str, text: &[u8]) -> Option<Name> {
    let (folder, name) = path.rsplit_once('/')?;
    let sort = match name {
        "sas_address" | "enclosure_identifier" | "host_sas_address" | "port_name" | "node_name" => Sort::Naa,
        "id" if folder.contains("/enclosure/") => Sort::Naa,
        "eui" | "nguid" => Sort::Eui,
        _ => return None,
    };
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"0x").unwrap_or(text);
    let digits: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b' ' | b'-' | b':')).collect();
    let bytes = unhex(&digits).filter(|bytes| matches!(bytes.len(), 8 | 12 | 16) && is_name(sort, bytes))?;
    Some(Name { sort, bytes })
}

struct Places<'a> {
    bytes: &'a [u8],
    found: Vec<Place>,
}

impl Places<'_> {
    fn be16(&self, at: usize) -> usize {
        self.slice(at, 2).map_or(0, |bytes| bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }

    fn slice(&self, at: usize, len: usize) -> Option<&[u8]> {
        self.bytes.get(at..at.checked_add(len)?)
    }

    fn byte(&self, at: usize) -> usize {
        self.bytes.get(at).copied().unwrap_or_default().into()
    }

    fn push(&mut self, at: usize, form: Form, sort: Sort, bytes: Vec<u8>) {
        self.found.push(Place { at, form, name: Name { sort, bytes } });
    }

    /// A serial number in a field, or as much of the field as there is.
    fn serial(&mut self, at: usize, len: usize) {
        let len = len.min(self.bytes.len().saturating_sub(at));
        let Some(field) = self.slice(at, len) else { return };
        if let Some((first, letters)) = letters(field) {
            let letters = letters.to_vec();
            self.push(at + first, Form::Plain, Sort::Serial, letters);
        }
    }

    /// A serial number in a field of words.
    fn swapped_serial(&mut self, at: usize, len: usize) {
        let Some(field) = self.slice(at, len) else { return };
        let straight: Vec<u8> = field.chunks(2).flat_map(|word| word.iter().rev().copied()).collect();
        if let Some((first, letters)) = letters(&straight) {
            self.push(at + first, Form::Swapped { field: at }, Sort::Serial, letters.to_vec());
        }
    }

    fn number(&mut self, at: usize, len: usize, form: Form, sort: Sort) {
        let Some(bytes) = self.slice(at, len) else { return };
        let bytes: Vec<u8> = match form {
            Form::Plain => bytes.to_vec(),
            Form::Reversed => bytes.iter().rev().copied().collect(),
            Form::Swapped { .. } => bytes.chunks(2).flat_map(|word| word.iter().rev().copied()).collect(),
        };
        if is_name(sort, &bytes) {
            self.push(at, form, sort, bytes);
        }
    }

    /// An address on SAS.
    fn address(&mut self, at: usize, form: Form) {
        self.number(at, 8, form, Sort::Naa);
    }

    fn file(&mut self, path: &str) {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        let all = self.bytes.len();
        match name {
            "serial" | "serial_number" | "product_serial" | "board_serial" | "chassis_serial" => self.serial(0, all),
            "vpd_pg80" => self.serial(4, self.be16(2)),
            "vpd_pg83" => self.identification(0),
            "vpd_pg89" => self.ata_identify(IDENTIFY_IN_PAGE),
            "inquiry" => self.inquiry(0),
            "wwid" => self.wwid(),
            _ => {}
        }
    }

    /// `t10.` and a designator of that type; `naa.` and its like are known by how they are written.
    fn wwid(&mut self) {
        if self.bytes.starts_with(b"t10.") {
            self.t10(4, self.bytes.len() - 4);
        }
    }

    /// A T10 vendor, then what it makes unique: of an ATA drive the model (40 letters) and the serial number (20) (SAT-4).
    fn t10(&mut self, at: usize, len: usize) {
        let Some(field) = self.slice(at, len) else { return };
        if field.starts_with(b"ATA ") && len >= 68 {
            return self.serial(at + 48, 20);
        }
        let Some(rest) = field.get(8..).map(|rest| rest.trim_ascii_end()) else { return };
        let first = rest.iter().rposition(u8::is_ascii_whitespace).map_or(0, |blank| blank + 1);
        let len = rest.len() - first;
        if rest.iter().skip(first).any(u8::is_ascii_digit) {
            self.serial(at + 8 + first, len);
        }
    }

    fn scsi(&mut self, cdb: &[u8]) {
        match *cdb {
            [0x12, 1, 0x80, ..] => self.serial(4, self.be16(2)),
            [0x12, 1, 0x83, ..] => self.identification(0),
            [0x12, 1, 0x89, ..] => self.ata_identify(IDENTIFY_IN_PAGE),
            [0x12, 0, ..] => self.inquiry(0),
            [0x4d, _, page, ..] if page & 0x3f == 0x18 => self.ports(),
            [0x1c, _, 0x01, ..] => self.ses_configuration(),
            [0x1c, _, 0x0a, ..] => self.ses_additional(),
            [0x85, .., 0xec | 0xa1, _] if cdb.len() == 16 => self.ata_identify(0),
            [0xa1, .., 0xec | 0xa1, _, _] if cdb.len() == 12 => self.ata_identify(0),
            _ => {}
        }
    }

    /// IDENTIFY DEVICE (ACS-4): serial number in words 10 to 19, world-wide name in 108 to 111, the medium's serial number in 176 to
    /// 205.
    fn ata_identify(&mut self, at: usize) {
        self.swapped_serial(at + 20, 20);
        self.number(at + 216, 8, Form::Swapped { field: at + 216 }, Sort::Naa);
        self.swapped_serial(at + 352, 60);
    }

    /// Standard INQUIRY: drives have their serial number in the 20 bytes that are the vendor's (SPC-5), if they have letters and
    /// digits there.
    fn inquiry(&mut self, at: usize) {
        let Some(field) = self.slice(at + 36, 20) else { return };
        let Some((first, word)) = letters(field) else { return };
        let word = word.split(|byte| matches!(byte, b' ' | 0)).next().unwrap_or_default();
        if word.len() >= 6 && word.iter().any(u8::is_ascii_digit) {
            self.serial(at + 36 + first, word.len());
        }
    }

    /// VPD page 83h (SPC-5), from its header on.
    fn identification(&mut self, page: usize) {
        let end = (page + 4 + self.be16(page + 2)).min(self.bytes.len());
        let mut at = page + 4;
        while at + 4 < end {
            let (kind, len) = (self.byte(at + 1) & 0x0f, self.byte(at + 3));
            let value = at + 4;
            match (kind, len) {
                (0x0, _) => {
                    // By SAT-4 of an ATA drive its serial number.
                    let digit = self.slice(value, len).is_some_and(|value| value.iter().any(u8::is_ascii_digit));
                    if digit {
                        self.serial(value, len);
                    }
                }
                (0x1, _) => self.t10(value, len),
                (0x2, 8 | 12 | 16) => self.number(value, len, Form::Plain, Sort::Eui),
                (0x3, 8 | 16) => self.number(value, len, Form::Plain, Sort::Naa),
                (0xa, 18) => self.number(value + 2, 16, Form::Plain, Sort::Uuid),
                _ => {}
            }
            at = value + len;
        }
    }

    /// LOG SENSE page 18h (SPL-4): ports, their phys, and of each phy both ends of its link.
    fn ports(&mut self) {
        let mut at = 4;
        while at + 4 < self.bytes.len() {
            let end = at + 4 + self.byte(at + 3);
            let mut phy = at + 8;
            while phy + 24 <= end {
                self.address(phy + 8, Form::Plain);
                self.address(phy + 16, Form::Plain);
                phy += 4 + self.byte(phy + 3).max(20);
            }
            at = end;
        }
    }

    /// SES page 01h (SES-3): the logical identifiers of the enclosure and those in it.
    fn ses_configuration(&mut self) {
        let mut at = 8;
        for _ in 0..=self.byte(1) {
            self.address(at + 4, Form::Plain);
            at += 4 + self.byte(at + 3);
        }
    }

    /// SES page 0Ah (SES-3).
    fn ses_additional(&mut self) {
        let mut at = 8;
        while at + 2 < self.bytes.len() {
            let end = at + 2 + self.byte(at + 1);
            let has_index = self.byte(at) & 0x10 != 0;
            let specific = at + if has_index { 4 } else { 2 };
            match self.byte(at) & 0x0f {
                0x6 if self.byte(specific + 1) >> 6 == 0 => {
                    // A slot: of each phy, what it is attached to and its own address.
                    let phys = specific + if has_index { 4 } else { 2 };
                    for phy in (0..self.byte(specific)).map(|phy| phys + phy * 28).take_while(|phy| phy + 28 <= end) {
                        self.address(phy + 4, Form::Plain);
                        self.address(phy + 12, Form::Plain);
                    }
                }
                // An expander, or a port of an initiator or of the enclosure: one address.
                0x6 if self.byte(specific + 1) >> 6 == 1 => self.address(specific + 4, Form::Plain),
                // Fibre Channel: the node's name.
                0x0 => self.address(specific + 4, Form::Plain),
                // NVMe over PCIe.
                0xb => self.serial(specific + 6, 20),
                _ => {}
            }
            at = end;
        }
    }

    /// Identify (NVM Express 1.4, 5.15): controller 1, namespace 0.
    fn nvme_identify(&mut self, cns: u32) {
        match cns & 0xff {
            0 => {
                self.number(104, 16, Form::Plain, Sort::Eui);
                self.number(120, 8, Form::Plain, Sort::Eui);
            }
            1 => {
                self.serial(4, 20);
                // FGUID, of the field replaceable unit.
                self.number(112, 16, Form::Plain, Sort::Eui);
            }
            _ => {}
        }
    }

    /// Replies of a MegaRAID controller's firmware (`megaraid_sas.h`).
    fn firmware(&mut self, opcode: u32) {
        match opcode {
            // `struct megasas_ctrl_info`: addresses of both interfaces' ports, `serial_no`.
            0x0101_0000 => {
                for at in (40..104).chain(112..176).step_by(8).filter(|at| !(104..112).contains(at)) {
                    self.address(at, Form::Reversed);
                }
                self.serial(0x590, 32);
            }
            // `struct MR_PD_LIST`: 24 bytes a device.
            0x0201_0000 | 0x0201_0100 => {
                for at in (8..self.bytes.len()).step_by(24) {
                    self.address(at + 8, Form::Reversed);
                    self.address(at + 16, Form::Reversed);
                }
            }
            // `struct MR_PD_INFO`
            0x0202_0000 => {
                self.inquiry(4);
                // Of a SATA drive whose inquiry data are those of ATA: serial number, model, firmware.
                if self.byte(401) == 3 && self.slice(12, 4).is_none_or(|vendor| vendor != b"ATA ") {
                    self.serial(12, 20);
                }
                self.address(200, Form::Reversed);
                self.address(208, Form::Reversed);
            }
            _ => {}
        }
        // Copies of VPD page 83h stand in the records of drives (`vpdPage83`, `vpdPage83Ext`) and of logical drives.
        if matches!(opcode, 0x0202_0000 | 0x0302_0000) {
            let pages = self.bytes.windows(5).enumerate().filter(|(_, head)| {
                matches!(head, [device, 0x83, 0, 8..=252, set] if device & 0xe0 == 0 && (1..=3).contains(&(set & 0x0f)))
            });
            let pages: Vec<usize> = pages.map(|(at, _)| at).collect();
            pages.into_iter().for_each(|at| self.identification(at));
        }
    }
}

/// The letters of a field without what pads it, and where they begin. None of a field that has others than ASCII's.
fn letters(field: &[u8]) -> Option<(usize, &[u8])> {
    let pads = |byte: &u8| matches!(byte, b' ' | 0 | b'\n' | b'\t' | 0xff);
    let first = field.iter().position(|byte| !pads(byte))?;
    let last = field.iter().rposition(|byte| !pads(byte))?;
    let letters = field.get(first..=last)?;
    letters.iter().all(|byte| matches!(byte, b' '..=b'~' | 0)).then_some((first, letters))
}

/// Zeros and ones are nobody's name, and 44332211_…h is what HBAs call the ports of SATA drives, by their number.
fn is_name(sort: Sort, bytes: &[u8]) -> bool {
    let is_port = sort == Sort::Naa && bytes.starts_with(&[0x44, 0x33, 0x22, 0x11]);
    !is_port && bytes.iter().any(|byte| *byte != 0) && bytes.iter().any(|byte| *byte != 0xff)
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    std::str::from_utf8(text).ok().and_then(crate::machine::entry::unhex)
}

/// What is a name by the way it is written: `naa.…`, `eui.…`, `0x5…` of 16 digits, UUIDs, NVMe's qualified names and `nvme.…`, and
/// what follows the words for a serial number.
pub(super) fn in_text(text: &[u8]) -> Vec<Name> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let run = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if run >= 8 {
            let before = text.get(..at).unwrap_or_default();
            names.extend(uuid(before, rest).or_else(|| world_wide(before, rest, run)));
        }
        // A letter that is no digit ends a word as little as it begins one.
        at += run.max(1);
    }
    names.extend(serials(text));
    names
}

/// Whether a word may begin behind, or end before.
fn apart(byte: Option<&u8>) -> bool {
    !byte.is_some_and(u8::is_ascii_alphanumeric)
}

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, or as mdadm has it `xxxxxxxx:xxxxxxxx:xxxxxxxx:xxxxxxxx`.
fn uuid(before: &[u8], rest: &[u8]) -> Option<Name> {
    let of = |groups: &[usize], between: u8| {
        let mut digits = Vec::with_capacity(32);
        let mut at = 0;
        for (index, group) in groups.iter().enumerate() {
            if index > 0 {
                (*rest.get(at)? == between).then_some(())?;
                at += 1;
            }
            let part = rest.get(at..at + group)?;
            part.iter().all(u8::is_ascii_hexdigit).then(|| digits.extend(part))?;
            at += group;
        }
        let alone = apart(before.last()) && apart(rest.get(at));
        unhex(&digits).filter(|bytes| alone && is_name(Sort::Uuid, bytes))
    };
    let bytes = of(&[8, 4, 4, 4, 12], b'-').or_else(|| of(&[8; 4], b':'))?;
    Some(Name { sort: Sort::Uuid, bytes })
}

fn world_wide(before: &[u8], rest: &[u8], run: usize) -> Option<Name> {
    let mut digits = rest.get(..run)?;
    apart(rest.get(run)).then_some(())?;
    let follows = |head: &str| {
        before
            .len()
            .checked_sub(head.len())
            .and_then(|at| before.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(head.as_bytes()))
    };
    // `/dev/disk/by-id/scsi-3…`: the type of the designator stands before it.
    if follows("scsi-") && matches!(run, 17 | 33) && digits.first() == Some(&b'3') {
        digits = digits.get(1..)?;
    } else if !(apart(before.last()) || follows("0x")) {
        return None;
    }
    let sort = match digits.len() {
        16 | 24 | 32 if follows("eui.") => Sort::Eui,
        16 | 32 if follows("naa.") || follows("sasAddr=") || digits.len() < run => Sort::Naa,
        // Digits alone may count something.
        16 if digits.first() == Some(&b'5') && (follows("0x") || digits.iter().any(u8::is_ascii_alphabetic)) => {
            Sort::Naa
        }
        32 if digits.first() == Some(&b'6') && digits.iter().any(u8::is_ascii_alphabetic) => Sort::Naa,
        32 if digits.iter().any(u8::is_ascii_alphabetic) => Sort::Uuid,
        _ => return None,
    };
    let bytes = unhex(digits).filter(|bytes| is_name(sort, bytes))?;
    Some(Name { sort, bytes })
}

/// The name that the kernel gives a subsystem that has none: PCI vendor, serial number in 20 letters, model (`nvme_init_subnqn`).
const NQN: &[u8] = b"nqn.2014.08.org.nvmexpress:";

/// What stands before a serial number.
const WORDS: [&[u8]; 5] = [b"SerialNumber: ", b"Serial Number: ", b"serial number: ", b"S/N: ", b"S/N "];

fn serials(text: &[u8]) -> Vec<Name> {
    let mut names = Vec::new();
    let mut serial = |letters: &[u8]| names.push(Name { sort: Sort::Serial, bytes: letters.to_vec() });
    let behind = |head: &'static [u8]| {
        let found = text.windows(head.len()).enumerate().filter(move |(_, part)| *part == head);
        found.filter_map(move |(at, _)| text.get(at + head.len()..))
    };
    for rest in behind(NQN) {
        if let Some((_, letters)) = rest.get(8..28).and_then(letters) {
            serial(letters);
        }
    }
    for rest in behind(b"nvme.") {
        // `nvme.8086-50484b…-494e54454c…-00000001`: vendor, serial number and model in hexadecimal, namespace.
        let mut parts = rest.split(|byte| *byte == b'-');
        if let (Some(vendor), Some(digits), Some(_), Some(_)) = (parts.next(), parts.next(), parts.next(), parts.next())
            && vendor.len() == 4
            && let Some(bytes) = unhex(digits)
            && let Some((_, letters)) = letters(&bytes)
        {
            serial(letters);
        }
    }
    for word in WORDS {
        for rest in behind(word) {
            let letters = rest.split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))).next();
            if let Some(letters) =
                letters.filter(|letters| letters.len() >= 4 && letters.iter().any(u8::is_ascii_digit))
            {
                serial(letters);
            }
        }
    }
    names
}
