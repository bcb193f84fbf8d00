//! The sections of `backend-lint.toml`, each read into what the engine asks.

use super::reader::{Reader, Section, Value};
use super::{Allow, DIALECTS, Date, Layer, Level, Override, Pattern, Scope};
use crate::discover::{Kind, migrations};
use crate::engine::{selection, suggest};
use crate::source::Spanned;
use crate::sql::Dialect;
use toml::de::DeValue;

/// The keys of the whole file.
const SECTIONS: [&str; 10] =
    ["allow", "artifact", "context", "extends", "links", "migrations", "override", "rules", "services", "versions"];

/// What can be said of a rule.
const LEVELS: [&str; 4] = ["error", "warning", "info", "off"];

/// The methods of an operation.
const METHODS: [&str; 9] = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY"];

/// Why `[[allow]]` and inline comments need a reason.
pub(super) const REASON: &str = "the next reader has to know whether it still holds";

/// Reads a whole file: what it says, what it allows, and the path of the file that it extends.
pub(super) fn read(reader: &mut Reader, root: &Section, scope: &Scope) -> (Layer, Vec<Allow>, Option<Spanned<String>>) {
    reader.keys(root, &SECTIONS);
    let mut layer = Layer { scope: scope.clone(), ..Layer::default() };
    layer.refinement.folder.clone_from(&scope.folder);
    if let Some(section) = reader.table(root, "rules") {
        layer.rules = rules(reader, &section);
    }
    layer.overrides = reader.tables(root, "override").iter().map(|section| read_override(reader, section)).collect();
    let allows = reader.tables(root, "allow").iter().filter_map(|section| allow(reader, section, scope)).collect();
    layer.artifacts = reader.tables(root, "artifact").iter().filter_map(|section| artifact(reader, section)).collect();
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
        for (name, service) in section.entries {
            reader.section(service, &format!("[services.{}]", name.get_ref()));
        }
    }
    reader.table(root, "context");
    (layer, allows, reader.text(root, "extends"))
}

/// `[rules]`, and `rules` of an override.
fn rules(reader: &mut Reader, section: &Section) -> Vec<(String, Level)> {
    let mut rules = Vec::new();
    for (name, value) in section.entries {
        if !selection::known(name.get_ref()) {
            reader.problem(name.span(), selection::unknown_rule(name.get_ref()));
        }
        let Some(word) = reader.as_text(value, &format!("the severity of `{}`", name.get_ref())) else { continue };
        match Level::parse(&word.value) {
            Some(level) => rules.push((name.get_ref().to_string(), level)),
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
    reader.keys(section, &["paths", "operations", "tables", "rules"]);
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
    reader.keys(section, &["rule", "target", "reason", "until"]);
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
    reader.keys(section, &["path", "kind"]);
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
    reader.keys(section, &["tool", "dialect", "transaction", "after"]);
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
