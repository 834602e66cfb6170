//! The life of a database, with invented migrations.

use super::header::beside;
use super::*;
use arraywatch_faults::{every_fault, with_fault};
use proptest::prelude::*;
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
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary directory"))
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

#[test]
fn a_new_history() {
    let scene = Scene::new();
    let path = scene.0.path().join("state/arraywatch/history.db");
    let database = Database::write_with(&path, LISTS[2]).expect("a new history");
    assert_eq!((mode(&path), mode(path.parent().expect("a directory"))), (0o600, 0o700));
    assert_eq!((mode(&beside(&path, "-wal")), mode(&beside(&path, ".writer"))), (0o600, 0o600));
    assert_eq!(
        (database.access(), database.path(), database.version().expect("a version")),
        (Access::Write, path.as_path(), 2)
    );
    let check = |name, expect: &str| assert_eq!(pragma(&database, name), expect, "{name}");
    check("journal_mode", "wal");
    check("synchronous", "2");
    check("foreign_keys", "1");
    check("trusted_schema", "0");
    check("busy_timeout", "5000");
    check("application_id", &APPLICATION_ID.to_string());
    assert_eq!(database.check().expect("questions"), []);
    let header = fs::read(&path).expect("a file");
    assert_eq!(header.get(68..72), Some(&b"arwa"[..]), "the file itself tells whose it is, before the log is in it");
}

/// What lies at the path, what is said of it by who wants to write or to read, and that its bytes are as before.
#[test]
fn what_is_not_ours_is_left_as_it_is() {
    let foreign = |id: u32, table: bool| {
        let scene = Scene::new();
        let connection = Connection::open(scene.path()).expect("a database");
        connection.pragma_update(None, "application_id", id).expect("an id");
        connection.execute_batch(if table { "CREATE TABLE t (x)" } else { "VACUUM" }).expect("a table");
        drop(connection);
        fs::read(scene.path()).expect("a file")
    };
    let ours = |version: usize| fs::read(Scene::holding(version).path()).expect("a file");
    let truncated = |length: usize| ours(2).get(..length).expect("it is longer").to_vec();
    let check = |bytes: &[u8], code: &str, exit: u8, told: &str| {
        let scene = Scene::new();
        fs::write(scene.path(), bytes).expect("a file");
        for opened in [Database::write_with(&scene.path(), LISTS[2]), Database::read_with(&scene.path(), LISTS[2])] {
            let trouble = opened.map(drop).expect_err(told);
            assert_eq!((trouble.code(), trouble.exit()), (code, exit), "{trouble}");
            assert!(trouble.to_string().contains(told), "{trouble}");
        }
        assert!(fs::read(scene.path()).expect("a file") == bytes, "{code}: it was written to");
    };
    check(b"October 26, 2013 8:38:31 AM CDT INF 423\n", "not-a-database", 65, "is no SQLite database");
    check(&[0; 8192], "not-a-database", 65, "is no SQLite database");
    check(&foreign(0, true), "not-ours", 65, "of another program (application id 0x00000000)");
    check(&foreign(0, false), "not-ours", 65, "of another program (application id 0x00000000)");
    check(&foreign(0x4747_5031, true), "not-ours", 65, "of another program (application id 0x47475031)");
    check(&ours(3), "newer", 65, "(version 3 of the database, 2 is the newest known here)");
    check(&truncated(50), "corrupt", 65, "is damaged (it ends within its header)");
    check(&truncated(4096), "corrupt", 65, "is damaged (database disk image is malformed)");
    check(&truncated(10_000), "corrupt", 65, "is damaged (database disk image is malformed)");
}

