//! A topic of Kafka that one broker can take away.

use crate::diagnostic::Diagnostic;
use crate::model::runtime::Profile;
use crate::model::runtime::queue::Topic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("queues/topic-not-durable", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for topic in context.head.runtime.topics().filter(|topic| !topic.profile.is_rehearsal()) {
        context.consider();
        found.extend(single(topic).or_else(|| blocked(topic)));
    }
    found
}

/// One copy, where there is a place for more.
fn single(topic: &Topic) -> Option<Diagnostic> {
    let (_, origin) = topic.replicas.known_with_origin().filter(|(replicas, _)| **replicas == 1)?;
    let brokers = topic.brokers.filter(|(number, _)| *number > 1);
    if brokers.is_none() && topic.profile != Profile::Production {
        return None;
    }
    let diagnostic = Diagnostic::new(subject(topic), format!("{} is gone with the one broker that has it", shown(topic)))
        .at(origin.span().unwrap_or(topic.span), "one copy of each message")
        .help(format!("{}{}", topic.keys.replicas, brokers.map_or(3, |(number, _)| number.min(3))))
        .evidence("replicas");
    Some(match brokers {
        Some((number, span)) => diagnostic.context(span, format!("there are {number} brokers")),
        None => diagnostic,
    })
}

/// As many copies are asked for as there are.
fn blocked(topic: &Topic) -> Option<Diagnostic> {
    let (in_sync, origin) = topic.in_sync.known_with_origin()?;
    let (replicas, replicas_origin) = topic.replicas.known_with_origin().filter(|(replicas, _)| **replicas > 1)?;
    if in_sync < replicas {
        return None;
    }
    let message = format!("nobody can write to {} while one of its {replicas} brokers restarts", shown(topic));
    let diagnostic = Diagnostic::new(subject(topic), message)
        .at(origin.span().unwrap_or(topic.span), format!("{in_sync} brokers have to have a message before it counts"))
        .cause(replicas_origin.span().unwrap_or(topic.span), format!("and there are {replicas}"))
        .help(format!("{}{}", topic.keys.in_sync, replicas.saturating_sub(1)))
        .evidence("min.insync.replicas");
    Some(diagnostic)
}

/// `` `orders` ``, or by what key every topic that nobody describes is made.
fn shown(topic: &Topic) -> String {
    match topic.name.is_empty() {
        true => format!("each new topic (`{}`)", topic.keys.replicas.trim_end_matches([':', '=', ' '])),
        false => format!("`{}`", topic.name),
    }
}

fn subject(topic: &Topic) -> String {
    format!("topic {}", if topic.name.is_empty() { "*" } else { &topic.name })
}
