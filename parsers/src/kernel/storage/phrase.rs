//! Phrases of drivers as data: a text with `<field>` where a value stands, and `*` at the end where more may follow.
//!
//! [`crate::form`] is for tools' messages that were cut off; here lines are whole, values are hexadecimal or 64 bits
//! wide, and tails differ from kernel to kernel.

/// A value of a driver's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// SCSI address as the driver writes it.
    Address,
    /// What md's sync thread does; [`crate::md::SyncAction::read`] reads it.
    Action,
    /// Who reports a PCIe error: `Receiver ID`, `Transmitter ID`, `Requester ID`.
    Agent,
    /// Additional sense code.
    Asc,
    /// Its qualifier.
    Ascq,
    /// Block of a file system or buffer, in its own block size: no sector.
    Block,
    /// Class of a controller's event: `info`, `WARN`, `CRIT`, `FATAL`, `DEAD`.
    Class,
    /// A code of the firmware.
    Code,
    /// A command, by name or as the bytes of its CDB or task file.
    Command,
    /// How many.
    Count,
    /// NVMe controller status register.
    Csts,
    /// Block device.
    Device,
    /// READ, WRITE, FLUSH, …
    Direction,
    /// SCSI driver byte by name.
    Driverbyte,
    /// libata's error mask (`AC_ERR_*` in include/linux/libata.h).
    Emask,
    /// Logical id of a SAS enclosure.
    Enclosure,
    /// A negative error number of the kernel, or zero.
    Errno,
    /// Handle the firmware gave to a device; it lasts until the next reset.
    Handle,
    /// SCSI host number.
    Host,
    /// SCSI host byte by name: `DID_NO_CONNECT`, `DID_SOFT_ERROR`, …
    Hostbyte,
    /// First block of an NVMe command, in the namespace's own block size: no sector.
    Lba,
    /// Locale of a MegaRAID event: bits of what it is about (`MR_EVT_LOCALE` in megaraid_sas.h).
    Locale,
    /// `loginfo` of an MPT firmware; [`super::log_info`] takes it apart.
    Loginfo,
    /// A member of an md array.
    Member,
    /// Model of a drive, perhaps with vendor and firmware.
    Model,
    /// Out of how many.
    Of,
    /// Operation code.
    Opcode,
    /// Phy of an HBA or expander.
    Phy,
    /// NVMe queue; 0 is the admin queue.
    Queue,
    /// How an attempt ended: `SUCCESS`, `FAILED`, `succeeded`.
    Result,
    /// NVMe status code.
    Sc,
    /// NVMe status code type.
    Sct,
    /// SAS address.
    Sas,
    /// Sector of 512 bytes: of the device, or of the array for md's `unrecoverable` and `rescheduling`.
    Sector,
    /// Sense key by name.
    Sense,
    /// Sequence number of a controller's event.
    Sequence,
    /// Serial number of a drive.
    Serial,
    /// SATA error register (`SERR_*` in include/linux/libata.h).
    Serr,
    /// Severity of a PCIe error.
    Severity,
    /// Slot: of an enclosure, of PCIe, or of an md array.
    Slot,
    /// Gbit/s; of FreeBSD MB or MB/s.
    Speed,
    /// The state of an array or a member, in the driver's words.
    State,
    /// Layer of a PCIe error: `Physical Layer`, `Data Link Layer`, `Transaction Layer`.
    Layer,
    /// Number of a command in flight.
    Tag,
    /// When, by the clock of a controller; [`super::ControllerTime::read`] reads it.
    When,
    /// What remains, in the driver's words.
    Words,
}

#[derive(Debug, Clone, Copy)]
enum Class {
    /// Decimal digits, perhaps signed.
    Number,
    /// Hexadecimal digits, with `0x` or without.
    Hex,
    /// No blanks.
    Word,
    /// Anything.
    Text,
}

