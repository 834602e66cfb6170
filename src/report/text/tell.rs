//! Whether people would be told, for people.

use super::page::{BAD, GOOD, Page};
use crate::alerting::courier::Outcome;
use crate::words::clean;

/// A line for each channel that was tried.
pub fn tell_test(outcomes: &[Outcome]) -> String {
    let mut page = Page::new();
    let width = outcomes.iter().map(|outcome| clean(&outcome.channel).chars().count()).max().unwrap_or(0);
    for outcome in outcomes {
        let lead = format!("{:<width$}  ", clean(&outcome.channel));
        let took = outcome.took.as_secs_f64();
        match &outcome.result {
            Ok(()) => page.styled(0, &lead, GOOD, &format!("delivered in {took:.1} s to {}", clean(&outcome.to))),
            Err(failed) => page.styled(0, &lead, BAD, &format!("failed after {took:.1} s: {}", failed.why)),
        }
    }
    page.finish()
}
