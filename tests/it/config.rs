//! The configuration: what is written for a machine is right, and what is wrong is told with its place.

use super::common::{Scene, command, finished, json, run, texts};

/// As in the README.
const WRONG: &str = "host = \"db7\"\n\n# how often drives are read\n[read]\nevry = \"5 min\"\n[tell]\nstorm = 0\npassword = \"hunter2\"\n";

#[test]
fn what_is_written_is_right() {
    let scene = Scene::new();
    let file = scene.arg("etc/config.toml");
    let written = run(&["config", "init", "--config", &file]);
    assert_eq!(written.code, 0, "{}", written.err);
    assert!(written.out.contains(&format!("arraywatch config check {file}")), "{}", written.out);
    let (checked, answer) = json(&["config", "check", &file]);
    assert_eq!((answer.code, &checked["mistakes"]), (0, &serde_json::json!([])));
    assert_eq!(checked["understood"]["read"]["every_seconds"], 300);
    let text = std::fs::read_to_string(&file).expect("it was written");
    assert_eq!(run(&["config", "init", "--stdout"]).out, text);
    let (shown, _) = json(&["config", "init", "--stdout"]);
    assert_eq!((shown["text"].as_str(), shown["path"].is_null()), (Some(text.as_str()), true));
}

#[test]
fn nothing_is_overwritten_unasked() {
    let scene = Scene::new().with("config.toml", "host = \"db7\"\n");
    let file = scene.arg("config.toml");
    let refused = run(&["config", "init", "--config", &file]);
    assert_eq!((refused.code, refused.out.as_str()), (64, ""));
    assert!(refused.err.contains("is there already and stays as it is"), "{}", refused.err);
    assert_eq!(std::fs::read_to_string(&file).expect("it stays"), "host = \"db7\"\n");
    let (replaced, answer) = json(&["config", "init", "--force", "--config", &file]);
    assert_eq!((answer.code, replaced["path"].as_str()), (0, Some(file.as_str())));
    assert!(std::fs::read_to_string(&file).expect("it is there").contains("[read]"));
    let nowhere = run(&["config", "init", "--config", "/proc/none/config.toml"]);
    assert_eq!((nowhere.code, nowhere.err.contains("cannot write")), (74, true), "{}", nowhere.err);
}

#[test]
fn mistakes_with_their_places() {
    let scene = Scene::new().with("config.toml", WRONG);
    let file = scene.arg("config.toml");
    let (told, answer) = json(&["config", "check", &file]);
    assert_eq!((answer.code, told["understood"].is_null()), (64, true));
    let mistakes = told["mistakes"].as_array().expect("a list");
    let places: Vec<_> = mistakes.iter().map(|one| (one["line"].as_u64(), one["column"].as_u64())).collect();
    assert_eq!(places, [(5, 1), (7, 9), (8, 1)].map(|(line, column)| (Some(line), Some(column))));
    let text = run(&["config", "check", &file]);
    assert_eq!(text.code, 64);
    assert!(text.out.contains("3 mistakes; none of it is in force"), "{}", text.out);
    assert!(text.out.contains("5:1  unknown key `evry` in [read]; did you mean `every`?"), "{}", text.out);
    assert!(!text.out.contains("hunter2"), "{}", text.out);
}

/// Written right, as far as the file goes; but no program would take it for an address on the web.
const UNUSABLE: &str = "[channel.hook]\nby = \"webhook\"\nurl = \"http://localhost/<x>\"\n";

#[test]
fn a_channel_that_cannot_be_made_is_found_before_it_is_needed() {
    let scene = Scene::new().with("config.toml", UNUSABLE);
    let file = scene.arg("config.toml");
    let (told, answer) = json(&["config", "check", &file]);
    assert_eq!((answer.code, told["understood"].is_null()), (64, true));
    let why = told["unusable"][0].as_str().unwrap_or_default();
    assert!(why.starts_with("channel hook: the url is none: "), "{why}");
    let text = run(&["config", "check", &file]);
    assert!(text.out.contains("1 mistake; none of it is in force") && text.out.contains(why), "{}", text.out);
    // Whoever uses it is told the same.
    for verb in [&["tell", "test"][..], &["run"]] {
        let used = run(&[verb, &["--config", &file, "--db", &scene.arg("h.db")]].concat());
        assert_eq!((used.code, used.err.contains(why)), (64, true), "{}", used.err);
    }
    assert!(!scene.path("h.db").exists());
}

