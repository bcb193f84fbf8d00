//! `[context]`: what no file can tell, and which findings each key changes. The table is data: `data/context.toml`.

use super::selection::names;
use crate::diagnostic::{Confidence, Diagnostic, Finding, RuleInfo, Severity};
use crate::model::demands::{self, Demands, Growth};
use crate::model::schema::TableNames;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A key of the section.
#[derive(Debug, Clone, Deserialize)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Its words in order, where it is none of number.
    #[serde(default)]
    pub words: Vec<String>,
    /// Whether it is a number.
    #[serde(default)]
    pub number: bool,
    /// What it says.
    pub about: String,
}

/// What a key must say.
#[derive(Debug, Clone, Deserialize)]
pub struct Condition {
    /// The key.
    pub key: String,
    #[serde(default)]
    is: Vec<String>,
    least: Option<String>,
    from: Option<f64>,
    below: Option<f64>,
}

/// What a key changes when it has certain values.
#[derive(Debug, Clone, Deserialize)]
pub struct Change {
    /// The key; `tables.rows` is that of one table.
    #[serde(flatten)]
    condition: Condition,
    /// What other keys must say too.
    #[serde(default)]
    also: Vec<Condition>,
    /// What becomes of a finding.
    pub to: Effect,
    /// Whether only findings of high confidence are changed.
    #[serde(default)]
    sure: bool,
    /// The rules and groups whose findings it changes.
    pub rules: Vec<String>,
    /// Why.
    pub why: String,
}

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It is information.
    Info,
    /// It is a warning.
    Warning,
    /// It is an error.
    Error,
    /// It is one level more severe.
    Up,
    /// It is one level less severe.
    Down,
    /// It is told as of a table that grows, whatever its name says; the model sees to it.
    Grows,
    /// It is held against the clients in the repository; the model sees to it.
    Rechecked,
    /// Its rule runs, although it is off by default.
    On,
    /// Its rule does not speak.
    Off,
}

impl Effect {
    /// The effect in words.
    pub fn words(self) -> &'static str {
        match self {
            Effect::Info => "becomes info",
            Effect::Warning => "becomes a warning",
            Effect::Error => "becomes an error",
            Effect::Up => "goes up one level",
            Effect::Down => "goes down one level",
            Effect::Grows => "is told as of a table that grows",
            Effect::Rechecked => "is held against the clients in the repository",
            Effect::On => "is turned on",
            Effect::Off => "is turned off",
        }
    }
}

/// Values to start from.
#[derive(Debug, Clone, Deserialize)]
pub struct Preset {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// What it says, by key.
    pub values: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
struct Table {
    key: Vec<Key>,
    table_key: Vec<Key>,
    change: Vec<Change>,
    preset: Vec<Preset>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(include_str!("../../data/context.toml")).unwrap_or_default())
}

/// Every key, in the order of the table.
pub fn keys() -> &'static [Key] {
    &table().key
}

/// Every key of a single table (`[context.tables.NAME]`), in the order of the table.
pub fn table_keys() -> &'static [Key] {
    &table().table_key
}

/// Every change, in the order of the table.
pub fn changes() -> &'static [Change] {
    &table().change
}

/// Every preset, in the order of the table.
pub fn presets() -> &'static [Preset] {
    &table().preset
}

/// A value and who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The value as it is written.
    pub value: String,
    /// The file or preset.
    pub by: String,
}

/// How keys of single tables begin where changes name them.
pub const OF_TABLES: &str = "tables.";

/// What is said for a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// By key.
    pub values: BTreeMap<String, Said>,
    /// By key of a single table, and the name of the table: `rows`, `orders`.
    pub tables: BTreeMap<String, BTreeMap<String, Said>>,
}

impl Facts {
    /// Takes over what a nearer file says.
    pub(super) fn refine(&mut self, nearer: &Facts) {
        self.values.extend(nearer.values.iter().map(|(key, said)| (key.clone(), said.clone())));
        for (key, tables) in &nearer.tables {
            let held = self.tables.entry(key.clone()).or_default();
            held.extend(tables.iter().map(|(table, said)| (table.clone(), said.clone())));
        }
    }

