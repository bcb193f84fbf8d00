//! Columns that keep what must not be kept of a payment card.

use crate::diagnostic::Diagnostic;
use crate::model::schema::CardData;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/card-data-column", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut seen = Vec::new();
    let tables = context.head.schema.tables().filter(|table| !table.is_derived() && !table.external);
    for column in tables.flat_map(|table| table.columns()) {
        context.consider();
        let Some(data) = column.card_data().filter(|_| !seen.contains(&column.logical())) else { continue };
        seen.push(column.logical());
        let (label, help) = match data {
            CardData::Secret => (
                "it may not be kept once a payment is authorised, not even encrypted",
                "pass it on to the payment provider and keep nothing of it; in a new migration, once nothing writes it:",
            ),
            CardData::Number => (
                "whoever reads a row or a backup can pay with it",
                "keep the token of the payment provider and the last four digits; in a new migration, once nothing reads it:",
            ),
        };
        let table = column.table();
        let drop = format!("ALTER TABLE {} DROP COLUMN {};", table.sql_name(), column.sql_name());
        found.push(
            Diagnostic::new(column.subject(), format!("column `{}` keeps card data", column.short_name()))
                .at(column.span, label)
                .help(format!("{help} {drop}"))
                .evidence(column.name.clone()),
        );
    }
    found
}