#[test]
fn what_is_no_file_is_refused() {
    let check = |path: &Path, code: &str, told: &str| {
        for opened in [Database::write_with(path, LISTS[1]), Database::read_with(path, LISTS[1])] {
            let trouble = opened.map(drop).expect_err(told);
            assert_eq!(trouble.code(), code, "{trouble}");
            assert!(trouble.to_string().contains(told), "{trouble}");
        }
    };
    let scene = Scene::new();
    fs::write(scene.path(), "text").expect("a file");
    let link = scene.0.path().join("link");
    check(scene.0.path(), "not-a-file", "is a directory");
    check(Path::new("/dev/null"), "not-a-file", "is a device");
    check(&scene.path().join("below"), "not-a-file", "is below something that is no directory");
    std::os::unix::fs::symlink(scene.0.path().join("nowhere"), &link).expect("a link");
    let trouble = Database::write_with(&link, LISTS[1]).map(drop).expect_err("it leads nowhere");
    assert!(trouble.to_string().contains("is a link that leads nowhere"), "{trouble}");
    assert_eq!(scene.names(), ["history.db", "link"]);
}

#[test]
fn nothing_to_read() {
    let scene = Scene::new();
    let code = || Database::read_with(&scene.path(), LISTS[1]).map(drop).expect_err("nothing is there").code();
    assert_eq!(code(), "no-history");
    assert_eq!(scene.names(), <[&str; 0]>::default(), "who reads makes nothing");
    fs::write(scene.path(), "").expect("a file");
    assert_eq!(code(), "no-history");
    // An empty file may become a history.
    Database::write_with(&scene.path(), LISTS[1]).expect("a new history");
}

#[test]
fn a_log_without_its_database_is_kept() {
    let scene = Scene::holding(1);
    let database = Database::write_with(&scene.path(), LISTS[1]).expect("a history");
    database.connection().execute_batch("INSERT INTO drive (serial) VALUES ('C')").expect("a row");
    let log = fs::read(beside(&scene.path(), "-wal")).expect("a log");
    drop(database);
    fs::write(beside(&scene.path(), "-wal"), &log).expect("a file");
    for content in [None, Some("")] {
        fs::remove_file(scene.path()).expect("a file");
        content.map(|content| fs::write(scene.path(), content).expect("a file"));
        let trouble = Database::write_with(&scene.path(), LISTS[1]).map(drop).expect_err("a log alone");
        assert_eq!(trouble.code(), "log-alone");
        assert!(fs::read(beside(&scene.path(), "-wal")).expect("a log") == log);
        fs::write(scene.path(), "").expect("a file");
    }
}

#[test]
fn migrations_are_numbered_without_a_gap() {
    for (index, migration) in MIGRATIONS.iter().enumerate() {
        assert_eq!(migration.version as usize, index + 1);
    }
    assert_eq!(newest(MIGRATIONS) as usize, MIGRATIONS.len());
}

/// From every version to every later one: the same data, the same schema as if made anew, and a copy of each version passed.
#[test]
fn from_every_version_to_every_later_one() {
    for from in 1..=3 {
        for to in from..=3 {
            let scene = Scene::holding(from);
            let before = dump(Database::read_with(&scene.path(), LISTS[from]).expect("a history").connection());
            let read = Database::read_with(&scene.path(), LISTS[to]).expect("a history");
            let older = format!(
                "the history is of version {from}, {to} is the newest: it is read as if migrated, and left as it is"
            );
            assert_eq!(read.notices(), if from == to { vec![] } else { vec![older] });
            assert!((from + 1..=to).all(|version| !scene.before(version).exists()), "who reads makes no copy");
            let written = Database::write_with(&scene.path(), LISTS[to]).expect("a history");
            let fresh = Scene::holding(to);
            let fresh = Database::read_with(&fresh.path(), LISTS[to]).expect("a history");
            for migrated in [&read, &written] {
                assert_eq!(dump(migrated.connection()), dump(fresh.connection()), "{from} to {to}");
                assert_eq!(schema(migrated.connection()), schema(fresh.connection()), "{from} to {to}");
                assert_eq!(
                    (migrated.version().expect("a version"), migrated.check().expect("questions")),
                    (to as u32, vec![])
                );
            }
            for version in from + 1..=to {
                let copy = Database::read_with(&scene.before(version), LISTS[version - 1]).expect("a copy");
                assert_eq!(copy.version().expect("a version") as usize, version - 1);
                assert_eq!(mode(&scene.before(version)), 0o600);
                if version == from + 1 {
                    assert_eq!(dump(copy.connection()), before);
                }
            }
            let copies = (from + 1..=to).map(|version| format!("history.db.before-v{version}"));
            let live = ["history.db", "history.db-shm", "history.db-wal"].map(str::to_owned);
            assert_eq!(scene.names(), live.into_iter().chain(copies).collect::<Vec<_>>(), "a copy is one file");
        }
    }
}

