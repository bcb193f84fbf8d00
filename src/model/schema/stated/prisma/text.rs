//! The blocks, lines and attributes of a `schema.prisma`, with their places.

use std::ops::Range;

/// `model User { .. }`.
pub(super) struct Block<'t> {
    /// `model`, `enum`, `datasource`, ...
    pub kind: &'t str,
    pub name: &'t str,
    pub name_range: Range<usize>,
    pub range: Range<usize>,
    pub lines: Vec<Line<'t>>,
}

/// A line of a block without its comment; a bracket that stays open takes the next lines along.
pub(super) struct Line<'t> {
    pub text: &'t str,
    pub range: Range<usize>,
}

/// `@name(arguments)` or `@@name(arguments)`.
#[derive(Debug)]
pub(super) struct Attribute<'t> {
    pub name: &'t str,
    pub arguments: &'t str,
    pub range: Range<usize>,
}

/// A field of a model.
pub(super) struct Field<'t> {
    pub name: &'t str,
    pub name_range: Range<usize>,
    /// Its type without `?` and `[]`.
    pub kind: &'t str,
    pub type_range: Range<usize>,
    pub optional: bool,
    pub list: bool,
    pub attributes: Vec<Attribute<'t>>,
    pub range: Range<usize>,
}

impl<'t> Block<'t> {
    /// The name in the database.
    pub fn database_name(&self) -> &'t str {
        self.attribute("map").and_then(|one| one.text()).unwrap_or(self.name)
    }

    /// `@@ignore`: Prisma Client does not see it, but it is there; nothing is claimed of it.
    pub fn is_ignored(&self) -> bool {
        self.attribute("ignore").is_some()
    }

    /// The attributes of the block itself (`@@`), in order.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'t>> + use<'_, 't> {
        self.lines.iter().filter(|line| line.text.starts_with("@@")).flat_map(Line::attributes)
    }

    /// An attribute of the block itself.
    pub fn attribute(&self, name: &str) -> Option<Attribute<'t>> {
        self.attributes().find(|one| one.name == name)
    }

    /// The fields of a model.
    pub fn fields(&self) -> impl Iterator<Item = Field<'t>> + use<'_, 't> {
        self.lines.iter().filter(|line| !line.text.starts_with('@')).filter_map(Line::field)
    }
}

impl<'t> Line<'t> {
    /// Its attributes in order.
    pub fn attributes(&self) -> Vec<Attribute<'t>> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(step) = self.text.get(at..).and_then(|rest| find_outside(rest, '@')) {
            let start = at + step;
            let rest = self.text.get(start..).unwrap_or("");
            let name = rest.trim_start_matches('@');
            let marks = rest.len() - name.len();
            let length = name.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(name.len());
            let (name, tail) = name.split_at(length);
            let close = tail.starts_with('(').then(|| closing(tail)).flatten();
            let arguments = close.and_then(|end| tail.get(1..end)).unwrap_or("").trim();
            let end = start + marks + length + close.map_or(0, |end| end + 1);
            let base = self.range.start;
            found.push(Attribute { name, arguments, range: base + start..base + end });
            at = end.max(start + 1);
        }
        found
    }

    fn field(&self) -> Option<Field<'t>> {
        let text = self.text;
        let name = text.split_whitespace().next()?;
        let after = text.get(name.len()..)?;
        let lead = after.len() - after.trim_start().len();
        let rest = after.trim_start();
        // `Unsupported("circle")` holds brackets of its own.
        let length = match rest.find('(') {
            Some(open) if rest.starts_with("Unsupported(") => open + closing(rest.get(open..)?)? + 1,
            _ => rest.find(|c: char| c.is_whitespace() || c == '@' || c == '?' || c == '[').unwrap_or(rest.len()),
        };
        let (kind, tail) = rest.split_at(length);
        let (base, start) = (self.range.start, name.len() + lead);
        let valid = !kind.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        valid.then(|| Field {
            name,
            name_range: base..base + name.len(),
            kind,
            type_range: base + start..base + start + length,
            optional: tail.starts_with('?'),
            list: tail.starts_with("[]"),
            attributes: self.attributes(),
            range: self.range.clone(),
        })
    }
}

