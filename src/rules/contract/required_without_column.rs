//! Fields that clients must send and that no column keeps.

use crate::diagnostic::Diagnostic;
use crate::model::links::UnkeptField;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("contract/required-without-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let required = context.head.required_fields();
    required.iter().for_each(|_| context.consider());
    let unkept: Vec<&UnkeptField> = required.iter().filter(|field| !field.is_kept).collect();
    let mut found: Vec<Diagnostic> = Vec::new();
    for one in unkept {
        let name = &one.subject;
        let same = |known: &&mut Diagnostic| known.primary.span == one.property.span;
        if found.iter_mut().any(|known| same(&known)) {
            continue;
        }
        let table = one.table.short_name();
        found.push(
            Diagnostic::new(name, format!("`{name}` must be sent, and no column of `{table}` keeps it"))
                .at(one.property.span, "clients are refused without it")
                .cause(one.table.name_span, "all columns of the table are known")
                .help("take it out of `required`, or add the column")
                .join(&one.why)
                .joined_at(one.confidence),
        );
    }
    found
}
