//! The tables that a script makes, by their names alone: of stores whose SQL is not read, so that it is known what may be kept there,
//! and of folders of which it is asked whether they go on one after the other.

/// The names of the tables that a script makes, without schema and signs, as they are written.
pub(super) fn tables(text: &str) -> Vec<String> {
    let code: String = text.lines().map(|line| line.split("--").next().unwrap_or("")).collect::<Vec<_>>().join(" ");
    let words: Vec<&str> = code.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let follows = |offset: usize, wanted: &str| words.get(at + offset).is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        if !(word.eq_ignore_ascii_case("create") && follows(1, "table")) {
            continue;
        }
        let skipped = if follows(2, "if") && follows(3, "not") && follows(4, "exists") { 5 } else { 2 };
        let Some(name) = words.get(at + skipped) else { continue };
        let name = name.split('(').next().unwrap_or("");
        let bare = name.rsplit('.').next().unwrap_or(name).trim_matches(['`', '"', ';']);
        if !bare.is_empty() {
            found.push(bare.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        let text = "-- CREATE TABLE no\nCREATE TABLE shop.`orders_v1`(id UInt64)\nENGINE = MergeTree;\ncreate table if not exists events\n(id UInt64);\n\
                    CREATE MATERIALIZED VIEW totals AS SELECT 1; CREATE TABLE";
        assert_eq!(tables(text), ["orders_v1", "events"]);
    }
}
