//! The formats for machines, each against its contract.

use crate::build::{find, finding, report, shop};
use backend_lint::diagnostic::*;
use backend_lint::report::{RulePage, concise, github, json, plain, sarif, statistics};
use backend_lint::source::{LineColumn, Sources};
use insta::assert_snapshot;
use serde_json::Value;

/// Two findings, one with all that a finding can have, and files that could not be read.
pub fn full() -> (Sources, Report) {
    let (mut sources, warning) = shop();
    let spec = sources.add("api/größe 1.json", "{\"é\": [1]}\n");
    let place = find(&sources, spec, "[1]");
    let fix = Fix {
        title: "say [two]".into(),
        applicability: Applicability::Safe,
        edits: vec![Edit { span: find(&sources, spec, "1"), text: "2".into() }],
    };
    let diagnostic = Diagnostic::new("schema Size", "`a[0]` is 50% too small: see, below\nreally")
        .at(place, "here")
        .occurrence(find(&sources, spec, "1"), "GET /sizes")
        .fix(fix);
    let mut report = report(vec![finding("schemas/too-small", Severity::Error, diagnostic), warning]);
    let start = Place { position: LineColumn { line: 2, column: 3 }, offset: 9 };
    report.unread = vec![
        Unread { path: "a.yaml".into(), reason: "a [template]".into(), start: None },
        Unread { path: "b.sql".into(), reason: "cut off".into(), start: Some(start) },
    ];
    report.hidden = 3;
    (sources, report)
}

/// What the page of a rule says.
pub fn info() -> RuleInfo {
    RuleInfo {
        id: "schemas/too-small".into(),
        summary: "Something is too small".into(),
        severity: Severity::Error,
        confidence: Confidence::Medium,
        remedy: Remedy::Breaking,
        needs: vec!["api".into()],
        equivalents: Vec::new(),
        references: Vec::new(),
        since: "0.1.0".into(),
        opt_in: false,
        fixable: true,
    }
}

#[test]
fn concise_lines() {
    let (sources, report) = full();
    assert_snapshot!(concise::report(&report, &sources), @r"
    api/größe 1.json:1:7: error[schemas/too-small] `a[0]` is 50% too small: see, below␊really
    api/openapi.yaml:10:20: warning[indexes/sort-parameter-without-index] `GET /orders` sorts by `created_at`, which no index serves
    ");
}

#[test]
fn statistics_by_rule() {
    let (_, mut report) = full();
    report.findings.push(report.findings[1].clone());
    assert_snapshot!(statistics::table(&report), @r"
         2  warning  indexes/sort-parameter-without-index
         1  error    schemas/too-small
    ");
}

#[test]
fn plain_form_of_pages() {
    let (sources, report) = full();
    assert_snapshot!(plain::findings(&report.findings[1..], &sources));
}

#[test]
fn json_contract() {
    let (sources, mut report) = full();
    assert_snapshot!(json::report(&report, &sources).replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    report.base = Some(Base { revision: None, why: "not a git repository".into() });
    let document: Value = serde_json::from_str(&json::report(&report, &sources)).expect("JSON");
    assert_eq!(document["base"], Value::Null);
    report.base = Some(Base { revision: Some("abc".into()), why: "--since".into() });
    let document: Value = serde_json::from_str(&json::report(&report, &sources)).expect("JSON");
    assert_eq!(document["base"], serde_json::json!({"revision": "abc", "why": "--since"}));
}

/// The log, which the schema of OASIS accepts.
pub fn validated(text: &str) -> Value {
    // The pattern of `language`, which we do not write, has a bracket too many: no strict engine compiles it.
    let schema = include_str!("../data/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let log: Value = serde_json::from_str(text).expect("the log is JSON");
    let problems: Vec<String> = validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    log
}

#[test]
fn sarif_is_valid_and_complete() {
    let (sources, report) = full();
    let info = info();
    let page = RulePage { info: &info, markdown: "# Something is too small\n\n## Why\nBecause.\n" };
    let text = sarif::report(&report, &sources, &[page], "services/api/");
    let log = validated(&text);
    assert_eq!(text.lines().count(), 1, "a log is for programs only, so it is short");
    let shown = serde_json::to_string_pretty(&log).expect("JSON");
    assert_snapshot!(shown.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    let run = &log["runs"][0];
    let uri = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "services/api/api/gr%C3%B6%C3%9Fe%201.json");
    assert_eq!(run["results"][1]["ruleIndex"], 0, "rules are sorted by id");
}

#[test]
fn sarif_without_findings_still_has_results() {
    let log = validated(&sarif::report(&Report::default(), &Sources::default(), &[], ""));
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn sarif_keeps_the_most_severe_five_thousand() {
    let (sources, report) = full();
    let (error, warning) = (report.findings[0].clone(), report.findings[1].clone());
    let mut findings = vec![warning; 5_010];
    findings.extend(vec![error; 7]);
    let log = validated(&sarif::report(&Report { findings, ..Report::default() }, &sources, &[], ""));
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 5_000);
    assert_eq!(results.iter().filter(|one| one["level"] == "error").count(), 7);
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(notification, "17 results left out: a log holds at most 5000 and 10 MB compressed, the most severe ones");
}

#[test]
fn github_commands() {
    let (sources, report) = full();
    assert_snapshot!(github::report(&report, &sources, "services/"));
}

#[test]
fn github_shows_ten_of_a_level_and_counts_the_rest() {
    let (sources, report) = full();
    let (error, warning) = (report.findings[0].clone(), report.findings[1].clone());
    let mut findings = vec![warning; 12];
    findings.extend(vec![error; 11]);
    let text = github::report(&Report { findings, ..Report::default() }, &sources, "");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 21);
    assert!(lines[..10].iter().all(|line| line.starts_with("::error ")));
    assert!(lines[10..20].iter().all(|line| line.starts_with("::warning ")));
    assert_eq!(lines[20], "::notice title=backend-lint::3 more: run backend-lint to see them");
}

#[test]
fn the_same_bytes_every_time() {
    let (sources, report) = full();
    let all = || {
        [
            concise::report(&report, &sources),
            json::report(&report, &sources),
            sarif::report(&report, &sources, &[], ""),
            github::report(&report, &sources, ""),
        ]
    };
    let first = all();
    assert!((0..10).all(|_| all() == first));
}

/// Library users get the same finding: the first file's labels in the report itself, each further file as a related one.
#[test]
fn findings_are_miette_reports_for_library_users() {
    use miette::Diagnostic;
    let (sources, finding) = crate::build::shop();
    let report = backend_lint::report::library::LibraryReport::new(&finding, &sources);
    assert_eq!(report.to_string(), finding.diagnostic.message);
    assert_eq!(report.code().map(|code| code.to_string()), Some(finding.rule.clone()));
    let files: std::collections::BTreeSet<_> = finding.labels().map(|(_, label)| label.span.source).collect();
    let related: Vec<_> = report.related().into_iter().flatten().collect();
    assert_eq!(related.len() + 1, files.len());
    let labels = |one: &dyn Diagnostic| one.labels().into_iter().flatten().count();
    assert_eq!(labels(&report) + related.iter().map(|one| labels(*one)).sum::<usize>(), finding.labels().count());
    let mut text = String::new();
    miette::NarratableReportHandler::new().render_report(&mut text, &report).expect("a report is text");
    assert!(text.contains(&finding.diagnostic.message) && text.contains("api/openapi.yaml"), "{text}");
}
