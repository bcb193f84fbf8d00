//! Names that speak of time, and whether what they hold says how it is written.

use super::document::DocumentRef;
use super::named::Named;
use super::schema::SchemaRef;
use super::words::{self, words};
use super::{Map, Set};

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

/// `DELIVERY_TIMEOUT_SECONDS`: what a process is told at its start, which is text whatever it means.
fn is_environment_variable(name: &str) -> bool {
    name.contains('_') && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Whether a name of several words says that it is a point in time: `created_at`, `startDate`.
fn is_time(name: &str) -> bool {
    let tokens = words::tokens(name);
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

/// Whether a name of several words says that it is a number of seconds or days.
fn is_amount(name: &str) -> bool {
    words::tokens(name).len() > 1 && words().times.units.contains(&words::last_token(name))
}

impl Named<'_> {
    /// Whether it is a point in time by its name, and says so by its format.
    pub fn is_formatted_time(&self) -> bool {
        is_time(self.name) && value(self.schema).format().is_some()
    }

    /// Whether an example or a default shows something else than a day, with or without a time: `12:00`, `1m0s`.
    fn shows_no_date(&self) -> bool {
        let texts = [self.schema, value(self.schema)].into_iter();
        let text =
            texts.flat_map(|schema| ["example", "default"].into_iter().filter_map(move |key| schema.cursor.text(key))).next();
        let is_date = |text: &str| text.len() >= 8 && text.chars().take(4).all(|c| c.is_ascii_digit());
        text.is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit()) && !is_date(text))
    }

    /// What it says about itself.
    fn prose(&self) -> String {
        let schema = value(self.schema);
        self.schema.description().or(schema.description()).unwrap_or("").to_ascii_lowercase()
    }

    /// Whether its description says how it is written, or that it is for people.
    fn is_told(&self) -> bool {
        let prose = self.prose();
        self.is_for_people() || words().times.prose.iter().any(|word| prose.contains(word.as_str()))
    }

    /// Whether its description says that it is for people, who write it as they like.
    fn is_for_people(&self) -> bool {
        let prose = self.prose();
        words().times.people.iter().any(|word| prose.contains(word.as_str()))
    }

    /// Whether its description says that it is a place in a text.
    fn is_place(&self) -> bool {
        let prose = self.prose();
        let said: Vec<&str> = prose.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let is_place = |word: &str| words().times.places.iter().any(|place| place == word);
        said.windows(2).any(|pair| is_place(pair[0]) && ["where", "at", "of", "to"].contains(&pair[1]))
    }

    /// What is not said about it. `None` where its name does not speak of time, where a format, values, a pattern or its description
    /// say how it is written, where an example shows no point in time or the description a place, and where its schema is not known.
    fn time_fault(&self) -> Option<TimeFault> {
        let schema = value(self.schema);
        let says = schema.format().is_some() || schema.pattern().is_some() || !schema.enum_values().is_empty();
        if says || schema.has_alternatives() || !schema.is_wholly_known() {
            return None;
        }
        if is_amount(self.name) {
            // A list of texts may be the names of days.
            return (schema.is_string() && !self.schema.core().is_array()).then_some(TimeFault::Amount);
        }
        if !is_time(self.name) || self.shows_no_date() || self.is_place() {
            return None;
        }
        let told = self.is_told();
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

impl<'a> DocumentRef<'a> {
    /// How many of its points in time say how they are written, and those that do not, with what is not said. Where a namesake in the
    /// same document is for people, so is it: a schema that is written out a second time often comes without its descriptions.
    pub fn times(self) -> (usize, Vec<(TimeFault, Named<'a>)>) {
        // Many schemas have the same few names.
        let mut known: Map<&str, bool> = Map::default();
        let may_speak = |name: &str| !is_environment_variable(name) && (is_time(name) || is_amount(name));
        let mut speaks = |name: &'a str| *known.entry(name).or_insert_with(|| may_speak(name));
        let mut named: Vec<Named> = self.properties_named(&mut speaks).collect();
        named.extend(self.parameters_anywhere().into_iter().filter(|one| speaks(one.name)));
        let for_people: Set<&str> =
            named.iter().filter(|one| is_time(one.name) && one.is_for_people()).map(|one| one.name).collect();
        let formatted = named.iter().filter(|one| one.is_formatted_time()).count();
        let faulty = named.iter().filter_map(|one| Some((one.time_fault()?, *one)));
        (formatted, faulty.filter(|(_, one)| !for_people.contains(one.name)).collect())
    }
}
