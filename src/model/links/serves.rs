//! Whether a route of a gateway answers for a path of an API.

use crate::fact::Fact;
use crate::model::api::OperationRef;
use crate::model::runtime::route::{PathMatch, Rewrite, Route};

/// Whether a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    /// It does not.
    No,
    /// It may: a pattern, or a parameter that could hold what the route asks for.
    Perhaps,
    /// It does, for every value of the parameters.
    Yes,
}

/// Whether a route answers for an operation, under any of the paths that its document gives it.
pub(super) fn serves(route: &Route, operation: OperationRef<'_>, bases: &[String]) -> Answer {
    let by_method = match &route.methods {
        Fact::Absent => Answer::Yes,
        Fact::Known(methods, _) if methods.iter().any(|one| one == operation.method_name()) => Answer::Yes,
        Fact::Known(..) => Answer::No,
        Fact::Unknown(_) => Answer::Perhaps,
    };
    let own = operation.path().split(['?', '#']).next().unwrap_or("");
    let by_path = |base: &String| {
        let outside = format!("{}{own}", base.trim_end_matches('/'));
        let direct = answers(&route.path, &outside);
        let inside = [own, outside.as_str()].into_iter().map(|path| behind(route, path)).max().unwrap_or(Answer::No);
        direct.max(inside)
    };
    bases.iter().map(by_path).max().unwrap_or(Answer::No).min(by_method)
}

/// Whether a request for an operation, as its document writes it, comes to a route, wherever that leads. A route for every path counts for
/// nothing: it gets what no other one takes.
pub(super) fn takes(route: &Route, operation: OperationRef<'_>, bases: &[String]) -> bool {
    let is_rest = match route.path.known() {
        Some(PathMatch::Prefix(path) | PathMatch::Segments(path)) => path.trim_matches('/').is_empty(),
        _ => false,
    };
    let own = operation.path().split(['?', '#']).next().unwrap_or("");
    let by_path = |base: &String| answers(&route.path, &format!("{}{own}", base.trim_end_matches('/'))) > Answer::No;
    !is_rest && bases.iter().any(by_path)
}

/// Whether the route, after what it does to the path, passes requests to this path.
fn behind(route: &Route, path: &str) -> Answer {
    match &route.rewrite {
        Fact::Known(Rewrite::Prefix { to, .. }, _) => match route.path.known() {
            Some(PathMatch::Prefix(_) | PathMatch::Segments(_)) => prefix(to, path, false),
            _ => Answer::Perhaps,
        },
        Fact::Known(Rewrite::Whole(to), _) if to == path => Answer::Yes,
        Fact::Known(Rewrite::Whole(_), _) | Fact::Absent => Answer::No,
        Fact::Unknown(_) => Answer::Perhaps,
    }
}

fn answers(matched: &Fact<PathMatch>, path: &str) -> Answer {
    let Some(matched) = matched.known() else { return Answer::Perhaps };
    match matched {
        PathMatch::Prefix(wanted) => prefix(wanted, path, false),
        PathMatch::Segments(wanted) => prefix(wanted.trim_end_matches('/'), path, true),
        PathMatch::Exact(wanted) if wanted == path => Answer::Yes,
        PathMatch::Exact(wanted) => {
            if may_hold(path, wanted) {
                Answer::Perhaps
            } else {
                Answer::No
            }
        }
        PathMatch::Pattern(pattern) => by_pattern(pattern, path),
    }
}

/// The part of a path before its first parameter.
fn literal(path: &str) -> &str {
    path.split('{').next().unwrap_or(path)
}

/// Whether parameters of the path could hold what is wanted.
fn may_hold(path: &str, wanted: &str) -> bool {
    path.contains('{') && wanted.starts_with(literal(path))
}

