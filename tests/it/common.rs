//! Running the program, and writing what it reads.

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What a run of the program gave.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The workspace: where the program is run, so that paths are short and the same everywhere.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, in the workspace, with nothing on its standard input.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arraywatch"));
    command.current_dir(root()).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "ARRAYWATCH_DB", "ARRAYWATCH_CONFIG"]
    {
        command.env_remove(variable);
    }
    command
}

/// What a finished run gave.
pub fn finished(output: Output) -> Run {
    let text = |bytes| String::from_utf8(bytes).expect("what the program prints is text");
    let code = output.status.code().expect("it ends by itself");
    Run { code, out: text(output.stdout), err: text(output.stderr) }
}

/// Runs the program; whatever it is given, it does not panic.
pub fn run<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Run {
    let run = finished(command().args(arguments).output().expect("the program can be run"));
    assert_ne!(run.code, 70, "{}", run.err);
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

/// Runs it with `--json`; what it prints keeps to its schema and to what a schema cannot say.
pub fn json<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> (Value, Run) {
    let mut all: Vec<&std::ffi::OsStr> = arguments.iter().map(AsRef::as_ref).collect();
    all.push("--json".as_ref());
    let run = run(&all);
    let value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err));
    super::json::keeps_the_contract(&value);
    (value, run)
}

/// A directory with what the program is to read.
pub struct Scene(TempDir);

impl Scene {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a temporary directory"))
    }

    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).expect("a file in a temporary directory");
        self
    }

    pub fn dir(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn arg(&self, name: &str) -> String {
        self.path(name).to_str().expect("temporary directories have plain names").to_owned()
    }

    /// Investigates all of it.
    pub fn investigate(&self, options: &[&str]) -> (Value, Run) {
        let dir = self.arg("");
        let mut arguments = vec!["investigate", &dir];
        arguments.extend(options);
        json(&arguments)
    }
}

/// Serial numbers of invented drives.
pub const SERIALS: [&str; 4] = ["CVEM0711000A064KGN", "CVEM9310021B064KGN", "CVEM0522003C064KGN", "CVEM0633004D064KGN"];

/// The controller's daily report of a day of October 2013: four drives.
pub fn report_of(host: &str, day: u32, serials: [&str; 4]) -> String {
    let mut report = String::new();
    for (slot, serial) in serials.iter().enumerate() {
        let device = slot + 8;
        let _ = writeln!(
            report,
            "October {day}, 2013 8:38:{:02} AM CDT INF 423:A01C0S0{device}L-- [{host}] Drive map: controller 1, channel 0, \
             SCSI device ID {device}, controller 1, enclosure 0, slot {slot}, S/N {serial} (Vendor: INTEL Model: SSDSA2SH064G1GC)",
            31 + day % 20,
        );
    }
    report
}

/// Daily reports of some days.
pub fn log(host: &str, days: std::ops::RangeInclusive<u32>) -> String {
    days.map(|day| report_of(host, day, SERIALS)).collect()
}

/// Notes of a host. A line is `DAY T TIME | SUBJECT | FACT | MORE`, the day being one of October 2013, and what follows is TOML.
pub fn notes(host: Option<&str>, head: &str, lines: &[&str]) -> String {
    let mut notes = "arraywatch = \"notes/1\"\n".to_owned();
    if let Some(host) = host {
        let _ = writeln!(notes, "host = \"{host}\"");
    }
    notes.push_str(head);
    for line in lines {
        let mut fields = line.split('|').map(str::trim);
        let (day, time) = fields.next().and_then(|at| at.split_once('T')).expect("a time");
        let _ = writeln!(notes, "\n[[note]]\nat = 2013-10-{day:0>2}T{time}:00Z");
        for (key, value) in ["subject", "fact"].iter().zip(fields.by_ref()) {
            let _ = writeln!(notes, "{key} = \"{value}\"");
        }
        for more in fields {
            let _ = writeln!(notes, "{more}");
        }
    }
    notes
}

/// An array of four drives, with mirrors that are known or not.
pub fn raid10(mirrors: bool) -> String {
    let mirrors = if mirrors { "mirrors = [[\"c1/e0/s0\", \"c1/e0/s1\"], [\"c1/e0/s2\", \"c1/e0/s3\"]]\n" } else { "" };
    format!(
        "\n[[array]]\nsubject = \"array:./c1\"\nlevel = \"10\"\n\
         bays = [\"c1/e0/s0\", \"c1/e0/s1\", \"c1/e0/s2\", \"c1/e0/s3\"]\n{mirrors}"
    )
}

/// The texts of a list.
pub fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The cases, as `code state subject`.
pub fn cases(answer: &Value) -> Vec<String> {
    let told = |case: &Value| {
        ["code", "state", "subject"].map(|key| case[key].as_str().unwrap_or_default().to_owned()).join(" ")
    };
    answer["cases"].as_array().into_iter().flatten().map(told).collect()
}

/// The case of a code that lasts.
pub fn case<'a>(answer: &'a Value, code: &str) -> &'a Value {
    let found = answer["cases"].as_array().into_iter().flatten().find(|case| case["code"] == code);
    found.unwrap_or_else(|| panic!("no case {code} in {:?}", cases(answer)))
}

/// The causes of a case, the most probable first.
pub fn suspects<'a>(answer: &'a Value, code: &str) -> Vec<&'a str> {
    let suspects = case(answer, code)["suspects"].as_array().expect("suspects");
    suspects.iter().filter_map(|suspect| suspect["cause"].as_str()).collect()
}

/// The probability of a cause.
pub fn probability(answer: &Value, code: &str, cause: &str) -> f64 {
    let suspects = case(answer, code)["suspects"].as_array().expect("suspects");
    let suspect = suspects.iter().find(|suspect| suspect["cause"] == cause).expect("a suspect of the list");
    suspect["probability"].as_f64().expect("a number")
}
