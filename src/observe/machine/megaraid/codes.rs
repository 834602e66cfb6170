//! What the codes of events say that matter here, from the maker's published list of event messages (MegaRAID SAS Software User Guide,
//! appendix on events); those that `megaraid_sas.h` has too (`MR_EVT_…`) are 5Bh, 70h, 51h, 8Ah, 8Bh, DBh, FCh. A code that is not
//! here is judged by its class. **Not proven on hardware.**

use crate::model::{ArrayState, Fact, Severity, Trouble};

/// What a code comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::observe) enum Says {
    /// A fact, and how bad it is.
    Fact(Fact, Severity),
    /// The new state of an array, which the arguments tell.
    ArrayState,
    /// The new state of a drive, which the arguments tell.
    DriveState,
    /// What the drive answered, which the arguments have.
    Sense,
}

/// What a code comes to; none of one that is not in the list.
pub(in crate::observe) fn says(code: u32) -> Option<Says> {
    use Severity::{Critical, Info, Warning};
    let trouble = |kind| Fact::Trouble { kind, times: 1 };
    let (fact, severity) = match code {
        0x51 => return Some(Says::ArrayState),
        0x72 | 0x73 => return Some(Says::DriveState),
        0x71 => return Some(Says::Sense),
        // The controller: its firmware died, its memory has errors, it dropped what the cache held.
        0x0f => (trouble(Trouble::Controller), Critical),
        0x02 | 0x0a | 0x0b | 0x0d | 0x20 => (trouble(Trouble::Controller), Critical),
        0x21 | 0xc9 | 0xca | 0xcb => (trouble(Trouble::Controller), Warning),
        // Bad blocks: found by background initialization, consistency check, patrol read, rebuild, recovery; reassigned.
        0x2f | 0x39 | 0x5d | 0x6e | 0xe2 => (trouble(Trouble::Medium), Warning),
        0x31 | 0x32 | 0x3c | 0x3e | 0x4b | 0x4c | 0x5f | 0x61 | 0x6c | 0x6d | 0x6f => {
            (trouble(Trouble::Medium), Critical)
        }
        0xc4 | 0xc5 => (trouble(Trouble::Medium), Warning),
        // Redundancy does not agree.
        0x3b | 0x3f => (trouble(Trouble::Member), Warning),
        // Error on a drive.
        0x57 => (trouble(Trouble::Command), Warning),
        0x60 => (Fact::FailurePredicted, Critical),
        0x70 | 0xf8 => (Fact::DriveRemoved, Warning),
        // A path broke; a wide port lost a link; too many errors on a phy.
        0x74 | 0xdf | 0xe1 => (trouble(Trouble::Link), Warning),
        0x10b => (trouble(Trouble::NoAnswer), Warning),
        0x10c => (trouble(Trouble::Link), Warning),
        0x62 | 0x65 | 0x66 => (Fact::RebuildFailed, Critical),
        0x63 | 0x64 => (Fact::RebuildCompleted, Info),
        0x69 | 0x6a => (Fact::RebuildStarted, Warning),
        // Enclosures: a fan, a supply, an interface module, temperatures.
        0xa6 | 0xa8 | 0xab | 0xae | 0xb1 | 0xb3 | 0xb8 => (trouble(Trouble::Housing), Warning),
        0xb2 | 0xb4 | 0xb5 => (trouble(Trouble::Housing), Critical),
        0xcc | 0xce => (Fact::PowerEvent, Warning),
        // The battery: hot, low, worn, out of reach.
        0x91 | 0x92 | 0x96 | 0x9a | 0xa2 | 0xc8 => (trouble(Trouble::Housing), Warning),
        0xf9 => (Fact::State(ArrayState::Optimal), Info),
        0xfa | 0xfb => (Fact::State(ArrayState::Degraded), Critical),
        0xfc => (Fact::State(ArrayState::Failed), Critical),
        _ => return None,
    };
    Some(Says::Fact(fact, severity))
}
