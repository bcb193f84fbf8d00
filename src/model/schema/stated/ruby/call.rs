//! The calls of a `db/schema.rb`: name, arguments, options, places.

use std::ops::Range;

/// One call: `t.string "email", limit: 255`.
pub(super) struct Call<'t> {
    /// `create_table`, `t.string`, `end`.
    pub name: &'t str,
    /// Its bytes.
    pub range: Range<usize>,
    arguments: Vec<(&'t str, Range<usize>)>,
}

impl<'t> Call<'t> {
    /// An argument without a name, without its quotes or colon.
    pub fn positional(&self, number: usize) -> Option<&'t str> {
        self.unnamed().nth(number).map(|(text, _)| bare(text))
    }

    /// Where that argument stands.
    pub fn place(&self, number: usize) -> Range<usize> {
        self.unnamed().nth(number).map_or(self.range.clone(), |(_, place)| place.clone())
    }

    fn unnamed(&self) -> impl Iterator<Item = &(&'t str, Range<usize>)> {
        self.arguments.iter().filter(|(text, _)| option(text).is_none())
    }

    /// A list among the arguments, or one text.
    pub fn columns(&self, number: usize) -> Option<Vec<&'t str>> {
        let (text, _) = self.unnamed().nth(number)?;
        Some(items(text).unwrap_or_else(|| vec![bare(text)]))
    }

    /// An option as written.
    pub fn word(&self, name: &str) -> Option<&'t str> {
        let value = self.arguments.iter().find_map(|(text, _)| option(text).filter(|(key, _)| *key == name))?.1;
        Some(value.strip_prefix(':').unwrap_or(value))
    }

    /// An option that is a text.
    pub fn text(&self, name: &str) -> Option<&'t str> {
        let value = self.word(name)?;
        let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        quoted.or_else(|| (!value.starts_with('[') && !value.starts_with('{')).then_some(value))
    }

    /// An option that is a list.
    pub fn list(&self, name: &str) -> Option<Vec<&'t str>> {
        items(self.word(name)?)
    }

    /// The default in SQL: a literal, or what stands in `-> { "now()" }`.
    pub fn default(&self) -> Option<String> {
        let value = self.arguments.iter().find_map(|(text, _)| option(text).filter(|(key, _)| *key == "default"))?.1;
        if let Some(rest) = value.strip_prefix("->") {
            let inner = rest.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
            return Some(bare(inner).replace("\\\"", "\""));
        }
        match value {
            "nil" => None,
            "true" | "false" => Some(value.to_owned()),
            _ if value.starts_with('"') => Some(format!("'{}'", bare(value).replace('\'', "''"))),
            "[]" | "{}" => Some("'{}'".to_owned()),
            _ if value.starts_with(['[', '{']) => Some("'{}'".to_owned()),
            _ => Some(value.to_owned()),
        }
    }
}

/// A text without quotes, a symbol without its colon.
fn bare(text: &str) -> &str {
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    quoted.unwrap_or_else(|| text.strip_prefix(':').unwrap_or(text))
}

/// The items of `["a", "b"]`.
fn items(text: &str) -> Option<Vec<&str>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    Some(split(inner).into_iter().map(|(part, _)| bare(part)).filter(|part| !part.is_empty()).collect())
}

/// `name: value`.
fn option(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once(": ")?;
    let is_name = !key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    is_name.then(|| (key, value.trim()))
}

/// The parts between commas outside of brackets and quotes, with where each begins.
fn split(text: &str) -> Vec<(&str, usize)> {
    let (mut parts, mut depth, mut quoted, mut escaped, mut start) = (Vec::new(), 0i32, false, false, 0);
    let mut push = |from: usize, to: usize| {
        let part = text.get(from..to).unwrap_or("");
        let lead = part.len() - part.trim_start().len();
        if !part.trim().is_empty() {
            parts.push((part.trim(), from + lead));
        }
    };
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                push(start, at);
                start = at + 1;
            }
            _ => {}
        }
    }
    push(start, text.len());
    parts
}

/// The calls of a file in order. The text of a heredoc is none.
pub(super) fn calls(source: &str) -> Vec<Call<'_>> {
    let mut calls = Vec::new();
    let mut at = 0;
    let mut heredoc: Option<String> = None;
    for raw in source.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let text = raw.trim();
        if let Some(end) = &heredoc {
            if text == end {
                heredoc = None;
            }
            continue;
        }
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some((_, after)) = text.split_once("<<") {
            let word = after.trim_start_matches(['-', '~', '\'', '"']);
            let word: String = word.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            heredoc = (!word.is_empty()).then_some(word);
        }
        let from = start + raw.len() - raw.trim_start().len();
        let length = text.find(|letter: char| letter.is_whitespace() || letter == '(' || letter == '[').unwrap_or(text.len());
        let (name, rest) = text.split_at(length);
        let body = rest.strip_suffix("|t|").map_or(rest, |head| head.trim_end().trim_end_matches("do"));
        let body = body.trim_end().trim_end_matches(" do");
        let arguments = split(body);
        let arguments =
            arguments.into_iter().map(|(part, offset)| (part, from + length + offset..from + length + offset + part.len()));
        calls.push(Call { name, range: from..from + text.len(), arguments: arguments.collect() });
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_arguments_and_options() {
        let text = "  create_table \"a, b\", id: :uuid, default: -> { \"f('x', 1)\" }, force: :cascade do |t|\n    t.index [\"a\", \"b\"], name: \"i\"\n  end\n";
        let calls = calls(text);
        let names: Vec<_> = calls.iter().map(|call| call.name).collect();
        assert_eq!(names, ["create_table", "t.index", "end"]);
        assert_eq!(calls[0].positional(0), Some("a, b"));
        assert_eq!((calls[0].word("id"), calls[0].default().as_deref()), (Some("uuid"), Some("f('x', 1)")));
        assert_eq!(&text[calls[0].place(0)], "\"a, b\"");
        assert_eq!((calls[1].columns(0), calls[1].text("name")), (Some(vec!["a", "b"]), Some("i")));
    }
}
