//! The tables that an operation may be about, each with what speaks for it, and which of them it is.
//!
//! Signals are of three families: what things are called (path, operationId, tag), what they hold (objects whose properties are
//! columns), and which query runs. Two families make a join sure; two tables with equal signals make none.

use super::bind::Bound;
use super::named_queries::{NamedQueries, NamedQuery};
use super::tables::{LogicalTable, Tables};
use super::{EntityLink, OperationLink, TableKey, entities};
use crate::diagnostic::Confidence;
use crate::model::api::{Method, OperationRef, Segment};
use crate::model::words;
use std::collections::BTreeMap;

/// What kind of thing speaks for a table: two of different kinds are independent of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// What things are called.
    Name,
    /// What they hold.
    Content,
    /// Which query runs.
    Query,
}

/// One thing that speaks for a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Its kind.
    pub family: Family,
    /// How much it counts: 1 to 4.
    pub weight: u8,
    /// How sure it makes a join when a signal of another family agrees.
    pub confidence: Confidence,
    /// In words: "path segment `orders`".
    pub words: String,
}

/// A table that an operation may be about.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The table; several where databases of other dialects hold it too.
    pub tables: Vec<TableKey>,
    /// What speaks for it, in the order of the families.
    pub signals: Vec<Signal>,
}

/// How the table of an operation was decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The configuration names the table.
    Declared,
    /// The configuration forbids a join.
    Forbidden,
    /// The configuration names a table that is not known.
    DeclaredUnknown,
    /// The first candidate is ahead of the others.
    Ahead,
    /// The first two candidates have equal signals, so that there is no join.
    Split,
    /// Nothing speaks for any table.
    Nothing,
}

/// Everything that is known about the table of one operation.
#[derive(Debug, Clone)]
pub struct OperationJoin {
    /// The tables in question, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// How it was decided.
    pub decision: Decision,
    /// Numbers of the queries that run for it by their name, which are about the first candidate.
    pub queries: Vec<usize>,
}

impl Candidate {
    /// The sum of the weights.
    pub fn score(&self) -> u32 {
        self.signals.iter().map(|signal| u32::from(signal.weight)).sum()
    }

    /// How sure the signals make it.
    pub fn confidence(&self) -> Confidence {
        let best = |family: Family| self.signals.iter().filter(|one| one.family == family).map(|one| one.confidence).max();
        let (name, content, query) = (best(Family::Name), best(Family::Content), best(Family::Query));
        match (name, content, query) {
            (Some(name), Some(content), query) => {
                let sure = content.min(if name == Confidence::Low { Confidence::Medium } else { Confidence::High });
                if query.is_some() && content > Confidence::Low { Confidence::High } else { sure }
            }
            (Some(name), None, Some(query)) => name.min(query),
            (None, Some(content), Some(query)) => content.min(query),
            // The path and the id agree, and nothing is known of what the body holds.
            (Some(Confidence::High), None, None) if self.signals.len() >= 2 => Confidence::Medium,
            _ => Confidence::Low,
        }
    }

    fn rank(&self) -> (Confidence, u32) {
        (self.confidence(), self.score())
    }

