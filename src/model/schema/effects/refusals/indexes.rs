//! Indexes.

use super::super::super::catalog::{Table, TableName};
use super::tables::KeyOver;
use super::types::{self, Kind};
use super::{Ask, Refusal, short, spoken};
use crate::source::Name;
use crate::sql::{IndexDef, IndexKey, ObjectName};

impl Ask<'_> {
    pub(super) fn create_index(&self, def: &IndexDef) -> Option<Refusal> {
        let Some(slot) = self.state.find(&def.table) else { return self.missing_relation(&def.table) };
        let table = self.sure(slot)?;
        let name = short(&table.name);
        if let Some(found) = self.method_refuses(def) {
            return Some(found);
        }
        let plain = def.keys.iter().filter_map(|key| key.column.as_deref());
        let named = plain.clone().chain(def.include.iter().map(Name::as_str));
        if let Some(found) = named.into_iter().find_map(|one| self.no_such_column(table, one, None)) {
            return Some(found);
        }
        if let Some(found) = def.keys.iter().find_map(|key| self.key_refuses(def, table, key)) {
            return Some(found);
        }
        if let Some(of) = table.partition_key.as_deref().filter(|_| def.unique) {
            let columns: Vec<&str> = plain.collect();
            if columns.len() == def.keys.len()
                && let Some(found) = self.leaves_out(of, &KeyOver { columns, primary: false }, &name)
            {
                return Some(found.against(table.name_span, "the table is created here"));
            }
        }
        let index = TableName { schema: table.name.schema.clone(), name: def.name.as_ref()?.value.as_str().into() };
        self.taken(&index).filter(|_| !def.if_not_exists).map(|mut found| {
            found.remedy = "take another name, or say IF NOT EXISTS where the two are the same".into();
            found
        })
    }

    /// What the access method does not have.
    fn method_refuses(&self, def: &IndexDef) -> Option<Refusal> {
        let method = def.method.as_str();
        if !matches!(method, "hash" | "brin" | "gin" | "gist" | "spgist") {
            return None;
        }
        let what = if def.unique {
            "unique indexes"
        } else if !def.include.is_empty() && matches!(method, "hash" | "brin" | "gin") {
            "INCLUDE"
        } else if def.keys.len() > 1 && matches!(method, "hash" | "spgist") {
            "several columns"
        } else if def.keys.iter().any(|key| key.descending || key.nulls_first.is_some()) {
            "an order"
        } else {
            return None;
        };
        Some(Refusal::new(format!("{method} indexes do not have {what}"), "use btree"))
    }

    fn key_refuses(&self, def: &IndexDef, table: &Table, key: &IndexKey) -> Option<Refusal> {
        let method = def.method.as_str();
        match &key.column {
            Some(column) => {
                let of = self.kind_of(table, column).filter(|_| key.opclass().is_none())?;
                (!types::is_indexed(&of, method)).then(|| {
                    let why = format!("the type of `{column}` has no default operator class for {method}");
                    Refusal::new(why, "change the type, or index an expression of it")
                })
            }
            None => {
                let text: String =
                    key.text().chars().filter(|c| !c.is_whitespace() && *c != '"').collect::<String>().to_lowercase();
                let casts = |name: &str, of: &Kind| {
                    let cast = format!("{}::text", name.to_lowercase().replace(' ', ""));
                    let at = text.find(&cast);
                    let whole = at.is_some_and(|at| {
                        !text.get(..at).unwrap_or("").ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
                    });
                    let ends = at
                        .and_then(|at| text.get(at + cast.len()..))
                        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
                    whole && ends && types::is_text_varying(of)
                };
                let varies =
                    table.columns.iter().find(|one| self.kind_of(table, &one.name).is_some_and(|of| casts(&one.name, &of)))?;
                let why = format!("the text of `{}` depends on settings, and no index can use it", varies.name);
                Some(Refusal::new(why, "index the column itself").against(varies.span, "the column is defined here"))
            }
        }
    }

    pub(super) fn drop_index(&self, names: &[ObjectName], if_exists: bool) -> Option<Refusal> {
        let text = self.text.get(self.statement.span.range()).unwrap_or("").to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.get(2) == Some(&"concurrently") && words.last() == Some(&"cascade") {
            return Some(Refusal::new("DROP INDEX CONCURRENTLY has no CASCADE", "leave CASCADE out"));
        }
        names.iter().filter(|_| !if_exists).find_map(|name| {
            let mut found = self.missing_relation(name)?;
            found.remedy = format!("DROP INDEX IF EXISTS {};", spoken(name));
            Some(found)
        })
    }

    pub(super) fn rename_index(&self, from: &ObjectName, to: &str) -> Option<Refusal> {
        let Some((slot, _)) = self.state.find_index(from, None) else {
            return if self.state.find(from).is_none() { self.missing_relation(from) } else { None };
        };
        let schema = self.sure(slot)?.name.schema.clone();
        self.taken(&TableName { schema, name: to.into() })
    }
}
