//! Servers that a cloud or a chart of somebody else runs: services of which only what they are told is known.

use super::service::Service;
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::collections::HashSet;

/// What an engine is to us.
pub(super) fn product(engine: &str) -> Option<&'static str> {
    match engine {
        engine if engine.contains("postgres") => Some("postgres"),
        engine if engine.contains("mysql") || engine.contains("mariadb") => Some("mysql"),
        "redis" | "valkey" => Some("redis"),
        _ => None,
    }
}

/// Whether a parameter group is one of the cloud's own, which sets nothing that is not the default.
pub(super) fn is_default_group(name: &str) -> bool {
    name.starts_with("default.")
}

/// A setting of such a server.
#[derive(Debug, Clone)]
pub struct ToldElsewhere {
    /// Its name in lower case, with `_` for `-`.
    pub name: String,
    /// Its value; `None` where it is set to what is not known.
    pub value: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// What a server is told; the strongest word stands last.
#[derive(Debug)]
pub(super) struct Told {
    product: &'static str,
    said: Vec<ToldElsewhere>,
}

impl Told {
    /// Nothing, until it is said.
    pub(super) fn of(product: &'static str) -> Told {
        Told { product, said: Vec::new() }
    }

    /// Adds a setting.
    pub(super) fn say(&mut self, name: &str, value: &str, span: Span) {
        self.add(name, Some(value.to_owned()), span);
    }

    /// Adds a setting of which only the name is known.
    pub(super) fn say_unread(&mut self, name: &str, span: Span) {
        self.add(name, None, span);
    }

    /// What was said until now may be said again elsewhere.
    pub(super) fn doubt(&mut self) {
        self.said.iter_mut().for_each(|one| one.value = None);
    }

    fn add(&mut self, name: &str, value: Option<String>, span: Span) {
        let name = name.trim().to_ascii_lowercase().replace('-', "_");
        self.said.push(ToldElsewhere { name, value, span });
    }

    /// Of several words of one name the last one counts.
    fn settle(&mut self) {
        let mut seen = HashSet::new();
        self.said.reverse();
        self.said.retain(|one| seen.insert(one.name.clone()));
        self.said.reverse();
    }

    /// The words of a command that would say what is known, and the stretch of one file in which it stands, as far as it goes.
    fn command(&self) -> Option<(Vec<String>, Span)> {
        let (mut words, mut place): (_, Option<Span>) = (Vec::new(), None);
        for one in &self.said {
            let Some(value) = &one.value else { continue };
            match self.product {
                "postgres" => words.extend(["-c".to_owned(), format!("{}={value}", one.name)]),
                _ => words.extend([format!("--{}", one.name.replace('_', "-")), value.clone()]),
            }
            place = Some(place.filter(|known| known.source == one.span.source).map_or(one.span, |known| known.to(one.span)));
        }
        Some((words, place?))
    }

    /// The server as a service. `why`: what stands for everything that is not said.
    pub(super) fn service(mut self, project: usize, name: String, workload: &str, span: Span, why: &str) -> Service {
        fn unread<T>(why: &str, span: Span) -> Fact<T> {
            Fact::not_read(why.to_owned(), vec![span])
        }
        self.settle();
        let mut service = Service::bare(project, name, span);
        service.workload = Some(workload.to_owned());
        service.image = Fact::Known(self.product.to_owned(), Origin::Inferred(span));
        service.environment.opened(why.to_owned(), span);
        (service.healthcheck, service.restart) = (unread(why, span), unread(why, span));
        (service.replicas, service.stop.grace) = (unread(why, span), unread(why, span));
        service.command = match self.command() {
            Some((words, place)) => Fact::explicit(words, place),
            None => unread(why, span),
        };
        service.told = self.said;
        service
    }
}
