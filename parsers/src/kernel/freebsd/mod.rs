//! What a line of FreeBSD's kernel says about storage.
//!
//! As for Linux ([`super::storage`]), a line is understood in two steps: its head says which device or driver speaks, a table of
//! phrases says what happened (`phrases`). Both kernels' events have the same [`Kind`]s and [`Field`]s. What sets them apart: FreeBSD
//! tells the serial number of a drive when it attaches it ([`Field::Serial`]), so that a line may name a drive rather than a place.

mod phrases;

#[cfg(test)]
mod tests;

use super::storage::{Field, Kind, phrase};

/// What a line speaks about. Names are given anew at each start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The line does not say.
    Unnamed,
    /// A disk: `da0`, `ada1`, `nda0`, `nvd0`, `mfid0`.
    Device(String),
    /// A controller or port, or what CAM is probing behind it: `mps0`, `ahcich3`, `nvme0`, `ciss0`.
    Unit(String),
    /// A mirror of GEOM, a volume of GEOM's RAID: `gm0`, `Intel-1a2b/Volume0`.
    Array(String),
    /// A pool of ZFS.
    Pool(String),
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// About what.
    pub about: About,
    /// What happened.
    pub kind: Kind,
    /// The values the line has, in its order, as they stand there.
    pub values: Vec<(Field, String)>,
}

impl Event {
    /// A value, as it stands in the line; of a field that occurs twice, the first.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.values.iter().find_map(|(known, value)| (*known == field).then_some(value.as_str()))
    }

    /// A value as a number; hexadecimal fields are read as such.
    pub fn number(&self, field: Field) -> Option<u64> {
        field.number(self.text(field)?)
    }
}

/// Reads one line of kernel text. `None` if no driver of storage wrote it.
pub fn event(line: &str) -> Option<Event> {
    let line = line.trim_end();
    if let Some(rest) = line.strip_prefix("GEOM_MIRROR: ") {
        return Some(of(About::Unnamed, phrases::MIRROR, rest).array());
    }
    if let Some(rest) = line.strip_prefix("GEOM_RAID: ") {
        let (name, rest) = rest.split_once(": ")?;
        return Some(of(About::Array(name.to_owned()), phrases::RAID, rest).volume());
    }
    if let Some(rest) = line.strip_prefix("g_vfs_done():") {
        return Some(of(About::Unnamed, phrases::VFS, rest).device());
    }
    if let Some(rest) = line.strip_prefix("Solaris: ").or_else(|| line.strip_prefix("ZFS[").and_then(devd)) {
        return Some(of(About::Unnamed, phrases::ZFS, rest).pool());
    }
    if let Some((path, rest)) = line.strip_prefix('(').and_then(|line| line.split_once("): ")) {
        let about = cam(path)?;
        return Some(of(about, phrases::CAM, rest));
    }
    named(line)
}

/// `ZFS[2345]: `: devd passes on what ZFS tells it, to the kernel's facility (etc/devd/zfs.conf).
fn devd(rest: &str) -> Option<&str> {
    let (process, rest) = rest.split_once("]: ")?;
    process.bytes().all(|byte| byte.is_ascii_digit()).then_some(rest)
}

/// What the phrase says; a line of a known driver that fits none is [`Kind::Other`].
fn of(about: About, table: phrases::Table, rest: &str) -> Event {
    let found = table.iter().find_map(|(phrase, kind)| Some((*kind, phrase::read(phrase, rest)?)));
    let (kind, values) = found.unwrap_or((Kind::Other, Vec::new()));
    Event { about, kind, values }
}

/// `da0:mps0:0:4:0`: peripheral, adapter, bus, target, unit (`xpt_path_string` in sys/cam/cam_xpt.c).
fn cam(path: &str) -> Option<About> {
    let mut parts = path.split(':');
    let (peripheral, adapter) = (parts.next()?, parts.next()?);
    // A target that is not told yet is -1, a unit that is none ffffffff.
    let places = parts.filter(|part| !part.is_empty()).count();
    if places != 3 || numbered(adapter).is_none() {
        return None;
    }
    let is_disk = numbered(peripheral).is_some_and(|(name, _)| DISKS.contains(&name));
    Some(if is_disk { About::Device(peripheral.to_owned()) } else { About::Unit(adapter.to_owned()) })
}

/// Peripheral drivers of drives.
const DISKS: [&str; 5] = ["da", "ada", "nda", "nvd", "cd"];

/// A name and the number behind it: `mps0`.
fn numbered(name: &str) -> Option<(&str, &str)> {
    let at = name.find(|letter: char| letter.is_ascii_digit())?;
    let (name, number) = name.split_at_checked(at)?;
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    (plain && number.bytes().all(|byte| byte.is_ascii_digit())).then_some((name, number))
}

/// `da0: `, `mps0: `, `da0 at mps0 `.
fn named(line: &str) -> Option<Event> {
    let end = line.find([':', ' '])?;
    let (unit, rest) = line.split_at_checked(end)?;
    let (name, _) = numbered(unit)?;
    let table = phrases::of(name)?;
    let is_disk = DISKS.contains(&name) || matches!(name, "mfid" | "mfisyspd" | "aacd");
    let about = if is_disk { About::Device(unit.to_owned()) } else { About::Unit(unit.to_owned()) };
    let Some(rest) = rest.strip_prefix(": ") else {
        let attached = rest
            .strip_prefix(" at ")
            .or_else(|| rest.strip_prefix(" on "))
            .or_else(|| rest.strip_prefix(" numa-domain "))?;
        let kind = if is_disk { Kind::DeviceAdded } else { Kind::Inventory };
        return Some(Event { about, kind, values: vec![(Field::Words, attached.to_owned())] });
    };
    let rest = rest.trim_start();
    match rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((model, rest)) => Some(described(about, model, rest)),
        None => Some(of(about, table, rest)),
    }
}

/// `<Example SSD 1A2B> ACS-4 ATA SATA 3.x device`; `<Example SSD 1A2B> s/n S1A2B3 detached`.
fn described(about: About, model: &str, rest: &str) -> Event {
    let mut values = vec![(Field::Model, model.trim().to_owned())];
    let rest = rest.trim();
    let gone = rest.strip_suffix("detached");
    let serial = gone.and_then(|rest| rest.trim().strip_prefix("s/n ")).filter(|serial| !serial.is_empty());
    values.extend(serial.map(|serial| (Field::Serial, serial.to_owned())));
    Event { about, kind: if gone.is_some() { Kind::DeviceRemoved } else { Kind::Inventory }, values }
}

impl Event {
    /// Where the head names nothing, what the line is about is among its values.
    fn array(mut self) -> Self {
        let name = self.text(Field::Device).map(|name| name.strip_prefix("mirror/").unwrap_or(name).to_owned());
        self.about = name.map_or(About::Unnamed, About::Array);
        self
    }

    fn volume(mut self) -> Self {
        if let (About::Array(name), Some(volume)) = (&self.about, self.text(Field::Device)) {
            self.about = About::Array(format!("{name}/{volume}"));
        }
        self
    }

    fn device(mut self) -> Self {
        self.about = self.text(Field::Device).map_or(About::Unnamed, |name| About::Device(name.to_owned()));
        self
    }

    fn pool(mut self) -> Self {
        self.about = self.text(Field::Device).map_or(About::Unnamed, |name| About::Pool(name.to_owned()));
        self
    }
}
