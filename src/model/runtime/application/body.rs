//! How large a body applications take, as their settings say it.

use crate::discover::Kind;
use crate::model::runtime::Runtime;
use crate::model::runtime::route::Route;
use crate::source::Span;

/// The largest body that an application is told to take.
#[derive(Debug, Clone)]
pub struct BodyBound {
    /// In bytes.
    pub bytes: u64,
    /// The key as written.
    pub key: String,
    /// Where it is written.
    pub span: Span,
}

/// Keys that say it, with their format. `DataSize` of Spring and `MemorySize` of Quarkus count in powers of 1024. The `max-file-size` of
/// Spring is that of a part: where it is written alone, the 10 MB of `max-request-size` end the body first.
const KEYS: [(Kind, &str); 3] = [
    (Kind::Spring, "spring.servlet.multipart.max-request-size"),
    (Kind::Quarkus, "quarkus.http.limits.max-body-size"),
    (Kind::Micronaut, "micronaut.server.max-request-size"),
];

impl Runtime {
    /// The largest body that a service behind a route is told to take; `None` where none of them says it.
    pub fn body_bound(&self, route: &Route) -> Option<BodyBound> {
        let bounds = route.targets.iter().flat_map(|target| {
            let runs = move |owner: &super::owner::Owner| owner.service == target.service;
            let applications = self.applications.iter().filter(move |one| one.owners.iter().any(runs));
            applications.filter_map(|application| {
                let view = application.view_in(self.services.get(target.service)?);
                let keys = KEYS.iter().filter(|(format, _)| *format == application.format);
                let said = keys.map(|(_, key)| view.get(key)).find_map(|said| said.known().cloned())?;
                Some(BodyBound { bytes: bytes(&said.text)?, key: said.key, span: said.span })
            })
        });
        bounds.max_by_key(|bound| bound.bytes)
    }
}

/// `20MB`, `10M`, `1048576`; nothing for what has no bound (`-1`).
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let shift = match unit.trim().trim_end_matches('b').trim_end_matches('i') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_frameworks_write_them() {
        assert_eq!(bytes("20MB"), Some(20 << 20));
        assert_eq!(bytes("10M"), Some(10 << 20));
        assert_eq!(bytes("512"), Some(512));
        assert_eq!(bytes("1 KiB"), Some(1 << 10));
        assert_eq!(bytes("-1"), None);
        assert_eq!(bytes("99999999999999999999G"), None);
    }
}
