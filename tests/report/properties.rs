//! Whatever the text and the spans: no panic, a place for every finding, offsets within the text.

use crate::build::{finding, report};
use backend_lint::diagnostic::{Diagnostic, Severity};
use backend_lint::report::pretty::{self, Style};
use backend_lint::report::{concise, github, json, plain, sarif};
use backend_lint::source::{SourceId, Sources, Span};
use proptest::prelude::*;
use serde_json::Value;

fn spans() -> impl Strategy<Value = Vec<(u32, usize, usize)>> {
    prop::collection::vec((0..2u32, 0..120usize, 0..60usize), 1..9)
}

fn texts() -> impl Strategy<Value = (String, String)> {
    let text =
        || prop_oneof!["[a-z\u{feff}\u{0}\u{1}\u{2}é漢😀\t\r\n ]{0,80}", any::<String>(), "(\u{feff}|)(a\r\n|é\n|\t){0,20}"];
    (text(), text())
}

/// Every object that says where it starts.
fn positions<'v>(value: &'v Value, out: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| positions(item, out)),
        Value::Object(fields) => {
            if fields.contains_key("start") && fields.contains_key("end") {
                out.push(value);
            }
            fields.values().for_each(|item| positions(item, out));
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_text_and_any_spans((first, second) in texts(), spans in spans(), stretch in 1..200usize, width in 0..200usize) {
        let mut sources = Sources::default();
        // The second text is repeated, so that long lines and files are met too.
        let ids = [sources.add("a b.yaml", first), sources.add("é.sql", second.repeat(stretch))];
        let span = |(file, start, length): (u32, usize, usize)| {
            let scale = if file == 1 { stretch } else { 1 };
            Span::new(ids[file as usize], start * scale, (start + length) * scale)
        };
        let mut diagnostic = Diagnostic::new("subject", "message").at(span(spans[0]), "primary");
        for (at, one) in spans.iter().enumerate().skip(1) {
            diagnostic = match at % 3 {
                0 => diagnostic.cause(span(*one), "cause"),
                1 => diagnostic.context(span(*one), ""),
                _ => diagnostic.occurrence(span(*one), "subject"),
            };
        }
        let report = report(vec![finding("group/problem", Severity::Warning, diagnostic)]);

        let drawn = pretty::report(&report, &sources, Style { width, ..Style::default() });
        prop_assert!(drawn.contains("-->"), "{drawn}");
        prop_assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'), "{drawn:?}");
        let _ = plain::findings(&report.findings, &sources);
        prop_assert_eq!(concise::report(&report, &sources).lines().count(), 1);
        prop_assert_eq!(github::report(&report, &sources, "").lines().count(), 1);

        let document: Value = serde_json::from_str(&json::report(&report, &sources)).expect("JSON");
        let mut found = Vec::new();
        positions(&document, &mut found);
        prop_assert!(found.len() > spans.len());
        for place in found {
            let id = if place["path"] == "a b.yaml" { SourceId(0) } else { SourceId(1) };
            let text = sources.get(id).text();
            let offset = |end: &str| place[end]["offset"].as_u64().expect("an offset") as usize;
            prop_assert!(text.get(offset("start")..offset("end")).is_some(), "{place}");
            for end in ["start", "end"] {
                let there = sources.line_column(id, offset(end) as u32);
                prop_assert_eq!(place[end]["line"].as_u64(), Some(u64::from(there.line)));
                prop_assert_eq!(place[end]["column"].as_u64(), Some(u64::from(there.column)));
            }
        }

        let log: Value = serde_json::from_str(&sarif::report(&report, &sources, &[], "")).expect("JSON");
        for result in log["runs"][0]["results"].as_array().expect("results") {
            let region = &result["locations"][0]["physicalLocation"]["region"];
            prop_assert!(region["startLine"].as_u64() >= Some(1) && region["startColumn"].as_u64() >= Some(1));
            prop_assert!(region["endLine"].as_u64() >= region["startLine"].as_u64());
        }
    }
}
