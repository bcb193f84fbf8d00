//! A pending migration creates a table as a partition, which locks out everybody from the partitioned table.

use crate::diagnostic::Diagnostic;
use crate::model::schema::PendingStep;
use crate::model::schema::pending::Audience;
use crate::rules::pending::{careful, gather_by};
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("migrations/create-partition-locks-parent", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for step in context.head.schema.pending_steps().filter(PendingStep::is_postgres) {
        let Some(parent) = step.parent_of_new_partition() else { continue };
        context.consider();
        let audience = step.audience_of(parent);
        if audience == Audience::Nobody {
            continue;
        }
        let (table, part) = (step.spoken(parent), step.new_table().unwrap_or_default());
        let diagnostic = Diagnostic::new(
            format!("{parent}.{part}"),
            format!("creating partition `{part}` locks out readers and writers of the whole `{table}`"),
        )
        .at(step.statement.head, "PARTITION OF takes ACCESS EXCLUSIVE on the partitioned table, which waits for every query on it")
        .help(format!(
            "create it as a table of its own, and attach it, which readers and writers do not notice:\nCREATE TABLE {part} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);\nALTER TABLE {table} ATTACH PARTITION {part} {};",
            bound(context.sources.text(step.statement.span))
        ));
        found.push((step, table, careful(&step, audience, diagnostic)));
    }
    gather_by(found)
}

/// The bound of the partition as it is written: from `FOR VALUES` or `DEFAULT` to what may follow it.
fn bound(statement: &str) -> String {
    let is = |word: &str, any: &[&str]| any.iter().any(|one| word.eq_ignore_ascii_case(one));
    let mut words = statement.split_whitespace().skip_while(|word| !is(word, &["FOR", "DEFAULT"])).peekable();
    let mut bound: Vec<&str> = Vec::new();
    while let Some(word) = words.next_if(|word| !is(word, &["PARTITION", "TABLESPACE", "USING"])) {
        // `FOR VALUES WITH (MODULUS ..)` is a bound, `WITH (fillfactor = ..)` behind one is none.
        if is(word, &["WITH"]) && !bound.last().is_some_and(|last| is(last, &["VALUES"])) {
            break;
        }
        bound.push(word);
    }
    if bound.is_empty() { "FOR VALUES ..".to_owned() } else { bound.join(" ") }
}
