//! The controller, with its battery.

use super::{number, text, word, yes};
use crate::adaptec::arcconf::words::Condition;

/// A controller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controller {
    /// `Controller Status`.
    pub state: Option<Condition>,
    /// `Adaptec 5405`.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// `RAID (Hide RAW)`, `HBA`, `Mixed`.
    pub mode: Option<String>,
    /// The kernel's driver; only SmartRAID tells it.
    pub driver: Option<String>,
    /// Version of its firmware.
    pub firmware: Option<String>,
    /// Its temperature.
    pub heat: Option<Heat>,
    /// Drives that it gave up.
    pub defunct: Option<u32>,
    /// How many logical devices it counts.
    pub announced: Option<Announced>,
    /// What keeps its cache when the power is lost: battery, ZMM, capacitor, and their parts.
    pub backup: Vec<BackupPart>,
    /// The cache itself (SmartRAID).
    pub cache: Option<Condition>,
    /// Whether its settings' memory is sound.
    pub settings: Option<Condition>,
}

/// A temperature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heat {
    /// Degrees Celsius.
    pub celsius: Option<i32>,
    /// What the controller says of it.
    pub condition: Option<Condition>,
}

/// `Logical devices/Failed/Degraded : 2/0/1`, or `Logical drives/Offline/Critical`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    /// All.
    pub all: u32,
    /// Those that do not work.
    pub failed: u32,
    /// Those that work without a member.
    pub degraded: u32,
}

/// A part of what keeps the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPart {
    /// `Battery`, `ZMM`, or the key of its line: `Supercap Status`.
    pub name: String,
    /// How it is.
    pub condition: Condition,
}

/// The part of a controller that lines tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::adaptec::arcconf) enum Block {
    /// The controller itself.
    Head,
    /// `Controller Battery Information`.
    Battery,
    /// `Controller ZMM Information`.
    Zmm,
    /// `Supercap Information`: its temperatures are not the controller's.
    Supercap,
    /// Any other of its titles.
    Version,
}

impl Controller {
    /// A line of it. The key is in small letters as well.
    pub(in crate::adaptec::arcconf) fn line(&mut self, block: Block, name: &str, key: &str, value: &str) -> bool {
        match (key, block) {
            ("controller status", _) => self.state = Some(Condition::read(value)),
            ("controller model", _) => self.model = text(value),
            ("controller serial number", _) => self.serial = text(value),
            ("controller mode", _) => self.mode = text(value),
            ("driver name", _) => self.driver = text(value),
            ("firmware", _) => self.firmware = text(value),
            ("controller world wide name", _) => {}
            ("temperature", Block::Head) => {
                let condition = value.ends_with(')').then(|| Condition::read(word(value)));
                self.heat = Some(Heat { celsius: number(value), condition });
            }
            ("defunct disk drive count", _) => {
                self.defunct = value.parse().ok();
                return self.defunct.is_some();
            }
            ("logical devices/failed/degraded" | "logical devices/offline/critical", _) => {
                self.announced = announced(value);
                return self.announced.is_some();
            }
            ("cache status", _) => self.cache = Some(Condition::read(value)),
            ("nvram checksum status", _) => self.settings = Some(Condition::read(value)),
            ("status", Block::Battery) => self.backup("Battery", Condition::read(value)),
            ("status", Block::Zmm) => self.backup("ZMM", Condition::read(value)),
            ("over temperature", Block::Battery | Block::Zmm) => match yes(value) {
                Some(true) => self.backup(name, Condition::Other("over temperature".to_owned())),
                Some(false) => {}
                None => return false,
            },
            ("overall backup unit status" | "backup power status", _) => self.backup(name, Condition::read(value)),
            ("supercap status" | "non-volatile storage status" | "hardware error", _) => {
                self.backup(name, Condition::read(value));
            }
            ("capacity remaining", _) => {}
            ("current temperature" | "threshold temperature" | "health" | "serial number", Block::Supercap) => {}
            _ => return super::is_of_no_matter(key),
        }
        true
    }

    fn backup(&mut self, name: &str, condition: Condition) {
        self.backup.push(BackupPart { name: name.to_owned(), condition });
    }
}

fn announced(value: &str) -> Option<Announced> {
    let mut counts = value.split('/').map(|count| count.trim().parse().ok());
    let mut next = || counts.next().flatten();
    Some(Announced { all: next()?, failed: next()?, degraded: next()? })
}
