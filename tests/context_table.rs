//! Every change of `data/context.toml`, for every rule that it names: what the rule says without the key, and with it. The planted cases are
//! the examples of the pages and of `tests/rules/**`.
//!
//! The table is read here once more, by readers of its own: what the engine makes of it is what is tested.

#[path = "support/example.rs"]
mod example;

use backend_lint::diagnostic::{Finding, Severity};
use backend_lint::engine::Outcome;
use backend_lint::rules::{self, page};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

#[derive(Debug, Clone, Deserialize)]
struct Condition {
    key: String,
    #[serde(default)]
    is: Vec<String>,
    least: Option<String>,
    from: Option<f64>,
    below: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Change {
    #[serde(flatten)]
    condition: Condition,
    #[serde(default)]
    also: Vec<Condition>,
    to: String,
    rules: Vec<String>,
    why: String,
}

#[derive(Debug, Deserialize)]
struct Key {
    name: String,
    #[serde(default)]
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Table {
    key: Vec<Key>,
    change: Vec<Change>,
}

/// What a key is set to.
type Values = BTreeMap<String, String>;

impl Table {
    fn read() -> Table {
        toml::from_str(include_str!("../data/context.toml")).unwrap_or_else(|error| panic!("{error}"))
    }

    fn place(&self, key: &str, word: &str) -> Option<usize> {
        self.key.iter().find(|one| one.name == key)?.words.iter().position(|one| one == word)
    }

    fn holds(&self, one: &Condition, values: &Values) -> bool {
        let Some(value) = values.get(&one.key) else { return false };
        let number: Option<f64> = value.parse().ok();
        let word = one.is.is_empty() || one.is.contains(value);
        let least = one.least.as_ref().is_none_or(|least| self.place(&one.key, value) >= self.place(&one.key, least));
        let from = one.from.is_none_or(|from| number.is_some_and(|number| number >= from));
        word && least && from && one.below.is_none_or(|below| number.is_some_and(|number| number < below))
    }

    fn applies(&self, change: &Change, values: &Values) -> bool {
        self.holds(&change.condition, values) && change.also.iter().all(|one| self.holds(one, values))
    }

