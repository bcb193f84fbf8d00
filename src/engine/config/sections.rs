//! The sections of `backend-lint.toml`, each read into what the engine asks.

use super::reader::{Reader, Section, Value};
use super::{Allow, DIALECTS, Date, Entry, Layer, Level, Override, Pattern, Scope, Service, Shown, api, context, keys, presets};
use crate::diagnostic::{Confidence, Severity};
use crate::discover::{Kind, migrations};
use crate::engine::{selection, suggest};
use crate::source::Spanned;
use crate::sql::Dialect;
use toml::de::DeValue;

/// What can be said of a rule.
pub(super) const LEVELS: [&str; 5] = ["error", "warning", "info", "off", "on"];

/// What can be shown.
pub(super) const SEVERITIES: [&str; 3] = ["error", "warning", "info"];

/// What can fail a run.
pub(super) const GATES: [&str; 4] = ["error", "warning", "info", "never"];

/// How sure a finding can be.
pub(super) const CONFIDENCES: [&str; 3] = ["high", "medium", "low"];

/// The methods of an operation.
pub(super) const METHODS: [&str; 9] = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY"];

/// Why `[[allow]]` and inline comments need a reason.
pub(super) const REASON: &str = "the next reader has to know whether it still holds";

/// What a file says.
pub(super) struct Read {
    /// Without its path.
    pub(super) layer: Layer,
    /// Every `[[allow]]`.
    pub(super) allows: Vec<Allow>,
    /// The path of the file that it extends.
    pub(super) extends: Option<Spanned<String>>,
    /// The name of the preset that it starts from.
    pub(super) preset: Option<String>,
}

/// Reads a whole file.
pub(super) fn read(reader: &mut Reader, root: &Section, scope: &Scope, path: &str) -> Read {
    reader.keys(root, keys::FILE);
    let mut layer = Layer { scope: scope.clone(), ..Layer::default() };
    layer.refinement.folder.clone_from(&scope.folder);
    if let Some(section) = reader.table(root, "check") {
        layer.shown = check(reader, &section);
    }
    if let Some(section) = reader.table(root, "rules") {
        layer.rules = rules(reader, &section);
    }
    layer.overrides = reader.tables(root, "override").iter().map(|section| read_override(reader, section)).collect();
    let allows = reader.tables(root, "allow").iter().filter_map(|section| allow(reader, section, scope)).collect();
    layer.artifacts = reader.tables(root, "artifact").iter().filter_map(|section| artifact(reader, section)).collect();
    if let Some(section) = reader.table(root, "api") {
        layer.refinement.api = api::read(reader, &section);
    }
    if let Some(section) = reader.table(root, "migrations") {
        read_migrations(reader, &section, &mut layer);
    }
    if let Some(section) = reader.table(root, "versions") {
        for (product, version) in section.entries {
            let what = format!("the version of `{}`", product.get_ref());
            let written = reader.as_written(version, &what);
            layer.refinement.versions.extend(written.map(|version| (product.get_ref().to_string(), version)));
        }
    }
    if let Some(section) = reader.table(root, "links") {
        links(reader, &section, &mut layer);
    }
    if let Some(section) = reader.table(root, "services") {
        layer.services = section.entries.iter().filter_map(|(name, value)| service(reader, name, value)).collect();
    }
    if let Some(section) = reader.table(root, "context") {
        layer.context = context::read(reader, &section, path);
        layer.refinement.demands = layer.context.demands();
    }
    let names: Vec<&str> = presets::all().map(|(name, _)| name).collect();
    let preset = reader.word(root, "preset", &names, |word| names.contains(&word).then(|| word.to_owned()));
    Read { layer, allows, extends: reader.text(root, "extends"), preset }
}

