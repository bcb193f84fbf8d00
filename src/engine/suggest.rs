//! Did-you-mean: the known word that is nearest to a mistyped one.

/// How many characters have to be put in, left out, changed or swapped with their neighbour to make one word of another.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let (mut before, mut earlier) = (row.clone(), None);
    for (at, a) in left.chars().enumerate() {
        let above = std::mem::replace(&mut row, vec![at + 1]);
        for (column, b) in right.iter().enumerate() {
            let mut cost = (above[column] + usize::from(a != *b)).min(row[column] + 1).min(above[column + 1] + 1);
            if column > 0 && earlier == Some(*b) && right[column - 1] == a {
                cost = cost.min(before[column - 1] + 1);
            }
            row.push(cost);
        }
        (before, earlier) = (above, Some(a));
    }
    row[right.len()]
}

/// Words longer than this are compared with nothing: nobody mistypes that much.
const LONGEST: usize = 100;

/// The nearest of the known words, where one is near: a third of the characters may differ. A name without its group
/// (`drop-column`) is near to the name with it.
pub(super) fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let score = |one: &&'w str| {
        let one = one.to_lowercase();
        let name = one.rsplit('/').next().unwrap_or("");
        distance(&word, &one).min(if word.contains('/') { usize::MAX } else { distance(&word, name) })
    };
    let best = known.iter().min_by_key(|one| score(one))?;
    (score(best) * 3 <= word.chars().count().max(3)).then_some(*best)
}

/// `; did you mean ...?`, or nothing.
pub fn hint(word: &str, known: &[&str]) -> String {
    nearest(word, known).map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_proposed_and_far_ones_are_not() {
        let known = ["rules", "override", "indexes/duplicate-index", "migrations"];
        assert_eq!(nearest("rule", &known), Some("rules"));
        assert_eq!(nearest("overide", &known), Some("override"));
        assert_eq!(nearest("duplicate-indx", &known), Some("indexes/duplicate-index"));
        assert_eq!(nearest("Migrations", &known), Some("migrations"));
        assert_eq!(nearest("GET /order", &["GET /orders"]), Some("GET /orders"));
        assert_eq!(nearest("mian", &["main", "feature"]), Some("main"), "neighbours that change places are one slip");
        assert_eq!(nearest("something", &known), None);
        assert_eq!(hint("ruls", &known), "; did you mean `rules`?");
    }
}
