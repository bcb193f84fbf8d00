//! A pool that keeps connections longer than its server does.

use crate::diagnostic::{Diagnostic, Severity};
use crate::fact::Origin;
use crate::model::runtime::timeout::shown;
use crate::rules::{Context, Rule, rehearsal, rule};
use std::time::Duration;

pub(super) const RULE: Rule = rule!("pools/lifetime-not-below-server", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for both in context.head.runtime.pool_lifetimes() {
        context.consider();
        if both.lifetime < both.server {
            continue;
        }
        let (pool, server, setting) = (both.pool, shown(both.server), both.server_setting);
        let lifetime = if both.lifetime == Duration::MAX { "for ever".to_owned() } else { shown(both.lifetime) };
        let message =
            format!("`{}` keeps connections {lifetime}, `{}` closes idle ones after {server}", pool.name, both.server_name);
        let label = match &both.lifetime_origin {
            Origin::Default { product } => format!("nothing is written: {product} keeps them {lifetime}"),
            _ => "the pool hands out connections that are closed already".to_owned(),
        };
        let below = both.server.as_millis() * 9 / 10;
        let mut diagnostic = Diagnostic::new(format!("{}/lifetime", pool.subject()), message)
            .at(both.lifetime_origin.span().unwrap_or(pool.span), label)
            .cause(both.server_span, format!("`{setting}` ends an idle connection after {server}"))
            .help(format!("a lifetime of {below} ms or less, or `keepalive-time` below {server}"))
            .join(format!("`{}` leads to `{}`", pool.name, both.server_name))
            .evidence(setting);
        if both.lifetime_origin.is_default() {
            diagnostic = diagnostic.at_most(Severity::Warning, "one of the numbers is a default");
        }
        found.push(rehearsal::lowered(diagnostic, pool.use_for));
    }
    found
}
