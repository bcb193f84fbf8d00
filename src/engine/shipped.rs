//! Findings whose remedy breaks the consumers of a shipped API: raised where a change brings a place, quiet where the base has it.
//!
//! The place of such a finding cannot be edited once it is shipped, so that it is no debt that a change could pay; and one more place with
//! an old fault can still be made otherwise, although the fault is known.

use super::suppressions::Places;
use crate::diagnostic::{Diagnostic, Finding, Remedy};
use crate::model::api::Api;
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What is said where a finding is lowered.
pub(super) const WHY: &str = "the base has it too, and to mend it would break those who call it";

/// What was found at a revision.
#[derive(Debug, Default, Clone)]
pub(super) struct Known {
    /// The fingerprints of all of it.
    pub(super) fingerprints: HashSet<String>,
    /// Of findings whose remedy breaks consumers: what each place is called, by fingerprint, and by rule.
    places: BTreeMap<String, BTreeSet<String>>,
    /// Findings with several places, by rule. Empty where places are not wanted.
    groups: BTreeMap<String, Vec<Told>>,
}

/// What a finding tells, whatever its words: what is left of one with several places tells nothing else.
#[derive(Debug, Clone)]
struct Told {
    /// The places where it can be mended: path, first byte, and what it is about there.
    places: BTreeSet<(String, u32, String)>,
    /// The places that make it a problem: path and first byte.
    causes: BTreeSet<(String, u32)>,
    /// The tables that it was joined to, and its evidence, taken apart where that lists several.
    facts: BTreeSet<String>,
}

impl Told {
    /// What a finding tells, `path` naming the files of its places; `None` where it does not name one of them.
    fn by(finding: &Finding, path: impl Fn(Span) -> Option<String>) -> Option<Told> {
        let said = &finding.diagnostic;
        let occurrences = said.occurrences.iter().map(|one| (one.span, &one.subject));
        let places = std::iter::once((said.primary.span, &said.subject)).chain(occurrences);
        let facts = said.evidence.iter().flat_map(|fact| fact.split(',')).chain(said.tables.iter().map(String::as_str));
        Some(Told {
            places: places.map(|(span, subject)| Some((path(span)?, span.start, subject.clone()))).collect::<Option<_>>()?,
            causes: said.causes.iter().map(|one| Some((path(one.span)?, one.span.start))).collect::<Option<_>>()?,
            facts: facts.map(str::to_owned).collect(),
        })
    }

    /// Whether another one tells a part of this, and nothing that this does not tell.
    fn is_more_than(&self, other: &Told) -> bool {
        // What several are together is called by what they are parts of: `public.orders`, and then `public.orders.customer_id` alone.
        let is_part = |rest: &str| rest.is_empty() || rest.strip_prefix('.').is_some_and(|part| self.facts.contains(part));
        let is_told = |(path, start, subject): &(String, u32, String)| {
            let mut here = self.places.iter().filter(|(own, at, _)| own == path && at == start);
            here.any(|(_, _, own)| subject.strip_prefix(own.as_str()).is_some_and(is_part))
        };
        self.places.len() > other.places.len()
            && other.places.iter().all(is_told)
            && self.causes.is_superset(&other.causes)
            && self.facts.is_superset(&other.facts)
    }
}

impl Known {
    /// What is known of findings over a model; their places only where `wants_places`.
    pub(super) fn of(findings: &[Finding], api: &Api, sources: &Sources, wants_places: bool) -> Known {
        let mut known = Known { fingerprints: findings.iter().map(|one| one.fingerprint.clone()).collect(), ..Known::default() };
        for finding in findings.iter().filter(|one| wants_places && !one.diagnostic.occurrences.is_empty()) {
            let told = Told::by(finding, |span| Some(sources.path(span.source).to_owned()));
            known.groups.entry(finding.rule.clone()).or_default().extend(told);
        }
        for finding in findings.iter().filter(|one| wants_places && one.remedy == Remedy::Breaking) {
            for name in names(&finding.diagnostic, api) {
                for key in [&finding.fingerprint, &finding.rule] {
                    known.places.entry(key.clone()).or_default().insert(name.clone());
                }
            }
        }
        known
    }

