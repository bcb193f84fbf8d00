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
use std::collections::{HashMap, HashSet};

/// What a suppression is written as.
enum Form {
    /// A comment, and whether it gives a reason.
    Comment { reason: bool },
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
    /// Targets of the configuration that nothing has, which is said of them already.
    pub(super) unmatched: &'r HashSet<Span>,
}

/// All suppressions of a run.
pub(super) struct Suppressions {
    all: Vec<Suppression>,
    /// Which of them are comments that speak of places starting on a line.
    on_line: Lines,
    /// Which of them are comments that speak of places ending on a line.
    at_end: Lines,
}

type Lines = HashMap<(SourceId, u32), Vec<usize>>;

impl Suppressions {
    /// Collects what comments in `files` and the configuration say.
    pub(super) fn new(
        sources: &Sources,
        files: impl Iterator<Item = SourceId>,
        dialects: &Dialects,
        allows: &[Allow],
        today: Option<Date>,
    ) -> Suppressions {
        let (mut all, mut on_line, mut at_end) = (Vec::new(), Lines::new(), Lines::new());
        for comment in comments::find(sources, files, dialects) {
            let place = (comment.source, comment.line);
            on_line.entry(place).or_default().push(all.len());
            if comment.at_end {
                at_end.entry(place).or_default().push(all.len());
            }
            all.push(Suppression::from_comment(comment));
        }
        all.extend(allows.iter().map(Suppression::from_allow));
        for one in &mut all {
            one.expired = one.until.as_ref().is_some_and(|until| match (until.day, today) {
                (Some(day), Some(today)) => day < today,
                (None, _) => true,
                (_, None) => false,
            });
        }
        Suppressions { all, on_line, at_end }
    }

    /// The places of those that removed something.
    pub(super) fn used(&self) -> HashSet<Span> {
        self.all.iter().filter(|one| one.rules.iter().any(|(_, used)| *used)).map(|one| one.span).collect()
    }

    /// Takes what is suppressed out of the findings; returns how many went as a whole.
    pub(super) fn apply(&mut self, findings: &mut Vec<Finding>, sources: &Sources) -> usize {
        let before = findings.len();
        if !self.all.is_empty() {
            findings.retain_mut(|finding| self.remains(finding, sources));
        }
        before - findings.len()
    }

    fn remains(&mut self, finding: &mut Finding, sources: &Sources) -> bool {
        let mut places = Places::all(&finding.diagnostic);
        for (number, removed) in self.removals(&finding.diagnostic, sources) {
            if self.all.get_mut(number).is_some_and(|one| one.removes(&finding.rule)) {
                places.remove(&removed);
            }
        }
        places.keep(&mut finding.diagnostic)
    }

    /// Which suppressions speak of which places of a finding, whatever rules they name.
    fn removals(&self, diagnostic: &Diagnostic, sources: &Sources) -> Vec<(usize, Places)> {
        let comments = |span: Span| {
            let (start, end) = sources.line_columns(span);
            let on_line = self.on_line.get(&(span.source, start.line)).into_iter().flatten();
            on_line.chain(self.at_end.get(&(span.source, end.line)).into_iter().flatten()).copied().collect::<Vec<usize>>()
        };
        let mut found = Vec::new();
        // A cause goes with the primary place: they are one occurrence.
        let causes = diagnostic.causes.iter().map(|label| label.span);
        for span in std::iter::once(diagnostic.primary.span).chain(causes) {
            found.extend(comments(span).into_iter().map(|number| (number, Places::primary(diagnostic))));
        }
        for (at, one) in diagnostic.occurrences.iter().enumerate() {
            found.extend(comments(one.span).into_iter().map(|number| (number, Places::occurrence(diagnostic, at))));
        }
        for (number, one) in self.all.iter().enumerate() {
            if let Form::Allow(allow) = &one.form {
                let removed = allowed(allow, diagnostic, sources);
                found.extend(removed.any().then_some((number, removed)));
            }
        }
        found
    }
}

/// Which places of a finding an `[[allow]]` speaks of. A subject that is the whole finding's speaks of all.
fn allowed(allow: &Allow, diagnostic: &Diagnostic, sources: &Sources) -> Places {
    let here = |span: Span, subject: &str| allow.covers(sources.path(span.source), subject);
    if allow.target.matches_subject(&diagnostic.subject) && here(diagnostic.primary.span, &diagnostic.subject) {
        return Places::all(diagnostic);
    }
    let causes = diagnostic.causes.iter().map(|label| label.span);
    let primary = std::iter::once(diagnostic.primary.span).chain(causes).any(|span| here(span, ""));
    Places { primary, occurrences: diagnostic.occurrences.iter().map(|one| here(one.span, &one.subject)).collect() }
}

impl Suppression {
    fn from_comment(comment: Comment) -> Suppression {
        let Comment { source, directive, .. } = comment;
        let span = |range: std::ops::Range<usize>| Span::new(source, range.start, range.end);
        let rules = directive.rules.into_iter().map(|(name, range)| (Spanned::new(name, span(range)), false));
        Suppression {
            form: Form::Comment { reason: directive.reason.is_some() },
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

    /// Whether it removes what a rule finds, which it then has been of use for.
    fn removes(&mut self, rule: &str) -> bool {
        let mut removes = false;
        for (_, used) in self.rules.iter_mut().filter(|(name, _)| !self.expired && names(&name.value, rule)) {
            (*used, removes) = (true, true);
        }
        removes
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

    /// The primary place where so said, and those occurrences.
    pub(super) fn these(primary: bool, occurrences: Vec<bool>) -> Places {
        Places { primary, occurrences }
    }

    /// The primary place alone.
    fn primary(diagnostic: &Diagnostic) -> Places {
        Places { primary: true, occurrences: vec![false; diagnostic.occurrences.len()] }
    }

    /// One occurrence alone.
    fn occurrence(diagnostic: &Diagnostic, at: usize) -> Places {
        Places { primary: false, occurrences: (0..diagnostic.occurrences.len()).map(|number| number == at).collect() }
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
