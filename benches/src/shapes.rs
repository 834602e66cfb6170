//! Shapes that samples can have in SQLite: that of the history, and those that come to mind first.

use anyhow::{Context as _, ensure};
use arraywatch::history::samples;
use arraywatch::model::{Part, Sample, Series};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params_from_iter, types::Value};
use std::iter::once;

/// A way to keep samples. What is read is read to the value, so that all do the same work.
pub trait Shape {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// Its tables, for all numbers of values that samples have.
    fn schema(&self, widths: &[usize]) -> String;

    /// Keeps a drive's samples.
    ///
    /// # Errors
    /// Those of the database.
    fn put(&self, transaction: &Transaction<'_>, drive: i64, samples: &[Sample]) -> anyhow::Result<()>;

    /// All samples of a drive whose samples have `width` values.
    ///
    /// # Errors
    /// Those of the database.
    fn all(&self, connection: &Connection, drive: i64, width: usize) -> anyhow::Result<Vec<Sample>>;

    /// Reads the newest sample of each drive, given with its width; how many values there were.
    ///
    /// # Errors
    /// Those of the database.
    fn newest(&self, connection: &Connection, drives: &[(i64, usize)]) -> anyhow::Result<usize>;
}

/// As arraywatch keeps them.
#[derive(Debug)]
pub struct Chunks;

impl Shape for Chunks {
    fn name(&self) -> &'static str {
        "arraywatch"
    }

    fn schema(&self, _: &[usize]) -> String {
        include_str!("../../src/history/schema/0002.sql").to_owned()
    }

    fn put(&self, transaction: &Transaction<'_>, drive: i64, samples: &[Sample]) -> anyhow::Result<()> {
        let added = samples::append(transaction, drive, samples)?;
        ensure!(added.new == samples.len(), "{added:?}");
        Ok(())
    }

    fn all(&self, connection: &Connection, drive: i64, _: usize) -> anyhow::Result<Vec<Sample>> {
        let range = samples::range(connection, drive, i64::MIN, i64::MAX)?;
        ensure!(range.damaged.is_empty(), "{:?}", range.damaged);
        Ok(range.samples)
    }

    fn newest(&self, connection: &Connection, _: &[(i64, usize)]) -> anyhow::Result<usize> {
        let (mut values, mut damaged) = (0, 0);
        samples::newest(connection, |_, sample| match sample {
            Ok(sample) => values += sample.values().len(),
            Err(_) => damaged += 1,
        })?;
        ensure!(damaged == 0, "{damaged} damaged");
        Ok(values)
    }
}

/// A row for each sample. So that no row has columns that its drive does not, drives have the table of their number of values.
#[derive(Debug)]
pub struct Wide;

impl Shape for Wide {
    fn name(&self) -> &'static str {
        "a wide row"
    }

    fn schema(&self, widths: &[usize]) -> String {
        let table = |width: &usize| {
            let columns: String = (0..*width).map(|at| format!("v{at} INTEGER, ")).collect();
            format!(
                "CREATE TABLE wide{width} (drive INTEGER, at INTEGER, {columns} PRIMARY KEY (drive, at)) WITHOUT ROWID;"
            )
        };
        widths.iter().map(table).collect()
    }

    fn put(&self, transaction: &Transaction<'_>, drive: i64, samples: &[Sample]) -> anyhow::Result<()> {
        for sample in samples {
            let width = sample.values().len();
            let places = "?, ".repeat(width);
            let mut insert = transaction.prepare_cached(&format!("INSERT INTO wide{width} VALUES ({places} ?, ?)"))?;
            let values = sample.values().iter().map(|(_, value)| value.cast_signed());
            insert.execute(params_from_iter([drive, sample.at].into_iter().chain(values)))?;
        }
        Ok(())
    }

    fn all(&self, connection: &Connection, drive: i64, width: usize) -> anyhow::Result<Vec<Sample>> {
        let mut rows = connection.prepare_cached(&format!("SELECT * FROM wide{width} WHERE drive = ? ORDER BY at"))?;
        let samples = rows.query_map([drive], |row| wide(row, width))?;
        Ok(samples.collect::<Result<_, _>>()?)
    }

    fn newest(&self, connection: &Connection, drives: &[(i64, usize)]) -> anyhow::Result<usize> {
        let newest = |(drive, width): &(i64, usize)| {
            let sql = format!("SELECT * FROM wide{width} WHERE drive = ? ORDER BY at DESC LIMIT 1");
            let sample = connection.prepare_cached(&sql)?.query_row([drive], |row| wide(row, *width))?;
            Ok(sample.values().len())
        };
        drives.iter().map(newest).sum()
    }
}