#[test]
fn a_relay_of_this_machine_is_one_for_all_who_ask() {
    let scene = Scene::new().with("password", "secret\n");
    let check = |host: &str, code| {
        let login = format!("user = \"ann\", password_file = \"{}\"", scene.arg("password"));
        let text = format!(
            "[channel.mail]\nby = \"smtp\"\nrelays = [{{ url = \"smtp+plain://{host}:1\", {login} }}]\n\
             from = \"a@ops.example\"\nto = [\"b@ops.example\"]\nlimit = \"1 s\"\n"
        );
        std::fs::write(scene.path("config.toml"), text).expect("a file");
        assert_eq!(run(&["config", "check", &scene.arg("config.toml")]).code, code, "{host}");
        // Nobody listens at that port; but that is asked.
        let told = run(&["tell", "test", "--config", &scene.arg("config.toml")]).code;
        assert_eq!(told, if code == 0 { 74 } else { code }, "{host}");
    };
    check("localhost", 0);
    check("127.0.1.1", 0);
    check("[::1]", 0);
    check("192.0.2.1", 64);
}

#[test]
fn which_file_is_meant() {
    let scene =
        Scene::new().with("a.toml", "host = \"a\"\n").with("b.toml", "host = \"b\"\n").with("c.toml", "host = \"c\"\n");
    let host = |arguments: &[&str]| {
        let mut command = command();
        command.env("ARRAYWATCH_CONFIG", scene.arg("a.toml")).args(["config", "check", "--json"]).args(arguments);
        let run = finished(command.output().expect("the program can be run"));
        let value: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
        value["understood"]["host"].as_str().map(str::to_owned)
    };
    assert_eq!(host(&[]).as_deref(), Some("a"));
    assert_eq!(host(&["--config", &scene.arg("b.toml")]).as_deref(), Some("b"));
    assert_eq!(host(&["--config", &scene.arg("b.toml"), &scene.arg("c.toml")]).as_deref(), Some("c"));
    let none = run(&["config", "check", &scene.arg("none.toml")]);
    assert_eq!((none.code, none.err.contains("config init")), (66, true), "{}", none.err);
    let directory = run(&["config", "check", scene.dir().to_str().expect("plain")]);
    assert_eq!((directory.code, directory.err.contains("no regular file")), (74, true), "{}", directory.err);
}

#[test]
fn what_is_missing_here_is_told() {
    let text = "[[follow]]\npath = \"/none/kern.log\"\n[[command]]\nname = \"tool\"\nrun = [\"/none/tool\"]\nevery = \"1 h\"\n";
    let scene = Scene::new().with("config.toml", text);
    let run = run(&["config", "check", &scene.arg("config.toml")]);
    assert_eq!(run.code, 0);
    for part in ["right  ", "no /none/kern.log yet", "no program /none/tool", "nobody would be told of anything"] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
}

#[test]
fn of_two_entries_that_find_one_file_it_is_told_which_counts() {
    let check = |entries: &[(&str, &str)], expect: &[&str]| {
        let entry = |(path, more): &(&str, &str)| format!("[[follow]]\npath = \"{path}\"\n{more}\n");
        let scene = Scene::new().with("config.toml", entries.iter().map(entry).collect::<String>());
        let (answer, _) = json(&["config", "check", &scene.arg("config.toml")]);
        let told: Vec<&str> = texts(&answer["warnings"]).into_iter().filter(|text| text.contains(" count")).collect();
        assert_eq!(told, expect, "{entries:?}");
    };
    let (quiet, host) = ("quiet = \"1 d\"", "host = \"db7\"");
    let exact =
        "/none/kern.log and /none/* find the same: for that the entry of /none/kern.log counts, the more exact one";
    check(&[("/none/*", ""), ("/none/kern.log", host)], &[exact]);
    check(&[("/none/kern.log", quiet), ("/none/*", "")], &[exact]);
    check(&[("/none/*", quiet), ("/none/kern.log", quiet)], &[]);
    check(&[("/none/kern.log", quiet), ("/other/*", "")], &[]);
    check(
        &[("/none/*", ""), ("/none/k*", host)],
        &["/none/k* and /none/* find the same: for that the entry of /none/k* counts, the more exact one"],
    );
}
