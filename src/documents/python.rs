//! Settings that are written as Python: which names are bound to what, as far as the text says it without being run.
//!
//! Assignments, keyword arguments, and entries of dictionaries. What is absent: what calls and loops do, and which functions run.

/// So many bindings no file of settings has.
const MOST: usize = 20_000;
/// A longer value is cut off there; it is then none that is understood.
const LONGEST: usize = 1_024;

/// A name and what it is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding<'t> {
    /// The name as written, with what it is part of: `app.conf.task_time_limit`; of a dictionary, the key without quotes.
    pub path: &'t str,
    /// What it is bound to, without a comment behind it.
    pub value: &'t str,
    /// Where the name begins, in bytes.
    pub start: usize,
    /// Where the value ends.
    pub end: usize,
    /// Whether it is an argument or an entry, and no statement.
    pub in_brackets: bool,
    /// Whether it stands in the body of a class or of anything that may not run.
    pub in_block: bool,
    /// Whether it stands in a branch, a loop or a function, or is a function's own parameter: it may never be bound.
    pub may_not_run: bool,
}

impl<'t> Binding<'t> {
    /// The name without what it is part of.
    pub fn name(&self) -> &'t str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }
}

/// Every binding, in order.
pub fn bindings(text: &str) -> Vec<Binding<'_>> {
    let mut reader = Reader { text, at: 0, depth: 0, blocks: Vec::new(), line: Line::default(), found: Vec::new() };
    reader.read();
    reader.found
}

/// A whole number or a decimal one, or a product of some: `60 * 60`.
pub fn number(value: &str) -> Option<f64> {
    let factors = value.split('*').map(|factor| {
        let factor = factor.trim();
        let is_plain = factor.starts_with(|c: char| c.is_ascii_digit());
        factor.replace('_', "").parse::<f64>().ok().filter(|number| is_plain && number.is_finite())
    });
    factors.collect::<Option<Vec<f64>>>().map(|factors| factors.iter().product())
}

/// The text of a literal string.
pub fn string(value: &str) -> Option<&str> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains([quote, '\\', '\n'])).then_some(inner)
}

/// The environment variable that a value is taken from, and what it is without one, as written: `int(os.environ.get("LIMIT", "60"))`.
pub fn variable(value: &str) -> Option<(&str, Option<&str>)> {
    let mut value = value.trim();
    while let Some(inner) = ["int(", "float(", "bool("].iter().find_map(|call| value.strip_prefix(call)?.strip_suffix(')')) {
        value = inner.trim();
    }
    if let Some(name) = value.strip_prefix("os.environ[").and_then(|rest| string(rest.strip_suffix(']')?.trim())) {
        return Some((name, None));
    }
    let calls = ["os.environ.get(", "environ.get(", "os.getenv(", "getenv(", "env.int(", "env.bool(", "env(", "config("];
    let arguments = calls.iter().find_map(|call| value.strip_prefix(call)?.strip_suffix(')'))?;
    let (name, rest) = arguments.split_once(',').map_or((arguments, None), |(name, rest)| (name, Some(rest)));
    let default = rest.map(|rest| rest.split(',').next().unwrap_or(rest).trim());
    let default = default.map(|default| default.strip_prefix("default=").unwrap_or(default));
    Some((string(name.trim())?, default.filter(|default| !default.is_empty() && !default.contains('='))))
}

/// The line that is read.
#[derive(Debug, Default)]
struct Line {
    /// Where its first word begins.
    start: usize,
    indent: usize,
    is_class: bool,
    is_function: bool,
    /// Its last byte that is no space.
    last: u8,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// The blocks around the line: how far their openings are indented, and whether they run for certain.
    blocks: Vec<(usize, bool)>,
    line: Line,
    found: Vec<Binding<'t>>,
}

