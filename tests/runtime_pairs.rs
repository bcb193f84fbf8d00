//! Small whole repositories in two forms: with the faults of a pairing of products, and without. `fixtures/runtime/NAME/faulty` gives
//! exactly the findings of `fixtures/runtime/NAME/expected.txt` with defaults, `fixtures/runtime/NAME/sound` gives none.
//!
//! `UPDATE_PAIRS=1 cargo test --test runtime_pairs` writes the expectations: the diff is the review.

use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/runtime")
}

/// The findings of a repository with defaults: severity, rule, place, message, and where else each points.
fn findings(repository: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_backend-lint"))
        .args(["--format", "json", "--exit-zero", "--no-config"])
        .current_dir(repository)
        .output()
        .expect("the binary runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut shown = String::new();
    for finding in report["findings"].as_array().into_iter().flatten() {
        let text = |key: &str| finding[key].as_str().unwrap_or("?").to_owned();
        let (severity, rule, path, message) = (text("severity"), text("rule"), text("path"), text("message"));
        let _ = writeln!(shown, "{severity}[{rule}] {path}:{}: {message}", finding["start"]["line"]);
        for label in finding["labels"].as_array().into_iter().flatten().filter(|label| label["role"] != "primary") {
            let _ = writeln!(shown, "  {}:{}", label["path"].as_str().unwrap_or("?"), label["start"]["line"]);
        }
    }
    shown
}

#[test]
fn faulty_forms_give_what_is_expected_and_sound_forms_give_nothing() {
    let mut pairs: Vec<PathBuf> =
        std::fs::read_dir(folder()).expect("fixtures/runtime").flatten().map(|entry| entry.path()).collect();
    pairs.retain(|path| path.is_dir());
    pairs.sort();
    assert!(!pairs.is_empty(), "no pairs in fixtures/runtime");
    let mut wrong = String::new();
    for pair in pairs {
        let name = pair.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (faulty, sound) = (findings(&pair.join("faulty")), findings(&pair.join("sound")));
        let expected = pair.join("expected.txt");
        if std::env::var_os("UPDATE_PAIRS").is_some() {
            std::fs::write(&expected, &faulty).expect("written");
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        if wanted.is_empty() || faulty != wanted {
            let _ = writeln!(wrong, "{name}/faulty: wanted\n{wanted}found\n{faulty}");
        }
        if !sound.is_empty() {
            let _ = writeln!(wrong, "{name}/sound: wanted nothing, found\n{sound}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
