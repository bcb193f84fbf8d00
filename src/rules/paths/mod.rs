//! The rules of the group `paths`.

mod ambiguous_paths;
mod consecutive_parameters;
mod deep_nesting;
mod identical_paths;
mod malformed_template;
mod mixed_segment;
mod optional_parameter;
mod query_in_path;
mod template_before_literal;
mod trailing_slash;
mod undeclared_parameter;
mod unused_parameter;
mod verb_in_path;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    ambiguous_paths::RULE,
    consecutive_parameters::RULE,
    deep_nesting::RULE,
    identical_paths::RULE,
    malformed_template::RULE,
    mixed_segment::RULE,
    optional_parameter::RULE,
    query_in_path::RULE,
    template_before_literal::RULE,
    trailing_slash::RULE,
    undeclared_parameter::RULE,
    unused_parameter::RULE,
    verb_in_path::RULE,
];
