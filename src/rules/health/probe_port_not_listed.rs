//! A probe of a port that its container does not list.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("health/probe-port-not-listed", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for service in context.head.runtime.services() {
        let said = service.service();
        let mut own: Vec<Diagnostic> = Vec::new();
        for probe in &said.probes {
            context.consider();
            // A patch may add the port; another container of the pod may listen there.
            let listens = |port: &str| said.ports.iter().any(|one| one.container.to_string() == port);
            let stray = probe.stray_port.as_ref().filter(|stray| stray.is_name || !listens(&stray.port));
            let Some(stray) = stray.filter(|_| said.open.is_none()) else { continue };
            let (name, port) = (service.name(), &stray.port);
            let message = match stray.is_name {
                true => format!("a probe of `{name}` asks the port `{port}`, and no port of its container has that name"),
                false => format!("a probe of `{name}` asks port {port}, which none of its containers lists"),
            };
            let label = match stray.is_name {
                true => "Kubernetes finds no number for it: the probe fails, always",
                false => "nothing says that anybody listens there",
            };
            let mut diagnostic = Diagnostic::new(format!("{}/{}", service.subject(), probe.kind.key()), message)
                .at(stray.span, label)
                .help(format!("port: {}", stray.listed.first().map_or("http", String::as_str)))
                .evidence(port.clone());
            if !stray.is_name {
                diagnostic = diagnostic.at_most(Severity::Info, "a port that is not listed can be listened at");
            }
            // One port that is written in several probes is one thing to mend.
            match own.iter_mut().find(|known| known.message == diagnostic.message) {
                Some(known) => *known = known.clone().occurrence(stray.span, probe.kind.key()),
                None => own.push(rehearsed(diagnostic, service.profile())),
            }
        }
        found.append(&mut own);
    }
    folded(found)
}
