//! What each family of formats costs: to be asked whether it knows an input, and to read its fixtures.
//!
//! The peer beside them takes each line apart at its first colon and keeps both halves in a map, as a script would that looks for a few
//! fields. Only ratios of one run say anything.

use anyhow::Context as _;
use arraywatch::diagnosis::Digests;
use arraywatch::observe::{FAMILIES, Family, Options, recognise};
use arraywatch_benches::random::Random;
use arraywatch_benches::table::print;
use clap::Parser;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// As much of an input as families are asked about.
const FRONT: usize = 1 << 20;

/// As long as logs are made.
const LOG: usize = 8_000_000;

/// Families of logs. What is said is told, too: it is no measure of damage detection alone.
const LOGS: [&str; 6] =
    ["adaptec-storage-manager", "apcupsd-events", "ipmi-sel", "kernel-log", "megaraid-events", "ups-syslog"];

/// Measures the families of formats.
#[derive(Debug, Parser)]
struct Arguments {
    /// How often each is measured; the best counts.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

fn main() -> anyhow::Result<()> {
    let Arguments { rounds } = Arguments::parse();
    let inputs = [("NULs", vec![0; FRONT]), ("noise", noise()), ("words", words()), ("pairs", pairs())];
    println!("to be asked about {FRONT} bytes that are of no family, ms:");
    let asked = FAMILIES.iter().map(|family| {
        let cost = |bytes: &[u8]| format!("{:.2}", 1e3 * best(rounds, || family.recognise(black_box(bytes))));
        let [nuls, noise, words, pairs] = [0, 1, 2, 3].map(|at: usize| cost(&inputs[at].1));
        [family.name().to_owned(), nuls, noise, words, pairs]
    });
    print(["family", inputs[0].0, inputs[1].0, inputs[2].0, inputs[3].0], asked);

    println!("to read its fixtures:");
    let mut rows = Vec::new();
    for (name, fixtures) in fixtures()? {
        for (path, bytes) in fixtures {
            let family = *FAMILIES.iter().find(|family| family.name() == name).context("a family")?;
            let own = best(rounds, || read(family, black_box(&bytes)));
            let peer = best(rounds, || split(black_box(&bytes)));
            let (us, mb) = (own * 1e6, bytes.len() as f64 / 1e6 / own);
            rows.push((
                own,
                [path, bytes.len().to_string(), format!("{us:.0}"), format!("{mb:.0}"), format!("{:.1}", own / peer)],
            ));
        }
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    print(["fixture", "bytes", "µs", "MB/s", "times the peer"], rows.into_iter().map(|(_, row)| row));

    println!(
        "to read logs of {LOG} bytes, the greatest fixture again and again (blocks that stand twice are looked up, too):"
    );
    let mut logs = Vec::new();
    for (name, fixtures) in fixtures()?.into_iter().filter(|(name, _)| LOGS.contains(name)) {
        let (_, front) = fixtures.into_iter().max_by_key(|(_, bytes)| bytes.len()).context("a fixture")?;
        let bytes = front.repeat(LOG.div_ceil(front.len()));
        let family = *FAMILIES.iter().find(|family| family.name() == name).context("a family")?;
        let own = best(rounds.min(3), || read(family, black_box(&bytes)));
        let peer = best(rounds.min(3), || split(black_box(&bytes)));
        let speed = |seconds: f64| format!("{:.0}", bytes.len() as f64 / 1e6 / seconds);
        logs.push([name.to_owned(), speed(own), speed(peer), format!("{:.1}", own / peer)]);
    }
    print(["family", "MB/s", "peer MB/s", "times the peer"], logs);
    Ok(())
}

/// The shortest of some runs, in seconds.
fn best<T>(rounds: u32, mut run: impl FnMut() -> T) -> f64 {
    let once = |_| {
        let begun = Instant::now();
        black_box(run());
        begun.elapsed().as_secs_f64()
    };
    (0..rounds).map(once).fold(f64::INFINITY, f64::min)
}

fn read(family: &dyn Family, bytes: &[u8]) -> Digests {
    let mut digests = Digests::default();
    let mut observer = family.observer("fixture".into(), bytes, &Options::default());
    observer.push(bytes, &mut digests);
    observer.finish(&mut digests);
    digests
}

fn split(bytes: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(bytes);
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
}

/// The fixtures of each family: their names and bytes.
type Fixtures = BTreeMap<&'static str, Vec<(String, Vec<u8>)>>;

fn fixtures() -> anyhow::Result<Fixtures> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures"));
    let entries = |path: &Path| -> anyhow::Result<Vec<PathBuf>> {
        let mut paths = std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
        paths.sort();
        Ok(paths)
    };
    let mut found = Fixtures::new();
    for folder in entries(root)?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&folder)?.into_iter().filter(|path| path.is_file()) {
            let bytes = std::fs::read(&path)?;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            if let Some(family) = recognise(&bytes) {
                found.entry(family.name()).or_default().push((name, bytes));
            }
        }
    }
    Ok(found)
}

fn noise() -> Vec<u8> {
    let mut random = Random::new(1);
    (0..FRONT / 8).flat_map(|_| random.number().to_le_bytes()).collect()
}

fn words() -> Vec<u8> {
    let mut random = Random::new(2);
    let word = |random: &mut Random| {
        *random.one_of(&["drive", "of", "the", "array", "is", "12", "rebuilt", "by", "noon", "a"])
    };
    let mut text = String::new();
    while text.len() < FRONT {
        text.push_str(word(&mut random));
        text.push(if random.below(12) == 0 { '\n' } else { ' ' });
    }
    text.truncate(FRONT);
    text.into_bytes()
}

fn pairs() -> Vec<u8> {
    let mut random = Random::new(3);
    let line = |_| format!("  Key of number {}   : value {}\n", random.below(500), random.below(100_000));
    let mut text: String = (0..FRONT / 28).map(line).collect();
    text.truncate(FRONT);
    text.into_bytes()
}