/// The migrations of the product make, from every version, the schema that a new history has.
#[test]
fn the_products_migrations() {
    let fresh = Scene::new();
    let fresh = Database::write(&fresh.path()).expect("a new history");
    assert_eq!(fresh.check().expect("questions"), []);
    for from in 0..MIGRATIONS.len() {
        let scene = Scene::new();
        let earlier = MIGRATIONS.get(..from).expect("a part");
        drop(Database::write_with(&scene.path(), earlier).expect("an earlier version"));
        let database = Database::write(&scene.path()).expect("a history");
        assert_eq!(schema(database.connection()), schema(fresh.connection()), "from {from}");
    }
}

#[test]
fn a_migration_that_fails_leaves_all_as_it_was() {
    const WRONG: [(&str, &str); 4] = [
        ("CREATE TABLE more (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);", "no such table"),
        ("DELETE FROM drive WHERE id = 1;", "rows would refer to rows that are not there"),
        ("INSERT INTO drive (serial) VALUES ('A');", "UNIQUE constraint failed"),
        ("CREATE TABLE drive (x INTEGER) STRICT;", "already exists"),
    ];
    for (sql, told) in WRONG {
        let migrations: &'static [Migration] = Box::leak(Box::new([V1, Migration { version: 2, sql }]));
        let scene = Scene::holding(1);
        let before = fs::read(scene.path()).expect("a file");
        for _ in 0..3 {
            let trouble = Database::write_with(&scene.path(), migrations).map(drop).expect_err(told);
            assert_eq!((trouble.code(), trouble.exit()), ("migration", 70));
            assert!(
                trouble.to_string().contains("to version 2 failed") && trouble.to_string().contains(told),
                "{trouble}"
            );
        }
        assert!(fs::read(scene.path()).expect("a file") == before);
        assert_eq!(scene.names(), ["history.db", "history.db.before-v2"], "one copy is enough for all attempts");
        Database::write_with(&scene.path(), LISTS[1]).expect("what it was before can be written");
    }
}

#[test]
fn an_earlier_copy_is_never_overwritten() {
    let scene = Scene::holding(1);
    fs::write(scene.before(2), "precious").expect("a file");
    drop(Database::write_with(&scene.path(), LISTS[2]).expect("a history"));
    assert_eq!(fs::read_to_string(scene.before(2)).expect("a file"), "precious");
    assert_eq!(scene.names(), ["history.db", "history.db.before-v2", "history.db.before-v2.2"]);
    let copy = beside(&scene.path(), ".before-v2.2");
    assert_eq!(Database::read_with(&copy, LISTS[1]).expect("a copy").version().expect("a version"), 1);
}

#[test]
fn a_damaged_history_is_not_migrated() {
    let scene = Scene::holding(1);
    let mut bytes = fs::read(scene.path()).expect("a file");
    // The root page of the first table: its header is read by every check, and by no step that only adds a column.
    bytes.get_mut(4096..4196).expect("a second page").fill(0xff);
    fs::write(scene.path(), &bytes).expect("a file");
    let trouble = Database::write_with(&scene.path(), LISTS[2]).map(drop).expect_err("it is damaged");
    assert!(["copy-unsound", "corrupt"].contains(&trouble.code()), "{trouble}");
    assert!(fs::read(scene.path()).expect("a file") == bytes);
    assert_eq!(scene.names(), ["history.db"], "no copy of what is damaged takes the name of a copy");
}

