//! A gRPC server to which nginx speaks HTTP/1.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("topology/grpc-over-http1", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    runtime.edges().for_each(|_| context.consider());
    let mut found = Vec::new();
    for wrong in runtime.grpc_over_http1() {
        let edge = wrong.edge;
        let name = edge.target().map_or("", |service| service.name());
        let server = edge.route().servers.known().and_then(|servers| servers.first());
        let address = server.map_or(name.to_owned(), |server| match server.port {
            Some(port) => format!("{}:{port}", server.host),
            None => server.host.clone(),
        });
        let message = format!("`proxy_pass` speaks HTTP/1 to `{address}`, which speaks gRPC");
        let diagnostic = Diagnostic::new(format!("{}/protocol", edge.subject()), message)
            .at(edge.pass_span(), "gRPC needs HTTP/2: every call fails")
            .cause(wrong.span, wrong.sign.clone())
            .help(format!("grpc_pass grpc://{address};"))
            .join(edge.why())
            .at_most(Severity::Warning, "a gRPC server may answer plain HTTP on the same port");
        found.push(rehearsed(diagnostic, edge.profile()));
    }
    found
}
