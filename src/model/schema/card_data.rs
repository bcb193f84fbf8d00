//! Columns that hold data of payment cards, by their names.

use super::ColumnRef;
use crate::model::words;

/// What a column keeps of a payment card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardData {
    /// What authorises a payment: the verification code, the magnetic stripe, the PIN.
    Secret,
    /// The whole number.
    Number,
}

impl ColumnRef<'_> {
    /// What it keeps of a payment card, by its name; `None` for nothing, for a part of it and for what is sealed: a token, a hash.
    pub fn card_data(&self) -> Option<CardData> {
        let name = words::snake(&self.name);
        let sealed = words::is_transformed(&name) || words::is_shown_part(&name);
        match (words::is_card_secret(&name), words::is_card_number(&name)) {
            _ if sealed => None,
            (true, _) => Some(CardData::Secret),
            (_, true) if self.is_plain() => Some(CardData::Number),
            _ => None,
        }
    }
}
