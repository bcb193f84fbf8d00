//! Functions that are called: what their bodies do to the catalog, as far as that stands in them.

use super::State;
use crate::model::schema::catalog::{Facet, Gap};
use crate::source::{Name, Span};
use crate::sql::{ARGUMENT, Calls, Change, ObjectName, RoutineBody, Statement, Understanding};
use std::collections::HashSet;
use std::sync::Arc;

/// More statements and calls of bodies than this are not followed: what is called after them may have changed anything.
const MOST_FOLLOWED: usize = 1_000_000;

/// What a statement calls that may change the catalog, and what that calls.
pub(in crate::model::schema) struct Called {
    /// Their bodies; empty where it has become too much to follow.
    bodies: Vec<Arc<RoutineBody>>,
    /// What the calls pass on.
    passed: Passed,
    /// What to say of it.
    pub why: String,
}

/// What calls pass on.
#[derive(Default)]
struct Passed {
    /// Words that may be names of tables.
    named: Vec<Name>,
    /// Whether names may be passed that are not known.
    more: bool,
}

impl State {
    /// What a statement calls, itself or by a trigger of a table that it writes. `None` where nothing of it may change the catalog.
    pub fn called(&self, statement: &Statement) -> Option<Called> {
        if self.held.bodies.is_empty() {
            return None;
        }
        let mut passed = Passed::default();
        let mut todo: Vec<Name> = Vec::new();
        self.call(statement.calls.as_deref(), &mut passed, &mut todo);
        let fired = self.fired(statement);
        passed.more |= !fired.is_empty();
        todo.extend(fired);
        let why = format!("`{}` is called, which may change tables", todo.first()?);
        let mut bodies: Vec<Arc<RoutineBody>> = Vec::new();
        let mut seen: HashSet<Name> = HashSet::new();
        while let Some(name) = todo.pop() {
            let namesakes = self.held.bodies.get(&name).filter(|_| seen.insert(name));
            for body in namesakes.into_iter().flat_map(|all| all.values()) {
                self.followed.set(self.followed.get() + 1 + body.statements.len() + body.calls.made.len());
                if self.followed.get() > MOST_FOLLOWED {
                    return Some(Called { bodies: Vec::new(), passed, why });
                }
                self.call(Some(&body.calls), &mut passed, &mut todo);
                passed.named.extend(body.defaults.iter().cloned());
                bodies.push(body.clone());
            }
        }
        bodies.iter().any(|body| !body.statements.is_empty()).then_some(Called { bodies, passed, why })
    }

    /// Notes what calls pass on, and which of the functions may change the catalog.
    fn call(&self, calls: Option<&Calls>, passed: &mut Passed, todo: &mut Vec<Name>) {
        for call in calls.into_iter().flat_map(|calls| &calls.made) {
            let key = self.key(&call.name);
            if self.held.bodies.contains_key(&key) {
                passed.named.extend(call.named.iter().cloned());
                passed.more |= !call.is_complete;
                todo.push(key);
            }
        }
    }

    /// The functions of triggers on tables whose rows a statement changes, where they may change the catalog.
    fn fired(&self, statement: &Statement) -> Vec<Name> {
        let written = statement.ops.iter().flat_map(|op| match &op.change {
            Change::Data { tables, .. } => tables.as_slice(),
            _ => &[],
        });
        let slots = written.filter_map(|name| self.find(name));
        let slots = slots.flat_map(|slot| [vec![slot], self.descendants(slot)].concat());
        let triggers = slots.filter_map(|slot| self.table(slot)).flat_map(|table| &table.triggers);
        let functions = triggers.filter_map(|trigger| Some(self.key(&trigger.function.as_ref()?.name)));
        functions.filter(|key| self.held.bodies.contains_key(key)).collect()
    }

    /// Notes what a function does that is created; one with the same parameters is replaced.
    pub(super) fn put_body(&mut self, key: Name, parameters: &[Name], body: Option<&Arc<RoutineBody>>) {
        match (body, self.held.bodies.get_mut(&key)) {
            (Some(body), _) => drop(self.held.bodies.entry(key).or_default().insert(parameters.to_vec(), body.clone())),
            (None, Some(namesakes)) => drop(namesakes.remove(parameters)),
            (None, None) => {}
        }
    }

    /// Forgets what a function does that is dropped; `count` is how many parameters it has. Namesakes that this does not tell apart
    /// stay.
    pub(super) fn drop_body(&mut self, name: &ObjectName, count: Option<usize>) {
        let key = self.key(&name.name);
        let Some(namesakes) = self.held.bodies.get_mut(&key) else { return };
        let fits = |parameters: &[Name]| count.is_none_or(|count| parameters.len() == count);
        if namesakes.keys().filter(|one| fits(one)).count() == 1 {
            namesakes.retain(|parameters, _| !fits(parameters));
        }
        if namesakes.is_empty() {
            self.held.bodies.remove(&key);
        }
    }

    /// Does what is called, which may be less: bodies have branches.
    pub fn follow(&mut self, called: &Called, span: Span) {
        let Called { bodies, passed, why } = called;
        let (mut is_bound, mut takes) = (!bodies.is_empty(), false);
        for statement in bodies.iter().flat_map(|body| &body.statements) {
            self.guarded = false;
            statement.ops.iter().for_each(|op| self.apply(op, true));
            if let Understanding::Opaque(_) | Understanding::Partial(_) = &statement.understanding {
                let is_passed = statement.touches.iter().any(|name| name.name == ARGUMENT);
                let is_found = self.doubt_touched(&statement.touches, why, span);
                takes |= is_passed;
                is_bound &= is_found || is_passed || matches!(statement.understanding, Understanding::Partial(_));
            }
        }
        if is_bound && !takes {
            return;
        }
        let mut slots: Vec<usize> = passed.named.iter().flat_map(|name| self.by_name.get(&self.key(name))).collect();
        slots.sort_unstable();
        slots.dedup();
        if !is_bound || passed.more || slots.is_empty() {
            return self.doubt_everything(why.clone(), Some(span));
        }
        let stands = !bodies.iter().any(|body| body.removes);
        for slot in slots {
            if stands {
                self.doubt_inside(slot, why, span);
            } else {
                self.doubt_family(slot, &Facet::ALL, why, span);
            }
        }
    }

    /// Notes that everything in a table may have changed, and that the table itself has stayed.
    fn doubt_inside(&mut self, slot: usize, why: &str, span: Span) {
        let mut slots = vec![slot];
        slots.extend(self.descendants(slot));
        for slot in slots {
            let Some(table) = self.table_mut(slot) else { continue };
            for facet in Facet::ALL.into_iter().filter(|facet| table.gap(*facet).is_none()).collect::<Vec<_>>() {
                table.gaps.push(Gap { facet, why: why.to_owned(), span: Some(span), stands: true });
            }
        }
    }
}
