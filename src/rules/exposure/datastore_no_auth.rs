//! A store that asks nobody for a password.

use crate::diagnostic::{Diagnostic, Occurrence, Severity};
use crate::model::runtime::stay::Stay;
use crate::rules::copies::folded;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("exposure/datastore-no-auth", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    for service in runtime.services() {
        service.service().environment.iter().for_each(|_| context.consider());
    }
    let mut found: Vec<Diagnostic> = Vec::new();
    for store in runtime.unlocked_stores() {
        context.consider();
        let service = store.service;
        if service.profile().is_rehearsal() {
            continue;
        }
        // One file that several stores read is mended once; those that can be reached stand first.
        let is_open = store.open.as_ref().is_some_and(|open| open.stay != Stay::Unsaid);
        let known = found.iter_mut().find(|one| one.primary.span == store.span);
        if let Some(known) = known.filter(|known| known.severity_cap.is_none() || !is_open) {
            known.occurrences.push(Occurrence { span: service.span(), subject: service.subject() });
            continue;
        }
        let message = format!("`{}` lets everybody in: `{}`", service.name(), store.setting);
        let mut diagnostic = Diagnostic::new(service.subject(), message)
            .at(store.span, "whoever reaches the port is let in, as whatever user it names")
            .help(store.instead)
            .evidence(store.setting.clone());
        diagnostic = match &store.open {
            Some(open) if open.stay != Stay::Unsaid => diagnostic.cause(open.span, "and it can be reached from outside"),
            Some(open) => diagnostic
                .cause(open.span, "and it can be reached from outside")
                .at_most(Severity::Info, "nothing says that it stays up"),
            None => diagnostic.at_most(Severity::Info, "only services of its own project are seen to reach it"),
        };
        found.push(diagnostic);
    }
    folded(found)
}
