//! What an application's settings say of Spring Cloud Gateway, whether they are YAML or `.properties`. Names are squashed: Spring reads
//! `default-filters` and `defaultFilters` as one.

use super::super::application::squash;
use super::super::route::CrossOrigin;
use super::texts;
use crate::documents::NodeRef;
use crate::documents::lines::Line;
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

/// What a document of YAML says.
pub(super) fn of_tree(root: NodeRef<'_>) -> Settings<'_> {
    let homes: Vec<NodeRef> = HOMES.iter().filter_map(|home| relaxed(root, home)).collect();
    let locator = homes.iter().find_map(|home| relaxed(*home, &["discovery", "locator", "enabled"]));
    let all_origins = homes.iter().filter_map(|home| home.get("globalcors"));
    let all_origins =
        all_origins.filter_map(|cors| ["cors-configurations", "corsConfigurations"].iter().find_map(|key| cors.get(key)));
    Settings {
        routes: homes.iter().filter_map(|home| home.get("routes")).flat_map(NodeRef::items).filter_map(route).collect(),
        everywhere: homes.iter().flat_map(|home| parts(*home, "default-filters")).collect(),
        client: named(homes.iter().find_map(|home| home.get("httpclient"))),
        origins: all_origins.flat_map(NodeRef::entries).map(|(_, one)| cross_origin(one)).collect(),
        finds_services: locator.and_then(NodeRef::text) == Some("true"),
        profile: relaxed(root, &["spring", "config", "activate", "on-profile"]).and_then(NodeRef::text),
    }
}

fn parts<'t>(node: NodeRef<'t>, key: &str) -> Vec<Part<'t>> {
    node.get(key).into_iter().flat_map(NodeRef::items).filter_map(part).collect()
}

/// What stands under a node, by squashed name.
fn named(node: Option<NodeRef<'_>>) -> Vec<(String, Text<'_>)> {
    let entries = node.into_iter().flat_map(NodeRef::entries);
    entries.filter_map(|(key, value)| Some((squash(key.text()?), text(value)?))).collect()
}

fn route(entry: NodeRef<'_>) -> Option<Written<'_>> {
    Some(Written {
        id: entry.get("id").and_then(text),
        uri: entry.get("uri").and_then(text)?,
        predicates: parts(entry, "predicates"),
        filters: parts(entry, "filters"),
        metadata: named(entry.get("metadata")),
    })
}

/// What stands under a name whose parts may be joined by dots in the file.
fn relaxed<'t>(node: NodeRef<'t>, path: &[&str]) -> Option<NodeRef<'t>> {
    if path.is_empty() {
        return Some(node);
    }
    (1..=path.len()).find_map(|length| relaxed(node.get(&path[..length].join("."))?, &path[length..]))
}

fn text(node: NodeRef<'_>) -> Option<Text<'_>> {
    Some(Text { text: node.text()?, span: node.span() })
}

fn part(node: NodeRef<'_>) -> Option<Part<'_>> {
    if let Some(text) = node.text() {
        return Some(Part::short(text, node.span()));
    }
    let name = node.get("name")?;
    let mut arguments = Vec::new();
    for (key, value) in node.get("args").into_iter().flat_map(NodeRef::entries) {
        let Some(key) = key.text() else { continue };
        if value.is_map() {
            let inner = value.entries().filter_map(|(part, value)| Some((format!("{key}.{}", part.text()?), value.text()?)));
            arguments.extend(inner);
        } else {
            arguments.extend(texts(Some(value)).into_iter().map(|text| (key.to_owned(), text)));
        }
    }
    Some(Part { name: name.text()?, arguments, span: name.span() })
}

fn cross_origin(one: NodeRef<'_>) -> CrossOrigin {
    let list = |keys: [&str; 2]| keys.iter().find_map(|key| one.get(key));
    let origins = list(["allowedOrigins", "allowed-origins"]);
    let patterns = list(["allowedOriginPatterns", "allowed-origin-patterns"]);
    let any_origin = texts(origins).contains(&"*") || texts(patterns).contains(&"*");
    let credentials = list(["allowCredentials", "allow-credentials"]).and_then(NodeRef::text) == Some("true");
    CrossOrigin { any_origin, credentials, span: patterns.or(origins).map_or(one.span(), NodeRef::span) }
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
            draft.take(line);
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
    origins: BTreeMap<&'t str, CrossOrigin>,
}

impl<'t> Draft<'t> {
    fn take(&mut self, line: &'t Line) {
        let value = Text { text: line.value.trim(), span: line.key_span.to(line.value_span) };
        let parts = key_parts(&line.key);
        if parts == ["spring", "config", "activate", "on-profile"] {
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
                let nothing = CrossOrigin { any_origin: false, credentials: false, span: value.span };
                let one = self.origins.entry(pattern).or_insert(nothing);
                let is_any = value.text.split(',').any(|origin| origin.trim() == "*");
                match squash(what).as_str() {
                    "allowedorigins" | "allowedoriginpatterns" => {
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
    fn take(&mut self, rest: &[&'t str], value: Text<'t>);
}

impl<'t> Parts<'t> for BTreeMap<u32, PartDraft<'t>> {
    fn take(&mut self, rest: &[&'t str], value: Text<'t>) {
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
