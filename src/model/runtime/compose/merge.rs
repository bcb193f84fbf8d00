//! Layers of a service to one service, by Compose's rules: scalars override, maps merge by key, lists append.

use super::layer::{EnvFileUse, Layer};
use super::project::Part;
use super::value::{Variables, expand_file};

use crate::documents::env;
use crate::fact::{Fact, Origin};
use crate::model::Workspace;
use crate::model::runtime::healthcheck::HealthCheck;
use crate::model::runtime::profile::{Profile, of_variable, profile};
use crate::model::runtime::service::{Environment, Service, Variable};
use crate::model::runtime::startup;
use crate::source::Span;

/// Puts `over` on top of `below`.
fn put(below: &mut Layer, over: Layer) {
    for key in &over.replaces {
        reset(below, key);
    }
    if !over.image.known_absent() {
        (below.image, below.image_partly) = (over.image, over.image_partly);
    }
    override_by(&mut below.build, over.build);
    below.dockerfile = over.dockerfile.or(below.dockerfile.take());
    below.target = over.target.or(below.target.take());
    below.outside = over.outside.or(below.outside.take());
    override_by(&mut below.command, over.command);
    override_by(&mut below.entrypoint, over.entrypoint);
    override_by(&mut below.replicas, over.replicas);
    override_by(&mut below.stop.grace, over.stop.grace);
    override_by(&mut below.stop.signal, over.stop.signal);
    override_by(&mut below.restart, over.restart);
    for label in over.labels {
        below.labels.retain(|known| known.name != label.name);
        below.labels.push(label);
    }
    below.env_files.extend(over.env_files);
    below.environment.extend(over.environment);
    below.ports.extend(over.ports);
    for dependency in over.depends_on {
        below.depends_on.retain(|known| known.service != dependency.service);
        below.depends_on.push(dependency);
    }
    below.healthcheck.extend(over.healthcheck);
    below.profiles.extend(over.profiles);
    below.aliases.extend(over.aliases);
    below.links.extend(over.links);
    for mount in over.mounts {
        below.mounts.retain(|known| known.target != mount.target);
        below.mounts.push(mount);
    }
}

fn override_by<T>(below: &mut Fact<T>, over: Fact<T>) {
    if !over.known_absent() {
        *below = over;
    }
}

fn reset(below: &mut Layer, key: &str) {
    match key {
        "image" => (below.image, below.image_partly) = (Fact::Absent, None),
        "build" => below.build = Fact::Absent,
        "command" => below.command = Fact::Absent,
        "entrypoint" => below.entrypoint = Fact::Absent,
        "deploy" | "scale" => below.replicas = Fact::Absent,
        "env_file" => below.env_files.clear(),
        "environment" => below.environment.clear(),
        "ports" | "expose" => below.ports.clear(),
        "depends_on" => below.depends_on.clear(),
        "healthcheck" => below.healthcheck.clear(),
        "stop_grace_period" => below.stop.grace = Fact::Absent,
        "stop_signal" => below.stop.signal = Fact::Absent,
        "restart" => below.restart = Fact::Absent,
        "labels" => below.labels.clear(),
        "profiles" => below.profiles.clear(),
        "networks" => below.aliases.clear(),
        "volumes" | "configs" => below.mounts.clear(),
        _ => {}
    }
}

/// Puts the layers of the services of one project upon each other.
pub(super) struct Merger<'m, 'w, 'a> {
    pub(super) workspace: &'w mut Workspace<'a>,
    pub(super) project: usize,
    /// The file that names the project.
    pub(super) path: &'m str,
    pub(super) variables: &'m Variables,
    /// What the head of that file says of its use.
    pub(super) head: Profile,
    /// How many more variables the project may have.
    pub(super) budget: &'m mut usize,
}

