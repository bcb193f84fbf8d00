//! Addresses with passwords in them.

use super::words;
use crate::documents::url;

/// Whether an address leads to a service of the same project: its host is a bare name.
pub(super) fn leads_beside(text: &str) -> bool {
    let place = text.split_once("://").and_then(|(_, rest)| rest.split(['?', ' ']).next()?.rsplit_once('@'));
    let host = place.map(|(_, place)| place.split(['/', ':', ',']).next().unwrap_or(""));
    host.is_some_and(|host| !host.is_empty() && !host.contains('.'))
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
        let is_own = matches!(host, "" | "localhost" | "127.0.0.1" | "0.0.0.0" | "host.docker.internal");
        return user.split_once(':').map(|(_, password)| password).filter(|_| !is_own && !words::is_form(user));
    }
    let parsed = url::parse(text).filter(|url| url.has_password && !url.is_local())?;
    parsed.host.as_ref()?;
    let lower = text.to_ascii_lowercase();
    let at = ["password=", "pwd="].iter().find_map(|key| Some((lower.find(key)?, key.len())))?;
    let rest = text.get(at.0 + at.1..)?;
    rest.split([';', ' ']).next().map(|password| password.trim_matches('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_addresses() {
        assert_eq!(password("postgres://u:p@ss@db:5432/x?a=b@c"), Some("p@ss"));
        assert_eq!(password("amqp://guest:guest@localhost:5672"), None);
        assert_eq!(password("https://example.com/a:b"), None);
        assert_eq!(password("postgres://user:pass@db:5432/orders"), None);
        assert_eq!(password("Host=db;Username=a;Password=x1;Database=d"), Some("x1"));
        assert_eq!(password("host=db user=a password='x y' dbname=d"), Some("x"));
    }
}
