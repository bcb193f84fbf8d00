//! A reference that MySQL reads and forgets.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::schema::IgnoredReference;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/mysql-inline-references", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for (table, references) in context.head.schema.ignored_references(|| context.consider()) {
        let Some((first, more)) = references.split_first() else { continue };
        let subject = format!("{}.{}", table.subject(), first.column);
        let short = table.short_name();
        let also = if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
        let message = format!("`{short}.{}` refers to nothing: MySQL ignores REFERENCES beside a column{also}", first.column);
        let mut diagnostic = Diagnostic::new(subject, message)
            .at(first.span, "read without a word, and forgotten")
            .help(table.in_place(&statement(&table.sql_name(), first)));
        for one in more {
            diagnostic = diagnostic.occurrence(one.span, format!("{}.{}", table.subject(), one.column));
        }
        if table.database().version_assumed {
            diagnostic = diagnostic
                .at_most(Severity::Warning, "a version before 9.0 is assumed; from 9.0 on MySQL takes them for foreign keys");
        }
        found.push(diagnostic);
    }
    found
}

fn statement(table: &str, one: &IgnoredReference) -> String {
    let column = &one.column;
    let target = one.references.as_str();
    format!("ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {target};")
}
