//! A port at which nobody listens.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::ServiceRef;
use crate::model::runtime::reference::Meaning;
use crate::model::runtime::service::{Front, FrontPort};
use crate::model::runtime::upstream::Heard;
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
        // Whichever route asks, a server that does not listen there is one thing to mend.
        let asked = if wrong.heard == Heard::Listed { wrong.key.clone() } else { service.subject() };
        let subject = format!("{asked} {host}:{port}");
        let (message, label, doubt) = match wrong.heard {
            Heard::Listed => (
                format!("`{host}:{port}` leads nowhere: the Service has only {has}"),
                format!("the Service in front of `{}`", service.name()),
                "another overlay may add the port",
            ),
            Heard::Told | Heard::Checked => (
                format!("`{host}:{port}` leads nowhere: `{}` listens at {has}", service.name()),
                match wrong.heard {
                    Heard::Checked => "its own health check asks there".to_owned(),
                    _ => "here it is told where to listen".to_owned(),
                },
                "something else in the container may listen there",
            ),
        };
        let most = if wrong.heard == Heard::Checked { Severity::Info } else { Severity::Warning };
        let diagnostic = Diagnostic::new(subject, message)
            .at(wrong.span, "connections to this port are refused or time out")
            .cause(wrong.front, label)
            .help(format!("{host}:{}", wrong.has.first().map_or(String::new(), u16::to_string)))
            .at_most(most, doubt);
        found.push(rehearsed(diagnostic, service.profile()));
    }
    for (service, front, port) in runtime.lost_target_ports() {
        context.consider();
        let target = &port.target;
        if target.parse::<u16>().is_ok() {
            found.push(rehearsed(unlisted(service, front, port), service.profile()));
            continue;
        }
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

/// A port that no container of the pods lists: it may listen all the same, and hardly ever does.
fn unlisted(service: ServiceRef<'_>, front: &Front, port: &FrontPort) -> Diagnostic {
    let target = &port.target;
    let listed = service.service().ports.iter().map(|port| format!("`{}`", port.container)).collect::<Vec<_>>().join(", ");
    let message = format!("port {} of the Service `{}` leads to {target}, where no container listens", port.port, front.name);
    let unasked = service.unasked_port();
    let help = match unasked {
        Some(meant) => format!("targetPort: {}", meant.container),
        None => format!("ports: [{{ containerPort: {target} }}]  # of the container, if it listens there"),
    };
    let diagnostic = Diagnostic::new(format!("service {}:{}", front.name, port.port), message)
        .at(port.span, "connections to it are refused")
        .cause(service.span(), format!("its containers list {listed}"))
        .help(help);
    match unasked {
        Some(_) => diagnostic.at_most(Severity::Warning, "a container may listen at a port that it does not list"),
        None => {
            diagnostic.at_most(Severity::Info, "every port that is listed is led to: this one may only be missing in the list")
        }
    }
}
