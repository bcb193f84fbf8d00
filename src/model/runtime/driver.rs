//! Which client speaks to a database, as far as the manifests beside its address tell.

use super::database::DatabaseUse;
use super::keyed::is_full_in_node;
use super::pool::Pool;
use super::service::Service;
use super::tables::tables;
use crate::discover::names::listed;
use crate::documents::url::DatabaseUrl;
use crate::files::{folder_of, is_called, is_within};
use crate::model::Workspace;
use crate::source::Span;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

/// So many manifests are looked at; of more nobody knows which client one of them has.
const MOST_MANIFESTS: usize = 500;

/// Who speaks to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    /// Node's `pg`, or what is built upon it; it may be.
    NodePg,
    /// Something else: the program is not one of Node, or no manifest of the repository names `pg`.
    Other,
    /// No manifest says it, or one of Node names no `pg` while another does, which it may use as a library.
    Unknown,
}

/// The clients of the addresses for which it matters, by the place of the address.
pub(super) type Clients = HashMap<Span, Client>;

/// Asks the manifests; only where an address without a driver of its own says a mode that `pg` takes otherwise than the rest.
pub(super) fn read(workspace: &mut Workspace, services: &[Service], pools: &[Pool], uses: &[DatabaseUse]) -> Clients {
    let of_pools = pools.iter().filter_map(|pool| Some((pool.url.as_ref()?, pool.span, pool.service)));
    let all = of_pools.chain(uses.iter().map(|one| (&one.url, one.key_span, one.service)));
    let is_told = |url: &DatabaseUrl| url.parameter("sslmode").is_some_and(|mode| is_full_in_node(url, "sslmode", mode));
    let asked: Vec<(Span, Option<usize>)> =
        all.filter(|(url, ..)| is_told(url)).map(|(_, span, service)| (span, service)).collect();
    if asked.is_empty() {
        return Clients::default();
    }
    let Some(manifests) = Manifests::read(workspace) else {
        return asked.into_iter().map(|(span, _)| (span, Client::NodePg)).collect();
    };
    let client = |span: Span, service: Option<usize>| match service.and_then(|at| services.get(at)) {
        Some(service) => manifests.of(service.build.known().map(String::as_str)),
        None => manifests.of(Some(folder_of(workspace.sources().path(span.source)))),
    };
    asked.iter().map(|(span, service)| (*span, client(*span, *service))).collect()
}

/// Whether a file says which libraries a program uses.
fn is_manifest(path: &str) -> bool {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| listed("manifests"));
    !path.contains("node_modules/") && names.iter().any(|name| is_called(path, name))
}

/// What the manifests of one folder say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// None of them is one of Node.
    OtherLanguage,
    /// One of Node is there, and names no `pg`.
    Node,
    /// One of Node names it.
    NodePg,
}

/// The folders that have a manifest.
struct Manifests(BTreeMap<String, Says>);

impl Manifests {
    /// `None` where there are too many.
    fn read(workspace: &mut Workspace) -> Option<Manifests> {
        let paths: Vec<String> = workspace.paths_like(is_manifest).take(MOST_MANIFESTS + 1).map(str::to_owned).collect();
        if paths.len() > MOST_MANIFESTS {
            return None;
        }
        let mut folders: BTreeMap<String, Says> =
            paths.iter().map(|path| (folder_of(path).to_owned(), Says::OtherLanguage)).collect();
        let of_node: Vec<String> = paths.into_iter().filter(|path| is_called(path, "package.json")).collect();
        folders.extend(of_node.iter().map(|path| (folder_of(path).to_owned(), Says::Node)));
        for (path, _, text) in workspace.load_texts(&of_node) {
            if tables().words("clients", "node_pg").iter().any(|name| text.contains(&format!("\"{name}\""))) {
                folders.insert(folder_of(&path).to_owned(), Says::NodePg);
            }
        }
        Some(Manifests(folders))
    }

    /// The client of a program whose folder is this one, or lies around it; `None`: nobody knows where its code is.
    fn of(&self, folder: Option<&str>) -> Client {
        let above = |one: &str| folder.is_some_and(|folder| is_within(one, folder));
        let nearest = self.0.iter().filter(|(one, _)| above(one)).max_by_key(|(one, _)| one.len());
        let mut with_pg = self.0.iter().filter(|(_, says)| **says == Says::NodePg).map(|(one, _)| one).peekable();
        let is_anywhere = with_pg.peek().is_some();
        match nearest {
            Some((nearest, _)) if with_pg.any(|one| is_within(nearest, one)) => Client::NodePg,
            // Packages of one repository use each other.
            Some((_, Says::Node | Says::NodePg)) if is_anywhere => Client::Unknown,
            Some(_) => Client::Other,
            None if is_anywhere => Client::NodePg,
            None => Client::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_manifest_says_the_client() {
        use Says::{Node, NodePg, OtherLanguage};
        let of = |all: &[(&str, Says)], folder| {
            Manifests(all.iter().map(|(folder, says)| ((*folder).to_owned(), *says)).collect()).of(folder)
        };
        let both = [("api", NodePg), ("billing", OtherLanguage)];
        assert_eq!(of(&both, Some("api/config")), Client::NodePg);
        assert_eq!(of(&both, Some("billing")), Client::Other);
        assert_eq!(of(&both, Some("")), Client::NodePg);
        assert_eq!(of(&both, None), Client::NodePg);
        assert_eq!(of(&[("", OtherLanguage), ("api", NodePg)], Some("deploy")), Client::NodePg);
        assert_eq!(of(&[("billing", OtherLanguage)], Some("config")), Client::Unknown);
        assert_eq!(of(&[("packages/db", NodePg), ("apps/api", Node)], Some("apps/api/config")), Client::Unknown);
        assert_eq!(of(&[("packages/ui", Node), ("apps/api", Node)], Some("apps/api/config")), Client::Other);
        assert_eq!(of(&[], None), Client::Unknown);
    }
}
