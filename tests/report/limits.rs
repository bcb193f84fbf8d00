//! What the consumers of a format refuse or drop without a word, held with more than anybody has.

use crate::build::{find, finding, report, shop};
use crate::formats::{full, info, validated};
use backend_lint::diagnostic::{Diagnostic, Finding, Report, Severity, Unread};
use backend_lint::report::{RulePage, github, markdown, sarif};
use backend_lint::source::Sources;
use serde_json::Value;

/// Findings of every severity with long texts and many places, the errors last.
fn many(number: usize, places: usize) -> (Sources, Vec<Finding>) {
    let mut sources = Sources::default();
    let spec = sources.add("api/openapi.yaml", "paths:\n  /orders: {}\n");
    let schema = sources.add("db/schema.sql", "CREATE TABLE orders (id bigint);\n");
    let (here, there) = (find(&sources, spec, "/orders"), find(&sources, schema, "orders"));
    let text = "a column that nobody would believe to be called what it is called, which is true of most of them";
    let one = |at: usize| {
        let mut diagnostic = Diagnostic::new(format!("subject {at}"), format!("`thing {at}` is wrong")).at(here, text).help(text);
        for _ in 0..places {
            diagnostic = diagnostic.cause(there, text).occurrence(here, "GET /orders");
        }
        let severity = match number - at {
            1..=20 => Severity::Error,
            at if at % 2 == 0 => Severity::Warning,
            _ => Severity::Info,
        };
        finding("schemas/too-small", severity, diagnostic)
    };
    (sources, (0..number).map(one).collect())
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().expect("results are an array, empty or not")
}

/// The numbers that the links of a message lead to.
fn links(message: &str) -> Vec<u64> {
    message.split("](").skip(1).filter_map(|rest| rest.split_once(')')?.0.parse().ok()).collect()
}

/// Text in which no compressor finds anything, from a generator whose numbers are the same each time.
fn noise(state: &mut u64, length: usize) -> String {
    let mut next = || {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[(*state >> 58) as usize])
    };
    (0..length).map(|_| next()).collect()
}

fn compressed(text: &str) -> usize {
    let mut out = vec![0; zlib_rs::compress_bound(text.len())];
    zlib_rs::compress_slice(&mut out, text.as_bytes(), zlib_rs::DeflateConfig::new(6)).0.len()
}

fn told(log: &Value) -> Vec<&str> {
    let all = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().expect("notifications");
    all.iter().filter_map(|one| one["message"]["text"].as_str()).collect()
}

#[test]
fn a_log_is_no_larger_than_code_scanning_takes() {
    let (sources, mut findings) = many(26_000, 1);
    let mut state = 1;
    for finding in &mut findings {
        finding.diagnostic.message = noise(&mut state, 5_000);
    }
    let unread = (0..5_000).map(|at| Unread { path: format!("{at}.sql"), reason: "cut off".into(), start: None }).collect();
    let text = sarif::report(&Report { findings, unread, ..Report::default() }, &sources, &[], "");
    let size = compressed(&text);
    assert!((8_000_000..10_000_000).contains(&size), "{size} bytes");
    let log: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(1));
    let all = results(&log);
    assert_eq!(all.iter().filter(|one| one["level"] == "error").count(), 20, "the most severe are kept");
    assert!(all.iter().all(|one| one["level"] != "note"), "and the least severe go first");
    let told = told(&log);
    assert_eq!(told.len(), 1_002);
    let left_out =
        format!("{} results left out: a log holds at most 5000 and 10 MB compressed, the most severe ones", 26_000 - all.len());
    assert_eq!(told[1_000..], ["not read: 4000 more files, listed by `backend-lint files`", left_out.as_str()]);
}

#[test]
fn a_log_of_long_results_can_be_held() {
    let (sources, findings) = many(26_000, 60);
    let text = sarif::report(&Report { findings, ..Report::default() }, &sources, &[], "");
    assert!((40_000_000..51_000_000).contains(&text.len()), "{} bytes", text.len());
    assert!(compressed(&text) < 10_000_000);
}

#[test]
fn five_thousand_results_of_the_usual_size_fit() {
    let (sources, findings) = many(25_001, 4);
    let text = sarif::report(&Report { findings, ..Report::default() }, &sources, &[], "");
    let log: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(results(&log).len(), 5_000);
    assert!(text.len() > 10_000_000 && compressed(&text) < 10_000_000);
}

