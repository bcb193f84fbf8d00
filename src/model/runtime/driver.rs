//! Which client speaks to a database, as far as the manifests beside its address tell.

use super::database::DatabaseUse;
use super::keyed::is_full_in_node;
use super::pool::Pool;
use super::service::Service;
use super::tables::tables;
use crate::documents::url::DatabaseUrl;
use crate::files::is_within;
use crate::model::Workspace;
use crate::source::Span;
use std::collections::{BTreeMap, HashMap};

/// So many manifests are looked at; of more nobody knows which client one of them has.
const MOST_MANIFESTS: usize = 500;

/// Who speaks to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    /// Node's `pg`, or what is built upon it; it may be.
    NodePg,
    /// Something else: the manifests of the program name no `pg`.
    Other,
    /// No manifest says it.
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

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file says which libraries a program uses.
fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    !path.contains("node_modules/") && tables().words("clients", "manifests").iter().any(|one| one == name)
}

/// The folders that have a manifest, and whether one of Node in them names `pg`.
struct Manifests(BTreeMap<String, bool>);

impl Manifests {
    /// `None` where there are too many.
    fn read(workspace: &mut Workspace) -> Option<Manifests> {
        let paths: Vec<String> = workspace.paths_like(is_manifest).take(MOST_MANIFESTS + 1).map(str::to_owned).collect();
        if paths.len() > MOST_MANIFESTS {
            return None;
        }
        let mut folders: BTreeMap<String, bool> = paths.iter().map(|path| (folder_of(path).to_owned(), false)).collect();
        let of_node: Vec<String> = paths.into_iter().filter(|path| path.ends_with("package.json")).collect();
        for (path, _, text) in workspace.load_texts(&of_node) {
            let names = tables().words("clients", "node_pg").iter().any(|name| text.contains(&format!("\"{name}\"")));
            folders.entry(folder_of(&path).to_owned()).and_modify(|has| *has |= names);
        }
        Some(Manifests(folders))
    }

    /// The client of a program whose folder is this one, or lies around it; `None`: nobody knows where its code is.
    fn of(&self, folder: Option<&str>) -> Client {
        let above = |one: &&String| folder.is_some_and(|folder| is_within(one, folder));
        let nearest = self.0.keys().filter(above).max_by_key(|one| one.len());
        let mut has_pg = self.0.iter().filter(|(_, has)| **has);
        match nearest {
            Some(nearest) if has_pg.any(|(one, _)| is_within(nearest, one)) => Client::NodePg,
            Some(_) => Client::Other,
            None if has_pg.next().is_some() => Client::NodePg,
            None => Client::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_manifest_says_the_client() {
        let of = |all: &[(&str, bool)], folder| {
            Manifests(all.iter().map(|(folder, has)| ((*folder).to_owned(), *has)).collect()).of(folder)
        };
        let both = [("api", true), ("billing", false)];
        assert_eq!(of(&both, Some("api/config")), Client::NodePg);
        assert_eq!(of(&both, Some("billing")), Client::Other);
        assert_eq!(of(&both, Some("")), Client::NodePg);
        assert_eq!(of(&both, None), Client::NodePg);
        assert_eq!(of(&[("", false), ("api", true)], Some("deploy")), Client::NodePg);
        assert_eq!(of(&[("billing", false)], Some("config")), Client::Unknown);
        assert_eq!(of(&[], None), Client::Unknown);
    }
}
