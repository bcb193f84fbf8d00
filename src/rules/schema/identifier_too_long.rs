//! A pending migration writes a name that the server does not keep whole.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::LongName;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/identifier-too-long", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut seen: Vec<LongName> = Vec::new();
    let mut found: Vec<Diagnostic> = Vec::new();
    for name in context.head.schema.long_names(context.sources, || context.consider()) {
        let first = seen.iter().position(|one| one.same_object(&name));
        match first.and_then(|at| found.get_mut(at)) {
            Some(held) => held.occurrences.push(crate::diagnostic::Occurrence { span: name.span, subject: name.kept.clone() }),
            None => {
                let collides = seen.iter().find(|one| one.collides_with(&name));
                found.push(report(&name, collides));
                seen.push(name);
            }
        }
    }
    found
}

fn report(name: &LongName, collides: Option<&LongName>) -> Diagnostic {
    let kept = &name.kept;
    if name.refused {
        return Diagnostic::new(kept, format!("a name of {} characters is refused: `{kept}..`", name.length))
            .at(name.span, "MySQL takes 64 characters")
            .help("a shorter name");
    }
    if let Some(other) = collides {
        return Diagnostic::new(kept, format!("two names are one to the server: `{kept}`"))
            .at(name.span, "fails: cut to 63 bytes it is the name above")
            .cause(other.span, "this name begins with the same 63 bytes")
            .help("a shorter name");
    }
    Diagnostic::new(kept, format!("a name of {} bytes is cut to `{kept}`", name.length))
        .at(name.span, "the server keeps 63 bytes, and says so in a notice alone")
        .help(kept.clone())
        .at_most(Severity::Warning, "it works until a tool compares names, or another name begins alike")
}
