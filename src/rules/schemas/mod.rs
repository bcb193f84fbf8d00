//! The rules of the group `schemas`.

mod array_without_items;
mod closed_enum;
mod conflicting_all_of;
mod duplicate_enum_value;
mod duplicate_schema;
mod enum_of_wrong_type;
mod impossible_range;
mod invalid_default;
mod invalid_example;
mod key_of_other_version;
mod keyword_of_other_type;
mod missing_key;
mod nullable_enum_without_null;
mod nullable_property;
mod number_without_format;
mod open_object;
mod redundant_bound;
mod required_but_undefined;
mod requires_itself;
mod top_level_array;
mod unbounded_array;
mod unbounded_integer;
mod unbounded_string;
mod uncommon_field_type;
mod undefined_discriminator;
mod unknown_key;
mod unrestricted_string;
mod wrong_value;

use super::{Context, Rule};
use crate::diagnostic::Diagnostic;
use crate::model::api::{Defect, DefectGroup, DocumentRef};

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    array_without_items::RULE,
    closed_enum::RULE,
    conflicting_all_of::RULE,
    duplicate_enum_value::RULE,
    duplicate_schema::RULE,
    enum_of_wrong_type::RULE,
    impossible_range::RULE,
    invalid_default::RULE,
    invalid_example::RULE,
    key_of_other_version::RULE,
    keyword_of_other_type::RULE,
    missing_key::RULE,
    nullable_enum_without_null::RULE,
    nullable_property::RULE,
    number_without_format::RULE,
    open_object::RULE,
    redundant_bound::RULE,
    required_but_undefined::RULE,
    requires_itself::RULE,
    top_level_array::RULE,
    unbounded_array::RULE,
    unbounded_integer::RULE,
    unbounded_string::RULE,
    uncommon_field_type::RULE,
    undefined_discriminator::RULE,
    unknown_key::RULE,
    unrestricted_string::RULE,
    wrong_value::RULE,
];

/// What a rule says of each group of defects that concerns it, with the further places of the group.
fn of_defects(context: &Context, report: impl Fn(DocumentRef, &DefectGroup) -> Option<Diagnostic>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in context.head.api.documents() {
        context.consider();
        for group in document.defect_groups() {
            let said = report(document, &group);
            let place = |said: Diagnostic, one: &Defect| said.occurrence(one.span, one.pointer.clone());
            found.extend(said.map(|said| group.rest.iter().fold(said, place)));
        }
    }
    found
}
