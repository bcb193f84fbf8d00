//! A gateway that gives up while the service behind it may still work.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::fact::Origin;
use crate::model::api::{Method, OperationRef};
use crate::model::runtime::timeout::shown;
use crate::model::runtime::wait::{Nesting, Wait};
use crate::model::runtime::{EdgeRef, ServiceRef};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("timeouts/gateway-below-app", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for wait in context.head.runtime.waits() {
        context.consider();
        let (Some(edge), Some(service)) = (wait.first(), wait.service()) else { continue };
        if let Some(nesting) = wait.nesting().known().filter(|nesting| nesting.is_inverted() || nesting.is_tight()) {
            let mut diagnostic = lowered(report(&wait, edge, service, nesting), edge, nesting);
            let behind = context.head.operations_behind(edge.route());
            let writes = behind.iter().filter(|api| api.confidence >= Confidence::Medium).flat_map(|api| &api.operations);
            let unsafe_again =
                |one: &&OperationRef| matches!(one.method(), Method::Post | Method::Patch) && one.idempotency_key().is_none();
            if let Some(operation) = writes.into_iter().find(unsafe_again).filter(|_| nesting.is_inverted()) {
                let text = format!("a client that gets 504 and sends `{}` again makes it happen twice", operation.subject());
                diagnostic = diagnostic.context(operation.span(), text);
            }
            found.push(diagnostic);
        }
    }
    found
}

fn report(wait: &Wait<'_>, edge: EdgeRef<'_>, service: ServiceRef<'_>, nesting: &Nesting) -> Diagnostic {
    let (gateway, limit) = (shown(nesting.gateway), shown(nesting.service));
    let directive = edge.limit_name();
    let (name, setting) = (service.name(), &nesting.request.setting);
    let message = if nesting.is_inverted() {
        format!("`{}` gives up after {gateway}, but `{name}` may work for {limit}", edge.short_name())
    } else {
        format!("`{}` gives up after {gateway}, just after `{name}` does ({limit})", edge.short_name())
    };
    let (span, label) = match nesting.gateway_origin.span() {
        Some(span) => (span, format!("the client gets 504 after {gateway} without a byte from `{name}`")),
        None => (edge.pass_span(), format!("no `{directive}`: {} waits for {gateway}", edge.product())),
    };
    let rest = nesting.service.saturating_sub(nesting.gateway);
    let works_on = match rest.is_zero() {
        true => format!("`{setting}` ends a request after {limit}"),
        false => format!("`{setting}` ends a request after {limit}: {} of work for nobody", shown(rest)),
    };
    let mut diagnostic = Diagnostic::new(edge.subject(), message)
        .at(span, label)
        .cause(nesting.service_origin.span().unwrap_or(service.span()), works_on)
        .help(edge.longer_help(nesting.enough()))
        .join(edge.why())
        .evidence(directive)
        .evidence(setting.clone());
    for other in wait.edges.iter().skip(1) {
        diagnostic = diagnostic.occurrence(other.pass_span(), other.subject());
    }
    diagnostic
}

/// What makes it less than a certain contradiction.
fn lowered(mut diagnostic: Diagnostic, edge: EdgeRef<'_>, nesting: &Nesting) -> Diagnostic {
    for origin in [&nesting.gateway_origin, &nesting.service_origin] {
        if let Origin::Default { product } = origin {
            diagnostic = diagnostic.at_most(Severity::Warning, format!("one side is the default of {product}"));
        }
    }
    if nesting.gateway == nesting.service {
        diagnostic = diagnostic.at_most(Severity::Warning, "both end at the same time, and the gateway's clock starts first");
    }
    if !nesting.request.is_certain {
        let why = format!("`{}` may bound something else", nesting.request.setting);
        diagnostic = diagnostic.at_most(Severity::Warning, why.clone()).sure_at_most(Confidence::Medium, why);
    }
    if !edge.is_structural() {
        let why = "gateway and service are joined by name alone";
        diagnostic = diagnostic.at_most(Severity::Warning, why).sure_at_most(Confidence::Medium, why);
    }
    if nesting.is_tight() {
        let margin = shown(nesting.margin());
        diagnostic = diagnostic.at_most(Severity::Info, format!("the order is right, the margin is below {margin}"));
    }
    if edge.profile().is_rehearsal() {
        diagnostic = diagnostic.at_most(Severity::Info, format!("its profile is {}", edge.profile().name()));
    }
    diagnostic.because.dedup();
    diagnostic
}
