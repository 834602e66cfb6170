//! `arraywatch db`: whether the history is sound, copies of it, and what is said of one that cannot be used.

use super::common::{Scene, command, finished, json, run};
use arraywatch::history::{Database, MIGRATIONS, newest};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;

/// A scene with a history that is closed.
fn history() -> Scene {
    let scene = Scene::new();
    Database::write(&scene.path("history.db")).expect("a new history");
    scene
}

/// A scene whose history was left open by a process that died: the log holds what the database does not.
fn left_open() -> Scene {
    let scene = Scene::new();
    let database = Database::write(&scene.path("history.db")).expect("a new history");
    database.connection().execute_batch("PRAGMA user_version").expect("a question");
    let names = ["history.db", "history.db-wal", "history.db-shm"];
    names.into_iter().fold(Scene::new(), |copy, name| {
        let content = fs::read(scene.path(name)).expect("a file");
        copy.with(name, content)
    })
}

#[test]
fn a_sound_history() {
    let scene = history();
    let path = scene.arg("history.db");
    let version = newest(MIGRATIONS);
    let checked = run(&["db", "check", "--db", &path]);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""));
    assert!(checked.out.starts_with(&format!("sound  {path}: version {version}")), "{}", checked.out);
    for arguments in [["--db", &path, "db", "check"], ["db", "--db", &path, "check"], ["db", "check", "--db", &path]] {
        let (answer, run) = json(&arguments);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        assert_eq!((&answer["verdict"], &answer["version"]), (&"healthy".into(), &version.into()));
        assert_eq!(answer["findings"], serde_json::json!([]));
    }
}

#[test]
fn where_the_history_is() {
    let scene = history();
    let by = |set: &dyn Fn(&mut std::process::Command)| {
        let mut command = command();
        command.args(["db", "check"]).env_remove("XDG_STATE_HOME");
        set(&mut command);
        finished(command.output().expect("the program"))
    };
    let named = by(&|command| {
        command.env("ARRAYWATCH_DB", scene.path("history.db"));
    });
    assert_eq!((named.code, named.err.as_str()), (0, ""));
    let other = by(&|command| {
        command.env("ARRAYWATCH_DB", scene.path("history.db")).arg("--db").arg(scene.path("other.db"));
    });
    assert_eq!(other.code, 66, "--db wins");
    let told = format!("arraywatch: cannot read the history {}: there is no history yet; ", scene.arg("other.db"));
    assert!(other.err.starts_with(&told) && other.err.lines().count() == 1, "{}", other.err);
    assert!(!scene.path("other.db").exists());
}

