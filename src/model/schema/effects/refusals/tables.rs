//! `CREATE TABLE`.

use super::super::super::catalog::Table;
use super::types::{self, Kind};
use super::{Ask, Refusal, short};
use crate::sql::{ColumnDef, ConstraintDef, ConstraintKind, CreateTable, PartitionKey};

/// Columns that an element names, and the element.
pub(super) struct KeyOver<'d> {
    pub columns: Vec<&'d str>,
    pub primary: bool,
}

/// The key that a constraint writes out; `None` for what is none.
pub(super) fn key_over<'d>(def: &'d ConstraintDef, at: Option<&'d str>) -> Option<KeyOver<'d>> {
    let (columns, primary) = match &def.kind {
        ConstraintKind::PrimaryKey { columns, using_index: None } => (columns, true),
        ConstraintKind::Unique { columns, using_index: None, .. } => (columns, false),
        _ => return None,
    };
    let mut columns: Vec<&str> = columns.iter().map(|one| one.value.as_str()).collect();
    if columns.is_empty() {
        columns.extend(at);
    }
    Some(KeyOver { columns, primary })
}

impl Ask<'_> {
    pub(super) fn create_table(&self, def: &CreateTable) -> Option<Refusal> {
        let name = self.state.new_name(&def.name);
        if !def.complete || def.temporary || def.from_query {
            return None;
        }
        if self.state.is_relation(&name) {
            return if def.if_not_exists { None } else { self.taken(&name) };
        }
        self.column_again(def)
            .or_else(|| self.parents_of(def))
            .or_else(|| self.two_primary_keys(def))
            .or_else(|| def.columns.iter().find_map(|column| self.new_column(column)))
            .or_else(|| self.partition_key(def))
            .or_else(|| self.keys_of_new(def))
            .or_else(|| self.references_of_new(def, &short(&name)))
    }

    fn column_again(&self, def: &CreateTable) -> Option<Refusal> {
        let mut seen: Vec<&str> = Vec::new();
        let again = def.columns.iter().find(|column| {
            let again = seen.contains(&column.name.value.as_str());
            seen.push(&column.name.value);
            again
        })?;
        Some(Refusal::new(format!("column `{}` is written twice", again.name.value), "leave one of them out"))
    }

    fn parents_of(&self, def: &CreateTable) -> Option<Refusal> {
        for parent in &def.inherits {
            let table = self.state.find(parent).and_then(|slot| self.state.certain(slot));
            if let Some(table) = table.filter(|table| table.partitioned) {
                let why = format!("a table cannot inherit from `{}`, which is partitioned", short(&table.name));
                return Some(
                    Refusal::new(why, "write PARTITION OF instead").against(table.name_span, "the table is created here"),
                );
            }
        }
        let parent = self.state.find(def.partition_of.as_ref()?)?;
        self.bound(self.state.certain(parent)?, parent, def.default_partition)
    }

    fn two_primary_keys(&self, def: &CreateTable) -> Option<Refusal> {
        let of_columns = def.columns.iter().flat_map(|column| &column.constraints);
        let primary = |one: &&ConstraintDef| matches!(one.kind, ConstraintKind::PrimaryKey { .. });
        let count = of_columns.chain(&def.constraints).filter(primary).count();
        let inherited = def.partition_of.as_ref().and_then(|parent| self.state.find(parent));
        let held = inherited.and_then(|slot| self.state.certain(slot)).is_some_and(|table| table.primary_key().is_some());
        (count + usize::from(held) > 1).then(|| Refusal::new("a table has one primary key", "make one of the keys UNIQUE"))
    }

    /// A column that is written, by itself.
    pub(super) fn new_column(&self, column: &ColumnDef) -> Option<Refusal> {
        let name = &column.name.value;
        let of = column.column_type.as_ref().and_then(|written| self.written_kind(&written.value));
        if column.details().identity.is_some() && of.as_ref().is_some_and(|of| !types::counts(of)) {
            let why = format!("identity column `{name}` is no smallint, integer or bigint");
            return Some(Refusal::new(why, "give the column a type that counts"));
        }
        let keyed = column.constraints.iter().any(|one| key_over(one, None).is_some());
        self.unsorted(of.as_ref().filter(|_| keyed), name)
    }

    /// The kind of a type, where types act as the server made them.
    pub(super) fn written_kind(&self, written: &crate::sql::ColumnType) -> Option<Kind> {
        types::kind(self.state, written).filter(|_| self.state.has_plain_types())
    }

    /// A key over a type that has no order.
    pub(super) fn unsorted(&self, of: Option<&Kind>, name: &str) -> Option<Refusal> {
        (!types::is_indexed(of?, "btree")).then(|| {
            Refusal::new(format!("the type of `{name}` has no order, which a key needs"), "change the type, to jsonb say")
        })
    }

    fn partition_key(&self, def: &CreateTable) -> Option<Refusal> {
        let key = def.partition_key.as_ref()?;
        if key.method == "list" && key.columns.len() > 1 {
            return Some(Refusal::new("a table is partitioned BY LIST over one column", "use RANGE, or one column"));
        }
        let own = |name: &str| def.columns.iter().find(|column| column.name.value == name);
        let alone = def.inherits.is_empty() && def.like.is_empty() && def.partition_of.is_none();
        for name in key.columns.iter().flatten() {
            let Some(column) = own(name) else {
                if alone {
                    return Some(Refusal::new(
                        format!("there is no column `{name}` to partition by"),
                        "name a column of the table",
                    ));
                }
                continue;
            };
            if column.generated.is_some() {
                let why = format!("`{name}` is generated, and no table is partitioned by such a column");
                return Some(Refusal::new(why, "partition by what it is computed from"));
            }
            let of = column.column_type.as_ref().and_then(|written| self.written_kind(&written.value));
            let method = if key.method == "hash" { "hash" } else { "btree" };
            if of.is_some_and(|of| !types::is_indexed(&of, method)) {
                let why = format!("the type of `{name}` cannot be partitioned by {}", key.method.to_uppercase());
                return Some(Refusal::new(why, "partition by another column"));
            }
        }
        None
    }

    fn keys_of_new(&self, def: &CreateTable) -> Option<Refusal> {
        let of_columns =
            def.columns.iter().flat_map(|column| column.constraints.iter().map(move |one| (one, Some(&*column.name.value))));
        let all: Vec<_> = of_columns.chain(def.constraints.iter().map(|one| (one, None))).collect();
        let alone = def.inherits.is_empty() && def.like.is_empty() && def.partition_of.is_none();
        for key in all.iter().filter_map(|(one, at)| key_over(one, *at)) {
            for name in &key.columns {
                let Some(column) = def.columns.iter().find(|column| column.name.value == *name) else {
                    if alone {
                        return Some(Refusal::new(
                            format!("there is no column `{name}` for the key"),
                            "name a column of the table",
                        ));
                    }
                    continue;
                };
                let of = column.column_type.as_ref().and_then(|written| self.written_kind(&written.value));
                if let Some(found) = self.unsorted(of.as_ref(), name) {
                    return Some(found);
                }
            }
            if let Some(found) = def.partition_key.as_ref().and_then(|of| self.leaves_out(of, &key, &def.name.name)) {
                return Some(found);
            }
        }
        None
    }

    /// A key of a partitioned table that does not hold all that it is partitioned by.
    pub(super) fn leaves_out(&self, of: &PartitionKey, key: &KeyOver, table: &str) -> Option<Refusal> {
        let word = if key.primary { "PRIMARY KEY" } else { "UNIQUE" };
        let columns: Option<Vec<&str>> = of.columns.iter().map(|column| column.as_deref()).collect();
        let Some(columns) = columns else {
            let why = format!("`{table}` is partitioned by an expression, and then has no {word}");
            return Some(Refusal::new(why, "make the key on each partition"));
        };
        let missing = columns.iter().find(|column| !key.columns.contains(*column))?;
        let all: Vec<&str> =
            key.columns.iter().chain(columns.iter().filter(|column| !key.columns.contains(*column))).copied().collect();
        let why = format!("{word} leaves out `{missing}`, which `{table}` is partitioned by");
        Some(Refusal::new(why, format!("with it:\n{word} ({})", all.join(", "))))
    }

    fn references_of_new(&self, def: &CreateTable, name: &str) -> Option<Refusal> {
        let of_columns =
            def.columns.iter().flat_map(|column| column.constraints.iter().map(move |one| (one, Some(&*column.name.value))));
        let all = of_columns.chain(def.constraints.iter().map(|one| (one, None)));
        for (one, at) in all {
            let ConstraintKind::ForeignKey { columns, references, .. } = &one.kind else { continue };
            let mut own: Vec<&str> = columns.iter().map(|one| one.value.as_str()).collect();
            if own.is_empty() {
                own.extend(at);
            }
            let kinds = own.iter().map(|name| {
                let column = def.columns.iter().find(|column| column.name.value == **name)?;
                self.written_kind(&column.column_type.as_ref()?.value)
            });
            let kinds: Vec<Option<Kind>> = kinds.collect();
            let target = self.state.find(references).and_then(|slot| self.state.certain(slot));
            if let Some(found) = target.and_then(|table| self.reference(one, &own, &kinds, table, (name, !def.unlogged))) {
                return Some(found);
            }
        }
        None
    }

    /// The table that a table would be a child of, where everything is known of it.
    pub(super) fn sure(&self, slot: usize) -> Option<&Table> {
        self.state.certain(slot)
    }
}
