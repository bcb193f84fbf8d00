//! Settings that a configuration server of Spring hands out from folders of the repository (its `native` search locations): each file
//! is for the application of its name, `application.yml` for all that ask the server.

use super::owner::Owner;
use super::{Application, Layer, flatten, placeholder, use_for};
use crate::discover::{Artifact, Kind};
use crate::files;
use crate::model::Workspace;
use crate::model::runtime::route::Strength;
use crate::model::runtime::service::Service;
use std::collections::BTreeSet;

/// Folders of one repository that are handed out, and files of one folder.
const MOST_FOLDERS: usize = 20;
const MOST: usize = 500;
/// The key of a server, in its flat form.
const LOCATIONS: &str = "springcloudconfigservernativesearchlocations";
/// How keys of applications begin that ask a server.
const CLIENTS: [&str; 3] = ["springcloudconfiguri", "springconfigimport", "springcloudconfigname"];

/// Adds what servers hand out to the applications that they hand it to. What a server says stands over an application's own files.
pub(super) fn add(workspace: &mut Workspace, all: &mut Vec<Application>, services: &[Service]) {
    let folders: BTreeSet<String> = all.iter().flat_map(|one| locations(workspace, one, services)).take(MOST_FOLDERS).collect();
    for folder in folders {
        let files = files_in(workspace, &folder);
        // Files that everybody gets are no application of their own.
        let has_clients = all.iter().any(|one| one.place != folder && is_client(one));
        if has_clients {
            all.retain(|one| one.place != folder || one.format != Kind::Spring);
        }
        // Asked before anything is added: what the server says makes nobody another application, nor a client.
        let mut asking: Vec<(Option<String>, bool)> = all.iter().map(|one| (called(one), is_client(one))).collect();
        for path in files {
            let names = asking.iter().filter_map(|(name, _)| name.clone());
            let (name, profile) = split(stem(&path), names, services);
            let mut gap = None;
            let artifact = Artifact { path: path.clone(), kind: Kind::Spring, evidence: String::new() };
            let layers = flatten::read(workspace, &artifact, &mut gap).into_iter().map(|(own, entries)| {
                let profile = own.or_else(|| profile.clone());
                let use_for = use_for(&path, profile.as_deref());
                Layer { path: path.clone(), profile, use_for, entries }
            });
            let layers: Vec<Layer> = layers.collect();
            let mut is_taken = name == "application" && !has_clients;
            let others = all.iter_mut().zip(&asking).filter(|(one, _)| one.format == Kind::Spring && one.place != folder);
            for (application, (own_name, is_client)) in others {
                if own_name.as_deref() == Some(name.as_str()) || (name == "application" && *is_client) {
                    application.layers.extend(layers.iter().cloned());
                    application.layers.sort_by_key(|layer| layer.profile.is_some());
                    is_taken = true;
                }
            }
            if !is_taken && name != "application" {
                let apart = apart(path, &name, layers, services);
                asking.push((called(&apart), is_client(&apart)));
                all.push(apart);
            }
        }
    }
}

/// The settings of an application of which nothing else is in the repository.
fn apart(path: String, name: &str, layers: Vec<Layer>, services: &[Service]) -> Application {
    let named = services.iter().enumerate().filter(|(_, service)| service.name == name);
    let why = || format!("a configuration server hands `{path}` to `{name}`");
    let owners = named.map(|(service, _)| Owner { service, strength: Strength::Name, why: why() }).collect();
    let gap = layers.iter().flat_map(|layer| &layer.entries).next();
    let gap = gap.map(|entry| ("the application has settings of its own".to_owned(), entry.key_span));
    Application { format: Kind::Spring, place: path, layers, owners, gap, expiry_in_code: None }
}

/// The folders of the repository that an application hands out.
fn locations(workspace: &Workspace, application: &Application, services: &[Service]) -> Vec<String> {
    let said = application.entries().filter(|(_, entry)| entry.name.starts_with(LOCATIONS));
    let said = said.flat_map(|(_, entry)| placeholder::fallback(&entry.raw).unwrap_or(&entry.raw).split(','));
    said.take(MOST_FOLDERS).filter_map(|text| location(workspace, application, services, text)).collect()
}

fn location(workspace: &Workspace, application: &Application, services: &[Service], text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['"', '\'', '[', ']']).trim();
    let text = text.split('{').next().unwrap_or("").trim_end_matches(['/', '$']);
    let has_files = |folder: &String| !files_in(workspace, folder).is_empty();
    if let Some(rest) = text.strip_prefix("classpath:") {
        return Some(format!("{}/{}", application.place, rest.trim_start_matches('/'))).filter(has_files);
    }
    let path = text.strip_prefix("file:").unwrap_or(text);
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.starts_with('/') {
        let mounts =
            application.owners.iter().filter_map(|owner| services.get(owner.service)).flat_map(|service| &service.mounts);
        let mut found = mounts.filter_map(|mount| {
            let rest = path.strip_prefix(mount.target.trim_end_matches('/'))?;
            Some(format!("{}{rest}", mount.source.as_ref()?))
        });
        return found.find(has_files);
    }
    let module = application.place.split("src/").next().unwrap_or("");
    let bases = [format!("{module}pom.xml"), "pom.xml".to_owned()];
    bases.iter().filter_map(|base| files::resolve(base, path)).find(|folder| !folder.is_empty() && has_files(folder))
}

/// The settings files of a folder, weakest first: what everybody gets stands under what is made for one.
fn files_in(workspace: &Workspace, folder: &str) -> Vec<String> {
    let is_settings = |path: &&str| {
        let name = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
        name.is_some_and(|name| !name.contains('/')) && [".yml", ".yaml", ".properties"].iter().any(|end| path.ends_with(end))
    };
    let mut files: Vec<String> = workspace.paths().iter().filter(is_settings).take(MOST).map(str::to_owned).collect();
    files.sort_by_key(|path| rank(stem(path)));
    files
}

/// The name of a file without its ending.
fn stem(path: &str) -> &str {
    path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(stem, _)| stem)
}

/// The strength of a file: `application` is for all that ask, `application-prod` for all of one profile.
fn rank(stem: &str) -> u8 {
    match stem.strip_prefix("application") {
        Some("") => 0,
        Some(rest) if rest.starts_with('-') => 1,
        _ => 2,
    }
}

/// The application and the profile that the name of a file states: `orders-prod` is for `orders`, where somebody is called so.
fn split(stem: &str, applications: impl Iterator<Item = String>, services: &[Service]) -> (String, Option<String>) {
    let names = applications.chain(services.iter().map(|service| service.name.clone())).chain(["application".to_owned()]);
    let fits = names.filter(|name| stem == name || stem.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('-')));
    match fits.max_by_key(String::len) {
        Some(name) => {
            let profile = stem.get(name.len() + 1..).filter(|profile| !profile.is_empty()).map(str::to_owned);
            (name, profile)
        }
        None => (stem.to_owned(), None),
    }
}

/// What an application calls itself.
fn called(application: &Application) -> Option<String> {
    let (_, entry) = application.entries().find(|(_, entry)| entry.name == "springapplicationname")?;
    Some(placeholder::fallback(&entry.raw).unwrap_or(&entry.raw).trim().to_owned())
}

fn is_client(application: &Application) -> bool {
    let asks = |name: &str| CLIENTS.iter().any(|client| name.starts_with(client));
    application.format == Kind::Spring && application.entries().any(|(_, entry)| asks(&entry.name))
}
