//! Names of what rules and laws on data speak of: who changed what and when, payment cards, what is sealed, the insides of a service.

use super::{inflections, snake};
use std::collections::HashSet;

/// Whether a column says when a row was made or changed, or by whom: `created_date`, `entered_by`, `valid_from`.
pub fn is_audit(column: &str) -> bool {
    let (name, known) = (snake(column), inflections());
    let has = |wanted: &HashSet<String>| name.split('_').any(|word| wanted.contains(word));
    known.audit.contains(&name) || has(&known.audit_verbs) && has(&known.audit_marks)
}

/// How much the name of a column says of a payment card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardName {
    /// It means nothing else.
    Plain,
    /// It is of a card, and not of which: one may borrow books with it.
    OfCard,
    /// It means other things as well: a `pan` turns a camera, too, and a `track_1` is one of a race.
    Doubtful,
}

/// How much the name of a column in snake case says of a payment card, where it names data of one.
pub fn card_name(column: &str) -> CardName {
    match inflections() {
        known if known.card_doubtful.contains(column) => CardName::Doubtful,
        known if known.card_of_cards.contains(column) => CardName::OfCard,
        _ => CardName::Plain,
    }
}

/// Whether the name of a table or a column speaks of payment cards.
pub fn speaks_of_cards(name: &str) -> bool {
    let name = snake(name);
    let words: Vec<&str> = name.split('_').collect();
    let is_sign = |part: &[&str]| inflections().card_signs.contains(&part.join("_"));
    words.windows(1).any(is_sign) || words.windows(2).any(is_sign)
}

/// Whether the name of a table or a column speaks of paying, so that a card beside it is one to pay with.
pub fn speaks_of_paying(name: &str) -> bool {
    snake(name).split('_').any(|word| inflections().card_paying.contains(word))
}

/// Whether the name of a table speaks of cards that pay for nothing, or for nothing else than what they are from.
pub fn speaks_of_other_cards(table: &str) -> bool {
    snake(table).split('_').any(|word| inflections().card_others.contains(word))
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