impl Field {
    const ALL: [(&'static str, Self, Class); 46] = [
        ("action", Self::Action, Class::Word),
        ("address", Self::Address, Class::Word),
        ("agent", Self::Agent, Class::Text),
        ("asc", Self::Asc, Class::Hex),
        ("ascq", Self::Ascq, Class::Hex),
        ("block", Self::Block, Class::Number),
        ("class", Self::Class, Class::Word),
        ("code", Self::Code, Class::Hex),
        ("command", Self::Command, Class::Text),
        ("count", Self::Count, Class::Number),
        ("csts", Self::Csts, Class::Hex),
        ("device", Self::Device, Class::Word),
        ("direction", Self::Direction, Class::Word),
        ("driverbyte", Self::Driverbyte, Class::Word),
        ("emask", Self::Emask, Class::Hex),
        ("enclosure", Self::Enclosure, Class::Hex),
        ("errno", Self::Errno, Class::Number),
        ("handle", Self::Handle, Class::Hex),
        ("host", Self::Host, Class::Number),
        ("hostbyte", Self::Hostbyte, Class::Word),
        ("layer", Self::Layer, Class::Text),
        ("lba", Self::Lba, Class::Number),
        ("locale", Self::Locale, Class::Hex),
        ("loginfo", Self::Loginfo, Class::Hex),
        ("member", Self::Member, Class::Word),
        ("model", Self::Model, Class::Text),
        ("of", Self::Of, Class::Number),
        ("opcode", Self::Opcode, Class::Hex),
        ("phy", Self::Phy, Class::Number),
        ("queue", Self::Queue, Class::Number),
        ("result", Self::Result, Class::Word),
        ("sas", Self::Sas, Class::Hex),
        ("sc", Self::Sc, Class::Hex),
        ("sct", Self::Sct, Class::Hex),
        ("sector", Self::Sector, Class::Number),
        ("sense", Self::Sense, Class::Text),
        ("sequence", Self::Sequence, Class::Number),
        ("serial", Self::Serial, Class::Text),
        ("serr", Self::Serr, Class::Hex),
        ("severity", Self::Severity, Class::Text),
        ("slot", Self::Slot, Class::Word),
        ("speed", Self::Speed, Class::Word),
        ("state", Self::State, Class::Text),
        ("tag", Self::Tag, Class::Number),
        ("when", Self::When, Class::Text),
        ("words", Self::Words, Class::Text),
    ];

    fn class(self) -> Class {
        Self::ALL.iter().find(|(_, field, _)| *field == self).map_or(Class::Text, |(_, _, class)| *class)
    }

    /// How far a value reaches where the phrase leaves open what follows.
    fn reach(self, text: &str) -> usize {
        let belongs = |letter: char| match self.class() {
            Class::Number => letter.is_ascii_digit() || letter == '-',
            Class::Hex => letter.is_ascii_hexdigit() || letter == 'x',
            Class::Word => letter != ' ',
            Class::Text => true,
        };
        text.find(|letter| !belongs(letter)).unwrap_or(text.len())
    }

    fn holds(self, value: &str) -> bool {
        let decimal = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match self.class() {
            Class::Number => decimal(value.strip_prefix('-').unwrap_or(value)),
            Class::Hex => {
                let digits = value.strip_prefix("0x").unwrap_or(value);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            }
            Class::Word => !value.is_empty() && !value.contains(' '),
            Class::Text => !value.is_empty(),
        }
    }

    #[cfg(test)]
    pub(in crate::kernel) fn is_named(name: &str) -> bool {
        Self::ALL.iter().any(|(known, ..)| *known == name)
    }

    /// A value as a number: hexadecimal where the field is. A negative one has none.
    pub(in crate::kernel) fn number(self, value: &str) -> Option<u64> {
        match self.class() {
            Class::Hex => u64::from_str_radix(value.strip_prefix("0x").unwrap_or(value), 16).ok(),
            _ => value.parse().ok(),
        }
    }
}

/// The values of a text that is this phrase, in the order they stand.
pub(in crate::kernel) fn read(phrase: &str, text: &str) -> Option<Vec<(Field, String)>> {
    // Nearly all phrases are none of a line, and most differ from it in their first byte.
    let (first, of_text) = (phrase.as_bytes().first(), text.as_bytes().first());
    if first != of_text && !matches!(first, Some(b'<' | b'*') | None) {
        return None;
    }
    let (mut phrase, open) = match phrase.strip_suffix('*') {
        Some(phrase) => (phrase, true),
        None => (phrase, false),
    };
    let mut text = text;
    let mut values = Vec::new();
    while let Some((literal, rest)) = phrase.split_once('<') {
        let (name, rest) = rest.split_once('>')?;
        let (_, field, _) = Field::ALL.iter().find(|(known, ..)| *known == name)?;
        text = text.strip_prefix(literal)?;
        let next = rest.split('<').next().filter(|next| !next.is_empty());
        let (value, after) = text.split_at_checked(match next {
            Some(next) => text.find(next)?,
            None if open => field.reach(text),
            None => text.len(),
        })?;
        if !field.holds(value.trim()) {
            return None;
        }
        values.push((*field, value.trim().to_owned()));
        (phrase, text) = (rest, after);
    }
    let rest = text.strip_prefix(phrase)?;
    (open || rest.trim_end().is_empty()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases() {
        let check = |phrase: &str, text: &str, expect: &str| {
            assert_eq!(
                read(phrase, text).map_or("none".to_owned(), |values| format!("{values:?}")),
                expect,
                "{phrase} / {text}"
            );
        };
        check("disabled", "disabled ", "[]");
        check("disabled", "disabled now", "none");
        check("disabled*", "disabled now", "[]");
        check("slot( <slot>)*", "slot( 3) x", r#"[(Slot, "3")]"#);
        check("slot(<slot>)", "slot( 3)", r#"[(Slot, "3")]"#);
        check("at <sector> on <member>)", "at 12 on sdq)", r#"[(Sector, "12"), (Member, "sdq")]"#);
        check("at <sector> on <member>)", "at x on sdq)", "none");
        check("error=<errno>", "error=-5", r#"[(Errno, "-5")]"#);
        check("sector <sector>*", "sector 12, nr", r#"[(Sector, "12")]"#);
        check("mask=<code>*", "mask=0x0f/00", r#"[(Code, "0x0f")]"#);
        check("of <words>", "of ", "none");
        check("of <unknown>", "of x", "none");
    }

    #[test]
    fn numbers() {
        assert_eq!(Field::Sector.number("18446744073709551615"), Some(u64::MAX));
        assert_eq!(Field::Emask.number("0x40"), Some(64));
        assert_eq!(Field::Errno.number("-5"), None);
    }
}