    /// The numbers that the model asks for.
    pub(super) fn demands(&self) -> Demands {
        let mut found = Demands::default();
        let said = |key: &str| self.values.get(key).and_then(|said| Some((said.value.parse().ok()?, &said.by)));
        for key in demands::LENGTHS {
            said(key).into_iter().for_each(|(milliseconds, by)| found.set(key, milliseconds, by));
        }
        for key in demands::NUMBERS {
            said(key).into_iter().for_each(|(value, by)| found.set_number(key, value, by));
        }
        for (table, said) in self.tables.get("rows").into_iter().flatten() {
            found.tables.entry(table.clone()).or_default().rows = said.value.parse().ok();
        }
        for (table, said) in self.tables.get("growth").into_iter().flatten() {
            found.tables.entry(table.clone()).or_default().growth = match said.value.as_str() {
                "hot" => Some(Growth::Hot),
                "static" => Some(Growth::Static),
                _ => None,
            };
        }
        found
    }

    /// Whether only the house calls the interface.
    pub(super) fn is_internal(&self) -> bool {
        self.values.get("exposure").is_some_and(|said| said.value == "internal")
    }

    /// What is said under a key of what a finding is about, by itself or by the table that it was joined to: the value, and the key as
    /// it is named there.
    fn of(&self, key: &str, about: &Diagnostic, names: &TableNames) -> Option<(String, &Said)> {
        let Some(own) = key.strip_prefix(OF_TABLES) else {
            return self.values.get(key).map(|said| (key.to_owned(), said));
        };
        let meant = about.tables.iter().chain([&about.subject]).filter_map(|subject| names.of_subject(subject));
        let meant: Vec<_> = meant.collect();
        let said = self.tables.get(own)?.iter().filter(|(table, _)| meant.iter().any(|name| name.is_written(table)));
        // What is said of a name with its schema goes before what is said of the name alone.
        let (table, said) = said.max_by_key(|(table, _)| table.contains('.'))?;
        Some((format!("{OF_TABLES}{table}.{own}"), said))
    }

    /// Whether it turns on a rule that is off by default.
    pub(super) fn turns_on(&self, rule: &str) -> bool {
        let mut on = changes().iter().filter(|change| change.to == Effect::On && change.concerns(rule));
        on.any(|change| self.fulfils(change))
    }

    /// Whether all holds that a change asks for, the rows of one table aside.
    fn fulfils(&self, change: &Change) -> bool {
        self.says(&change.condition) && self.says_also(change)
    }

    fn says(&self, one: &Condition) -> bool {
        self.values.get(&one.key).is_some_and(|said| one.holds(&said.value))
    }

    /// Whether the other keys hold that a change asks for.
    fn says_also(&self, change: &Change) -> bool {
        change.also.iter().all(|one| self.says(one))
    }

    /// The changes that hold.
    pub fn in_effect(&self) -> Vec<&'static Change> {
        let holds = |change: &&Change| match change.key().strip_prefix(OF_TABLES) {
            Some(own) => {
                let mut said = self.tables.get(own).into_iter().flatten();
                said.any(|(_, said)| change.condition.holds(&said.value)) && self.says_also(change)
            }
            None => self.fulfils(change),
        };
        changes().iter().filter(holds).collect()
    }

    /// The change that holds and by which a rule does not speak.
    pub fn silences(&self, rule: &str) -> Option<&'static Change> {
        self.in_effect().into_iter().find(|change| change.to == Effect::Off && !change.is_of_table() && change.concerns(rule))
    }

    /// Changes the severity of a finding and says which key did; `false` where it is not to be told at all.
    pub(super) fn apply(&self, finding: &mut Finding, info: &RuleInfo, names: &TableNames) -> bool {
        let mut told: Vec<(&Change, String)> = Vec::new();
        for change in changes().iter().filter(|change| change.concerns(&info.id)) {
            let said = self.of(change.key(), &finding.diagnostic, names);
            let Some((key, said)) = said.filter(|(_, said)| change.condition.holds(&said.value)) else {
                continue;
            };
            if !self.says_also(change) || (change.sure && finding.confidence < Confidence::High) {
                continue;
            }
            if change.to == Effect::Off {
                return false;
            }
            let wanted = change.severity(finding.severity);
            // What its rule lowered for a reason of its own stays so; a note that it made of it too, where the page's are all notes.
            let is_capped = finding.diagnostic.severity_cap == Some(Severity::Info);
            let was_lowered = finding.severity < info.severity || is_capped;
            if matches!(change.to, Effect::On | Effect::Grows)
                || wanted > finding.severity && !was_lowered
                || wanted < finding.severity
            {
                finding.severity = wanted;
                let others =
                    change.also.iter().filter_map(|one| Some(format!(", {} = {}", one.key, self.values.get(&one.key)?.value)));
                let others: String = others.collect();
                told.push((change, format!("context: {key} = {}{others}, and {}", said.value, change.why)));
            }
        }
        // A key that turns rules on and says of the same ones how grave they are has one reason.
        let is_twin =
            |one: &Change, other: &Change| other.to != Effect::On && other.key() == one.key() && other.rules == one.rules;
        let is_said = |one: &Change| told.iter().any(|(other, _)| is_twin(one, other));
        let kept = told.iter().filter(|(change, _)| change.to != Effect::On || !is_said(change));
        finding.diagnostic.because.extend(kept.map(|(_, why)| why.clone()));
        true
    }
}

