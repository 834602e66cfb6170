//! What is made, what is refused, and that what is refused is left as it is.

use super::*;

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
    let missing = || fs::remove_file(scene.path());
    let empty = || fs::write(scene.path(), "");
    for lose in [&missing as &dyn Fn() -> std::io::Result<()>, &empty] {
        lose().expect("a file");
        for opened in [Database::write_with(&scene.path(), LISTS[1]), Database::read_with(&scene.path(), LISTS[1])] {
            assert_eq!(opened.map(drop).expect_err("a log alone").code(), "log-alone");
            assert!(fs::read(beside(&scene.path(), "-wal")).expect("a log") == log);
        }
    }
}

/// The file's header is of version 2, and the log beside it, which is the later truth, of version 3.
#[test]
fn a_newer_version_in_the_log_is_left_as_it_is() {
    let scene = Scene::holding(2);
    let newer = Database::write_with(&scene.path(), LISTS[3]).expect("a newer version");
    let left = Scene::new();
    let log = beside(&left.path(), "-wal");
    fs::copy(scene.path(), left.path()).expect("a file");
    fs::copy(beside(&scene.path(), "-wal"), &log).expect("a log");
    drop(newer);
    let before = (fs::read(left.path()).expect("a file"), fs::read(&log).expect("a log"));
    assert_eq!(before.0.get(60..64), Some(&2_u32.to_be_bytes()[..]), "the header is older than the log");
    for open in [Database::write_with, Database::read_with] {
        let trouble = open(&left.path(), LISTS[2]).map(drop).expect_err("it is newer");
        assert_eq!(trouble.code(), "newer", "{trouble}");
        assert!((fs::read(left.path()).expect("a file"), fs::read(&log).expect("a log")) == before);
    }
}
