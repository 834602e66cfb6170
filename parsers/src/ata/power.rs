//! CHECK POWER MODE (E5h): whether the drive is awake, asked without waking it.

/// The power mode (ACS-4, command CHECK POWER MODE, the COUNT field of its result).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerMode {
    /// 00h: standby (standby_z where the drive has extended power conditions). The disk does not turn.
    Standby,
    /// 01h: standby_y. The disk does not turn.
    StandbyY,
    /// 40h: active by the non-volatile cache, the disk does not turn (NV cache power mode, ATA8-ACS).
    CacheSpunDown,
    /// 41h: active by the non-volatile cache, the disk turns (ATA8-ACS).
    CacheSpunUp,
    /// 80h: idle.
    Idle,
    /// 81h: idle_a.
    IdleA,
    /// 82h: idle_b.
    IdleB,
    /// 83h: idle_c: turns slower.
    IdleC,
    /// FFh: active or idle.
    Active,
    /// A value that the standard reserves.
    Other(u8),
}

impl PowerMode {
    /// From the COUNT register.
    pub fn of(count: u8) -> Self {
        match count {
            0x00 => Self::Standby,
            0x01 => Self::StandbyY,
            0x40 => Self::CacheSpunDown,
            0x41 => Self::CacheSpunUp,
            0x80 => Self::Idle,
            0x81 => Self::IdleA,
            0x82 => Self::IdleB,
            0x83 => Self::IdleC,
            0xff => Self::Active,
            other => Self::Other(other),
        }
    }

    /// A read from the medium would spin the disk up, so it must not be asked for one. An unknown mode is taken for sleep: a
    /// drive that is left alone is harmed less than one that is woken.
    pub fn asleep(self) -> bool {
        matches!(self, Self::Standby | Self::StandbyY | Self::CacheSpunDown | Self::Other(_))
    }
}

#[cfg(test)]
mod tests {
    use super::PowerMode;

    #[test]
    fn who_sleeps() {
        let check =
            |count, mode, asleep| assert_eq!((PowerMode::of(count), PowerMode::of(count).asleep()), (mode, asleep));
        check(0x00, PowerMode::Standby, true);
        check(0x01, PowerMode::StandbyY, true);
        check(0x40, PowerMode::CacheSpunDown, true);
        check(0x41, PowerMode::CacheSpunUp, false);
        check(0x80, PowerMode::Idle, false);
        check(0x83, PowerMode::IdleC, false);
        check(0xff, PowerMode::Active, false);
        check(0x7e, PowerMode::Other(0x7e), true);
    }
}
