//! One writer, readers beside it, and copies of one moment.

use super::*;
use nix::fcntl::{FcntlArg, fcntl};

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
    drop(reader);
    drop(writer);
    Database::write_with(&scene.path(), LISTS[1]).expect("the writer has ended");
}

/// A process loses its locks on a file when it closes any descriptor of it. Without its lock, another program that opens the history
/// and closes it takes itself for the last, and throws the log away that the writer is still writing to.
#[test]
fn a_reader_that_closes_leaves_the_writer_its_locks() {
    // Where SQLite has its shared locks, so that they are in nobody's way.
    const SHARED: (i64, i64) = (0x4000_0002, 510);
    let scene = Scene::holding(1);
    let writer = Database::write_with(&scene.path(), LISTS[1]).expect("a history");
    let file = fs::OpenOptions::new().read(true).write(true).open(scene.path()).expect("a file");
    let locked = || {
        let (start, length) = SHARED;
        let mut lock = libc::flock {
            l_type: i16::try_from(libc::F_WRLCK).expect("a small number"),
            l_whence: i16::try_from(libc::SEEK_SET).expect("a small number"),
            l_start: start,
            l_len: length,
            l_pid: 0,
        };
        fcntl(&file, FcntlArg::F_OFD_GETLK(&mut lock)).expect("a lock can be asked for");
        i32::from(lock.l_type) != libc::F_UNLCK
    };
    assert!(locked(), "the writer holds a lock");
    drop(Database::read_with(&scene.path(), LISTS[1]).expect("a reader"));
    assert!(locked(), "a reader took the writer's lock away");
    drop(writer);
    assert!(!locked(), "the lock was the writer's");
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
