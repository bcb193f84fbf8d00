//! Secrets that stand in files: literal values, passwords in addresses, and defaults of variables.
//!
//! No value leaves this module: a finding names the key.

mod address;
mod cloudformation;
mod file;
mod holder;
mod remark;
mod shape;
mod terraform;
pub(super) mod words;

pub use holder::Holder;

use super::Runtime;
use super::application::{Entry, fallback, fallback_of_shell, variable};
use super::profile::{self, Profile};
use super::server::is_server;
use super::service::Service;
use super::stay::Deployments;
use crate::discover::{Discovery, Kind};
use crate::documents::{NodeRef, Tree, env};
use crate::fact::Fact;
use crate::model::Workspace;
use crate::source::{SourceId, Span};
pub(super) use address::{form as form_of_address, password};
use address::{leads_beside, taken_forms};
pub use file::FileSecrets;
pub(super) use remark::{tells as is_remarked, tells_of_all as are_remarked};
use std::collections::{BTreeMap, HashMap, HashSet};
use words::Beside;

/// Values of one chart that are looked at, and the length of a path of keys that is followed.
const MOST_VALUES: usize = 20_000;
const LONGEST_KEY: usize = 200;
/// The length of a value that may stand in for another.
const LONGEST_STAND_IN: usize = 100;

/// How a secret stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// As the value of a key that is named for a secret.
    Literal,
    /// As the password of an address.
    Address,
    /// As what a variable holds where nothing sets it.
    Fallback,
    /// In a `.env` file that is in the repository.
    EnvFile,
}

/// A secret that stands in a file.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The key or variable.
    pub key: String,
    /// How it stands there.
    pub form: Form,
    /// Where the key stands.
    pub span: Span,
    /// Whether it is made of words of which everybody's local passwords are made, or opens only what the same file starts.
    pub is_weak: bool,
    /// Whether it opens only what listens on the machine that reads the file, as the addresses beside it say.
    pub is_local: bool,
    /// Whether a comment beside it says that another takes its place, or that it is for nothing but work on the code.
    pub is_remarked: bool,
    /// Whether the project of its service is there to work on the code, on a machine of one's own.
    pub is_for_work: bool,
    /// Whether it signs or encrypts, so that whoever knows it can be anybody.
    pub signs: bool,
    /// For which kind of use its file is made.
    pub use_for: Profile,
    /// The variable of Terraform, or parameter of CloudFormation, whose default it is, or is part of; of a fallback the variable that
    /// nothing sets.
    pub default_of: Option<String>,
    /// What kind of file gives it, and so how a value gets there from outside.
    pub holder: Holder,
    /// Tells equal secrets of one file apart from others; says nothing about the secret.
    same: u64,
}

