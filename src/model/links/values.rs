//! What a column can hold and which index orders it: the questions of the joined rules about one column.

use crate::fact::{Fact, Origin};
use crate::model::schema::{ColumnRef, Facet, IndexRef};
use crate::source::Spanned;

impl<'m> ColumnRef<'m> {
    /// The texts that the column takes: labels of its enum type, or the list of a CHECK. `Absent`: any text.
    pub fn allowed_values(&self) -> Fact<Vec<Spanned<String>>> {
        let Some(column_type) = self.column_type.known() else {
            return Fact::Unknown("the column's type was not understood".into(), vec![self.span]);
        };
        let table = self.table();
        if column_type.name == "enum" && !column_type.arguments.is_empty() {
            let labels = column_type.arguments.iter().map(|label| Spanned::new(label.trim_matches('\'').to_owned(), self.span));
            return Fact::explicit(labels.collect(), self.span);
        }
        let bare = |name: &str| name.rsplit('.').next().unwrap_or(name).trim_matches('"').to_owned();
        let wanted = bare(&column_type.name);
        if let Some(kind) = table.database().enums.iter().find(|kind| kind.name.name == wanted) {
            return match kind.complete {
                true => Fact::explicit(kind.labels.clone(), kind.span),
                false => Fact::Unknown("the enum type was not wholly understood".into(), vec![kind.span]),
            };
        }
        let mut lists = table.table().checks.iter().filter_map(|check| Some((check, check.allowed.as_ref()?)));
        if let Some((check, (_, values))) = lists.find(|(_, (column, _))| *column == self.name) {
            return Fact::Known(values.clone(), Origin::Explicit(check.expression));
        }
        let other_check = table.table().checks.iter().find(|check| check.text.contains(self.name.as_str()));
        match (table.gap(Facet::Constraints), other_check) {
            (Some(gap), _) => Fact::Unknown(gap.why.clone(), gap.span.into_iter().collect()),
            (None, Some(check)) => Fact::Unknown("a CHECK of another form".into(), vec![check.span]),
            (None, None) => Fact::Absent,
        }
    }

    /// An index that gives the rows in the order of this column: it leads, or only columns that narrow a request (keys of
    /// other tables, and `narrowing`) stand before it.
    pub fn sort_index(&self, narrowing: &[String]) -> Fact<IndexRef<'m>> {
        let narrows = |name: &str| name.ends_with("_id") || name.ends_with("Id") || narrowing.iter().any(|one| one == name);
        let orders = |index: &IndexRef<'m>| {
            let before = index.keys.iter().take_while(|key| key.column.as_deref() != Some(self.name.as_str()));
            let found = index.keys.iter().any(|key| key.column.as_deref() == Some(self.name.as_str()) && key.prefix.is_none());
            found && index.method == "btree" && before.into_iter().all(|key| key.column.as_deref().is_some_and(narrows))
        };
        if let Some(index) = self.table().indexes().find(orders) {
            return Fact::explicit(index, index.span);
        }
        match self.table().gap(Facet::Indexes) {
            Some(gap) => Fact::Unknown(gap.why.clone(), gap.span.into_iter().collect()),
            None => Fact::Absent,
        }
    }
}
