//! A store whose port can be reached from everywhere.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::copies::folded;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("exposure/datastore-port", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    for service in runtime.services() {
        service.service().ports.iter().for_each(|_| context.consider());
    }
    let mut found = Vec::new();
    for store in runtime.open_stores() {
        context.consider();
        let (service, port, product) = (store.service, store.port, &store.product);
        if service.profile().is_rehearsal() {
            continue;
        }
        let (message, label, help) = match store.is_cluster {
            true => (
                format!("`{}` ({product}) can be reached from outside of the cluster", service.name()),
                "the Service is a `LoadBalancer` or a `NodePort`",
                "type: ClusterIP".to_owned(),
            ),
            false => (
                format!("`{}` ({product}) listens on every address of its host", service.name()),
                "published on all interfaces; Docker's rules come before those of the host's firewall",
                format!("ports: [\"127.0.0.1:{port}:{port}\"], or none: services of the project reach it without"),
            ),
        };
        let mut diagnostic = Diagnostic::new(service.subject(), message).at(store.span, label).help(help);
        if store.stays.is_none() {
            diagnostic = diagnostic.at_most(Severity::Info, "nothing says that it stays up");
        }
        found.push(diagnostic);
    }
    folded(found)
}
