//! Other tools' own cases about SQL, as `../shared/tools/score_oracle.py` runs them: each case is a repository of its own, judged by
//! our rules that say on their pages to be the equivalent of the other tool's rule. Where we decide otherwise,
//! `tests/oracle-exceptions.md` says why, and nothing else may differ. Skips aloud where `../shared` is absent.

#[path = "support/oracle.rs"]
mod support;

use backend_lint::diagnostic::{Confidence, Severity};
use backend_lint::engine::{self, Migrations, Options};
use backend_lint::files::{Files, Memory};
use backend_lint::rules;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use support::{cases, equivalents, text};

/// How many of a hundred cases have to agree.
const DEMANDED: usize = 97;

/// What our rules say about a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Hit,
    Clean,
    /// No rule of ours is the equivalent.
    Unmapped,
}

/// Whether a line says that another migration begins: `-- next migration`, `-- 2.sql`.
fn begins_migration(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("--") else { return false };
    let number =
        rest.trim().strip_suffix(".sql").is_some_and(|stem| !stem.is_empty() && stem.bytes().all(|b| b.is_ascii_digit()));
    rest.trim() == "next migration" || number
}

fn lay_out(case: &Value) -> Memory {
    let mut parts = vec![String::new()];
    for line in text(case, "sql").split_inclusive('\n') {
        match (begins_migration(line.trim_end_matches(['\n', '\r'])), parts.last_mut()) {
            (false, Some(part)) => part.push_str(line),
            _ => parts.push(String::new()),
        }
    }
    let mut files = Memory::new();
    for (number, part) in parts.iter().filter(|part| !part.trim().is_empty()).enumerate() {
        files.insert(format!("migrations/{:04}_case.up.sql", number + 1), part.clone());
    }
    let mut config = format!("[migrations]\ndialect = \"{}\"\n", text(case, "dialect"));
    let setting = |key: &str| case.get("settings").and_then(|settings| settings.get(key));
    if setting("assume_in_transaction").and_then(Value::as_bool) == Some(true) {
        config.push_str("transaction = true\n");
    }
    if let Some(version) = setting("pg_version").and_then(Value::as_str) {
        config.push_str(&format!("[versions]\npostgres = \"{version}\"\n"));
    }
    files.insert("backend-lint.toml", config);
    files
}

fn judge(case: &Value, equivalents: &BTreeMap<String, BTreeSet<String>>) -> Verdict {
    let key = format!("{}:{}", text(case, "peer"), text(case, "peer_rule"));
    // What was measured on a server names the rule itself.
    let measured = [text(case, "ours").to_owned()].into_iter().filter(|_| text(case, "peer").ends_with("measured"));
    let mine: BTreeSet<String> = match equivalents.get(&key) {
        Some(mine) => mine.clone(),
        None => measured.filter(|id| rules::info(id).is_some()).collect(),
    };
    if mine.is_empty() {
        return Verdict::Unmapped;
    }
    let options = Options {
        select: mine.iter().cloned().collect(),
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        migrations: Migrations::All,
        ..Options::default()
    };
    let outcome = engine::check(&lay_out(case), None, None, &options);
    let outcome = outcome.unwrap_or_else(|failure| panic!("{}: {failure:?}", text(case, "id")));
    match outcome.report.findings.iter().any(|finding| mine.contains(&finding.rule)) {
        true => Verdict::Hit,
        false => Verdict::Clean,
    }
}

/// The rows of `tests/oracle-exceptions.md`: id of the case, the other tool's rule, what we say, and why.
fn exceptions() -> BTreeMap<String, [String; 3]> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle-exceptions.md");
    let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = page.lines().filter(|line| line.starts_with('|') && line.contains(":"));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let row = |row: &str| match <[String; 4]>::try_from(cells(row)) {
        Ok([id, rule, says, reason]) => Some((id, [rule, says, reason])),
        Err(_) => None,
    };
    rows.filter_map(row).filter(|(id, _)| !id.starts_with("--") && id != "case").collect()
}

#[test]
fn we_differ_where_the_exceptions_say_and_nowhere_else() {
    let Some(cases) = cases("sql.jsonl") else {
        eprintln!("SKIPPED: ../shared/oracles/sql.jsonl is not here");
        return;
    };
    let (equivalents, exceptions) = (equivalents(), exceptions());
    let (mut wrong, mut agreed, mut judged) = (Vec::new(), 0, 0);
    let mut differing = BTreeSet::new();
    for case in &cases {
        let (id, key) = (text(case, "id"), format!("{}:{}", text(case, "peer"), text(case, "peer_rule")));
        let verdict = judge(case, &equivalents);
        if verdict == Verdict::Unmapped {
            wrong.push(format!("{id}: no rule of ours says to be the equivalent of {key}"));
            continue;
        }
        let expected = if text(case, "expect") == "hit" { Verdict::Hit } else { Verdict::Clean };
        let is_contested = text(case, "second_peer") == "disagrees";
        judged += usize::from(!is_contested);
        if verdict == expected {
            agreed += usize::from(!is_contested);
            continue;
        }
        differing.insert(id.to_owned());
        let says = format!("{verdict:?}").to_lowercase();
        match exceptions.get(id) {
            None => wrong.push(format!("{id}: {key} expects {}, and we say {says}", text(case, "expect"))),
            Some([rule, held, _]) if *rule != key || *held != says => {
                wrong.push(format!("{id}: the exception says {rule} and {held}, it is {key} and {says}"));
            }
            Some([_, _, reason]) if reason.len() < 20 => wrong.push(format!("{id}: the exception gives no reason")),
            Some(_) => {}
        }
    }
    wrong.extend(exceptions.keys().filter(|id| !differing.contains(*id)).map(|id| format!("{id}: an exception, and we agree")));
    println!("agrees on {agreed} of {judged} uncontested cases");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(agreed * 100 >= judged * DEMANDED, "agrees on {agreed} of {judged} only");
}

#[test]
fn migrations_of_a_case_are_told_apart() {
    let case = serde_json::json!({ "dialect": "postgres", "sql": "-- 1.sql\nselect 1;\n-- 2.sql\nselect 2;\n--next migration\nselect 3;\n-- next step\n" });
    let files = lay_out(&case);
    let paths = ["0001", "0002", "0003", "0004"].map(|number| format!("migrations/{number}_case.up.sql"));
    let texts: Vec<String> =
        paths.iter().filter_map(|path| files.read(path).ok()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    assert_eq!(texts, ["select 1;\n", "select 2;\n", "select 3;\n-- next step\n"]);
}