#[test]
fn a_copy() {
    let scene = left_open();
    let (path, to) = (scene.arg("history.db"), scene.arg("copy.db"));
    let (answer, done) = json(&["db", "backup", &to, "--db", &path]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let status = fs::metadata(&to).expect("a copy");
    assert_eq!((&answer["bytes"], status.mode() & 0o777), (&status.len().into(), 0o600));
    assert_eq!(run(&["db", "check", "--db", &to]).code, 0);
    let again = run(&["db", "backup", &to, "--db", &path]);
    assert_eq!((again.code, again.out.as_str()), (74, ""));
    assert_eq!(
        again.err,
        format!(
            "arraywatch: cannot copy the history to {to}: exists already, and nothing is overwritten; give another name\n"
        )
    );
    let more = scene.arg("more.db");
    let told = run(&["db", "backup", &more, "--db", &path]);
    assert!(told.out.starts_with(&format!("{more}: ")) && told.out.ends_with(", checked\n"), "{}", told.out);
}

/// What lies at the path: the exit status of both commands, a part of the line, and that nothing is changed.
#[test]
fn what_cannot_be_used_is_left_as_it_is() {
    let sound = fs::read(history().path("history.db")).expect("a file");
    let mut newer = sound;
    newer.get_mut(60..64).expect("a header").copy_from_slice(&77_u32.to_be_bytes());
    let check = |content: &[u8], code: i32, told: &str| {
        let scene = Scene::new().with("history.db", content);
        let (path, to) = (scene.arg("history.db"), scene.arg("copy.db"));
        for arguments in [vec!["db", "check", "--db", &path], vec!["db", "backup", &to, "--db", &path]] {
            let run = run(&arguments);
            assert_eq!((run.code, run.out.as_str()), (code, ""), "{}", run.err);
            assert!(run.err.contains(told) && run.err.lines().count() == 1, "{}", run.err);
        }
        assert!(fs::read(&path).expect("a file") == content);
        assert!(!scene.path("copy.db").exists());
    };
    check(b"", 66, "there is no history yet");
    check(super::common::log("engine", 1..=2).as_bytes(), 65, "is no SQLite database, and is left as it is");
    check(&newer, 65, "was written by a newer arraywatch (version 77 of the database");
    let directory = run(&["db", "check", "--db", "/tmp"]);
    assert_eq!((directory.code, directory.out.as_str()), (65, ""));
    assert!(directory.err.contains("is a directory"), "{}", directory.err);
}

#[test]
fn a_damaged_history() {
    let check = |damage: &dyn Fn(&mut Vec<u8>), expect: &str| {
        let mut bytes = fs::read(history().path("history.db")).expect("a file");
        damage(&mut bytes);
        let scene = Scene::new().with("history.db", &bytes);
        let path = scene.arg("history.db");
        let (answer, checked) = json(&["db", "check", "--db", &path]);
        assert_eq!((checked.code, checked.err.as_str(), &answer["verdict"]), (2, "", &"critical".into()));
        assert_eq!(answer["findings"][0]["check"], expect, "{answer}");
        let text = run(&["db", "check", "--db", &path]);
        assert!(text.out.starts_with("damaged  ") && text.out.contains("restore a backup"), "{}", text.out);
        assert_ne!(run(&["db", "backup", &scene.arg("copy.db"), "--db", &path]).code, 0);
        assert!(!scene.path("copy.db").exists(), "a copy of what is damaged is no backup");
        assert!(fs::read(&path).expect("a file") == bytes);
    };
    check(&|bytes| bytes.truncate(60), "readable");
    check(&|bytes| bytes.truncate(4096), "readable");
    check(&|bytes| bytes.get_mut(4096..8192).expect("a page").fill(0xee), "pages");
}

/// Who may read the file and no more: the directory is not theirs, and the log's index cannot be made.
#[test]
fn a_history_of_somebody_else_can_be_read() {
    let as_nobody = |scene: &Scene| {
        let mut command = command();
        command.args(["db", "check", "--db", &scene.arg("history.db")]);
        for entry in fs::read_dir(scene.dir()).expect("a directory").flatten() {
            fs::set_permissions(entry.path(), Permissions::from_mode(0o444)).expect("a file of ours");
        }
        fs::set_permissions(scene.dir(), Permissions::from_mode(0o555)).expect("a directory of ours");
        if scene.dir().metadata().expect("it is there").uid() == 0 {
            // Root may write everywhere; the program is run as nobody.
            command.uid(65_534).gid(65_534);
        }
        let names = || fs::read_dir(scene.dir()).expect("a directory").count();
        let (before, output) = (names(), command.output());
        assert_eq!(names(), before, "nothing is made beside it");
        fs::set_permissions(scene.dir(), Permissions::from_mode(0o755)).expect("a directory of ours");
        output.map(finished)
    };
    let check = |scene: Scene, code: i32, told: &str| match as_nobody(&scene) {
        Ok(run) => {
            assert_eq!(run.code, code, "{}{}", run.out, run.err);
            assert!((run.out + &run.err).contains(told));
        }
        Err(error) => eprintln!("SKIPPED: the program cannot be run as another user here: {error}"),
    };
    let without = |scene: Scene, name: &str| {
        fs::remove_file(scene.path(name)).expect("a file");
        scene
    };
    check(history(), 0, "sound  ");
    check(left_open(), 0, "sound  ");
    check(without(left_open(), "history.db-shm"), 0, "sound  ");
    // Everything is in the log; without it the file is ours, and empty.
    check(
        without(without(left_open(), "history.db-shm"), "history.db-wal"),
        0,
        "version 0, which the next writer brings to ",
    );
}
