//! What applications read at start: Spring, Quarkus, Micronaut and ASP.NET settings, and files of an application's own, as one
//! flat list of keys per file and profile.
//!
//! Rules ask [`view`]: `application.views()`, `view.get("spring.datasource.url")`. What is absent: what only code, a
//! configuration server or the shell could say; where one of these may speak, an answer is unknown and not absent.

pub mod body;
mod config_server;
mod flatten;
pub mod owner;
mod placeholder;
pub mod spring;
pub mod stream;
pub mod view;

pub(super) use placeholder::{fallback, fallback_of_shell, variable};
pub use view::{Said, View};

use super::profile::{self, Profile};
use super::service::{Project, Service};
use crate::discover::{Artifact, Discovery, Kind};
use crate::model::Workspace;
use crate::source::Span;
use std::collections::BTreeMap;

/// The settings of one application: its files of one folder, or one file of an application's own format.
#[derive(Debug, Clone)]
pub struct Application {
    /// Who reads them: [`Kind::Spring`], [`Kind::Quarkus`], [`Kind::Micronaut`], [`Kind::Appsettings`] or [`Kind::Application`].
    pub format: Kind,
    /// The folder of its files; the file itself for [`Kind::Application`].
    pub place: String,
    /// What each file and document says, weakest first: those for every profile, then those of one.
    pub layers: Vec<Layer>,
    /// Which services read it, each with the reason.
    pub owners: Vec<owner::Owner>,
    /// Why a key that is nowhere may be set all the same.
    pub gap: Option<(String, Span)>,
    /// A file of its code that gives caches a time to live; asked for only where settings choose a cache.
    pub expiry_in_code: Option<String>,
}

/// What one file, or one document of it, says.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The file.
    pub path: String,
    /// The profile of the framework for which it holds (`prod`, `Development`); `None`: always.
    pub profile: Option<String>,
    /// For which kind of use it is made, by its path and its profile.
    pub use_for: Profile,
    /// In order of the file; a key may repeat, the last one counts.
    pub entries: Vec<Entry>,
}

/// One key with its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As written, with dots between the parts and numbers for the items of a list: `spring.datasource.hikari.maximum-pool-size`.
    pub key: String,
    /// The same without dots, hyphens and underscores, in lower case: frameworks read all these forms as one.
    pub name: String,
    /// The text of the value, placeholders as written. It may be a secret: only the model looks at it.
    pub(super) raw: String,
    /// Whether the text is one of a template that is filled in before the application reads the file.
    pub(super) is_template: bool,
    /// Where the last part of the key stands.
    pub key_span: Span,
    /// Where the value stands.
    pub value_span: Span,
}

/// A key without what frameworks read past: dots, hyphens, underscores and case.
pub fn squash(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '.' | '-' | '_' | '[' | ']' | ':')).flat_map(char::to_lowercase).collect()
}

/// Reads the settings of every application, in order of place.
pub(super) fn read(
    workspace: &mut Workspace,
    discovery: &Discovery,
    projects: &[Project],
    services: &[Service],
) -> Vec<Application> {
    let files: Vec<&Artifact> = discovery.artifacts.iter().filter(|one| is_settings(one.kind)).collect();
    let trees: Vec<String> = files.iter().filter(|one| !one.path.ends_with(".properties")).map(|one| one.path.clone()).collect();
    workspace.load_trees(&trees);
    let mut found: BTreeMap<(String, Kind), Application> = BTreeMap::new();
    for file in files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let place = if file.kind == Kind::Application { file.path.clone() } else { folder.to_owned() };
        let key = (place.clone(), file.kind);
        let application = found.entry(key).or_insert_with(|| Application {
            format: file.kind,
            place,
            layers: Vec::new(),
            owners: Vec::new(),
            gap: None,
            expiry_in_code: None,
        });
        let suffix = suffix(&file.path, file.kind);
        for (profile, entries) in flatten::read(workspace, file, &mut application.gap) {
            let profile = profile.or_else(|| suffix.clone());
            let use_for = use_for(&file.path, profile.as_deref());
            application.layers.push(Layer { path: file.path.clone(), profile, use_for, entries });
        }
    }
    let mut all: Vec<Application> = found.into_values().collect();
    for application in &mut all {
        // `sort_by_key` is stable: `application.properties` stays where its path puts it.
        application.layers.sort_by_key(|layer| layer.profile.is_some());
        let path = application.layers.first().map_or(application.place.clone(), |layer| layer.path.clone());
        let names = ["springapplicationname", "quarkusapplicationname", "micronautapplicationname"];
        let name = application.entries().find(|(_, entry)| names.contains(&entry.name.as_str()));
        let name = name.map(|(_, entry)| entry.raw.trim().to_owned());
        application.owners = owner::owners(&path, name.as_deref(), projects, services);
        if application.entries().any(|(_, entry)| entry.name == "springcachetype") {
            application.expiry_in_code = expiry_in_code(workspace, &application.place);
        }
    }
    config_server::add(workspace, &mut all, services);
    all
}

