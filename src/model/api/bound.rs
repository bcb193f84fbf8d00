//! What keeps a page small where its schema does not say so.

use super::cursor::Cursor;
use super::document::{DocumentRef, Version};
use super::paging::PageSize;
use super::parameter::ParameterRef;
use super::schema::SchemaRef;
use crate::documents::NodeRef;
use crate::source::SourceId;

/// What the document says of a page size that has no maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LooseBound {
    /// Its prose states a number that is not validated: "from 1 to 100".
    Prose,
    /// Its prose says that the number is an upper bound for the answer, which may have fewer entries (AIP-158).
    UpperBound,
    /// A word such as `all` stands beside the number: the whole is offered on purpose.
    WordForAll,
}

/// Words that ask for everything.
const ALL: [&str; 6] = ["all", "ALL", "All", "unlimited", "none", "max"];

impl PageSize<'_> {
    /// What the document says of it instead of a maximum.
    pub fn loose_bound(&self) -> Option<LooseBound> {
        let alternatives = self.schema.parts("oneOf").into_iter().chain(self.schema.parts("anyOf")).map(SchemaRef::core);
        let mut values = alternatives.flat_map(SchemaRef::enum_values);
        if values.any(|value| ALL.contains(&value.value)) {
            return Some(LooseBound::WordForAll);
        }
        if self.prose().any(states_bound) {
            return Some(LooseBound::Prose);
        }
        let upper = |text: &str| text.to_ascii_lowercase().contains("upper bound");
        self.prose().any(upper).then_some(LooseBound::UpperBound)
    }
}

impl<'a> DocumentRef<'a> {
    /// A shared parameter for a page size of this name that has a maximum: what the others can refer to. With the reference
    /// to it, where that can be written in the file `from`.
    pub fn bounded_page_size(self, size: &PageSize<'a>, from: SourceId) -> Option<(ParameterRef<'a>, Option<String>)> {
        let root = self.root()?;
        let (map, prefix) = match self.version() {
            Version::V2 => (root.get("parameters"), "#/parameters"),
            _ => (root.get("components").and_then(|components| components.get("parameters")), "#/components/parameters"),
        };
        let here = |(key, cursor): (NodeRef<'a>, Cursor<'a>)| {
            let local = map.is_some_and(|map| map.node.tree().source() == from);
            Some((ParameterRef::new(cursor)?, key.text().filter(|_| local).map(|key| format!("{prefix}/{key}"))))
        };
        let listed: Vec<_> = map.map(|map| map.entries()).unwrap_or_default().into_iter().filter_map(here).collect();
        let fits = |parameter: &ParameterRef| {
            let own = parameter.name() == size.parameter.name() && parameter.location() == size.parameter.location();
            own && parameter.pin() != size.parameter.pin() && is_bounded(*parameter, size)
        };
        if let Some(found) = listed.into_iter().find(|(parameter, _)| fits(parameter)) {
            return Some(found);
        }
        // What a document of one file shares is listed there.
        if self.data().files == 0 {
            return None;
        }
        let used = self.operations().flat_map(|operation| operation.parameters()).filter(|parameter| parameter.is_shared());
        used.into_iter().find(fits).map(|parameter| (parameter, None))
    }
}

/// Whether a parameter (or the property of it that says how many) is a number with a maximum.
fn is_bounded(parameter: ParameterRef, size: &PageSize) -> bool {
    let Some(schema) = parameter.schema().map(SchemaRef::core) else { return false };
    let inner = schema.property(size.name).map(|property| property.schema.core());
    let number = inner.unwrap_or(schema);
    number.is_number() && number.maximum().is_some()
}

/// Whether prose states a highest number: "from 1 to 100", "max 50", "50 or fewer".
fn states_bound(text: &str) -> bool {
    let lower = text.to_ascii_lowercase().replace("<=", " atmost ").replace('≤', " atmost ");
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (0..words.len()).any(|at| words.get(at..).is_some_and(starts_with_bound))
}

fn starts_with_bound(words: &[&str]) -> bool {
    const FILLERS: [&str; 14] =
        ["of", "is", "value", "allowed", "page", "size", "to", "limit", "results", "items", "entries", "be", "number", "at"];
    let number = |word: &&str| word.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let follows = |rest: &[&str]| rest.iter().find(|word| !FILLERS.contains(word)).is_some_and(number);
    match words {
        ["from" | "between" | "range" | "is" | "of", low, "to" | "and", high, ..] => number(low) && number(high),
        ["range" | "ranges" | "ranging", "from" | "between", low, ..] => number(low),
        ["between" | "range" | "from" | "allowed" | "values", low, high, ..] => number(low) && number(high),
        ["up", "to", high, ..] | ["at", "most", high, ..] | ["more", "than", high, ..] | ["atmost", high, ..] => number(high),
        ["exceed" | "capped" | "limited", rest @ ..] => follows(rest),
        [count, "or", "fewer" | "less", ..] => number(count),
        ["max" | "maximum", rest @ ..] => follows(rest),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::states_bound;

    #[test]
    fn prose_that_states_a_highest_number() {
        for text in [
            "from 1 to 100",
            "A number ranging from 1 to 50.",
            "between 1 and 100, and the default is 10",
            "Up to 200",
            "Maximum of 25",
            "max. page size: 30",
            "at most 10 entries",
            "50 or fewer",
            "no more than 40",
            "must not exceed 500",
            "Entries on a page (1-100 allowed, range 1-100)",
            "<= 20",
            "can range between 1 and the number of currencies",
        ] {
            assert!(states_bound(text), "{text}");
        }
    }

    #[test]
    fn prose_with_other_numbers() {
        for text in [
            "The maximum number of entries, default 20",
            "Entries, 50 by default",
            "Where to start from",
            "20 by default. Maximum entries",
        ] {
            assert!(!states_bound(text), "{text}");
        }
    }
}
