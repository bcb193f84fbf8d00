//! The formats of other tools, each against its schema or what its consumers read.

use crate::formats::full;
use backend_lint::diagnostic::{Report, Severity};
use backend_lint::report::{checkstyle, gitlab, json, junit, markdown, narrated, ndjson, rdjson};
use backend_lint::source::Sources;
use insta::assert_snapshot;
use serde_json::Value;

fn valid(text: &str, schema: &str) -> Value {
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let document: Value = serde_json::from_str(text).expect("the document is JSON");
    let problems: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    document
}

#[test]
fn gitlab_code_quality() {
    let (sources, report) = full();
    let text = gitlab::report(&report, &sources, "services/");
    let issues = valid(&text, include_str!("../data/gitlab-code-quality.schema.json"));
    let fingerprints: std::collections::BTreeSet<&str> =
        issues.as_array().into_iter().flatten().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    assert_eq!(fingerprints.len(), 2, "each occurs once");
    assert_eq!(issues[0]["location"]["path"], "services/api/größe 1.json");
    assert_eq!((&issues[0]["severity"], &issues[1]["severity"]), (&Value::from("critical"), &Value::from("minor")));
    assert_eq!(gitlab::report(&Report::default(), &Sources::default(), ""), "[]\n");
}

#[test]
fn rdjson_with_related_places_and_suggestions() {
    let (sources, report) = full();
    let document = valid(&rdjson::report(&report, &sources), include_str!("../data/rdjson.schema.json"));
    let first = &document["diagnostics"][0];
    // `{"é": [1]}`: the bracket is the 7th character and the 8th byte.
    assert_eq!(first["location"]["range"]["start"], serde_json::json!({ "line": 1, "column": 8 }));
    assert_eq!(first["suggestions"][0]["text"], "2");
    let related = document["diagnostics"][1]["related_locations"].as_array().expect("related places");
    assert_eq!(related.len(), 3);
    assert_eq!(related[0]["location"]["path"], "db/001_init.sql");
}

#[test]
fn junit_has_a_case_for_each_finding_and_one_for_none() {
    let (sources, mut report) = full();
    report.findings[1].severity = Severity::Info;
    let text = junit::report(&report, &sources);
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).expect("a suite");
    assert_eq!((suite.attribute("tests"), suite.attribute("failures")), (Some("2"), Some("1")));
    let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases[0].attribute("file"), Some("api/größe 1.json"));
    let failure = cases[0].children().find(|node| node.has_tag_name("failure")).expect("a failure");
    assert!(failure.text().unwrap_or("").contains("is 50% too small"));
    assert!(cases[1].children().any(|node| node.has_tag_name("system-out")));
    let text = junit::report(&Report::default(), &Sources::default());
    let document = roxmltree::Document::parse(&text).expect("XML");
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("testcase")).count(), 1);
}

#[test]
fn checkstyle_groups_by_file() {
    let (sources, report) = full();
    let text = checkstyle::report(&report, &sources);
    let document = roxmltree::Document::parse(&text).expect("XML");
    let files: Vec<_> = document.descendants().filter(|node| node.has_tag_name("file")).collect();
    assert_eq!(
        files.iter().filter_map(|file| file.attribute("name")).collect::<Vec<_>>(),
        ["api/größe 1.json", "api/openapi.yaml"]
    );
    let error = files[1].children().find(|node| node.has_tag_name("error")).expect("an error");
    assert_eq!((error.attribute("line"), error.attribute("column")), (Some("10"), Some("20")));
    assert_eq!(error.attribute("source"), Some("backend-lint/indexes/sort-parameter-without-index"));
    assert!(error.attribute("message").unwrap_or("").contains("\nhelp: CREATE INDEX CONCURRENTLY"), "line breaks survive");
}

#[test]
fn ndjson_has_the_findings_of_the_document_and_the_summary_last() {
    let (sources, report) = full();
    let lines: Vec<Value> =
        ndjson::report(&report, &sources).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let types: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    assert_eq!(types, ["finding", "finding", "unread", "unread", "summary"]);
    let document: Value = serde_json::from_str(&json::report(&report, &sources)).expect("JSON");
    let mut first = lines[0].clone();
    first.as_object_mut().expect("an object").remove("type");
    assert_eq!(first, document["findings"][0]);
    assert_eq!(lines[4]["summary"], document["summary"]);
}

#[test]
fn markdown_shows_the_verdict_and_folds_the_rest() {
    let (sources, report) = full();
    assert_snapshot!(markdown::report(&report, &sources));
}

#[test]
fn markdown_fits_a_comment_and_counts_what_does_not() {
    let (sources, report) = full();
    let findings = vec![report.findings[1].clone(); 500];
    let text = markdown::report(&Report { findings, ..Report::default() }, &sources);
    assert!(text.chars().count() <= 60_000, "{}", text.chars().count());
    assert!(text.starts_with("### backend-lint: 500 findings\n") && text.contains(" more: run `backend-lint` to see them."));
    assert_eq!(text.matches("<details").count(), text.matches("</details>").count(), "nothing is cut in the middle");
}

#[test]
fn narrated_for_screen_readers() {
    let (sources, report) = full();
    assert_snapshot!(narrated::report(&report, &sources));
}
