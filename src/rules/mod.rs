//! The registry: one file a rule, one folder a group; pure functions of the model.
//!
//! A rule is a value: an id, its page, and a function. Severity, confidence and all other facts about it stand in the
//! front matter of its page (`rules/<group>/<rule>.md`) and nowhere else. A rule imports the model, never another rule.

mod cache;
mod columns;
mod config;
mod contract;
mod copies;
mod errors;
mod exposure;
mod habit;
mod health;
mod idempotency;
mod indexes;
mod internal;
mod joined;
mod migrations;
mod naming;
mod observability;
mod operations;
pub mod page;
mod pagination;
mod passages;
mod paths;
mod pending;
mod pools;
mod queries;
mod queues;
mod rate_limit;
mod refs;
mod rehearsal;
mod retries;
mod schema;
mod schema_parts;
mod schemas;
mod secrets;
mod security;
mod shutdown;
mod slo;
mod spread;
mod status;
mod suppressions;
mod timeouts;
mod tls;
mod topology;
mod versioning;

use crate::diagnostic::{Diagnostic, RuleInfo};
use crate::model::Model;
use crate::source::Sources;
use std::cell::Cell;
use std::sync::OnceLock;

/// What a rule may ask.
pub struct Context<'m> {
    /// The repository as it is.
    pub head: &'m Model,
    /// The repository as it was at the base, for rules whose page says `needs: [base]`.
    pub base: Option<&'m Model>,
    /// The texts of both.
    pub sources: &'m Sources,
    considered: Cell<usize>,
}

impl<'m> Context<'m> {
    /// A context over a model and, where there is one, its base.
    pub fn new(head: &'m Model, base: Option<&'m Model>, sources: &'m Sources) -> Context<'m> {
        Context { head, base, sources, considered: Cell::new(0) }
    }

    /// Counts a subject that the rule looked at and could have reported. `why` and the page tests use the count: a silent
    /// rule that considered nothing proves nothing.
    pub fn consider(&self) {
        self.considered.set(self.considered.get() + 1);
    }

    /// How many subjects were considered.
    pub fn considered(&self) -> usize {
        self.considered.get()
    }
}

/// A rule is a value.
pub struct Rule {
    /// `group/problem-in-kebab-case`: names the problem, not the cure.
    pub id: &'static str,
    /// Its page.
    pub page: &'static str,
    /// What it finds.
    pub check: fn(&Context) -> Vec<Diagnostic>,
    /// What of its findings is one habit; `None` where each is said by itself.
    pub fold: Option<FoldFn>,
}

/// Puts those of a rule's diagnostics together that are one habit. It is asked for what is left to be shown: suppressions, baselines
/// and `--since` go by each finding alone.
pub type FoldFn = fn(&Context, &[&Diagnostic]) -> Vec<Fold>;

/// Findings that are said as one.
pub struct Fold {
    /// Which ones: positions among those that were given.
    pub which: Vec<usize>,
    /// What is said in their place.
    pub said: Diagnostic,
}

/// The check of a rule whose findings the engine makes while it runs (suppressions, configuration, failed rules): they have
/// pages like all others, but no question to ask the model.
pub(crate) fn found_by_engine(_: &Context) -> Vec<Diagnostic> {
    Vec::new()
}

/// A rule from its id, its check, and where it has one its fold; the page at `rules/<id>.md` is bound in at compile time.
macro_rules! rule {
    ($id:literal, $check:expr) => {
        $crate::rules::rule!($id, $check, None)
    };
    ($id:literal, $check:expr, $fold:expr) => {
        crate::rules::Rule {
            id: $id,
            page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $id, ".md")),
            check: $check,
            fold: $fold,
        }
    };
}
pub(crate) use rule;

/// The groups, each with its rules in order.
const GROUPS: &[&[Rule]] = &[
    cache::RULES,
    config::RULES,
    contract::RULES,
    errors::RULES,
    exposure::RULES,
    health::RULES,
    idempotency::RULES,
    indexes::RULES,
    internal::RULES,
    migrations::RULES,
    naming::RULES,
    observability::RULES,
    operations::RULES,
    pagination::RULES,
    paths::RULES,
    pools::RULES,
    queries::RULES,
    queues::RULES,
    rate_limit::RULES,
    refs::RULES,
    retries::RULES,
    schema::RULES,
    schemas::RULES,
    secrets::RULES,
    security::RULES,
    shutdown::RULES,
    slo::RULES,
    status::RULES,
    suppressions::RULES,
    timeouts::RULES,
    tls::RULES,
    topology::RULES,
    versioning::RULES,
];

/// Every rule, ordered by group and id.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|group| group.iter())
}

/// What the pages say about the rules, in the order of [`all`]. Read once.
pub fn infos() -> &'static [RuleInfo] {
    static INFOS: OnceLock<Vec<RuleInfo>> = OnceLock::new();
    INFOS.get_or_init(|| all().map(|rule| page::info(rule.id, rule.page)).collect())
}

/// What the page says about one rule.
pub fn info(id: &str) -> Option<&'static RuleInfo> {
    infos().iter().find(|info| info.id == id)
}
