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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Database;

    #[test]
    fn the_last_that_is_kept_or_summed_up() {
        let check = |sql: &str, expect: Option<i64>| {
            let directory = tempfile::TempDir::new().expect("a temporary directory");
            let database = Database::write(&directory.path().join("history.db")).expect("a history");
            let history = database.connection();
            history
                .execute_batch(
                    "INSERT INTO stream VALUES (1, 'stream:a/x', NULL), (2, 'stream:b/x', NULL);
                     INSERT INTO subject VALUES (1, 'host:a');
                     INSERT INTO statement VALUES (1, 1, 1, 1, 0, 'note', '\"note\"', 'x'), (2, 2, 2, 1, 0, 'note', '\"note\"', 'x');",
                )
                .expect("sound SQL");
            history.execute_batch(sql).expect("sound SQL");
            let last = last_said(history, 1).expect("a history that can be read");
            assert_eq!(last.map(|last| last.timestamp()), expect, "{sql}");
        };
        let said = |stream: i64, at: i64, times: i64| {
            format!(
                "INSERT INTO observation VALUES ({stream}, {at}, {stream}, '', {times}, 1, 0, 9, 0, 0, NULL, NULL, NULL);"
            )
        };
        check("", None);
        check(&said(1, 50, 1), Some(50));
        check(&(said(1, 50, 1) + &said(1, 70, 2) + &said(1, 60, 1)), Some(70));
        check(&(said(1, 50, 1) + &said(1, 70, 0)), Some(50));
        check(&(said(1, 50, 1) + &said(2, 70, 1)), Some(50));
        check("INSERT INTO summary VALUES (1, 10, 20, 5), (2, 10, 90, 5)", Some(20));
        check(&("INSERT INTO summary VALUES (1, 10, 20, 5);".to_owned() + &said(1, 50, 1)), Some(50));
    }
}