    /// What every change that holds makes of a rule that says this without any; `None`: nothing is said.
    fn expected(&self, rule: &str, values: &Values, (without, page): (Option<Severity>, Severity)) -> Option<Severity> {
        let turns_on = |change: &&Change| matches!(change.to.as_str(), "on" | "grows");
        let on = self.change.iter().filter(turns_on).any(|change| change.names(rule) && self.applies(change, values));
        let mut now = without.or(on.then_some(page))?;
        for change in self.change.iter().filter(|change| change.names(rule) && self.applies(change, values)) {
            now = match (change.to.as_str(), now) {
                ("off", _) => return None,
                ("info", _) | ("down", Severity::Info | Severity::Warning) => Severity::Info,
                ("warning", _) | ("down", Severity::Error) | ("up", Severity::Info) => Severity::Warning,
                ("error", _) | ("up", _) => Severity::Error,
                ("on" | "rechecked", now) => now,
                ("grows", _) => page,
                (other, _) => panic!("unknown effect {other}"),
            };
        }
        Some(now)
    }
}

impl Change {
    fn names(&self, rule: &str) -> bool {
        self.rules.iter().any(|name| name == rule || rule.split('/').next() == Some(name))
    }
}

/// Values for which a condition holds: its edges.
fn edges(table: &Table, one: &Condition) -> Vec<String> {
    let mut found = one.is.clone();
    if let Some(least) = &one.least {
        let words = table.key.iter().find(|key| key.name == one.key).map(|key| key.words.clone()).unwrap_or_default();
        found.extend(words.into_iter().skip_while(|word| word != least));
    }
    match (one.from, one.below) {
        (Some(from), Some(below)) => found.extend([from, below - 1.0].map(|number| number.to_string())),
        (Some(from), None) => found.extend([from, from * 100.0 + 1.0].map(|number| number.to_string())),
        (None, Some(below)) => found.extend([below - 1.0, below / 100.0].map(|number| number.to_string())),
        (None, None) => {}
    }
    found
}

/// A planted case: an example without its configuration, and what that says in `[context]`.
struct Case {
    name: String,
    example: page::Example,
    own: Values,
}

impl Case {
    /// `None` where its configuration says more than single keys of `[context]`.
    fn of(mut example: page::Example) -> Option<Case> {
        let is_config = |file: &page::ExampleFile| file.path.ends_with("backend-lint.toml");
        let (configs, files): (Vec<_>, Vec<_>) = std::mem::take(&mut example.files).into_iter().partition(is_config);
        example.files = files;
        let mut own = Values::new();
        for config in configs {
            let table: toml::Table = config.text.parse().ok()?;
            for (section, value) in &table {
                for (key, value) in value.as_table().filter(|_| section == "context" && config.path == "backend-lint.toml")? {
                    let scalar = value.as_str().map(str::to_owned).or_else(|| Some(value.as_integer()?.to_string()));
                    own.insert(key.clone(), scalar.or_else(|| Some(value.as_float()?.to_string()))?);
                }
            }
        }
        Some(Case { name: example.heading.clone(), example, own })
    }
}

/// The examples of a rule, its page's first: those that report something, and where its silence is to be broken all.
fn cases(rule: &str, silent: bool) -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = ["rules", "tests/rules"].map(|folder| root.join(folder).join(format!("{rule}.md")));
    let mut found = Vec::new();
    for path in pages.iter().filter(|path| path.exists()) {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let examples = page::examples(&text).into_iter().filter(|example| silent || example.reports.is_some());
        found.extend(examples.filter_map(Case::of));
    }
    found
}

/// What a rule says of a case under a configuration: its most severe finding.
fn told(rule: &str, case: &Case, configuration: &str) -> Option<Finding> {
    let outcome = run(case, configuration);
    outcome.report.findings.into_iter().filter(|one| one.rule == rule).max_by_key(|one| one.severity)
}

fn run(case: &Case, configuration: &str) -> Outcome {
    example::run(&case.example, &[], &[("backend-lint.toml", configuration)])
}

/// The tables that a finding is about, as `[context.tables]` may name them.
fn tables(finding: &Finding) -> Vec<String> {
    let told = finding.diagnostic.tables.iter().cloned();
    let subject = finding.diagnostic.subject.split([' ', '(']).next().unwrap_or_default();
    let parts: Vec<&str> = subject.split('.').collect();
    told.chain(std::iter::once(parts.iter().take(2).copied().collect::<Vec<_>>().join(".")))
        .filter(|one| !one.is_empty())
        .collect()
}

/// `[context]` with these values; those of `tables.` are said of the tables.
fn configuration(values: &Values, tables: &[String]) -> String {
    let mut text = String::from("[context]\n");
    let written = |value: &str| if value.parse::<f64>().is_ok() { value.to_owned() } else { format!("\"{value}\"") };
    for (key, value) in values.iter().filter(|(key, _)| !key.starts_with("tables.")) {
        let _ = writeln!(text, "{key} = {}", written(value));
    }
    for table in tables {
        let own = values.iter().filter_map(|(key, value)| Some((key.strip_prefix("tables.")?, value)));
        let own: String = own.map(|(key, value)| format!("{key} = {}\n", written(value))).collect();
        if !own.is_empty() {
            let _ = write!(text, "[context.tables.\"{table}\"]\n{own}");
        }
    }
    text
}

/// Whether the context may change a finding at all: a rule that lowered it for a reason of its own keeps that.
fn is_whole(finding: &Finding) -> bool {
    let page = rules::info(&finding.rule).map(|info| info.severity);
    page == Some(finding.severity) && finding.diagnostic.severity_cap != Some(Severity::Info)
}

#[test]
fn every_change_holds_for_every_rule_with_its_key_and_not_without() {
    let table = Table::read();
    let (mut wrong, mut held) = (Vec::new(), 0);
    // What is rechecked needs clients, and has cases of its own in tests/context.rs.
    for change in table.change.iter().filter(|change| change.to != "rechecked") {
        for info in rules::infos().iter().filter(|info| change.names(&info.id)) {
            let key = &change.condition.key;
            let name = format!("{key} {:?} -> {}: {}", edges(&table, &change.condition), change.to, info.id);
            let mut failures = Vec::new();
            let is_held = cases(&info.id, change.to == "grows").iter().any(|case| match hold(&table, change, &info.id, case) {
                Ok(count) => {
                    held += count;
                    true
                }
                Err(why) => {
                    failures.push(format!("  `{}`: {why}", case.name));
                    false
                }
            });
            if !is_held {
                wrong.push(format!("{name}\n{}", failures.join("\n")));
            }
        }
    }
    println!("{held} pairs of a change's value and a rule");
    assert!(wrong.is_empty(), "{} of the changes' rules are held by no case:\n{}", wrong.len(), wrong.join("\n"));
    assert!(held >= 250, "{held}");
}

/// Holds a change for a rule on a case, at every edge; how many there were, or why the case does not show it.
fn hold(table: &Table, change: &Change, rule: &str, case: &Case) -> Result<usize, String> {
    let page = rules::info(rule).map(|info| info.severity).ok_or("no such rule")?;
    let key = &change.condition.key;
    // A rule that asks for the numbers of the context has a case with its own.
    let around: Values =
        case.own.iter().filter(|(own, _)| *own != key).map(|(own, value)| (own.clone(), value.clone())).collect();
    let mut above = String::new();
    let mut without = told(rule, case, &configuration(&around, &[]));
    if change.to == "off" && without.is_none() {
        // What is off by default is turned off where the configuration turned it on.
        above = format!("[rules]\n\"{rule}\" = \"on\"\n");
        without = told(rule, case, &(above.clone() + &configuration(&around, &[])));
    }
    if without.as_ref().is_some_and(|one| !is_whole(one)) && matches!(change.to.as_str(), "up" | "warning" | "error") {
        return Err("its rule lowers it for a reason of its own".into());
    }
    // What is off by default says which tables it is about once it is on.
    let about = without.clone().or_else(|| told(rule, case, &format!("[rules]\n\"{rule}\" = \"on\"\n")));
    let every = || run(case, "").model.schema.tables().map(|table| table.subject()).collect();
    let tables = about.as_ref().map_or_else(every, tables);
    let own: Vec<String> = case.own.get(key).cloned().into_iter().collect();
    let edges = if own.is_empty() { edges(table, &change.condition) } else { own };
    let mut count = 0;
    for value in edges {
        let also = change.also.iter().filter(|one| !around.contains_key(&one.key));
        let also = also.map(|one| (one.key.clone(), self::edges(table, one).first().cloned().unwrap_or_default()));
        let values: Values = around.clone().into_iter().chain(also).chain([(key.clone(), value.clone())]).collect();
        if !table.applies(change, &values) {
            return Err(format!("its own values are not those of the change: {values:?}"));
        }
        let expected = table.expected(rule, &values, (without.as_ref().map(|one| one.severity), page));
        let with = told(rule, case, &(above.clone() + &configuration(&values, &tables)));
        let severity = with.as_ref().map(|one| one.severity);
        if severity != expected {
            let said = without.as_ref().map(|one| one.severity);
            return Err(format!("{value}: {severity:?} and not {expected:?} ({said:?} without)"));
        }
        let is_changed = severity != without.as_ref().map(|one| one.severity);
        let ends = format!("and {}", change.why);
        let says = |one: &Finding| one.diagnostic.because.iter().any(|why| why.starts_with("context: ") && why.ends_with(&ends));
        if change.to != "off" && is_changed && !with.as_ref().is_some_and(says) && has_last_word(table, change, rule, &values) {
            return Err(format!("{value}: does not name its key: {:?}", with.map(|one| one.diagnostic.because)));
        }
        let may_stay = change.to != "grows" && page == target(change, page);
        if !is_changed && change.to != "on" && !may_stay {
            return Err(format!("{value}: changes nothing: {severity:?}"));
        }
        count += 1;
    }
    Ok(count)
}

/// The severity that a change leads to, from the page's.
fn target(change: &Change, page: Severity) -> Severity {
    match (change.to.as_str(), page) {
        ("info", _) | ("down", Severity::Info | Severity::Warning) => Severity::Info,
        ("warning", _) | ("down", Severity::Error) | ("up", Severity::Info) => Severity::Warning,
        _ => Severity::Error,
    }
}

/// Whether no later change of the same rule has the last word.
fn has_last_word(table: &Table, change: &Change, rule: &str, values: &Values) -> bool {
    let mut holding = table.change.iter().filter(|one| one.names(rule) && table.applies(one, values));
    holding.next_back().is_some_and(|last| std::ptr::eq(last, change))
}
