//! One application that takes more requests than one usually does.

use crate::diagnostic::Diagnostic;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("topology/monolith-under-load", check);

/// From so many requests a second on, as a rule of thumb, parts of an application are scaled by themselves.
const MANY: f64 = 5000.0;

fn check(context: &Context) -> Vec<Diagnostic> {
    let Some((service, load)) = context.head.runtime.loaded_application(context.sources) else { return Vec::new() };
    context.consider();
    if load.value < MANY {
        return Vec::new();
    }
    let message = format!("`{}` is one application, for {} requests a second", service.name(), load.value);
    let diagnostic = Diagnostic::new("load of one application", message)
        .at(service.span(), format!("{} says {}", load.value, load.said))
        .help("measure which requests are most of them, and give these processes, and a database, of their own")
        .evidence("monolith under load");
    vec![diagnostic]
}
