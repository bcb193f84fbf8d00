//! A pending migration changes the type of a column in a way that writes or reads every row under the strongest lock.

use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::model::schema::pending::Audience;
use crate::model::schema::{PendingStep, TypeChange};
use crate::rules::pending::{careful, gather, unsure};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/column-type-change", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some((column, to)) = step.retyped_column() else { continue };
        context.consider();
        // What the server refuses is said by `dependent-view`.
        if step.audience() == Audience::Nobody || step.is_emptied() || step.refusing_view().is_some() {
            continue;
        }
        found.extend(report(&step, column, to.as_deref()).map(|diagnostic| (step, diagnostic)));
    }
    gather(found)
}

fn report(step: &PendingStep, column: &str, to: Option<&str>) -> Option<Diagnostic> {
    let table = step.table();
    let name = step.sql_name(column);
    let never_seen = TypeChange::Unknown("the table is not created here: the old type is not known".into());
    let change = step.before()?.type_change.as_deref().unwrap_or(&never_seen);
    let act = match change {
        TypeChange::CatalogOnly(_) => return None,
        TypeChange::Rewrite(_) => "rewrites the table while nobody can use it",
        TypeChange::Scan(_) => "reads the whole table while nobody can use it",
        TypeChange::Unknown(_) => "may rewrite the table while nobody can use it",
    };
    let message = format!("changing the type of `{table}.{name}` {act}");
    let wanted = to.unwrap_or("the new type");
    let mut diagnostic = Diagnostic::new(step.subject(Some(column)), message)
        .at(step.step.op.span, "ACCESS EXCLUSIVE until it is done")
        .help(help(step, &table, &name, wanted))
        .evidence(format!("to {wanted}"));
    if let Some(held) = step.column() {
        let was = held
            .column_type
            .known()
            .map_or_else(|| "the column as it was created".into(), |known| format!("was `{}`", known.display()));
        diagnostic = diagnostic.context(held.span, was);
    }
    match change {
        TypeChange::CatalogOnly(_) => {}
        TypeChange::Rewrite(why) => diagnostic.because.push(why.clone()),
        TypeChange::Scan(why) => diagnostic = diagnostic.at_most(Severity::Warning, why.clone()),
        TypeChange::Unknown(why) => diagnostic = unsure(diagnostic, Severity::Info, Confidence::Low, why),
    }
    Some(careful(step, step.audience(), diagnostic))
}

fn help(step: &PendingStep, table: &str, name: &str, wanted: &str) -> String {
    if wanted.starts_with("timestamp") && step.type_hinges_on_time_zone() {
        return "say in which time zone the old values are; in UTC nothing is written:\nSET LOCAL timezone = 'UTC';".to_owned();
    }
    if let Some(length) = wanted.strip_prefix("character varying(").and_then(|rest| rest.strip_suffix(')')) {
        let constraint = step.sql_name(&format!("{}_length", name.trim_matches('"')));
        return format!(
            "leave the type, and limit the length by a CHECK that is validated later:\nALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK (char_length({name}) <= {length}) NOT VALID;\n-- in the next migration:\nALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        );
    }
    format!(
        "add a column of the new type, write both, fill it in batches, and switch the reads:\nALTER TABLE {table} ADD COLUMN {} {wanted};\n-- in a later release, when nothing reads `{name}`:\nALTER TABLE {table} DROP COLUMN {name};",
        step.sql_name(&format!("{}_new", name.trim_matches('"')))
    )
}
