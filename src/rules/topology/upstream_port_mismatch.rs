//! A port at which nobody listens.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::reference::Meaning;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("topology/upstream-port-mismatch", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let asked = runtime.references();
    asked.iter().filter(|one| one.port.is_some() && matches!(one.meaning, Meaning::Service(_))).for_each(|_| context.consider());
    let mut found = Vec::new();
    for wrong in runtime.wrong_ports() {
        let (service, port, host) = (wrong.service, wrong.port, &wrong.host);
        let has = wrong.has.iter().map(|port| format!("`{port}`")).collect::<Vec<_>>().join(", ");
        let subject = format!("{} {host}:{port}", wrong.key);
        let diagnostic = Diagnostic::new(subject, format!("`{host}:{port}` leads nowhere: the Service has only {has}"))
            .at(wrong.span, "connections to this port are refused or time out")
            .cause(wrong.front, format!("the Service in front of `{}`", service.name()))
            .help(format!("{host}:{}", wrong.has.first().map_or(String::new(), u16::to_string)))
            .at_most(Severity::Warning, "another overlay may add the port");
        found.push(rehearsed(diagnostic, service.profile()));
    }
    for (service, front, port) in runtime.lost_target_ports() {
        context.consider();
        let target = &port.target;
        let message =
            format!("port {} of the Service `{}` leads nowhere: no container names a port `{target}`", port.port, front.name);
        let names: Vec<String> =
            service.service().ports.iter().filter_map(|port| port.name.as_ref().map(|name| format!("`{name}`"))).collect();
        let label = match names.is_empty() {
            true => "its containers name no port".to_owned(),
            false => format!("its containers name {}", names.join(", ")),
        };
        let diagnostic = Diagnostic::new(format!("service {}:{}", front.name, port.port), message)
            .at(port.span, "it has no endpoints")
            .cause(service.span(), label)
            .help(format!("ports: [{{ name: {target}, containerPort: ... }}]  # of the container"));
        found.push(rehearsed(diagnostic, service.profile()));
    }
    folded(found)
}
