//! How far a stream reaches.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, Result};

/// The time of the last that a stream said, also where it is summed up by now.
///
/// # Errors
/// If the history cannot be read.
pub fn last_said(history: &Connection, stream: i64) -> Result<Option<DateTime<Utc>>> {
    let kept = "SELECT at FROM observation WHERE stream = ?1 AND times > 0 ORDER BY at DESC LIMIT 1";
    let summed_up = "SELECT max(u.last) FROM summary u JOIN statement s ON s.id = u.statement WHERE s.stream = ?1";
    let kept: Option<i64> = history.prepare_cached(kept)?.query_row([stream], |row| row.get(0)).optional()?;
    let last = match kept {
        Some(last) => Some(last),
        None => history.prepare_cached(summed_up)?.query_row([stream], |row| row.get(0))?,
    };
    Ok(last.and_then(|last| DateTime::from_timestamp(last, 0)))
}
