//! Where the service is to be found: `servers`, and `host`, `basePath` and `schemes` of 2.0.

use super::cursor::{Cursor, spanned};
use super::document::{DocumentRef, Version};
use super::operation::OperationRef;
use crate::documents::NodeRef;
use crate::source::{Span, Spanned};

/// An address of the service.
#[derive(Debug, Clone)]
pub struct ServerRef<'a> {
    /// Its URL as a template: `https://{region}.example.com/v1`; put together for 2.0. May be relative.
    pub url: String,
    /// Where it is written: the URL, or the host (else the base path) of 2.0.
    pub span: Span,
    /// What it says about itself.
    pub description: Option<&'a str>,
    /// Its variables with the places of their names.
    pub variables: Vec<ServerVariable<'a>>,
    /// Whether all its variables could be followed, so that one that is not among them is not there.
    pub knows_variables: bool,
}

/// A variable of a server's URL.
#[derive(Debug, Clone)]
pub struct ServerVariable<'a> {
    /// Its name.
    pub name: Spanned<&'a str>,
    /// Its default value; required by the specification.
    pub default: Option<Spanned<&'a str>>,
    /// The values that it may have; empty where it says nothing, and where the list is empty.
    pub choices: Vec<Spanned<&'a str>>,
    /// Where the list of its values is written: the key; `None` where it has none.
    pub choices_span: Option<Span>,
}

impl<'a> ServerRef<'a> {
    /// The path of its URL without a slash at the end: `/v1`; empty where it has none.
    pub fn base_path(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let relative = rest.len() == self.url.len() && rest.starts_with('/') && !rest.starts_with("//");
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let path = if relative { rest } else { rest.find('/').map_or("", |at| &rest[at..]) };
        path.trim_end_matches('/')
    }

    /// The names between braces in its URL.
    pub fn template_names(&self) -> Vec<&str> {
        self.url.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
    }

    /// Whether it is on the developer's own machine.
    pub fn is_local(&self) -> bool {
        is_local_host(self.host())
    }

    /// Whether it can only be reached from the own machine or the own network. Hosts that are variables count too: nothing is known of
    /// them.
    pub fn is_within_own_network(&self) -> bool {
        let host = self.host();
        is_inner_host(host) || host.starts_with('{')
    }

    /// Its host as it is written; empty where the URL is relative.
    fn host(&self) -> &str {
        let host = self.url.split_once("://").map_or("", |(_, rest)| rest);
        host.split(['/', ':', '?']).next().unwrap_or("")
    }
}

fn is_local_host(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "[" | "host.docker.internal") || host.ends_with(".localhost")
}

/// Whether a host can only be reached from the own machine or the own network: a private address, a name without a dot, a name below
/// `.local`, `.internal`, `.test` or `.svc`.
pub fn is_inner_host(host: &str) -> bool {
    let octets: Vec<Option<u8>> = host.split('.').map(|part| part.parse().ok()).collect();
    let private = matches!(octets.as_slice(), [Some(10 | 127), Some(_), Some(_), Some(_)])
        || matches!(octets.as_slice(), [Some(192), Some(168), Some(_), Some(_)])
        || matches!(octets.as_slice(), [Some(172), Some(16..=31), Some(_), Some(_)]);
    let last = host.rsplit('.').next().unwrap_or("");
    let inner = matches!(last, "local" | "internal" | "localhost" | "test" | "svc" | "lan" | "home" | "intranet");
    is_local_host(host) || private || inner || !host.contains('.') || host.contains(".svc.")
}

/// The entries of a `servers` list.
pub(super) fn listed(cursor: Cursor<'_>) -> Vec<ServerRef<'_>> {
    cursor.items("servers").into_iter().filter_map(server).collect()
}

fn server(cursor: Cursor<'_>) -> Option<ServerRef<'_>> {
    let url = cursor.raw("url")?;
    let map = cursor.get("variables");
    let variables = map.map(Cursor::entries).unwrap_or_default();
    let knows_variables = map.is_none_or(|map| map.known) && variables.iter().all(|(_, variable)| variable.known);
    Some(ServerRef {
        knows_variables,
        url: url.text()?.to_owned(),
        span: url.span(),
        description: cursor.text("description"),
        variables: variables.into_iter().filter_map(|(key, value)| variable(key, value)).collect(),
    })
}

fn variable<'a>(key: NodeRef<'a>, cursor: Cursor<'a>) -> Option<ServerVariable<'a>> {
    Some(ServerVariable {
        name: spanned(key)?,
        default: cursor.raw("default").and_then(spanned),
        choices_span: cursor.entry("enum").map(|(key, _)| key.span()),
        choices: cursor.raw("enum").map(NodeRef::items).into_iter().flatten().filter_map(spanned).collect(),
    })
}

impl<'a> DocumentRef<'a> {
    /// Its servers in order; in 2.0 one for each scheme, `//host/path` where none is named. Empty where it says nothing.
    pub fn servers(self) -> Vec<ServerRef<'a>> {
        let Some(root) = self.root() else { return Vec::new() };
        if self.version() != Version::V2 {
            return listed(root);
        }
        let (host, path) = (root.raw("host"), root.raw("basePath"));
        let Some(span) = host.or(path).map(NodeRef::span) else { return Vec::new() };
        let (host, path) = (host.and_then(NodeRef::text), path.and_then(NodeRef::text).unwrap_or(""));
        let schemes: Vec<&str> =
            root.raw("schemes").map(NodeRef::items).into_iter().flatten().filter_map(NodeRef::text).collect();
        let urls = match (host, schemes.as_slice()) {
            (None, _) => vec![path.to_owned()],
            (Some(host), []) => vec![format!("//{host}{path}")],
            (Some(host), schemes) => schemes.iter().map(|scheme| format!("{scheme}://{host}{path}")).collect(),
        };
        urls.into_iter()
            .map(|url| ServerRef { url, span, description: None, variables: Vec::new(), knows_variables: true })
            .collect()
    }

    /// Every server that it names, for itself, its paths and its operations, each once.
    pub fn all_servers(self) -> Vec<ServerRef<'a>> {
        let of_paths = self.paths().into_iter().flat_map(|path| path.servers());
        let of_operations = self.own_operations().flat_map(|operation| operation.effective_servers());
        let mut seen = std::collections::BTreeSet::new();
        let all = self.servers().into_iter().chain(of_paths).chain(of_operations);
        all.filter(|server| seen.insert((server.span, server.url.clone()))).collect()
    }

    /// 2.0: the schemes (`https`, `http`, `ws`, `wss`) that it names itself, with their places; empty from 3.0 on.
    pub fn schemes(self) -> Vec<Spanned<&'a str>> {
        let list = self.root().filter(|_| self.version() == Version::V2).and_then(|root| root.raw("schemes"));
        list.map(NodeRef::items).into_iter().flatten().filter_map(spanned).collect()
    }
}

impl<'a> OperationRef<'a> {
    /// The servers that it is called at: its own, else those of its path, else those of the document.
    pub fn effective_servers(self) -> Vec<ServerRef<'a>> {
        let own = self.cursor().into_iter().chain(self.item()).map(listed).find(|list| !list.is_empty());
        own.unwrap_or_else(|| self.document().servers())
    }
}
