//! The process is killed, the disk is full, a file may grow no more: the history is as before or after a batch, and the next run
//! completes it.

use arraywatch::history::{Database, Migration, Trouble};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

static MIGRATIONS: [Migration; 1] = [Migration {
    version: 1,
    sql: "CREATE TABLE filled (batch INTEGER NOT NULL, row INTEGER NOT NULL, filler TEXT NOT NULL, PRIMARY KEY (batch, row)) STRICT",
}];

/// Rows of a batch.
const ROWS: i64 = 20;

/// Where a child finds the database.
const DATABASE: &str = "ARRAYWATCH_TEST_DB";

/// The batches that a history holds, all of them whole and none left out, in a database that is sound.
fn held(path: &Path) -> i64 {
    let database = match Database::read_with(path, &MIGRATIONS) {
        Ok(database) => database,
        Err(trouble) if trouble.code() == "no-history" => return 0,
        Err(trouble) => panic!("{trouble}"),
    };
    assert_eq!(database.check().expect("questions"), []);
    let ask = |sql| database.connection().query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number");
    let batches = ask("SELECT coalesce(max(batch), 0) FROM filled");
    let whole = ask("SELECT count(*) FROM (SELECT batch FROM filled GROUP BY batch HAVING count(*) = 20)");
    assert_eq!((whole, ask("SELECT count(*) FROM filled")), (batches, batches * ROWS));
    batches
}

/// Writes the next batch, and gives its number.
fn write_next(database: &mut Database) -> Result<i64, Trouble> {
    database.transaction("write a batch to", |transaction| {
        let next = transaction.query_row("SELECT coalesce(max(batch), 0) + 1 FROM filled", [], |row| row.get(0))?;
        let mut insert = transaction.prepare("INSERT INTO filled VALUES (?, ?, ?)")?;
        (0..ROWS).try_for_each(|row| insert.execute((next, row, "f".repeat(200))).map(drop))?;
        Ok(next)
    })
}

fn write_until_trouble(path: &Path, batches: usize) -> Result<(), Trouble> {
    let mut database = Database::write_with(path, &MIGRATIONS)?;
    // The log goes into the database often, so that a kill strikes that, too.
    database.connection().execute_batch("PRAGMA wal_autocheckpoint = 40").map_err(database.trouble("set up"))?;
    for _ in 0..batches {
        let batch = write_next(&mut database)?;
        println!("\ncommitted {batch}");
        let _ = std::io::stdout().flush();
    }
    Ok(())
}

/// Not a test: what the tests below start as a process of its own.
#[test]
#[ignore = "is started by other tests, as a process to be killed"]
fn child() {
    let path = PathBuf::from(std::env::var_os(DATABASE).expect("the path of a database"));
    if let Err(trouble) = write_until_trouble(&path, 3_000) {
        println!("\ntrouble {}", trouble.code());
    }
}

