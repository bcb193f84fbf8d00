//! A variable that names a host which is nobody.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::lost::LostHost;
use crate::model::runtime::reference::Meaning;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule, spread};
use std::collections::HashMap;

pub(super) const RULE: Rule = rule!("topology/unknown-host", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let is_asked = |meaning: &Meaning| matches!(meaning, Meaning::Service(_) | Meaning::Nobody);
    runtime.references().iter().filter(|one| one.is_variable && is_asked(&one.meaning)).for_each(|_| context.consider());
    // A name that is missing is missing once, whoever asks for it; in a rehearsal it weighs less.
    let mut groups: Vec<Vec<LostHost<'_>>> = Vec::new();
    let mut places = HashMap::new();
    for lost in runtime.lost_hosts() {
        let next = groups.len();
        let is_rehearsal = lost.service.profile().is_rehearsal();
        let at = *places.entry((lost.service.service().project, lost.reference.host.clone(), is_rehearsal)).or_insert(next);
        match groups.get_mut(at) {
            Some(group) => group.push(lost),
            None => groups.push(vec![lost]),
        }
    }
    folded(groups.iter().filter_map(|group| report(group)).collect())
}

fn report(group: &[LostHost<'_>]) -> Option<Diagnostic> {
    let lost = group.first()?;
    let (service, reference) = (lost.service, &lost.reference);
    let host = &reference.host;
    let message = format!("`{}` of `{}` leads to `{host}`, which is no service here", reference.key, service.name());
    let mut diagnostic = Diagnostic::new(format!("{} -> {host}", service.subject()), message)
        .at(reference.span, "no service of the project has this name, nor any other of the repository");
    diagnostic = match lost.near {
        Some(near) => diagnostic
            .context(near.span(), "this one is nearly called so")
            .help(reference.port.map_or_else(|| near.name().to_owned(), |port| format!("{}:{port}", near.name()))),
        None => diagnostic
            .help("the name of a service of the project")
            .at_most(Severity::Info, "it may be a machine that the network of the host knows"),
    };
    diagnostic = spread::over(diagnostic, group.iter().map(|one| (one.reference.span, one.service.subject())));
    Some(rehearsed(diagnostic, service.profile()))
}