impl<'t> Reader<'t> {
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn read(&mut self) {
        self.begin();
        while self.at < self.text.len() && self.found.len() < MOST {
            let byte = self.byte(self.at);
            match byte {
                b'#' => self.at = self.line_end(self.at),
                b'\\' => self.at += 2,
                b'\n' => {
                    self.at += 1;
                    if self.depth == 0 {
                        self.begin();
                    }
                }
                b'"' | b'\'' => self.quoted(),
                b'(' | b'[' | b'{' => {
                    (self.depth, self.at, self.line.last) = (self.depth + 1, self.at + 1, byte);
                }
                b')' | b']' | b'}' => {
                    (self.depth, self.at, self.line.last) = (self.depth.saturating_sub(1), self.at + 1, byte);
                }
                _ if byte.is_ascii_alphabetic() || byte == b'_' => self.word(),
                _ => {
                    self.at += 1;
                    if !byte.is_ascii_whitespace() {
                        self.line.last = byte;
                    }
                }
            }
        }
    }

    fn line_end(&self, from: usize) -> usize {
        self.rest(from).find('\n').map_or(self.text.len(), |end| from + end)
    }

    /// The text from an offset on; empty where no character begins there.
    fn rest(&self, from: usize) -> &'t str {
        self.text.get(from..).unwrap_or("")
    }

    /// A line begins that is no part of the one before it.
    fn begin(&mut self) {
        let before = std::mem::take(&mut self.line);
        if before.last == b':' {
            self.blocks.push((before.indent, before.is_class));
        }
        let rest = self.rest(self.at);
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let indent = rest.len() - trimmed.len();
        self.at += indent;
        if !trimmed.starts_with(['\n', '\r', '#']) && !trimmed.is_empty() {
            while self.blocks.last().is_some_and(|(opening, _)| *opening >= indent) {
                self.blocks.pop();
            }
        }
        let is = |word: &str| trimmed.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '));
        self.line = Line { start: self.at, indent, is_class: is("class"), is_function: is("def") || is("async"), last: b' ' };
    }

    /// The end of a string that begins here, with its quotes.
    fn string_end(&self, from: usize) -> usize {
        let rest = self.rest(from);
        let quote = rest.get(..1).unwrap_or("\"");
        let triple = quote.repeat(3);
        let (mark, is_long) = if rest.starts_with(&triple) { (triple.as_str(), true) } else { (quote, false) };
        let mut at = from + mark.len();
        while at < self.text.len() {
            match self.byte(at) {
                b'\\' => at += 2,
                b'\n' if !is_long => return at,
                byte if byte == quote.as_bytes().first().copied().unwrap_or(0) && self.rest(at).starts_with(mark) => {
                    return at + mark.len();
                }
                _ => at += 1,
            }
        }
        self.text.len()
    }

    fn quoted(&mut self) {
        let (start, end) = (self.at, self.string_end(self.at));
        (self.at, self.line.last) = (end, b'"');
        let after = self.skip_space(end);
        if self.depth > 0
            && self.byte(after) == b':'
            && let Some(key) = self.text.get(start..end).and_then(string)
        {
            self.bind(key, start, after + 1);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let length = self.rest(start).find(|c: char| !is_part(c)).unwrap_or(self.rest(start).len());
        (self.at, self.line.last) = (start + length, b'a');
        let Some(path) = self.text.get(start..self.at) else { return };
        let is_first = self.depth == 0 && start == self.line.start;
        if !is_first && self.depth == 0 {
            return;
        }
        let mut after = self.skip_space(self.at);
        // `LIMIT: int = 60`
        if is_first && self.byte(after) == b':' {
            let line = self.text.get(after..self.line_end(after)).unwrap_or("");
            after += line.find('=').unwrap_or(0);
        }
        if self.byte(after) == b'=' && self.byte(after + 1) != b'=' {
            self.bind(path, start, after + 1);
        }
    }

    fn skip_space(&self, from: usize) -> usize {
        let is_space = |c: char| matches!(c, ' ' | '\t') || (self.depth > 0 && c.is_ascii_whitespace());
        let rest = self.rest(from);
        from + rest.len() - rest.trim_start_matches(is_space).len()
    }

    /// Keeps a binding, and goes on within its value.
    fn bind(&mut self, path: &'t str, start: usize, from: usize) {
        let value = self.text.get(from..self.value_end(from)).unwrap_or("");
        let trimmed = value.trim();
        let end = from + value.trim_end().len();
        self.found.push(Binding {
            path,
            value: trimmed,
            start,
            end: end.max(start),
            in_brackets: self.depth > 0,
            in_block: !self.blocks.is_empty(),
            may_not_run: self.line.is_function || !self.blocks.iter().all(|(_, runs)| *runs),
        });
        self.at = from;
    }

    fn value_end(&self, from: usize) -> usize {
        let mut depth = 0usize;
        let mut at = from;
        while at < self.text.len() && at - from < LONGEST {
            match self.byte(at) {
                b'#' if depth == 0 => return at,
                b'#' => at = self.line_end(at),
                b'"' | b'\'' => {
                    at = self.string_end(at);
                    continue;
                }
                b'\\' => at += 1,
                b'\n' if depth == 0 && self.depth == 0 => return at,
                b',' if depth == 0 && self.depth > 0 => return at,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => return at,
                b')' | b']' | b'}' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        at.min(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(&str, &str, bool)> {
        bindings(text).iter().map(|one| (one.name(), one.value, one.may_not_run)).collect()
    }

    #[test]
    fn assignments_arguments_and_entries_are_bindings() {
        let text = "\"\"\"a = 1\n\"\"\"\nLIMIT: int = 60 * 60  # an hour\nb == 2\napp.conf.update(\n    late=True, # yes\n    \
                    options={\n        \"visibility\": 1800,\n        'name': 'x,y',\n    },\n)\n";
        let found = of(text);
        assert!(found.contains(&("LIMIT", "60 * 60", false)), "{found:?}");
        assert!(found.contains(&("late", "True", false)) && found.contains(&("visibility", "1800", false)), "{found:?}");
        assert!(found.contains(&("name", "'x,y'", false)) && found.iter().any(|(name, ..)| *name == "options"), "{found:?}");
        assert!(!found.iter().any(|(name, ..)| matches!(*name, "a" | "b")), "{found:?}");
    }

    #[test]
    fn what_may_not_run_is_told_apart() {
        let text =
            "class Config:\n    a = 1\n\n    def f(self, b=2):\n        c = 3\n    d = 4\nif x:\n    e = 5\nelse: f = 6\ng = 7\n";
        let found = of(text);
        for (name, may_not_run) in [("a", false), ("b", true), ("c", true), ("d", false), ("e", true), ("g", false)] {
            assert!(found.iter().any(|one| one.0 == name && one.2 == may_not_run), "{name}: {found:?}");
        }
        assert!(!found.iter().any(|one| one.0 == "f"), "{found:?}");
    }

    #[test]
    fn values_that_are_understood() {
        assert_eq!((number("60 * 60"), number("1_800"), number("x"), number("60 * x")), (Some(3600.0), Some(1800.0), None, None));
        assert_eq!((string("'a'"), string("\"a\" + \"b\"")), (Some("a"), None));
        assert_eq!(variable("int(os.environ.get('L', \"60\"))"), Some(("L", Some("\"60\""))));
        assert_eq!(
            (variable("os.environ['L']"), variable("env.int('L', default=5)")),
            (Some(("L", None)), Some(("L", Some("5"))))
        );
        assert_eq!((variable("config('L', cast=int)"), variable("settings.L")), (Some(("L", None)), None));
    }

    #[test]
    fn nothing_makes_it_stop() {
        for text in ["\"", "'''", "a = \\", "a = (", "é = \"é", "a: \\é\nb = 'é\\é'", "x = {\"a\": {\"b\""] {
            bindings(text);
        }
        let deep = "{\"a\":".repeat(50_000);
        assert!(bindings(&format!("a = {deep}")).len() <= MOST);
    }
}
