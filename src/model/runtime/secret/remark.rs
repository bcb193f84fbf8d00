//! What a comment beside a secret says about it.

use super::words;

/// So many lines of a comment above a value are read.
const MOST_LINES: usize = 6;

/// Whether a comment on the line of a place, or on the lines right above it, says that the value there is to be replaced, or is for
/// nothing but work on the code.
pub(in crate::model::runtime) fn tells(text: &str, at: usize) -> bool {
    let said = beside(text, at);
    !said.is_empty() && words::is_remark(&said)
}

/// Whether such a comment speaks of all values that follow.
pub(in crate::model::runtime) fn tells_of_all(text: &str, at: usize) -> bool {
    tells(text, at) && words::is_of_all(&beside(text, at))
}

/// Whether such a comment says in so many words that it is no secret.
pub(super) fn disclaims(text: &str, at: usize) -> bool {
    words::is_disclaimer(&beside(text, at))
}

/// The comments beside a place, in lower case.
fn beside(text: &str, at: usize) -> String {
    let Some((before, after)) = text.split_at_checked(at) else { return String::new() };
    let (above, start) = before.rsplit_once('\n').unwrap_or(("", before));
    let line = format!("{start}{}", after.lines().next().unwrap_or(""));
    let beside = [" #", "\t#", " //", " ;"].iter().filter_map(|mark| Some(line.split_once(mark)?.1));
    let is_comment = |line: &&str| ["#", "//", ";", "--", "*", "/*"].iter().any(|mark| line.starts_with(mark));
    let above = above.lines().rev().map(str::trim).take(MOST_LINES).take_while(is_comment);
    // Sentences go on from one line to the next.
    let mut lines: Vec<&str> = above.collect();
    lines.reverse();
    let bare = lines.iter().map(|line| line.trim_start_matches(['#', '/', ';', '-', '*', ' ']));
    bare.chain(beside).collect::<Vec<_>>().join(" ").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_about_values() {
        let of = |text: &str| tells(text, text.find("KEY").unwrap_or(0));
        assert!(of("A: 1\nKEY: abc  # Ignored in AWS, needed to run locally\n"));
        assert!(of("# Please\n# change this\nKEY=abc\n") && of("  // generate your own\n  \"KEY\": 1"));
        assert!(of("# a long sentence goes on until it must be\n# replaced\nKEY=abc"));
        assert!(!of("# change this\nA=1\nKEY=abc\n") && !of("KEY=abc#change-this\n") && !of("KEY=abc"));
        assert!(disclaims("# this is not a secret\nKEY=abc\n", 24) && !disclaims("# change me\nKEY=abc\n", 12));
        assert!(!of("# never change this: sessions are lost\nKEY=abc\n") && !of("# signs sessions\nKEY=abc\n"));
    }
}
