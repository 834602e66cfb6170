//! One writer, readers beside it, and copies of one moment.

use super::*;

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
