//! Statements in any text that write whole rows and name no column: with one column less they fail, or write into the wrong ones.

use super::nowhere::folded;
use memchr::memchr2_iter;

/// Whose rows a statement writes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Those of a table of this folded name.
    Of(String),
    /// Those of a table whose name is put in when it runs.
    Anywhere,
}

/// Words behind the name of a table that gets rows without a list of columns.
const WITHOUT_LIST: &[&[u8]] = &[b"values", b"value", b"select", b"overriding", b"table"];

/// The tables that a text writes whole rows into: `INSERT INTO orders VALUES ..`, `COPY orders FROM ..`.
pub(super) fn rows_without_columns(text: &[u8]) -> impl Iterator<Item = Row> {
    memchr2_iter(b'o', b'O', text).filter_map(|at| row(text, at))
}

/// The one whose `INTO` or `COPY` has its `O` at a place.
fn row(text: &[u8], at: usize) -> Option<Row> {
    let is = |range: std::ops::Range<usize>, word: &str| {
        text.get(range).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    let (start, end, copies) = match at {
        3.. if is(at - 3..at + 1, "into") => (at - 3, at + 1, false),
        1.. if is(at - 1..at + 3, "copy") => (at - 1, at + 3, true),
        _ => return None,
    };
    if start.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    {
        return None;
    }
    let mut from = skip(text, end);
    let gap = text.get(end..from).filter(|gap| !gap.is_empty())?;
    let mut is_dynamic = gap.iter().any(|byte| matches!(byte, b'+' | b'&'));
    let mut name: &[u8] = b"";
    // The last part of a name with a schema, each in quotes or not.
    loop {
        let rest = text.get(from..)?;
        let length = rest.iter().position(|byte| !is_of_name(*byte)).unwrap_or(rest.len());
        name = rest.get(..length).filter(|part| !part.is_empty()).unwrap_or(name);
        is_dynamic |= name.iter().any(|byte| !matches!(byte, b'.' | b'_') && byte.is_ascii_punctuation());
        let next = skip(text, from + length);
        match text.get(next) {
            Some(b'.') => from = skip(text, next + 1),
            _ if length == 0 => return None,
            _ => break from = next,
        }
    }
    let rest = text.get(from..)?;
    let word = rest.get(..rest.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len()))?.to_ascii_lowercase();
    let is_whole = if copies { word == b"from" && !is_dynamic } else { WITHOUT_LIST.contains(&word.as_slice()) };
    let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    is_whole.then(|| if is_dynamic { Row::Anywhere } else { Row::Of(String::from_utf8_lossy(&folded(last)).into_owned()) })
}

/// Whether a byte may stand in a name, or in what a name is put into.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_.$#@{}%:?!".contains(&byte)
}

/// Where what separates two words of a statement ends: spaces, quotes, and what joins two texts to one.
fn skip(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at) {
            Some(b'\\') if text.get(at + 1).is_some_and(|next| b"nrt".contains(next)) => at += 2,
            Some(byte) if byte.is_ascii_whitespace() || b"\"'`[]+&\\".contains(byte) => at += 1,
            _ => return at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_columns_makes_the_difference() {
        let rows = |text: &str| rows_without_columns(text.as_bytes()).collect::<Vec<_>>();
        for text in [
            "INSERT INTO orders VALUES (1)",
            "insert into public.orders\n  select * from old",
            "\"INSERT INTO \\\"public\\\".\\\"orders\\\" VALUES (?)\"",
            "\"INSERT INTO orders \" +\n  \"VALUES (?)\"",
            "INSERT INTO `orders`\\nVALUES (?)",
            "INSERT INTO [dbo].[Orders] VALUES (1)",
            "COPY orders FROM STDIN",
        ] {
            assert_eq!(rows(text), [Row::Of("orders".into())], "{text}");
        }
        for text in ["INSERT INTO ${table} VALUES (1)", "\"INSERT INTO \" + table + \" VALUES (1)\"", "insert into %s values (1)"]
        {
            assert_eq!(rows(text), [Row::Anywhere], "{text}");
        }
        for text in [
            "INSERT INTO orders (id) VALUES (1)",
            "INSERT INTO orders(id) SELECT 1",
            "COPY orders (id) FROM STDIN",
            "go into it",
            "into",
        ] {
            assert_eq!(rows(text), [], "{text}");
        }
    }
}
