//! On which terms a location passes requests on: rate limits, the size of bodies, the cache, other origins.

use super::super::route::{Cache, CrossOrigin, Limit, Unverified};
use super::super::tables::tables;
use super::super::timeout::{Timeout, parse_nginx};
use super::scope::{Frame, Scope};
use crate::documents::nginx::Directive;
use crate::fact::{Fact, Origin};
use crate::source::Span;

/// What bounds the rate of requests and connections; empty where nothing does.
pub(super) fn limits(scope: &Scope<'_, '_>) -> Fact<Vec<Limit>> {
    let mut found = Vec::new();
    for name in ["limit_req", "limit_conn"] {
        let dry = scope.directives(&format!("{name}_dry_run"));
        if dry.known().is_some_and(|all| argument(all, 0) == Some("on")) {
            continue;
        }
        match scope.directives(name) {
            Fact::Known(directives, _) => {
                let status = status(scope, name);
                found.extend(directives.iter().map(|directive| {
                    let words = std::iter::once(&directive.name).chain(&directive.arguments);
                    let text: Vec<&str> = words.map(|word| word.text.as_str()).collect();
                    Limit { name: text.join(" "), status: status.clone(), span: directive.span }
                }));
            }
            Fact::Absent => {}
            Fact::Unknown(why) => return Fact::Unknown(why),
        }
    }
    let origin = found.first().map(|limit| Origin::Explicit(limit.span));
    origin.map_or(Fact::Absent, |origin| Fact::Known(found, origin))
}

fn status(scope: &Scope<'_, '_>, name: &str) -> Fact<u16> {
    match scope.directives(&format!("{name}_status")) {
        Fact::Known(directives, origin) => match argument(&directives, 0).and_then(|text| text.parse().ok()) {
            Some(status) => Fact::Known(status, origin),
            None => Fact::not_read("not a status", origin.span().into_iter().collect()),
        },
        Fact::Absent => Fact::Known(503, Origin::default_of("nginx")),
        Fact::Unknown(why) => Fact::Unknown(why),
    }
}

fn argument<'d>(directives: &[&'d Directive], at: usize) -> Option<&'d str> {
    directives.last()?.arguments.get(at).map(|word| word.text.as_str())
}

/// The largest body: `client_max_body_size`, of which 0 means that nginx does not look.
pub(super) fn body_limit(scope: &Scope<'_, '_>) -> Fact<u64> {
    match scope.directives("client_max_body_size") {
        Fact::Known(directives, origin) => match argument(&directives, 0).and_then(size) {
            Some(0) => Fact::Known(u64::MAX, origin),
            Some(bytes) => Fact::Known(bytes, origin),
            None => Fact::not_read("not a size that nginx reads", origin.span().into_iter().collect()),
        },
        Fact::Absent => Fact::Known(1 << 20, Origin::default_of("nginx")),
        Fact::Unknown(why) => Fact::Unknown(why),
    }
}

/// A size of nginx: bytes, `k`, `m`, `g`.
fn size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..].to_ascii_lowercase()[..] {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// What the location keeps of responses.
pub(super) fn cache(scope: &Scope<'_, '_>, module: &str) -> Fact<Cache> {
    let own = |setting: &str| scope.directives(&format!("{module}_cache{setting}"));
    let zone = match own("") {
        Fact::Known(directives, _) => match directives.last() {
            Some(directive) if argument(&directives, 0) != Some("off") => *directive,
            _ => return Fact::Absent,
        },
        Fact::Absent => return Fact::Absent,
        Fact::Unknown(why) => return Fact::Unknown(why),
    };
    let mut apart = None;
    for (setting, what) in [("_key", "the key of the cache"), ("_bypass", "its bypass")] {
        match own(setting) {
            Fact::Known(directives, _) => {
                let words = directives.iter().flat_map(|directive| &directive.arguments);
                let credential = words.flat_map(|word| variables(&word.text)).find(|name| names_caller(name));
                apart = apart.or_else(|| credential.map(|name| format!("{what} has `${name}`")));
            }
            Fact::Absent => {}
            Fact::Unknown(why) => return Fact::Unknown(why),
        }
    }
    if let Fact::Known(directives, _) = scope.directives(&format!("{module}_no_cache")) {
        let words = directives.iter().flat_map(|directive| &directive.arguments);
        let credential = words.flat_map(|word| variables(&word.text)).find(|name| names_caller(name));
        apart = apart.or_else(|| credential.map(|name| format!("`{module}_no_cache` has `${name}`")));
    }
    let lifetime = match own("_valid") {
        Fact::Known(directives, origin) => {
            let last = directives.last().and_then(|directive| directive.arguments.last());
            match last.and_then(|word| Some(Timeout::after(parse_nginx(&word.text)?, &word.text))) {
                Some(timeout) => Fact::Known(timeout, origin),
                None => Fact::not_read("not a time that nginx reads", origin.span().into_iter().collect()),
            }
        }
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why),
    };
    let unbounded = unbounded(scope, module, zone);
    Fact::explicit(Cache { keeps_users_apart: apart, lifetime, unbounded, span: zone.span }, zone.span)
}

