//! The settings that are in force for one profile, or for one service that runs the application.

use super::{Application, Entry, Layer, placeholder, squash};
use crate::fact::Fact;
use crate::model::runtime::profile::{self, Profile};
use crate::model::runtime::service::{Service, Variable};
use crate::model::runtime::timeout::{self, Timeout, Units};
use crate::source::Span;
use std::cell::Cell;
use std::collections::BTreeSet;

/// What is in force for one profile of an application, or for one service.
#[derive(Debug, Clone)]
pub struct View<'r> {
    /// The application.
    pub application: &'r Application,
    /// The profile that was asked for; `None`: the one that runs by default.
    pub profile: Option<&'r str>,
    /// The service whose variables win; `None` where the files alone are asked.
    pub service: Option<&'r Service>,
    /// Strongest first.
    layers: Vec<&'r Layer>,
}

/// What is said under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The value, placeholders filled in.
    pub text: String,
    /// The key as written.
    pub key: String,
    /// Key and value.
    pub span: Span,
}

impl Application {
    /// Every profile by itself; the one that runs by default comes first.
    pub fn views(&self) -> Vec<View<'_>> {
        let named: BTreeSet<&str> = self.layers.iter().filter_map(|layer| layer.profile.as_deref()).collect();
        std::iter::once(None).chain(named.into_iter().map(Some)).map(|profile| self.view(profile)).collect()
    }

    /// What is in force where a profile is active.
    pub fn view<'r>(&'r self, profile: Option<&'r str>) -> View<'r> {
        let active: Vec<String> = match profile {
            Some(profile) => vec![profile.to_owned()],
            None => self.active(),
        };
        self.with(profile, active, None)
    }

    /// What is in force in a service: the profiles that its variables name, and its variables over the files.
    pub fn view_in<'r>(&'r self, service: &'r Service) -> View<'r> {
        let names = ["SPRING_PROFILES_ACTIVE", "QUARKUS_PROFILE", "MICRONAUT_ENVIRONMENTS", "ASPNETCORE_ENVIRONMENT"];
        let named = names.iter().find_map(|name| service.environment.get(name).known().cloned());
        let active = named.map_or_else(|| self.active(), |text| list(&text));
        self.with(None, active, Some(service))
    }

    fn active(&self) -> Vec<String> {
        let base = self.layers.iter().filter(|layer| layer.profile.is_none()).flat_map(|layer| &layer.entries);
        let names = ["springprofilesactive", "springprofilesdefault", "quarkusprofile"];
        let said = base.rev().find(|entry| names.contains(&entry.name.as_str()));
        said.map(|entry| list(placeholder::fallback(&entry.raw).unwrap_or(&entry.raw))).unwrap_or_default()
    }

    fn with<'r>(&'r self, profile: Option<&'r str>, active: Vec<String>, service: Option<&'r Service>) -> View<'r> {
        let fits = |layer: &&Layer| layer.profile.as_ref().is_none_or(|profile| active.contains(profile));
        let layers = self.layers.iter().rev().filter(fits).collect();
        View { application: self, profile, service, layers }
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

impl<'r> View<'r> {
    /// For which kind of use it is made.
    pub fn use_for(&self) -> Profile {
        if let Some(service) = self.service.filter(|service| service.profile != Profile::Unknown) {
            return service.profile;
        }
        let asked = self.profile.map_or(Profile::Unknown, |name| profile::profile(&name.to_ascii_lowercase(), &[]));
        if asked != Profile::Unknown {
            return asked;
        }
        // What a service is told to run with: a profile for work on the code makes the whole one for that.
        let of_profile = self.layers.iter().filter(|layer| layer.profile.is_some()).map(|layer| layer.use_for);
        let rehearsed = of_profile.into_iter().find(|use_for| use_for.is_rehearsal());
        rehearsed.unwrap_or_else(|| self.layers.last().map_or(Profile::Unknown, |layer| layer.use_for))
    }

    /// The same where the variables of a service win.
    pub fn under(&self, service: &'r Service) -> View<'r> {
        View { service: Some(service), ..self.clone() }
    }

    /// The same as it runs: under the variables of each service that is known to run it, those for real use first; as it is where none is.
    pub fn as_run(&self, services: &'r [Service]) -> Vec<View<'r>> {
        let owners = self.application.owners.iter().filter_map(|owner| services.get(owner.service));
        let mut views: Vec<View<'r>> = owners.map(|service| self.under(service)).collect();
        views.sort_by_key(|view| view.use_for().is_rehearsal());
        if views.is_empty() {
            views.push(self.clone());
        }
        views
    }

    /// The layers in force, strongest first.
    pub fn layers(&self) -> impl Iterator<Item = &'r Layer> {
        self.layers.iter().copied()
    }

    /// Every key in force, each once, strongest layer first.
    pub fn entries(&self) -> Vec<&'r Entry> {
        let mut seen = BTreeSet::new();
        let all = self.layers.iter().flat_map(|layer| layer.entries.iter().rev());
        all.filter(|entry| seen.insert(entry.name.as_str())).collect()
    }

