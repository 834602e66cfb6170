//! Channels that refuse, and what is under way.

use super::*;

#[test]
fn an_address_that_is_refused_for_ever_keeps_nothing_from_the_others() {
    let refuse = serde_json::json!({ "refuse": { "bob@ops.example": "550 5.1.1 no such user" } });
    let Some(server) = Server::mail(&refuse) else { return };
    let mail = format!(
        "[channel.mail]\nby = \"smtp\"\nrelays = [\"smtp+plain://localhost:{}\"]\nfrom = \"watch@ops.example\"\n\
         to = [\"ann@ops.example\", \"bob@ops.example\"]\n",
        server.port
    );
    let mut daemon = Daemon::new(&format!("{mail}{FOLLOW}"));
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    let subject = |mail: &Value| mail["headers"].to_string();
    assert!(subject(&server.mail_that_arrived()).contains("CRITICAL"), "the first one");
    let failed = line(0, "md/raid1:md0: Disk failure on sdd1, disabling device.")
        + &line(0, "md/raid1:md0: Operation continuing on 0 devices.");
    daemon.append("log", &failed);
    let worse = server.mail_that_arrived();
    assert!(subject(&worse).contains("WORSE"), "{worse:#}");
    assert_eq!(worse["to"], serde_json::json!(["ann@ops.example"]));
    let refused = |daemon: &Daemon| daemon.query(&["status"])["alerts_refused"][0].clone();
    daemon.wait("it is kept", |daemon| refused(daemon)["count"].as_u64() == Some(2));
    let refused = refused(&daemon);
    assert_eq!(refused["channel"], "mail");
    let failure = refused["failure"].as_str().unwrap_or_default();
    assert!(failure.contains("550 5.1.1 no such user to RCPT TO:<bob@ops.example>"), "{failure}");
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn what_is_under_way_when_it_is_stopped_arrives_once() {
    let script = "echo begun >> SCENE/tried; sleep 2; echo done >> SCENE/tried";
    let channel = format!("[channel.slow]\nby = \"command\"\nrun = [\"/bin/sh\", \"-c\", \"{script}\"]\n{FOLLOW}");
    let mut daemon = Daemon::new(&channel);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    let tried = |daemon: &Daemon| fs::read_to_string(daemon.scene.path("tried")).unwrap_or_default();
    daemon.wait("it is under way", |daemon| tried(daemon) == "begun\n");
    assert_eq!(daemon.stop(), 0);
    assert_eq!(tried(&daemon), "begun\ndone\n", "it was waited for");
    let delivery = daemon.query(&["alerts"])["alerts"][0]["deliveries"].clone();
    assert!(!delivery.to_string().contains("waiting"), "{delivery:#}");
    daemon.start();
    daemon.append("log", &medium_error(1, "sda", 5));
    daemon.wait("it goes on", |daemon| daemon.events().iter().any(|event| event.contains("sector 5 ")));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!((tried(&daemon).as_str(), daemon.kinds().len()), ("begun\ndone\n", 1), "it is not said again");
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn a_channel_that_is_mended_is_tried_at_the_reload() {
    let answers = serde_json::json!({ "answers": [[404, {}, "no such service"], [200, {}, "ok"]] });
    let Some(server) = Server::web(&answers) else { return };
    let hook = format!("[channel.hook]\nby = \"webhook\"\nurl = \"http://localhost:{}/hook\"\n{FOLLOW}", server.port);
    let mut daemon = Daemon::new(&hook);
    daemon.append("log", &(quiet(60) + &degraded(50, "sdc1")));
    daemon.start();
    let delivery = |daemon: &Daemon| {
        let alerts = daemon.query(&["alerts"]);
        let all = alerts["alerts"][0]["deliveries"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|one| one["channel"] == "hook").unwrap_or_default()
    };
    server.next();
    // By itself it would be tried again within the hour.
    daemon.wait("it is refused", |daemon| delivery(daemon)["refused_since"].is_string());
    daemon.signal("HUP");
    daemon.wait("it is delivered", |daemon| delivery(daemon)["state"] == "delivered");
    assert_eq!(daemon.stop(), 0);
}
