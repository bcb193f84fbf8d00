//! What a rule says: a diagnostic has a subject and a place, or it cannot be built.

use crate::source::{LineColumn, SourceId, Span};
use serde::{Deserialize, Serialize};

/// How bad it is. `error`: two places contradict each other, or the statement will fail, block or rewrite for certain.
/// `warning`: a heuristic that is right at least four times in five. `info`: the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; hidden by default.
    Info,
    /// Probably a defect.
    Warning,
    /// Certainly a defect.
    Error,
}

impl Severity {
    /// The word that is printed and configured.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity that a word names.
    pub fn parse(word: &str) -> Option<Severity> {
        [Severity::Info, Severity::Warning, Severity::Error].into_iter().find(|one| one.name() == word)
    }
}

/// How sure we are, apart from how bad it is. No finding is surer than the join it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess; hidden by default.
    Low,
    /// One good signal.
    Medium,
    /// Two independent signals, or written in so many words.
    High,
}

impl Confidence {
    /// The word that is printed and configured.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }

    /// The confidence that a word names.
    pub fn parse(word: &str) -> Option<Confidence> {
        [Confidence::Low, Confidence::Medium, Confidence::High].into_iter().find(|one| one.name() == word)
    }
}

/// What the remedy of a rule costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Remedy {
    /// Can be added without breaking anybody.
    Additive,
    /// Breaks consumers of a shipped API.
    Breaking,
    /// A new migration; never an edit of one that ran.
    Migration,
}

/// What a label is to its finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The place to edit.
    Primary,
    /// A place that makes it a problem; a suppression may stand there.
    Cause,
    /// A place that helps to understand.
    Context,
}

/// A place with a few words about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub text: String,
}

impl Label {
    /// A label with its words.
    pub fn new(span: Span, text: impl Into<String>) -> Label {
        Label { span, text: text.into() }
    }
}

/// One further place where the same thing has to be said; the finding counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Where.
    pub span: Span,
    /// What it is about there, as in [`Diagnostic::subject`].
    pub subject: String,
}

/// A replacement of the text under a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// How far a fix may be applied without looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Only to be shown.
    Display,
    /// Changes behaviour; a person must look.
    Unsafe,
    /// Can be applied as it is.
    Safe,
}

/// A set of edits that remove the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does.
    pub title: String,
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// The edits, in order, not overlapping.
    pub edits: Vec<Edit>,
}

/// What a rule found at one place to edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What it is about, logically: `GET /orders ?sort`, `public.orders.user_id`, `service api/timeout`. Part of the fingerprint.
    pub subject: String,
    /// The headline: what is wrong, enough if it is all that is read.
    pub message: String,
    /// The place to edit.
    pub primary: Label,
    /// Places that make it a problem.
    pub causes: Vec<Label>,
    /// Places that help to understand.
    pub contexts: Vec<Label>,
    /// The exact text to type.
    pub help: Option<String>,
    /// Further places that are the same thing to fix.
    pub occurrences: Vec<Occurrence>,
    /// Whether the primary place stands for all occurrences (a shared component, a whole document) instead of being the first of
    /// them: a suppression there speaks of all, and it goes with the last of them.
    pub stands_for_all: bool,
    /// Why two things were taken to be the same.
    pub joins: Vec<String>,
    /// Subjects of the tables that what it is about was joined to; empty where it is about a table itself, or none.
    pub tables: Vec<String>,
    /// What lowered or raised severity or confidence.
    pub because: Vec<String>,
    /// The normalised facts behind it (no prose, no lines); part of the fingerprint.
    pub evidence: Vec<String>,
    /// Edits that remove it.
    pub fixes: Vec<Fix>,
    /// Upper bound of the severity, where something lowered it.
    pub severity_cap: Option<Severity>,
    /// Upper bound of the confidence, where something lowered it.
    pub confidence_cap: Option<Confidence>,
}

/// A diagnostic that has no place yet; [`Unplaced::at`] gives it one.
#[derive(Debug, Clone)]
pub struct Unplaced {
    subject: String,
    message: String,
}

