//! What a change of a column's type does with the rows. The pairs are data: `data/postgres_type_changes.toml`.

use super::super::catalog::{Column, Index, Table};
use super::super::history::TypeChange;
use super::Moment;
use crate::source::Spanned;
use crate::sql::ColumnType;
use serde::Deserialize;
use std::sync::OnceLock;

/// The change as the statement asks for it.
pub(super) struct Wanted<'a> {
    pub to: Option<&'a Spanned<ColumnType>>,
    pub using: Option<&'a str>,
    pub collation: Option<&'a str>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum When {
    Always,
    Length,
    Unbounded,
    Scale,
    Precision,
    Utc,
    Unindexed,
}

#[derive(Deserialize)]
struct Free {
    from: Vec<String>,
    to: Vec<String>,
    when: When,
}

#[derive(Deserialize, Default)]
struct Builtin {
    names: Vec<String>,
}

#[derive(Deserialize, Default)]
struct Matrix {
    free: Vec<Free>,
    builtin: Builtin,
}

fn matrix() -> &'static Matrix {
    static MATRIX: OnceLock<Matrix> = OnceLock::new();
    MATRIX.get_or_init(|| toml::from_str(include_str!("../../../../data/postgres_type_changes.toml")).unwrap_or_default())
}

/// Whether a type is one of the server itself, and so no domain.
pub(super) fn is_builtin(name: &str) -> bool {
    matrix().builtin.names.iter().any(|one| one == name) || name.starts_with("interval ")
}

/// How the change acts on the table as it is.
pub(super) fn judge(moment: &Moment, table: &Table, column: Option<&Column>, wanted: &Wanted) -> TypeChange {
    let Some(to) = wanted.to else { return TypeChange::Unknown("the new type was not understood".into()) };
    let Some(column) = column else { return TypeChange::Unknown("the column was never seen".into()) };
    let Some(from) = column.column_type.known() else { return TypeChange::Unknown("the old type is not known".into()) };
    let verdict = by_types(moment, table, column, from, &to.value);
    match wanted.using.map_or(Using::Cast, |using| by_using(moment, &column.name, using, to)) {
        Using::Cast => {}
        Using::Computed => return TypeChange::Rewrite("`USING` computes every value".into()),
        Using::OtherCast if !matches!(verdict, TypeChange::Rewrite(_)) => {
            return TypeChange::Unknown("`USING` casts to another type on the way".into());
        }
        Using::OtherCast => {}
    }
    let TypeChange::CatalogOnly(why) = verdict else { return verdict };
    if table.checks.iter().any(|check| names(&check.text, &column.name)) {
        return TypeChange::Scan("a CHECK on the column is checked again".into());
    }
    let indexed =
        |index: &Index| index.keys.iter().any(|key| key.column.as_ref() == Some(&column.name) || names(key.text(), &column.name));
    if wanted.collation.is_some() && table.indexes.iter().any(indexed) {
        return TypeChange::Scan("an index on the column is built again in the new collation".into());
    }
    // Expressions and conditions are not compared: the server takes them for changed.
    let computes = |index: &Index| {
        let by_key = index.keys.iter().any(|key| key.column.is_none() && names(key.text(), &column.name));
        let computed = index.keys.iter().any(|key| key.column.is_none()) || index.predicate.is_some();
        by_key || (computed && indexed(index)) || index.predicate.as_ref().is_some_and(|one| names(&one.value, &column.name))
    };
    if table.indexes.iter().any(computes) {
        return TypeChange::Scan("an index with an expression or a condition on the column is built again".into());
    }
    TypeChange::CatalogOnly(why)
}

fn names(text: &str, column: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == column)
}

/// What a `USING` expression does with the old value.
enum Using {
    /// Takes it, or casts it to the new type, as no `USING` would.
    Cast,
    /// Casts it through, or to, another type.
    OtherCast,
    /// Anything else.
    Computed,
}

fn by_using(moment: &Moment, column: &str, using: &str, to: &Spanned<ColumnType>) -> Using {
    let squeeze =
        |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '"').flat_map(char::to_lowercase).collect::<String>();
    let mut expression = squeeze(using);
    while let Some(inner) = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        expression = inner.to_owned();
    }
    let column = squeeze(column);
    let written = squeeze(moment.text.get(to.span.range()).unwrap_or(""));
    let canonical = squeeze(&to.value.display());
    if expression == column {
        return Using::Cast;
    }
    let short = expression.strip_prefix(&column).and_then(|rest| rest.strip_prefix("::"));
    let long = || expression.strip_prefix(&format!("cast({column}as"))?.strip_suffix(')');
    match short.or_else(long) {
        Some(cast) if cast == written || cast == canonical => Using::Cast,
        Some(cast) if cast.chars().all(|c| c.is_alphanumeric() || "_:()[],.".contains(c)) => Using::OtherCast,
        _ => Using::Computed,
    }
}

