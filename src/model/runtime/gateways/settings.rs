//! Settings of Traefik in one flat form, whether they come from a file, from labels or from the command line: names are case-blind,
//! and lists are numbered (`servers[0].url` is `servers.0.url`).

use crate::documents::NodeRef;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Between the parts of a name, which may have dots of their own in a file.
const BETWEEN: char = '\u{1f}';

/// A value with its place; `None` where it could not be resolved.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) text: Option<String>,
    pub(super) span: Span,
    /// The service whose label it is.
    pub(super) service: Option<usize>,
}

/// Settings by name.
#[derive(Debug, Clone, Default)]
pub(in crate::model::runtime) struct Settings {
    all: BTreeMap<String, Value>,
}

fn joined(path: &[&str]) -> String {
    let parts: Vec<String> = path.iter().map(|part| part.to_lowercase()).collect();
    parts.join(&BETWEEN.to_string())
}

impl Settings {
    /// Adds everything below a node.
    pub(super) fn add_tree(&mut self, root: NodeRef<'_>) {
        self.add_below(&[], root);
    }

    /// Adds everything below a node under a name.
    pub(in crate::model::runtime) fn add_below(&mut self, path: &[&str], root: NodeRef<'_>) {
        let mut todo: Vec<(String, NodeRef, usize)> = vec![(joined(path), root, 0)];
        while let Some((prefix, node, depth)) = todo.pop() {
            if depth > 24 || self.all.len() > 200_000 {
                continue;
            }
            let name = |part: &str| match prefix.is_empty() {
                true => part.to_lowercase(),
                false => format!("{prefix}{BETWEEN}{}", part.to_lowercase()),
            };
            if node.is_map() {
                let entries = node.merged_entries();
                // `tls: {}` and `accessLog: {}` switch something on.
                if entries.is_empty() && !prefix.is_empty() {
                    self.all.insert(prefix, Value { text: Some(String::new()), span: node.span(), service: None });
                    continue;
                }
                let below = entries.into_iter().filter_map(|(key, value)| Some((name(key.text()?), value, depth + 1)));
                todo.extend(below);
            } else if node.is_list() {
                todo.extend(node.items().enumerate().map(|(at, item)| (name(&at.to_string()), item, depth + 1)));
            } else {
                let text = node.text().filter(|text| !super::is_open(text)).map(str::to_owned);
                self.all.insert(prefix, Value { text, span: node.span(), service: None });
            }
        }
    }

    /// Adds a label or an argument: `traefik.http.routers.api.rule` without its `traefik.`.
    pub(super) fn add_dotted(&mut self, name: &str, value: Value) {
        let flat = name.replace('[', ".").replace(']', "").to_lowercase();
        let flat: String = flat.chars().map(|c| if c == '.' { BETWEEN } else { c }).collect();
        self.all.insert(flat, value);
    }

    /// Adds what another one has and this one has not.
    pub(super) fn add_missing(&mut self, other: &Settings) {
        for (name, value) in &other.all {
            self.all.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }

    pub(super) fn get(&self, path: &[&str]) -> Option<&Value> {
        self.all.get(&joined(path))
    }

    pub(in crate::model::runtime) fn text(&self, path: &[&str]) -> Option<&str> {
        self.get(path)?.text.as_deref()
    }

    /// The settings whose names begin so, with the rest of their names.
    pub(super) fn below<'s>(&'s self, path: &[&str]) -> impl Iterator<Item = (&'s str, &'s Value)> + use<'s> {
        let start = format!("{}{BETWEEN}", joined(path));
        let found = self.all.range(start.clone()..).take_while(move |(name, _)| name.starts_with(&start));
        let length = joined(path).len() + BETWEEN.len_utf8();
        found.map(move |(name, value)| (&name[length..], value))
    }

    /// Whether anything stands under a name.
    pub(in crate::model::runtime) fn has(&self, path: &[&str]) -> bool {
        self.get(path).is_some() || self.below(path).next().is_some()
    }

    /// Where the first thing under a name stands.
    pub(super) fn span(&self, path: &[&str]) -> Option<Span> {
        self.get(path).or_else(|| self.below(path).map(|(_, value)| value).min_by_key(|value| value.span)).map(|value| value.span)
    }

    /// The names one step below, in order.
    pub(in crate::model::runtime) fn names(&self, path: &[&str]) -> Vec<String> {
        let first = |(name, _): (&str, &Value)| name.split(BETWEEN).next().unwrap_or("").to_owned();
        self.below(path).map(first).collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// A list, numbered or with commas; `None` where an item could not be resolved.
    pub(super) fn list(&self, path: &[&str]) -> Option<Vec<String>> {
        if let Some(value) = self.get(path) {
            let items = value.text.as_deref()?.split(',').map(str::trim).filter(|item| !item.is_empty());
            return Some(items.map(str::to_owned).collect());
        }
        self.below(path).filter(|(name, _)| !name.contains(BETWEEN)).map(|(_, value)| value.text.clone()).collect()
    }
}
