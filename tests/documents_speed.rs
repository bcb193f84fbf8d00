//! What trees cost against the values that everyone builds, measured in turns so that a busy machine slows down both.
//! `cargo test --release --test documents_speed -- --nocapture` prints figures worth quoting.

use backend_lint::documents;
use backend_lint::source::SourceId;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROUNDS: usize = if cfg!(debug_assertions) { 2 } else { 30 };

fn read(name: &str, generated: fn() -> String) -> Arc<str> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench").join(name);
    std::fs::read_to_string(path).unwrap_or_else(|_| generated()).into()
}

fn generated_yaml() -> String {
    let item = |at: usize| format!("- name: item {at}\n  # note\n  text: >-\n    two\n    lines\n  list: [1, {{a: 'b'}}]\n");
    (0..20_000).map(item).collect()
}

fn generated_json() -> String {
    let item = |at: usize| format!("  {{\"name\": \"item {at}\", \"text\": \"two\\nlines\", \"list\": [1, {{\"a\": true}}]}},\n");
    format!("[\n{}  null\n]\n", (0..20_000).map(item).collect::<String>())
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    let made = black_box(work());
    let took = begun.elapsed();
    drop(made);
    took
}

/// The best time of each, taken in turns.
fn compare<T>(name: &str, text: &Arc<str>, path: &str, theirs: impl Fn(&str) -> T) {
    let (mut best_ours, mut best_theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        best_ours = best_ours.min(time(|| documents::parse(path, SourceId(0), text.clone())));
        best_theirs = best_theirs.min(time(|| theirs(text)));
    }
    let ratio = best_theirs.as_secs_f64() / best_ours.as_secs_f64();
    let tree = documents::parse(path, SourceId(0), text.clone());
    let decoded = tree.decoded_bytes();
    // The demand is about nodes; a comment is none.
    let comments = std::mem::size_of_val(tree.comments());
    let per_node = (tree.heap_bytes() - decoded - comments) as f64 / tree.len() as f64;
    println!(
        "{name}: {:.1} MB in {best_ours:.1?}, the value in {best_theirs:.1?}, {ratio:.2} times as fast; {} nodes, {per_node:.1} bytes \
         each and {decoded} decoded bytes, {:.2} times the source",
        text.len() as f64 / 1e6,
        tree.len(),
        tree.heap_bytes() as f64 / text.len() as f64,
    );
    assert!(per_node <= 25.0, "{per_node} bytes a node");
    assert!(best_ours < Duration::from_secs(20));
}

#[test]
fn yaml_against_serde_yaml() {
    let text = read("stripe/spec3.yaml", generated_yaml);
    compare("YAML", &text, "a.yaml", |text| serde_yaml::from_str::<serde_yaml::Value>(text));
}

#[test]
fn json_against_serde_json() {
    let text = read("github/api.github.com.json", generated_json);
    compare("JSON", &text, "a.json", |text| serde_json::from_str::<serde_json::Value>(text));
}
