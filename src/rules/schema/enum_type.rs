//! An enum type, in a house that prefers tables or checks.

use crate::diagnostic::Diagnostic;
use crate::model::schema::EnumType;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/enum-type", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let databases = context.head.schema.databases.iter().inspect(|_| context.consider());
    let enums = databases.flat_map(|database| &database.enums);
    let report = |one: &EnumType| {
        Diagnostic::new(one.name.to_string(), format!("`{}` is an enum type", one.name.name))
            .at(one.span, "a label can be added and renamed, and never taken away")
            .help("a table of its own with a foreign key, or `text` with a CHECK (.. IN (..))")
    };
    enums.map(report).collect()
}
