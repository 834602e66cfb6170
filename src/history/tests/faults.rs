//! The disk fails, at every place that it can: the history is as before or after a batch, and the next run completes it.

use super::*;
use arraywatch_faults::{every_fault, with_fault};
use std::collections::BTreeMap;

/// What the machine's failing may be told as. Anything else would blame the wrong one: us, or the file.
const BLAMED: [&str; 5] = ["full", "io-error", "not-permitted", "corrupt", "copy-unsound"];

/// Rows of a batch: enough for several pages.
const ROWS: usize = 40;

/// A work to be tried with every fault.
struct Trial<'a> {
    /// The file that it starts from, if there is one.
    start: Option<Vec<u8>>,
    /// What is done; done again, it changes nothing more.
    work: &'a dyn Fn(&Scene) -> Result<(), Trouble>,
    /// What a scene holds.
    state: &'a dyn Fn(&Scene) -> String,
    /// What it may hold in between.
    between: &'a [&'a str],
    /// What it holds when the work is done.
    end: &'a str,
}

impl Trial<'_> {
    /// Tries every fault; gives how many fired.
    fn run(&self) -> u64 {
        let mut told: BTreeMap<&str, u64> = BTreeMap::new();
        let fired = every_fault(|fault| {
            let scene = Scene::new();
            if let Some(start) = &self.start {
                fs::write(scene.path(), start).expect("a file");
            }
            let (result, fired) = with_fault(fault, || (self.work)(&scene));
            match result {
                Ok(()) => *told.entry("ok").or_default() += 1,
                Err(trouble) => {
                    assert!(fired, "{fault:?}: {trouble}");
                    assert!(BLAMED.contains(&trouble.code()), "{fault:?}: {trouble}");
                    *told.entry(trouble.code()).or_default() += 1;
                }
            }
            let between = (self.state)(&scene);
            assert!(self.between.contains(&between.as_str()) || between == self.end, "{fault:?}: {between}");
            (self.work)(&scene).unwrap_or_else(|trouble| panic!("{fault:?}: the next run: {trouble}"));
            assert_eq!((self.state)(&scene), self.end, "{fault:?}");
            fired
        });
        println!("{fired} faults fired: {told:?}");
        fired
    }
}

/// A sound history in a word: its version, and how many rows of each batch it holds.
fn summary(scene: &Scene) -> String {
    let database = match Database::read_with(&scene.path(), LISTS[2]) {
        Ok(database) => database,
        Err(trouble) if trouble.code() == "no-history" => return "nothing".to_owned(),
        Err(trouble) => panic!("{trouble}"),
    };
    assert_eq!(database.check().expect("questions"), []);
    let version = if database.notices().is_empty() { "newest" } else { "older" };
    let sql = "SELECT substr(serial, 1, 1) || count(*) FROM drive GROUP BY substr(serial, 1, 1) ORDER BY 1";
    let mut statement = database.connection().prepare(sql).expect("a table");
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    rows.fold(version.to_owned(), |told, row| told + " " + &row.expect("a row"))
}

/// A file of a version, closed and whole.
fn history(version: usize) -> Option<Vec<u8>> {
    Some(fs::read(Scene::holding(version).path()).expect("a file"))
}

fn batches(scene: &Scene) -> Result<(), Trouble> {
    let mut database = Database::write_with(&scene.path(), LISTS[2])?;
    for batch in ["x", "y"] {
        database.transaction("write a batch to", |transaction| {
            let mut insert = transaction.prepare("INSERT OR IGNORE INTO drive (serial, model) VALUES (?, ?)")?;
            (0..ROWS).try_for_each(|row| insert.execute((format!("{batch}{row}"), "m".repeat(400))).map(drop))
        })?;
    }
    Ok(())
}

#[test]
fn a_batch() {
    let (before, first, both) = ("newest A1 B1", "newest A1 B1 x40", "newest A1 B1 x40 y40");
    let trial = Trial { start: history(2), work: &batches, state: &summary, between: &[before, first], end: both };
    assert!(trial.run() > 100);
}

#[test]
fn a_new_history() {
    let work = |scene: &Scene| {
        let database = Database::write_with(&scene.path(), LISTS[2])?;
        assert_eq!(pragma(&database, "journal_mode"), "wal", "what opens is as promised");
        Ok(())
    };
    let trial = Trial { start: None, work: &work, state: &summary, between: &["nothing", "older"], end: "newest" };
    assert!(trial.run() > 50);
}

#[test]
fn a_migration() {
    let work = |scene: &Scene| Database::write_with(&scene.path(), LISTS[2]).map(drop);
    let state = |scene: &Scene| {
        for copy in scene.names().iter().filter(|name| name.contains(".before-v2")) {
            let copy =
                Database::read_with(&scene.0.path().join(copy), LISTS[1]).expect("a copy with its name is whole");
            assert_eq!((copy.version().expect("a version"), copy.check().expect("questions")), (1, vec![]));
        }
        summary(scene)
    };
    let trial = Trial { start: history(1), work: &work, state: &state, between: &["older A1 B1"], end: "newest A1 B1" };
    assert!(trial.run() > 100);
}

#[test]
fn a_copy() {
    let to = |scene: &Scene| scene.0.path().join("copy.db");
    let work = |scene: &Scene| {
        let database = Database::read_with(&scene.path(), LISTS[1])?;
        if to(scene).exists() { Ok(()) } else { database.backup(&to(scene)) }
    };
    let state = |scene: &Scene| {
        assert_eq!(summary(scene), "older A1 B1");
        let left = scene.names().into_iter().filter(|name| name.contains("arraywatch-copy")).count();
        assert_eq!(left, 0, "what is unfinished is thrown away");
        match Database::read_with(&to(scene), LISTS[1]) {
            Ok(copy) => format!("copied, {} findings", copy.check().expect("questions").len()),
            Err(trouble) => trouble.code().to_owned(),
        }
    };
    let trial =
        Trial { start: history(1), work: &work, state: &state, between: &["no-history"], end: "copied, 0 findings" };
    assert!(trial.run() > 10);
}
