//! Names that speak of time, and whether what they hold says how it is written.

use super::named::Named;
use super::schema::SchemaRef;
use super::words::{self, words};

/// What is not said about a value whose name speaks of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeFault {
    /// Text without a format: `created_at`.
    Text,
    /// A number that does not say since when, and in which unit.
    Number,
    /// A number of seconds or days, as text: `ttl_seconds`.
    Amount,
}

/// The value itself: of a list, an entry.
fn value(schema: SchemaRef<'_>) -> SchemaRef<'_> {
    let core = schema.core();
    core.array_items().map_or(core, SchemaRef::core)
}

impl Named<'_> {
    /// Whether its name, of several words, says that it is a point in time: `created_at`, `startDate`.
    fn is_time(&self) -> bool {
        let tokens = words::tokens(self.name);
        let set = &words().times;
        let past = |token: &String| set.participles.contains(token) || token.ends_with("ed");
        match tokens.as_slice() {
            [.., before, last] if last == "at" || last == "on" => past(before),
            // What is local has no zone, and so none of the usual formats.
            [.., before, last] => {
                set.names.contains(last) && !set.durations.contains(before) && tokens.iter().all(|token| token != "local")
            }
            _ => false,
        }
    }

    /// Whether it is a point in time by its name, and says so by its format.
    pub fn is_formatted_time(&self) -> bool {
        self.is_time() && value(self.schema).format().is_some()
    }

    /// What is not said about it. `None` where its name does not speak of time, where a format, values or a pattern say how it is
    /// written, and where its schema is not known.
    pub fn time_fault(&self) -> Option<TimeFault> {
        let schema = value(self.schema);
        let says = schema.format().is_some() || schema.pattern().is_some() || !schema.enum_values().is_empty();
        if says || schema.has_alternatives() || !schema.is_wholly_known() {
            return None;
        }
        let amount = words::tokens(self.name).len() > 1 && words().times.units.contains(&words::last_token(self.name));
        if amount {
            // A list of texts may be the names of days.
            return (schema.is_string() && !self.schema.core().is_array()).then_some(TimeFault::Amount);
        }
        if !self.is_time() {
            return None;
        }
        let prose = self.schema.description().or(schema.description()).unwrap_or("").to_lowercase();
        let told = words().times.prose.iter().any(|word| prose.contains(word.as_str()));
        match (schema.is_string(), schema.is_number()) {
            (true, false) if !told => Some(TimeFault::Text),
            (false, true) if !told => Some(TimeFault::Number),
            _ => None,
        }
    }

    /// Whether it holds a point in time and its name does not say so: `foo`, `created`, `timestamp`.
    pub fn is_unnamed_time(&self) -> bool {
        let schema = value(self.schema);
        let tokens = words::tokens(self.name);
        let named = tokens.len() > 1 && tokens.last().is_some_and(|last| words().times.suffixes.contains(last));
        schema.is_string() && schema.format() == Some("date-time") && !named
    }
}
