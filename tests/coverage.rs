//! `rules/coverage.md` against the registry: every claim has an answer, and every rule it names exists.

use backend_lint::rules;

#[test]
fn every_claim_has_an_answer() {
    let page = include_str!("../rules/coverage.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| #"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let numbers: Vec<usize> = rows.iter().filter_map(|row| row.get(1)?.parse().ok()).collect();
    assert_eq!(numbers, (1..=92).collect::<Vec<_>>(), "the claims are not numbered 1 to 92");
    let mut wrong = Vec::new();
    for row in &rows {
        let answer = row.get(3).copied().unwrap_or("");
        if let Some(reason) = answer.strip_prefix("later: ").or_else(|| answer.strip_prefix("refused: ")) {
            if reason.len() < 5 {
                wrong.push(format!("claim {}: no reason", row[1]));
            }
            continue;
        }
        let named: Vec<&str> = answer.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            wrong.push(format!("claim {}: neither a rule nor a reason", row[1]));
        }
        for id in named.into_iter().filter(|id| rules::info(id).is_none()) {
            wrong.push(format!("claim {}: no rule `{id}`", row[1]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
