//! Variables inside a value as Compose and `.env` files write them: `$X`, `${X}`, `${X:-default}`, `${X:?message}`, `$$`.
//!
//! What a variable holds is the caller's to say. What is absent: commands, arithmetic, and every other form of the shell.

/// Defaults may nest this deep; Compose files in use need two.
const DEEPEST: usize = 16;

/// No value in configuration is longer once it is expanded; longer ones count as unresolved.
const LONGEST: usize = 1 << 14;

/// What is known of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// A file gives it this value.
    Set(String),
    /// No file names it; only the shell could.
    Unset,
    /// A file names it, but its value could not be read.
    Unknown,
}

/// Stands in a partly expanded text for what is not known. No value holds it.
pub const STAND_IN: char = '\u{1}';

/// Why a text could not be expanded: the variable that has no value, or what was wrong with the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved(pub String);

/// Whether a text names a variable at all.
pub fn has_variables(text: &str) -> bool {
    text.contains('$')
}

/// The variable that a text consists of and nothing else: `$X`, `${X}` or `${X...}` with any operator.
pub fn only_variable(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('$')?;
    if let Some(inner) = rest.strip_prefix('{') {
        let name = &inner[..name_length(inner)];
        let end = closing_brace(inner)?;
        return (!name.is_empty() && end + 1 == inner.len()).then_some(name);
    }
    let length = name_length(rest);
    (length > 0 && length == rest.len()).then_some(rest)
}

/// The variables that a text takes as they are: no default, no demand (`${X:?}`) and no alternative stands behind them.
pub fn bare(text: &str) -> Vec<&str> {
    with_operations(text).into_iter().filter(|(_, operation)| operation.is_empty()).map(|(name, _)| name).collect()
}

/// The variables without which a text fails: `${X:?message}`, `${X?}`.
pub fn demanded(text: &str) -> Vec<&str> {
    let is_demand = |operation: &str| operation.strip_prefix(':').unwrap_or(operation).starts_with('?');
    with_operations(text).into_iter().filter(|(_, operation)| is_demand(operation)).map(|(name, _)| name).collect()
}

/// The variables of a text, each with what stands behind its name in the braces; those within defaults are left out.
fn with_operations(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            rest = after;
        } else if let Some(inner) = rest.strip_prefix('{') {
            let Some(end) = closing_brace(inner) else { break };
            found.push(inner[..end].split_at(name_length(&inner[..end])));
            rest = &inner[end + 1..];
        } else {
            let length = name_length(rest);
            found.push((&rest[..length], ""));
            rest = &rest[length..];
        }
    }
    found.retain(|(name, _)| !name.is_empty());
    found
}

/// Replaces every variable. The shell's own environment is unknown: an unset variable takes its inline default, and has no
/// value where there is none.
pub fn expand(text: &str, lookup: &mut dyn FnMut(&str) -> Variable) -> Result<String, Unresolved> {
    if !has_variables(text) {
        return Ok(text.to_owned());
    }
    Expansion { lookup, stand_in: None }.expand(text, DEEPEST)
}

/// Like [`expand`], with [`STAND_IN`] for each variable that has no value: what stands around it can still be read.
pub fn expand_partly(text: &str, lookup: &mut dyn FnMut(&str) -> Variable) -> Result<String, Unresolved> {
    Expansion { lookup, stand_in: Some(STAND_IN) }.expand(text, DEEPEST)
}

struct Expansion<'l> {
    lookup: &'l mut dyn FnMut(&str) -> Variable,
    stand_in: Option<char>,
}

