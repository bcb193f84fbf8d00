//! Addresses with passwords in them.

use super::{is_store, words};
use crate::documents::url;
use crate::model::runtime::Runtime;
use std::collections::{HashMap, HashSet};

/// Whether an address leads to a service of the same project: its host is a bare name.
pub(super) fn leads_beside(text: &str) -> bool {
    let place = text.split_once("://").and_then(|(_, rest)| rest.split(['?', ' ']).next()?.rsplit_once('@'));
    let host = place.map(|(_, place)| place.split(['/', ':', ',']).next().unwrap_or(""));
    host.is_some_and(|host| !host.is_empty() && !host.contains('.'))
}

/// The user and the password of an address that are a form to fill in: `user:pass` of `postgres://user:pass@db`.
pub(in crate::model::runtime) fn form(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let (user, _) = rest.split(['?', ' ']).next()?.rsplit_once('@')?;
    words::is_form(user).then_some(user)
}

/// The password of an address that leads to another machine: `scheme://user:password@host`, `Password=...;`.
pub(in crate::model::runtime) fn password(text: &str) -> Option<&str> {
    if let Some((scheme, rest)) = text.split_once("://") {
        let is_scheme = scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-' | ':'));
        let rest = rest.split(['?', ' ']).next()?;
        // An unencoded password of a database may hold a slash; what the web calls an address has none there.
        let rest = if scheme.starts_with("http") || scheme.starts_with("ws") { rest.split('/').next()? } else { rest };
        let (user, place) = rest.rsplit_once('@').filter(|_| is_scheme)?;
        let host = place.split(['/', ':', ',']).next().unwrap_or("");
        return user.split_once(':').map(|(_, password)| password).filter(|_| !words::is_own_host(host));
    }
    let parsed = url::parse(text).filter(|url| url.has_password && !url.is_local())?;
    parsed.host.as_ref()?;
    let lower = text.to_ascii_lowercase();
    let at = ["password=", "pwd="].iter().find_map(|key| Some((lower.find(key)?, key.len())))?;
    let rest = text.get(at.0 + at.1..)?;
    rest.split([';', ' ']).next().map(|password| password.trim_matches('\''))
}

/// By project the users with passwords that look like a form to fill in, and are what one of its stores is told.
pub(super) fn taken_forms(runtime: &Runtime) -> HashMap<usize, HashSet<String>> {
    let mut found: HashMap<usize, HashSet<String>> = HashMap::new();
    for service in runtime.services.iter().filter(|service| is_store(service)) {
        // More than a store is ever told at its first start.
        let of = |ends: [&str; 2]| -> Vec<&str> {
            let all = service.environment.iter().filter(|(name, _)| ends.iter().any(|end| name.ends_with(end)));
            all.filter_map(|(_, variable)| variable.value.known().map(String::as_str)).take(8).collect()
        };
        let (users, passwords) = (of(["USER", "USERNAME"]), of(["PASSWORD", "PASS"]));
        let pairs = users.iter().flat_map(|user| passwords.iter().map(move |password| format!("{user}:{password}")));
        let forms = pairs.map(|pair| pair.to_ascii_lowercase()).filter(|pair| words::is_form(pair));
        found.entry(service.project).or_default().extend(forms);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_addresses() {
        assert_eq!(password("postgres://u:p@ss@db:5432/x?a=b@c"), Some("p@ss"));
        assert_eq!(password("amqp://guest:guest@localhost:5672"), None);
        assert_eq!(password("https://example.com/a:b"), None);
        assert_eq!(form("postgres://user:pass@db:5432/orders"), Some("user:pass"));
        assert_eq!(form("postgres://orders:pass@db:5432/orders"), None);
        assert_eq!(password("Host=db;Username=a;Password=x1;Database=d"), Some("x1"));
        assert_eq!(password("host=db user=a password='x y' dbname=d"), Some("x"));
    }
}