/// The `proxy_cache_path` of the zone that is named, where nothing in it bounds what the zone takes of the disk.
fn unbounded(scope: &Scope<'_, '_>, module: &str, zone: &Directive) -> Option<Span> {
    let name = zone.arguments.first()?.text.as_str();
    let paths = scope.frames.iter().flat_map(|frame| frame.own(&format!("{module}_cache_path")).iter().take(200));
    let has = |path: &Directive, test: &dyn Fn(&str) -> bool| path.arguments.iter().any(|word| test(&word.text));
    let is_its = |word: &str| word.strip_prefix("keys_zone=").is_some_and(|zone| zone.split(':').next() == Some(name));
    let path = paths.into_iter().find(|path| has(path, &is_its))?;
    (!has(path, &|word| word.starts_with("max_size=") || word.starts_with("min_free="))).then_some(path.span)
}

/// Where nginx is told not to look at the certificates of the servers. Without a word it does not look either.
pub(super) fn unverified(scope: &Scope<'_, '_>, module: &str, address: Option<&str>) -> Option<Unverified> {
    let speaks_tls = address.is_some_and(|address| address.starts_with("https://") || address.starts_with("grpcs://"));
    let directives = scope.directives(&format!("{module}_ssl_verify"));
    let directive = directives.known()?.last().filter(|_| speaks_tls)?;
    let is_off = directive.arguments.first().is_some_and(|word| word.text == "off");
    is_off.then(|| Unverified::by(&format!("{module}_ssl_verify off"), directive.span))
}

/// The names of the variables in a word.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    })
}

/// Whether a variable says who asks. One that the configuration makes itself (`$is_logged_in`) is taken at its word.
fn names_caller(name: &str) -> bool {
    let shared = tables().words("nginx", "shared_variables");
    !shared.iter().any(|one| one == name)
}

/// What a location, or an `if` within it, tells browsers about other origins: the `add_header` lines in force.
pub(super) fn cross_origin(scope: &Scope<'_, '_>) -> Fact<CrossOrigin> {
    let all = match scope.directives("add_header") {
        Fact::Known(all, _) => all,
        Fact::Absent => return Fact::Absent,
        Fact::Unknown(why) => return Fact::Unknown(why),
    };
    // Inside an `if` the origin may have been checked: by a pattern, by a map, by a mark that another condition set.
    let checked = scope.frames.iter().filter(|frame| frame.is("if")).any(|frame| may_check(scope, frame));
    let header = |name: &str| {
        let named = |one: &&&Directive| one.arguments.first().is_some_and(|word| word.text.eq_ignore_ascii_case(name));
        all.iter().take(500).filter(named).filter_map(|one| Some((one.arguments.get(1)?.text.as_str(), one.span))).next_back()
    };
    let Some((origin, span)) = header("Access-Control-Allow-Origin") else { return Fact::Absent };
    let any_origin = !checked && lets_any_in(scope, origin);
    let credentials = header("Access-Control-Allow-Credentials").is_some_and(|(value, _)| value.eq_ignore_ascii_case("true"));
    let is_star = any_origin && held_by(scope, origin) == "*";
    Fact::explicit(CrossOrigin { any_origin, is_star, credentials, span }, span)
}