impl Unplaced {
    /// The place to edit, and what is to be seen there.
    pub fn at(self, span: Span, text: impl Into<String>) -> Diagnostic {
        Diagnostic {
            subject: self.subject,
            message: self.message,
            primary: Label::new(span, text),
            causes: Vec::new(),
            contexts: Vec::new(),
            help: None,
            occurrences: Vec::new(),
            stands_for_all: false,
            joins: Vec::new(),
            tables: Vec::new(),
            because: Vec::new(),
            evidence: Vec::new(),
            fixes: Vec::new(),
            severity_cap: None,
            confidence_cap: None,
        }
    }
}

impl Diagnostic {
    /// Starts a diagnostic about `subject`; `message` is lower case, without a full stop, and names the thing in backticks.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(subject: impl Into<String>, message: impl Into<String>) -> Unplaced {
        Unplaced { subject: subject.into(), message: message.into() }
    }

    /// The same with every place put where `to` says.
    pub fn moved(mut self, to: impl Fn(Span) -> Span) -> Diagnostic {
        for label in std::iter::once(&mut self.primary).chain(&mut self.causes).chain(&mut self.contexts) {
            label.span = to(label.span);
        }
        self.occurrences.iter_mut().for_each(|one| one.span = to(one.span));
        self.fixes.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| edit.span = to(edit.span));
        self
    }

    /// Adds a place that makes it a problem.
    pub fn cause(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.causes.push(Label::new(span, text));
        self
    }

    /// Adds a place that helps to understand.
    pub fn context(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.contexts.push(Label::new(span, text));
        self
    }

    /// Sets the exact text to type.
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }

    /// Adds a further place that is the same thing to fix.
    pub fn occurrence(mut self, span: Span, subject: impl Into<String>) -> Diagnostic {
        self.occurrences.push(Occurrence { span, subject: subject.into() });
        self
    }

    /// Says that the primary place stands for all occurrences and is none of them itself.
    pub fn standing_for_all(mut self) -> Diagnostic {
        self.stands_for_all = true;
        self
    }

    /// Adds a line that says why two things were taken to be the same.
    pub fn join(mut self, why: impl Into<String>) -> Diagnostic {
        self.joins.push(why.into());
        self
    }

    /// Adds a table that what it is about was joined to, by its subject.
    pub fn about_table(mut self, table: impl Into<String>) -> Diagnostic {
        self.tables.push(table.into());
        self
    }

    /// Adds a normalised fact; part of the fingerprint, so neither prose nor lines nor versions belong here.
    pub fn evidence(mut self, fact: impl Into<String>) -> Diagnostic {
        self.evidence.push(fact.into());
        self
    }

    /// Adds a fix.
    pub fn fix(mut self, fix: Fix) -> Diagnostic {
        self.fixes.push(fix);
        self
    }

    /// Lowers the severity to `severity` at most, and says why.
    pub fn at_most(mut self, severity: Severity, why: impl Into<String>) -> Diagnostic {
        let cap = self.severity_cap.map_or(severity, |old| old.min(severity));
        self.severity_cap = Some(cap);
        self.because.push(why.into());
        self
    }

    /// A finding is never surer than the join it rests on; a join by one signal makes no error.
    pub fn joined_at(mut self, confidence: Confidence) -> Diagnostic {
        let cap = self.confidence_cap.map_or(confidence, |old| old.min(confidence));
        self.confidence_cap = Some(cap);
        if confidence < Confidence::High {
            self.severity_cap = Some(self.severity_cap.map_or(Severity::Warning, |old| old.min(Severity::Warning)));
            self.because.push("the join rests on one signal".into());
        }
        self
    }

    /// Lowers the confidence to `confidence` at most, and says why.
    pub fn sure_at_most(mut self, confidence: Confidence, why: impl Into<String>) -> Diagnostic {
        let cap = self.confidence_cap.map_or(confidence, |old| old.min(confidence));
        self.confidence_cap = Some(cap);
        self.because.push(why.into());
        self
    }
}

/// What allows a finding where it is right as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Whether it is a comment on the line of the finding or the line above, and not an entry of the configuration: an edit of a migration
    /// that ran, or of a generated file, does harm or is lost, and JSON has no comments.
    pub is_comment: bool,
    /// The text to write; a reason has to be filled in.
    pub text: String,
}

