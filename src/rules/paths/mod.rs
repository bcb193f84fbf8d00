//! The rules of the group `paths`.

mod ambiguous_paths;
mod consecutive_parameters;
mod deep_nesting;
mod identical_paths;
mod invalid_server_variable;
mod malformed_template;
mod mixed_segment;
mod optional_parameter;
mod query_in_path;
mod server_trailing_slash;
mod template_before_literal;
mod trailing_slash;
mod undeclared_parameter;
mod undefined_server_variable;
mod unused_parameter;
mod verb_in_path;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    ambiguous_paths::RULE,
    consecutive_parameters::RULE,
    deep_nesting::RULE,
    identical_paths::RULE,
    invalid_server_variable::RULE,
    malformed_template::RULE,
    mixed_segment::RULE,
    optional_parameter::RULE,
    query_in_path::RULE,
    server_trailing_slash::RULE,
    template_before_literal::RULE,
    trailing_slash::RULE,
    undeclared_parameter::RULE,
    undefined_server_variable::RULE,
    unused_parameter::RULE,
    verb_in_path::RULE,
];