/// Whether an `if` within a location is met by requests for the content itself, and not only by what browsers ask before.
pub(super) fn is_for_content(frame: &Frame<'_>) -> bool {
    let words = || frame.opening.into_iter().flat_map(|opening| &opening.arguments).map(|word| word.text.as_str());
    !words().any(|word| word.to_ascii_uppercase().contains("OPTIONS"))
}

/// Whether a condition may let some origins in and others not. One that asks whether there is an origin does not, nor one on the method.
fn may_check(scope: &Scope<'_, '_>, frame: &Frame<'_>) -> bool {
    let words = || frame.opening.into_iter().flat_map(|opening| &opening.arguments);
    let mut names = words().flat_map(|word| variables(&word.text)).peekable();
    let is_on_method = names.peek().is_some() && names.all(|name| name == "request_method");
    !is_on_method && !asks_whether_empty(scope, frame)
}

/// Whether a condition only asks whether the origin of the request, or a variable that holds it, is there: `if ($http_origin)`,
/// `if ($cors != "")`.
fn asks_whether_empty(scope: &Scope<'_, '_>, frame: &Frame<'_>) -> bool {
    let Some(opening) = frame.opening else { return false };
    let text: String = opening.arguments.iter().flat_map(|word| word.text.chars()).collect();
    let text: String = text.chars().filter(|c| !matches!(c, '(' | ')' | '"' | '\'' | ' ')).collect();
    let variable = text.strip_suffix("!=").unwrap_or(&text);
    let name = variable.strip_prefix('$').filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    name.is_some() && lets_any_in(scope, variable)
}

/// `*`, the request's own origin, or a variable that `set` gives one of these, or `map` whatever the origin is.
fn lets_any_in(scope: &Scope<'_, '_>, value: &str) -> bool {
    let is_open = |value: &str| matches!(value, "*" | "$http_origin" | "${http_origin}");
    is_open(value) || is_open(held_by(scope, value))
}

/// What a variable holds, where `set` always gives it or `map` does whatever the request says; else the value itself.
fn held_by<'t>(scope: &Scope<'_, 't>, value: &'t str) -> &'t str {
    let held = |name: &str| map_default(scope.frames, name).or_else(|| scope.always_set(name));
    value.strip_prefix('$').and_then(held).unwrap_or(value)
}

/// What a variable that a `map` makes holds where no other line fits.
fn map_default<'c>(frames: &[Frame<'c>], name: &str) -> Option<&'c str> {
    let maps = frames.iter().flat_map(|frame| frame.maps.iter());
    maps.filter(|(variable, _)| variable.strip_prefix('$') == Some(name)).find_map(|(_, default)| *default)
}

/// Where a header is added that a browser keeps to: `Strict-Transport-Security`.
pub(super) fn added_header(scope: &Scope<'_, '_>, name: &str) -> Fact<(String, Span)> {
    match scope.directives("add_header") {
        Fact::Known(all, _) => {
            let named = |one: &&&Directive| one.arguments.first().is_some_and(|word| word.text.eq_ignore_ascii_case(name));
            let found = all.iter().take(500).find(named);
            let value = found.and_then(|one| Some((one.arguments.get(1)?.text.clone(), one.span)));
            value.map_or(Fact::Absent, |(text, span)| Fact::explicit((text, span), span))
        }
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_variables() {
        assert_eq!([size("1m"), size("512"), size("10K"), size("x")], [Some(1 << 20), Some(512), Some(10 << 10), None]);
        assert_eq!(variables("a$host${x}$cookie_sid-z").collect::<Vec<_>>(), ["host", "x", "cookie_sid"]);
        assert!(names_caller("http_authorization") && names_caller("is_logged_in") && !names_caller("request_uri"));
    }
}