impl Condition {
    /// When it holds, in words: `from 10 to below 500`.
    fn when(&self) -> String {
        let least = self.least.as_ref().map(|word| format!("{word} or more"));
        let number = match (self.from, self.below) {
            (Some(from), Some(below)) => Some(format!("{from} to below {below}")),
            (Some(from), None) => Some(format!("from {from}")),
            (None, Some(below)) => Some(format!("below {below}")),
            (None, None) => None,
        };
        least.or(number).unwrap_or_else(|| self.is.join(" or "))
    }

    /// Whether it holds for a value.
    fn holds(&self, value: &str) -> bool {
        let position = |word: &str| {
            let key = keys().iter().find(|key| key.name == self.key)?;
            key.words.iter().position(|one| one == word)
        };
        if let Some(least) = &self.least {
            return position(value).zip(position(least)).is_some_and(|(value, least)| value >= least);
        }
        if !self.is.is_empty() {
            return self.is.iter().any(|word| word == value);
        }
        let Ok(number) = value.parse::<f64>() else { return false };
        self.from.is_none_or(|from| number >= from) && self.below.is_none_or(|below| number < below)
    }
}

impl Change {
    fn concerns(&self, rule: &str) -> bool {
        self.rules.iter().any(|name| names(name, rule))
    }

    /// Whether its key is one of single tables.
    fn is_of_table(&self) -> bool {
        self.key().starts_with(OF_TABLES)
    }

    /// The key that it is listed under; `tables.rows` is that of one table.
    pub fn key(&self) -> &str {
        &self.condition.key
    }

    /// When it holds, in words: `from 10 to below 500`, `from 100 with exposure = public`.
    pub fn when(&self) -> String {
        let also: String = self.also.iter().map(|one| format!(" with {} = {}", one.key, one.when())).collect();
        format!("{}{also}", self.condition.when())
    }

    fn severity(&self, now: Severity) -> Severity {
        match self.to {
            Effect::Info => Severity::Info,
            Effect::Warning => Severity::Warning,
            Effect::Error => Severity::Error,
            Effect::Up if now == Severity::Info => Severity::Warning,
            Effect::Up => Severity::Error,
            Effect::Down if now == Severity::Error => Severity::Warning,
            Effect::Down => Severity::Info,
            Effect::On | Effect::Off | Effect::Grows | Effect::Rechecked => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::selection;

    #[test]
    fn the_table_names_keys_words_and_rules_that_exist() {
        assert_eq!((keys().len(), table_keys().len(), presets().len()), (14, 2, 4));
        let known = |key: &str| match key.strip_prefix(OF_TABLES) {
            Some(own) => table_keys().iter().find(|one| one.name == own),
            None => keys().iter().find(|one| one.name == key),
        };
        for change in changes() {
            assert!(change.rules.iter().all(|rule| selection::known(rule)), "{:?}", change.rules);
            for one in std::iter::once(&change.condition).chain(&change.also) {
                let key = known(&one.key);
                assert!(key.is_some(), "{}", one.key);
                let words = one.is.iter().chain(&one.least);
                assert!(words.into_iter().all(|word| key.is_some_and(|key| key.words.contains(word))), "{change:?}");
            }
            assert!(!change.when().is_empty() && !change.why.is_empty());
        }
        for preset in presets() {
            for (key, value) in &preset.values {
                let key = known(key).expect("a key");
                assert!(key.words.contains(value) || (key.number && value.parse::<f64>().is_ok()), "{}", preset.name);
            }
        }
    }

    #[test]
    fn numbers_and_ordered_words_are_compared() {
        let pii = changes().iter().map(|change| &change.condition).find(|one| one.least.is_some()).expect("one with an order");
        assert!(pii.holds("pii") && pii.holds("regulated") && !pii.holds("internal") && !pii.holds("nonsense"));
        let some = changes()
            .iter()
            .map(|change| &change.condition)
            .find(|one| one.from == Some(10.0) && one.below == Some(500.0))
            .expect("a range");
        assert!(some.holds("10") && some.holds("499.5") && !some.holds("500") && !some.holds("9") && !some.holds("many"));
    }
}
