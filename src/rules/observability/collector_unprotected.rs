//! A collector that a flood of telemetry takes down, or that drops what it cannot send at once.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::collector::Collector;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("observability/collector-unprotected", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for collector in context.head.runtime.collectors() {
        context.consider();
        let unlimited = report(
            collector,
            &collector.unlimited,
            "nothing stops pipeline",
            "from filling the memory",
            "processors: [memory_limiter, batch]",
        );
        let giving_up = report(
            collector,
            &collector.giving_up,
            "exporter",
            "drops what it cannot send at once",
            "retry_on_failure: { enabled: true }",
        );
        found.extend(unlimited.into_iter().chain(giving_up));
    }
    found
}

fn report(
    collector: &Collector,
    all: &[(String, crate::source::Span)],
    before: &str,
    after: &str,
    help: &str,
) -> Option<Diagnostic> {
    let ((name, span), rest) = all.split_first()?;
    let mut diagnostic = Diagnostic::new(format!("collector {}", collector.path), format!("{before} `{name}` {after}"))
        .at(
            *span,
            match help.starts_with("processors") {
                true => "no `memory_limiter` among its processors",
                false => "told not to try again",
            },
        )
        .help(help)
        .evidence(help.split(':').next().unwrap_or(""));
    for (name, span) in rest {
        diagnostic = diagnostic.occurrence(*span, format!("collector {}/{name}", collector.path));
    }
    if collector.profile.is_rehearsal() {
        diagnostic = diagnostic.at_most(Severity::Info, format!("its profile is {}", collector.profile.name()));
    }
    Some(diagnostic)
}