/// `[check]`.
fn check(reader: &mut Reader, section: &Section) -> Shown {
    reader.keys(section, "check");
    let gate = |word: &str| if word == "never" { Some(None) } else { Severity::parse(word).map(Some) };
    let placed = |key: &str| section.get(key).map(|value| value.span());
    let (fail_on, severity, confidence) = (placed("fail_on"), placed("min_severity"), placed("min_confidence"));
    Shown {
        fail_on: reader.word(section, "fail_on", &GATES, gate).map(|word| (word, fail_on.map(|range| reader.span(range)))),
        min_severity: reader
            .word(section, "min_severity", &SEVERITIES, Severity::parse)
            .map(|word| (word, severity.map(|range| reader.span(range)))),
        min_confidence: reader
            .word(section, "min_confidence", &CONFIDENCES, Confidence::parse)
            .map(|word| (word, confidence.map(|range| reader.span(range)))),
    }
}

/// One `[services.NAME]`.
fn service(reader: &mut Reader, name: &toml::Spanned<std::borrow::Cow<'_, str>>, value: &Value) -> Option<Service> {
    let section = reader.section(value, &format!("[services.{}]", name.get_ref()))?;
    reader.keys(&section, "services");
    let mut paths = Vec::new();
    for key in keys::names("services") {
        for path in reader.texts(&section, key) {
            match Pattern::path(&path.value) {
                Ok(_) => paths.push(path.value.trim_start_matches("./").trim_end_matches('/').to_owned()),
                Err(error) => reader.problem(path.span.range(), format!("`{}` is no pattern: {error}", path.value)),
            }
        }
    }
    Some(Service { name: Spanned::new(name.get_ref().to_string(), reader.span(name.span())), paths })
}

/// `[rules]`, and `rules` of an override.
fn rules(reader: &mut Reader, section: &Section) -> Vec<Entry> {
    let mut rules = Vec::new();
    for (name, value) in section.entries {
        if !selection::known(name.get_ref()) {
            reader.problem(name.span(), selection::unknown_rule(name.get_ref()));
        }
        let Some(word) = reader.as_text(value, &format!("the severity of `{}`", name.get_ref())) else { continue };
        match Level::parse(&word.value) {
            Some(level) => {
                rules.push(Entry { name: name.get_ref().to_string(), level, span: Some(reader.span(name.span())) });
            }
            None => {
                let hint = suggest::hint(&word.value, &LEVELS);
                reader.problem(value.span(), format!("unknown severity `{}`{hint} (one of {})", word.value, LEVELS.join(", ")));
            }
        }
    }
    rules
}

fn patterns(reader: &mut Reader, section: &Section, key: &str, build: impl Fn(&str) -> Result<Pattern, String>) -> Vec<Pattern> {
    let mut built = Vec::new();
    for text in reader.texts(section, key) {
        match build(&text.value) {
            Ok(pattern) => built.push(pattern),
            Err(error) => reader.problem(text.span.range(), format!("`{}` is no pattern: {error}", text.value)),
        }
    }
    built
}

fn read_override(reader: &mut Reader, section: &Section) -> Override {
    reader.keys(section, "override");
    let paths = patterns(reader, section, "paths", Pattern::path);
    let operations = patterns(reader, section, "operations", Pattern::subject);
    let tables = patterns(reader, section, "tables", Pattern::subject);
    if ["paths", "operations", "tables"].iter().all(|key| section.get(key).is_none()) {
        let text = "[[override]] needs `paths`, `operations` or `tables`; what holds everywhere belongs into [rules]";
        reader.problem(section.range.clone(), text);
    }
    let rules = match section.get("rules") {
        Some(value) => reader.section(value, "`rules` in [[override]]").map(|section| rules(reader, &section)),
        None => {
            reader.problem(section.range.clone(), "[[override]] needs `rules`: what it changes, as in [rules]");
            None
        }
    };
    Override { paths, operations, tables, rules: rules.unwrap_or_default() }
}

