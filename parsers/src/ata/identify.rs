//! IDENTIFY DEVICE (ECh): what the drive is. 256 words, little-endian; texts have the bytes of each word swapped.
//!
//! Source unless a field says otherwise: ACS-4, command IDENTIFY DEVICE, by word; include/linux/ata.h of Linux 6.1 (ATA_ID_*).
//! A word 0000h or FFFFh says in most places that the drive does not report: such a field is `None`.

use super::{Checksum, PAGE};
use crate::fields::Fields;

/// What the drive is, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identify {
    /// Whether the words sum up (word 255); drives before ATA-5 have none.
    pub checksum: Checksum,
    /// The drive speaks PACKET commands (word 0 bit 15): an optical drive, and then most of the rest does not hold.
    pub packet: Option<bool>,
    /// The drive says that it cannot yet answer in full (word 0 bit 2, or word 2 is 37C8h or 8C73h): it has to spin up first.
    pub incomplete: Option<bool>,
    /// Model number (words 27..46).
    pub model: Option<String>,
    /// Serial number (words 10..19).
    pub serial: Option<String>,
    /// Firmware revision (words 23..26).
    pub firmware: Option<String>,
    /// World wide name (words 108..111, if word 87 bit 8 says it is there), the NAA in its top four bits.
    pub wwn: Option<u64>,
    /// Logical sectors (words 230..233 where word 69 bit 3 says so; else 100..103 with 48-bit addresses, else 60..61).
    pub sectors: Option<u64>,
    /// Bytes of a logical sector (words 106, 117..118; 512 where the drive does not say).
    pub logical_sector: Option<u64>,
    /// Bytes of a physical sector (word 106).
    pub physical_sector: Option<u64>,
    /// What turns (word 217).
    pub rotation: Option<Rotation>,
    /// Size of the case (word 168).
    pub form_factor: Option<FormFactor>,
    /// Highest major version of the standard that the drive claims (word 80): 7 = ATA/ATAPI-7, 8 = ATA8-ACS, 9 = ACS-2, ...
    pub ata_version: Option<u8>,
    /// Fastest SATA generation that the drive can do (word 76), 1..=3: 1.5, 3, 6 Gbit/s.
    pub sata_generation_max: Option<u8>,
    /// SATA generation the link runs at (word 77 bits 3:1), 1..=3. Below the maximum the port, the cable or errors are why.
    pub sata_generation: Option<u8>,
    /// The drive has Phy event counters, log 11h (word 76 bit 10).
    pub phy_event_counters: Option<bool>,
    /// Commands that may be queued (word 75), 1..=32.
    pub queue_depth: Option<u8>,
    /// SMART feature set (words 82 and 85, bit 0).
    pub smart: Feature,
    /// SMART error logging (words 84 and 87, bit 0).
    pub error_log: Feature,
    /// SMART self-test (words 84 and 87, bit 1).
    pub self_test: Feature,
    /// General purpose logging, READ LOG EXT (words 84 and 87, bit 5).
    pub general_purpose_log: Feature,
    /// SMART Command Transport (word 206 bit 0).
    pub sct: Option<bool>,
    /// SCT error recovery control (word 206 bit 3): the drive can be told to give up early, as a drive of an array should.
    pub sct_error_recovery: Option<bool>,
    /// TRIM (word 169 bit 0).
    pub trim: Option<bool>,
    /// Reads after TRIM are deterministic (word 69 bit 14).
    pub trim_deterministic: Option<bool>,
    /// Reads after TRIM give zeros (word 69 bit 5).
    pub trim_zeroes: Option<bool>,
    /// Volatile write cache (words 82 and 85, bit 5).
    pub write_cache: Feature,
    /// Power management feature set (words 82 and 85, bit 3); mandatory, so CHECK POWER MODE may be asked.
    pub power_management: Feature,
    /// Advanced power management (words 83 and 86, bit 3).
    pub advanced_power_management: Feature,
    /// Its level (word 91, low byte), 1..=254, if enabled: up to 127 the drive may spin down by itself.
    pub apm_level: Option<u8>,
    /// Power-up in standby (words 83 and 86, bit 5): the drive waits to be told to spin up.
    pub power_up_in_standby: Feature,
    /// Security feature set (word 128).
    pub security: Option<Security>,
}

/// A feature set: the drive has it, and it is on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Feature {
    /// The drive has it. `None` where the words are not valid.
    pub supported: Option<bool>,
    /// It is switched on.
    pub enabled: Option<bool>,
}

