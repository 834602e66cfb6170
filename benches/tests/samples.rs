//! What the history promises of the size of samples: bytes are the same on every machine, unlike times.

use arraywatch::history::samples::append;
use arraywatch_benches::samples::{DAY, Drive};
use rusqlite::Connection;

const SCHEMA: &str = include_str!("../../src/history/schema/0002.sql");

/// Bytes of the whole file for a sample.
fn bytes_a_sample(drives: i64, polls: usize, every: i64) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history");
    let mut connection = Connection::open(&path).unwrap();
    // What the disk does at the end of a transaction has no part in the size.
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;").unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    let mut fleet: Vec<_> = (0..drives).map(|number| (number, Drive::new(1, number, every))).collect();
    let mut samples = 0;
    // A poll of all drives at a time, as they come in life: chunks grow side by side.
    for _ in 0..polls {
        let transaction = connection.transaction().unwrap();
        for (number, drive) in &mut fleet {
            let sample = drive.next().unwrap();
            samples += append(&transaction, *number, &[sample]).unwrap().new;
        }
        transaction.commit().unwrap();
    }
    drop(connection);
    let bytes = std::fs::metadata(path).unwrap().len() as f64 / samples as f64;
    println!("{bytes:.1} bytes a sample");
    bytes
}

#[test]
fn a_year_of_daily_samples_has_at_most_60_bytes_each() {
    let bytes = bytes_a_sample(100, 365, DAY);
    assert!(bytes <= 60.0, "{bytes:.1} bytes a sample");
}

#[test]
fn so_have_hourly_ones() {
    let bytes = bytes_a_sample(20, 24 * 60, 3_600);
    assert!(bytes <= 60.0, "{bytes:.1} bytes a sample");
}
