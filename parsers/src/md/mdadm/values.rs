//! Values that several outputs of mdadm share.

use super::super::attributes::{self, Metadata};
use super::super::words::number;
use chrono::NaiveDateTime;

/// A name with the machine that it was given for, as superblocks of 1.x have it and `--detail` shows it: `lab:0  (local to host lab)`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// The name, with the home host before a colon if it has one: `lab:0`.
    pub name: String,
    /// The host that mdadm ran on, if the array is at home there; of another it is not told (`homehost` in super1.c of mdadm 4.2).
    pub local_to: Option<String>,
}

/// Reads a name, or a UUID, with what stands behind it.
pub(super) fn name(text: &str) -> Option<Name> {
    let (name, local_to) = match text.split_once("(local to host ") {
        Some((name, host)) => (name, Some(host.trim_end().strip_suffix(')')?.trim().to_owned())),
        None => (text, None),
    };
    let name = name.trim().to_owned();
    (!name.is_empty()).then_some(Name { name, local_to })
}

/// A UUID as mdadm writes it: four times eight hexadecimal digits, a colon between.
pub(super) fn uuid(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.trim().split(':').collect();
    let is_group = |group: &&str| group.len() == 8 && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    (groups.len() == 4 && groups.iter().all(is_group)).then(|| groups.join(":").to_ascii_lowercase())
}

/// A local time as `ctime` writes it (mdadm prints 24 characters of it): `Sun Aug  7 21:15:49 2022`. No zone is told.
pub(super) fn time(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text.trim(), "%a %b %e %H:%M:%S %Y").ok()
}

/// The number at the front, behind which a unit or the same in other units may stand: `101376 (99.00 MiB 103.81 MB)`,
/// `202752 sectors (…)`.
pub(super) fn first<T: std::str::FromStr>(text: &str) -> Option<T> {
    number(text.split_whitespace().next()?)
}

/// KiB, as `512K` or `64 KiB`.
pub(super) fn kib(text: &str) -> Option<u64> {
    let text = text.trim();
    number(text.strip_suffix("KiB").or_else(|| text.strip_suffix('K')).unwrap_or(text))
}

/// A version of metadata: `1.2`, of old ones with a patch level, `0.90.00` and `00.90.03`, or the name of external ones (`imsm`, `ddf`).
pub(super) fn version(text: &str) -> Option<Metadata> {
    let text = text.trim();
    let mut parts = text.splitn(3, '.');
    if let (Some(major), Some(minor)) = (parts.next(), parts.next()) {
        return Some(Metadata::Version { major: number(major)?, minor: number(minor)? });
    }
    let is_name = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then(|| Metadata::External(text.to_owned()))
}

/// How often the superblock was written: a number, and of 0.90 in `--detail` its upper and lower 32 bits, a point between.
pub(super) fn events(text: &str) -> Option<u64> {
    match text.trim().split_once('.') {
        Some((high, low)) => Some((number::<u64>(high)? << 32) | number::<u64>(low)?).filter(|_| high.len() < 10),
        None => number(text),
    }
}

/// A number, or `-` where there is none; and -1, which old versions write.
pub(super) fn or_dash(text: &str) -> Option<Option<u32>> {
    if matches!(text, "-" | "-1") { Some(None) } else { number(text).map(Some) }
}

/// The name of a device, as udev may give it.
pub(super) fn is_device(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-.:+@=#%".contains(&byte);
    text.starts_with('/') && text.len() > 1 && text.bytes().all(plain)
}

/// Reads a version of metadata in `key=value` form: `1.2`, `imsm`.
pub(super) fn metadata(text: &str) -> Option<Metadata> {
    attributes::metadata(text).or_else(|| version(text))
}