impl Merger<'_, '_, '_> {
    /// What a service says once its layers are merged. Where something of it could not be followed, nothing about it is known
    /// to be absent.
    pub(super) fn merge(mut self, part: Part) -> Option<Service> {
        let mut layers = part.layers.into_iter();
        let mut all = layers.next()?;
        layers.for_each(|over| put(&mut all, over));
        let is_partial = all.image.known_absent() && all.build.known_absent();
        let open = part.lost.or_else(|| is_partial.then(|| "the file that this one completes is not known".to_owned()));
        let mut environment = self.environment(&all);
        let told_profile = told_profile(self.workspace, &part.name, &environment);
        let mut healthcheck = healthcheck(&all);
        if let Some(why) = &open {
            environment.opened(why.clone(), part.span);
            unknown_where_absent(&mut all.command, why, part.span);
            unknown_where_absent(&mut all.entrypoint, why, part.span);
            unknown_where_absent(&mut all.replicas, why, part.span);
            unknown_where_absent(&mut all.stop.grace, why, part.span);
            unknown_where_absent(&mut all.stop.signal, why, part.span);
            unknown_where_absent(&mut all.restart, why, part.span);
            unknown_where_absent(&mut all.image, why, part.span);
            unknown_where_absent(&mut healthcheck, why, part.span);
        }
        let mut service = Service {
            image: all.image,
            image_partly: all.image_partly,
            build: all.build,
            command: all.command,
            entrypoint: all.entrypoint,
            environment,
            ports: all.ports,
            depends_on: all.depends_on,
            healthcheck,
            profile: match profile(self.path, &all.profiles) {
                Profile::Unknown => self.head,
                named => named,
            },
            profiles: all.profiles,
            replicas: all.replicas,
            stop: all.stop,
            labels: all.labels,
            restart: all.restart,
            aliases: all.aliases,
            links: all.links,
            mounts: all.mounts,
            open,
            outside: all.outside,
            is_partial,
            told_profile,
            ..Service::bare(self.project, part.name, part.span)
        };
        startup::add_image(self.workspace, &mut service, all.dockerfile.as_deref(), all.target.as_deref());
        Some(service)
    }

    fn environment(&mut self, layer: &Layer) -> Environment {
        let mut environment = Environment::default();
        for file in &layer.env_files {
            self.read_env_file(&mut environment, file);
        }
        for (name, value, partly, key_span) in &layer.environment {
            environment.set(name.clone(), Variable { value: value.clone(), partly: partly.clone(), key_span: *key_span });
        }
        environment
    }

    fn read_env_file(&mut self, environment: &mut Environment, file: &EnvFileUse) {
        let Some(path) = file.path.known() else {
            return environment.unread_file("an env_file whose path is not known".into(), file.span);
        };
        if !self.workspace.exists(path) && !file.is_required {
            return environment.unread_file(format!("`{path}` is optional and not in the repository"), file.span);
        }
        let source = match self.workspace.source(path) {
            Ok(_) if *self.budget == 0 => {
                return environment.unread_file("the project has more variables than one can have".into(), file.span);
            }
            Ok(source) => source,
            Err(why) => return environment.unread_file(format!("`{path}`: {why}"), file.span),
        };
        let mut parsed = env::parse(source, &self.workspace.text(source));
        *self.budget = self.budget.saturating_sub(parsed.entries.len());
        if file.is_raw {
            parsed.entries.iter_mut().filter_map(|entry| entry.value.as_mut()).for_each(|value| value.literal = true);
        }
        let variables = self.variables;
        let expanded = expand_file(&parsed, |name| variables.lookup(name));
        for ((name, value, _), entry) in expanded.into_iter().zip(&parsed.entries) {
            let raw = entry.value.as_ref().filter(|_| value.unknown().is_some());
            let partly = raw.and_then(|raw| variables.resolve_partly(&raw.text));
            environment.set(name, Variable { value, partly, key_span: entry.key_span });
        }
    }
}

/// For which kind of use its variables tell a service to run. A default (`${NODE_ENV:-development}`) is there to be set otherwise.
fn told_profile(workspace: &Workspace, service: &str, environment: &Environment) -> Profile {
    let said = environment.iter().filter_map(|(name, variable)| match &variable.value {
        Fact::Known(text, Origin::Explicit(span)) if !workspace.sources().text(*span).contains('$') => {
            Some(of_variable(service, name, text))
        }
        _ => None,
    });
    said.filter(|told| *told != Profile::Unknown)
        .reduce(|one, other| if one == Profile::Production { one } else { other })
        .unwrap_or(Profile::Unknown)
}

fn unknown_where_absent<T>(fact: &mut Fact<T>, why: &str, span: Span) {
    if fact.known_absent() {
        *fact = Fact::not_read(why.to_owned(), vec![span]);
    }
}

fn healthcheck(layer: &Layer) -> Fact<HealthCheck> {
    let of = |name: &str| layer.healthcheck.iter().rev().find(|(key, ..)| key == name);
    let text = |name: &str| of(name).and_then(|(_, words, _)| words.first().cloned()).filter(|value| !value.is_empty());
    let Some((.., span)) = of("test").or_else(|| of("disable")).or(layer.healthcheck.first()) else { return Fact::Absent };
    let is_disabled = text("disable").as_deref() == Some("true") || text("test").as_deref() == Some("NONE");
    let test = of("test").map(|(_, words, _)| words.clone()).unwrap_or_default();
    let check = HealthCheck { is_disabled, interval: text("interval"), timeout: text("timeout"), retries: text("retries"), test };
    Fact::Known(check, Origin::Explicit(*span))
}
