//! Fields of the API whose column a pending migration makes too narrow for what the API takes, or too wide for what it promises.

use super::view::PropertyColumn;
use crate::model::Model;
use crate::model::schema::pending::Audience;
use crate::model::schema::{ColumnRef, PendingStep};
use crate::source::Span;
use crate::sql::ColumnType;

/// What the API takes and the column does not hold any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Texts longer than so many characters: what the API allows, and what the column holds.
    Length(i64, i64),
    /// Whole numbers above the column's greatest: what the API allows, and that.
    Number(i64, i64),
    /// What stands behind the decimal point.
    Fraction,
    /// The time of day.
    Time,
}

/// A field that clients may send, and the pending step that makes its column narrower than the field.
#[derive(Debug, Clone)]
pub struct NarrowedField<'m> {
    /// The step.
    pub step: PendingStep<'m>,
    /// The field.
    pub field: PropertyColumn<'m>,
    /// The column.
    pub column: ColumnRef<'m>,
    /// What does not fit any more.
    pub excess: Excess,
    /// Where the API says that it takes it.
    pub said: Span,
}

impl Model {
    /// Every field of which clients were told that it is always there and never null.
    pub fn promised_values(&self) -> Vec<PropertyColumn<'_>> {
        let fields = self.property_columns().into_iter();
        let promises = |field: &PropertyColumn| {
            let schema = field.property.schema;
            let alternatives = schema.has_alternatives() || schema.parts("oneOf").len() + schema.parts("anyOf").len() > 0;
            field.in_response
                && !field.is_form
                && field.property.required
                && schema.is_known()
                && !schema.may_be_null()
                && !alternatives
        };
        fields.filter(promises).collect()
    }

    /// Every field that clients may send and that was stored as it is until a pending migration narrows its column.
    pub fn narrowed_fields(&self) -> Vec<NarrowedField<'_>> {
        let narrowing = self.schema.pending_steps().filter(|step| step.retyped_column().is_some());
        let steps: Vec<PendingStep> = narrowing.filter(|step| step.column_audience() == Audience::Everybody).collect();
        if steps.is_empty() {
            return Vec::new();
        }
        let fields = self.property_columns().into_iter();
        let sent = fields.filter(|field| field.in_request && field.property.schema.is_known() && !field.is_transformed());
        sent.filter_map(|field| narrowed(field, &steps)).collect()
    }
}

fn narrowed<'m>(field: PropertyColumn<'m>, steps: &[PendingStep<'m>]) -> Option<NarrowedField<'m>> {
    let (step, column, excess, said) = field.columns.iter().find_map(|column| {
        let step = steps.iter().rev().find(|step| step.retypes(*column))?;
        let (old, new) = (step.column()?.column_type.known()?, column.known_type()?);
        let (excess, said) = excess(&field, old, new)?;
        Some((*step, *column, excess, said))
    })?;
    Some(NarrowedField { step, field, column, excess, said })
}

/// What the API takes, the old type held and the new one does not.
fn excess(field: &PropertyColumn, old: &ColumnType, new: &ColumnType) -> Option<(Excess, Span)> {
    let schema = field.property.schema.core();
    if old.array || new.array {
        return None;
    }
    if let Some(held) = new.length().and_then(|length| i64::try_from(length).ok()) {
        let before = old.length().and_then(|length| i64::try_from(length).ok());
        let allowed = schema.max_length().filter(|_| schema.is_string())?;
        let fitted = before.is_none_or(|before| allowed.value <= before);
        return (fitted && allowed.value > held).then_some((Excess::Length(allowed.value, held), allowed.span));
    }
    if let Some(held) = greatest(new) {
        let allowed = match (schema.maximum(), schema.format()) {
            (Some(stated), _) => Some((stated.value, stated.span)),
            (None, Some("int64")) => Some((i64::MAX, field.property.span)),
            _ => None,
        };
        let types = schema.types();
        if has_fraction(old) && types.contains(&"number") {
            return Some((Excess::Fraction, field.property.span));
        }
        let (allowed, said) = allowed.filter(|_| schema.is_number())?;
        let fitted = greatest(old).is_none_or(|before| allowed <= before);
        return (fitted && allowed > held).then_some((Excess::Number(allowed, held), said));
    }
    let had_time = ["timestamp", "datetime"].iter().any(|word| old.name.starts_with(word));
    let loses_time = had_time && new.name == "date" && schema.format() == Some("date-time");
    loses_time.then_some((Excess::Time, field.property.span))
}

/// The greatest whole number of an integer type.
pub(super) fn greatest(of: &ColumnType) -> Option<i64> {
    match of.name.as_str() {
        "tinyint" => Some(127),
        "tinyint unsigned" => Some(255),
        "smallint" => Some(32_767),
        "smallint unsigned" => Some(65_535),
        "mediumint" => Some(8_388_607),
        "mediumint unsigned" => Some(16_777_215),
        "int" | "integer" => Some(2_147_483_647),
        "int unsigned" => Some(4_294_967_295),
        "bigint" | "bigint unsigned" => Some(i64::MAX),
        _ => None,
    }
}

/// Whether a type keeps what stands behind the decimal point.
pub(super) fn has_fraction(of: &ColumnType) -> bool {
    match of.name.as_str() {
        "real" | "double precision" | "double" | "float" => true,
        "numeric" | "decimal" => match of.arguments.as_slice() {
            [_, scale] => scale.trim() != "0",
            // PostgreSQL keeps any scale where none is written, and MySQL none.
            [] => of.name == "numeric",
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, arguments: &[&str]) -> ColumnType {
        ColumnType { name: name.into(), arguments: arguments.iter().map(|one| (*one).to_owned()).collect(), array: false }
    }

    #[test]
    fn types_say_what_they_hold() {
        assert_eq!(greatest(&kind("integer", &[])), Some(2_147_483_647));
        assert_eq!(greatest(&kind("numeric", &["12", "2"])), None);
        assert!(has_fraction(&kind("numeric", &["12", "2"])) && has_fraction(&kind("double precision", &[])));
        assert!(!has_fraction(&kind("numeric", &["12", "0"])) && !has_fraction(&kind("decimal", &["12"])));
        assert!(!has_fraction(&kind("bigint", &[])));
    }
}
