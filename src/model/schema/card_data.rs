//! Columns that hold data of payment cards, by their names.

use super::ColumnRef;
use crate::model::words::{self, CardName};
use crate::source::Sources;

/// What a column keeps of a payment card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardData {
    /// What authorises a payment: the verification code, the magnetic stripe, the PIN.
    Secret,
    /// The whole number.
    Number,
}

/// A whole number of a card has at least so many digits.
const LEAST_DIGITS: u64 = 13;

impl ColumnRef<'_> {
    /// What it keeps of a payment card, by its name and its type; `None` for nothing, for a part of it, for what is sealed (a token, a
    /// hash, bytes), and for what cannot hold it.
    pub fn card_data(&self) -> Option<CardData> {
        let name = words::snake(&self.name);
        let sealed = words::is_transformed(&name) || words::is_shown_part(&name);
        if sealed {
            return None;
        }
        let is_secret = words::is_card_secret(&name) && (self.is_text() || self.is_numeral());
        let is_number = words::is_card_number(&name) && self.holds_card_number();
        let data = is_secret.then_some(CardData::Secret).or_else(|| is_number.then_some(CardData::Number))?;
        let is_payment = match words::card_name(&name) {
            CardName::Plain => true,
            _ if words::speaks_of_other_cards(&self.table().name.name) => false,
            CardName::OfCard => self.is_beside(|name| words::speaks_of_cards(name) || words::speaks_of_paying(name)),
            CardName::Doubtful => self.is_beside(words::speaks_of_cards),
        };
        is_payment.then_some(data)
    }

    /// How it is dropped, and where; in words where its schema is stated in another language than SQL.
    pub fn drop_help(&self, sources: &Sources) -> String {
        let table = self.table();
        if !table.is_changed_in_sql(sources) {
            return format!("take `{}` out of `{}`", self.short_name(), sources.path(table.span.source));
        }
        table.in_place(&format!("ALTER TABLE {} DROP COLUMN {};", table.sql_name(), self.sql_name()))
    }

    /// Whether its table, or another column of it, has such a name.
    fn is_beside(&self, speaks: impl Fn(&str) -> bool) -> bool {
        let table = self.table();
        speaks(&table.name.name) || table.columns().any(|other| other.name != self.name && speaks(&other.name))
    }

    /// Whether it holds numbers that are written in digits.
    fn is_numeral(&self) -> bool {
        const NUMERALS: [&str; 7] = ["smallint", "integer", "int", "mediumint", "bigint", "numeric", "decimal"];
        let first = |name: &str| name.split(' ').next().is_some_and(|word| NUMERALS.contains(&word));
        self.known_type().is_some_and(|kind| !kind.array && first(&kind.name))
    }

    /// Whether there is room for the whole number of a card.
    fn holds_card_number(&self) -> bool {
        let Some(kind) = self.known_type().filter(|_| self.is_text() || self.is_numeral()) else { return false };
        match kind.name.split(' ').next() {
            Some("smallint" | "integer" | "int" | "mediumint") => false,
            Some("bigint") => true,
            _ => kind.arguments.first().and_then(|most| most.parse().ok()).is_none_or(|most: u64| most >= LEAST_DIGITS),
        }
    }
}