#[test]
fn every_result_has_what_code_scanning_shows() {
    let (sources, findings) = many(40, 70);
    let info = info();
    let page = RulePage { info: &info, markdown: "# Something\n\n## Why\nBecause.\n" };
    let log = validated(&sarif::report(&Report { findings, ..Report::default() }, &sources, &[page], ""));
    for result in results(&log) {
        let places = result["locations"].as_array().expect("places");
        assert_eq!(places.len(), 1);
        assert!(places[0]["physicalLocation"]["region"]["startLine"].as_u64() >= Some(1));
        // A hundred related places are shown, and only those that the text leads to.
        let related = result["relatedLocations"].as_array().expect("related places");
        let numbers: Vec<u64> = related.iter().filter_map(|one| one["id"].as_u64()).collect();
        assert_eq!(numbers, (1..=100).collect::<Vec<u64>>());
        let message = result["message"]["text"].as_str().expect("a message");
        assert_eq!(links(message), numbers);
        assert!(message.contains("\nand 40 more places\n"), "{message}");
        // Our fingerprint alone: the one of the line is computed where the sources are.
        let keys: Vec<&String> = result["partialFingerprints"].as_object().expect("fingerprints").keys().collect();
        assert_eq!(keys, ["backendLint/v1"]);
    }
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules") {
        assert!(rule["help"]["markdown"].as_str().is_some_and(|text| text.contains("## Why")));
        assert!((1..=10).contains(&rule["properties"]["tags"].as_array().map_or(0, Vec::len)), "ten tags are shown");
    }
}

#[test]
fn a_chain_over_files_is_shown_step_by_step() {
    let (sources, joined) = shop();
    let alone = Diagnostic::new("a", "b").at(joined.diagnostic.primary.span, "c").context(joined.diagnostic.causes[0].span, "");
    let findings = vec![joined.clone(), finding("schemas/too-small", Severity::Error, alone)];
    let log = validated(&sarif::report(&report(findings), &sources, &[], ""));
    let flow = &results(&log)[0]["codeFlows"][0]["threadFlows"][0]["locations"];
    let steps: Vec<&str> =
        flow.as_array().into_iter().flatten().filter_map(|one| one["location"]["message"]["text"].as_str()).collect();
    assert_eq!(steps, ["clients may sort by this", "the only index leads with `customer_id`", "the column"]);
    let first = &flow[0]["location"]["physicalLocation"];
    assert_eq!(first, &results(&log)[0]["locations"][0]["physicalLocation"], "it begins where the finding stands");
    assert_eq!(results(&log)[1].get("codeFlows"), None, "one place and what surrounds it are no chain");
}

#[test]
fn a_step_of_actions_shows_thirty_lines() {
    let (sources, findings) = many(4_000, 1);
    let text = github::report(&Report { findings, ..Report::default() }, &sources, "");
    let count = |level: &str| text.lines().filter(|line| line.starts_with(level)).count();
    assert_eq!((count("::error "), count("::warning "), count("::notice ")), (10, 10, 10));
    let left_out = 4_000 - 29;
    assert_eq!(
        text.lines().last(),
        Some(format!("::notice title=backend-lint::{left_out} more: run backend-lint to see them").as_str())
    );
    let (_, few) = many(30, 1);
    let infos: Vec<Finding> = few.into_iter().filter(|one| one.severity == Severity::Info).take(10).collect();
    assert_eq!(infos.len(), 5);
    let ten = [infos.clone(), infos].concat();
    let text = github::report(&Report { findings: ten, ..Report::default() }, &sources, "");
    assert!(text.lines().count() == 10 && !text.contains("more:"), "ten that fit are all shown");
}

/// What is seen of a comment before anything is unfolded.
fn visible(comment: &str) -> String {
    let mut rest = comment;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("<details") {
        out.push_str(before);
        rest = after.split_once("</details>").map_or("", |(_, after)| after);
    }
    out + rest
}

#[test]
fn a_comment_of_any_report_fits_and_says_how_it_ends() {
    let (sources, findings) = many(26_000, 3);
    let warnings = findings.iter().filter(|one| one.severity == Severity::Warning).count();
    let infos = findings.len() - warnings - 20;
    let text = markdown::report(&Report { findings, files: 7, ..Report::default() }, &sources);
    assert!(text.chars().count() <= 60_000, "{}", text.chars().count());
    let seen = visible(&text);
    let counts = format!("### backend-lint: 20 errors\n\n20 errors, {warnings} warnings, {infos} infos in 7 files.\n");
    assert!(seen.starts_with(&counts), "{seen}");
    assert!(seen.contains(" more: run `backend-lint` to see them."), "{seen}");
    assert_eq!(text.matches("<details").count(), text.matches("</details>").count());
}

#[test]
fn a_finding_that_is_longer_than_a_comment_is_counted() {
    let (sources, report) = full();
    let mut finding = report.findings[0].clone();
    finding.diagnostic.help = Some("x".repeat(70_000));
    let text = markdown::report(&Report { findings: vec![finding], files: 1, ..Report::default() }, &sources);
    assert!(
        text.starts_with("### backend-lint: 1 error\n\n1 error in 1 file.\n\n1 more: run `backend-lint` to see them."),
        "{text}"
    );
    // Wide characters count once, as the limit does.
    let mut wide = report.findings[0].clone();
    wide.diagnostic.help = Some("漢".repeat(40_000));
    let text = markdown::report(&Report { findings: vec![wide; 2], files: 1, ..Report::default() }, &sources);
    assert!((40_000..60_000).contains(&text.chars().count()));
    assert!(text.contains("\n1 more: run `backend-lint` to see them."), "{text}");
}
