//! The state of a logical drive.
//!
//! The numbers are those of `unit_status` in the reply to BMIC "Sense Logical Drive Status"; numbers and words are listed in the manual of
//! cciss_vol_status 1.12a (DIAGNOSTICS). `ssacli` has shorter words for the same.

/// How a logical drive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VolumeState {
    /// 0: `OK`.
    Ok,
    /// 1: `FAILED`, `Failed`.
    Failed,
    /// 2: `Not configured`.
    NotConfigured,
    /// 3: `Using interim recovery mode`, `Interim Recovery Mode`: it works without a member.
    InterimRecovery,
    /// 4: `Ready for recovery operation`, `Ready for Rebuild`: a member was replaced, and its rebuild has not begun.
    ReadyForRecovery,
    /// 5: `Currently recovering`, `Recovering`, `Rebuilding`: a member is being written anew.
    Recovering,
    /// 6: `Wrong physical drive was replaced`.
    WrongDriveReplaced,
    /// 7: `A physical drive is not properly connected`.
    NotConnected,
    /// 8: `Hardware is overheating`.
    Overheating,
    /// 9: `Hardware was overheated`.
    Overheated,
    /// 10: `Currently expanding` (cciss_vol_status 1.12a writes `expannding`), `Transforming`.
    Expanding,
    /// 11: `Not yet available`: it is not configured to its end yet.
    NotYetAvailable,
    /// 12: `Queued for expansion`.
    QueuedForExpansion,
    /// Words of no known state, as they stand.
    Other(String),
}

impl VolumeState {
    /// Reads the words of either tool, in any case, without what stands behind a comma (how far it is).
    pub fn read(text: &str) -> Self {
        let words = text.split_once(',').map_or(text, |(words, _)| words).trim().trim_end_matches('.');
        match words.to_ascii_lowercase().as_str() {
            "ok" => Self::Ok,
            "failed" => Self::Failed,
            "not configured" => Self::NotConfigured,
            "using interim recovery mode" | "interim recovery mode" => Self::InterimRecovery,
            "ready for recovery operation" | "ready for recovery" | "ready for rebuild" => Self::ReadyForRecovery,
            "currently recovering" | "recovering" | "rebuilding" => Self::Recovering,
            "wrong physical drive was replaced" | "wrong physical drive replaced" | "wrong drive replaced" => {
                Self::WrongDriveReplaced
            }
            "a physical drive is not properly connected" | "physical drive not properly connected" => {
                Self::NotConnected
            }
            "hardware is overheating" | "hardware overheating" | "overheating" => Self::Overheating,
            "hardware was overheated" | "hardware has overheated" | "overheated" => Self::Overheated,
            "currently expannding" | "currently expanding" | "expanding" | "transforming" => Self::Expanding,
            "not yet available" => Self::NotYetAvailable,
            "queued for expansion" | "queued for transformation" => Self::QueuedForExpansion,
            _ => Self::Other(text.trim().to_owned()),
        }
    }
}

/// How far something is, in hundredths of a percent, from 0 to 10000: `Recovering, 36% complete`, `24.13% complete`; some locales have a
/// comma for the point. Digits behind the second are left out.
pub fn progress(text: &str) -> Option<u32> {
    let (before, _) = text.split_once('%')?;
    let number = before.trim_end().rsplit(char::is_whitespace).next()?;
    let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let digit = |at: usize| part.chars().nth(at).map_or(Some(0), |digit| digit.to_digit(10));
    let whole: u32 = whole.parse().ok().filter(|percent| *percent <= 100)?;
    Some((whole * 100 + digit(0)? * 10 + digit(1)?).min(10_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_of_both_tools() {
        let check = |text: &str, expect: VolumeState| assert_eq!(VolumeState::read(text), expect, "{text}");
        check("OK", VolumeState::Ok);
        check("OK.", VolumeState::Ok);
        check("FAILED.", VolumeState::Failed);
        check("Interim Recovery Mode", VolumeState::InterimRecovery);
        check("Using interim recovery mode.", VolumeState::InterimRecovery);
        check("Recovering, 5.33% complete", VolumeState::Recovering);
        check("Currently expannding.", VolumeState::Expanding);
        check("OKAY", VolumeState::Other("OKAY".to_owned()));
        check("Shining, 5% complete", VolumeState::Other("Shining, 5% complete".to_owned()));
        check("", VolumeState::Other(String::new()));
    }

    #[test]
    fn how_far() {
        let check = |text: &str, expect| assert_eq!(progress(text), expect, "{text}");
        check("Recovering, 36% complete", Some(3600));
        check("Transforming, 24.13% complete", Some(2413));
        check("Recovering, 5,3 % complete", Some(530));
        check("100.00%", Some(10_000));
        check("101%", None);
        check("36 complete", None);
        check("x%", None);
        check("1.x%", None);
    }

    proptest! {
        #[test]
        fn any_text(text: String) {
            VolumeState::read(&text);
            prop_assert!(progress(&text).is_none_or(|done| done <= 10_000));
        }
    }
}