/// Finds the secrets of every file, by file and form.
pub(super) fn read(workspace: &mut Workspace, discovery: &Discovery, runtime: &Runtime) -> Secrets {
    let mut found = Finder::default();
    let deployments = Deployments::of(runtime);
    let readers = holder::Readers::of(runtime, &deployments);
    let taken = taken_forms(runtime);
    found.is_of_shell = true;
    for service in &runtime.services {
        found.taken = taken.get(&service.project).cloned().unwrap_or_default();
        found.holder = Holder::of_service(service, runtime);
        found.service(workspace, service, deployments.is_for_work(service.project));
    }
    (found.taken, found.is_of_shell) = (HashSet::new(), false);
    for application in &runtime.applications {
        found.holder = Holder::of_settings(application.format);
        for layer in &application.layers {
            let pairs: Vec<(&str, &str)> = layer.entries.iter().map(|entry| (entry.key.as_str(), entry.raw.as_str())).collect();
            let beside = beside(&pairs);
            let local = local_groups(&layer.entries);
            for entry in layer.entries.iter().filter(|entry| !entry.is_template && !is_template(&layer.path)) {
                let before = found.all.len();
                found.value(&entry.key, &entry.raw, entry.span(), layer.use_for, &beside);
                let is_local = group(&entry.key).is_some_and(|group| local.contains(group));
                found.all.iter_mut().skip(before).for_each(|(_, one)| one.is_local |= is_local);
            }
        }
    }
    found.holder = Holder::Variables;
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::Env) {
        let Ok(source) = workspace.source(&artifact.path) else { continue };
        let text = workspace.text(source);
        let parsed = env::parse(source, &text);
        let use_for = match profile::profile(&artifact.path, &[]) {
            Profile::Unknown => profile::of_variables_head(&text),
            named => named,
        };
        let pairs = parsed.entries.iter().filter_map(|entry| Some((entry.key.as_str(), entry.value.as_ref()?.text.as_str())));
        let pairs: Vec<(&str, &str)> = pairs.collect();
        let beside = beside(&pairs);
        let is_beside_work = holder::is_beside_work(&artifact.path, &runtime.projects, &deployments);
        let is_for_work = is_beside_work || readers.are_for_work(source);
        for entry in &parsed.entries {
            let Some(value) = entry.value.as_ref().filter(|_| !is_template(&artifact.path)) else { continue };
            let before = found.all.len();
            found.value(&entry.key, &value.text, entry.key_span, use_for, &beside);
            let new = found.all.iter_mut().skip(before);
            new.for_each(|(_, one)| {
                one.form = Form::EnvFile;
                one.is_weak |= is_for_work && !words::opens_elsewhere(&entry.key, &value.text);
            });
            // Who asks and who answers have the same password, each in a file of its own.
            let own = found.all.iter().skip(before).filter(|(_, one)| is_for_work && one.is_weak).map(|(_, one)| one.same);
            let own: Vec<u64> = own.collect();
            found.of_work.extend(own);
        }
    }
    found.holder = Holder::Chart;
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::HelmValues) {
        let Ok(tree) = workspace.tree(&artifact.path) else { continue };
        found.values(&tree, profile::profile(&artifact.path, &[]));
    }
    found.holder = Holder::Terraform;
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::Terraform) {
        let Ok(source) = workspace.source(&artifact.path) else { continue };
        found.terraform(source, &workspace.text(source), profile::profile(&artifact.path, &[]));
    }
    found.holder = Holder::Template;
    for artifact in discovery.artifacts.iter().filter(|one| one.kind == Kind::Cloudformation) {
        let Ok(tree) = workspace.tree(&artifact.path) else { continue };
        found.cloudformation(&tree, profile::profile(&artifact.path, &[]));
    }
    found.by_file(workspace)
}

/// What was found, and how many keys were looked at.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    pub(super) files: Vec<FileSecrets>,
    pub(super) looked_at: usize,
}

/// Whether a file is there to be copied and filled in.
fn is_template(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    let is_env = || name.split(['.', '-', '_']).any(|word| word == "env");
    ["template", ".dist", "tmpl", "schema"].iter().any(|word| name.contains(word)) || (name.contains("default") && is_env())
}

/// The part of a key before its last dot: what it is a setting of.
fn group(key: &str) -> Option<&str> {
    key.rsplit_once('.').map(|(group, _)| group)
}

/// What a file has on the machine that reads it: groups of keys with such an address.
fn local_groups(entries: &[Entry]) -> HashSet<&str> {
    let is_local = |text: &str| ["localhost", "127.0.0.1", "host.docker.internal"].iter().any(|host| text.contains(host));
    entries.iter().filter(|entry| is_local(&entry.raw)).filter_map(|entry| group(&entry.key)).collect()
}

/// What stands in the open beside a secret: users, databases, names. No address, and no text of several lines: these hold secrets.
pub(super) fn beside(pairs: &[(&str, &str)]) -> Beside {
    let open = ["USER", "USERNAME", "NAME", "DB", "DATABASE", "LOGIN", "ID"];
    let is_open = |key: &str| {
        let upper = key.to_ascii_uppercase();
        open.iter().any(|word| upper.rsplit(['_', '.', '-']).next().is_some_and(|last| last == *word))
    };
    // Beside the secret half of a pair of keys, the other half is a name.
    let has_pair = pairs.iter().any(|(key, _)| {
        let upper = key.to_ascii_uppercase();
        upper.ends_with("SECRET_KEY") || upper.ends_with("SECRET_ACCESS_KEY")
    });
    let is_half = |key: &str| {
        let upper = key.to_ascii_uppercase();
        has_pair && upper.ends_with("ACCESS_KEY") && !upper.ends_with("SECRET_ACCESS_KEY")
    };
    let plain = |text: &str| fallback(text).unwrap_or(text).trim().to_owned();
    let is_one_word = |text: &str| text.len() < 80 && !text.contains("://") && !text.trim().contains(['\n', ';', '=']);
    pairs
        .iter()
        .filter(|(key, text)| (is_open(key) || is_half(key)) && is_one_word(text))
        .map(|(_, text)| plain(text))
        .filter(|text| !text.is_empty())
        .collect()
}