/// Nominal media rotation rate (word 217).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// 0001h: nothing turns.
    SolidState,
    /// Turns a minute, 401h..=FFFEh.
    Rpm(u16),
}

/// Nominal form factor (word 168 bits 3:0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormFactor {
    /// 5.25 inch.
    Inch525,
    /// 3.5 inch.
    Inch35,
    /// 2.5 inch.
    Inch25,
    /// 1.8 inch.
    Inch18,
    /// Less than 1.8 inch.
    BelowInch18,
    /// mSATA.
    MSata,
    /// M.2.
    M2,
    /// MicroSSD.
    MicroSsd,
    /// CFast.
    CFast,
    /// A value that ACS-4 reserves.
    Other(u16),
}

/// Security status (word 128).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Security {
    /// A password is set (bit 1).
    pub enabled: bool,
    /// The drive refuses reads and writes until it gets the password (bit 2): it looks like a broken drive.
    pub locked: bool,
    /// Passwords cannot be changed before the next power cycle (bit 3).
    pub frozen: bool,
    /// Too many wrong passwords (bit 4).
    pub count_expired: bool,
}

impl Identify {
    /// Reads a reply to IDENTIFY DEVICE.
    pub fn parse(reply: &[u8]) -> Self {
        let words = Words(Fields(reply).front(PAGE));
        // Bits 15:14 of words 83 and 87 are 01b where the words around them are valid.
        let supported = |word, bit| words.valid(83).and_then(|_| words.bit(word, bit));
        let enabled = |word, bit| words.valid(87).and_then(|_| words.bit(word, bit));
        // Words 84 and 87 carry validity bits of their own.
        let extended = |bit: u8| Feature {
            supported: words.valid(84).map(|word| word >> bit & 1 == 1),
            enabled: words.valid(87).map(|word| word >> bit & 1 == 1),
        };
        let feature = |first, second, bit| Feature { supported: supported(first, bit), enabled: enabled(second, bit) };
        let advanced_power_management = feature(83, 86, 3);
        let sizes = words.valid(106);
        let logical_sector = words.get(0).map(|_| match sizes {
            Some(sizes) if sizes >> 12 & 1 == 1 => words.double(117).map_or(512, |words| u64::from(words) * 2),
            _ => 512,
        });
        let sata = words.told(76).filter(|word| word & 1 == 0);
        Self {
            checksum: match words.get(255) {
                Some(word) if word & 0xff == 0xa5 => Checksum::of(words.0),
                Some(_) => Checksum::Absent,
                None => Checksum::Cut,
            },
            packet: words.bit(0, 15),
            incomplete: words
                .bit(0, 2)
                .zip(words.get(2))
                .map(|(bit, configuration)| bit || matches!(configuration, 0x37c8 | 0x8c73)),
            model: words.text(27, 20),
            serial: words.text(10, 10),
            firmware: words.text(23, 4),
            wwn: enabled(87, 8).filter(|there| *there).and_then(|_| words.wwn()),
            sectors: words.sectors(supported(83, 10)),
            logical_sector,
            physical_sector: logical_sector
                .map(|size| sizes.filter(|sizes| sizes >> 13 & 1 == 1).map_or(size, |sizes| size << (sizes & 0xf))),
            rotation: match words.get(217) {
                Some(1) => Some(Rotation::SolidState),
                Some(rpm @ 0x401..=0xfffe) => Some(Rotation::Rpm(rpm)),
                _ => None,
            },
            form_factor: words.told(168).and_then(|word| FormFactor::of(word & 0xf)),
            ata_version: words.told(80).and_then(|bits| (1..=14u8).rev().find(|version| bits >> version & 1 == 1)),
            sata_generation_max: sata.and_then(|word| (1..=3u8).rev().find(|bit| word >> bit & 1 == 1)),
            sata_generation: words
                .told(77)
                .and_then(|word| u8::try_from(word >> 1 & 7).ok())
                .filter(|generation| (1..=3).contains(generation)),
            phy_event_counters: sata.map(|word| word >> 10 & 1 == 1),
            queue_depth: sata
                .filter(|word| word >> 8 & 1 == 1)
                .and_then(|_| u8::try_from((words.get(75)? & 0x1f) + 1).ok()),
            smart: feature(82, 85, 0),
            error_log: extended(0),
            self_test: extended(1),
            general_purpose_log: extended(5),
            sct: words.told_bit(206, 0),
            sct_error_recovery: words.told_bit(206, 3),
            trim: words.told_bit(169, 0),
            trim_deterministic: words.told_bit(69, 14),
            trim_zeroes: words.told_bit(69, 5),
            write_cache: feature(82, 85, 5),
            power_management: feature(82, 85, 3),
            apm_level: advanced_power_management
                .enabled
                .filter(|enabled| *enabled)
                .and_then(|_| u8::try_from(words.get(91)? & 0xff).ok()),
            advanced_power_management,
            power_up_in_standby: feature(83, 86, 5),
            security: words.get(128).filter(|word| word & 1 == 1).map(|word| Security {
                enabled: word >> 1 & 1 == 1,
                locked: word >> 2 & 1 == 1,
                frozen: word >> 3 & 1 == 1,
                count_expired: word >> 4 & 1 == 1,
            }),
        }
    }

