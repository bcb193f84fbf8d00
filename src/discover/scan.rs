//! The byte scan that decides what a document is without parsing it: top-level keys and template marks, over the whole file.

/// The value of a top-level key of a YAML or JSON text, up to the end of its line or its closing quote. Keys may be sorted, so
/// the whole text counts.
pub fn top_level_value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('{') { json_value(text, key) } else { yaml_value(text, key) }
}

/// Whether a YAML or JSON text has a top-level key.
pub fn has_top_level(text: &str, key: &str) -> bool {
    top_level_value(text, key).is_some()
}

/// The top-level keys of a YAML or JSON text that are wanted, in one pass over the whole text; each at least once.
pub fn top_level_keys<'t>(text: &'t str, is_wanted: impl Fn(&str) -> bool) -> Vec<&'t str> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let mut found: Vec<&str> = Vec::new();
    let mut take = |key: &'t str| {
        if is_wanted(key) && !found.contains(&key) {
            found.push(key);
        }
    };
    if start.starts_with('{') {
        json_keys(text, &mut take);
    } else {
        text.split_inclusive('\n').filter_map(yaml_key).for_each(take);
    }
    found
}

/// The key at the margin of a line, which has its line break.
fn yaml_key(line: &str) -> Option<&str> {
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    let is_value = |rest: &str| rest.starts_with([' ', '\t', '\r', '\n']);
    match line.as_bytes().first()? {
        b' ' | b'\t' | b'#' | b'\r' | b'\n' => None,
        quote @ (b'"' | b'\'') => {
            let (key, rest) = line.get(1..)?.split_once(char::from(*quote))?;
            rest.trim_start_matches([' ', '\t']).strip_prefix(':').filter(|rest| is_value(rest)).map(|_| key)
        }
        _ => {
            let mut colons = memchr::memchr_iter(b':', line.as_bytes());
            let end = colons.find(|at| line.get(at + 1..).is_some_and(is_value))?;
            line.get(..end).map(|key| key.trim_end_matches([' ', '\t']))
        }
    }
}

/// Walks strings and brackets from start to end.
fn json_keys<'t>(text: &'t str, take: &mut impl FnMut(&'t str)) {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = string_end(bytes, at);
                let is_key = || text.get(end + 1..).is_some_and(|rest| rest.trim_start().starts_with(':'));
                if depth == 1 && is_key() {
                    take(text.get(at + 1..end).unwrap_or(""));
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
}

fn yaml_value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    for at in memchr::memmem::find_iter(text.as_bytes(), key) {
        let before = &text[..at];
        let (before, quote) = match before.as_bytes().last() {
            Some(quote @ (b'"' | b'\'')) => (&before[..at - 1], Some(*quote as char)),
            _ => (before, None),
        };
        if !(before.is_empty() || before.ends_with(['\n', '\u{feff}'])) {
            continue;
        }
        let mut rest = &text[at + key.len()..];
        if let Some(quote) = quote {
            match rest.strip_prefix(quote) {
                Some(tail) => rest = tail,
                None => continue,
            }
        }
        if let Some(value) = rest.trim_start_matches([' ', '\t']).strip_prefix(':')
            && value.starts_with([' ', '\t', '\r', '\n'])
        {
            return Some(scalar(value.lines().next().unwrap_or("")));
        }
    }
    None
}

fn scalar(line: &str) -> &str {
    let line = line.split(" #").next().unwrap_or("").trim();
    line.trim_matches(['"', '\''])
}

/// Walks strings and brackets only as far as the last candidate; a JSON file without the word costs one memory scan.
fn json_value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let word = format!("\"{key}\"");
    let bytes = text.as_bytes();
    let mut candidates = memchr::memmem::find_iter(bytes, &word).peekable();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(&candidate) = candidates.peek() {
        while at < candidate {
            match bytes[at] {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => at = string_end(bytes, at),
                _ => {}
            }
            at += 1;
        }
        candidates.next();
        if at > candidate || depth != 1 {
            continue;
        }
        let rest = text[candidate + word.len()..].trim_start();
        if let Some(value) = rest.strip_prefix(':') {
            let value = value.trim_start();
            let end = match value.strip_prefix('"') {
                Some(inner) => return Some(&inner[..inner.find('"').unwrap_or(inner.len())]),
                None => value.find([',', '}', '\n', '{', '[']).unwrap_or(value.len()),
            };
            return Some(value[..end].trim());
        }
    }
    None
}

/// The offset of the closing quote of the string that opens at `at`.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(step) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or(&[])) {
        at += step;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// Whether a text has template control lines (`{{- if`, `{% for`), so that it is no YAML before it is rendered. A `{{ $labels.x }}`
