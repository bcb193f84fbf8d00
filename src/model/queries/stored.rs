//! Queries that the database keeps: views and functions of the final schema.

use super::{Origin, Query};
use crate::model::Workspace;
use crate::model::schema::{Function, Schema};
use crate::source::{Excerpt, Span, Spanned};
use crate::sql::{self, Dynamic};
use std::collections::BTreeMap;

/// A function that runs text as SQL.
#[derive(Debug, Clone)]
pub struct DynamicSql {
    /// Number of its database.
    pub database: usize,
    /// The function.
    pub routine: Spanned<String>,
    /// The statement.
    pub what: Dynamic,
}

/// Views, then functions, of every database in its order. Of several definitions of a function the last counts.
pub(super) fn read(workspace: &Workspace, schema: &Schema) -> (Vec<Query>, Vec<DynamicSql>) {
    let (mut queries, mut dynamic) = (Vec::new(), Vec::new());
    for (number, database) in schema.databases.iter().enumerate() {
        let dialect = database.dialect;
        let path = |span: Span| workspace.sources().path(span.source).to_owned();
        for view in &database.views {
            let Some(statement) = sql::read_view(view.span, written(workspace, view.span), dialect) else { continue };
            queries.push(Query {
                name: Some(Spanned::new(view.name.to_string(), view.span)),
                cardinality: None,
                path: path(view.span),
                dialect,
                origin: Origin::View(number),
                statement,
            });
        }
        let mut routines: BTreeMap<String, sql::Routine> = BTreeMap::new();
        let statements = database.migrations.iter().flat_map(|migration| &migration.statements);
        for statement in statements {
            let part = written(workspace, statement.span);
            // Nearly all statements are none: their first word is cheap to see.
            // The catalog knows which of them is still there, by which names it was dropped or replaced.
            let stands = |one: &Function| {
                one.span.source == statement.span.source && statement.span.range().contains(&one.span.range().start)
            };
            if sql::is_about_routine(part.text)
                && database.objects.functions.iter().any(stands)
                && let Some(routine) = sql::read_routine(statement.span, part, dialect)
            {
                routines.insert(routine.name.name.to_ascii_lowercase(), routine);
            }
        }
        for routine in routines.into_values() {
            let name = Spanned::new(routine.name.name.to_string(), routine.name.span);
            dynamic.extend(routine.dynamic.into_iter().map(|what| DynamicSql { database: number, routine: name.clone(), what }));
            queries.extend(routine.statements.into_iter().map(|mut statement| {
                // A parameter of the function looks like a column.
                statement.doubt =
                    statement.doubt.or((!routine.parameters.is_empty()).then_some("a parameter may look like a column"));
                Query {
                    name: Some(name.clone()),
                    cardinality: None,
                    path: path(statement.span),
                    dialect,
                    origin: Origin::Routine(number),
                    statement,
                }
            }));
        }
    }
    (queries, dynamic)
}

/// A statement as it is written.
fn written<'w>(workspace: &'w Workspace, span: Span) -> Excerpt<'w> {
    Excerpt { text: workspace.sources().text(span), start: span.start as usize }
}
