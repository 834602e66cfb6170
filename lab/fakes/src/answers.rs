//! What a healthy drive answers, and one thing changed: the files that `fake-disk` and `fake-nvme` read.
//!
//! A drive is its *settings*, names with values, kept in the folder's file `settings` (a line `NAME=VALUE` each); all answers are
//! made of them, so that what several answers report is the same everywhere: the temperature of an ATA drive stands in attribute
//! 194, in SCT status and in the device statistics. Which names there are, and what a healthy drive has, each kind's module says.

mod ata;
mod blob;
mod nvme;
mod sas;
mod ses;

use crate::folder::replace;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

/// A file of a folder: its name and content.
pub type File = (String, Vec<u8>);

/// What can be made.
pub const KINDS: [(&str, Maker); 4] =
    [("ata", ata::files), ("sas", sas::files), ("ses", ses::files), ("nvme", nvme::files)];

/// Makes all files of one kind of drive.
pub type Maker = fn(&Settings) -> Vec<File>;

/// Writes all answers of a drive, with `changes` ("name=value") to the settings that the folder has.
///
/// # Errors
///
/// When a change names nothing that this kind of drive has, or has no number where one is needed, or the folder cannot be written.
pub fn write(maker: Maker, folder: &Path, changes: &[String]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let kept = fs::read_to_string(folder.join("settings")).unwrap_or_default();
    let mut settings = Settings::new(folder.file_name().unwrap_or_default().to_string_lossy().to_uppercase());
    for line in kept.lines().chain(changes.iter().map(String::as_str)) {
        let (name, value) = line.split_once('=').ok_or_else(|| io::Error::other(format!("no name=value: {line}")))?;
        settings.values.insert(name.to_owned(), value.to_owned());
    }
    let mut files = maker(&settings);
    if let Some(complaint) = settings.complaint() {
        return Err(io::Error::other(complaint));
    }
    files.push(("serial".to_owned(), settings.serial().into_bytes()));
    let kept: String = settings.values.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    files.push(("settings".to_owned(), kept.into_bytes()));
    files.iter().try_for_each(|(name, content)| replace(folder, name, content))
}

/// Writes the answers of the drive that a blob of libatasmart was taken from.
///
/// # Errors
///
/// When the blob cannot be read, or the folder cannot be written.
pub fn write_blob(folder: &Path, blob: &Path) -> io::Result<()> {
    let files = blob::files(&fs::read(blob)?);
    fs::create_dir_all(folder)?;
    files.iter().try_for_each(|(name, content)| replace(folder, name, content))
}

/// The settings of a drive. What is not set is as with a healthy one.
#[derive(Debug)]
pub struct Settings {
    /// The folder's name in capitals: the serial number's end.
    name: String,
    values: BTreeMap<String, String>,
    asked: RefCell<BTreeSet<String>>,
    wrong: RefCell<Option<String>>,
}

impl Settings {
    fn new(name: String) -> Self {
        Self { name, values: BTreeMap::new(), asked: RefCell::default(), wrong: RefCell::default() }
    }

