//! Consumers of Spring Cloud Stream over RabbitMQ, as settings describe them.
//!
//! What is absent: consumers without a group, whose queues go with them, and queues that somebody else declares.

use super::{Said, View, view};
use crate::discover::Kind;
use crate::fact::Fact;
use crate::model::runtime::{Profile, Runtime};
use crate::source::Span;
use std::collections::HashSet;

/// A consumer that keeps a queue.
#[derive(Debug, Clone)]
pub struct StreamConsumer {
    /// `settings src/main/resources`.
    pub subject: String,
    /// The binding: `handle-in-0`.
    pub binding: String,
    /// Whether nothing takes what it cannot handle: no queue for dead letters is asked for, and it is not put back into its own.
    pub drops: bool,
    /// How often it tries to handle a message; `None`: not known.
    pub tries: Option<u32>,
    /// Where its group is named.
    pub span: Span,
    /// For which kind of use it is made.
    pub use_for: Profile,
}

/// What settings of bindings begin with, in the flat form of keys.
const BINDINGS: &str = "springcloudstreambindings";
const RABBIT: &str = "springcloudstreamrabbit";

/// How often it tries where nothing is written.
/// <https://docs.spring.io/spring-cloud-stream/reference/spring-cloud-stream/consumer-properties.html>
const USUAL_TRIES: u32 = 3;

impl Runtime {
    /// Every consumer with a group that is bound to RabbitMQ, each place once; those for real use first.
    pub fn stream_consumers(&self) -> Vec<StreamConsumer> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let is_spring = |view: &&View<'_>| view.application.format == Kind::Spring && is_rabbit(view);
        for view in self.views_as_run().iter().filter(is_spring) {
            let mut own = of_view(view);
            own.sort_by_key(|one| one.span);
            found.extend(own.into_iter().filter(|one| seen.insert(one.span)));
        }
        found
    }
}

/// Whether settings name RabbitMQ as what messages go through, and nothing besides it.
fn is_rabbit(view: &View<'_>) -> bool {
    let entries = view.entries();
    let says = |start: &str| entries.iter().any(|entry| entry.name.starts_with(start));
    let is_default = view.get("spring.cloud.stream.default-binder").known().is_some_and(|said| said.text.trim() == "rabbit");
    (is_default || says(RABBIT)) && !says("springcloudstreamkafka")
}

fn of_view(view: &View<'_>) -> Vec<StreamConsumer> {
    let entries = view.entries();
    // Whatever says something of dead letters, or that somebody else declares the queue, may say it of all of them.
    let keeps = entries.iter().any(|entry| {
        entry.name.starts_with(RABBIT)
            && ["bindqueue", "deadletter", "republishtodlq", "queuenamegrouponly"].iter().any(|word| entry.name.contains(word))
    });
    let is_on = |said: &Fact<Said>| said.known().is_none_or(|said| !said.text.trim().eq_ignore_ascii_case("false"));
    let keeps = keeps
        || entries
            .iter()
            .any(|entry| entry.name.starts_with(RABBIT) && entry.name.contains("requeuerejected") && is_on(&view.said(entry)));
    let asks = |binding: &str, key: &str| {
        let own = format!("spring.cloud.stream.rabbit.bindings.{binding}.consumer.{key}");
        let said = view.first(&[&own, &format!("spring.cloud.stream.rabbit.default.consumer.{key}")]);
        !said.known_absent() && is_on(&said)
    };
    let tries = |binding: &str| {
        let own = format!("spring.cloud.stream.bindings.{binding}.consumer.max-attempts");
        match view::as_number(&view.first(&[&own, "spring.cloud.stream.default.consumer.max-attempts"])) {
            Fact::Absent => Some(USUAL_TRIES),
            said => said.known().copied(),
        }
    };
    let found = entries.iter().filter_map(|entry| {
        let name = entry.name.strip_prefix(BINDINGS)?.strip_suffix("group").filter(|name| !name.is_empty())?;
        let written = entry.key.rsplit('.').nth(1).unwrap_or(name).to_owned();
        Some(StreamConsumer {
            subject: view.application.subject(),
            drops: !keeps && !asks(name, "auto-bind-dlq") && !asks(name, "requeue-rejected"),
            tries: tries(name),
            binding: written,
            span: entry.span(),
            use_for: view.use_for(),
        })
    });
    found.collect()
}
