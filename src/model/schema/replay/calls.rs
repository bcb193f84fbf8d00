//! Functions that are called: what their bodies do to the catalog, as far as that stands in them.

use super::State;
use crate::model::schema::catalog::{Facet, Gap};
use crate::source::{Name, Span};
use crate::sql::{Calls, ObjectName, RoutineBody, Understanding};
use std::collections::HashSet;
use std::sync::Arc;

/// More statements and calls of bodies than this are not followed: what is called after them may have changed anything.
const MOST_FOLLOWED: usize = 1_000_000;

/// What a statement calls that may change the catalog, and what that calls.
pub(in crate::model::schema) struct Called {
    /// Their bodies; empty where it has become too much to follow.
    bodies: Vec<Arc<RoutineBody>>,
    /// Names that the calls pass on.
    named: Vec<ObjectName>,
    /// What to say of it.
    pub why: String,
}

impl State {
    /// What a statement calls. `None` where nothing of it may change the catalog.
    pub fn called(&self, calls: Option<&Calls>) -> Option<Called> {
        let calls = calls.filter(|_| !self.held.functions.is_empty())?;
        let mut named = calls.named.clone();
        let mut bodies: Vec<Arc<RoutineBody>> = Vec::new();
        let mut seen: HashSet<Name> = HashSet::new();
        let mut todo: Vec<Name> = calls.names.iter().map(|name| self.key(name)).collect();
        let first = calls.names.iter().find(|name| self.held.body(&self.key(name)).is_some())?;
        let why = format!("`{first}` is called, which may change tables");
        while let Some(name) = todo.pop() {
            let Some(body) = self.held.body(&name).filter(|_| seen.insert(name)) else { continue };
            self.followed.set(self.followed.get() + 1 + body.statements.len() + body.calls.names.len());
            if self.followed.get() > MOST_FOLLOWED {
                return Some(Called { bodies: Vec::new(), named: Vec::new(), why });
            }
            todo.extend(body.calls.names.iter().map(|name| self.key(name)));
            named.extend(body.calls.named.iter().cloned());
            bodies.push(body.clone());
        }
        bodies.iter().any(|body| !body.statements.is_empty()).then_some(Called { bodies, named, why })
    }

    /// Does what is called, which may be less: bodies have branches.
    pub fn follow(&mut self, called: &Called, span: Span) {
        let Called { bodies, named, why } = called;
        let mut is_bound = !bodies.is_empty();
        for statement in bodies.iter().flat_map(|body| &body.statements) {
            self.guarded = false;
            statement.ops.iter().for_each(|op| self.apply(op, true));
            if let Understanding::Opaque(_) | Understanding::Partial(_) = &statement.understanding {
                let is_found = self.doubt_touched(&statement.touches, why, span);
                is_bound &= is_found || matches!(statement.understanding, Understanding::Partial(_));
            }
        }
        if is_bound {
            return;
        }
        let mut slots: Vec<usize> = named.iter().flat_map(|one| self.by_name.get(&self.key(&one.name))).collect();
        slots.sort_unstable();
        slots.dedup();
        if slots.is_empty() {
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
