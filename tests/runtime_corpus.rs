//! Real repositories: every service of every compose file is there, and the whole model reads fast.
//!
//! The repositories lie outside of this one, in `../shared`. Where they are not there, the test says so and passes.

use backend_lint::discover::{self, Kind};
use backend_lint::files::{Files, disk::Disk};
use backend_lint::model::runtime;
use backend_lint::model::{Settings, Workspace};
use backend_lint::source::Sources;
use std::collections::BTreeSet;
use std::path::Path;

/// The keys under `services`, as another reader sees them.
fn expected(text: &str) -> BTreeSet<String> {
    let Ok(mut value) = serde_yaml::from_str::<serde_yaml::Value>(text) else { return BTreeSet::new() };
    let _ = value.apply_merge();
    let services = value.get("services").and_then(|services| services.as_mapping()).cloned().unwrap_or_default();
    services.keys().filter_map(|key| key.as_str().map(str::to_owned)).collect()
}

#[test]
fn every_service_of_every_compose_file_is_there() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: {} is not there", corpus.display());
        return;
    }
    let (mut files_read, mut services_read) = (0, 0);
    let walk = walkdir::WalkDir::new(&corpus).min_depth(1).max_depth(1).sort_by_file_name();
    for root in walk.into_iter().filter_map(Result::ok).map(|entry| entry.into_path()).filter(|path| path.is_dir()) {
        let files = Disk::new(&root);
        // Compose files of example and test trees too: only the reader is tested here.
        let listing = files.list();
        let paths = listing.iter().map(str::to_owned);
        let paths = paths.filter(|path| path.contains("compose") && path.ends_with("ml"));
        let artifacts = paths.map(|path| (path, "compose".to_owned())).collect();
        let settings = Settings { threads: 1, artifacts, ..Settings::default() };
        let discovery = discover::find(&files, &settings);
        let mut sources = Sources::default();
        let mut workspace = Workspace::new(&files, &mut sources, 1);
        let runtime = runtime::read(&mut workspace, &discovery, &settings);
        let _ = workspace.finish();
        for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::Compose) {
            let text = String::from_utf8(files.read(&artifact.path).unwrap()).unwrap();
            let expected = expected(&text);
            let projects = runtime
                .services()
                .filter(|service| service.project().is_some_and(|project| project.files.contains(&artifact.path)));
            let found: BTreeSet<String> = projects.map(|service| service.name().to_owned()).collect();
            let lost: Vec<&String> = expected.difference(&found).collect();
            assert!(lost.is_empty(), "{}: lost {lost:?}", artifact.path);
            files_read += 1;
            services_read += expected.len();
        }
    }
    println!("{files_read} compose files, {services_read} services");
    assert!(files_read > 50 && services_read > 200, "{files_read} files, {services_read} services");
}
