//! Which rules run: what the command line selects and ignores, over what the pages and the configuration turn on.

use super::{Failure, Options, suggest};
use crate::diagnostic::RuleInfo;
use crate::rules;

/// Whether a rule's id is named by an id or by its group; the length of the name tells how exactly.
pub(super) fn names(pattern: &str, rule: &str) -> bool {
    rule.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Every word that names rules: ids and groups, in order.
fn words() -> Vec<&'static str> {
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

/// The rule or group that was probably meant.
pub(super) fn nearest(word: &str) -> Option<&'static str> {
    suggest::nearest(word, &words())
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

    /// Whether the command line names a rule, so that what `[rules]` turned off is turned on.
    pub(super) fn selects(&self, rule: &str) -> bool {
        self.select.iter().any(|word| names(word, rule))
    }

    /// Whether the command line hides a rule.
    pub(super) fn ignores(&self, info: &RuleInfo) -> bool {
        self.ignore.iter().any(|word| names(word, &info.id))
    }

    /// Whether what a rule finds is shown, given whether it is on by default and by configuration. Of two words, the more exact one counts;
    /// of two equal ones, `--ignore`.
    pub(super) fn shows(&self, info: &RuleInfo, on: bool) -> bool {
        let exactness = |words: &[String]| words.iter().filter(|word| names(word, &info.id)).map(String::len).max();
        match (exactness(self.select), exactness(self.ignore)) {
            (Some(selected), Some(ignored)) => selected > ignored,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => self.select.is_empty() && on,
        }
    }
}