#[derive(Default)]
struct Finder {
    all: Vec<(SourceId, Credential)>,
    seen: HashSet<(SourceId, u32)>,
    /// Secrets that open nothing but a container which the same file starts.
    own: HashSet<(SourceId, u64)>,
    /// Secrets that files of variables give to projects for work on the code, and to no other.
    of_work: HashSet<u64>,
    /// What holds the values that are looked at.
    holder: Holder,
    /// Whether `${name-default}` has a default there: in Spring it is a name with a hyphen.
    is_of_shell: bool,
    /// Users with passwords that look like a form, and are what a store of the same project is told.
    taken: HashSet<String>,
    looked_at: usize,
    /// Values that were looked at: an anchor gives one to many services.
    visited: HashSet<Span>,
    /// Where each file has Secrets of Kubernetes.
    secret_documents: HashMap<SourceId, Vec<std::ops::Range<usize>>>,
}

impl Finder {
    /// The variables of a service that are written in its own file: those of others are found there.
    fn service(&mut self, workspace: &Workspace, service: &Service, is_for_work: bool) {
        let pairs = service.environment.iter().filter_map(|(name, variable)| Some((name, variable.value.known()?.as_str())));
        let pairs: Vec<(&str, &str)> = pairs.collect();
        let mut beside = beside(&pairs);
        beside.add(&service.name);
        for (name, variable) in service.environment.iter() {
            let place = match &variable.value {
                Fact::Known(_, origin) => origin.span().unwrap_or(variable.key_span),
                // What a manifest does not say itself it takes from elsewhere: there is the name of the place.
                Fact::Unknown(_) if service.workload.is_some() => continue,
                Fact::Unknown(why) => why.1.first().copied().unwrap_or(variable.key_span),
                Fact::Absent => continue,
            };
            let is_env_file = workspace
                .sources()
                .path(place.source)
                .rsplit('/')
                .next()
                .is_some_and(|name| name.contains(".env") || name.ends_with("env"));
            // What Terraform gives is looked at as a whole, with what is computed left out.
            let is_terraform = workspace.sources().path(place.source).ends_with(".tf");
            if place.source != variable.key_span.source || is_env_file || is_terraform || !self.visited.insert(place) {
                continue;
            }
            let written = workspace.sources().text(place);
            // A name alone takes its value from the shell; a Secret of Kubernetes has a rule of its own.
            if (place == variable.key_span && !written.contains('=')) || self.is_in_secret(workspace, place) {
                continue;
            }
            // An item of a list may be quoted as a whole: `- "PASSWORD=x"`.
            let written = written.trim_matches(['"', '\'']);
            let written = written.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).unwrap_or(written);
            let before = self.all.len();
            // A file of variables that lies in a folder for development is for that, whoever reads it.
            let of_file = profile::profile(workspace.sources().path(place.source), &[]);
            let use_for = if of_file.is_rehearsal() { of_file } else { service.profile };
            let written = written.trim_matches(['"', '\'']);
            self.value(name, written, variable.key_span, use_for, &beside);
            if is_for_work && !words::opens_elsewhere(name, fallback(written).unwrap_or(written)) {
                self.all.iter_mut().skip(before).for_each(|(_, one)| (one.is_weak, one.is_for_work) = (true, true));
            }
            // What a store is told at its first start opens that container, and whoever reaches it by name is beside it.
            let is_own = service.workload.is_none() && (is_server(service) || is_store(service) || leads_beside(written));
            let new = self.all.iter().skip(before).filter(|_| is_own).map(|(source, one)| (*source, one.same));
            let new: Vec<(SourceId, u64)> = new.collect();
            self.own.extend(new);
        }
    }

    /// The values of a chart: what its templates make variables and Secrets of.
    fn values(&mut self, tree: &Tree, use_for: Profile) {
        let mut scalars = Vec::new();
        let mut todo: Vec<(String, NodeRef<'_>)> = tree.root().into_iter().map(|root| (String::new(), root)).collect();
        // Aliases may multiply maps that hold no values.
        let mut left = MOST_VALUES;
        while let Some((path, node)) = todo.pop().filter(|_| scalars.len() < MOST_VALUES && left > 0) {
            left -= 1;
            for (key, value) in node.entries() {
                let Some(name) = key.text() else { continue };
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                match value.text() {
                    Some(text) if !value.is_null() => scalars.push((path, text, key.span())),
                    _ if path.len() < LONGEST_KEY && todo.len() < MOST_VALUES => todo.push((path, value)),
                    _ => {}
                }
            }
            // Variables in a list have their names beside their values.
            for item in node.items() {
                let name = item.get("name").and_then(|name| Some((name.text()?, name.span())));
                match name.zip(item.get_text("value")) {
                    Some(((name, span), text)) => scalars.push((name.to_owned(), text, span)),
                    None if path.len() < LONGEST_KEY && todo.len() < MOST_VALUES => todo.push((path.clone(), item)),
                    None => {}
                }
            }
        }
        let pairs: Vec<(&str, &str)> = scalars.iter().map(|(key, text, _)| (key.as_str(), *text)).collect();
        let beside = beside(&pairs);
        for (key, text, span) in scalars.iter().filter(|(_, text, _)| !text.contains("{{") && !words::is_name(text)) {
            self.value(key, text, *span, use_for, &beside);
        }
    }

    /// What the resources of a file are given. A name of a secret is no secret.
    fn terraform(&mut self, source: SourceId, text: &str, use_for: Profile) {
        let all = terraform::values(source, text);
        let pairs: Vec<(&str, &str)> = all.iter().map(|one| (one.key.as_str(), one.text.as_str())).collect();
        let beside = beside(&pairs);
        for one in all.iter().filter(|one| words::is_own(&one.key) || !words::is_name(&one.text)) {
            let before = self.all.len();
            self.value(&one.key, &one.text, one.span, use_for, &beside);
            self.all.iter_mut().skip(before).for_each(|(_, found)| found.default_of.clone_from(&one.variable));
        }
    }

    /// What the resources of a template are given, and what its parameters hold where a deployment says nothing.
    fn cloudformation(&mut self, tree: &Tree, use_for: Profile) {
        let all = cloudformation::values(tree);
        let pairs: Vec<(&str, &str)> = all.iter().map(|one| (one.key, one.text)).collect();
        let beside = beside(&pairs);
        for one in all.iter().filter(|one| words::is_own(one.key) || !words::is_name(one.text)) {
            let before = self.all.len();
            self.holder = if one.is_named { Holder::Container } else { Holder::Template };
            self.value(one.key, one.text, one.span, use_for, &beside);
            self.all.iter_mut().skip(before).for_each(|(_, found)| found.default_of = one.parameter.map(str::to_owned));
        }
    }

    /// Whether a place lies in a Secret of Kubernetes: in a document of that kind.
    fn is_in_secret(&mut self, workspace: &Workspace, place: Span) -> bool {
        let documents = self.secret_documents.entry(place.source);
        let documents = documents.or_insert_with(|| secret_documents(&workspace.text(place.source)));
        documents.iter().any(|document| document.contains(&(place.start as usize)))
    }

    /// A value as written.
    fn value(&mut self, key: &str, written: &str, span: Span, use_for: Profile, beside: &Beside) {
        let written = written.trim();
        self.looked_at += usize::from(words::is_secret(key) || password(written).is_some());
        if address::form(written).is_some_and(|form| !self.taken.contains(&form.to_ascii_lowercase())) {
            return;
        }
        let fallback = if self.is_of_shell { fallback_of_shell } else { fallback };
        let (form, secret) = match password(written) {
            Some(password) => match fallback(password) {
                Some(default) => (Form::Fallback, default),
                None => (Form::Address, password),
            },
            None if !words::is_secret(key) => return,
            None => match fallback(written) {
                Some(default) => (Form::Fallback, default),
                None => (Form::Literal, written),
            },
        };
        let is_reference = secret.contains("${") || secret.contains("$(") || secret.starts_with('$') || secret.contains("#{");
        // Nobody has to fill in what has a value already: whoever forgets it signs with the words that ask for it.
        let asks_in_vain = form == Form::Fallback && words::signs(key) && (words::asks(secret) || words::names_variable(secret));
        let is_none = is_reference
            || !(words::is_value(secret) || asks_in_vain)
            || words::is_described(key, secret)
            || words::is_public(secret)
            || words::repeats(key, secret)
            || words::names_token(key, secret);
        if is_none || !self.seen.insert((span.source, span.start)) {
            return;
        }
        let is_weak = words::is_weak(secret, beside) || words::is_for_show(key);
        let default_of = variable(password(written).unwrap_or(written)).filter(|_| form == Form::Fallback);
        let found = Credential {
            key: key.to_owned(),
            form,
            span,
            is_weak,
            is_local: false,
            is_remarked: false,
            is_for_work: false,
            signs: words::signs(key),
            use_for,
            default_of: default_of.map(str::to_owned),
            holder: self.holder,
            same: number(secret),
        };
        self.all.push((span.source, found));
    }

    fn by_file(self, workspace: &Workspace) -> Secrets {
        let mut files: BTreeMap<(String, Form), Vec<Credential>> = BTreeMap::new();
        let literal: HashSet<(SourceId, u64)> =
            self.all.iter().filter(|(_, one)| one.form == Form::Literal).map(|(source, one)| (*source, one.same)).collect();
        for (source, mut one) in self.all {
            // The password of an address that stands in the same file as a value of its own is one secret.
            one.is_weak |= self.own.contains(&(source, one.same));
            one.is_weak |= one.form == Form::EnvFile && self.of_work.contains(&one.same);
            let (text, at) = (workspace.text(source), one.span.start as usize);
            one.is_remarked = remark::tells(&text, at);
            // Who says so has looked at it: what is no secret signs nothing.
            if remark::disclaims(&text, at) {
                (one.is_weak, one.signs) = (true, false);
            }
            if one.form == Form::Address && literal.contains(&(source, one.same)) {
                one.form = Form::Literal;
            }
            files.entry((workspace.sources().path(source).to_owned(), one.form)).or_default().push(one);
        }
        // The same secret in several files (overlays, copies of one set-up) is one thing to change.
        let mut found: Vec<FileSecrets> = Vec::new();
        let mut by_secret: BTreeMap<(Form, Profile, String, u64), usize> = BTreeMap::new();
        // What was chosen is the same secret under whatever key, for production and where nothing is said; words that everybody uses are not.
        let key_of = |one: &Credential, use_for: Profile| match one.is_weak || one.is_local {
            true => (one.form, use_for, one.key.clone(), one.same),
            false if use_for.is_rehearsal() => (one.form, use_for, String::new(), one.same),
            false => (one.form, Profile::Unknown, String::new(), one.same),
        };
        // Of copies the one nearest to the root is the one that people use.
        let mut files: Vec<((String, Form), Vec<Credential>)> = files.into_iter().collect();
        files.sort_by_key(|((path, _), _)| path.matches('/').count());
        for ((path, form), mut all) in files {
            // Services for tests that stand in the same file take nothing away from those for real use, and add nothing.
            if all.iter().any(|one| !one.use_for.is_rehearsal()) {
                all.retain(|one| !one.use_for.is_rehearsal());
            }
            all.sort_by_key(|one| one.span.start);
            let file = FileSecrets { path, form, all };
            let Some(first) = file.first() else { continue };
            let use_for = file.use_for();
            let key_of = |one: &Credential| key_of(one, use_for);
            match by_secret.get(&key_of(first)).and_then(|at| found.get_mut(*at)) {
                Some(known) => known.all.extend(file.all),
                None => {
                    let keys = file.all.iter().filter(|one| !one.is_weak && !one.is_local).chain([first]).map(key_of);
                    for key in keys {
                        by_secret.entry(key).or_insert(found.len());
                    }
                    found.push(file);
                }
            }
        }
        Secrets { files: found, looked_at: self.looked_at }
    }
}