    /// Bytes that the drive holds.
    pub fn capacity(&self) -> Option<u64> {
        self.sectors?.checked_mul(self.logical_sector?)
    }
}

impl FormFactor {
    fn of(code: u16) -> Option<Self> {
        Some(match code {
            0 => return None,
            1 => Self::Inch525,
            2 => Self::Inch35,
            3 => Self::Inch25,
            4 => Self::Inch18,
            5 => Self::BelowInch18,
            6 => Self::MSata,
            7 => Self::M2,
            8 => Self::MicroSsd,
            9 => Self::CFast,
            other => Self::Other(other),
        })
    }
}

/// The reply by words, as the standard counts.
#[derive(Clone, Copy)]
struct Words<'a>(Fields<'a>);

impl Words<'_> {
    fn get(self, word: usize) -> Option<u16> {
        self.0.le16(word * 2)
    }

    fn bit(self, word: usize, bit: u8) -> Option<bool> {
        Some(self.get(word)? >> bit & 1 == 1)
    }

    /// A word that says something.
    fn told(self, word: usize) -> Option<u16> {
        self.get(word).filter(|word| !matches!(word, 0 | 0xffff))
    }

    /// A bit of a word where 0 is a "no"; FFFFh is a drive that does not know the word.
    fn told_bit(self, word: usize, bit: u8) -> Option<bool> {
        self.get(word).filter(|word| *word != 0xffff).map(|word| word >> bit & 1 == 1)
    }

    /// A word whose bits 15:14 are 01b, which marks it as valid.
    fn valid(self, word: usize) -> Option<u16> {
        self.get(word).filter(|word| word >> 14 == 1)
    }

    fn double(self, word: usize) -> Option<u32> {
        self.0.le32(word * 2)
    }

    fn quad(self, word: usize) -> Option<u64> {
        self.0.le64(word * 2)
    }

    fn sectors(self, long_addresses: Option<bool>) -> Option<u64> {
        let told = |sectors: &u64| *sectors != 0;
        let extended = self.told_bit(69, 3).filter(|extended| *extended).and_then(|_| self.quad(230)).filter(told);
        let long = long_addresses.filter(|long| *long).and_then(|_| self.quad(100)).filter(told);
        extended.or(long).or_else(|| self.double(60).map(u64::from).filter(told))
    }

    fn wwn(self) -> Option<u64> {
        let word = |at| self.get(at).map(u64::from);
        let wwn = word(108)? << 48 | word(109)? << 32 | word(110)? << 16 | word(111)?;
        (wwn != 0).then_some(wwn)
    }

    fn text(self, word: usize, words: usize) -> Option<String> {
        let swapped: Vec<u8> =
            self.0.bytes(word * 2, words * 2)?.chunks(2).flat_map(|word| word.iter().rev()).copied().collect();
        Fields(&swapped).text(0, swapped.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::page;
    use super::{Checksum, Feature, FormFactor, Identify, Rotation, Security};

    fn swapped(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(2).flat_map(|word| word.iter().rev()).copied().collect()
    }

    /// A drive with these words, the signature and a good checksum.
    fn drive(words: &[(usize, u16)]) -> Vec<u8> {
        let bytes: Vec<_> = words.iter().map(|(word, value)| (word * 2, value.to_le_bytes())).collect();
        let mut parts: Vec<(usize, &[u8])> = bytes.iter().map(|(at, bytes)| (*at, bytes.as_slice())).collect();
        parts.push((510, &[0xa5]));
        page(&parts)
    }

    const ON: Feature = Feature { supported: Some(true), enabled: Some(true) };

    #[test]
    fn texts_have_their_bytes_swapped() {
        let reply = page(&[
            (20, &swapped("           W-1234567")),
            (46, &swapped("SC60    ")),
            (54, &swapped("ST4000NM0035-1V4107                     ")),
        ]);
        let drive = Identify::parse(&reply);
        assert_eq!(drive.serial.as_deref(), Some("W-1234567"));
        assert_eq!(drive.firmware.as_deref(), Some("SC60"));
        assert_eq!(drive.model.as_deref(), Some("ST4000NM0035-1V4107"));
        assert_eq!(drive.checksum, Checksum::Absent);
    }

    #[test]
    fn what_a_drive_of_2015_says() {
        let drive = Identify::parse(&drive(&[
            (60, 0xffff),
            (61, 0x0fff),
            (75, 31),
            (76, 0x070e),
            (77, 0x0004),
            (80, 0x07f0),
            (82, 0x0029),
            (83, 0x4428),
            (84, 0x4163),
            (85, 0x0029),
            (86, 0x0028),
            (87, 0x4163),
            (91, 0x80fe),
            (100, 0xbeb0),
            (101, 0xd1c0),
            (102, 1),
            (106, 0x6003),
            (108, 0x5000),
            (109, 0xc500),
            (110, 0x1234),
            (111, 0x5678),
            (128, 0x0029),
            (168, 2),
            (206, 0x0039),
            (217, 7200),
        ]));
        assert_eq!(drive.checksum, Checksum::Good);
        assert_eq!(drive.wwn, Some(0x5000_c500_1234_5678));
        assert_eq!(drive.sectors, Some(0x1_d1c0_beb0));
        assert_eq!(drive.capacity(), Some(4_000_787_030_016));
        assert_eq!((drive.logical_sector, drive.physical_sector), (Some(512), Some(4096)));
        assert_eq!(drive.rotation, Some(Rotation::Rpm(7200)));
        assert_eq!(drive.form_factor, Some(FormFactor::Inch35));
        assert_eq!((drive.sata_generation_max, drive.sata_generation), (Some(3), Some(2)));
        assert_eq!(drive.ata_version, Some(10));
        assert_eq!((drive.phy_event_counters, drive.queue_depth), (Some(true), Some(32)));
        assert_eq!((drive.smart, drive.error_log, drive.self_test, drive.general_purpose_log), (ON, ON, ON, ON));
        assert_eq!((drive.write_cache, drive.advanced_power_management, drive.power_up_in_standby), (ON, ON, ON));
        assert_eq!(drive.apm_level, Some(0xfe));
        assert_eq!((drive.sct, drive.sct_error_recovery, drive.trim), (Some(true), Some(true), Some(false)));
        let security = Security { enabled: false, locked: false, frozen: true, count_expired: false };
        assert_eq!(drive.security, Some(security));
        assert_eq!((drive.packet, drive.incomplete), (Some(false), Some(false)));
    }

    #[test]
    fn sizes_of_sectors() {
        let check = |words: &[(usize, u16)], expect| {
            let drive = Identify::parse(&drive(words));
            assert_eq!((drive.logical_sector, drive.physical_sector), expect, "{words:04x?}");
        };
        check(&[], (Some(512), Some(512)));
        check(&[(106, 0x6003)], (Some(512), Some(4096)));
        check(&[(106, 0x5000), (117, 2048)], (Some(4096), Some(4096)));
        check(&[(106, 0xffff), (117, 2048)], (Some(512), Some(512)));
    }

    #[test]
    fn words_that_say_nothing() {
        let drive = Identify::parse(&drive(&[(76, 0xffff), (77, 0xffff), (80, 0xffff), (82, 0xffff), (206, 0xffff)]));
        assert_eq!((drive.sata_generation, drive.sata_generation_max), (None, None));
        assert_eq!((drive.ata_version, drive.sct), (None, None));
        assert_eq!(drive.smart, Feature { supported: None, enabled: None });
        assert_eq!((drive.wwn, drive.sectors, drive.rotation, drive.security), (None, None, None, None));
    }

    #[test]
    fn a_drive_that_must_spin_up_first() {
        let check =
            |words: &[(usize, u16)], expect| assert_eq!(Identify::parse(&drive(words)).incomplete, Some(expect));
        check(&[(2, 0xc837)], false);
        check(&[(2, 0x37c8)], true);
        check(&[(0, 4)], true);
    }

    #[test]
    fn a_bad_and_a_cut_checksum() {
        let mut reply = drive(&[]);
        reply[100] ^= 1;
        assert_eq!(Identify::parse(&reply).checksum, Checksum::Bad);
        assert_eq!(Identify::parse(&reply[..511]).checksum, Checksum::Cut);
        assert_eq!(Identify::parse(&[]).logical_sector, None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            Identify::parse(&bytes).capacity();
        }
    }
}