/// inside a scalar is not one, and neither is a line of a block of text: a description in a Markdown dialect has such lines of its own.
pub fn has_template_lines(text: &str) -> bool {
    if memchr::memmem::find(text.as_bytes(), b"{{").is_none() && memchr::memmem::find(text.as_bytes(), b"{%").is_none() {
        return false;
    }
    let is_control = |line: &str| {
        let line = line.trim_start();
        line.starts_with("{{-")
            || line.starts_with("{%")
            || ["{{ if", "{{ end", "{{ range", "{{ with", "{{ define", "{{ include", "{{ else"]
                .iter()
                .any(|word| line.starts_with(word))
    };
    let mut block: Option<usize> = None;
    text.lines().any(|line| {
        let depth = line.len() - line.trim_start_matches(' ').len();
        if block.is_some_and(|around| line.trim_start().is_empty() || depth > around) {
            return false;
        }
        block = opens_block(line).then_some(depth);
        block.is_none() && is_control(line)
    })
}

/// Whether a block of text begins below a line: `description: |-`.
fn opens_block(line: &str) -> bool {
    let line = line.split_once(" #").map_or(line, |(code, _)| code).trim_end();
    let head = line.trim_end_matches(['-', '+', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let opens = |sign: char| head.strip_suffix(sign).is_some_and(|key| key.ends_with(": ") || key.trim_start() == "- ");
    opens('|') || opens('>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_keys_count_at_the_margin_only() {
        assert_eq!(top_level_value("info:\n  openapi: 1\nopenapi: 3.0.3 # yes\n", "openapi"), Some("3.0.3"));
        assert_eq!(top_level_value("\u{feff}\"swagger\": '2.0'\r\n", "swagger"), Some("2.0"));
        assert_eq!(top_level_value("# openapi: 3.0.0\nx:\n  openapi: 3.0.0\n", "openapi"), None);
        assert_eq!(top_level_value("openapi:3.0.0\n", "openapi"), None);
    }

    #[test]
    fn json_keys_count_at_depth_one_only() {
        assert_eq!(
            top_level_value("{\"a\": {\"openapi\": \"9\"}, \"b\": \"}{\\\"\", \"openapi\" : \"3.1.0\"}", "openapi"),
            Some("3.1.0")
        );
        assert_eq!(top_level_value("{\"a\": \"\\\"openapi\\\": 3\"}", "openapi"), None);
        assert_eq!(top_level_value("{\"x\": \"openapi\"}", "openapi"), None);
        assert_eq!(top_level_value("{\"openapi\"", "openapi"), None);
    }

    #[test]
    fn all_keys_at_once_are_the_same_as_each_by_itself() {
        let texts = [
            "info:\n  openapi: 1\nopenapi: 3.0.3 # yes\nkind : x\nurl:x: 1\nlast:",
            "\u{feff}\"swagger\": '2.0'\r\n'kind':\t1\r\n\"kind: 2\n- info: 1\n",
            "# openapi: 3.0.0\nx:\n  openapi: 3.0.0\nopenapi:3.0.0\ninfo: kind: 1\n",
            "{\"a\": {\"openapi\": \"9\"}, \"kind\": \"}{\\\"\", \"info\" : [\"last\", \"x\"], \"url\"}",
            "{\"a\": \"\\\"openapi\\\": 3\", \"swagger\"\n : 1}, \"info\": 1",
            "{\"openapi\"",
            "[\"openapi\": 1]\n",
            "",
        ];
        let keys = ["openapi", "swagger", "info", "kind", "last", "x", "url", "url:x", "a"];
        for text in texts {
            let found = top_level_keys(text, |key| keys.contains(&key));
            for key in keys {
                assert_eq!(found.contains(&key), has_top_level(text, key), "{key} in {text}");
            }
        }
    }

    #[test]
    fn labels_in_a_scalar_are_no_template() {
        assert!(!has_template_lines("summary: \"{{ $labels.job }} is down\"\n"));
        assert!(has_template_lines("a: 1\n  {{- if .Values.x }}\nb: 2\n"));
        assert!(has_template_lines("{% for x in y %}\n"));
        assert!(!has_template_lines("info:\n  description: |\n    {% note %}\n\n    Beta.\n    {% /note %}\npaths: {}\n"));
        assert!(!has_template_lines("tags:\n  - >-\n    {% note %}\n"));
        assert!(has_template_lines("data:\n  a: |\n    text\n  {{- if .Values.x }}\n  b: 1\n"));
        assert!(has_template_lines("{{- if .Values.x }}\na: |\n  text\n"));
    }
}
