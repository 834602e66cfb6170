//! Damage inside a database of ours is found, and told as what it is.

use super::*;
use proptest::prelude::*;

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