impl Expansion<'_> {
    fn missing(&self, name: &str) -> Result<String, Unresolved> {
        self.stand_in.map(String::from).ok_or_else(|| Unresolved(format!("`{name}` is set nowhere in the repository")))
    }

    fn expand(&mut self, text: &str, depth: usize) -> Result<String, Unresolved> {
        let Some(depth) = depth.checked_sub(1) else { return Err(Unresolved("defaults nested too deep".into())) };
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some(inner) = rest.strip_prefix('{') {
                let Some(end) = closing_brace(inner) else { return Err(Unresolved("`${` without `}`".into())) };
                out.push_str(&self.braced(&inner[..end], depth)?);
                rest = &inner[end + 1..];
            } else {
                let length = name_length(rest);
                if length == 0 {
                    out.push('$');
                    continue;
                }
                match (self.lookup)(&rest[..length]) {
                    Variable::Set(value) => out.push_str(&value),
                    _ => out.push_str(&self.missing(&rest[..length])?),
                }
                rest = &rest[length..];
            }
            if out.len() > LONGEST {
                return Err(Unresolved("too long once it is expanded".into()));
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// What stands between `${` and its `}`.
    fn braced(&mut self, inner: &str, depth: usize) -> Result<String, Unresolved> {
        let length = name_length(inner);
        let (name, operation) = inner.split_at(length);
        if name.is_empty() {
            return Err(Unresolved("`${` without a name".into()));
        }
        let value = (self.lookup)(name);
        if value == Variable::Unknown {
            return self.missing(name);
        }
        let (colon, operator) = match operation.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, operation),
        };
        let set = match value {
            Variable::Set(text) if !(colon && text.is_empty()) => Some(text),
            _ => None,
        };
        if operation.is_empty() {
            return set.map_or_else(|| self.missing(name), Ok);
        }
        match (operator.chars().next(), set) {
            (Some('-' | '?'), Some(text)) => Ok(text),
            (Some('-'), None) | (Some('+'), Some(_)) => self.expand(&operator[1..], depth),
            (Some('+'), None) => Ok(String::new()),
            (Some('?'), None) => self.missing(name),
            _ => Err(Unresolved(format!("`${{{name}` has an unknown operator"))),
        }
    }
}

fn name_length(text: &str) -> usize {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
}

/// The offset of the `}` that closes a `${` which stands just before `text`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0usize;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<String, Unresolved> {
        expand(text, &mut |name| match name {
            "SET" => Variable::Set("value".into()),
            "EMPTY" => Variable::Set(String::new()),
            "LOST" => Variable::Unknown,
            _ => Variable::Unset,
        })
    }

    #[test]
    fn every_form_is_expanded_as_compose_does() {
        assert_eq!(of("a $SET ${SET}b").as_deref(), Ok("a value valueb"));
        assert_eq!(of("${NONE:-30s}").as_deref(), Ok("30s"));
        assert_eq!(of("${EMPTY:-30s}${EMPTY-no}").as_deref(), Ok("30s"));
        assert_eq!(of("${NONE:-x${SET}y${NONE:-z}}").as_deref(), Ok("xvalueyz"));
        assert_eq!(of("${SET:+on}${NONE:+off}").as_deref(), Ok("on"));
        assert_eq!(of("$$SET 5$").as_deref(), Ok("$SET 5$"));
        assert!(of("${NONE}").is_err() && of("$NONE").is_err() && of("${NONE:?say so}").is_err());
        assert!(of("${LOST:-30s}").is_err() && of("${").is_err() && of("${}").is_err());
    }

    #[test]
    fn variables_without_a_default_are_bare() {
        assert_eq!(bare("a $X ${Y}b $$Z ${V:-d} ${W:?say} ${U+x} $1 5$"), ["X", "Y"]);
        assert_eq!(bare("${A:-${B}} ${C"), Vec::<&str>::new());
        assert_eq!(demanded("a $X ${Y} $$Z ${V:-d?} ${W:?say} ${U?} ${T:+?}"), ["W", "U"]);
    }

    #[test]
    fn nesting_and_growth_are_bounded() {
        assert!(of(&format!("{}x{}", "${N:-".repeat(50_000), "}".repeat(50_000))).is_err());
        assert!(of(&"$SET".repeat(10_000)).is_err());
    }

    #[test]
    fn a_text_that_is_one_variable_is_known() {
        assert_eq!(only_variable("${X:-a${Y}}"), Some("X"));
        assert_eq!(only_variable("$X"), Some("X"));
        assert_eq!(only_variable("${X}s"), None);
        assert_eq!(only_variable("${X}${Y}"), None);
    }
}
