//! What was made of a stream up to a time, kept so that not all of it need be read again. What it is, this layer does not know.
//!
//! Where observations are summed up before a time, the last second before it has a checkpoint of another kind, a stream's *base*:
//! all that can still be made of the records that are gone. It lacks remarks, which are kept and may be taken back. It is neither
//! thinned away nor replaced, but by the base of a later time; and there is no checkpoint before it.

use super::reader;
use rusqlite::{Result, Transaction, params};

/// A checkpoint that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Its time: everything up to it, that second included, is in it.
    pub at: i64,
    /// What was made.
    pub digest: Vec<u8>,
}

/// Puts checkpoints, in order of time, in the place of those that are of a time or later, and marks the stream as up to date.
///
/// # Errors
/// If the history cannot be written.
pub fn replace(history: &Transaction<'_>, stream: i64, from: i64, new: &[New]) -> Result<()> {
    let kept_from = reader::kept_from(history)?.unwrap_or(i64::MIN);
    history.execute("DELETE FROM checkpoint WHERE stream = ?1 AND at >= ?2", [stream, from.max(kept_from)])?;
    let mut query = history.prepare_cached("SELECT at FROM checkpoint WHERE stream = ?1 AND at >= ?2 ORDER BY at")?;
    let mut times: Vec<i64> = query.query_map([stream, kept_from], |row| row.get(0))?.collect::<Result<_>>()?;
    times.extend(new.iter().map(|new| new.at).filter(|at| *at >= kept_from));
    let kept = thinned(&times);
    for at in times.iter().filter(|at| !kept.contains(at)) {
        history.execute("DELETE FROM checkpoint WHERE stream = ?1 AND at = ?2", [stream, *at])?;
    }
    for New { at, digest } in new.iter().filter(|new| kept.contains(&new.at)) {
        let sql = "INSERT OR REPLACE INTO checkpoint (stream, at, digest) VALUES (?1, ?2, ?3)";
        history.execute(sql, params![stream, at, digest])?;
    }
    history.execute("UPDATE stream SET stale_from = NULL WHERE id = ?1", [stream])?;
    Ok(())
}

/// Makes `base` the base of a stream, in the place of all checkpoints before it.
///
/// # Errors
/// If the history cannot be written.
pub fn set_base(history: &Transaction<'_>, stream: i64, base: &New) -> Result<()> {
    drop_before(history, stream, base.at)?;
    let sql = "INSERT OR REPLACE INTO checkpoint (stream, at, digest) VALUES (?1, ?2, ?3)";
    history.execute(sql, params![stream, base.at, base.digest])?;
    Ok(())
}

/// Drops the checkpoints of a stream up to a time.
///
/// # Errors
/// If the history cannot be written.
pub fn drop_before(history: &Transaction<'_>, stream: i64, at: i64) -> Result<()> {
    history.execute("DELETE FROM checkpoint WHERE stream = ?1 AND at <= ?2", [stream, at])?;
    Ok(())
}

/// The newest and fewer the older they are: what comes late is rarely very late. Times in order.
fn thinned(times: &[i64]) -> Vec<i64> {
    let back = [0, 1, 2, 4, 8, 16, 64, 256];
    back.iter().filter_map(|back| times.get(times.len().checked_sub(back + 1)?)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::thinned;

    #[test]
    fn fewer_the_older() {
        let check = |count: i64, expect: &[i64]| assert_eq!(thinned(&(1..=count).collect::<Vec<_>>()), expect);
        check(0, &[]);
        check(1, &[1]);
        check(3, &[3, 2, 1]);
        check(6, &[6, 5, 4, 2]);
        check(100, &[100, 99, 98, 96, 92, 84, 36]);
    }
}
