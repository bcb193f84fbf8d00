//! Parts of files that only say what there is, and ask for nothing: the schema that Diesel and Rails print.

use super::table;
use memchr::memmem;
use std::borrow::Cow;
use std::ops::Range;

/// A text with spaces in place of what only declares; every other byte stays where it is.
pub(super) fn undeclared(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut text = Cow::Borrowed(bytes);
    let macros = table().declaring_macros.iter().map(|mark| (mark, bracketed as fn(&[u8]) -> Option<usize>));
    let blocks = table().declaring_blocks.iter().map(|mark| (mark, ended as fn(&[u8]) -> Option<usize>));
    for (mark, length) in macros.chain(blocks) {
        let found: Vec<Range<usize>> = memmem::find_iter(bytes, mark)
            .filter_map(|start| Some(start..start + mark.len() + length(bytes.get(start + mark.len()..)?)?))
            .collect();
        for range in found {
            if let Some(part) = text.to_mut().get_mut(range) {
                part.fill(b' ');
            }
        }
    }
    text
}

/// How long a text in brackets is with what leads to it; `None` where it does not begin so or does not end.
fn bracketed(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut is_comment = false;
    for (at, byte) in text.iter().enumerate() {
        is_comment = *byte != b'\n' && (is_comment || text.get(at..)?.starts_with(b"//"));
        match byte {
            _ if is_comment => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            byte if depth == 0 && !byte.is_ascii_whitespace() => return None,
            _ => {}
        }
    }
    None
}

/// How long a text up to a line `end` is.
fn ended(text: &[u8]) -> Option<usize> {
    let ends = memmem::find_iter(text, "\nend").map(|at| at + "\nend".len());
    ends.into_iter().find(|at| text.get(*at).is_none_or(u8::is_ascii_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> String {
        let left = undeclared(text.as_bytes());
        assert_eq!(left.len(), text.len());
        String::from_utf8_lossy(&left).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_rest_of_the_file_stays() {
        let table = "diesel::table! {\n    // a } in words\n    orders (id) { id -> Int8, note -> Text, }\n}\n";
        assert_eq!(left(&format!("use a;\n{table}fn f() {{ note }}")), "use a; fn f() { note }");
        assert_eq!(left(&format!("{table}{table}diesel::joinable!(lines -> orders (order_id));")), ";");
        assert_eq!(left("diesel::table! { orders (id) { note }"), "diesel::table! { orders (id) { note }");
        assert_eq!(left("/// [`diesel::table!`] note"), "/// [`diesel::table!`] note");
        let schema = "ActiveRecord::Schema[7.1].define(version: 1) do\n  create_table \"orders\" do |t|\n  end\nend\n";
        assert_eq!(left(&format!("{schema}puts note")), "puts note");
        assert_eq!(left("ActiveRecord::Schema.verbose = note"), "ActiveRecord::Schema.verbose = note");
    }
}