/// The series are not in the table; any that are in order do for the measuring.
fn wide(row: &rusqlite::Row<'_>, width: usize) -> rusqlite::Result<Sample> {
    let values = (0_u16..).take(width).filter_map(Series::new).enumerate();
    let values = values.map(|(at, series)| Ok((series, row.get::<_, i64>(at + 2)?.cast_unsigned())));
    Ok(Sample::new(row.get(1)?, values.collect::<rusqlite::Result<Vec<_>>>()?))
}

/// A row for each attribute; the four values of an ATA attribute share one.
#[derive(Debug)]
pub struct Attributes;

impl Shape for Attributes {
    fn name(&self) -> &'static str {
        "a row an attribute"
    }

    fn schema(&self, _: &[usize]) -> String {
        "CREATE TABLE attribute (drive INTEGER, at INTEGER, series INTEGER, raw INTEGER, value INTEGER, worst INTEGER,
           threshold INTEGER, PRIMARY KEY (drive, at, series)) WITHOUT ROWID;"
            .to_owned()
    }

    fn put(&self, transaction: &Transaction<'_>, drive: i64, samples: &[Sample]) -> anyhow::Result<()> {
        let mut insert = transaction.prepare_cached("INSERT INTO attribute VALUES (?, ?, ?, ?, ?, ?, ?)")?;
        for sample in samples {
            for (series, raw) in sample.values() {
                let others = match series.attribute() {
                    None => [Value::Null, Value::Null, Value::Null],
                    Some((attribute, Part::Raw)) => [Part::Value, Part::Worst, Part::Threshold].map(|part| {
                        let value = sample.get(Series::ata(attribute, part));
                        value.map_or(Value::Null, |value| value.cast_signed().into())
                    }),
                    Some(_) => continue,
                };
                let key = [drive, sample.at, series.id().into(), raw.cast_signed()].map(Value::from);
                insert.execute(params_from_iter(key.into_iter().chain(others)))?;
            }
        }
        Ok(())
    }

    fn all(&self, connection: &Connection, drive: i64, _: usize) -> anyhow::Result<Vec<Sample>> {
        let mut rows = connection.prepare_cached(
            "SELECT at, series, raw, value, worst, threshold FROM attribute WHERE drive = ? ORDER BY at, series",
        )?;
        rows_to_samples(rows.query([drive])?)
    }

    fn newest(&self, connection: &Connection, drives: &[(i64, usize)]) -> anyhow::Result<usize> {
        let mut last =
            connection.prepare_cached("SELECT at FROM attribute WHERE drive = ? ORDER BY at DESC LIMIT 1")?;
        let mut rows = connection.prepare_cached(
            "SELECT at, series, raw, value, worst, threshold FROM attribute WHERE drive = ? AND at = ? ORDER BY series",
        )?;
        let newest = |(drive, _): &(i64, usize)| {
            let at: i64 = last.query_row([drive], |row| row.get(0)).optional()?.context("no sample")?;
            let sample = rows_to_samples(rows.query([*drive, at])?)?.pop().context("no rows")?;
            Ok(sample.values().len())
        };
        drives.iter().map(newest).sum()
    }
}

/// Rows in the order of time.
fn rows_to_samples(mut rows: rusqlite::Rows<'_>) -> anyhow::Result<Vec<Sample>> {
    let mut samples = Vec::new();
    let (mut at, mut values) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        let time = row.get(0)?;
        if time != at && !values.is_empty() {
            samples.push(Sample::new(at, values.drain(..)));
        }
        at = time;
        let series = Series::new(row.get(1)?).context("no such series")?;
        values.push((series, row.get::<_, i64>(2)?.cast_unsigned()));
        if let Some((attribute, _)) = series.attribute() {
            for (column, part) in (3..).zip([Part::Value, Part::Worst, Part::Threshold]) {
                values.push((Series::ata(attribute, part), row.get::<_, i64>(column)?.cast_unsigned()));
            }
        }
    }
    Ok(samples.into_iter().chain(once(Sample::new(at, values)).filter(|sample| !sample.values().is_empty())).collect())
}
