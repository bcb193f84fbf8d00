//! The looks of the pretty form.

use crate::build::{find, finding, report, shop};
use backend_lint::diagnostic::{Base, Diagnostic, Finding, Severity, Unread};
use backend_lint::report::pretty::{self, Style};
use backend_lint::source::{SourceId, Sources, Span};
use insta::assert_snapshot;

/// One file, and a finding at the first `needle` in it.
fn one(text: &str, needle: &str, label: &str) -> (Sources, SourceId, Diagnostic) {
    let mut sources = Sources::default();
    let id = sources.add("some/file.yaml", text);
    let diagnostic = Diagnostic::new("subject", "something is wrong with `it`").at(find(&sources, id, needle), label);
    (sources, id, diagnostic)
}

fn shown(sources: &Sources, diagnostic: Diagnostic) -> String {
    pretty::finding(&error(diagnostic), sources, Style::default())
}

fn error(diagnostic: Diagnostic) -> Finding {
    finding("group/problem", Severity::Error, diagnostic)
}

#[test]
fn several_files_in_one_finding() {
    let (sources, finding) = shop();
    assert_snapshot!(pretty::finding(&finding, &sources, Style::default()));
}

#[test]
fn characters_of_several_bytes_and_cells() {
    let (sources, id, diagnostic) = one("größe: 漢字 \"naïve 👩\u{200d}💻\" limit: 7\n", "limit", "after wide characters");
    let diagnostic = diagnostic.cause(find(&sources, id, "漢字"), "wide");
    assert_snapshot!(shown(&sources, diagnostic));
}

#[test]
fn windows_line_breaks_tabs_and_byte_order_mark() {
    let (sources, id, diagnostic) = one("\u{feff}first: 1\r\nsecond:\r\n\tthird:\t3\r\n", "first", "column 1");
    let diagnostic = diagnostic.cause(find(&sources, id, "3"), "behind tabs").cause(Span::new(id, 0, 0), "the mark itself");
    assert_snapshot!(shown(&sources, diagnostic));
}

#[test]
fn a_line_of_ten_kilobytes() {
    let text = format!("{{\"a\":\"é{}\",\"limit\":1000000,\"b\":\"{}\"}}", "x".repeat(5_000), "y".repeat(5_000));
    let (sources, id, diagnostic) = one(&text, "\"limit\":1000000", "no maximum");
    let diagnostic = diagnostic.cause(find(&sources, id, "\"b\""), "near").context(find(&sources, id, "{"), "far");
    assert_snapshot!(shown(&sources, diagnostic));
}

#[test]
fn at_the_end_of_the_file() {
    let (sources, id, diagnostic) = one("a: 1\nb: 2\n", "b", "");
    let diagnostic = diagnostic.cause(Span::new(id, 10, 10), "expected more").context(Span::new(id, 400, 500), "past the end");
    assert_snapshot!(shown(&sources, diagnostic));
}

#[test]
fn an_empty_file() {
    let mut sources = Sources::default();
    let id = sources.add("empty.sql", "");
    assert_snapshot!(shown(&sources, Diagnostic::new("s", "nothing here").at(Span::new(id, 0, 0), "the file is empty")));
}

#[test]
fn overlapping_and_equal_labels() {
    let (sources, id, diagnostic) = one("key: [one, two, three]\n", "[one, two, three]", "the list");
    let diagnostic = diagnostic
        .cause(find(&sources, id, "one, two"), "the first two")
        .cause(find(&sources, id, "two"), "the second")
        .context(find(&sources, id, "two"), "the second again")
        .context(find(&sources, id, "]"), "");
    assert_snapshot!(shown(&sources, diagnostic));
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let mut sources = Sources::default();
    let id = sources.add("ev\u{1b}[2Jil\n.yaml", "a: \"\u{1b}]0;title\u{7}\u{202e}desrever\u{2}0\u{1}\" # x\rb\n");
    let diagnostic = Diagnostic::new("s", "name `\u{1b}[31m`\nand a second line")
        .at(find(&sources, id, "desrever"), "reads \u{202e}backwards\u{9b}")
        .join("because \u{7f} of\nthis")
        .help("type \u{1b}[0m\nthis")
        .occurrence(find(&sources, id, "x"), "sub\u{0}ject");
    let drawn = shown(&sources, diagnostic);
    assert!(!drawn.chars().any(|c| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c)));
    assert_snapshot!(drawn);
}