    /// Whether a finding is what is left of one that the base has: its places and causes, `earlier` naming their files in the base, are
    /// among those of that one, each about the same thing, and its facts too. A place alone says little: where two operations share a
    /// parameter, another table may be at fault there now.
    pub(super) fn is_rest(&self, finding: &Finding, earlier: impl Fn(Span) -> Option<String>) -> bool {
        let Some(groups) = self.groups.get(&finding.rule) else { return false };
        Told::by(finding, earlier).is_some_and(|told| groups.iter().any(|group| group.is_more_than(&told)))
    }

    /// Whether a finding of this fingerprint or rule has a place of this name, or one in it.
    fn has(&self, key: &str, name: &str) -> bool {
        let inside = |one: &String| one.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        self.places.get(key).is_some_and(|names| names.iter().any(inside))
    }

    /// Leaves only those places in a finding that the base does not have; `false` where there are none. A place is new where the base has
    /// none of its name, and `is_touched`; under another fingerprint a place that is touched is new whatever its name.
    pub(super) fn keep_new(&self, finding: &mut Finding, api: &Api, is_touched: impl Fn(Span) -> bool) -> bool {
        let is_known = self.fingerprints.contains(&finding.fingerprint);
        let is_new = |name: &str, span: Span| match is_known {
            true => is_touched(span) && !self.has(&finding.fingerprint, name),
            false => is_touched(span) || !self.has(&finding.rule, name),
        };
        keep(&mut finding.diagnostic, api, is_new)
    }
}

/// What the places of findings are called, by fingerprint, for a later run that has no texts to compare.
pub(super) fn by_fingerprint(findings: &[Finding], api: &Api) -> BTreeMap<String, BTreeSet<String>> {
    let breaking = findings.iter().filter(|one| one.remedy == Remedy::Breaking);
    breaking.map(|one| (one.fingerprint.clone(), names(&one.diagnostic, api).collect())).collect()
}

/// Leaves only places in a finding that an earlier run did not name; `false` where there are none.
pub(super) fn keep_unnamed(finding: &mut Finding, api: &Api, named: &BTreeSet<String>) -> bool {
    keep(&mut finding.diagnostic, api, |name, _| !named.contains(name))
}

fn keep(diagnostic: &mut Diagnostic, api: &Api, is_new: impl Fn(&str, Span) -> bool) -> bool {
    let primary = is_new(&primary_name(diagnostic, api), diagnostic.primary.span);
    // Where one place stands for all, that is the one to edit, and one more use of it is no fault of its own.
    if diagnostic.stands_for_all {
        return primary;
    }
    let occurrences: Vec<bool> = diagnostic.occurrences.iter().map(|one| is_new(&one.subject, one.span)).collect();
    let old = occurrences.iter().filter(|is_new| !**is_new).count() + usize::from(!primary);
    if old == 0 || old > diagnostic.occurrences.len() {
        return old == 0;
    }
    let why = format!("{old} more that the base has are left out, since to mend them would break those who call them");
    diagnostic.because.push(why);
    Places::these(primary, occurrences).keep(diagnostic)
}

/// What the places of a finding are called.
fn names<'d>(diagnostic: &'d Diagnostic, api: &Api) -> impl Iterator<Item = String> + use<'d> {
    let primary = primary_name(diagnostic, api);
    std::iter::once(primary).chain(diagnostic.occurrences.iter().map(|one| one.subject.clone()))
}

/// What the primary place is called: a finding about a whole document stands at the first of several places.
fn primary_name(diagnostic: &Diagnostic, api: &Api) -> String {
    let is_of_document = api.documents().any(|document| diagnostic.subject.starts_with(&document.subject()));
    let operation = is_of_document.then(|| api.operation_at(diagnostic.primary.span)).flatten();
    operation.map_or_else(
        || diagnostic.subject.clone(),
        |one| if one.path_span() == diagnostic.primary.span { one.path().to_owned() } else { one.subject() },
    )
}

/// Whether a finding is judged here.
pub(super) fn concerns(finding: &Finding) -> bool {
    finding.remedy == Remedy::Breaking
}
