//! What somebody needs who sees a few hundred findings for the first time: what most of them are, where, and how to start.

use super::arguments::{CheckArguments, Format};
use crate::engine::Outcome;
use crate::report::printable;
use std::collections::BTreeMap;
use std::fmt::Write;

/// With more findings than this a newcomer sees no wood for the trees.
const MANY: usize = 50;

/// How many rules and places are named.
const NAMED: usize = 5;

/// The summary, where a run calls for one: many findings, of everything, without a configuration or a baseline. Never for programs.
pub(super) fn summary(arguments: &CheckArguments, outcome: &Outcome) -> Option<String> {
    let for_people = matches!(arguments.format, Format::Pretty | Format::Concise | Format::Narrated);
    let is_part = !arguments.select.is_empty() || !arguments.service.is_empty() || arguments.since.is_some() || arguments.staged;
    let is_new = !outcome.is_configured() && outcome.report.baselined == 0 && arguments.baseline.is_none();
    let findings = &outcome.report.findings;
    if !for_people || is_part || !is_new || arguments.reading.no_config || findings.len() <= MANY {
        return None;
    }
    let rules = ranked(findings.iter().map(|one| one.rule.clone()));
    let places = ranked(findings.iter().map(|one| {
        let folder =
            || outcome.sources.path(one.diagnostic.primary.span.source).rsplit_once('/').map(|(folder, _)| folder.to_owned());
        one.service.clone().or_else(folder).unwrap_or_else(|| ".".into())
    }));
    let mut out = format!("\nfirst run: {} findings, and no configuration yet\n", findings.len());
    let _ = writeln!(out, "  most: {}", rules);
    let _ = writeln!(out, "  where: {}", places);
    out.push_str(
        "  start: `backend-lint init` writes a commented backend-lint.toml for this repository\n         \
         `backend-lint baseline write` leaves out what is there today, until it changes\n         \
         `backend-lint --since auto` reports only what a change brings: the form for pull requests\n         \
         `preset = \"adoption\"` in backend-lint.toml shows what is certain first\n",
    );
    Some(out)
}

/// The most frequent of some words with their numbers: `a 12, b 3 and 4 more`.
fn ranked(words: impl Iterator<Item = String>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    words.for_each(|word| *counts.entry(word).or_default() += 1);
    let mut ranked: Vec<(String, usize)> = counts.into_iter().collect();
    ranked.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let named: Vec<String> = ranked.iter().take(NAMED).map(|(word, number)| format!("{} {number}", printable(word))).collect();
    let rest = ranked.len().saturating_sub(NAMED);
    if rest > 0 { format!("{} and {rest} more", named.join(", ")) } else { named.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_words_come_first() {
        let words = ["b", "a", "b", "c", "d", "e", "f", "c"].map(str::to_owned);
        assert_eq!(ranked(words.into_iter()), "b 2, c 2, a 1, d 1, e 1 and 1 more");
    }
}
