//! Text of strangers, made safe to print.

use std::borrow::Cow;

/// The character that is shown in place of one that could move the cursor, restyle the terminal or reorder the text around it.
fn replacement(c: char) -> Option<char> {
    match c {
        '\t' => None,
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32),
        '\u{7f}' => Some('\u{2421}'),
        // C1 controls, marks that have a direction but no width, separators that some terminals obey, and tags.
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => Some('\u{fffd}'),
        _ => None,
    }
}

/// The text with every control, bidirectional and invisible character replaced by a visible one; one for one, so that
/// columns stay as they are. Line breaks are replaced too.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| replacement(c).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| replacement(c).unwrap_or(c)).collect())
}

/// The text with the password of every URL (`scheme://user:password@host`) as asterisks, byte for byte, so that offsets stay.
/// A variable in its place is no secret and stays.
pub(super) fn without_passwords(text: &str) -> Cow<'_, str> {
    let mut secrets: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, mark) in text.match_indices("://") {
        let start = at + mark.len();
        let end = text[start..].find(|c: char| c.is_whitespace() || "\"'`<>,;".contains(c)).map_or(text.len(), |end| start + end);
        let address = &text[start..end];
        let authority = &address[..address.find(['/', '?', '#']).unwrap_or(address.len())];
        let Some((user, rest)) = authority.split_once(':') else { continue };
        let Some((password, _)) = rest.rsplit_once('@') else { continue };
        if !password.is_empty() && !password.starts_with('$') && !password.starts_with("{{") {
            let from = start + user.len() + 1;
            secrets.push(from..from + password.len());
        }
    }
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for secret in secrets {
        if secret.start >= done {
            out.push_str(&text[done..secret.start]);
            out.push_str(&"*".repeat(secret.len()));
            done = secret.end;
        }
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// As [`printable`], but with the line breaks kept.
pub(super) fn printable_lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.lines().map(printable).collect();
    lines.join("\n")
}

/// As [`printable`], in at most `most` characters.
pub(super) fn short(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}...", printable(&text[..end]))),
        None => printable(text),
    }
}

/// Every character that is not ASCII as `?`, for terminals that know no other: one for one, so that columns stay.
pub(super) fn ascii(text: String) -> String {
    if text.is_ascii() { text } else { text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_the_cursor_is_left() {
        let hostile = "a\u{1b}[31mb\rc\nd\u{202e}e\u{9b}f\u{7f}g\u{0}";
        let shown = printable(hostile);
        assert_eq!(shown, "a␛[31mb␍c␊d\u{fffd}e\u{fffd}f␡g␀");
        assert_eq!(shown.chars().count(), hostile.chars().count());
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        assert!(matches!(printable("größe\tüber 👩\u{200d}💻"), Cow::Borrowed(_)));
    }

    #[test]
    fn line_breaks_of_both_kinds_stay_where_lines_are_wanted() {
        assert_eq!(printable_lines("a\r\nb\u{1b}\n"), "a\nb␛");
    }

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        let masked = without_passwords("a: postgres://shop:p@ss:é@db:5432/x?y=1 # http://h/p?q=a:b@c");
        assert_eq!(masked, "a: postgres://shop:*******@db:5432/x?y=1 # http://h/p?q=a:b@c");
        for kept in ["redis://cache:6379/0", "postgres://shop:${DB_PASSWORD}@db/x", "http://user@host/", "no address"] {
            assert_eq!(without_passwords(kept), kept);
        }
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(short("ééé", 2), "éé...");
        assert_eq!(short("éé", 2), "éé");
    }
}
