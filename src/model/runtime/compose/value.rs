//! Scalars of a compose file, with variables replaced as Compose does: the shell is unknown, then `.env` beside the
//! project's file, then the inline default.

use crate::documents::NodeRef;
use crate::documents::env::EnvFile;
use crate::documents::interpolation::{self, Variable};
use crate::fact::{Fact, Origin};
use crate::source::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All values of one `.env` file together may grow to this many bytes once they are expanded.
const LARGEST_EXPANSION: usize = 8 << 20;

/// What the `.env` files of a project give to `${...}`.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables(Arc<BTreeMap<String, (Variable, Span)>>);

/// Whether a service says how Swarm places, reaches or updates it: what only a stack does, which knows no order of starts. (Compose
/// heeds the number of replicas and their mode.)
/// <https://docs.docker.com/reference/cli/docker/stack/deploy/>
pub(super) fn is_of_stack(service: NodeRef<'_>) -> bool {
    let deploy = service.get("deploy");
    ["placement", "update_config", "endpoint_mode"].iter().any(|key| deploy.is_some_and(|deploy| deploy.get(key).is_some()))
}

impl Variables {
    /// Adds a file; variables that are already there stay (the including project's win over the included one's).
    pub(super) fn add(&mut self, file: &EnvFile) {
        let expanded = expand_file(file, |name| self.lookup(name));
        let before = self.0.clone();
        let variables = Arc::make_mut(&mut self.0);
        for (key, value, span) in expanded {
            let variable = match value {
                Fact::Known(text, _) => Variable::Set(text),
                _ => Variable::Unknown,
            };
            if !before.contains_key(&key) {
                variables.insert(key, (variable, span));
            }
        }
    }

    /// What is known of a variable.
    pub(super) fn lookup(&self, name: &str) -> Variable {
        self.0.get(name).map_or(Variable::Unset, |(variable, _)| variable.clone())
    }

    /// A text with its variables replaced. A text that is one variable of a `.env` file has the place of its value there.
    pub(super) fn resolve(&self, text: &str, span: Span) -> Fact<String> {
        match interpolation::expand(text, &mut |name| self.lookup(name)) {
            Ok(value) => {
                let elsewhere = interpolation::only_variable(text).and_then(|name| self.0.get(name)).map(|(_, span)| *span);
                Fact::Known(value, elsewhere.map_or(Origin::Explicit(span), Origin::Inherited))
            }
            Err(why) => Fact::not_read(why.0, vec![span]),
        }
    }

    /// A text of which the known parts can be read; see [`interpolation::expand_partly`].
    pub(super) fn resolve_partly(&self, text: &str) -> Option<String> {
        interpolation::expand_partly(text, &mut |name| self.lookup(name)).ok()
    }

    /// The value of a scalar; unknown for collections.
    pub(super) fn scalar(&self, node: NodeRef<'_>) -> Fact<String> {
        match node.text() {
            Some(text) => self.resolve(text, node.span()),
            None => Fact::not_read("not a scalar", vec![node.span()]),
        }
    }

    /// The value under a key of a map: absent without the key, or with null.
    pub(super) fn of_key(&self, map: NodeRef<'_>, key: &str) -> Fact<String> {
        match map.get(key) {
            Some(node) if !node.is_null() => self.scalar(node),
            _ => Fact::Absent,
        }
    }
}

/// The variables of an env file, expanded in order: each sees those before it, then `outer`.
pub(super) fn expand_file(file: &EnvFile, outer: impl Fn(&str) -> Variable) -> Vec<(String, Fact<String>, Span)> {
    let mut known: BTreeMap<&str, Variable> = BTreeMap::new();
    let mut found = Vec::with_capacity(file.entries.len());
    let mut grown = 0usize;
    for entry in &file.entries {
        let fact = match &entry.value {
            None => match outer(&entry.key) {
                Variable::Set(text) => Fact::Known(text, Origin::Inherited(entry.key_span)),
                _ => Fact::not_read("taken from the shell", vec![entry.key_span]),
            },
            Some(value) if value.literal => Fact::explicit(value.text.clone(), value.span),
            Some(_) if grown > LARGEST_EXPANSION => Fact::not_read("the file grows too large", vec![entry.key_span]),
            Some(value) => {
                let mut lookup = |name: &str| known.get(name).cloned().unwrap_or_else(|| outer(name));
                match interpolation::expand(&value.text, &mut lookup) {
                    Ok(text) => Fact::explicit(text, value.span),
                    Err(why) => Fact::not_read(why.0, vec![value.span]),
                }
            }
        };
        grown += fact.known().map_or(0, String::len);
        let variable = fact.known().map_or(Variable::Unknown, |text| Variable::Set(text.clone()));
        known.insert(&entry.key, variable);
        let span = fact.span().unwrap_or(entry.key_span);
        found.push((entry.key.clone(), fact, span));
    }
    found
}
