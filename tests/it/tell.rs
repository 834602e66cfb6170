//! `arraywatch tell test`: whether people would be told.

use super::common::{Scene, json, run};
use super::servers::{Server, free_port};
use serde_json::json;
use std::fs;

#[test]
fn each_channel_says_how_it_did() {
    let Some(server) = Server::mail(&json!({})) else { return };
    let scene = Scene::new();
    let config = format!(
        r#"
[channel.file]
by = "file"
path = "{}"

[channel.mail]
by = "smtp"
relays = ["smtp+plain://localhost:{}"]
from = "arraywatch@db7.example"
to = ["ann@ops.example"]

[channel.pager]
by = "webhook"
url = "http://localhost:{}/hook"
"#,
        scene.arg("alerts.jsonl"),
        server.port,
        free_port(),
    );
    let scene = scene.with("config.toml", config);
    let path = scene.arg("config.toml");
    let (answer, ran) = json(&["tell", "test", "--config", &path, "--host", "db7"]);
    assert_eq!(ran.code, 74, "{}", ran.err);
    let told: Vec<String> = answer["channels"]
        .as_array()
        .expect("channels")
        .iter()
        .map(|channel| format!("{} {}", channel["name"].as_str().unwrap_or_default(), channel["delivered"]))
        .collect();
    assert_eq!(told, ["file true", "mail true", "pager false"]);
    let mail = server.mail_that_arrived();
    assert!(mail["headers"].to_string().contains("Test from arraywatch on db7: nothing has failed"), "{mail}");
    let line = fs::read_to_string(scene.path("alerts.jsonl")).expect("the file");
    super::json::fits("alert", &serde_json::from_str(&line).expect("a line of JSON"));

    let text = run(&["tell", "test", "--config", &path]);
    let lines: Vec<&str> = text.out.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!((text.code, lines.len()), (74, 3), "{}", text.out);
    assert!(lines[1].starts_with("mail   delivered in ") && lines[1].contains(" to relay localhost:"), "{}", text.out);
    assert!(lines[2].starts_with("pager  failed after ") && text.out.contains("Connection refused"), "{}", text.out);

    let one = run(&["tell", "test", "--channel", "file", "--config", &path]);
    assert_eq!((one.code, one.out.lines().count()), (0, 1), "{}", one.out);
}

#[test]
fn what_cannot_be_tried_is_told() {
    let scene = Scene::new()
        .with("empty.toml", "")
        .with("wrong.toml", "chanel = 1")
        .with("one.toml", "[channel.log]\nby = \"syslog\"\n");
    let check = |arguments: &[&str], code: i32, expect: &str| {
        let told = run(arguments);
        assert_eq!((told.code, told.out.as_str()), (code, ""), "{arguments:?}: {}", told.err);
        assert!(told.err.contains(expect), "{}", told.err);
    };
    let empty = scene.arg("empty.toml");
    let expect = format!("nobody would be told of anything; write a [channel.NAME] into {empty}");
    check(&["tell", "test", "--config", &empty], 64, &expect);
    check(&["tell", "test", "--config", &scene.arg("wrong.toml")], 64, "unknown key `chanel`");
    check(&["tell", "test", "--config", &scene.arg("none.toml")], 66, "config init");
    check(
        &["tell", "test", "--channel", "lag", "--config", &scene.arg("one.toml")],
        64,
        "no channel lag; there are log",
    );
}
