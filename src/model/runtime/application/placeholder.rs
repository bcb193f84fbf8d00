//! Placeholders in settings: `${NAME}` and `${NAME:default}` of Spring, Quarkus and Micronaut, `${NAME:-default}` of the rest.

/// Placeholders within defaults nest no deeper in use.
const DEEPEST: usize = 8;

/// The default of a value that is one placeholder and nothing else: `petclinic` in `${PASSWORD:petclinic}`, and in the forms of
/// Compose, `${PASSWORD:-petclinic}` and `${PASSWORD-petclinic}`.
pub(in crate::model::runtime) fn fallback(text: &str) -> Option<&str> {
    fallback_where(text, false)
}

/// The same where names have no hyphens, as in Compose: `${password-petclinic}` has a default there.
pub(in crate::model::runtime) fn fallback_of_shell(text: &str) -> Option<&str> {
    fallback_where(text, true)
}

fn fallback_where(text: &str, is_shell: bool) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    // A key of Spring has dots, and may have hyphens that begin no default.
    let is_key = |name: &str| name.contains('.') && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    if let Some((_, default)) = inner.split_once(':').filter(|(name, _)| is_key(name)) {
        return Some(default);
    }
    let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))?;
    let operation = &inner[end..];
    // Spring's names have small letters, and hyphens: `${openai.api-key}`, `${api-key}`.
    let is_of_shell = is_shell || (!inner[..end].contains('.') && !inner[..end].chars().any(|c| c.is_ascii_lowercase()));
    let bare = || operation.strip_prefix('-').filter(|_| is_of_shell);
    let default = operation.strip_prefix(":-").or_else(bare);
    default.or_else(|| operation.strip_prefix(':').filter(|rest| !rest.starts_with(['?', '+', '='])))
}

/// The variable whose default that is: `PASSWORD`.
pub(in crate::model::runtime) fn variable(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?;
    // A key with a hyphen has no default behind it: there `fallback` was asked, and said so.
    let default = fallback_of_shell(text)?;
    let name = inner.get(..inner.len().checked_sub(default.len() + 1)?)?.trim_end_matches([':', '-']);
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    is_name.then_some(name)
}

/// The variable of a value that is one placeholder and nothing else: `DB_POOL` of `${DB_POOL}` and of `${DB_POOL:10}`.
pub(super) fn only(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    let name = inner.split_once(':').map_or(inner, |(name, _)| name).trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    // `${A}-${B}` ends as it begins.
    (is_name && closing(inner).is_none()).then_some(name)
}

/// Fills in a value. `lookup` says what a name holds, where anything says it; without it the default counts.
pub(super) fn fill(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    fill_within(text, lookup, DEEPEST)
}

fn fill_within(text: &str, lookup: &dyn Fn(&str) -> Option<String>, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        let inner = &rest[at + 2..];
        let end = closing(inner)?;
        let (name, default) = match inner[..end].split_once(':') {
            Some((name, default)) => (name, Some(default.strip_prefix('-').unwrap_or(default))),
            None => (&inner[..end], None),
        };
        match lookup(name.trim()) {
            // What a name holds may name others; it is filled in once more and no further than the depth allows.
            Some(value) => out.push_str(&fill_within(&value, lookup, depth)?),
            None => out.push_str(&fill_within(default?, lookup, depth)?),
        }
        if out.len() > 1 << 14 {
            return None;
        }
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    (!out.contains("#{")).then_some(out)
}

/// The offset of the `}` that closes a `${` which stands just before.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
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

    #[test]
    fn names_and_defaults_are_filled_in() {
        let lookup = |name: &str| match name {
            "A" => Some("1".to_owned()),
            "LOOP" => Some("${LOOP}".to_owned()),
            "TWICE" => Some("${A}${A}".to_owned()),
            _ => None,
        };
        let of = |text: &str| fill(text, &lookup);
        assert_eq!(of("x${A}y${B:2}").as_deref(), Some("x1y2"));
        assert_eq!(of("${B:${C:jdbc:postgresql://db/${A}}}").as_deref(), Some("jdbc:postgresql://db/1"));
        assert_eq!((of("${TWICE}").as_deref(), of("${B:-d}").as_deref()), (Some("11"), Some("d")));
        assert_eq!((of("${B}"), of("${LOOP}"), of("${A"), of("#{x}")), (None, None, None, None));
        assert_eq!((fallback("${PASS:secret}"), fallback("${PASS}"), fallback("x${P:y}")), (Some("secret"), None, None));
        assert_eq!(
            (fallback("${P-a}"), fallback("${P:-a}"), fallback("${P:?a}"), fallback("${P:+a}")),
            (Some("a"), Some("a"), None, None)
        );
        assert_eq!((fallback("${openai.api-key}"), fallback("${api-key}"), fallback("${p:-a}")), (None, None, Some("a")));
        assert_eq!((fallback_of_shell("${db_password-a}"), variable("${db_password-a}")), (Some("a"), Some("db_password")));
        assert!(of(&"${X:".repeat(10_000)).is_none());
    }
}