/// A diagnostic with what the registry and the configuration add to it: what reporters see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Id of the rule, `group/problem`.
    pub rule: String,
    /// Severity in effect.
    pub severity: Severity,
    /// Confidence in effect.
    pub confidence: Confidence,
    /// What the remedy costs.
    pub remedy: Remedy,
    /// Where the rule is documented.
    pub url: String,
    /// Stable name of this finding: 32 hexadecimal digits; twins are numbered.
    pub fingerprint: String,
    /// The service that its place belongs to; `None` where it belongs to none or to all.
    pub service: Option<String>,
    /// Who owns the file of its place, as CODEOWNERS says; empty where nobody does.
    pub owners: Vec<String>,
    /// How it is allowed where it is right as it is; `None` for findings on what allows others.
    pub exception: Option<Exception>,
    /// What the rule said.
    pub diagnostic: Diagnostic,
}

impl Finding {
    /// Every place with its role, the primary one first.
    pub fn labels(&self) -> impl Iterator<Item = (Role, &Label)> {
        let one = std::iter::once((Role::Primary, &self.diagnostic.primary));
        let causes = self.diagnostic.causes.iter().map(|label| (Role::Cause, label));
        let contexts = self.diagnostic.contexts.iter().map(|label| (Role::Context, label));
        one.chain(causes).chain(contexts)
    }
}

/// Something that could not be read, and so never becomes a finding about what it might hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Path of the file, relative to the root.
    pub path: String,
    /// Why, in one line.
    pub reason: String,
    /// Where it starts, when a place is known.
    pub start: Option<Place>,
}

/// A resolved place: what a reader of a report needs when no [`Span`] can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line and column, from 1.
    pub position: LineColumn,
    /// Byte offset, from 0.
    pub offset: u32,
}

/// A problem met while reading one file: never fatal, always with a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What, in one line.
    pub message: String,
    /// The place that it is at odds with, in the same file: for a repeated key the first one.
    pub other: Option<Span>,
}

impl Problem {
    /// A problem at a place.
    pub fn new(source: SourceId, start: usize, end: usize, message: impl Into<String>) -> Problem {
        Problem { span: Span::new(source, start, end), message: message.into(), other: None }
    }
}

/// The tree against which change is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Full commit id, or the file with the model of an earlier run; `None` when there is no base.
    pub revision: Option<String>,
    /// How it was found, or why there is none.
    pub why: String,
}

/// An entry of a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleEntry {
    /// Path of the baseline, relative to the root.
    pub path: String,
    /// Its line, from 1.
    pub line: u32,
    /// Fingerprint of a finding.
    pub fingerprint: String,
    /// Rule and subject, as they were written for people.
    pub text: String,
}

/// The result of one run: what every format prints.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Base of comparison; `None` where the command knows none.
    pub base: Option<Base>,
    /// What is shown, in order: path, start, end, rule, message.
    pub findings: Vec<Finding>,
    /// How many findings the severity and confidence filters hid.
    pub hidden: usize,
    /// How many of the hidden ones `--min-severity info` alone would not show, because they are not sure enough.
    pub hidden_by_confidence: usize,
    /// How many findings a suppression removed.
    pub suppressed: usize,
    /// How many findings the baseline removed.
    pub baselined: usize,
    /// Entries of the baselines that stand for nothing any more; empty where the run did not look at everything.
    pub stale: Vec<StaleEntry>,
    /// How many findings were left out because the base has them too; `None` where all findings are reported.
    pub debt: Option<usize>,
    /// How many files were read as artifacts.
    pub files: usize,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// How many safety findings `--migrations all` would add; `None` where all migrations were judged.
    pub with_all_migrations: Option<usize>,
}

impl Report {
    /// How many shown findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// What the front matter of a rule's page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// `group/problem`.
    pub id: String,
    /// The page's headline.
    pub summary: String,
    /// The highest severity that a finding can have.
    pub severity: Severity,
    /// The highest confidence that a finding can have.
    pub confidence: Confidence,
    /// What the remedy costs.
    pub remedy: Remedy,
    /// Which parts of the model must have content: `api`, `schema`, `queries`, `runtime`, `base`.
    pub needs: Vec<String>,
    /// The same rule in other tools, `tool:rule`.
    pub equivalents: Vec<String>,
    /// Where the claim comes from.
    pub references: Vec<String>,
    /// First version that has it.
    pub since: String,
    /// Whether it is off unless the configuration turns it on.
    pub opt_in: bool,
    /// Whether it offers a fix that can be applied.
    pub fixable: bool,
}
