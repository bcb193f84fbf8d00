//! Other tools' own cases about OpenAPI documents, as `../shared/tools/score_oracle.py` runs them: each case is a repository of its
//! own, judged by our rules that say on their pages to be the equivalent of the other tool's rule. Where we decide otherwise,
//! `tests/api-oracle-exceptions.md` says why, and nothing else may differ; a rule of theirs without an equivalent stands there too.
//! `UPDATE_EXCEPTIONS=1` drops the rows that are no longer true and adds the missing ones without a reason, which then has to be
//! written. Skips aloud where `../shared` is absent.

#[path = "support/oracle.rs"]
mod support;

use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::engine::{self, Migrations, Options};
use backend_lint::files::Memory;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use support::{cases, equivalents, text};

/// How many of a hundred uncontested cases have to agree.
const DEMANDED: usize = 96;
/// How many concepts (names that the cases' collector gave to like rules of several tools) have to have a rule of ours.
const CONCEPTS: usize = 60;

fn key(case: &Value) -> String {
    format!("{}:{}", text(case, "peer"), text(case, "peer_rule"))
}

/// The name of a case as a cell of a table.
fn name(case: &Value) -> String {
    text(case, "case").replace('|', "/").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `hit` or `clean`.
fn judge(case: &Value, mine: &BTreeSet<String>) -> &'static str {
    let document = text(case, "doc");
    let path = if document.trim_start().starts_with('{') { "openapi.json" } else { "openapi.yaml" };
    let mut files = Memory::new();
    files.insert(path, document.to_owned());
    let options = Options {
        select: mine.iter().cloned().collect(),
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        migrations: Migrations::All,
        ..Options::default()
    };
    let outcome = engine::check(&files, None, None, &options);
    let outcome = outcome.unwrap_or_else(|failure| panic!("{} {}: {failure:?}", key(case), name(case)));
    match outcome.report.findings.iter().any(|finding| mine.contains(&finding.rule)) {
        true => "hit",
        false => "clean",
    }
}

fn page_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api-oracle-exceptions.md")
}

/// A case on which we differ: their rule and its name. Cases of one name differ alike.
type Case = (String, String);

/// The tables of the page: what we say and why for each case, and why a rule of theirs has no equivalent.
#[derive(Debug, Default)]
struct Page {
    head: String,
    differing: BTreeMap<Case, (String, String)>,
    between: String,
    unmapped: BTreeMap<String, String>,
}

fn read_page() -> Page {
    let text = std::fs::read_to_string(page_path()).unwrap_or_else(|error| panic!("{error}"));
    let mut page = Page::default();
    let mut tables = 0;
    for line in text.lines() {
        if !line.starts_with('|') {
            let prose = if tables == 0 { &mut page.head } else { &mut page.between };
            prose.push_str(line);
            prose.push('\n');
            continue;
        }
        let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        match cells.as_slice() {
            [first, ..] if first == "rule" => tables += 1,
            [rule, case, says, reason] if rule.contains(':') => {
                page.differing.insert((rule.clone(), case.clone()), (says.clone(), reason.clone()));
            }
            [rule, reason] if rule.contains(':') => {
                page.unmapped.insert(rule.clone(), reason.clone());
            }
            _ => {}
        }
    }
    page
}

fn write_page(page: &Page) {
    let mut text = format!("{}| rule | case | we say | reason |\n|---|---|---|---|\n", page.head);
    for ((rule, case), (says, reason)) in &page.differing {
        text.push_str(&format!("| {rule} | {case} | {says} | {reason} |\n"));
    }
    text.push_str(&format!("{}| rule | reason |\n|---|---|\n", page.between));
    for (rule, reason) in &page.unmapped {
        text.push_str(&format!("| {rule} | {reason} |\n"));
    }
    std::fs::write(page_path(), text).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn we_differ_where_the_exceptions_say_and_nowhere_else() {
    let Some(cases) = cases("openapi.jsonl") else {
        eprintln!("SKIPPED: ../shared/oracles/openapi.jsonl is not here");
        return;
    };
    let equivalents = equivalents();
    let known: BTreeSet<String> = cases.iter().map(key).collect();
    let (mut agreed, mut judged) = (0, 0);
    let mut now = Page::default();
    let mut concepts = BTreeSet::new();
    let before = read_page();
    for case in &cases {
        let rule = key(case);
        let Some(mine) = equivalents.get(&rule) else {
            let reason = before.unmapped.get(&rule).cloned().unwrap_or_default();
            now.unmapped.insert(rule, reason);
            continue;
        };
        concepts.insert(text(case, "our_rule"));
        let says = judge(case, mine);
        let agrees = says == text(case, "expect");
        if text(case, "second_peer") != "disagrees" {
            judged += 1;
            agreed += usize::from(agrees);
        }
        if !agrees {
            let at = (rule, name(case));
            let reason = before.differing.get(&at).filter(|(held, _)| held == says);
            let reason = reason.map(|(_, reason)| reason.clone()).unwrap_or_default();
            now.differing.insert(at, (says.to_owned(), reason));
        }
    }
    println!("agrees on {agreed} of {judged} uncontested cases, {} concepts", concepts.len());
    println!("{} cases differ, {} rules have no equivalent", now.differing.len(), now.unmapped.len());
    if std::env::var_os("UPDATE_EXCEPTIONS").is_some() {
        write_page(&Page { head: before.head, between: before.between, ..now });
        return;
    }
    let mut wrong: Vec<String> = Vec::new();
    let short = |reason: &str| reason.len() < 20;
    for ((rule, case), (says, reason)) in now.differing.iter().filter(|(_, (_, reason))| short(reason)) {
        wrong.push(format!("{rule}, `{case}`: we say {says}, and no exception says why ({reason})"));
    }
    for (rule, _) in now.unmapped.iter().filter(|(_, reason)| short(reason)) {
        wrong.push(format!("{rule}: no rule of ours is the equivalent, and nothing says why"));
    }
    let stale = before.differing.keys().filter(|at| !now.differing.contains_key(*at));
    wrong.extend(stale.map(|(rule, case)| format!("{rule}, `{case}`: an exception, and we agree")));
    let stale = before.unmapped.keys().filter(|rule| !now.unmapped.contains_key(*rule));
    wrong.extend(stale.map(|rule| format!("{rule}: said to have no equivalent, and has one")));
    let peers: BTreeSet<&str> = known.iter().filter_map(|rule| rule.split(':').next()).collect();
    let strange = |rule: &&String| peers.iter().any(|peer| rule.starts_with(&format!("{peer}:"))) && !known.contains(*rule);
    let named_after_nothing: Vec<&String> = equivalents.keys().filter(strange).collect();
    println!("equivalents without a case: {named_after_nothing:?}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(agreed * 100 >= judged * DEMANDED, "agrees on {agreed} of {judged} only");
    assert!(concepts.len() >= CONCEPTS, "{} concepts only", concepts.len());
}
