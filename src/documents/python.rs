//! Settings that are written as Python: which names are bound to what, as far as the text says it without being run.
//!
//! Assignments, keyword arguments, entries of dictionaries, and everything else that binds a name. What is absent: what calls and loops do,
//! and which functions run; a file in which code may bind any name says so.

mod statement;

/// So many bindings no file of settings has.
const MOST: usize = 20_000;
/// A longer value is cut off there; it is then none that is understood.
const LONGEST: usize = 1_024;

/// The words that begin a statement with a body.
const COMPOUND: [&str; 14] =
    ["if", "elif", "else", "for", "while", "try", "except", "finally", "with", "class", "def", "async", "match", "case"];
/// Calls by which code binds names that the text does not show; `include` is that of split settings.
const BINDERS: [&str; 7] = ["exec", "execfile", "setattr", "globals", "locals", "vars", "include"];

/// What the text of a file says.
#[derive(Debug, Default)]
pub struct Script<'t> {
    /// Every binding, in order.
    pub bindings: Vec<Binding<'t>>,
    /// The modules that all names are taken from, as written: `.base` of `from .base import *`.
    pub stars: Vec<&'t str>,
    /// Whether code may bind any name, as `locals()[name] = value` does; a star import does too, and is not meant.
    pub is_open: bool,
}

/// A name and what it is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding<'t> {
    /// The name as written, with what it is part of: `app.conf.task_time_limit`; of a dictionary, the key without quotes.
    pub path: &'t str,
    /// What it is bound to, without a comment behind it; empty where that is no single expression, as behind `-=` or `import`.
    pub value: &'t str,
    /// What it is an argument or an entry of: the function as written, the name of the dictionary; empty for a statement, and where there
    /// is no name.
    pub of: &'t str,
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

