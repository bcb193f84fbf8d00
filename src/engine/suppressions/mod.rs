//! Suppressions: comments beside a place, and `[[allow]]` in the configuration. They remove places, and a finding goes when it
//! has none left. What is wrong with them is a finding itself.

mod comments;
mod directive;
mod verdicts;

pub(super) use verdicts::UNUSED;

use super::config::{Allow, Date};
use super::selection::names;
use crate::diagnostic::{Diagnostic, Finding, Occurrence};
use crate::model::Pending;
use crate::source::{SourceId, Sources, Span, Spanned};
use comments::{Comment, Dialects};

/// What a suppression is written as.
enum Form {
    /// A comment: the lines that it speaks of.
    Comment { line: u32, at_end: bool, reason: bool },
    /// An entry of the configuration.
    Allow(Box<Allow>),
}

/// The last day of a suppression.
struct Until {
    /// As written.
    text: String,
    /// `None` where it is no day.
    day: Option<Date>,
}

/// One suppression.
struct Suppression {
    form: Form,
    /// All of it, or the target of an `[[allow]]`.
    span: Span,
    /// The rules or groups that it names, and whether each removed something.
    rules: Vec<(Spanned<String>, bool)>,
    until: Option<Until>,
    /// Whether its last day has passed, or is no day; then it removes nothing.
    expired: bool,
}

/// What is needed to judge suppressions after the rules ran.
pub(super) struct Circumstances<'r> {
    /// The rules that ran.
    pub(super) ran: &'r [&'r str],
    /// Which migrations were judged.
    pub(super) pending: &'r Pending,
    /// The files of migrations.
    pub(super) migrations: &'r std::collections::BTreeSet<&'r str>,
}

/// All suppressions of a run.
pub(super) struct Suppressions(Vec<Suppression>);

impl Suppressions {
    /// Collects what comments in `files` and the configuration say.
    pub(super) fn new(
        sources: &Sources,
        files: impl Iterator<Item = SourceId>,
        dialects: &Dialects,
        allows: &[Allow],
        today: Option<Date>,
    ) -> Suppressions {
        let mut all: Vec<Suppression> =
            comments::find(sources, files, dialects).into_iter().map(Suppression::from_comment).collect();
        all.extend(allows.iter().map(Suppression::from_allow));
        for one in &mut all {
            one.expired = one.until.as_ref().is_some_and(|until| match (until.day, today) {
                (Some(day), Some(today)) => day < today,
                (None, _) => true,
                (_, None) => false,
            });
        }
        Suppressions(all)
    }

    /// Takes what is suppressed out of the findings; returns how many went as a whole.
    pub(super) fn apply(&mut self, findings: &mut Vec<Finding>, sources: &Sources) -> usize {
        let before = findings.len();
        if !self.0.is_empty() {
            findings.retain_mut(|finding| self.remains(finding, sources));
        }
        before - findings.len()
    }

    fn remains(&mut self, finding: &mut Finding, sources: &Sources) -> bool {
        let diagnostic = &finding.diagnostic;
        let mut places = Places::all(diagnostic);
        for one in self.0.iter_mut().filter(|one| !one.expired) {
            for at in 0..one.rules.len() {
                if !one.rules.get(at).is_some_and(|(name, _)| names(&name.value, &finding.rule)) {
                    continue;
                }
                let removed = one.removed(diagnostic, sources);
                if removed.any()
                    && let Some((_, used)) = one.rules.get_mut(at)
                {
                    *used = true;
                }
                places.remove(&removed);
            }
        }
        places.keep(&mut finding.diagnostic)
    }
}

impl Suppression {
    fn from_comment(comment: Comment) -> Suppression {
        let Comment { source, directive, line, at_end } = comment;
        let span = |range: std::ops::Range<usize>| Span::new(source, range.start, range.end);
        let rules = directive.rules.into_iter().map(|(name, range)| (Spanned::new(name, span(range)), false));
        Suppression {
            form: Form::Comment { line, at_end, reason: directive.reason.is_some() },
            span: span(directive.range),
            rules: rules.collect(),
            until: directive.until.map(|(text, day)| Until { text, day }),
            expired: false,
        }
    }

    fn from_allow(allow: &Allow) -> Suppression {
        let until = allow.until.as_ref().map(|until| {
            let (year, month, day) = until.value;
            Until { text: format!("{year:04}-{month:02}-{day:02}"), day: Some(until.value) }
        });
        Suppression {
            span: allow.span,
            rules: vec![(allow.rule.clone(), false)],
            until,
            expired: false,
            form: Form::Allow(Box::new(allow.clone())),
        }
    }

    /// Which places of a finding it removes. A cause goes with the primary place: they are one occurrence.
    fn removed(&self, diagnostic: &Diagnostic, sources: &Sources) -> Places {
        let here = |span: Span, subject: &str| match &self.form {
            Form::Allow(allow) => allow.covers(sources.path(span.source), subject),
            Form::Comment { line, at_end, .. } => {
                let (start, end) = sources.line_columns(span);
                span.source == self.span.source && (start.line == *line || (*at_end && end.line == *line))
            }
        };
        if let Form::Allow(allow) = &self.form
            && allow.target.matches_subject(&diagnostic.subject)
            && here(diagnostic.primary.span, &diagnostic.subject)
        {
            return Places::all(diagnostic);
        }
        let causes = diagnostic.causes.iter().map(|label| label.span);
        let primary = std::iter::once(diagnostic.primary.span).chain(causes).any(|span| here(span, ""));
        Places { primary, occurrences: diagnostic.occurrences.iter().map(|one| here(one.span, &one.subject)).collect() }
    }
}

/// A choice among the places of a finding: the primary one, which its causes belong to, and its occurrences.
pub(super) struct Places {
    primary: bool,
    occurrences: Vec<bool>,
}

impl Places {
    /// All places.
    pub(super) fn all(diagnostic: &Diagnostic) -> Places {
        Places { primary: true, occurrences: vec![true; diagnostic.occurrences.len()] }
    }

    /// The places that a question is answered yes for: the path and the subject of each.
    pub(super) fn which(diagnostic: &Diagnostic, sources: &Sources, question: impl Fn(&str, &str) -> bool) -> Places {
        let ask = |one: &Occurrence| question(sources.path(one.span.source), &one.subject);
        let primary = question(sources.path(diagnostic.primary.span.source), &diagnostic.subject);
        Places { primary, occurrences: diagnostic.occurrences.iter().map(ask).collect() }
    }

    fn any(&self) -> bool {
        self.primary || self.occurrences.contains(&true)
    }

    fn remove(&mut self, other: &Places) {
        self.primary &= !other.primary;
        for (mine, gone) in self.occurrences.iter_mut().zip(&other.occurrences) {
            *mine &= !gone;
        }
    }

    /// Leaves only these places in a finding; the first occurrence takes the place of a primary one that goes. Whether any is left.
    pub(super) fn keep(&self, diagnostic: &mut Diagnostic) -> bool {
        if diagnostic.stands_for_all && !(self.primary && (self.occurrences.is_empty() || self.occurrences.contains(&true))) {
            return false;
        }
        let mut kept = self.occurrences.iter();
        diagnostic.occurrences.retain(|_| kept.next().copied().unwrap_or(true));
        if !self.primary {
            if diagnostic.occurrences.is_empty() {
                return false;
            }
            let next = diagnostic.occurrences.remove(0);
            diagnostic.primary.span = next.span;
            diagnostic.primary.text = next.subject;
            // Causes and edits belonged to the place that went.
            diagnostic.causes.clear();
            diagnostic.fixes.clear();
        }
        true
    }
}
