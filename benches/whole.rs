//! Whole checks against the parse floor: what `serde_json::Value` or `serde_yaml::Value` needs to parse the same bytes, in the same
//! process, in turn. `cargo bench --bench whole` prints the best of five of each, and their difference.
//!
//! The inputs lie outside of this repository, in `../shared/bench` and `../shared/corpus`; what is not there is said to be skipped.

use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::engine::{self, Migrations, Options};
use backend_lint::files::disk::Disk;
use backend_lint::files::{Files, Memory};
use std::path::Path;
use std::time::{Duration, Instant};

const RUNS: usize = 5;

/// (name, folder or file below `../shared`).
const INPUTS: &[(&str, &str)] = &[
    ("github, 13 MB of JSON", "bench/github/api.github.com.json"),
    ("github, 10 MB of YAML", "bench/github/api.github.com.yaml"),
    ("stripe, 4 MB of JSON", "bench/stripe/spec3.json"),
    ("stripe, 4 MB of YAML", "bench/stripe/spec3.yaml"),
    ("digitalocean, 2,907 files of YAML", "bench/digitalocean-multifile"),
    ("hydra, 1,243 migrations", "bench/sql/ory-hydra"),
    ("kratos, 3,483 migrations", "corpus/ory__kratos"),
];

fn main() {
    println!("{:36} {:>10} {:>10} {:>10}", "", "check ms", "floor ms", "above ms");
    for (name, place) in INPUTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(place);
        if !path.exists() {
            println!("{name:36} skipped: {} is not there", path.display());
            continue;
        }
        // Read once, so that no disk is measured.
        let files = load(&path);
        let (mut check, mut floor) = (Duration::MAX, Duration::MAX);
        for _ in 0..RUNS {
            check = check.min(timed(|| run(&files)));
            floor = floor.min(timed(|| parse(&files)));
        }
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        let above = milliseconds(check) - milliseconds(floor);
        println!("{name:36} {:10.1} {:10.1} {above:10.1}", milliseconds(check), milliseconds(floor));
    }
}

fn load(path: &Path) -> Memory {
    let mut memory = Memory::new();
    if path.is_file() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        memory.insert(name, std::fs::read(path).unwrap_or_default());
        return memory;
    }
    let disk = Disk::new(path);
    for path in disk.list().iter() {
        memory.insert(path, disk.read(path).unwrap_or_default());
    }
    memory
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// One thread, so that elapsed time is CPU time on a quiet machine.
fn run(files: &Memory) {
    let options = Options {
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        migrations: Migrations::All,
        threads: 1,
        ..Options::default()
    };
    let outcome = engine::check(files, None, None, &options);
    std::hint::black_box(outcome.is_ok());
}

/// Only documents have a floor; SQL has none here.
fn parse(files: &Memory) {
    for path in files.list().iter() {
        let bytes = files.read(path).unwrap_or_default();
        if path.ends_with(".json") {
            std::hint::black_box(serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
        } else if path.ends_with(".yaml") || path.ends_with(".yml") {
            std::hint::black_box(serde_yaml::from_slice::<serde_yaml::Value>(&bytes).is_ok());
        }
    }
}
