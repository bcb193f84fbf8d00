//! The rules of the group `naming`.

mod inconsistent_parameter_case;
mod inconsistent_path_case;
mod inconsistent_path_parameter;
mod inconsistent_property_case;
mod list_property_mismatch;
mod operation_id_verb;
mod path_not_kebab_case;
mod singular_array;
mod singular_collection;
mod time_without_format;
mod time_without_suffix;
mod underscore_in_header;

use super::Rule;
use super::habit::{Place, commonest_first, with_occurrences};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::api::{DocumentRef, HouseCasing};

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    inconsistent_parameter_case::RULE,
    inconsistent_path_case::RULE,
    inconsistent_path_parameter::RULE,
    inconsistent_property_case::RULE,
    list_property_mismatch::RULE,
    operation_id_verb::RULE,
    path_not_kebab_case::RULE,
    singular_array::RULE,
    singular_collection::RULE,
    time_without_format::RULE,
    time_without_suffix::RULE,
    underscore_in_header::RULE,
];

/// The names that depart from the style of the document, or from the one that the configuration asks for: one finding. `what` is the
/// plural of what they are.
fn departures(document: DocumentRef, house: &HouseCasing, what: &str) -> Option<Diagnostic> {
    let places = commonest_first(house.departures.iter().map(|name| Place::new(name.span, name.value)).collect());
    let (first, rest) = places.split_first()?;
    let name = &first.subject;
    let style = house.casing.name();
    let message = match (rest.len(), house.is_asked_for) {
        (0, true) => format!("`{name}` is not {style}, as `[api]` asks of {what}"),
        (0, false) => format!("`{name}` is not {style} like {} other {what}", house.count),
        (more, true) => format!("`{name}` and {more} more {what} are not {style}, as `[api]` asks"),
        (more, false) => format!("`{name}` and {more} more {what} are not {style} like {} others", house.count),
    };
    let diagnostic = Diagnostic::new(format!("{} {what}", document.subject()), message)
        .at(first.span, "callers have to look up how each name is written")
        .help(format!("write new names in {style}; a name that is shipped can only be added to"))
        .evidence(format!("{what} not {style}"));
    let diagnostic = with_occurrences(diagnostic, rest);
    Some(match house.is_asked_for {
        true => diagnostic,
        false => diagnostic.at_most(Severity::Info, "a style that was counted, and not asked for"),
    })
}
