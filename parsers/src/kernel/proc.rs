//! Small files of procfs, and plain numbers of sysfs.

/// A file of lines, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines<T> {
    /// What was understood, in the order of the file.
    pub items: Vec<T>,
    /// Lines that were not understood, as they stand; what is not UTF-8 is U+FFFD.
    pub not_understood: Vec<String>,
}

impl<T> Lines<T> {
    fn read(text: &[u8], skip: usize, item: impl Fn(&[u8]) -> Option<T>) -> Self {
        let mut lines = Self { items: Vec::new(), not_understood: Vec::new() };
        for line in text.split(|byte| *byte == b'\n').skip(skip).filter(|line| !line.is_empty()) {
            match item(line) {
                Some(item) => lines.items.push(item),
                None => lines.not_understood.push(String::from_utf8_lossy(line).into_owned()),
            }
        }
        lines
    }
}

/// A line of /proc/self/mountinfo (proc(5)). Paths are bytes: a name in Linux need not be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Number of the mount.
    pub id: u32,
    /// Number of the mount it stands in; its own for the root.
    pub parent: u32,
    /// Major number of the device; 0 where no block device lies under it (tmpfs, btrfs, nfs).
    pub major: u32,
    /// Minor number of the device.
    pub minor: u32,
    /// The folder of the file system that is mounted: `/` unless a part is (a bind mount, a subvolume).
    pub root: Vec<u8>,
    /// Where, as this process sees it.
    pub mount_point: Vec<u8>,
    /// Options of the mount: `rw,relatime`.
    pub options: String,
    /// `ext4`, `fuse.sshfs`.
    pub fs_type: String,
    /// What is mounted as the file system names it: `/dev/md0`, `/dev/mapper/vg-data`, `none`.
    pub source: Vec<u8>,
    /// Options of the file system: `rw,errors=remount-ro`. Here stands `ro` when it was remounted after an error.
    pub super_options: String,
}

/// Reads /proc/self/mountinfo.
pub fn mountinfo(text: &[u8]) -> Lines<Mount> {
    Lines::read(text, 0, |line| {
        let mut words = line.split(|byte| *byte == b' ');
        let mut word = || words.next();
        let (id, parent) = (number(word()?)?, number(word()?)?);
        let device = std::str::from_utf8(word()?).ok()?;
        let (major, minor) = device.split_once(':')?;
        let (root, mount_point, options) = (word()?, word()?, word()?);
        while word()? != b"-" {}
        Some(Mount {
            id,
            parent,
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
            root: unescaped(root),
            mount_point: unescaped(mount_point),
            options: lossy(options),
            fs_type: lossy(word()?),
            source: unescaped(word()?),
            super_options: lossy(word().unwrap_or_default()),
        })
    })
}

/// A line of /proc/swaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// Path of the partition or file.
    pub path: Vec<u8>,
    /// `partition` or `file`.
    pub kind: String,
    /// KiB.
    pub size: u64,
    /// KiB in use.
    pub used: u64,
    /// Higher is used first.
    pub priority: i32,
}

/// Reads /proc/swaps, whose first line is a heading.
pub fn swaps(text: &[u8]) -> Lines<Swap> {
    Lines::read(text, 1, |line| {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let mut word = || words.next();
        let path = unescaped(word()?);
        let kind = lossy(word()?);
        Some(Swap { path, kind, size: number(word()?)?, used: number(word()?)?, priority: number(word()?)? })
    })
}

/// Whether a driver of /proc/devices makes character or block devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceClass {
    /// Character devices.
    Character,
    /// Block devices.
    Block,
}

/// A line of /proc/devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// Of which heading.
    pub class: DeviceClass,
    /// Major number.
    pub major: u32,
    /// Name: `megaraid_sas_ioctl`, `ipmidev`, `aac`, `nvme`.
    pub name: String,
}

/// Reads /proc/devices.
pub fn devices(text: &[u8]) -> Lines<Driver> {
    let mut lines = Lines { items: Vec::new(), not_understood: Vec::new() };
    let mut class = None;
    for line in String::from_utf8_lossy(text).lines().map(str::trim).filter(|line| !line.is_empty()) {
        let driver = || {
            let (major, name) = line.split_once(' ')?;
            Some(Driver { class: class?, major: major.parse().ok()?, name: name.to_owned() })
        };
        match (line, driver()) {
            ("Character devices:", _) => class = Some(DeviceClass::Character),
            ("Block devices:", _) => class = Some(DeviceClass::Block),
            (_, Some(driver)) => lines.items.push(driver),
            (_, None) => lines.not_understood.push(line.to_owned()),
        }
    }
    lines
}

/// `btime` of /proc/stat: when the host booted, seconds since 1970, as the present wall clock has it. It changes by a
/// second now and then, and when the clock is set: the boot id tells boots apart.
pub fn btime(text: &[u8]) -> Option<u64> {
    text.split(|byte| *byte == b'\n').find_map(|line| number(line.strip_prefix(b"btime ")?))
}

/// /proc/sys/kernel/random/boot_id: a UUID made anew at each boot.
pub fn boot_id(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let is_uuid = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    is_uuid.then(|| text.to_ascii_lowercase())
}

/// /proc/uptime: hundredths of a second since boot, time in suspend included.
pub fn uptime(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
    if hundredths.len() != 2 {
        return None;
    }
    seconds.parse::<u64>().ok()?.checked_mul(100)?.checked_add(hundredths.parse().ok()?)
}

/// A file that holds one number: /sys/power/suspend_stats/success and its like.
pub fn count(text: &[u8]) -> Option<u64> {
    number(text.trim_ascii())
}

fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Undoes `\040`: so stand blank, tab, line feed, backslash and `#` (`mangle` in fs/proc_namespace.c).
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let octal = after
            .get(..3)
            .filter(|_| *first == b'\\')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(octal.unwrap_or(*first));
        rest = if octal.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    bytes
}
