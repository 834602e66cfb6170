//! The life of a database, with invented migrations.

mod damage;
mod faults;
mod migrations;
mod opening;
mod sharing;

use super::header::beside;
use super::*;
use rusqlite::Connection;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const V1: Migration = Migration {
    version: 1,
    sql: "CREATE TABLE drive (id INTEGER PRIMARY KEY, serial TEXT NOT NULL UNIQUE) STRICT;
          CREATE TABLE sample (drive INTEGER NOT NULL REFERENCES drive, value INTEGER NOT NULL) STRICT;",
};
const V2: Migration = Migration {
    version: 2,
    sql: "ALTER TABLE drive ADD COLUMN model TEXT; CREATE INDEX sample_drive ON sample (drive);",
};
// A table that others refer to is built anew, which is what needs foreign keys not to be enforced.
const V3: Migration = Migration {
    version: 3,
    sql: "CREATE TABLE anew (id INTEGER PRIMARY KEY, serial TEXT NOT NULL UNIQUE, model TEXT NOT NULL) STRICT;
          INSERT INTO anew SELECT id, serial, coalesce(model, 'unknown') FROM drive;
          DROP TABLE drive; ALTER TABLE anew RENAME TO drive;",
};
static LISTS: [&[Migration]; 4] = [&[], &[V1], &[V1, V2], &[V1, V2, V3]];

/// Where a history is to be.
struct Scene(TempDir);

impl Scene {
    /// In memory where that can be had: these tests sync thousands of times, and lose no power.
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let scene = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        Self(scene.expect("a temporary directory"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("history.db")
    }

    /// A history of version 1 or later, with two drives.
    fn holding(version: usize) -> Self {
        let scene = Self::new();
        let sql =
            "INSERT INTO drive (id, serial) VALUES (1, 'A'), (2, 'B'); INSERT INTO sample VALUES (1, 10), (2, 20);";
        let mut database = Database::write_with(&scene.path(), LISTS[1]).expect("a new history");
        database.transaction("write", |transaction| transaction.execute_batch(sql)).expect("a batch");
        drop(database);
        drop(Database::write_with(&scene.path(), LISTS[version]).expect("a newer version"));
        for version in 2..=version {
            fs::remove_file(scene.before(version)).expect("a copy");
        }
        scene
    }

    fn before(&self, version: usize) -> PathBuf {
        beside(&self.path(), &format!(".before-v{version}"))
    }

    /// The names of all files but the lock.
    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.0.path()).expect("a directory").flatten();
        let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| !name.ends_with(".writer")).collect();
        names.sort();
        names
    }
}

fn mode(path: &Path) -> u32 {
    path.metadata().expect("a file").permissions().mode() & 0o777
}

/// All that a database holds, as text.
fn dump(connection: &Connection) -> String {
    let mut dumped = String::new();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let tables: Vec<String> = connection
        .prepare(sql)
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .expect("a schema");
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY 1, 2")).expect("a table");
        let columns = statement.column_count();
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let values: Vec<_> = (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column)).collect();
            dumped += &format!("{table} {values:?}\n");
        }
    }
    dumped
}

fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").expect("a schema");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<rusqlite::Result<_>>().expect("rows")
}

fn pragma(database: &Database, name: &str) -> String {
    let value = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
    match database.connection().query_row(&format!("PRAGMA {name}"), [], value).expect("a pragma") {
        rusqlite::types::Value::Text(text) => text,
        rusqlite::types::Value::Integer(number) => number.to_string(),
        other => panic!("{other:?}"),
    }
}
