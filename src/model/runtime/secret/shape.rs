//! What the characters of a value say: whether a machine made it, a person typed it, or words are in it.

use super::words::{SHORTEST_FILLED, SHORTEST_MADE};

/// A longer text is not taken apart into words.
const LONGEST_WORDS: usize = 64;

/// Whether what stands behind the mark of a company is letters and signs between words, where a machine would have put figures.
pub(super) fn is_of_words(rest: &str) -> bool {
    let has = |fits: fn(&u8) -> bool| rest.bytes().any(|byte| fits(&byte));
    let is_plain = rest.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte));
    is_plain && (rest.len() < SHORTEST_MADE || !(has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)))
}

/// Whether a text that a person has written has a word in lower case: with a border of case, figure or sign before it, and behind it
/// where there are figures in the text other than at its end.
pub(super) fn has_word(text: &str, word: &str, is_known: &dyn Fn(&str) -> bool) -> bool {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let bytes = text.as_bytes();
    let is_border = |at: usize| match (at.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(at)) {
        (Some(before), Some(after)) => {
            let is_word = before.is_ascii_alphabetic() && after.is_ascii_alphabetic();
            !is_word || (before.is_ascii_lowercase() && after.is_ascii_uppercase())
        }
        _ => true,
    };
    let is_open = !has_digit(text.trim_end_matches(|c: char| !c.is_ascii_alphabetic()));
    let mut found = lower.match_indices(word).map(|(at, _)| at);
    found.any(|at| is_border(at) && (is_open || is_border(at + word.len())))
        && !text.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| is_made(run, is_known))
}

/// Whether a run of letters and figures goes from one to the other and back, as a machine makes it: not `256bit`, `k8s` or `s3cr3t`.
fn is_made(run: &str, is_known: &dyn Fn(&str) -> bool) -> bool {
    let bytes = run.as_bytes();
    let turns = bytes.windows(2).filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit())).count();
    run.len() > 3 && turns > 1 && !is_known(&spelled(&run.to_ascii_lowercase(), 'a'))
}

pub(super) fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a value was typed by hand: what a machine makes has digits, and so has what a person wants to be safe.
pub(super) fn is_typed(text: &str) -> bool {
    let has = |fits: fn(&u8) -> bool| text.bytes().any(|byte| fits(&byte));
    let has_other = has(|byte| !byte.is_ascii_alphabetic() && !matches!(byte, b'-' | b'_' | b'.'));
    let has_both_cases = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    // Several words one after the other are a phrase that was chosen.
    let is_phrase = has(|byte| !byte.is_ascii_alphabetic());
    !has_other && (text.len() < SHORTEST_MADE || !(has_both_cases || is_phrase))
}

/// Whether most characters of a text are each the next one of the character before: `0123456789abcdef`.
pub(super) fn is_run(text: &str) -> bool {
    let bytes = text.as_bytes();
    let steps = bytes.windows(2).filter(|pair| matches!(pair, [a, b] if a.checked_add(1) == Some(*b))).count();
    bytes.len() >= SHORTEST_FILLED && steps * 4 >= (bytes.len() - 1) * 3
}

/// The letters of a text in lower case, with figures that look like letters taken for these, and what is put at its end left out:
/// `password` for `pa55w0rd11!`. An `@` is the letter `at`.
pub(super) fn spelled(text: &str, at: char) -> String {
    let text = text.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
    let letter = |c: char| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' => 'a',
        '@' => at,
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).filter(char::is_ascii_alphabetic).collect()
}

/// Whether a text of letters is nothing but known words, one after the other: `myrootpassword`.
pub(super) fn is_made_of(text: &str, is_known: &dyn Fn(&str) -> bool) -> bool {
    if text.is_empty() || text.len() > LONGEST_WORDS {
        return false;
    }
    let mut ends = vec![0usize];
    for end in 1..=text.len() {
        if ends.iter().any(|start| text.get(*start..end).is_some_and(is_known)) {
            ends.push(end);
        }
    }
    ends.last() == Some(&text.len())
}

/// Whether a value says how long something lasts: `ttl.access_token: 720h`.
pub(super) fn is_length_of_time(lower: &str) -> bool {
    let digits = lower.bytes().take_while(u8::is_ascii_digit).count();
    let unit = lower.get(digits..).unwrap_or("");
    (1..=6).contains(&digits) && ["ms", "s", "m", "min", "h", "d"].contains(&unit)
}
