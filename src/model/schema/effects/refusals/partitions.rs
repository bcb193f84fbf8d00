//! Partitions come and go.

use super::super::super::catalog::Table;
use super::{Ask, Refusal, column, short};
use crate::sql::ObjectName;

impl Ask<'_> {
    /// The bound that the statement writes for a partition of a table.
    pub(super) fn bound(&self, parent: &Table, slot: usize, default: bool) -> Option<Refusal> {
        let name = short(&parent.name);
        let here = |found: Refusal| Some(found.against(parent.name_span, "the table is created here"));
        if !parent.partitioned {
            let remedy = "make a partitioned table first, and move the rows";
            return here(Refusal::new(format!("`{name}` is not partitioned"), remedy));
        }
        let method = parent.partition_key.as_ref()?.method.as_str();
        if default {
            if method == "hash" {
                return here(Refusal::new(
                    format!("`{name}` is partitioned BY HASH, which has no DEFAULT"),
                    "write the remainder",
                ));
            }
            let rest = |slot: &usize| {
                self.state.table(*slot).is_some_and(|one| one.default_partition && one.parent.as_deref() == Some(&parent.name))
            };
            let rest = self.state.descendants(slot).into_iter().find(rest).and_then(|slot| self.state.table(slot))?;
            let why = format!("`{name}` has a DEFAULT partition already: `{}`", short(&rest.name));
            return Some(Refusal::new(why, "write a bound").against(rest.name_span, "the other one is created here"));
        }
        let text = self.text.get(self.statement.span.range())?.to_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, bound) = text.split_once("for values ")?;
        let (form, wanted) = match method {
            "list" => ("in", "IN (..)"),
            "range" => ("from", "FROM (..) TO (..)"),
            "hash" => ("with", "WITH (MODULUS .., REMAINDER ..)"),
            _ => return None,
        };
        let is_known = ["in", "from", "with"].iter().any(|one| bound.starts_with(one));
        (is_known && !bound.starts_with(form)).then_some(())?;
        here(Refusal::new(
            format!("`{name}` is partitioned BY {}: its bounds are of that form", method.to_uppercase()),
            format!("FOR VALUES {wanted}"),
        ))
    }

    pub(super) fn attach(&self, slot: usize, child: &ObjectName, default: bool) -> Option<Refusal> {
        let parent = self.sure(slot)?;
        let below = self.state.find(child)?;
        let table = self.sure(below)?;
        let (name, whole) = (short(&table.name), short(&parent.name));
        let here = |found: Refusal| Some(found.against(table.name_span, "the table is created here"));
        if below == slot || self.state.descendants(below).contains(&slot) {
            return here(Refusal::new(format!("`{whole}` cannot be a partition of itself"), "name another table"));
        }
        if !parent.partitioned {
            return self.bound(parent, slot, default);
        }
        if let Some(other) = table.parent.as_deref() {
            let why = format!("`{name}` is a partition of `{}` already", short(other));
            return here(Refusal::new(why, format!("ALTER TABLE {} DETACH PARTITION {name};", short(other))));
        }
        let parents = self.state.parents(below)?;
        if !parents.is_empty() || (!table.partitioned && !self.state.descendants(below).is_empty()) {
            return here(Refusal::new(
                format!("`{name}` is part of an inheritance"),
                format!("ALTER TABLE {name} NO INHERIT ..;"),
            ));
        }
        if let Some(extra) = table.columns.iter().find(|one| column(self.state, parent, &one.name).is_none()) {
            let why = format!("`{name}` has a column `{}` that `{whole}` does not have", extra.name);
            return Some(Refusal::new(why, "give both the same columns").against(extra.span, "the column is defined here"));
        }
        for wanted in &parent.columns {
            let Some(own) = column(self.state, table, &wanted.name) else {
                let why = format!("`{name}` does not have the column `{}` of `{whole}`", wanted.name);
                return Some(Refusal::new(why, "give both the same columns").against(wanted.span, "the column is defined here"));
            };
            if let (Some(a), Some(b)) = (self.kind_of(table, &own.name), self.kind_of(parent, &wanted.name)) {
                let types = (own.column_type.known(), wanted.column_type.known());
                let is_domain = |one: &str| self.state.domain_named(one).is_some();
                let plain = types.0.zip(types.1).is_some_and(|(a, b)| !is_domain(&a.name) && !is_domain(&b.name));
                if plain && a != b {
                    let why = format!("column `{}` of `{name}` is of another type than that of `{whole}`", own.name);
                    return Some(Refusal::new(why, "give both the same type").against(own.span, "the column is defined here"));
                }
            }
            if wanted.nullable.known() == Some(&false) && own.nullable.known() == Some(&true) {
                let why = format!("`{}` takes NULL in `{name}`, and not in `{whole}`", own.name);
                let remedy = format!("ALTER TABLE {name} ALTER COLUMN {} SET NOT NULL;", own.name);
                return Some(Refusal::new(why, remedy).against(own.span, "the column is defined here"));
            }
        }
        let missing =
            parent.checks.iter().filter(|one| !one.no_inherit).find(|check| {
                check.name.is_some() && table.checks.iter().all(|own| own.name.is_some() && own.name != check.name)
            });
        if let Some(check) = missing {
            let called = check.name.as_deref().unwrap_or("");
            let why = format!("`{name}` does not have the CHECK `{called}` of `{whole}`");
            return Some(
                Refusal::new(why, "add the CHECK first, under the same name").against(check.span, "the CHECK is made here"),
            );
        }
        self.bound(parent, slot, default)
    }

    pub(super) fn detach(&self, slot: usize, child: &ObjectName) -> Option<Refusal> {
        let parent = self.sure(slot)?;
        let table = self.sure(self.state.find(child)?)?;
        (table.parent.as_deref() != Some(&parent.name)).then(|| {
            let why = format!("`{}` is no partition of `{}`", short(&table.name), short(&parent.name));
            Refusal::new(why, "name one of its partitions").against(table.name_span, "the table is created here")
        })
    }
}
