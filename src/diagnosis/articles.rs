//! The article of each code: what it means, what is at stake, what to do, what not to do.

use crate::model::Code;

/// An article, as it is printed and searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Article {
    /// The code.
    pub code: Code,
    /// What happened, in a line.
    pub title: &'static str,
    /// The sections, in Markdown paragraphs and lists.
    pub means: &'static str,
    /// What may be lost.
    pub at_stake: &'static str,
    /// In order.
    pub to_do: &'static str,
    /// And why not.
    pub not_to_do: &'static str,
}

/// The article of a code.
pub fn article(code: Code) -> Article {
    let text = match code {
        Code::Relapse => include_str!("articles/relapse.md"),
        Code::ArrayFailed => include_str!("articles/array-failed.md"),
        Code::ArrayDegraded => include_str!("articles/array-degraded.md"),
        Code::RebuildFailed => include_str!("articles/rebuild-failed.md"),
        Code::DriveFailed => include_str!("articles/drive-failed.md"),
        Code::DriveMissing => include_str!("articles/drive-missing.md"),
        Code::FailurePredicted => include_str!("articles/failure-predicted.md"),
        Code::PowerFault => include_str!("articles/power-fault.md"),
        Code::MediaErrors => include_str!("articles/media-errors.md"),
        Code::MemberErrors => include_str!("articles/member-errors.md"),
        Code::LinkErrors => include_str!("articles/link-errors.md"),
        Code::DriveWorn => include_str!("articles/drive-worn.md"),
        Code::DriveHot => include_str!("articles/drive-hot.md"),
        Code::DriveSilent => include_str!("articles/drive-silent.md"),
        Code::SupplyFailed => include_str!("articles/supply-failed.md"),
        Code::HousingFault => include_str!("articles/housing-fault.md"),
        Code::CacheUnprotected => include_str!("articles/cache-unprotected.md"),
        Code::StreamDamaged => include_str!("articles/stream-damaged.md"),
        Code::ReportMissing => include_str!("articles/report-missing.md"),
        Code::SensorContradicted => include_str!("articles/sensor-contradicted.md"),
        Code::RecorderStopped => include_str!("articles/recorder-stopped.md"),
        Code::NotWatched => include_str!("articles/not-watched.md"),
        Code::EventNotUnderstood => include_str!("articles/event-not-understood.md"),
    };
    let section = |heading: &str| {
        let after = text.split_once(heading).map_or("", |(_, after)| after);
        after.split("\n## ").next().unwrap_or_default().trim()
    };
    Article {
        code,
        title: text.lines().next().unwrap_or_default().trim_start_matches('#').trim(),
        means: section("## What it means"),
        at_stake: section("## What is at stake"),
        to_do: section("## What to do"),
        not_to_do: section("## What not to do"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_whole_article() {
        for code in Code::ALL {
            let Article { title, means, at_stake, to_do, not_to_do, .. } = article(code);
            assert!((10..=70).contains(&title.len()), "{}: {title}", code.code());
            for section in [means, at_stake, to_do, not_to_do] {
                assert!(section.len() > 60 && !section.contains('#'), "{}: {section}", code.code());
            }
        }
    }
}