/// The first file of an application's code that gives caches a time to live (Spring's `entryTtl`).
fn expiry_in_code(workspace: &Workspace, place: &str) -> Option<String> {
    let root = place.split("src/").next().unwrap_or("");
    let is_code = |path: &&str| path.starts_with(root) && (path.ends_with(".java") || path.ends_with(".kt"));
    let paths: Vec<String> = workspace.paths().iter().filter(is_code).map(str::to_owned).collect();
    let hits = workspace.scan(&paths, |bytes| memchr::memmem::find(bytes, b"entryTtl").is_some());
    paths.into_iter().zip(hits).find(|(_, hit)| *hit).map(|(path, _)| path)
}

fn is_settings(kind: Kind) -> bool {
    matches!(kind, Kind::Spring | Kind::Quarkus | Kind::Micronaut | Kind::Appsettings | Kind::Application)
}

/// For which kind of use a layer is made: the profile's own name speaks first.
fn use_for(path: &str, profile: Option<&str>) -> Profile {
    let named = profile.map_or(Profile::Unknown, |name| profile::profile(&name.to_ascii_lowercase(), &[]));
    if named == Profile::Unknown { profile::profile(path, &[]) } else { named }
}

/// The profile that a file name ends with: `application-prod.yml`, `appsettings.Production.json`.
fn suffix(path: &str, kind: Kind) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let stem = name.rsplit_once('.')?.0;
    let (base, separator) = match kind {
        Kind::Appsettings => ("appsettings", '.'),
        Kind::Application => return None,
        _ => ("application", '-'),
    };
    let rest = stem.strip_prefix(base).or_else(|| stem.strip_prefix("bootstrap"))?;
    rest.strip_prefix(separator).filter(|profile| !profile.is_empty()).map(str::to_owned)
}

impl Application {
    /// `settings src/main/resources`.
    pub fn subject(&self) -> String {
        format!("settings {}", if self.place.is_empty() { "." } else { &self.place })
    }

    /// Every entry of every layer.
    pub fn entries(&self) -> impl Iterator<Item = (&Layer, &Entry)> {
        self.layers.iter().flat_map(|layer| layer.entries.iter().map(move |entry| (layer, entry)))
    }

    /// Whether any layer has a key that begins so.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        let prefix = squash(prefix);
        self.entries().any(|(_, entry)| entry.name.starts_with(&prefix))
    }
}

impl Entry {
    /// The key and its value: `key: value`, `key=value`. A value elsewhere (an anchor) is left out.
    pub fn span(&self) -> Span {
        let apart = self.value_span.start.saturating_sub(self.key_span.end);
        if self.value_span.source == self.key_span.source && self.value_span.start >= self.key_span.end && apart < 200 {
            return self.key_span.to(self.value_span);
        }
        self.key_span
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_say_the_profile() {
        let of = |path: &str, kind| suffix(path, kind);
        assert_eq!(of("a/application-prod.yml", Kind::Spring).as_deref(), Some("prod"));
        assert_eq!(of("application.properties", Kind::Quarkus), None);
        assert_eq!(of("appsettings.Production.json", Kind::Appsettings).as_deref(), Some("Production"));
        assert_eq!(use_for("src/main/resources/application-dev.yml", Some("dev")), Profile::Development);
        assert_eq!(use_for("appsettings.Production.json", Some("Production")), Profile::Production);
        assert_eq!(squash("spring.datasource.hikari.maximum-pool-size"), squash("SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE"));
    }
}
