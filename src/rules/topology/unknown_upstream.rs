//! A gateway that passes requests to a name which nobody has.

use crate::diagnostic::{Confidence, Diagnostic};
use crate::model::runtime::reference::Meaning;
use crate::rules::copies::{folded, rehearsed};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("topology/unknown-upstream", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    for reference in runtime.references() {
        if matches!(reference.meaning, Meaning::Service(_) | Meaning::Nobody) {
            context.consider();
        }
    }
    let mut found = Vec::new();
    for reference in runtime.unknown_upstreams() {
        let Some(runner) = reference.service else { continue };
        let project = runner.project().map_or("", |project| project.path());
        let message = format!("`{}` leads nowhere: no service of `{project}` is called so", reference.host);
        let diagnostic = Diagnostic::new(format!("{} -> {}", runner.subject(), reference.host), message)
            .at(reference.span, "the gateway does not start, or answers 502")
            .cause(runner.span(), format!("`{}` runs it, and meets only the services of this project", runner.name()))
            .help("the name of a service of the project, or a network that both share");
        found.push(rehearsed(diagnostic, runner.profile()));
    }
    for lonely in runtime.lonely_upstreams() {
        let (runner, meant, host, port) = (lonely.runner, lonely.meant, &lonely.host, lonely.port);
        let message = format!("`{host}:{port}` leads nowhere: `{}` runs nothing but the gateway", runner.name());
        let diagnostic = Diagnostic::new(format!("{} -> {host}:{port}", runner.subject()), message)
            .at(lonely.span, "within a container this is the container itself: the gateway answers 502")
            .cause(meant.span(), format!("`{}` lists the port", meant.name()))
            .help(format!("{}:{port}", meant.name()));
        found.push(rehearsed(diagnostic, runner.profile()));
    }
    for lost in runtime.lost_backends() {
        let (host, alike) = (lost.host, &lost.alike.name);
        let message = format!("`{host}` leads nowhere: no Service of the manifests is called so");
        let diagnostic = Diagnostic::new(format!("{} -> {host}", lost.route.name), message)
            .at(lost.route.pass_span, "its requests go to nobody")
            .cause(lost.alike.span, format!("`{alike}` is there"))
            .help(alike.as_str())
            .sure_at_most(Confidence::Medium, "something outside of the repository may make it");
        found.push(rehearsed(diagnostic, lost.gateway.profile));
    }
    folded(found)
}
