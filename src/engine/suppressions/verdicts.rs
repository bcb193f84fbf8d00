//! What is wrong with a suppression: no reason, an unknown rule, a day that has passed, nothing to suppress.

use super::{Circumstances, Form, Suppression, Suppressions, Until};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::selection::{known, names, nearest};
use crate::model::{FileStatus, Pending};
use crate::source::{Sources, Span};

/// Id of the finding on a suppression without a reason.
const WITHOUT_REASON: &str = "suppressions/without-reason";
/// Id of the finding on a suppression of nothing.
pub(in crate::engine) const UNUSED: &str = "suppressions/unused";
/// Id of the finding on a suppression whose last day has passed.
const EXPIRED: &str = "suppressions/expired";
/// Id of the finding on a suppression of a rule that does not exist.
const UNKNOWN_RULE: &str = "suppressions/unknown-rule";

impl Suppressions {
    /// What is wrong with them, each with the id of its rule. To be asked after [`Suppressions::apply`].
    pub(in crate::engine) fn verdicts(&self, sources: &Sources, run: &Circumstances) -> Vec<(&'static str, Diagnostic)> {
        self.all.iter().flat_map(|one| one.verdicts(sources, run)).collect()
    }
}

impl Suppression {
    fn verdicts(&self, sources: &Sources, run: &Circumstances) -> Vec<(&'static str, Diagnostic)> {
        let mut found = Vec::new();
        let path = sources.path(self.span.source);
        let list = self.rules.iter().map(|(name, _)| name.value.as_str()).collect::<Vec<_>>().join(", ");
        let start = |rule: &str, message: String, span: Span, label: &str| {
            Diagnostic::new(format!("{path} allow({rule})"), message).at(span, label)
        };
        if let Form::Comment { reason: false } = &self.form {
            let help = format!("backend-lint: allow({list}) reason=\"why this place is right as it is\"");
            let message = format!("the suppression of `{list}` gives no reason");
            found.push((WITHOUT_REASON, start(&list, message, self.span, "whether it still holds cannot be told").help(help)));
        }
        if let Some(until) = self.until.as_ref().filter(|_| self.expired) {
            let (message, label) = self.expiry(&list, until);
            let help = "mend what it hides and take it out, or give it a new day";
            found.push((EXPIRED, start(&list, message, self.span, label).help(help)));
        }
        for (name, used) in &self.rules {
            let rule = name.value.as_str();
            if !known(rule) {
                // The configuration's own reader refuses unknown rules in [[allow]].
                let diagnostic =
                    start(rule, format!("the suppression names the unknown rule `{rule}`"), name.span, "no such rule");
                let hint = nearest(rule).map(|near| format!("write `{near}`"));
                let help = hint.unwrap_or_else(|| "`backend-lint rules` lists them".to_owned());
                found.push((UNKNOWN_RULE, diagnostic.help(help)));
            } else if !used && !self.expired && self.could_be_used(rule, path, run) {
                let (label, help) = match self.form {
                    Form::Comment { .. } => ("nothing of this rule is found here", format!("take `{rule}` out of the comment")),
                    Form::Allow(_) => ("nothing of this rule is found for this target", "take the [[allow]] out".to_owned()),
                };
                let message = format!("the suppression of `{rule}` suppresses nothing");
                found.push((UNUSED, start(rule, message, name.span, label).help(help)));
            }
        }
        for (_, diagnostic) in &mut found {
            if let Some((severity, why)) = self.cap(path, run) {
                *diagnostic = diagnostic.clone().at_most(severity, why);
                if matches!(self.form, Form::Comment { .. }) {
                    diagnostic.help = Some("leave it as it is: an edit would change the migration's checksum".to_owned());
                }
            }
        }
        found
    }

    fn expiry(&self, list: &str, until: &Until) -> (String, &'static str) {
        match until.day {
            Some(_) => (format!("the suppression of `{list}` ended on {}", until.text), "what it hid is reported again"),
            None => {
                (format!("the suppression of `{list}` ends on `{}`, which is no day", until.text), "so it suppresses nothing")
            }
        }
    }

    /// Whether the rule could have reported here: it ran, and it judged the migration that this is about.
    fn could_be_used(&self, rule: &str, path: &str, run: &Circumstances) -> bool {
        let ran = run.ran.iter().any(|id| names(rule, id)) && !run.unmatched.contains(&self.span);
        let judges_pending = rule == "migrations" || rule.starts_with("migrations/");
        let judged =
            *run.pending == Pending::All || (matches!(self.form, Form::Comment { .. }) && run.pending.status(path).runs_anew());
        ran && (!judges_pending || judged)
    }

    /// What cannot be changed, and what this run may not have seen, is not nagged about.
    fn cap(&self, path: &str, run: &Circumstances) -> Option<(Severity, &'static str)> {
        match self.form {
            Form::Comment { .. } if run.migrations.contains(path) && run.pending.status(path) == FileStatus::Same => {
                Some((Severity::Info, "the migration has run and must not be edited"))
            }
            Form::Allow(_) if !self.expired => Some((Severity::Info, "a run may see less than the configuration speaks of")),
            _ => None,
        }
    }
}