/// Whether a value stands where a credential is to be put, or means nothing; what is longer than people write is none.
pub(super) fn is_stand_in(text: &str) -> bool {
    text.len() <= LONGEST_STAND_IN && words::is_stand_in(text)
}

/// Whether a service runs the image of a store.
fn is_store(service: &Service) -> bool {
    service.product().is_some_and(|product| matches!(product.role.as_str(), "datastore" | "cache" | "broker"))
}

/// Where a text has documents that are Secrets of Kubernetes.
fn secret_documents(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let ends = text.match_indices("\n---").map(|(at, _)| at).chain([text.len()]);
    for end in ends {
        let document = text.get(start..end).unwrap_or("");
        if document.lines().any(|line| line.trim_end() == "kind: Secret") {
            found.push(start..end);
        }
        start = end;
    }
    found
}

/// A number that is equal for equal texts.
fn number(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl super::Runtime {
    /// How many keys and addresses may hold a secret: what the rules about them look at.
    pub fn possible_secrets(&self) -> usize {
        self.credentials.looked_at
    }

    /// The secrets of each file that stand there in one form; files for rehearsal are left out.
    pub fn credentials(&self, form: Form) -> impl Iterator<Item = &FileSecrets> {
        self.credentials.files.iter().filter(move |file| file.form == form && !file.use_for().is_rehearsal())
    }
}