    /// A number, decimal or with 0x, or what a healthy drive has.
    fn number(&self, name: &str, healthy: u64) -> u64 {
        let Some(text) = self.value(name) else { return healthy };
        let number = match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => text.parse(),
        };
        number.unwrap_or_else(|_| {
            self.wrong.replace(Some(format!("{name}: {text} is no number")));
            healthy
        })
    }

    /// The low byte of a number.
    fn byte(&self, name: &str, healthy: u8) -> u8 {
        self.number(name, healthy.into()).to_le_bytes()[0]
    }

    fn text(&self, name: &str, healthy: &str) -> String {
        self.value(name).unwrap_or(healthy).to_owned()
    }

    fn serial(&self) -> String {
        self.text("serial", &format!("FAKE{}", self.name))
    }

    /// A World Wide Name of NAA 5: one that depends on the serial number where none is set. The next 15 belong to the drive, too.
    fn wwn(&self) -> u64 {
        let digest = self.serial().bytes().fold(0_u64, |sum, byte| (sum * 131 + 16 * u64::from(byte)) & 0xffff_ffff);
        self.number("wwn", 0x5000_c500_0000_0000 | digest)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.asked.borrow_mut().insert(name.to_owned());
        self.values.get(name).map(String::as_str)
    }

    /// What is wrong with the settings: a misspelt one must not pass for a healthy drive.
    fn complaint(&self) -> Option<String> {
        let asked = self.asked.borrow();
        let unknown = self.values.keys().find(|name| !asked.contains(*name));
        self.wrong.borrow().clone().or_else(|| unknown.map(|name| format!("nothing is named {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(maker: Maker, settings: &[(&str, &str)]) -> Result<BTreeMap<String, Vec<u8>>, String> {
        let mut all = Settings::new("TEST".to_owned());
        all.values = settings.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let files = maker(&all).into_iter().collect();
        all.complaint().map_or(Ok(files), Err)
    }

    #[test]
    fn one_setting_changes_every_answer_that_tells_of_it() {
        let check = |kind: usize, setting: (&str, &str), expect: &[&str]| {
            let (healthy, changed) = (files(KINDS[kind].1, &[]).unwrap(), files(KINDS[kind].1, &[setting]).unwrap());
            let different: Vec<&str> =
                healthy.iter().filter(|(name, file)| changed[*name] != **file).map(|(name, _)| name.as_str()).collect();
            assert_eq!(different, expect, "{setting:?}");
        };
        check(0, ("smart.197", "8"), &["ata-b0.d0.00.bin"]);
        check(0, ("smart.1.threshold", "50"), &["ata-b0.d1.00.bin", "ata-b0.d1.01.bin"]);
        check(0, ("smart.status", "failing"), &["ata-b0.da.00.sense"]);
        check(
            0,
            ("temperature", "61"),
            &["ata-2f.00.04.bin", "ata-2f.00.e0.bin", "ata-b0.d0.00.bin", "ata-b0.d5.e0.bin"],
        );
        check(0, ("power_cycles", "99"), &["ata-2f.00.04.bin", "ata-b0.d0.00.bin"]);
        check(1, ("temperature", "61"), &["log-0d.00.bin", "log-2f.00.bin"]);
        check(1, ("scsi.read.6", "3"), &["log-03.00.bin"]);
        check(2, ("ses.supply.1", "2"), &["diag-02.bin"]);
        check(3, ("nvme.spare", "3"), &["log-02.bin"]);
        check(3, ("unsafe_shutdowns", "9"), &["log-02.bin"]);
    }

    #[test]
    fn what_is_misspelt_is_refused() {
        let check = |setting: (&str, &str), expect: &str| {
            assert_eq!(files(KINDS[0].1, &[setting]).unwrap_err(), expect);
        };
        check(("smart.300", "1"), "nothing is named smart.300");
        check(("nvme.spare", "1"), "nothing is named nvme.spare");
        check(("temperature", "warm"), "temperature: warm is no number");
    }

    #[test]
    fn a_blob_is_taken_apart_as_far_as_it_goes() {
        let mut identify = vec![b' '; 512];
        identify[20..24].copy_from_slice(b"S1N0");
        let record =
            |tag: &[u8], content: &[u8]| [tag, &u32::try_from(content.len()).unwrap().to_be_bytes(), content].concat();
        let whole = [record(b"IDFY", &identify), record(b"SMST", &[0, 0, 0, 1]), record(b"SMDT", &[7; 512])].concat();
        let check = |length: usize, expect: &[&str]| {
            let files = blob::files(&whole[..length]);
            let names: Vec<&str> = files.iter().skip(2).map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, expect, "{length} bytes");
        };
        let identified = ["inquiry.bin", "vpd-80.bin", "serial", "ata-ec.00.00.bin"];
        check(0, &[]);
        check(519, &[]);
        check(520, &identified);
        check(whole.len() - 1, &[identified.as_slice(), &["ata-b0.da.00.sense"]].concat());
        check(whole.len(), &[identified.as_slice(), &["ata-b0.da.00.sense", "ata-b0.d0.00.bin"]].concat());
        assert_eq!(blob::files(&whole)[4].1, b"1S0N");
    }

    #[test]
    fn ata_sectors_add_up_to_zero() {
        let files = files(KINDS[0].1, &[("errors", "1")]).unwrap();
        for name in ["ata-ec.00.00.bin", "ata-b0.d0.00.bin", "ata-b0.d1.00.bin", "ata-b0.d5.01.bin", "ata-2f.00.11.bin"]
        {
            let sum = files[name].iter().fold(0_u8, |sum, &byte| sum.wrapping_add(byte));
            assert_eq!((files[name].len(), sum), (512, 0), "{name}");
        }
    }
}