    /// What is said under a key, written in any of its forms. Absent only where everything that could say it was read.
    pub fn get(&self, key: &str) -> Fact<Said> {
        let name = squash(key);
        if let Some(found) = self.of_service(&name, key) {
            return found;
        }
        match self.entry(&name) {
            Some(entry) => self.said(entry),
            None => match &self.application.gap {
                Some((why, span)) => Fact::not_read(why.clone(), vec![*span]),
                None => Fact::Absent,
            },
        }
    }

    /// The same for the first of several keys that is said.
    pub fn first(&self, keys: &[&str]) -> Fact<Said> {
        let all = keys.iter().map(|key| self.get(key));
        all.into_iter().find(|said| !said.known_absent()).unwrap_or(Fact::Absent)
    }

    /// A variable of the service that sets the key, or unknown where one may that nobody read; `None`: none does. `name`: the key without
    /// what its forms differ in.
    pub fn of_service(&self, name: &str, key: &str) -> Option<Fact<Said>> {
        let service = self.service?;
        let found = service.environment.iter().find(|(variable, _)| squash(variable) == *name);
        if let Some((variable, said)) = found {
            return Some(of_variable(variable, said));
        }
        let why = service.environment.open()?;
        Some(Fact::not_read(format!("`{key}` may be set where we cannot see it: {why}"), vec![service.span]))
    }

    fn entry(&self, name: &str) -> Option<&'r Entry> {
        self.layers.iter().find_map(|layer| layer.entries.iter().rev().find(|entry| entry.name == name))
    }

    /// What an entry says, placeholders filled in from the same settings and from the service. Where it is nothing but a variable that
    /// the service has, the variable says it.
    pub fn said(&self, entry: &Entry) -> Fact<Said> {
        if entry.is_template {
            return Fact::not_read("the file is a template", vec![entry.value_span]);
        }
        let variable = |name: &str| self.service.and_then(|service| service.environment.named(name));
        if let Some((name, said)) = placeholder::only(&entry.raw).and_then(|name| Some((name, variable(name)?)))
            && !said.value.known_absent()
            && !said.value.known().is_some_and(|text| text.contains("${"))
        {
            return of_variable(name, said);
        }
        let is_hidden = Cell::new(false);
        let lookup = |name: &str| -> Option<String> {
            let of_service = variable(name).map(|said| &said.value);
            let is_open = self.service.is_some_and(|service| service.environment.open().is_some());
            let is_unread = of_service.map_or(is_open, |value| value.unknown().is_some());
            is_hidden.set(is_hidden.get() || is_unread);
            of_service
                .and_then(|value| value.known().cloned())
                .or_else(|| self.entry(&squash(name)).filter(|other| other.name != entry.name).map(|other| other.raw.clone()))
        };
        let filled = placeholder::fill(&entry.raw, &lookup);
        match filled {
            Some(_) if is_hidden.get() => {
                Fact::not_read("it names a variable of the service whose value is not known", vec![entry.value_span])
            }
            Some(text) => Fact::explicit(Said { text, key: entry.key.clone(), span: entry.span() }, entry.span()),
            None => Fact::not_read("it names a variable that is set nowhere in the repository", vec![entry.value_span]),
        }
    }

    /// Whether a key is set to `true`.
    pub fn is_true(&self, key: &str) -> bool {
        self.get(key).known().is_some_and(|said| said.text.trim().eq_ignore_ascii_case("true"))
    }

    /// The length of time under a key. `bare`: seconds that a number without a unit counts.
    pub fn time(&self, key: &str, bare: Option<f64>) -> Fact<Timeout> {
        as_time(&self.get(key), bare)
    }
}

/// What a variable of a service says.
fn of_variable(name: &str, said: &Variable) -> Fact<Said> {
    match &said.value {
        Fact::Known(text, origin) => {
            let span = origin.span().unwrap_or(said.key_span);
            Fact::explicit(Said { text: text.clone(), key: name.to_owned(), span }, span)
        }
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
    }
}

/// A length of time; unknown where its unit is not known.
pub fn as_time(said: &Fact<Said>, bare: Option<f64>) -> Fact<Timeout> {
    match said {
        Fact::Known(said, origin) => match timeout::parse(&said.text, Units::Common, bare).or_else(|| iso(&said.text)) {
            Some(duration) => Fact::Known(Timeout::after(duration, said.text.trim()), origin.clone()),
            None => Fact::not_read("its unit is not known", origin.span().into_iter().collect()),
        },
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
    }
}

/// A length of time in the form of ISO 8601 that Java reads: `PT30S`, `PT1H30M`.
fn iso(text: &str) -> Option<std::time::Duration> {
    let upper = text.trim().to_ascii_uppercase();
    let rest = upper.strip_prefix("PT").filter(|rest| !rest.is_empty())?;
    timeout::parse(rest, Units::Common, None)
}

/// A whole number; unknown where it is none.
pub fn as_number(said: &Fact<Said>) -> Fact<u32> {
    match said {
        Fact::Known(said, origin) => match said.text.trim().parse() {
            Ok(number) => Fact::Known(number, origin.clone()),
            Err(_) => Fact::not_read("not a number", origin.span().into_iter().collect()),
        },
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why.clone()),
    }
}