/// Starts the child, under a shell's limits if some are given.
fn start(path: &Path, limits: &str) -> Command {
    let this = std::env::current_exe().expect("this test");
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limits} exec \"$0\" \"$@\"")]).arg(this);
    command.args(["--exact", "crash::child", "--ignored", "--nocapture"]).env(DATABASE, path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What a child said after a word, last.
fn said(output: &Output, word: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    // The last line may be half, if the child was killed.
    let (whole, _) = text.rsplit_once('\n')?;
    whole.lines().rev().find_map(|line| line.strip_prefix(word).map(|rest| rest.trim().to_owned()))
}

#[test]
fn killed_at_random_moments() {
    const KILLS: u64 = 30;
    let directory = TempDir::new().expect("a temporary directory");
    let path = directory.path().join("history.db");
    let (mut random, mut before, mut killed_at_work) = (0x9e37_79b9_7f4a_7c15_u64, 0, 0);
    for kill in 0..KILLS {
        let mut child = start(&path, "").spawn().expect("a child");
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // The first kills strike while the history is being made.
        thread::sleep(Duration::from_micros(random % (6_000 * (kill + 1)).min(150_000)));
        child.kill().expect("a child of ours");
        let output = child.wait_with_output().expect("it has ended");
        let committed = said(&output, "committed ").and_then(|number| number.parse().ok()).unwrap_or(before);
        let found = held(&path);
        // What was reported as committed is there; one batch more may be, which the child had no time to report.
        assert!((committed..=committed + 1).contains(&found), "kill {kill}: {committed} reported, {found} found");
        killed_at_work += u64::from(committed > before);
        before = found;
    }
    assert!(
        killed_at_work >= KILLS / 3,
        "only {killed_at_work} of {KILLS} kills struck a child that had committed something"
    );
    let mut database = Database::write_with(&path, &MIGRATIONS).expect("a killed writer holds no lock");
    assert_eq!(write_next(&mut database).expect("the next run goes on"), before + 1);
    drop(database);
    assert_eq!(held(&path), before + 1);
    eprintln!("{KILLS} kills, {killed_at_work} of them at work, {before} batches");
}

/// A limit on the size of files works for everybody, as a full disk can only be made by root.
#[test]
fn a_file_that_may_grow_no_more() {
    let directory = TempDir::new().expect("a temporary directory");
    let path = directory.path().join("history.db");
    let output = start(&path, "trap '' XFSZ; ulimit -f 300;").output().expect("a child");
    let trouble = said(&output, "trouble ").expect("it could not write on");
    assert!(["full", "io-error"].contains(&trouble.as_str()), "{trouble}");
    let committed: i64 = said(&output, "committed ").expect("some were written").parse().expect("a number");
    assert_eq!(held(&path), committed);
    let mut database = Database::write_with(&path, &MIGRATIONS).expect("a history");
    assert_eq!(write_next(&mut database).expect("without the limit"), committed + 1);
}

/// A file system in memory, as small as asked for.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// None where this may not be done.
    pub fn new(size: &str) -> Option<Self> {
        let disk = Self(TempDir::new().expect("a temporary directory"));
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "arraywatch-test"])
            .arg(disk.0.path())
            .stderr(Stdio::null())
            .status();
        let mounted = mounted.is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("SKIPPED: no file system can be mounted here, so a full one was not tried");
        }
        mounted.then_some(disk)
    }

    pub fn option(&self, option: &str) {
        let mounted = Command::new("mount").args(["-o", &format!("remount,{option}")]).arg(self.0.path()).status();
        assert!(mounted.expect("mount").success(), "remount {option}");
    }

    pub fn history(&self) -> PathBuf {
        self.0.path().join("history.db")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Also of one that was never mounted, which fails, and does no harm.
        let _ = Command::new("umount").arg(self.0.path()).stderr(Stdio::null()).status();
    }
}

#[test]
fn a_full_file_system() {
    let Some(disk) = SmallDisk::new("1m") else { return };
    let trouble = write_until_trouble(&disk.history(), 10_000).expect_err("it is full");
    assert_eq!((trouble.code(), trouble.exit()), ("full", 74));
    let told = trouble.to_string();
    assert!(told.contains("its file system is full, or the quota is; make room and run it again"), "{told}");
    // Not even room for a lock's number, or an index.
    while fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(disk.0.path().join("rest"))
        .and_then(|mut file| file.write_all(&[1]))
        .is_ok()
    {}
    let before = held(&disk.history());
    assert!(before > 20, "{before}");
    let again = Database::write_with(&disk.history(), &MIGRATIONS).and_then(|mut database| write_next(&mut database));
    assert_eq!(again.expect_err("it is full").code(), "full");
    assert_eq!(held(&disk.history()), before);
    disk.option("size=4m");
    let mut database = Database::write_with(&disk.history(), &MIGRATIONS).expect("there is room");
    assert_eq!(write_next(&mut database).expect("there is room"), before + 1);
}

#[test]
fn no_room_for_a_history() {
    let Some(disk) = SmallDisk::new("64k") else { return };
    let _ = fs::write(disk.0.path().join("rest"), [1; 65_536]);
    let trouble = Database::write_with(&disk.history(), &MIGRATIONS).map(drop).expect_err("it is full");
    assert_eq!(trouble.code(), "full");
    assert_eq!(held(&disk.history()), 0);
    fs::remove_file(disk.0.path().join("rest")).expect("a file");
    disk.option("size=1m");
    Database::write_with(&disk.history(), &MIGRATIONS).expect("there is room");
}

#[test]
fn a_read_only_file_system_still_answers() {
    let Some(disk) = SmallDisk::new("4m") else { return };
    let mut database = Database::write_with(&disk.history(), &MIGRATIONS).expect("a new history");
    write_next(&mut database).expect("a batch");
    // With a log that holds what the database does not: as if the machine had crashed.
    let log = disk.0.path().join("history.db-wal");
    let (main, kept) = (fs::read(disk.history()).expect("a file"), fs::read(&log).expect("a log"));
    drop(database);
    let check = |code: &str| {
        disk.option("ro");
        assert_eq!(held(&disk.history()), 1);
        let trouble = Database::write_with(&disk.history(), &MIGRATIONS).map(drop).expect_err("it is read-only");
        assert_eq!((trouble.code(), trouble.exit()), (code, 74));
        disk.option("rw");
    };
    check("read-only");
    fs::write(disk.history(), main).expect("a file");
    fs::write(&log, kept).expect("a file");
    check("read-only");
    Database::write_with(&disk.history(), &MIGRATIONS).expect("it is writable again");
}
