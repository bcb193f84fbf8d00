//! Names in snake case, and the abbreviations that they write in capitals, one behind the other: `HTTPURL`, `userIDs`.

use super::inflections;
use std::ops::Range;

/// The longest run of capitals that is looked into.
const LONGEST: usize = 24;

/// A name in snake case: `customerId`, `CustomerID`, `customer-id` and `customer id` are `customer_id`; `HTTPURL` and `userIDs`, as
/// mappers of objects name their columns, are `http_url` and `user_ids`.
pub fn snake(name: &str) -> String {
    if is_snake(name) {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len() + 4);
    let characters: Vec<char> = name.chars().collect();
    let mut initials = 0..0;
    let mut breaks = Vec::new();
    for (at, c) in characters.iter().enumerate() {
        if !c.is_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            continue;
        }
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at + 1);
        if c.is_uppercase() && !before.is_some_and(char::is_uppercase) {
            (initials, breaks) = initialisms(&characters, at);
        }
        let starts_word = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|next| next.is_lowercase()) && !initials.contains(&at))
                    || breaks.contains(&at)
            });
        if starts_word && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out.trim_matches('_').to_owned()
}

/// Whether a name is in snake case as it stands, as most names of tables and columns are.
fn is_snake(name: &str) -> bool {
    let mut last = b'_';
    let mut is_part = |byte: u8| {
        let before = std::mem::replace(&mut last, byte);
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' && before != b'_'
    };
    name.bytes().all(&mut is_part) && last != b'_'
}

/// Of the capitals that begin at a place: which of them are abbreviations, and where each after the first one begins. Empty where they
/// are none that are known, and where they are no more than one with a word behind it.
fn initialisms(characters: &[char], start: usize) -> (Range<usize>, Vec<usize>) {
    let none = (0..0, Vec::new());
    let run = characters.iter().skip(start).take_while(|c| c.is_ascii_uppercase()).count();
    if !(2..=LONGEST).contains(&run) {
        return none;
    }
    let end = start + run;
    let is_lower = |at: usize| characters.get(at).is_some_and(|c| c.is_lowercase());
    // The `s` of `IDs` is the plural's; otherwise the last capital begins the word behind it.
    let is_plural = characters.get(end) == Some(&'s') && !is_lower(end + 1);
    let end = if is_lower(end) && !is_plural { end - 1 } else { end };
    let capitals: String = characters.get(start..end).unwrap_or_default().iter().collect();
    match parts(&capitals) {
        Some(lengths) => {
            let begins = lengths.iter().scan(start, |at, length| {
                *at += length;
                Some(*at)
            });
            (start..end, begins.filter(|at| *at < end).collect())
        }
        None => none,
    }
}

/// The lengths of the abbreviations that capitals are made of, the longest first where there is a choice.
fn parts(capitals: &str) -> Option<Vec<usize>> {
    if capitals.is_empty() {
        return Some(Vec::new());
    }
    let known = &inflections().initialisms;
    (2..=capitals.len()).rev().find_map(|length| {
        let (head, rest) = capitals.split_at_checked(length)?;
        let rest = known.contains(head).then(|| parts(rest))??;
        Some([vec![length], rest].concat())
    })
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn abbreviations_are_words_of_their_own() {
        let names = [
            ("EventID", "event_id"),
            ("HTTPURL", "http_url"),
            ("HTTPSURL", "https_url"),
            ("UserAPIURLs", "user_api_urls"),
            ("userIDs", "user_ids"),
            ("APIKeyID", "api_key_id"),
            ("ID", "id"),
            ("SSHKey", "ssh_key"),
            ("CPUUIDName", "cpu_uid_name"),
            ("IDsOfUsers", "ids_of_users"),
        ];
        for (name, wanted) in names {
            assert_eq!(snake(name), wanted, "{name}");
        }
        assert_eq!(snake("ABCDEF"), "abcdef", "no abbreviation that is known");
        assert_eq!(snake("MESSAGE"), "message");
        assert_eq!(snake("THIs"), "th_is", "a capital before a small letter begins a word");
    }
}
