//! Each replica migrates when it starts, and a pending migration takes away what the old replicas still use.

use crate::diagnostic::{Confidence, Diagnostic};
use crate::model::runtime::rollout::MigratingService;
use crate::model::schema::PendingStep;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/rollout-order", check);

/// So many steps are shown; more make nobody wiser.
const SHOWN: usize = 3;

fn check(context: &Context) -> Vec<Diagnostic> {
    let services = context.head.runtime.migrating_services();
    services.iter().for_each(|_| context.consider());
    let steps: Vec<(PendingStep, String)> =
        context.head.schema.pending_steps().filter_map(|step| Some((step, step.taken_from_running_code()?))).collect();
    if steps.is_empty() { Vec::new() } else { services.iter().map(|service| report(service, &steps)).collect() }
}

fn report(one: &MigratingService, steps: &[(PendingStep, String)]) -> Diagnostic {
    let name = one.service.name();
    let what = steps.first().map(|(_, what)| what.as_str()).unwrap_or_default();
    let more = if steps.len() < 2 { String::new() } else { format!(" (and {} more)", steps.len() - 1) };
    let mut diagnostic = Diagnostic::new(
        format!("{} migrates on start", one.service.subject()),
        format!("each of {} `{name}` migrates on start, and {what}{more}", one.replicas),
    )
    .at(one.command, "the first new replica migrates while the old ones still serve")
    .context(one.number, format!("{} of them run", one.replicas))
    .help("migrate in a job of its own, and run what takes something away after the last replica of the old release is gone")
    .sure_at_most(Confidence::Medium, "that the migrations are those of this service is taken from the repository alone");
    for (step, _) in steps.iter().take(SHOWN) {
        diagnostic = diagnostic.cause(step.step.op.span, "from here on old code fails");
    }
    diagnostic
}
