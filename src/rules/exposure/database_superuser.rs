//! An application that connects as the role that may do everything.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::runtime::Profile;
use crate::rules::{Context, Rule, rehearsal, rule, spread};

pub(super) const RULE: Rule = rule!("exposure/database-superuser", check);

/// The role that a server makes at its first start, by system.
const SUPERUSERS: [(&str, &str); 3] = [("postgres", "postgres"), ("mysql", "root"), ("sqlserver", "sa")];

fn check(context: &Context) -> Vec<Diagnostic> {
    let runtime = &context.head.runtime;
    let mut found: std::collections::BTreeMap<_, Diagnostic> = std::collections::BTreeMap::new();
    for pool in runtime.pools() {
        let Some((url, user)) = pool.url.as_ref().and_then(|url| Some((url, url.user.as_deref()?))) else { continue };
        context.consider();
        if url.is_local() || !SUPERUSERS.contains(&(url.system, user)) {
            continue;
        }
        let message = format!("`{}` connects as `{user}`, who may do everything", pool.name);
        let mut diagnostic = Diagnostic::new(pool.subject(), message)
            .at(pool.span, "one injected statement reads, drops or copies any table, and more")
            .help(instead(url.system, url.database.as_deref()))
            .evidence("superuser");
        if pool.use_for != Profile::Production {
            diagnostic = diagnostic.at_most(Severity::Info, "the file is not marked for production");
        }
        let diagnostic = rehearsal::lowered(diagnostic, pool.use_for);
        // One file, one thing to decide.
        match found.remove(&pool.span.source) {
            Some(first) => found.insert(pool.span.source, spread::add(first, pool.span, pool.subject())),
            None => found.insert(pool.span.source, diagnostic),
        };
    }
    found.into_values().collect()
}

/// What makes a role that may read and write, and nothing else.
fn instead(system: &str, database: Option<&str>) -> String {
    let is_plain = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match system {
        "mysql" => {
            let database = match database {
                Some(name) if is_plain(&name) => name.to_owned(),
                Some(name) => format!("`{}`", name.replace('`', "``")),
                None => "database_name".to_owned(),
            };
            format!("CREATE USER app IDENTIFIED BY '...'; GRANT SELECT, INSERT, UPDATE, DELETE ON {database}.* TO app")
        }
        "sqlserver" => "CREATE LOGIN app WITH PASSWORD = '...'; CREATE USER app FOR LOGIN app; \
                        ALTER ROLE db_datareader ADD MEMBER app; ALTER ROLE db_datawriter ADD MEMBER app"
            .to_owned(),
        _ => "CREATE ROLE app LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app".to_owned(),
    }
}
