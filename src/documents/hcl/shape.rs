//! How deep an HCL text nests, and how long its expressions and objects are: measured in one pass before anything recursive reads it.

/// Brackets, blocks and interpolations within each other. What people write stays below 20.
const DEEPEST: usize = 40;
/// Operators of one expression: each may become a level of a tree.
const MOST_OPERATORS: usize = 200;
/// Lines and commas within one pair of brackets: the keys of an object are looked up one by one.
const MOST_ENTRIES: usize = 20_000;
/// Directives (`%{ if .. }`) in a file; they nest.
const MOST_DIRECTIVES: usize = 100;
/// Bytes of a file.
const LONGEST: usize = 4 << 20;

/// A pair of brackets that is open, or the file itself.
struct Level {
    /// What closes it; within a template the interpolation `}`.
    close: u8,
    operators: usize,
    entries: usize,
    /// The template to go on with after it.
    template: Option<Quote>,
}

/// What ends a template.
#[derive(Clone)]
enum Quote {
    Double,
    Heredoc(Vec<u8>),
}

/// Whether a text can be parsed within bounds; else where it cannot, and why.
pub(super) fn measure(text: &str) -> Result<(), (usize, &'static str)> {
    if text.len() > LONGEST {
        return Err((0, "larger than 4 MiB, which no Terraform file is"));
    }
    let bytes = text.as_bytes();
    let mut levels = vec![Level { close: 0, operators: 0, entries: 0, template: None }];
    let mut directives = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let Some(level) = levels.last_mut() else { break };
        let rest = &bytes[at..];
        let mut opened = None;
        let mut in_template = None;
        match byte {
            b'#' => at += line(rest) - 1,
            b'/' if rest.starts_with(b"//") => at += line(rest) - 1,
            b'/' if rest.starts_with(b"/*") => at += memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 1),
            b'"' => in_template = Some(Quote::Double),
            b'<' if rest.starts_with(b"<<") => {
                let word: Vec<u8> =
                    rest.iter().skip(2).skip_while(|byte| **byte == b'-').take_while(|byte| is_word(**byte)).copied().collect();
                at += line(rest).saturating_sub(1);
                in_template =
                    Some(Quote::Heredoc(word)).filter(|quote| !matches!(quote, Quote::Heredoc(word) if word.is_empty()));
            }
            b'(' => opened = Some(b')'),
            b'[' => opened = Some(b']'),
            b'{' => opened = Some(b'}'),
            b')' | b']' | b'}' if byte == level.close => {
                let closed = levels.pop();
                in_template = closed.and_then(|closed| closed.template);
            }
            b',' => {
                level.operators = 0;
                level.entries += 1;
            }
            b'\n' => {
                if matches!(level.close, 0 | b'}') && level.template.is_none() {
                    level.operators = 0;
                }
                level.entries += 1;
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'<' | b'>' | b'=' | b'!' | b'&' | b'|' | b'?' | b':' => level.operators += 1,
            _ => {}
        }
        at += 1;
        if let Some(close) = opened {
            levels.push(Level { close, operators: 0, entries: 0, template: None });
        }
        if let Some(quote) = in_template {
            at = template(bytes, at, quote, &mut levels, &mut directives);
        }
        let Some(level) = levels.last() else { break };
        let why = match level {
            _ if levels.len() > DEEPEST => "brackets nest deeper than 40",
            level if level.operators > MOST_OPERATORS => "an expression has more than 200 operators",
            level if level.entries > MOST_ENTRIES && level.close != 0 => "more than 20,000 entries in one pair of brackets",
            _ if directives > MOST_DIRECTIVES => "more than 100 template directives",
            _ => continue,
        };
        return Err((at.min(text.len()), why));
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte >= 0x80
}

/// How far the end of this line is.
fn line(rest: &[u8]) -> usize {
    memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Reads a template on from `at`: to its end, or into an interpolation, which is a level of its own. Gives where to go on.
fn template(bytes: &[u8], mut at: usize, quote: Quote, levels: &mut Vec<Level>, directives: &mut usize) -> usize {
    while let Some(byte) = bytes.get(at).copied() {
        let next = bytes.get(at + 1).copied();
        match (byte, &quote) {
            (b'\\', Quote::Double) => at += 1,
            (b'"', Quote::Double) => return at + 1,
            (b'\n', Quote::Heredoc(word)) => {
                let rest = &bytes[at + 1..];
                let text = &rest[..line(rest)];
                if text.trim_ascii() == word.as_slice() {
                    return at + 1 + text.len();
                }
            }
            (b'$' | b'%', _) if next == Some(byte) => at += 1,
            (b'$' | b'%', _) if next == Some(b'{') => {
                *directives += usize::from(byte == b'%');
                levels.push(Level { close: b'}', operators: 0, entries: 0, template: Some(quote) });
                return at + 2;
            }
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::measure;

    #[test]
    fn what_people_write_passes() {
        let text =
            "a = { b = [1, 2, { c = \"x ${f(\"}\")} y\" }] } # {{{{\nd = <<-EOT\n  {{{ ${a.b} ]]]\n  EOT\ne = \"$${ %%{ {{\"\n";
        assert_eq!(measure(text), Ok(()));
    }

    #[test]
    fn brackets_in_texts_do_not_hide_depth() {
        let deep = format!("a = {}1{}", "[\"]\", ".repeat(50), "]".repeat(50));
        assert_eq!(measure(&deep).map_err(|(_, why)| why), Err("brackets nest deeper than 40"));
        let nested = format!("a = {}1{}", "\"${".repeat(50), "}\"".repeat(50));
        assert!(measure(&nested).is_err());
        let chain = format!("a = {}1", "!".repeat(300));
        assert!(measure(&chain).is_err());
        let sum = format!("a = ({}1)", "1 +\n".repeat(300));
        assert!(measure(&sum).is_err());
    }
}
