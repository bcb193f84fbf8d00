//! What PostgreSQL 15 did with the statements of `tests/servers/effects.sql`, as `tests/servers/effects.py --record` wrote it down, against
//! our predictions. On a machine with a server that script asks the server itself.

use super::support::migrate;
use backend_lint::model::schema::{Effects, LockMode, TableName};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn read(name: &str) -> String {
    let path = format!("{}/tests/servers/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

/// The tables that every statement names, or `None` where one of them does not know.
fn all(effects: &[Effects], of: fn(&Effects) -> &Option<Box<[TableName]>>) -> Option<BTreeSet<String>> {
    let lists: Option<Vec<&Box<[TableName]>>> = effects.iter().map(|one| of(one).as_ref()).collect();
    Some(lists?.into_iter().flatten().map(TableName::to_string).collect())
}

/// What is predicted otherwise than it was seen.
fn differences(case: &Value, effects: &[Effects], known: &BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    let fails = effects.iter().find_map(|one| one.fails().map(str::to_owned));
    if case["fails"] == true {
        if fails.is_none() && case["said"] == true {
            wrong.push("it fails".to_owned());
        }
        return wrong;
    }
    wrong.extend(fails.map(|why| format!("it does not fail: {why}")));
    let hinders = |mode: &LockMode| *mode > LockMode::RowShare;
    let seen: BTreeMap<String, LockMode> = case["locks"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(table, mode)| Some((table.clone(), LockMode::parse(mode.as_str()?)?)))
        .filter(|(_, mode)| hinders(mode))
        .collect();
    let locks: Option<Vec<_>> = effects.iter().map(|one| one.locks.as_ref()).collect();
    if let Some(locks) = locks {
        let mut said: BTreeMap<String, LockMode> = BTreeMap::new();
        for (table, mode) in
            locks.into_iter().flatten().filter(|(table, mode)| hinders(mode) && known.contains(&table.to_string()))
        {
            let held = said.entry(table.to_string()).or_insert(*mode);
            *held = (*held).max(*mode);
        }
        if seen != said {
            wrong.push(format!("locks {seen:?}, not {said:?}"));
        }
    }
    let (gone, rewritten) = (names(&case["gone"]), names(&case["rewrites"]));
    let there = |said: BTreeSet<String>| -> BTreeSet<String> {
        said.into_iter().filter(|table| known.contains(table) && !gone.contains(table)).collect()
    };
    if let Some(said) = all(effects, |one| &one.rewrites).map(there)
        && said != rewritten
    {
        wrong.push(format!("rewrites {rewritten:?}, not {said:?}"));
    }
    if let Some(said) = all(effects, |one| &one.scans).map(there) {
        // A rewrite reads too; it is said as a rewrite alone.
        let said: BTreeSet<String> = said.difference(&rewritten).cloned().collect();
        let scanned = names(&case["scans"]);
        if said != scanned {
            wrong.push(format!("scans {scanned:?}, not {said:?}"));
        }
    }
    wrong
}

#[test]
fn what_a_server_did_is_predicted() {
    let sql = read("effects.sql");
    let setup = sql.split("-- setup\n").nth(1).and_then(|rest| rest.split("-- cases\n").next()).unwrap_or("");
    let recorded = read("effects.jsonl");
    let mut lines = recorded.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let known = lines.next().map(|first| names(&first["known"])).unwrap_or_default();
    let mut wrong = Vec::new();
    let mut cases = 0;
    for case in lines {
        let judged = case["sql"].as_str().unwrap_or("");
        let before = case["before"].as_str().filter(|text| !text.is_empty()).unwrap_or("SELECT 1;");
        let built = migrate(&[setup, before, judged]);
        let last = built.database().migrations.last().expect("a migration");
        let effects: Vec<Effects> = last.statements.iter().map(|statement| statement.effects()).collect();
        wrong.extend(differences(&case, &effects, &known).into_iter().map(|what| format!("{judged} (after {before}): {what}")));
        cases += 1;
    }
    println!("{cases} statements");
    assert!(cases > 300, "the record is short: {cases}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