    /// The signals in words.
    pub(super) fn why(&self) -> String {
        self.signals.iter().map(|signal| signal.words.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// What is known while operations are judged one by one, in view of certain tables.
#[derive(Clone, Copy)]
pub(super) struct Judge<'j> {
    pub tables: &'j Tables,
    pub entities: &'j [EntityLink],
    pub queries: &'j NamedQueries,
}

impl Judge<'_> {
    /// The candidates of one operation, the likeliest first.
    pub fn candidates(&self, operation: OperationRef) -> Vec<Candidate> {
        let mut found: BTreeMap<Vec<TableKey>, Vec<Signal>> = BTreeMap::new();
        let mut add = |table: &LogicalTable, signal: Signal| {
            let signals = found.entry(table.tables.clone()).or_default();
            if !signals.iter().any(|known| known.words == signal.words) {
                signals.push(signal);
            }
        };
        self.by_path(operation, &mut add);
        self.by_id(operation, &mut add);
        for tag in operation.tags() {
            let words = format!("tag `{}`", tag.value);
            let signal = Signal { family: Family::Name, weight: 1, confidence: Confidence::Low, words };
            self.tables.named(&words::bare_noun(tag.value)).for_each(|table| add(table, signal.clone()));
        }
        self.by_query(operation, &mut add);
        for (tables, signal) in self.by_content(operation) {
            let signals = found.entry(tables).or_default();
            if !signals.iter().any(|known| known.family == Family::Content && known.weight >= signal.weight) {
                signals.push(signal);
            }
        }
        // Where tables carry versions too, an operation of one version is not about a table of another.
        let version = operation.operation_id().and_then(|id| words::snake(id).split('_').next().and_then(words::version));
        if let Some(version) = version.filter(|version| self.tables.has_version(version)) {
            let is_of = |tables: &Vec<TableKey>| {
                let table = tables.first().and_then(|key| self.tables.holding(key));
                table.is_some_and(|table| table.version.as_ref() == Some(&version))
            };
            found.retain(|tables, _| is_of(tables));
        }
        sorted(found)
    }

    fn by_path(&self, operation: OperationRef, add: &mut impl FnMut(&LogicalTable, Signal)) {
        let segments = operation.segments();
        let Some(at) = segments.iter().rposition(|one| matches!(one, Segment::Literal(_))) else { return };
        let literal = |at: usize| match segments.get(at) {
            Some(Segment::Literal(name)) => Some(*name),
            _ => None,
        };
        let Some((last, noun)) = literal(at).and_then(|last| Some((last, entities::segment_noun(last)?))) else { return };
        let holder = segments.iter().take(at).rev().find_map(|one| match one {
            Segment::Literal(name) => Some(*name),
            Segment::Parameter(_) => None,
        });
        let nested = holder.filter(|_| at >= 2 && matches!(segments.get(at - 1), Some(Segment::Parameter(_))));
        let signal =
            |weight: u8, confidence: Confidence, words: String| Signal { family: Family::Name, weight, confidence, words };
        let mut any = false;
        if let Some(holder) = nested {
            let joined = format!("{}_{noun}", words::noun(holder));
            for table in self.tables.named(&joined) {
                any = true;
                add(table, signal(4, Confidence::High, format!("path segments `{holder}` and `{last}`")));
            }
        }
        // Where a table of both names joins the two, the path is about that one.
        for table in self.tables.named(&noun).filter(|_| !any).collect::<Vec<_>>() {
            any = true;
            add(table, signal(3, Confidence::High, format!("path segment `{last}`")));
        }
        if !any {
            for table in self.tables.ending_in(&noun) {
                any = true;
                add(table, signal(2, Confidence::Medium, format!("path segment `{last}`")));
            }
        }
        // `/orders/{id}/cancel` does something to an order.
        if let (false, Some(holder)) = (any, nested) {
            for table in self.tables.named(&words::noun(holder)) {
                add(table, signal(1, Confidence::Low, format!("path segment `{holder}`")));
            }
        }
    }

    fn by_id(&self, operation: OperationRef, add: &mut impl FnMut(&LogicalTable, Signal)) {
        let Some(noun) = operation.operation_id().and_then(words::spoken_noun) else { return };
        let exact: Vec<&LogicalTable> = self.tables.named(&noun).collect();
        let words = format!("operationId `{}`", operation.operation_id().unwrap_or_default());
        let signal =
            |weight: u8, confidence: Confidence| Signal { family: Family::Name, weight, confidence, words: words.clone() };
        exact.iter().for_each(|table| add(table, signal(2, Confidence::Medium)));
        if exact.is_empty() {
            self.tables.ending_in(&noun).for_each(|table| add(table, signal(1, Confidence::Low)));
        }
    }

    fn by_query(&self, operation: OperationRef, add: &mut impl FnMut(&LogicalTable, Signal)) {
        for found in self.named_queries(operation) {
            let Some(table) = self.tables.holding(&found.table) else { continue };
            let (weight, confidence) = if found.same_name { (4, Confidence::High) } else { (2, Confidence::Medium) };
            let signal = Signal { family: Family::Query, weight, confidence, words: format!("query `{}`", found.name) };
            add(table, signal);
        }
    }

    fn named_queries(&self, operation: OperationRef) -> Vec<&NamedQuery> {
        let Some(id) = operation.operation_id().filter(|_| !self.queries.is_empty()) else { return Vec::new() };
        let many = match operation.method() {
            Method::Get if operation.list().is_some() => Some(true),
            Method::Get if operation.success_schema().is_some() => Some(false),
            _ => None,
        };
        self.queries.of(id, many)
    }

    /// The queries that run for an operation by their name and are about these tables.
    pub fn queries(&self, operation: OperationRef, tables: &[TableKey]) -> Vec<usize> {
        let mut found: Vec<usize> = self
            .named_queries(operation)
            .into_iter()
            .filter(|query| tables.contains(&query.table))
            .map(|query| query.number)
            .collect();
        found.sort_unstable();
        found
    }

    /// The tables of the objects that it gives and takes.
    fn by_content(&self, operation: OperationRef) -> Vec<(Vec<TableKey>, Signal)> {
        let given = operation.success_schema().into_iter().chain(operation.request_schema());
        let resource = entities::resource(operation);
        let pins: Vec<_> = given.flat_map(|schema| entities::pins(schema, resource.as_deref())).collect();
        let links = pins.iter().filter_map(|pin| self.entities.iter().find(|link| link.pin == *pin));
        // A form that hardly agrees says nothing: the other forms may hold the rest.
        let links = links.filter(|link| !link.is_form || link.confidence > Confidence::Low);
        let signal = |link: &EntityLink| Signal {
            family: Family::Content,
            weight: match link.confidence {
                Confidence::High => 4,
                Confidence::Medium => 3,
                Confidence::Low => 1,
            },
            confidence: link.confidence,
            // What the path says is a signal of its own here.
            words: link.why.split(", ").filter(|word| *word != "path segment").collect::<Vec<_>>().join(", "),
        };
        links.map(|link| (link.tables.clone(), signal(link))).collect()
    }
}

fn sorted(found: BTreeMap<Vec<TableKey>, Vec<Signal>>) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = found
        .into_iter()
        .map(|(tables, mut signals)| {
            signals.sort_by_key(|signal| (signal.family, std::cmp::Reverse(signal.weight)));
            Candidate { tables, signals }
        })
        .collect();
    all.sort_by_key(|candidate| std::cmp::Reverse(candidate.rank()));
    all
}

