//! Settings of applications beside the SQL of the same repository.

use crate::model::Model;
use crate::source::Span;

impl Model {
    /// The SQL that states the tables of an application: the migrations or the schema file below its folder, else the only ones of
    /// the repository. Its folder or file, and the place of its first table.
    pub fn schema_beside(&self, root: &str) -> Option<(String, Option<Span>)> {
        let within = |source: &str| root.is_empty() || source.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
        let all = &self.schema.databases;
        let own = all.iter().position(|database| within(&database.source));
        let at = own.or_else(|| (all.len() == 1).then_some(0))?;
        let source = all.get(at)?.source.clone();
        let first = self.schema.table_at(at, 0).map(|table| table.span);
        Some((source, first))
    }
}