/// Reads a file.
pub fn read(text: &str) -> Script<'_> {
    let mut reader = Reader {
        text,
        at: 0,
        brackets: Vec::new(),
        blocks: Vec::new(),
        line: Line::default(),
        word: ("", 0),
        value: ("", usize::MAX),
        script: Script::default(),
    };
    reader.read();
    reader.script
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
    indent: usize,
    is_class: bool,
    is_function: bool,
    /// Whether a `:` ends its head, and what stands behind that is its body.
    is_compound: bool,
    /// Whether that `:` was read.
    is_in_body: bool,
    /// Its last byte that is no space.
    last: u8,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// What each open bracket holds the arguments or the entries of.
    brackets: Vec<&'t str>,
    /// The blocks around the line: how far their openings are indented, and whether they run for certain.
    blocks: Vec<(usize, bool)>,
    line: Line,
    /// The last word, and where it begins.
    word: (&'t str, usize),
    /// The last name that was bound, and where its value begins.
    value: (&'t str, usize),
    script: Script<'t>,
}

impl<'t> Reader<'t> {
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn read(&mut self) {
        self.begin();
        while self.at < self.text.len() && self.script.bindings.len() < MOST {
            let byte = self.byte(self.at);
            match byte {
                b'#' => self.at = self.line_end(self.at),
                b'\\' if self.byte(self.at + 1) == b'\r' => self.at += 3,
                b'\\' => self.at += 2,
                b'\n' => {
                    self.at += 1;
                    if self.brackets.is_empty() {
                        self.begin();
                    }
                }
                b'"' | b'\'' => self.quoted(),
                b'(' | b'[' | b'{' => {
                    self.brackets.push(self.holder(byte));
                    (self.at, self.line.last) = (self.at + 1, byte);
                }
                b')' | b']' | b'}' => {
                    self.brackets.pop();
                    (self.at, self.line.last) = (self.at + 1, byte);
                }
                b':' | b';' if self.brackets.is_empty() => {
                    (self.at, self.line.last) = (self.at + 1, byte);
                    let ends_head = byte == b':' && self.line.is_compound && !self.line.is_in_body;
                    self.line.is_in_body |= ends_head;
                    if ends_head || byte == b';' {
                        self.at = self.skip_space(self.at);
                        self.statement();
                    }
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
        self.script.is_open |= self.at < self.text.len();
    }

    /// What the bracket that opens here holds something of: the dictionary that is bound, the function that is called, else what the
    /// bracket around it does.
    fn holder(&self, bracket: u8) -> &'t str {
        let (name, start) = self.value;
        if start == self.at {
            return name;
        }
        match self.word {
            ("dict", from) if bracket == b'(' && from == start => name,
            (word, from) if bracket == b'(' && !word.is_empty() && from + word.len() == self.at => word,
            _ => self.brackets.last().copied().unwrap_or(""),
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
        let first = self.word_at(self.at);
        self.line = Line {
            indent,
            is_class: first == "class",
            is_function: matches!(first, "def" | "async"),
            is_compound: COMPOUND.contains(&first),
            is_in_body: false,
            last: b' ',
        };
        self.statement();
    }

    /// The name that begins at an offset, with what it is part of.
    fn word_at(&self, at: usize) -> &'t str {
        let rest = self.rest(at);
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        rest.get(..rest.find(|c: char| !is_part(c)).unwrap_or(rest.len())).unwrap_or("")
    }

    fn keep(&mut self, path: &'t str, value: &'t str, start: usize, end: usize, of: &'t str) {
        self.script.bindings.push(Binding {
            path,
            value,
            of,
            start,
            end: end.max(start),
            in_brackets: !self.brackets.is_empty() || !of.is_empty(),
            in_block: !self.blocks.is_empty() || self.line.is_in_body,
            may_not_run: self.line.is_function
                || (self.line.is_in_body && !self.line.is_class)
                || !self.blocks.iter().all(|(_, runs)| *runs),
        });
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
        if !self.brackets.is_empty()
            && self.byte(after) == b':'
            && let Some(key) = self.text.get(start..end).and_then(string)
        {
            self.bind(key, start, after + 1);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let path = self.word_at(start);
        (self.at, self.line.last) = (start + path.len().max(1), b'a');
        self.word = (path, start);
        let name = path.strip_prefix("builtins.").unwrap_or(path);
        self.script.is_open |= BINDERS.contains(&name) && self.byte(self.at) == b'(' || path.contains(".__dict__");
        let after = self.skip_space(self.at);
        match (self.byte(after), self.byte(after + 1)) {
            (b':', b'=') => self.keep(path, "", start, self.at, ""),
            (b'=', next) if next != b'=' && !self.brackets.is_empty() => self.bind(path, start, after + 1),
            _ => {}
        }
    }

    fn skip_space(&self, from: usize) -> usize {
        let is_space = |c: char| matches!(c, ' ' | '\t') || (!self.brackets.is_empty() && c.is_ascii_whitespace());
        let rest = self.rest(from);
        from + rest.len() - rest.trim_start_matches(is_space).len()
    }

    /// Keeps an argument or an entry, and goes on within its value.
    fn bind(&mut self, path: &'t str, start: usize, from: usize) {
        let value = self.text.get(from..self.value_end(from)).unwrap_or("");
        let of = self.brackets.last().copied().unwrap_or("");
        self.keep(path, value.trim(), start, from + value.trim_end().len(), of);
        self.value = (path, self.skip_space(from));
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
                b'\n' | b';' if depth == 0 && self.brackets.is_empty() => return at,
                b',' if depth == 0 && !self.brackets.is_empty() => return at,
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
        read(text).bindings.iter().map(|one| (one.name(), one.value, one.may_not_run)).collect()
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
        let all = [("a", false), ("b", true), ("c", true), ("d", false), ("e", true), ("f", true), ("g", false)];
        for (name, may_not_run) in all {
            assert!(found.iter().any(|one| one.0 == name && one.2 == may_not_run), "{name}: {found:?}");
        }
    }

    #[test]
    fn everything_that_binds_a_name_is_seen() {
        let text = "a = b = 1\nc, d = 1, 2; e = 3\nf -= 1\ng <<= 2\nfrom x import h, i as j\nimport k.l\nfor m in n: pass\n\
                    with open(o) as p: q = 4\nif (r := 1): pass\ns <= 5\nt: Dict[str, int] = 6\nu[\"v\"] = 7\nw = lambda y=1: y\n";
        let found = of(text);
        let value = |name: &str| found.iter().find(|one| one.0 == name).map(|one| one.1);
        for (name, said) in [("a", "1"), ("b", "1"), ("e", "3"), ("q", "4"), ("t", "6"), ("v", "7"), ("w", "lambda y=1: y")] {
            assert_eq!(value(name), Some(said), "{name}: {found:?}");
        }
        for name in ["c", "d", "f", "g", "h", "j", "k", "m", "p", "r"] {
            assert_eq!(value(name), Some(""), "{name}: {found:?}");
        }
        assert!(!found.iter().any(|one| matches!(one.0, "i" | "l" | "n" | "o" | "s" | "u" | "y")), "{found:?}");
    }

    #[test]
    fn an_entry_says_what_it_is_one_of() {
        let text =
            "A = {\"a\": {\"b\": 1}, 'c': dict(d=2)}\nx.conf.update({\"e\": 3}, f=[{\"g\": 4}])\nh = i = y(j=5)\nk[\"l\"] = 6\n";
        let script = read(text);
        let of = |name: &str| script.bindings.iter().find(|one| one.path == name).map(|one| one.of);
        let all = [("a", "A"), ("b", "a"), ("d", "c"), ("e", "x.conf.update"), ("g", "f"), ("h", ""), ("j", "y"), ("l", "k")];
        for (name, holder) in all {
            assert_eq!(of(name), Some(holder), "{name}");
        }
    }

    #[test]
    fn what_binds_names_that_are_not_written_is_told() {
        assert_eq!(read("from .base import *\nfrom a.b import (*)\n").stars, [".base", "a.b"]);
        for text in ["exec(open('x').read())", "for k in e:\n    locals()[k] = 1\n", "setattr(sys, n, v)", "m.__dict__.update(x)"]
        {
            assert!(read(text).is_open, "{text}");
        }
        assert!(!read("a = 1  # exec(x)\nb = \"exec(x)\"\ncursor.execute(c)\n").is_open);
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
            read(text);
        }
        let deep = "{\"a\":".repeat(50_000);
        let script = format!("a = {deep}");
        assert!(read(&script).bindings.len() <= MOST && read(&script).is_open);
    }
}
