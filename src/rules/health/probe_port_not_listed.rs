//! A probe of a port that its container does not list.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::ServiceRef;
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
        context.consider();
        found.extend(check_elsewhere(service));
    }
    folded(found)
}

/// A health check in the container that asks a port at which its server is told not to listen.
fn check_elsewhere(service: ServiceRef<'_>) -> Option<Diagnostic> {
    let stray = service.stray_check()?;
    let (name, port) = (service.name(), stray.port);
    let listens = stray.listens.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let diagnostic = Diagnostic::new(format!("{}/healthcheck", service.subject()), {
        format!("the health check of `{name}` asks port {port}, and its server listens at {listens}")
    })
    .at(stray.span, "the check fails, always")
    .cause(stray.listens_span, "here it is told where to listen")
    .help(format!("http://localhost:{}{}", stray.listens.first().unwrap_or(&port), stray.path))
    .evidence(port.to_string())
    .at_most(Severity::Warning, "something else in the container may listen there");
    Some(rehearsed(diagnostic, service.profile()))
}
