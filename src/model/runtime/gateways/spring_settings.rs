//! What an application's settings say of Spring Cloud Gateway, whether they are YAML or `.properties`. Names are squashed: Spring reads
//! `default-filters` and `defaultFilters` as one.

use super::super::application::squash;
use super::super::route::CrossOrigin;
use crate::documents::NodeRef;
use crate::documents::properties::Properties;
use crate::source::Span;
use std::collections::BTreeMap;

/// Where the settings stand, from the newest release on.
const HOMES: [&[&str]; 4] = [
    &["spring", "cloud", "gateway", "server", "webflux"],
    &["spring", "cloud", "gateway", "server", "webmvc"],
    &["spring", "cloud", "gateway", "mvc"],
    &["spring", "cloud", "gateway"],
];

/// Where a document says for which profile it holds.
const PROFILE: [&str; 4] = ["spring", "config", "activate", "on-profile"];
/// Nodes of one document of YAML that are looked at.
const MOST_NODES: usize = 200_000;

/// A value with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) text: &'t str,
    pub(super) span: Span,
}

/// A filter or a predicate: its name with its arguments, by name or by number.
#[derive(Debug)]
pub(super) struct Part<'t> {
    pub(super) name: &'t str,
    pub(super) arguments: Vec<(String, &'t str)>,
    pub(super) span: Span,
}

/// A route.
#[derive(Debug)]
pub(super) struct Written<'t> {
    pub(super) id: Option<Text<'t>>,
    pub(super) uri: Text<'t>,
    pub(super) predicates: Vec<Part<'t>>,
    pub(super) filters: Vec<Part<'t>>,
    /// By squashed name.
    pub(super) metadata: Vec<(String, Text<'t>)>,
}

/// What one document of a file says.
#[derive(Debug, Default)]
pub(super) struct Settings<'t> {
    pub(super) routes: Vec<Written<'t>>,
    /// The filters of all routes.
    pub(super) everywhere: Vec<Part<'t>>,
    /// The HTTP client, by squashed name.
    pub(super) client: Vec<(String, Text<'t>)>,
    pub(super) origins: Vec<CrossOrigin>,
    /// Whether it makes a route for each service that a registry knows.
    pub(super) finds_services: bool,
    /// The profile for which it holds.
    pub(super) profile: Option<&'t str>,
}

impl<'t> Part<'t> {
    pub(super) fn argument(&self, name: &str) -> Option<&'t str> {
        self.arguments.iter().find(|(key, _)| key.replace('-', "").eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    pub(super) fn first(&self) -> Option<&'t str> {
        self.arguments.first().map(|(_, value)| *value)
    }

    pub(super) fn values(&self) -> Vec<&'t str> {
        self.arguments.iter().map(|(_, value)| *value).collect()
    }

    /// `Retry=5,INTERNAL_SERVER_ERROR,GET` and `CircuitBreaker=name=x,fallbackUri=/y` are both written.
    fn short(text: &'t str, span: Span) -> Part<'t> {
        let (name, rest) = text.split_once('=').unwrap_or((text, ""));
        let items = rest.split(',').map(str::trim).filter(|item| !item.is_empty());
        let arguments = items.enumerate().map(|(at, item)| match item.split_once('=') {
            Some((key, value)) if key.chars().all(|c| c.is_ascii_alphanumeric()) => (key.to_owned(), value),
            _ => (at.to_string(), item),
        });
        Part { name: name.trim(), arguments: arguments.collect(), span }
    }
}

/// What a document of YAML says: each value under the parts of its key, as a line of a `.properties` file says it.
pub(super) fn of_tree(root: NodeRef<'_>) -> Settings<'_> {
    let mut draft = Draft::default();
    let mut todo: Vec<(Vec<String>, NodeRef<'_>)> = vec![(Vec::new(), root)];
    // Aliases may multiply what a file holds.
    for _ in 0..MOST_NODES {
        let Some((parts, node)) = todo.pop() else { break };
        if let Some(text) = node.text() {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            draft.take(&parts, Text { text, span: node.span() });
            continue;
        }
        let under = |more: &[&str]| parts.iter().cloned().chain(more.iter().map(|part| (*part).to_owned())).collect::<Vec<_>>();
        let entries = node.entries().filter_map(|(key, value)| Some((under(&key_parts(key.text()?)), value)));
        let items = node.items().enumerate().map(|(at, item)| (under(&[&at.to_string()]), item));
        let mut below: Vec<_> = entries.chain(items).filter(|(parts, _)| leads(parts)).collect();
        below.reverse();
        todo.append(&mut below);
    }
    draft.settings()
}

/// Whether a key may lead to something that is read.
fn leads(parts: &[String]) -> bool {
    let fits = |path: &[&str]| path.iter().zip(parts).all(|(one, other)| one == other);
    HOMES.into_iter().any(fits) || fits(&PROFILE)
}

/// What each document of a `.properties` file says.
pub(super) fn of_properties(file: &Properties) -> Vec<Settings<'_>> {
    let mut drafts = vec![Draft::default()];
    let mut starts = file.documents.iter().peekable();
    for line in &file.lines.entries {
        while starts.next_if(|start| **start < line.key_span.start).is_some() {
            drafts.push(Draft::default());
        }
        if let Some(draft) = drafts.last_mut() {
            draft.take(&key_parts(&line.key), Text { text: line.value.trim(), span: line.key_span.to(line.value_span) });
        }
    }
    drafts.into_iter().map(Draft::settings).collect()
}

/// A filter or a predicate of which not every line was seen.
#[derive(Debug, Default)]
struct PartDraft<'t> {
    /// `StripPrefix=1`, or the name alone where the arguments have lines of their own.
    text: Option<Text<'t>>,
    is_named: bool,
    arguments: Vec<(String, &'t str)>,
}

#[derive(Debug, Default)]
struct RouteDraft<'t> {
    id: Option<Text<'t>>,
    uri: Option<Text<'t>>,
    predicates: BTreeMap<u32, PartDraft<'t>>,
    filters: BTreeMap<u32, PartDraft<'t>>,
    metadata: Vec<(String, Text<'t>)>,
}

/// A document of which not every line was seen.
#[derive(Debug, Default)]
struct Draft<'t> {
    settings: Settings<'t>,
    routes: BTreeMap<u32, RouteDraft<'t>>,
    everywhere: BTreeMap<u32, PartDraft<'t>>,
    origins: BTreeMap<String, CrossOrigin>,
}

