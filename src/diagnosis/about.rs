//! Which observations tell of one drive, one bay, one array. A drive is the bay that it sat in at the time, so that a failure told
//! by the bay is one of the drive, and the other way round.

use super::timeline::{Placed, Timeline};
use crate::model::{Fact, Kind, Observation, Subject};
use chrono::{DateTime, Utc};

/// What the observations tell of one thing, in order of time.
pub fn about<'a>(observations: &'a [Observation], subject: &Subject) -> Vec<&'a Observation> {
    let timeline = Timeline::new(observations);
    let tells: Vec<&Placed<'a>> = timeline.all().filter(|one| tells_of(one, subject)).collect();
    tells.into_iter().map(|placed| placed.one).collect()
}

fn tells_of(placed: &Placed<'_>, subject: &Subject) -> bool {
    if placed.one.subject == *subject {
        return true;
    }
    match (&placed.one.fact, subject.kind()) {
        (Fact::Clock, _) => false,
        // What an array is made of, and where power went out, is told of these and not of each drive.
        (Fact::Layout(layout), Kind::Bay) => layout.members.iter().any(|member| member.bay == *subject),
        (Fact::Occupies { bay, .. }, Kind::Bay) => bay == subject,
        (Fact::Occupies { .. }, _) => false,
        (Fact::DriveReplaced { old, new }, Kind::Drive) => {
            let named = [old.as_deref(), new.as_deref()];
            named.contains(&subject.serial()) || placed.serial.as_deref() == subject.serial()
        }
        (_, Kind::Drive) => placed.serial.as_deref() == subject.serial(),
        (_, Kind::Bay) => placed.place == *subject,
        _ => false,
    }
}

/// What the observations tell of arrays and their members between two times: states, rebuilds, members that failed.
pub fn of_arrays(
    observations: &[Observation],
    is_concerned: impl Fn(&Subject) -> bool,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Vec<&Observation> {
    let tells = |one: &&Observation| {
        let of_array = matches!(
            one.fact,
            Fact::State(_)
                | Fact::RebuildStarted
                | Fact::RebuildCompleted
                | Fact::RebuildFailed
                | Fact::DriveReplaced { .. }
        );
        of_array
            && one.subject.kind() == Kind::Array
            && one.at.utc >= from
            && one.at.utc <= to
            && is_concerned(&one.subject)
    };
    observations.iter().filter(tells).collect()
}
