//! A gateway that takes every certificate of the servers behind it for the right one.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::links::passages::Passage;
use crate::model::runtime::keyed::is_outside;
use crate::rules::passages::{by_place, shared};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("tls/upstream-unverified", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut passages = context.head.passages();
    passages.retain(|passage| !passage.profile().is_rehearsal());
    passages.iter().for_each(|_| context.consider());
    let groups = by_place(&passages, |passage| Some(passage.route.unverified.as_ref()?.span));
    groups.into_iter().filter_map(|(_, group)| report(group)).collect()
}

fn report(mut group: Vec<&Passage<'_>>) -> Option<Diagnostic> {
    // One that leads outside speaks for all.
    group.sort_by_key(|passage| host_outside(passage).is_none());
    let first = group.first()?;
    let unverified = first.route.unverified.as_ref()?;
    let setting = &unverified.setting;
    let (host, leads_outside) = match host_outside(first) {
        Some(host) => (host, true),
        None => (first.route.servers.known().and_then(|all| all.first()).map_or("its servers", |one| &one.host), false),
    };
    let message = format!("`{}` takes every certificate of `{host}` for the right one", first.short_name());
    let mut diagnostic = Diagnostic::new(format!("{}/certificates", first.subject()), message)
        .at(unverified.span, format!("`{setting}`: whoever stands in between reads and changes what is sent"))
        .help("trust the authority that signs its certificate instead")
        .evidence(setting.clone());
    if !leads_outside {
        diagnostic = diagnostic.at_most(Severity::Info, "it is a server of the own network");
    }
    Some(shared(diagnostic, &group))
}

/// A server that is reached over networks of others.
fn host_outside<'m>(passage: &Passage<'m>) -> Option<&'m str> {
    let servers = passage.route.servers.known().map_or(&[][..], Vec::as_slice);
    servers.iter().map(|server| server.host.as_str()).find(|host| is_outside(host)).filter(|_| passage.route.targets.is_empty())
}