fn allow(reader: &mut Reader, section: &Section, scope: &Scope) -> Option<Allow> {
    reader.keys(section, "allow");
    let rule = reader.required(section, "rule", "the rule or group that is allowed to be broken");
    let target = reader.required(section, "target", "a subject such as \"GET /orders\" or \"public.orders.id\", or a path");
    reader.required(section, "reason", REASON);
    let until = section.get("until").map(|value| (value, date(reader, value)));
    if let Some(rule) = rule.as_ref().filter(|rule| !selection::known(&rule.value)) {
        reader.problem(rule.span.range(), selection::unknown_rule(&rule.value));
    }
    let target = target?;
    let until = match until {
        Some((value, date)) => Some(Spanned::new(date?, reader.span(value.span()))),
        None => None,
    };
    match Pattern::subject(&target.value) {
        Ok(pattern) => Some(Allow {
            scope: scope.clone(),
            rule: rule?,
            target_path: Pattern::path(&target.value).ok(),
            target: pattern,
            until,
            span: target.span,
        }),
        Err(error) => {
            reader.problem(target.span.range(), format!("`{}` is no pattern: {error}", target.value));
            None
        }
    }
}

/// A day, as a TOML date or as text.
fn date(reader: &mut Reader, value: &Value) -> Option<Date> {
    let parsed = match value.get_ref() {
        DeValue::Datetime(moment) if moment.time.is_none() => {
            moment.date.map(|day| (i32::from(day.year), u32::from(day.month), u32::from(day.day)))
        }
        DeValue::String(text) => parse_date(text),
        _ => None,
    };
    if parsed.is_none() {
        reader.problem(value.span(), "`until` in [[allow]] must be a day such as 2027-01-31");
    }
    parsed
}

/// `2027-01-31`, where there is such a day.
pub(in crate::engine) fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut number = |length: usize| {
        let part = parts.next().filter(|part| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        part.parse::<u32>().ok()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (parts.next().is_none() && (1..=days).contains(&day)).then_some((i32::try_from(year).ok()?, month, day))
}

fn artifact(reader: &mut Reader, section: &Section) -> Option<(String, String)> {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    reader.keys(section, "artifact");
    let path = reader.required(section, "path", "a path or a pattern of paths");
    if section.get("kind").is_none() {
        reader.problem(section.range.clone(), format!("[[artifact]] needs `kind`: one of {}", kinds.join(", ")));
    }
    let kind = reader.word(section, "kind", &kinds, Kind::parse);
    let path = path?;
    if let Err(error) = Pattern::path(&path.value) {
        reader.problem(path.span.range(), format!("`{}` is no pattern: {error}", path.value));
        return None;
    }
    Some((path.value.trim_start_matches("./").to_owned(), kind?.name().to_owned()))
}

fn read_migrations(reader: &mut Reader, section: &Section, layer: &mut Layer) {
    reader.keys(section, "migrations");
    let names = DIALECTS.map(Dialect::name);
    let parse = |word: &str| DIALECTS.into_iter().find(|dialect| dialect.name() == word);
    let tools: Vec<&str> = migrations::tools().collect();
    let known = |word: &str| tools.contains(&word).then(|| word.to_owned());
    layer.refinement.migration_tool = reader.word(section, "tool", &tools, known);
    layer.refinement.dialect = reader.word(section, "dialect", &names, parse);
    layer.refinement.transaction = reader.boolean(section, "transaction");
    layer.refinement.judged_after = section.get("after").and_then(|value| reader.as_written(value, "`after` in [migrations]"));
}

fn links(reader: &mut Reader, section: &Section, layer: &mut Layer) {
    for (operation, value) in section.entries {
        let words: Vec<&str> = operation.get_ref().split(' ').collect();
        if !matches!(words[..], [method, path] if METHODS.contains(&method) && path.starts_with('/')) {
            let text = format!("`{}` in [links] names no operation; write \"GET /orders\"", operation.get_ref());
            reader.problem(operation.span(), text);
        }
        let table = match value.get_ref() {
            DeValue::Boolean(false) => None,
            DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
            _ => {
                reader.wrong(value, &format!("the link of `{}`", operation.get_ref()), "the name of a table, or false");
                continue;
            }
        };
        layer.links.insert(operation.get_ref().to_string(), table);
    }
}
