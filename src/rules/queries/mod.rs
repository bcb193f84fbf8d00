//! The rules of the group `queries`.

mod cursor_not_unique;
mod dynamic_sql_concat;
mod limit_without_order;
mod not_in_nullable;
mod offset_pagination;
mod order_by_random;
mod select_star;
mod tenant_predicate_missing;
mod unknown_column;
mod unknown_table;
mod update_without_where;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    cursor_not_unique::RULE,
    dynamic_sql_concat::RULE,
    limit_without_order::RULE,
    not_in_nullable::RULE,
    offset_pagination::RULE,
    order_by_random::RULE,
    select_star::RULE,
    tenant_predicate_missing::RULE,
    unknown_column::RULE,
    unknown_table::RULE,
    update_without_where::RULE,
];
