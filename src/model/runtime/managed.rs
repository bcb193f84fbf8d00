//! Servers that a cloud or a chart of somebody else runs: services of which only what they are told is known.

use super::service::Service;
use crate::fact::{Fact, Origin};
use crate::source::Span;

/// What an engine is to us.
pub(super) fn product(engine: &str) -> Option<&'static str> {
    match engine {
        engine if engine.contains("postgres") => Some("postgres"),
        engine if engine.contains("mysql") || engine.contains("mariadb") => Some("mysql"),
        "redis" | "valkey" => Some("redis"),
        _ => None,
    }
}

/// What a server is told, as the words of a command that would say the same; the strongest word stands last.
#[derive(Debug)]
pub(super) struct Told {
    product: &'static str,
    words: Vec<String>,
    place: Option<Span>,
}

impl Told {
    /// Nothing, until it is said.
    pub(super) fn of(product: &'static str) -> Told {
        Told { product, words: Vec::new(), place: None }
    }

    /// Adds a setting.
    pub(super) fn say(&mut self, name: &str, value: &str, span: Span) {
        match self.product {
            "postgres" => self.words.extend(["-c".to_owned(), format!("{name}={value}")]),
            _ => self.words.extend([format!("--{name}"), value.to_owned()]),
        }
        // One stretch of one file, as far as it goes.
        self.place = Some(self.place.filter(|known| known.source == span.source).map_or(span, |known| known.to(span)));
    }

    /// The server as a service. `why`: what stands for everything that is not said.
    pub(super) fn service(self, project: usize, name: String, workload: &str, span: Span, why: &str) -> Service {
        fn unread<T>(why: &str, span: Span) -> Fact<T> {
            Fact::not_read(why.to_owned(), vec![span])
        }
        let mut service = Service::bare(project, name, span);
        service.workload = Some(workload.to_owned());
        service.image = Fact::Known(self.product.to_owned(), Origin::Inferred(span));
        service.environment.opened(why.to_owned(), span);
        (service.healthcheck, service.restart) = (unread(why, span), unread(why, span));
        (service.replicas, service.stop.grace) = (unread(why, span), unread(why, span));
        service.command = match self.place {
            Some(place) => Fact::explicit(self.words, place),
            None => unread(why, span),
        };
        service
    }
}
