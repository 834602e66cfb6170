//! Commands supported and effects, log 05h, 4096 bytes: which commands there are. Their effects are not read: nothing that has
//! one is ever sent.
//!
//! Source: Base, figure "Commands Supported and Effects Log Page"; NVME_CMD_EFFECTS_CSUPP of include/linux/nvme.h.

use crate::fields::Fields;

/// The commands that the controller has, by opcode, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    /// Admin commands (bytes 0..=1023).
    pub admin: Vec<u8>,
    /// I/O commands (bytes 1024..=2047).
    pub io: Vec<u8>,
}

impl Commands {
    /// Reads log page 05h. What is cut off counts as not supported: such a command is not sent.
    pub fn parse(log: &[u8]) -> Self {
        let fields = Fields(log);
        let supported = |base: usize| {
            (0..=255u8).filter(|opcode| fields.bit(base + usize::from(*opcode) * 4, 0) == Some(true)).collect()
        };
        Self { admin: supported(0), io: supported(1024) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Commands;

    #[test]
    fn supported_by_opcode() {
        let mut log = vec![0; 4096];
        log[2 * 4] = 1;
        log[6 * 4] = 3;
        log[7 * 4] = 2;
        log[1024 + 255 * 4] = 1;
        assert_eq!(Commands::parse(&log), Commands { admin: vec![2, 6], io: vec![255] });
        assert_eq!(Commands::parse(&log[..20]), Commands { admin: vec![2], io: vec![] });
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2100)) {
            Commands::parse(&bytes);
        }
    }
}
