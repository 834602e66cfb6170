//! The beginning of a driver's line: who speaks, and about what.

use super::{About, Driver, ScsiAddress};

/// Who speaks, about what, and what remains of the line.
pub(super) struct Head<'a> {
    pub(super) driver: Driver,
    pub(super) about: About,
    pub(super) rest: &'a str,
}

/// Reads the beginning of a line; `None` if no driver of storage begins so. Lines of the block layer begin with no name
/// of their own.
pub(super) fn head(line: &str) -> Option<Head<'_>> {
    let (first, rest) = line.split_once(": ").unwrap_or((line, ""));
    let (driver, about, rest) = ata(first)
        .map(|about| (Driver::Ata, about, rest))
        .or_else(|| scsi(line).map(|(about, rest)| (Driver::Scsi, about, rest)))
        .or_else(|| pci(line))
        .or_else(|| nvme(first).map(|about| (Driver::Nvme, about, rest)))
        .or_else(|| md(first, rest).map(|(about, rest)| (Driver::Md, about, rest)))
        .or_else(|| controller(first, rest))
        .or_else(|| file_system(line).map(|(about, rest)| (Driver::FileSystem, about, rest)))
        .or_else(|| result_of_command(line).map(|rest| (Driver::Ata, About::Unnamed, rest)))?;
    Some(Head { driver, about, rest: rest.trim_start() })
}

/// The second line of what libata says of a failed command has no name (`ata_eh_link_report` in
/// drivers/ata/libata-eh.c).
fn result_of_command(line: &str) -> Option<&str> {
    line.strip_prefix("         ").filter(|rest| rest.starts_with("res ") && rest.contains(" Emask "))
}