#[test]
fn a_whole_table_is_shortened_to_its_first_line() {
    let text = "CREATE TABLE orders (\n  id bigint,\n  total int\n);\nDROP TABLE orders;\n";
    let (sources, id, diagnostic) = one(text, "CREATE TABLE orders (\n  id bigint,\n  total int\n);", "made here");
    assert_snapshot!(shown(&sources, diagnostic.context(find(&sources, id, "DROP TABLE orders"), "dropped here")));
}

#[test]
fn far_apart_in_one_file() {
    let text = format!("first: 1\n{}last: 2\n", "filler: 0\n".repeat(120_000));
    let (sources, id, diagnostic) = one(&text, "first", "here");
    assert_snapshot!(shown(&sources, diagnostic.cause(find(&sources, id, "last"), "and there")));
}

#[test]
fn many_labels_and_many_occurrences() {
    let lines: String = (0..60).map(|at| format!("key{at:02}: value\n")).collect();
    let (sources, id, mut diagnostic) = one(&lines, "key00", "first");
    for at in 1..10 {
        diagnostic = diagnostic.cause(find(&sources, id, &format!("key{at:02}")), format!("label {at}"));
    }
    for at in 20..57 {
        diagnostic = diagnostic.occurrence(find(&sources, id, &format!("key{at:02}")), format!("GET /{at}"));
    }
    assert_snapshot!(shown(&sources, diagnostic));
}

#[test]
fn colours_and_links() {
    let (sources, finding) = shop();
    let style = Style { color: true, links: true, ..Style::default() };
    let drawn = pretty::finding(&finding, &sources, style);
    assert!(drawn.contains("\u{1b}]8;;https://example.test/rules/indexes/sort-parameter-without-index\u{1b}\\"), "{drawn:?}");
    assert!(drawn.contains("\u{1b}[33m") || drawn.contains("\u{1b}[1m\u{1b}[33m"), "{drawn:?}");
    assert!(!pretty::finding(&finding, &sources, Style { color: true, ..style }).is_empty());
    assert!(!pretty::finding(&finding, &sources, Style { links: false, ..style }).contains("\u{1b}]8"));
}

#[test]
fn ascii_terminals_and_narrow_ones() {
    let text = format!("größe: {} limit: 7 {}\n", "x".repeat(100), "y".repeat(100));
    let (sources, _, diagnostic) = one(&text, "limit", "ein Maß");
    let drawn = pretty::finding(&error(diagnostic), &sources, Style { ascii: true, width: 60, ..Style::default() });
    assert!(drawn.is_ascii() && drawn.lines().all(|line| line.len() <= 75), "{drawn}");
    assert_snapshot!(drawn);
}

#[test]
fn the_whole_report_with_its_summary() {
    let (sources, finding) = shop();
    let mut full = report(vec![finding.clone(), Finding { severity: Severity::Error, ..finding }]);
    full.hidden = 5;
    full.hidden_by_confidence = 2;
    full.suppressed = 1;
    full.baselined = 4;
    full.unread = vec![Unread { path: "a.yaml".into(), reason: "a template".into(), start: None }];
    full.with_all_migrations = Some(17);
    full.base = Some(Base { revision: Some("0123456789abcdef0123".into()), why: "merge base with origin/main".into() });
    let text = pretty::report(&full, &sources, Style::default());
    let (_, summary) = text.rsplit_once("\n\n").expect("a blank line before the summary");
    assert_snapshot!(summary);
    assert_snapshot!(pretty::report(&report(Vec::new()), &sources, Style::default()), @"no problems in 3 files");
}

/// Twelve findings of one rule beside one of another: three are drawn, eight are named, the last is counted.
#[test]
fn a_rule_that_says_the_same_many_times_is_folded() {
    let (sources, _, diagnostic) = one("first line\nsecond line\n", "second", "here");
    let many = || (0..12).map(|_| finding("indexes/same", Severity::Warning, diagnostic.clone()));
    let other = finding("indexes/other", Severity::Warning, diagnostic.clone());
    let text = pretty::report(&report(many().chain([other]).collect()), &sources, Style::default());
    assert_eq!(text.matches("warning[indexes/same]:").count(), 4, "{text}");
    assert_eq!(text.matches("warning[indexes/other]:").count(), 1, "{text}");
    assert!(text.contains("warning[indexes/same]: 9 more\n"), "{text}");
    assert!(text.contains("  and 1 more: backend-lint --select indexes/same\n"), "{text}");
    let alone = pretty::report(&report(many().collect()), &sources, Style::default());
    assert_eq!(alone.matches("warning[indexes/same]:").count(), 12, "a report of one rule is drawn in full:\n{alone}");
}
