//! What was measured of a drive: from what to what, and how long its flash will last.

use crate::model::{Sample, Series};
use crate::observe::machine::{DaysLeft, days_left};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Wear in percent of what the maker promises, in the order in which it is believed.
const WEAR: [Series; 3] = [Series::NVME_PERCENTAGE_USED, Series::ATA_ENDURANCE_USED, Series::SCSI_ENDURANCE_USED];

/// The samples of a drive, summed up.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The first sample.
    pub from: DateTime<Utc>,
    /// The last.
    pub to: DateTime<Utc>,
    /// How many there are.
    pub samples: u64,
    /// Each series that was read: its first value and its last.
    pub values: Vec<(Series, u64, u64)>,
    /// Until the life that the maker promises is used up, counted from the last sample; none if it does not move.
    pub days_left: Option<DaysLeft>,
}

impl Measured {
    /// Of samples in the order of time; none of none.
    pub fn of(samples: &[Sample]) -> Option<Self> {
        let time = |sample: &Sample| DateTime::from_timestamp(sample.at, 0);
        let (from, to) = (samples.first().and_then(time)?, samples.last().and_then(time)?);
        let mut values: BTreeMap<Series, (u64, u64)> = BTreeMap::new();
        for sample in samples {
            for (series, value) in sample.values() {
                values.entry(*series).or_insert((*value, *value)).1 = *value;
            }
        }
        let wear = WEAR.into_iter().find_map(|series| {
            let used: Vec<(i64, u64)> =
                samples.iter().filter_map(|sample| Some((sample.at, sample.get(series)?))).collect();
            (!used.is_empty()).then_some(used)
        });
        let days_left = wear.and_then(|used| days_left(&used));
        let values = values.into_iter().map(|(series, (first, last))| (series, first, last)).collect();
        Some(Self { from, to, samples: samples.len() as u64, values, days_left })
    }
}
