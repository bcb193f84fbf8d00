//! What a change brought: findings that the base does not have, and findings with a cause in changed lines.

use super::renames::Renames;
use super::shipped::Known;
use crate::diagnostic::{Finding, Role};
use crate::files::Files;
use crate::model::workspace::decode;
use crate::source::{SourceId, Sources, Span};
use imara_diff::{Algorithm, Diff, InternedInput};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

/// Lines of a file, from 0, that the base does not have.
type Lines = Vec<Range<u32>>;

/// The head held against its base.
pub(super) struct Changes<'r> {
    head: &'r dyn Files,
    base: &'r dyn Files,
    sources: &'r Sources,
    /// What is found in the base.
    pub(super) known: Known,
    renames: Renames,
    lines: RefCell<HashMap<SourceId, Lines>>,
}

impl<'r> Changes<'r> {
    /// `known` is what is found in the base, `renames` what has another name there.
    pub(super) fn new(
        head: &'r dyn Files,
        base: &'r dyn Files,
        sources: &'r Sources,
        known: Known,
        renames: Renames,
    ) -> Changes<'r> {
        Changes { head, base, sources, known, renames, lines: RefCell::default() }
    }

    /// Whether the change brought a finding: the base does not have it, or a place that makes it one stands on a changed line. One
    /// more occurrence of an old fault is none: the place to edit is the old one; nor is one that only has another name now.
    pub(super) fn brought(&self, finding: &Finding) -> bool {
        let mut causes = finding.labels().filter(|(role, _)| *role != Role::Context).map(|(_, label)| label.span);
        let knows = |fingerprint: &String| self.known.fingerprints.contains(fingerprint);
        // What is left of several faults that were said as one has another fingerprint, and tells nothing that they did not.
        let is_known = knows(&finding.fingerprint)
            || self.renames.earlier(finding).as_ref().is_some_and(knows)
            || self.known.is_rest(finding, |span| self.unchanged(span.source));
        !is_known || causes.any(|span| self.touches(span) && !self.renames.covers(span))
    }

    /// The path under which the base has the very same file; `None` where it has none.
    fn unchanged(&self, source: SourceId) -> Option<String> {
        let (path, text) = (self.sources.path(source), &**self.sources.get(source).text());
        let earlier = if self.base.exists(path) { Some(path.to_owned()) } else { self.earlier_name(path, text) };
        earlier.filter(|path| self.base.same(path, text.as_bytes()))
    }

    /// Whether a place stands on a line that the base does not have.
    pub(super) fn touches(&self, span: Span) -> bool {
        let mut lines = self.lines.borrow_mut();
        let changed = lines.entry(span.source).or_insert_with(|| self.changed_lines(span.source));
        let line = |at: u32| self.sources.line_column(span.source, at).line.saturating_sub(1);
        // What spans a whole table or document is not touched by each line of it: its first line counts.
        changed.iter().any(|range| range.contains(&line(span.start)))
    }

    /// The lines of a file that the base does not have: all of a new file, but for one that only has another name.
    fn changed_lines(&self, source: SourceId) -> Lines {
        let path = self.sources.path(source);
        let text = &**self.sources.get(source).text();
        let earlier = if self.base.exists(path) { Some(path.to_owned()) } else { self.earlier_name(path, text) };
        let before = earlier.and_then(|path| decode(self.base.read(&path).ok()?).ok()).unwrap_or_default().replace("\r\n", "\n");
        let now = text.replace("\r\n", "\n");
        let input = InternedInput::new(before.as_str(), now.as_str());
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_lines(&input);
        diff.hunks().map(|hunk| hunk.after).filter(|lines| !lines.is_empty()).collect()
    }

    /// The path under which the base has a file that was moved or renamed: gone from the head, with the same content, or else with
    /// the same last name. `None` where there is not just one such file.
    fn earlier_name(&self, path: &str, text: &str) -> Option<String> {
        let last = |path: &str| path.rsplit('/').next().map(str::to_owned);
        let ending = |path: &str| path.rsplit_once('.').map(|(_, ending)| ending.to_owned());
        let (now, before) = (self.head.list(), self.base.list());
        let is_gone = |old: &&str| ending(old) == ending(path) && !self.head.exists(old);
        let gone: Vec<&str> = before.without(&now).filter(is_gone).collect();
        let same = gone.iter().find(|old| self.base.same(old, text.as_bytes()));
        let mut namesakes = gone.iter().filter(|old| last(old) == last(path));
        let namesake = namesakes.next().filter(|_| namesakes.next().is_none());
        same.or(namesake).map(|path| (*path).to_owned())
    }
}
