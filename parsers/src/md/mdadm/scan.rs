//! `mdadm --detail --scan` and `--examine --scan`: a line an array, as configuration files have them. They tell which arrays there are,
//! and of those that run not how they are.

use super::super::attributes::Metadata;
use super::super::words::{Level, number};
use super::values::{metadata, uuid};

/// A line (`Detail` in Detail.c, `brief_examine_super1` in super1.c of mdadm 4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The array's device: `/dev/md/0`; none of a container that has none.
    pub device: Option<String>,
    /// `INACTIVE-ARRAY`: it is assembled and not started.
    pub inactive: bool,
    /// `level`.
    pub level: Option<Level>,
    /// `num-devices`: slots.
    pub slots: Option<u32>,
    /// `metadata`.
    pub metadata: Option<Metadata>,
    /// `spares`.
    pub spares: Option<u32>,
    /// `name`.
    pub name: Option<String>,
    /// `UUID`.
    pub uuid: Option<String>,
    /// `container`: the container that it is in.
    pub container: Option<String>,
    /// `devices`: its members.
    pub devices: Vec<String>,
    /// Words that are none of these.
    pub not_understood: Vec<String>,
}

impl Listed {
    /// Reads a line that begins one.
    pub(super) fn begin(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace().peekable();
        let inactive = match words.next()? {
            "ARRAY" => false,
            "INACTIVE-ARRAY" => true,
            _ => return None,
        };
        let mut listed = Self { inactive, ..Self::default() };
        listed.device = words.next_if(|word| !word.contains('=')).map(str::to_owned);
        words.for_each(|word| listed.word(word));
        Some(listed)
    }

    /// Reads an indented line, which goes on with it.
    pub(super) fn go_on(&mut self, line: &str) -> bool {
        let before = self.not_understood.len();
        line.split_whitespace().for_each(|word| self.word(word));
        before == self.not_understood.len()
    }

    /// Why it is not whole, if it is not.
    pub fn cut(&self) -> Option<String> {
        let named = self.uuid.is_some() || self.container.is_some() || !self.devices.is_empty();
        (!named).then(|| "an ARRAY line has no UUID".to_owned())
    }

    fn word(&mut self, word: &str) {
        let text = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        let understood = match word.split_once('=') {
            Some(("level", value)) => super::detail::set(&mut self.level, Level::read(value)),
            Some(("num-devices", value)) => super::detail::set(&mut self.slots, number(value)),
            Some(("metadata", value)) => super::detail::set(&mut self.metadata, metadata(value)),
            Some(("spares", value)) => super::detail::set(&mut self.spares, number(value)),
            Some(("name", value)) => super::detail::set(&mut self.name, text(value)),
            Some(("UUID" | "uuid", value)) => super::detail::set(&mut self.uuid, uuid(value)),
            Some(("container", value)) => super::detail::set(&mut self.container, text(value)),
            Some(("devices", value)) => {
                self.devices = value.split(',').filter(|device| !device.is_empty()).map(str::to_owned).collect();
                !self.devices.is_empty()
            }
            Some(("member" | "bitmap" | "super-minor", _)) => true,
            _ => false,
        };
        if !understood {
            self.not_understood.push(word.to_owned());
        }
    }
}
