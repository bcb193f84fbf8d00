//! Columns that keep what must not be kept of a payment card.

use crate::diagnostic::{Diagnostic, Severity};
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
                "pass it on to the payment provider and keep nothing of it; once nothing writes it,",
            ),
            CardData::Number => (
                "whoever reads a row or a backup can pay with it",
                "keep the token of the payment provider and the last four digits; once nothing reads it,",
            ),
        };
        let diagnostic = Diagnostic::new(column.subject(), format!("column `{}` keeps card data", column.short_name()))
            .at(column.span, label)
            .help(format!("{help} {}", column.drop_help(context.sources)))
            .evidence(column.name.clone());
        found.push(match data {
            CardData::Secret => diagnostic,
            CardData::Number => diagnostic.at_most(Severity::Warning, "only the names say that the card is one to pay with"),
        });
    }
    found
}
