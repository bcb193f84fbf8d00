//! The configuration in effect for a path: every value, and who says it.

use super::written::{Written, quoted};
use super::{Config, Layer, Level, Placed, Shown};
use crate::diagnostic::{Confidence, Severity};
use crate::rules;
use crate::source::{Sources, Span};
use std::collections::BTreeMap;

/// Who says a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A configuration file, at this line, from 1.
    File(String, u32),
    /// A preset, by its name in backticks: "preset `strict`".
    Preset(String),
    /// Nobody.
    Default,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The key, as TOML writes it.
    pub key: String,
    /// The value, as TOML writes it.
    pub value: String,
    /// Who says so.
    pub origin: Origin,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its head: `[rules]`, `[[allow]]`.
    pub head: String,
    /// Its values.
    pub values: Vec<Value>,
}

/// The configuration in effect for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// The files and presets that speak of the path, outermost first.
    pub files: Vec<String>,
    /// What they say together.
    pub tables: Vec<Table>,
}

/// The sections of which the nearest file that has a key decides.
const REFINED: [&str; 4] = ["api", "migrations", "versions", "context"];

/// The sections of which every entry counts.
const COLLECTED: [&str; 3] = ["override", "allow", "artifact"];

impl Config {
    /// What is in effect for a path, which need not exist; empty for the root.
    pub(in crate::engine) fn effective(&self, path: &str, sources: &Sources) -> Effective {
        let layers: Vec<&Layer> = self.layers.iter().filter(|layer| layer.scope.local(path).is_some()).collect();
        let mut tables = vec![self.check_table(path, sources), self.rules_table(path, sources)];
        for section in REFINED {
            tables.push(Table { head: format!("[{section}]"), values: refined(layers.iter().copied(), section, sources) });
        }
        // Links and services hold wherever they are written.
        tables.push(Table { head: "[links]".into(), values: refined(self.layers.iter(), "links", sources) });
        let mut services: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for layer in &self.layers {
            for one in layer.written.iter().filter(|one| one.section.starts_with("services.")) {
                services.entry(&one.section).or_default().push(value(layer, one, sources));
            }
        }
        tables.extend(services.into_iter().map(|(section, values)| Table { head: format!("[{section}]"), values }));
        for section in COLLECTED {
            for layer in &layers {
                let mut entries: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
                for one in layer.written.iter().filter(|one| one.section == section) {
                    entries.entry(one.number.unwrap_or(0)).or_default().push(value(layer, one, sources));
                }
                tables.extend(entries.into_values().map(|values| Table { head: format!("[[{section}]]"), values }));
            }
        }
        tables.retain(|table| !table.values.is_empty());
        Effective { files: layers.iter().map(|layer| layer.path.clone()).collect(), tables }
    }

    fn check_table(&self, path: &str, sources: &Sources) -> Table {
        let said = |found: Option<(&'static str, &Layer, Option<Span>)>, key: &str, usual: &str| match found {
            Some((word, layer, span)) => Value { key: key.into(), value: quoted(word), origin: origin(layer, span, sources) },
            None => Value { key: key.into(), value: quoted(usual), origin: Origin::Default },
        };
        fn named<T: Copy>(placed: Option<Placed<T>>, name: impl Fn(T) -> &'static str) -> Option<Placed<&'static str>> {
            placed.map(|(value, span)| (name(value), span))
        }
        let gate = |shown: &Shown| named(shown.fail_on, |severity| severity.map_or("never", Severity::name));
        let severity = |shown: &Shown| named(shown.min_severity, Severity::name);
        let confidence = |shown: &Shown| named(shown.min_confidence, Confidence::name);
        let values = vec![
            said(self.shown(path, gate), "fail_on", "error"),
            said(self.shown(path, severity), "min_severity", "warning"),
            said(self.shown(path, confidence), "min_confidence", "medium"),
        ];
        Table { head: "[check]".into(), values }
    }

    fn rules_table(&self, path: &str, sources: &Sources) -> Table {
        let value = |info: &crate::diagnostic::RuleInfo| {
            let verdict = self.verdict(info, path, "", false);
            let level = match verdict.as_ref().map(|verdict| verdict.level) {
                None | Some(Level::Page) => info.severity.name(),
                Some(Level::Off) => "off",
                Some(Level::Lowered) if info.severity == Severity::Warning => Severity::Info.name(),
                Some(Level::Lowered) => info.severity.name(),
                Some(Level::On(severity)) => severity.name(),
            };
            let layer = verdict.and_then(|verdict| {
                let layer = self.layers.iter().find(|layer| layer.path == verdict.file)?;
                Some(origin(layer, verdict.span, sources))
            });
            Value { key: quoted(&info.id), value: quoted(level), origin: layer.unwrap_or(Origin::Default) }
        };
        Table { head: "[rules]".into(), values: rules::infos().iter().map(value).collect() }
    }
}

/// The values of a section, each as the last of some files says it.
fn refined<'c>(layers: impl Iterator<Item = &'c Layer>, section: &str, sources: &Sources) -> Vec<Value> {
    let mut found: BTreeMap<&str, Value> = BTreeMap::new();
    for layer in layers {
        for one in layer.written.iter().filter(|one| one.section == section) {
            found.insert(&one.key, value(layer, one, sources));
        }
    }
    found.into_values().collect()
}

fn value(layer: &Layer, one: &Written, sources: &Sources) -> Value {
    Value { key: one.key.clone(), value: one.value.clone(), origin: origin(layer, Some(one.place), sources) }
}

fn origin(layer: &Layer, span: Option<Span>, sources: &Sources) -> Origin {
    match span {
        Some(span) => Origin::File(sources.path(span.source).to_owned(), sources.line_column(span.source, span.start).line),
        None => Origin::Preset(layer.path.clone()),
    }
}
