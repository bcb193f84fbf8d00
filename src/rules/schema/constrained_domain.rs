//! A domain with a constraint of its own.

use crate::diagnostic::Diagnostic;
use crate::model::schema::Domain;
use crate::rules::{Context, Rule, rule};

pub(super) const RULE: Rule = rule!("schema/constrained-domain", check);

fn check(context: &Context) -> Vec<Diagnostic> {
    let domains = context.head.schema.databases.iter().flat_map(|database| &database.domains);
    domains.inspect(|_| context.consider()).filter(|domain| domain.constrained).map(report).collect()
}

fn report(domain: &Domain) -> Diagnostic {
    let base = domain.base.as_ref().map_or_else(|| "the base type".to_owned(), |one| format!("`{}`", one.display()));
    Diagnostic::new(domain.name.to_string(), format!("domain `{}` has a constraint of its own", domain.name.name))
        .at(domain.span, "changing it reads every table that uses the domain, and a new column of it writes every row")
        .help(format!("{base} with a CHECK on each column, added NOT VALID and validated in the next migration"))
}
