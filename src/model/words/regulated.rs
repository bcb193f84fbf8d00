//! Names of what rules and laws on data speak of: who changed what and when, payment cards, what is sealed, the insides of a service.

use super::{inflections, snake};
use std::collections::HashSet;

/// Whether a column says when a row was made or changed, or by whom: `created_date`, `entered_by`, `valid_from`.
pub fn is_audit(column: &str) -> bool {
    let (name, known) = (snake(column), inflections());
    let has = |wanted: &HashSet<String>| name.split('_').any(|word| wanted.contains(word));
    known.audit.contains(&name) || has(&known.audit_verbs) && has(&known.audit_marks)
}

/// Whether what a column of this name in snake case holds is data of a card only where something beside it speaks of cards: a `pan`
/// turns a camera, too, and a `track_1` is one of a race.
pub fn is_doubtful_card_data(column: &str) -> bool {
    inflections().card_doubtful.contains(column)
}

/// Whether the name of a table or a column speaks of cards.
pub fn speaks_of_cards(name: &str) -> bool {
    snake(name).split('_').any(|word| inflections().card_signs.contains(word))
}

/// Whether a column holds what authorises a payment with a card, by its name in snake case.
pub fn is_card_secret(column: &str) -> bool {
    inflections().card_secrets.contains(column)
}

/// Whether a column holds the number of a payment card, by its name in snake case.
pub fn is_card_number(column: &str) -> bool {
    inflections().card_numbers.contains(column)
}

/// Whether what is stored under this name is not what was sent: passwords, hashes, tokens.
pub fn is_transformed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    inflections().transformed.iter().any(|part| name.contains(part.as_str()))
}

/// Whether a property of an error says how the service is built: a stack, a statement.
pub fn is_inside(property: &str) -> bool {
    inflections().insides.contains(&snake(property))
}
