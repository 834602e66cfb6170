//! Damage as disks and file systems do it: what stands in the place of a line's rest is not the line's.

use crate::random::Random;

const OTHER_FILE: &str = "# device            mount point   type   options        dump  pass\n\
                          /dev/sda1           /             ext3   noatime        1     1\n\
                          /dev/sdb1           /var/lib/db   xfs    noatime,quota  1     2\n\
                          proc                /proc         proc   defaults       0     0\n";

/// Writes a line that breaks off, and what got into the place of its rest.
pub fn harm(line: &[u8], random: &mut Random, out: &mut Vec<u8>) {
    out.extend_from_slice(&line[..random.below(line.len())]);
    match random.below(4) {
        // Torn: the next line follows.
        0 => {}
        1 => out.resize(out.len() + 16 + random.below(4096), 0),
        2 => out.extend_from_slice(OTHER_FILE.as_bytes()),
        _ => out.extend((0..32 + random.below(480)).map(|_| random.below(256) as u8)),
    }
}