#[test]
fn damage_deep_inside_is_told_by_any_statement() {
    let scene = Scene::holding(1);
    let mut bytes = fs::read(scene.path()).expect("a file");
    bytes.get_mut(4096..8192).expect("a second page").fill(0xff);
    fs::write(scene.path(), &bytes).expect("a file");
    let database = Database::read_with(&scene.path(), LISTS[1]).expect("its header is whole");
    let serials = |row: &rusqlite::Row<'_>| row.get::<_, String>(1);
    let trouble = database
        .connection()
        .query_row("SELECT * FROM drive", [], serials)
        .map_err(database.trouble("read the drives of"))
        .expect_err("the page is damaged");
    assert_eq!((trouble.code(), trouble.exit()), ("corrupt", 65));
    assert!(trouble.to_string().starts_with("cannot read the drives of /"), "{trouble}");
    let found: Vec<&str> = database.check().expect("questions").iter().map(|finding| finding.check).collect();
    assert!(found.contains(&"pages"), "{found:?}");
}

#[test]
fn checks_find_what_is_wrong() {
    let check = |sql: &str, expect: &[(&str, &str)]| {
        let scene = Scene::holding(2);
        let database = Database::write_with(&scene.path(), LISTS[2]).expect("a history");
        database.connection().execute_batch(sql).expect("a wrong change");
        let findings = database.check().expect("questions");
        let found: Vec<_> = findings.iter().map(|finding| (finding.check, finding.detail.as_str())).collect();
        assert_eq!(found, expect);
    };
    check("", &[]);
    check("ANALYZE; CREATE TABLE mine (x)", &[]);
    check("PRAGMA application_id = 7", &[("application", "the application id is 0x00000007")]);
    check(
        "PRAGMA foreign_keys = OFF; DELETE FROM drive",
        &[("references", "2 rows of sample refer to what is not in drive")],
    );
    check("DROP INDEX sample_drive", &[("schema", "index sample_drive is missing")]);
    check("ALTER TABLE drive ADD COLUMN more TEXT", &[("schema", "table drive is not as arraywatch makes it")]);
    check("PRAGMA user_version = 9", &[("version", "it is of version 9, 2 is known here")]);
}

#[test]
fn one_writer_and_readers_beside_it() {
    let scene = Scene::holding(1);
    let mut writer = Database::write_with(&scene.path(), LISTS[1]).expect("a history");
    let link = scene.0.path().join("link.db");
    std::os::unix::fs::symlink(scene.path(), &link).expect("a link");
    let second = Database::write_with(&link, LISTS[1]).map(drop).expect_err("the same history by another name");
    let told = format!("process {} has been writing to it for 5 s; ", std::process::id());
    assert!(second.to_string().contains(&told), "{second}");
    let count = |database: &Database| {
        database.connection().query_row("SELECT count(*) FROM drive", [], |row| row.get::<_, i64>(0)).expect("rows")
    };
    let reader = Database::read_with(&scene.path(), LISTS[1]).expect("a reader");
    let sees_before = reader.connection().unchecked_transaction().expect("a transaction");
    assert_eq!(count(&reader), 2);
    let insert = "INSERT INTO drive (serial) VALUES ('C')";
    writer
        .transaction("write", |transaction| {
            transaction.execute_batch(insert)?;
            let beside = Database::read_with(&scene.path(), LISTS[1]).expect("a reader while a batch is open");
            assert_eq!(count(&beside), 2);
            Ok(())
        })
        .expect("a reader holds no writer up");
    assert_eq!(count(&reader), 2, "a reader's view is of one moment");
    drop(sees_before);
    assert_eq!(count(&reader), 3);
    // Readers of this process that close must not take the writer's locks away: another process would throw the log away.
    drop(reader);
    drop(writer);
    Database::write_with(&scene.path(), LISTS[1]).expect("the writer has ended");
}

