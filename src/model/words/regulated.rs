//! Names of what rules and laws on data speak of: who changed what and when, payment cards, the insides of a service.

use super::{inflections, snake};

/// Whether a column says when a row was made, or who made or changed it.
pub fn is_audit(column: &str) -> bool {
    inflections().audit.contains(&snake(column))
}

/// Whether a column holds what authorises a payment with a card, by its name in snake case.
pub fn is_card_secret(column: &str) -> bool {
    inflections().card_secrets.contains(column)
}

/// Whether a column holds the number of a payment card, by its name in snake case.
pub fn is_card_number(column: &str) -> bool {
    inflections().card_numbers.contains(column)
}

/// Whether a property of an error says how the service is built: a stack, a statement.
pub fn is_inside(property: &str) -> bool {
    inflections().insides.contains(&snake(property))
}
