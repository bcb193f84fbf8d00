//! The configuration of real repositories, alone: services, gateways, pools and the rest of the runtime model, without the interface, SQL and
//! rules. `cargo bench --bench configuration` prints for each repository the best of five, with discovery apart: it looks at every file
//! for every part of the model.
//!
//! The repositories lie outside of this one, in `../shared/corpus`; without them it says so.

#[path = "../tests/support/folders.rs"]
mod place;

use backend_lint::discover;
use backend_lint::files::disk::Disk;
use backend_lint::files::{Files, Memory};
use backend_lint::model::runtime;
use backend_lint::model::{Settings, Workspace};
use backend_lint::source::Sources;
use std::path::Path;
use std::time::{Duration, Instant};

const RUNS: usize = 5;

fn main() {
    let Some(roots) = place::folders("corpus") else { return };
    println!("{:36} {:>14} {:>12} {:>10}", "", "configuration ms", "discovery ms", "services");
    let (mut all, mut found) = (Duration::ZERO, 0);
    for root in roots {
        let files = load(&root);
        let (configuration, discovery, services) = best(&files);
        all += configuration;
        found += services;
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        println!("{name:36} {:14.1} {:12.1} {services:10}", milliseconds(configuration), milliseconds(discovery));
    }
    println!("{:36} {:14.1} {:12} {found:10}", "all of them", milliseconds(all), "");
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Every file in memory, so that no disk is measured.
fn load(root: &Path) -> Memory {
    let (mut memory, disk) = (Memory::new(), Disk::new(root));
    for path in disk.list().iter() {
        memory.insert(path, disk.read(path).unwrap_or_default());
    }
    memory
}

/// The shortest times of the configuration and of discovery, and how many services there are. One thread, so that elapsed time is CPU time
/// on a quiet machine.
fn best(files: &Memory) -> (Duration, Duration, usize) {
    let settings = Settings { threads: 1, ..Settings::default() };
    let mut best = (Duration::MAX, Duration::MAX, 0);
    for _ in 0..RUNS {
        let start = Instant::now();
        let discovery = discover::find(files, &settings);
        best.1 = best.1.min(start.elapsed());
        let mut sources = Sources::default();
        let mut workspace = Workspace::new(files, &mut sources, 1);
        let start = Instant::now();
        let runtime = runtime::read(&mut workspace, &discovery, &settings);
        best.0 = best.0.min(start.elapsed());
        best.2 = runtime.services().count();
    }
    best
}
