//! Real servers, started for a test and ended with it. `tests/servers/install` gets them from packages, into the target directory.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where the servers are. None where they cannot be had.
fn installed() -> Option<&'static Path> {
    static PLACE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let install = || {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("servers");
        let output = Command::new(super::common::root().join("tests/servers/install")).arg(&place).output();
        let output = output.map_err(|error| error.to_string())?;
        if output.status.success() { Ok(place) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    };
    PLACE.get_or_init(install).as_ref().map_err(|why| not_run(why)).ok().map(PathBuf::as_path)
}

/// Says that a test did not run, which is an error where everything must.
fn not_run(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "a server that this test needs cannot be had: {why}");
    eprintln!("NOT RUN: a server that this test needs cannot be had: {why}");
}

/// A running server.
pub struct Server {
    child: Child,
    lines: Receiver<Value>,
    directory: TempDir,
    pub port: u16,
}

impl Server {
    /// A mail server, as `tests/servers/mail.py` says.
    pub fn mail(wish: &Value) -> Option<Self> {
        Self::python("mail.py", wish)
    }

    /// A receiver of webhooks, as `tests/servers/web.py` says.
    pub fn web(wish: &Value) -> Option<Self> {
        Self::python("web.py", wish)
    }

    fn python(script: &str, wish: &Value) -> Option<Self> {
        let directory = TempDir::new().expect("a directory");
        let mut command = Command::new(installed()?.join("mail/bin/python"));
        command
            .arg(super::common::root().join("tests/servers").join(script))
            .arg(directory.path())
            .arg(wish.to_string());
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().expect("Python starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (to, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = to.send(serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}")));
            }
        });
        let mut server = Self { child, lines, directory, port: 0 };
        let port = server.next()["port"].as_u64().expect("it says its port");
        server.port = u16::try_from(port).expect("a port");
        Some(server)
    }

    /// Alertmanager, with a configuration that tells nobody.
    pub fn alertmanager() -> Option<Self> {
        let directory = TempDir::new().expect("a directory");
        let config = directory.path().join("alertmanager.yml");
        std::fs::write(&config, "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n").expect("a file");
        let port = free_port();
        // It looks for its templates below /usr/share, where nothing was installed: it gets a /usr/share of its own.
        let start = r#"mount --bind "$0/usr/share" /usr/share && exec "$0/usr/bin/prometheus-alertmanager" "$@""#;
        let mut child = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", start])
            .arg(installed()?.join("alertmanager"))
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", directory.path().display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--cluster.listen-address=")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("unshare starts");
        let deadline = Instant::now() + Duration::from_secs(30);
        while get(port, "/-/ready").is_none() {
            assert!(Instant::now() < deadline, "Alertmanager is not ready");
            if let Ok(Some(status)) = child.try_wait() {
                not_run(&format!("Alertmanager, in name spaces of its own, ended with {status}"));
                return None;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(Self { child, lines: channel().1, directory, port })
    }

    /// What it says next.
    pub fn next(&self) -> Value {
        self.lines.recv_timeout(Duration::from_secs(30)).expect("it says something")
    }

    /// The mail that arrived next.
    pub fn mail_that_arrived(&self) -> Value {
        self.next()["mail"].take()
    }

    /// Fails if something arrived.
    pub fn nothing_arrived(&self) {
        let more = self.lines.recv_timeout(Duration::from_millis(100));
        assert!(more.is_err(), "{more:?}");
    }

    /// The certificate of the authority that its own is of.
    pub fn authority(&self) -> PathBuf {
        self.directory.path().join("authority.pem")
    }

    /// Writes a file beside it.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// What it answers to a GET.
    pub fn get(&self, path: &str) -> Option<String> {
        get(self.port, path)
    }
}

fn get(port: u16, path: &str) -> Option<String> {
    let mut response = ureq::get(format!("http://127.0.0.1:{port}{path}")).call().ok()?;
    response.body_mut().read_to_string().ok()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port on which nobody listens, for now.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}
