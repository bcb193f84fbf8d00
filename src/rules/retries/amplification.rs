//! Two gateways in a row that both retry: their tries multiply.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::runtime::chain::Chain;
use crate::model::runtime::phrases;
use crate::rules::passages::rehearsed;
use crate::rules::{Context, Rule, rule};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = rule!("retries/amplification", check);

/// More tries of one request than this, all layers together, are worth a word.
const MOST: u32 = 4;

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for chain in context.head.runtime.chains() {
        let (Some(outer), Some(inner)) = (tries(&chain.outer.route().retry), tries(&chain.inner.retry)) else { continue };
        context.consider();
        let Some((outer_span, inner_span)) = chain.outer.route().retry.span().zip(chain.inner.retry.span()) else { continue };
        let product = outer.saturating_mul(inner);
        if product > MOST && outer > 1 && inner > 1 && seen.insert((outer_span, inner_span)) {
            found.push(report(&chain, outer, inner, product));
        }
    }
    found
}

/// How often a request is sent at most, where that is written.
fn tries(retry: &crate::fact::Fact<crate::model::runtime::route::Retry>) -> Option<u32> {
    let (retry, origin) = retry.known_with_origin()?;
    (!origin.is_default()).then(|| retry.attempts?.checked_add(1))?
}

fn report(chain: &Chain<'_>, outer: u32, inner: u32, product: u32) -> Diagnostic {
    let (outer_route, inner_route) = (chain.outer.route(), chain.inner);
    let message = format!("`{}` and `{}` both retry: one request becomes up to {product}", outer_route.name, inner_route.name);
    let help =
        phrases::said(chain.gateway, inner_route, "fewer_tries", &[]).unwrap_or_else(|| "retry in one of them alone".into());
    let spans = outer_route.retry.span().zip(inner_route.retry.span()).unwrap_or((outer_route.span, inner_route.span));
    let diagnostic = Diagnostic::new(format!("{} -> {}/retries", outer_route.name, inner_route.name), message)
        .at(spans.1, format!("{inner} tries here"))
        .cause(spans.0, format!("for each of {outer} here"))
        .help(help)
        .join(chain.outer.why())
        .joined_at(if chain.outer.is_structural() { Confidence::High } else { Confidence::Medium });
    let disjoint = chain.outer.route().retry.known().is_some_and(|retry| retry.only_before_work());
    let diagnostic = match disjoint {
        true => diagnostic.at_most(Severity::Info, "the outer one only tries again what was not sent"),
        false => diagnostic,
    };
    rehearsed(diagnostic, chain.gateway.profile)
}