impl<'t> Draft<'t> {
    /// Takes a value under the parts of its key.
    fn take(&mut self, parts: &[&str], value: Text<'t>) {
        if parts == PROFILE {
            self.settings.profile = Some(value.text);
        }
        let Some(rest) = HOMES.iter().find_map(|home| parts.strip_prefix(*home)) else { return };
        let squashed: Vec<String> = rest.iter().take(3).map(|part| squash(part)).collect();
        let names: Vec<&str> = squashed.iter().map(String::as_str).collect();
        match names.as_slice() {
            ["routes", at, what] => {
                let Ok(at) = at.parse() else { return };
                let route = self.routes.entry(at).or_default();
                match (*what, rest.get(3..).unwrap_or(&[])) {
                    ("id", []) => route.id = Some(value),
                    ("uri", []) => route.uri = Some(value),
                    ("predicates", rest) => route.predicates.take(rest, value),
                    ("filters", rest) => route.filters.take(rest, value),
                    ("metadata", [name]) => route.metadata.push((squash(name), value)),
                    _ => {}
                }
            }
            ["defaultfilters", ..] => self.everywhere.take(rest.get(1..).unwrap_or(&[]), value),
            ["httpclient", name] => self.settings.client.push(((*name).to_owned(), value)),
            ["discovery", "locator", "enabled"] => self.settings.finds_services = value.text == "true",
            ["globalcors", "corsconfigurations", _] => {
                let (Some(pattern), Some(what)) = (rest.get(2), rest.get(3)) else { return };
                let nothing = CrossOrigin { any_origin: false, is_star: false, credentials: false, span: value.span };
                let one = self.origins.entry((*pattern).to_owned()).or_insert(nothing);
                let is_any = value.text.split(',').any(|origin| origin.trim() == "*");
                match squash(what).as_str() {
                    "allowedorigins" => {
                        one.is_star = is_any && !one.any_origin;
                        (one.any_origin, one.span) = (one.any_origin || is_any, value.span);
                    }
                    "allowedoriginpatterns" => {
                        one.is_star &= !is_any;
                        (one.any_origin, one.span) = (one.any_origin || is_any, value.span);
                    }
                    "allowcredentials" => one.credentials = value.text == "true",
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn settings(mut self) -> Settings<'t> {
        let parts = |all: BTreeMap<u32, PartDraft<'t>>| all.into_values().filter_map(PartDraft::part).collect::<Vec<Part<'t>>>();
        let routes = self.routes.into_values().filter_map(|draft| {
            let (predicates, filters) = (parts(draft.predicates), parts(draft.filters));
            Some(Written { id: draft.id, uri: draft.uri?, predicates, filters, metadata: draft.metadata })
        });
        self.settings.routes = routes.collect();
        self.settings.everywhere = parts(self.everywhere);
        self.settings.origins = self.origins.into_values().collect();
        self.settings
    }
}

impl<'t> PartDraft<'t> {
    fn part(self) -> Option<Part<'t>> {
        let text = self.text?;
        let whole = Part::short(text.text, text.span);
        Some(if self.is_named { Part { name: text.text, arguments: self.arguments, span: text.span } } else { whole })
    }
}

trait Parts<'t> {
    /// Takes `[0]`, `[0].name` or `[0].args.retries`.
    fn take(&mut self, rest: &[&str], value: Text<'t>);
}

impl<'t> Parts<'t> for BTreeMap<u32, PartDraft<'t>> {
    fn take(&mut self, rest: &[&str], value: Text<'t>) {
        // Without a number it is the only one.
        let (at, rest) = match rest {
            [] => (0, rest),
            [first, rest @ ..] => (first.parse().unwrap_or(0), rest),
        };
        let one = self.entry(at).or_default();
        match rest {
            [] => one.text = Some(value),
            ["name"] => (one.text, one.is_named) = (Some(value), true),
            ["args", "backoff", inner] => one.arguments.push((format!("backoff.{inner}"), value.text)),
            ["args", name] | ["args", name, _] => {
                let items = value.text.split(',').map(str::trim).filter(|item| !item.is_empty());
                one.arguments.extend(items.map(|item| ((*name).to_owned(), item)));
            }
            _ => {}
        }
    }
}

/// `routes[0].predicates[1]` in its parts; brackets may hold dots.
fn key_parts(key: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = key;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (part, after) = inner.split_once(']').unwrap_or((inner, ""));
            parts.push(part);
            rest = after.strip_prefix('.').unwrap_or(after);
            continue;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        parts.push(&rest[..end]);
        rest = rest[end..].strip_prefix('.').unwrap_or(&rest[end..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fall_into_parts() {
        assert_eq!(key_parts("a.routes[0].args.x"), ["a", "routes", "0", "args", "x"]);
        assert_eq!(key_parts("c.[/a.b/**].d"), ["c", "/a.b/**", "d"]);
        assert_eq!(key_parts("a..b["), ["a", "", "b", ""]);
        assert_eq!(key_parts(""), Vec::<&str>::new());
    }
}