#[test]
fn who_reads_cannot_write() {
    let scene = Scene::holding(1);
    for known in [1, 2] {
        let reader = Database::read_with(&scene.path(), LISTS[known]).expect("a history");
        assert_eq!(reader.access(), Access::Read);
        let insert = reader.connection().execute("INSERT INTO drive (serial) VALUES ('C')", []);
        assert_eq!(reader.trouble("write")(insert.expect_err("it reads")).code(), "not-permitted");
    }
}

#[test]
fn a_copy_of_one_moment_while_a_writer_works() {
    let scene = Scene::holding(1);
    let mut writer = Database::write_with(&scene.path(), LISTS[1]).expect("a history");
    let to = scene.0.path().join("copy.db");
    writer
        .transaction("write", |transaction| {
            transaction.execute_batch("INSERT INTO drive (serial) VALUES ('C')")?;
            Database::read_with(&scene.path(), LISTS[1]).expect("a reader").backup(&to).expect("a copy");
            Ok(())
        })
        .expect("a copy holds no writer up");
    assert_eq!(mode(&to), 0o600);
    let copy = Database::read_with(&to, LISTS[1]).expect("a copy is a history");
    assert_eq!(dump(copy.connection()).lines().filter(|line| line.starts_with("drive")).count(), 2);
    let bytes = fs::read(&to).expect("a file");
    let check = |to: &Path, code| assert_eq!(writer.backup(to).expect_err("no copy").code(), code);
    check(&to, "exists");
    check(&scene.path(), "exists");
    check(scene.0.path(), "exists");
    check(&scene.0.path().join("no/such/directory.db"), "not-a-file");
    assert!(fs::read(&to).expect("a file") == bytes);
    writer.backup(&scene.0.path().join("all.db")).expect("a copy by the writer");
    assert!(scene.names().iter().all(|name| !name.contains("arraywatch-copy")), "{:?}", scene.names());
}

/// A batch, with what it is run on: the database as before or after, whatever fails, and the next run completes it.
fn as_before_or_after(
    start: &dyn Fn() -> Scene,
    work: &dyn Fn(&Path) -> Result<(), Trouble>,
    expect: &[String],
) -> u64 {
    arraywatch_faults::install();
    every_fault(|fault| {
        let scene = start();
        let (result, fired) = with_fault(fault, || work(&scene.path()));
        if fault.lasting
            && fired
            && let Err(trouble) = &result
        {
            assert!(
                ["full", "io-error", "corrupt", "not-permitted", "copy-unsound"].contains(&trouble.code()),
                "{fault:?}: {trouble}"
            );
        }
        if !fired {
            result.expect("nothing failed");
        }
        work(&scene.path()).unwrap_or_else(|trouble| panic!("{fault:?}: the next run: {trouble}"));
        let database = Database::read_with(&scene.path(), LISTS[2]).expect("a history");
        assert_eq!(database.check().expect("questions"), [], "{fault:?}");
        let after = dump(database.connection());
        assert!(expect.contains(&after), "{fault:?}: {after}");
        fired
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    /// Whatever is written over a history: no panic, and who only opens and asks changes no byte.
    #[test]
    fn damaged_anywhere(at in 0_usize..20_000, length in 1_usize..5_000, byte in any::<u8>()) {
        let scene = Scene::holding(1);
        let mut bytes = fs::read(scene.path()).expect("a file");
        let at = at % bytes.len();
        let end = (at + length).min(bytes.len());
        bytes.get_mut(at..end).expect("within").fill(byte);
        fs::write(scene.path(), &bytes).expect("a file");
        if let Ok(database) = Database::read_with(&scene.path(), LISTS[1]) {
            let _ = database.check();
        }
        prop_assert!(fs::read(scene.path()).expect("a file") == bytes);
    }
}