impl OperationJoin {
    /// Decides between candidates.
    pub(super) fn decide(candidates: Vec<Candidate>) -> OperationJoin {
        let decision = match candidates.as_slice() {
            [] => Decision::Nothing,
            [first, second, ..] if first.rank() == second.rank() => Decision::Split,
            _ => Decision::Ahead,
        };
        OperationJoin { candidates, decision, queries: Vec::new() }
    }

    /// The join, where there is one.
    pub(super) fn link(&self, operation: usize) -> Option<OperationLink> {
        let first = self.candidates.first().filter(|_| matches!(self.decision, Decision::Ahead | Decision::Declared))?;
        let confidence = if self.decision == Decision::Declared { Confidence::High } else { first.confidence() };
        Some(OperationLink { operation, tables: first.tables.clone(), confidence, why: first.why() })
    }

    /// Lets what another operation at the same path is about speak for its table: a `DELETE` has no body to go by.
    pub(super) fn beside(&mut self, other: &OperationLink, subject: &str) {
        let held = self.candidates.iter().any(|one| one.signals.iter().any(|signal| signal.family == Family::Content));
        let Some(at) = self.candidates.iter().position(|one| one.tables == other.tables).filter(|_| !held) else { return };
        self.candidates[at].signals.push(Signal {
            family: Family::Content,
            weight: 3,
            confidence: other.confidence,
            words: format!("`{subject}` at this path is about it"),
        });
        self.candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.rank()));
        self.decision = OperationJoin::decide(self.candidates.clone()).decision;
    }

    /// What `[links]` says of an operation.
    pub(super) fn declared(tables: &Tables, table: Option<&String>, candidates: Vec<Candidate>) -> OperationJoin {
        let Some(table) = table else { return OperationJoin { candidates, decision: Decision::Forbidden, queries: Vec::new() } };
        let Some(keys) = tables.called(table) else {
            return OperationJoin { candidates, decision: Decision::DeclaredUnknown, queries: Vec::new() };
        };
        let words = "[links] of the configuration".to_owned();
        let signal = Signal { family: Family::Name, weight: 9, confidence: Confidence::High, words };
        let mut all = vec![Candidate { tables: keys.clone(), signals: vec![signal] }];
        all.extend(candidates.into_iter().filter(|one| one.tables != keys));
        OperationJoin { candidates: all, decision: Decision::Declared, queries: Vec::new() }
    }
}

/// What an object was found to be, as a link.
pub(super) fn entity_link(entity: &entities::Entity, bound: Bound) -> EntityLink {
    EntityLink {
        pin: entity.pin,
        name: entity.name.clone(),
        tables: bound.table.tables.clone(),
        confidence: bound.confidence,
        why: bound.why,
        in_request: entity.in_request,
        in_response: entity.in_response,
        answers_write: entity.answers_write,
        is_form: entity.is_form,
        operation: entity.operation,
    }
}
