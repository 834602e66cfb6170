//! From every version to every later one, each step behind a copy.

use super::*;

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
    for (from, to) in [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)] {
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
