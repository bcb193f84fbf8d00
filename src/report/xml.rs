//! What the XML formats have in common.

use super::text::printable_lines;

/// Text as the value of an attribute or the content of an element. Control characters, which XML cannot hold, are shown as
/// pictures; line breaks of attributes are kept by reference, since a parser would make blanks of them.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in printable_lines(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            // Characters that are none in XML 1.0.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}