fn prefix(wanted: &str, path: &str, whole_segments: bool) -> Answer {
    let fixed = literal(path);
    if let Some(rest) = fixed.strip_prefix(wanted) {
        let ends_segment = rest.is_empty() && fixed.len() == path.len() || rest.starts_with('/') || wanted.is_empty();
        return if !whole_segments || ends_segment { Answer::Yes } else { Answer::No };
    }
    // `/orders` where `/orders/` is asked for: the gateway sends the client there.
    if wanted.strip_suffix('/') == Some(path) {
        return Answer::Perhaps;
    }
    if may_hold(path, wanted) { Answer::Perhaps } else { Answer::No }
}

/// A pattern is compared by what it begins with, written out, and by the ending that it asks for.
fn by_pattern(pattern: &str, path: &str) -> Answer {
    let lower = path.to_ascii_lowercase();
    let pattern = pattern.to_ascii_lowercase();
    let Some(rest) = pattern.strip_prefix('^') else {
        let last = lower.rsplit('/').next().unwrap_or("");
        let asks_ending = pattern.ends_with('$') && pattern.contains("\\.");
        return if asks_ending && !last.contains('.') { Answer::No } else { Answer::Perhaps };
    };
    let end = rest.find(|c: char| "()[]{}*+?|\\$.".contains(c)).unwrap_or(rest.len());
    let written = &rest[..end];
    // `?` and `*` make the character before them optional.
    let written = if rest[end..].starts_with(['?', '*']) { &written[..written.len().saturating_sub(1)] } else { written };
    let fixed = literal(&lower);
    let fits = fixed.starts_with(written) || (lower.contains('{') && written.starts_with(fixed));
    let open_end = matches!(&rest[end..], "" | "$" | "(/|$)" | "(/.*)?$" | ".*" | ".*$" | "(.*)" | "(.*)$");
    match (fits, open_end && fixed.starts_with(written) && !rest[end..].is_empty() && rest[end..] != *"$") {
        (false, _) => Answer::No,
        (true, true) => Answer::Yes,
        (true, false) => Answer::Perhaps,
    }
}

/// How closely a route is made for a path: of two that answer the closer one does.
pub(super) fn closeness(route: &Route) -> (u8, usize) {
    match route.path.known() {
        Some(PathMatch::Exact(path)) => (3, path.len()),
        Some(PathMatch::Pattern(path)) => (2, path.len()),
        Some(PathMatch::Prefix(path) | PathMatch::Segments(path)) => (1, path.len()),
        None => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    fn of(matched: PathMatch, path: &str) -> Answer {
        answers(&Fact::explicit(matched, Span::new(SourceId(0), 0, 0)), path)
    }

    #[test]
    fn paths_fit_or_do_not() {
        use Answer::{No, Perhaps, Yes};
        let prefix = |wanted: &str, path: &str| of(PathMatch::Prefix(wanted.into()), path);
        assert_eq!(prefix("/", "/orders/{id}"), Yes);
        assert_eq!(prefix("/orders/", "/orders/{id}"), Yes);
        assert_eq!(prefix("/orders/", "/orders"), Perhaps);
        assert_eq!(prefix("/orders/open", "/orders/{id}"), Perhaps);
        assert_eq!(prefix("/api", "/orders"), No);
        assert_eq!(of(PathMatch::Segments("/api".into()), "/apis"), No);
        assert_eq!(of(PathMatch::Segments("/api".into()), "/api/x"), Yes);
        assert_eq!(of(PathMatch::Segments("/api".into()), "/api"), Yes);
        assert_eq!(of(PathMatch::Segments("/".into()), "/api"), Yes);
        assert_eq!(of(PathMatch::Exact("/a".into()), "/a"), Yes);
        let pattern = |wanted: &str, path: &str| of(PathMatch::Pattern(wanted.into()), path);
        assert_eq!(pattern("\\.(js|css)$", "/orders"), No);
        assert_eq!(pattern("^/api/.*$", "/api/orders"), Yes);
        assert_eq!(pattern("^/api(/|$)", "/orders"), No);
        assert_eq!(pattern("^/(a|b)/", "/orders"), Perhaps);
        assert_eq!(pattern("^/x?/", "/orders"), Perhaps);
    }
}