fn by_types(moment: &Moment, table: &Table, column: &Column, from: &ColumnType, to: &ColumnType) -> TypeChange {
    if from == to {
        return TypeChange::CatalogOnly("the column has that type already".into());
    }
    let pair = || format!("`{}` to `{}`", from.display(), to.display());
    if from.array || to.array {
        // Elements that are converted are written anew; whether others are is not in the matrix.
        let element = |one: &ColumnType| ColumnType { array: false, ..one.clone() };
        return match by_types(moment, table, column, &element(from), &element(to)) {
            TypeChange::Rewrite(why) if from.array && to.array => TypeChange::Rewrite(why),
            _ => TypeChange::Unknown(format!("{} is not in the matrix", pair())),
        };
    }
    let state = moment.state;
    if let Some(domain) = state.domain_named(&to.name) {
        return match (&domain.base, domain.constrained) {
            (_, true) => TypeChange::Rewrite(format!("domain `{}` has a constraint", to.name)),
            (Some(base), false) if base == from => TypeChange::CatalogOnly(format!("domain `{}` has no constraint", to.name)),
            (Some(base), false) => by_base(moment, table, column, from, base),
            (None, false) => TypeChange::Unknown(format!("the base of domain `{}` is not known", to.name)),
        };
    }
    if let Some(domain) = state.domain_named(&from.name) {
        return match &domain.base {
            Some(base) if base == to => TypeChange::CatalogOnly(format!("`{}` is the base of the domain", to.name)),
            Some(base) => by_base(moment, table, column, base, to),
            None => TypeChange::Unknown(format!("the base of domain `{}` is not known", from.name)),
        };
    }
    if state.enum_named(&to.name).is_some() || state.enum_named(&from.name).is_some() {
        return TypeChange::Rewrite(format!("{} converts every value", pair()));
    }
    by_base(moment, table, column, from, to)
}

/// Two types that are no domains.
fn by_base(moment: &Moment, table: &Table, column: &Column, from: &ColumnType, to: &ColumnType) -> TypeChange {
    let pair = format!("`{}` to `{}`", from.display(), to.display());
    let row = matrix().free.iter().find(|row| row.from.contains(&from.name) && row.to.contains(&to.name));
    let Some(row) = row else {
        return if is_builtin(&from.name) && is_builtin(&to.name) {
            TypeChange::Rewrite(format!("{pair} converts every value"))
        } else {
            TypeChange::Unknown(format!("{pair} is not in the matrix"))
        };
    };
    let free = |yes: bool, no: &str| {
        if yes {
            TypeChange::CatalogOnly(format!("{pair} keeps every value as it is"))
        } else {
            TypeChange::Rewrite(format!("{pair} {no}"))
        }
    };
    match row.when {
        When::Always => free(true, ""),
        When::Length => free(not_less(argument(from, 0), argument(to, 0)), "shortens the column"),
        When::Unbounded => free(to.arguments.is_empty(), "adds a limit"),
        When::Precision => free(not_less(argument(from, 0).or(Some(6)), argument(to, 0).or(Some(6))), "rounds every value"),
        When::Scale => {
            let (p, s, p2, s2) = (argument(from, 0), argument(from, 1).or(Some(0)), argument(to, 0), argument(to, 1).or(Some(0)));
            free(p2.is_none() || (p.is_some() && not_less(p, p2) && s == s2), "changes the scale or shrinks the precision")
        }
        When::Utc => match moment.transactions.is_utc() {
            _ if !not_less(argument(from, 0).or(Some(6)), argument(to, 0).or(Some(6))) => free(false, "rounds every value"),
            Some(true) => free(true, ""),
            Some(false) => free(false, "converts every value in a time zone that is not UTC"),
            None => TypeChange::Unknown(format!("{pair} rewrites the table unless the session's time zone is UTC")),
        },
        When::Unindexed => {
            let indexed =
                table.indexes.iter().any(|index| index.keys.iter().any(|key| key.column.as_ref() == Some(&column.name)));
            if indexed && to.arguments.is_empty() {
                return TypeChange::Scan(format!("{pair} builds an index of the column again"));
            }
            free(to.arguments.is_empty(), "adds a limit")
        }
    }
}

fn argument(of: &ColumnType, at: usize) -> Option<u64> {
    of.arguments.get(at)?.parse().ok()
}

/// Whether a limit does not shrink; `None` is no limit.
fn not_less(from: Option<u64>, to: Option<u64>) -> bool {
    match (from, to) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(from), Some(to)) => to >= from,
    }
}
