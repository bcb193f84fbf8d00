//! Stores whose ports can be reached from everywhere.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::exposure::OpenStore;
use crate::model::runtime::stay::Stay;
use crate::rules::copies::folded;
use crate::rules::spread::{self, grouped};
use crate::rules::{Context, Fold, Rule, rule};
use crate::source::Sources;
use std::collections::HashSet;

pub(super) const RULE: Rule = rule!("exposure/datastore-port", check, Some(fold));

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    for service in runtime.services() {
        service.service().ports.iter().for_each(|_| context.consider());
    }
    let open = runtime.open_stores().into_iter().inspect(|_| context.consider());
    let (cluster, mut compose): (Vec<OpenStore<'_>>, Vec<OpenStore<'_>>) =
        open.filter(|store| !store.service.profile().is_rehearsal()).partition(|store| store.stay == Stay::Cluster);
    let mut found = folded(cluster.iter().map(of_cluster).collect());
    // A file that several projects bring in opens one port: what the project that stays up says of it counts.
    compose.sort_by_key(|store| store.stay == Stay::Unsaid);
    let mut seen = HashSet::new();
    compose.retain(|store| seen.insert(store.span));
    // Compose files that lie side by side are for one system: they are mended together.
    let set_ups = grouped(compose, |store| store.service.set_up());
    found.extend(set_ups.into_iter().filter_map(|stores| of_set_up(context.sources, stores)));
    found
}

/// Copies of a set-up, and services that are each started beside a store of the same name, are mended alike.
fn fold(context: &Context, found: &[&Diagnostic]) -> Vec<Fold> {
    spread::said_alike(context, found, |one| (one.message.clone(), one.help.clone()))
}

fn of_cluster(store: &OpenStore<'_>) -> Diagnostic {
    let (name, product) = (store.service.name(), &store.product);
    Diagnostic::new(store.service.subject(), format!("`{name}` ({product}) can be reached from outside of the cluster"))
        .at(store.span, "the Service is a `LoadBalancer` or a `NodePort`")
        .help("type: ClusterIP")
}

/// The stores of the Compose files of one folder: those that stay up first.
fn of_set_up(sources: &Sources, mut stores: Vec<OpenStore<'_>>) -> Option<Diagnostic> {
    stores.sort_by_key(|store| store.stay == Stay::Unsaid);
    let (first, rest) = stores.split_first()?;
    let (name, product) = (first.service.name(), &first.product);
    let mut names: Vec<&str> = rest.iter().map(|store| store.service.name()).filter(|other| *other != name).collect();
    names.sort_unstable();
    names.dedup();
    let (more, verb) = match names.as_slice() {
        [] => (String::new(), "listens on every address of its host"),
        [one] => (format!(" and `{one}`"), "listen on every address of their host"),
        names => (format!(" and {} more stores", names.len()), "listen on every address of their host"),
    };
    let mut diagnostic = Diagnostic::new(first.service.subject(), format!("`{name}` ({product}){more} {verb}"))
        .at(first.span, "published on all interfaces; Docker's rules come before those of the host's firewall")
        .help(format!("{}, or none: services of the project reach it without", on_loopback(sources.text(first.span))));
    for other in rest {
        diagnostic = diagnostic.occurrence(other.span, other.service.subject());
    }
    if first.stay == Stay::Unsaid {
        diagnostic = diagnostic.at_most(Severity::Info, "nothing says that it stays up, with all its clients beside it");
    }
    Some(diagnostic)
}

/// The published port as it is written, for the machine itself alone. What may hold an address already is left to who reads it.
fn on_loopback(written: &str) -> String {
    let bare = written.trim().trim_matches(['"', '\'']);
    let everywhere = ["0.0.0.0:", "[::]:", "*:"];
    let bare = everywhere.iter().find_map(|address| bare.strip_prefix(address)).unwrap_or(bare);
    let is_short = !bare.is_empty() && !bare.contains(char::is_whitespace) && !bare.starts_with(['{', ':']);
    // Colons within `${PORT:-5432}` part nothing.
    let mut depth = 0usize;
    let parts = bare.bytes().filter(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *byte == b':' && depth == 0
    });
    match is_short && parts.count() < 2 {
        true => format!("ports: [\"127.0.0.1:{bare}\"]"),
        false if bare.starts_with('{') || bare.contains(char::is_whitespace) => {
            "host_ip: 127.0.0.1 beside `published`".to_owned()
        }
        false => "127.0.0.1 as the address of the published port".to_owned(),
    }
}