impl<'t> Field<'t> {
    /// The name in the database.
    pub fn database_name(&self) -> &'t str {
        self.attribute("map").and_then(Attribute::text).unwrap_or(self.name)
    }

    /// An attribute of the field.
    pub fn attribute(&self, name: &str) -> Option<&Attribute<'t>> {
        self.attributes.iter().find(|one| one.name == name)
    }

    /// Whether `@default(..)` says this.
    pub fn says_default(&self, text: &str) -> bool {
        self.attribute("default").and_then(Attribute::first) == Some(text)
    }
}

impl<'t> Attribute<'t> {
    /// Its first argument without a name, as written.
    pub fn first(&self) -> Option<&'t str> {
        split(self.arguments).into_iter().find(|part| !part.is_empty() && key_of(part).is_none())
    }

    /// The text that is its only argument, or that `name:` says.
    pub fn text(&self) -> Option<&'t str> {
        let said = self.first().or_else(|| self.bare("name"))?;
        Some(said.trim_matches('"'))
    }

    /// A named argument as written.
    pub fn bare(&self, name: &str) -> Option<&'t str> {
        split(self.arguments).into_iter().find_map(|part| key_of(part).filter(|(key, _)| *key == name).map(|(_, value)| value))
    }

    /// A named argument without quotes.
    pub fn named(&self, name: &str) -> Option<&'t str> {
        self.bare(name).map(|value| value.trim_matches('"'))
    }

    /// The names in a named list.
    pub fn list(&self, name: &str) -> Option<Vec<&'t str>> {
        let inner = self.bare(name)?.strip_prefix('[')?.strip_suffix(']')?;
        Some(split(inner).into_iter().filter(|part| !part.is_empty()).collect())
    }
}

/// `name: value`.
fn key_of(part: &str) -> Option<(&str, &str)> {
    let (key, value) = part.split_once(':')?;
    key.trim().chars().all(|c| c.is_alphanumeric() || c == '_').then(|| (key.trim(), value.trim()))
}

/// The parts between the commas that stand outside of brackets and quotes.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = find_outside(rest, ',') {
        parts.push(rest.get(..at).unwrap_or("").trim());
        rest = rest.get(at + 1..).unwrap_or("");
    }
    parts.push(rest.trim());
    parts
}

/// The first such letter outside of brackets and quotes.
fn find_outside(text: &str, wanted: char) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0i32, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            _ if letter == wanted && depth == 0 => return Some(at),
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Where the bracket that opens a text closes.
fn closing(text: &str) -> Option<usize> {
    let inner = text.get(1..)?;
    let (mut depth, mut quoted, mut escaped) = (0i32, false, false);
    for (at, letter) in inner.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' => depth += 1,
            ')' | ']' if depth == 0 => return Some(at + 1),
            ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A line without its `//` comment.
fn code(line: &str) -> &str {
    let mut quoted = false;
    let bytes = line.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'/' if !quoted && bytes.get(at + 1) == Some(&b'/') => return line.get(..at).unwrap_or(line),
            _ => {}
        }
    }
    line
}

/// Brackets that a text leaves open.
fn open_brackets(text: &str) -> i32 {
    let (mut depth, mut quoted) = (0, false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth
}

/// The blocks of a file in order.
pub(super) fn blocks(source: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    let mut pending: Option<usize> = None;
    let mut at = 0;
    for raw in source.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = code(raw);
        let text = line.trim();
        let from = start + line.len() - line.trim_start().len();
        if text.is_empty() {
            continue;
        }
        if !inside {
            let mut words = text.trim_end_matches('{').split_whitespace();
            if let (Some(kind), Some(name), true) = (words.next(), words.next(), text.ends_with('{')) {
                let place = from + text.get(kind.len()..).and_then(|rest| rest.find(name)).unwrap_or(0) + kind.len();
                let name_range = place..place + name.len();
                blocks.push(Block { kind, name, name_range, range: from..from + text.len(), lines: Vec::new() });
                inside = true;
            }
            continue;
        }
        let Some(block) = blocks.last_mut() else { continue };
        if text == "}" && pending.is_none() {
            block.range.end = from + 1;
            inside = false;
            continue;
        }
        let first = pending.unwrap_or(from);
        let Some(whole) = source.get(first..from + text.len()) else { continue };
        if open_brackets(whole) > 0 {
            pending = Some(first);
            continue;
        }
        pending = None;
        block.lines.push(Line { text: whole, range: first..from + text.len() });
    }
    blocks
}