/// A name and the number behind it: `md0`, `ata12`.
fn numbered<'a>(text: &'a str, name: &str) -> Option<(u32, &'a str)> {
    let rest = text.strip_prefix(name)?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

/// `ata3`, `ata3.00`.
fn ata(first: &str) -> Option<About> {
    let (port, rest) = numbered(first, "ata")?;
    let device = match rest.strip_prefix('.') {
        Some(digits) => Some(digits.parse().ok()?),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(About::Ata { port, device })
}

/// `sd 0:0:1:0: [sdb] tag#3 `, `scsi 2:0:0:0: `, `scsi host2: `, `scsi target2:0:0: `.
fn scsi(line: &str) -> Option<(About, &str)> {
    let (driver, rest) = line.split_once(' ')?;
    if !matches!(driver, "sd" | "scsi" | "ses" | "sr" | "st" | "ch" | "osst") {
        return None;
    }
    let (name, rest) = rest.split_once(": ").or_else(|| Some((rest.strip_suffix(':')?, "")))?;
    if let Some((host, "")) = numbered(name, "host") {
        return Some((About::ScsiHost(host), rest));
    }
    if let Some(target) = name.strip_prefix("target") {
        let mut numbers = target.split(':').map(|number| number.parse::<u32>().ok());
        let (host, channel, id) = (numbers.next()??, numbers.next()??, numbers.next()??);
        return numbers.next().is_none().then_some((About::ScsiTarget { host, channel, id }, rest));
    }
    let address = address(name)?;
    let (disk, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((disk, rest)) => (Some(disk.to_owned()), rest),
        None => (None, rest),
    };
    let rest = match numbered(rest, "tag#") {
        Some((_, rest)) => rest.trim_start(),
        None => rest,
    };
    Some((About::Scsi { address, disk }, rest))
}

/// `0:0:1:0`.
fn address(name: &str) -> Option<ScsiAddress> {
    let mut numbers = name.split(':');
    let mut number = || numbers.next();
    let address = ScsiAddress {
        host: number()?.parse().ok()?,
        channel: number()?.parse().ok()?,
        id: number()?.parse().ok()?,
        lun: number()?.parse().ok()?,
    };
    number().is_none().then_some(address)
}

/// `megaraid_sas 0000:03:00.0: `, of drivers of storage and of the ports above them.
fn pci(line: &str) -> Option<(Driver, About, &str)> {
    let (name, rest) = line.split_once(' ')?;
    let driver = match name {
        "nvme" => Driver::Nvme,
        "megaraid_sas" => Driver::MegaraidSas,
        "mpt3sas" | "mpt2sas" => Driver::Mpt,
        "hpsa" | "smartpqi" => Driver::Hpsa,
        "aacraid" => Driver::Aacraid,
        "ahci" => Driver::Ata,
        "pcieport" | "pciehp" => Driver::Pcie,
        _ => return None,
    };
    let (address, rest) = rest.split_once(": ")?;
    // pciehp once wrote its service behind the port: `0000:00:1c.0:pcie004`.
    let address = address.split_once(":pcie").map_or(address, |(address, _)| address);
    if !is_pci_address(address) {
        return None;
    }
    let rest = rest.trim_start();
    // What the PCI core says of a device stands behind the name of the device's driver.
    let driver = if rest.starts_with("PCIe Bus Error") || rest.starts_with("AER:") { Driver::Pcie } else { driver };
    Some((driver, About::Pci(address.to_owned()), rest))
}

/// `0000:03:00.0`.
fn is_pci_address(text: &str) -> bool {
    let mut parts = text.split([':', '.']);
    let mut hex = |len: usize| {
        parts.next().is_some_and(|part| part.len() >= len && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    hex(4) && hex(2) && hex(2) && hex(1) && parts.next().is_none()
}

/// `nvme nvme0: `, `nvme0: `, `nvme0n1: `, `nvme0c1n1: `.
fn nvme(first: &str) -> Option<About> {
    let name = first.strip_prefix("nvme ").unwrap_or(first);
    let (controller, device) = numbered(name, "nvme")?;
    let about = if device.is_empty() { About::Nvme(controller) } else { About::Device(name.to_owned()) };
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some(about)
}

/// `md/raid10:md0: `, `md: md0: `, `md: `, `md0: `.
fn md<'a>(first: &str, rest: &'a str) -> Option<(About, &'a str)> {
    let is_array =
        |name: &str| numbered(name, "md").is_some_and(|(_, rest)| rest.is_empty()) || name.starts_with("md_");
    let array = |name: &str| About::Md(name.to_owned());
    if first == "md" {
        return Some(match rest.split_once(": ") {
            Some((name, rest)) if is_array(name) => (array(name), rest),
            _ => (About::Unnamed, rest),
        });
    }
    if let Some(named) = first.strip_prefix("md/raid") {
        let name = match named.split_once(':') {
            Some((_, name)) => name.trim_end_matches(':'),
            // raid0 forgot the colon (`raid0_error` in raid0.c): `md/raid0md0`.
            None => named.trim_start_matches(|letter: char| letter.is_ascii_digit()),
        };
        return Some((if name.is_empty() { About::Unnamed } else { array(name) }, rest));
    }
    is_array(first).then(|| (array(first), rest))
}

/// `mpt3sas_cm0: `, `mpt2sas0: `, `mptbase: ioc0: `, `megasas: `, `megaraid_sas: `, `aacraid: `, `AAC0: `, `AAC:`.
fn controller<'a>(first: &str, rest: &'a str) -> Option<(Driver, About, &'a str)> {
    for name in ["mpt3sas_cm", "mpt2sas_cm", "mpt3sas", "mpt2sas"] {
        if let Some((ioc, "")) = numbered(first, name) {
            return Some((Driver::Mpt, About::Mpt(ioc), rest));
        }
    }
    match first {
        "mptbase" | "mptscsih" | "mptsas" | "mptspi" => {
            let (ioc, rest) = rest.split_once(": ")?;
            let (ioc, _) = numbered(ioc, "ioc")?;
            Some((Driver::Mpt, About::Mpt(ioc), rest))
        }
        "megasas" | "megaraid_sas" => Some((Driver::MegaraidSas, About::Unnamed, rest)),
        "hpsa" | "smartpqi" => Some((Driver::Hpsa, About::Unnamed, rest)),
        "aacraid" => Some((Driver::Aacraid, About::Unnamed, rest)),
        _ => match numbered(first, "AAC") {
            Some((number, "")) => Some((Driver::Aacraid, About::Aac(number), rest)),
            _ => None,
        },
    }
}

/// `EXT4-fs error (device md0): `, `XFS (md0): `, `BTRFS error (device md0): `, `JBD2: `; the severity stays in the
/// text.
fn file_system(line: &str) -> Option<(About, &str)> {
    const NAMES: [&str; 6] = ["EXT4-fs", "EXT3-fs", "EXT2-fs", "XFS", "BTRFS", "JBD2"];
    let rest = NAMES.iter().find_map(|name| line.strip_prefix(name))?;
    if let Some(rest) = rest.strip_prefix(" (") {
        let (device, rest) = rest.split_once("): ")?;
        return Some((About::Device(device.to_owned()), rest));
    }
    rest.starts_with([':', ' ']).then(|| (About::Unnamed, rest.trim_start_matches([':', ' '])))
}
