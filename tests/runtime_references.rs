//! Real repositories: every host that configuration names means somebody. The test prints the table.
//!
//! The repositories lie outside of this one, in `../shared`. Where they are not there, the test says so and passes.

use backend_lint::discover;
use backend_lint::files::{Files, disk::Disk};
use backend_lint::model::runtime;
use backend_lint::model::runtime::reference::Meaning;
use backend_lint::model::{Settings, Workspace};
use backend_lint::source::Sources;
use std::path::Path;

#[test]
fn hosts_resolve_to_services_or_to_the_outside_world() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: {} is not there", corpus.display());
        return;
    }
    let (mut named, mut resolved) = (0, 0);
    let mut nobody = Vec::new();
    println!("{:36} {:>5} {:>8} {:>8} {:>6} {:>7}", "repository", "own", "service", "outside", "other", "nobody");
    let walk = walkdir::WalkDir::new(&corpus).min_depth(1).max_depth(1).sort_by_file_name();
    for root in walk.into_iter().filter_map(Result::ok).map(|entry| entry.into_path()).filter(|path| path.is_dir()) {
        let files = Disk::new(&root);
        // Compose files of example and test trees too: they name hosts like all others.
        let paths = files.list();
        let compose = paths.iter().filter(|path| path.contains("compose") && path.ends_with("ml"));
        let artifacts = compose.map(|path| (path.to_owned(), "compose".to_owned())).collect();
        let settings = Settings { threads: 1, artifacts, ..Settings::default() };
        let discovery = discover::find(&files, &settings);
        let mut sources = Sources::default();
        let mut workspace = Workspace::new(&files, &mut sources, 1);
        let runtime = runtime::read(&mut workspace, &discovery, &settings);
        let _ = workspace.finish();
        let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut counts = [0usize; 5];
        for reference in runtime.references() {
            let slot = match reference.meaning {
                Meaning::Own => 0,
                Meaning::Service(_) => 1,
                Meaning::External => 2,
                Meaning::Other => 3,
                Meaning::Nobody => {
                    let place = sources.line_column(reference.span.source, reference.span.start);
                    let path = sources.path(reference.span.source);
                    nobody.push(format!("{name}/{path}:{}: {} = {}", place.line, reference.key, reference.host));
                    4
                }
            };
            counts[slot] += 1;
        }
        let [own, services, outside, other, unknown] = counts;
        println!("{name:36} {own:>5} {services:>8} {outside:>8} {other:>6} {unknown:>7}");
        named += services + outside + other + unknown;
        resolved += services + outside;
    }
    nobody.iter().for_each(|line| println!("nobody: {line}"));
    println!("{resolved} of {named} host names resolve");
    assert!(named > 80, "only {named} host names were seen");
    assert!(resolved * 100 >= named * 94, "{resolved} of {named} host names resolve, wanted 94 of 100");
}
