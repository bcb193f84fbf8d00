//! Types, views and schemas.

use super::{Ask, Refusal, short};
use crate::source::Spanned;
use crate::sql::{Change, ObjectName};

impl Ask<'_> {
    pub(super) fn object(&self, change: &Change) -> Option<Refusal> {
        match change {
            Change::CreateEnum { name, .. } => {
                let made = self.state.new_name(name);
                let held = self.state.enum_named(&name.name).filter(|held| held.name == made)?;
                let found = Refusal::new(format!("there is a type `{}` already", short(&made)), "take another name");
                Some(found.against(held.span, "the other one is created here"))
            }
            Change::AddEnumValue { name, label, before, after, if_not_exists } => {
                self.add_label(name, label, before.as_ref().or(after.as_ref()), *if_not_exists)
            }
            Change::RenameEnumValue { name, from, to } => {
                let held = self.state.enum_named(&name.name).filter(|held| held.complete)?;
                let has = |label: &str| held.labels.iter().any(|one| one.value == label);
                if !has(&from.value) {
                    let why = format!("`{}` has no label '{}'", short(&held.name), from.value);
                    return Some(Refusal::new(why, "name a label that is there").against(held.span, "the type is created here"));
                }
                has(&to.value).then(|| {
                    let why = format!("`{}` has a label '{}' already", short(&held.name), to.value);
                    Refusal::new(why, "take another label").against(held.span, "the type is created here")
                })
            }
            Change::CreateView { name, or_replace: false, .. } => self.taken(&self.state.new_name(name)),
            Change::DropSchema { names, cascade: false } => {
                let (schema, table) = names.iter().find_map(|name| Some((name, self.state.first_in_schema(name)?)))?;
                let sure = !table.external && table.gaps.is_empty();
                sure.then(|| {
                    let why = format!("schema `{schema}` holds `{}`", table.name.name);
                    Refusal::new(why, "drop first what the schema holds").against(table.name_span, "the table is created here")
                })
            }
            _ => None,
        }
    }

    fn add_label(
        &self,
        name: &ObjectName,
        label: &Spanned<String>,
        beside: Option<&String>,
        if_not_exists: bool,
    ) -> Option<Refusal> {
        let held = self.state.enum_named(&name.name).filter(|held| held.complete)?;
        if let Some(there) = held.labels.iter().find(|one| one.value == label.value) {
            let why = format!("`{}` has a label '{}' already", short(&held.name), label.value);
            let found = Refusal::new(why, format!("ALTER TYPE {} ADD VALUE IF NOT EXISTS '{}';", short(&held.name), label.value));
            return (!if_not_exists).then(|| found.against(there.span, "the label is added here"));
        }
        let beside = beside.filter(|beside| !held.labels.iter().any(|one| one.value == **beside))?;
        let why = format!("`{}` has no label '{beside}' to stand beside", short(&held.name));
        Some(Refusal::new(why, "name a label that is there").against(held.span, "the type is created here"))
    }
}
