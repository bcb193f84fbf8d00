//! Names that pending migrations give to columns and tables: what the base found under the old name is no news under the new one.

use super::fingerprint::fingerprint;
use crate::diagnostic::Finding;
use crate::model::schema::Schema;
use crate::source::Span;

/// So many findings that are the same in all that is hashed are told apart.
const MOST_TWINS: usize = 64;

/// The names that a change gives, tables before columns, of each kind in the order of application.
#[derive(Debug, Default)]
pub(super) struct Renames(Vec<Rename>);

#[derive(Debug)]
struct Rename {
    /// The tables of the column, by their names before and after; empty where it is a table that is renamed.
    tables: Vec<String>,
    from: String,
    to: String,
    span: Span,
}

impl Renames {
    /// Those of the pending migrations. A name that something else has taken over says nothing of what it was.
    pub(super) fn of(schema: &Schema) -> Renames {
        let former = schema.databases.iter().flat_map(|database| database.former_names()).filter(|one| one.pending);
        let tables: Vec<Rename> = former
            .filter(|one| schema.tables().all(|table| table.name != one.name))
            .map(|one| Rename {
                tables: Vec::new(),
                from: one.name.name.to_string(),
                to: one.given.name.to_string(),
                span: one.span,
            })
            .collect();
        let columns: Vec<Rename> = schema
            .pending_steps()
            .filter_map(|step| {
                let ((from, to), table) = (step.renamed_column()?, step.before()?.name.name.to_string());
                let others = tables.iter().filter(|one| one.to == table || one.from == table);
                let tables = others.flat_map(|one| [one.from.clone(), one.to.clone()]).chain([table.clone()]).collect();
                Some(Rename { tables, from: from.to_owned(), to: to.to_owned(), span: step.step.op.span })
            })
            .filter(|one| {
                let mut its = schema.tables().filter(|table| one.tables.iter().any(|name| *name == *table.name.name));
                its.all(|table| table.columns().all(|column| *column.name != *one.from))
            })
            .collect();
        Renames(tables.into_iter().chain(columns).collect())
    }

    /// Whether a place is that of a new name.
    pub(super) fn covers(&self, span: Span) -> bool {
        self.0.iter().any(|one| one.span.source == span.source && one.span.start <= span.start && span.end <= one.span.end)
    }

    /// The fingerprint that a finding had before the names changed; `None` where it speaks of no new name.
    pub(super) fn earlier(&self, finding: &Finding) -> Option<String> {
        let diagnostic = &finding.diagnostic;
        let (mut subject, mut evidence) = (diagnostic.subject.clone(), diagnostic.evidence.clone());
        let is_of = |table: &String| {
            let mut said = diagnostic.tables.iter().chain([&diagnostic.subject]);
            said.any(|text| replaced(text, table, "").is_some())
        };
        let mut is_changed = false;
        for one in self.0.iter().rev().filter(|one| one.tables.is_empty() || one.tables.iter().any(is_of)) {
            for text in std::iter::once(&mut subject).chain(&mut evidence) {
                if let Some(earlier) = replaced(text, &one.to, &one.from) {
                    *text = earlier;
                    is_changed = true;
                }
            }
        }
        let own =
            |twin: &usize| fingerprint(&finding.rule, &diagnostic.subject, &diagnostic.evidence, *twin) == finding.fingerprint;
        let twin = (0..MOST_TWINS).find(own).filter(|_| is_changed)?;
        Some(fingerprint(&finding.rule, &subject, &evidence, twin))
    }
}

/// A text with a name in it replaced, wherever it stands as a whole; `None` where it does not.
fn replaced(text: &str, name: &str, by: &str) -> Option<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let (mut out, mut from) = (String::new(), 0);
    for (at, _) in text.match_indices(name).filter(|_| !name.is_empty()) {
        let (before, after) = (text.get(..at)?, text.get(at + name.len()..)?);
        if at >= from && !before.ends_with(is_part) && !after.starts_with(is_part) {
            out.push_str(text.get(from..at)?);
            out.push_str(by);
            from = at + name.len();
        }
    }
    (from > 0).then(|| out + text.get(from..).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn whole_names_are_replaced() {
        assert_eq!(replaced("public.orders.state", "state", "status").as_deref(), Some("public.orders.status"));
        assert_eq!(replaced("orders(state, state_at)", "state", "status").as_deref(), Some("orders(status, state_at)"));
        assert_eq!(replaced("state,id,state", "state", "s").as_deref(), Some("s,id,s"));
        assert_eq!(replaced("estate", "state", "status"), None);
        assert_eq!(replaced("orders", "", "status"), None);
    }
}
