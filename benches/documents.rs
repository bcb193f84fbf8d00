//! Trees against the values that everyone builds. Input: large API descriptions where they are at hand, else a generated one.

use backend_lint::documents::{self, Tree};
use backend_lint::source::SourceId;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, LazyLock};

fn main() {
    divan::main();
}

static YAML: LazyLock<Arc<str>> = LazyLock::new(|| read("stripe/spec3.yaml").unwrap_or_else(generated_yaml));
static JSON: LazyLock<Arc<str>> = LazyLock::new(|| read("github/api.github.com.json").unwrap_or_else(generated_json));

fn read(name: &str) -> Option<Arc<str>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench").join(name);
    std::fs::read_to_string(path).ok().map(Arc::from)
}

fn generated_yaml() -> Arc<str> {
    let mut text = String::from("openapi: 3.0.3\npaths:\n");
    for at in 0..8000 {
        let _ = write!(
            text,
            "  /things/{at}:\n    get:\n      # Lists things.\n      description: >-\n        Returns the things that\n        belong to the {at}th owner.\n      \
             parameters:\n        - {{name: limit, in: query, schema: {{type: integer, maximum: 100}}}}\n      responses:\n        '200':\n          \
             description: \"fine\\n\"\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Thing{at}'\n"
        );
    }
    text.into()
}

fn generated_json() -> Arc<str> {
    let value: serde_json::Value = serde_yaml::from_str(&generated_yaml()).unwrap_or_default();
    serde_json::to_string_pretty(&value).unwrap_or_default().into()
}

fn tree(path: &str, text: &Arc<str>) -> Tree {
    documents::parse(path, SourceId(0), text.clone())
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn yaml_tree(bencher: Bencher) {
    bencher.counter(BytesCount::of_str(&**YAML)).bench(|| tree("a.yaml", black_box(&YAML)));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn yaml_serde_value(bencher: Bencher) {
    bencher.counter(BytesCount::of_str(&**YAML)).bench(|| serde_yaml::from_str::<serde_yaml::Value>(black_box(&YAML)));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn json_tree(bencher: Bencher) {
    bencher.counter(BytesCount::of_str(&**JSON)).bench(|| tree("a.json", black_box(&JSON)));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn json_serde_value(bencher: Bencher) {
    bencher.counter(BytesCount::of_str(&**JSON)).bench(|| serde_json::from_str::<serde_json::Value>(black_box(&JSON)));
}
