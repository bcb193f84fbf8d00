//! Which rules run: what the command line selects and ignores, over what the pages and the configuration turn on.

use super::{Failure, Options, suggest};
use crate::rules::{self, Rule};

/// Whether a rule's id is named by an id or by its group; the length of the name tells how exactly.
pub(super) fn names(pattern: &str, rule: &str) -> bool {
    rule.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Every word that names rules: ids and groups, in order.
pub(super) fn words() -> Vec<&'static str> {
    let groups = rules::all().filter_map(|rule| rule.id.split('/').next());
    let mut all: Vec<&str> = groups.chain(rules::all().map(|rule| rule.id)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether a word names a rule or a group.
pub(super) fn known(word: &str) -> bool {
    rules::all().any(|rule| names(word, rule.id))
}

/// Says that a word names no rule, and which was meant.
pub(super) fn unknown_rule(word: &str) -> String {
    format!("unknown rule or group `{word}`{}", suggest::hint(word, &words()))
}

/// What the command line says about rules.
pub(super) struct Selection<'o> {
    select: &'o [String],
    ignore: &'o [String],
}

impl<'o> Selection<'o> {
    /// Reads the options; words that name nothing are a failure.
    pub(super) fn new(options: &'o Options) -> Result<Selection<'o>, Failure> {
        let check = |flag: &str, words: &[String]| -> Vec<String> {
            words.iter().filter(|word| !known(word)).map(|word| format!("{flag}: {}", unknown_rule(word))).collect()
        };
        let mut problems = check("--select", &options.select);
        problems.extend(check("--ignore", &options.ignore));
        match problems.is_empty() {
            true => Ok(Selection { select: &options.select, ignore: &options.ignore }),
            false => Err(Failure(problems)),
        }
    }

    /// Whether anything was selected, so that what is off by default or by configuration is turned on.
    pub(super) fn turns_on(&self) -> bool {
        !self.select.is_empty()
    }

    /// Whether a rule runs, given whether it is on by default and by configuration. Of two words, the more exact one counts;
    /// of two equal ones, `--ignore`.
    pub(super) fn runs(&self, rule: &Rule, on: bool) -> bool {
        let exactness = |words: &[String]| words.iter().filter(|word| names(word, rule.id)).map(String::len).max();
        match (exactness(self.select), exactness(self.ignore)) {
            (Some(selected), Some(ignored)) => selected > ignored,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => !self.turns_on() && on,
        }
    }
}
