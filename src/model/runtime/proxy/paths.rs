//! For which paths and methods a location answers, and what it does to the path.

use super::super::route::{PathMatch, Rewrite};
use super::scope::{Frame, Scope};
use crate::documents::nginx::Directive;
use crate::fact::Fact;

/// The paths of a location; unknown for a named one, and for a block that is no location.
pub(super) fn path(location: &Directive) -> Fact<PathMatch> {
    let span = location.span;
    let unknown = |why: &str| Fact::not_read(why, vec![span]);
    if location.name.text != "location" {
        return unknown("it stands outside of every location");
    }
    let words: Vec<&str> = location.arguments.iter().map(|word| word.text.as_str()).collect();
    let path = match words.as_slice() {
        ["=", path] => PathMatch::Exact((*path).to_owned()),
        ["~" | "~*", pattern] => PathMatch::Pattern((*pattern).to_owned()),
        ["^~", path] => PathMatch::Prefix((*path).to_owned()),
        [path] if path.starts_with('@') => return unknown("a named location is reached from others"),
        [path] if path.starts_with('/') => PathMatch::Prefix((*path).to_owned()),
        _ => return unknown("not a location that nginx reads"),
    };
    Fact::explicit(path, span)
}

/// The methods that `limit_except` with `deny all` leaves; absent: all.
pub(super) fn methods(frames: &[Frame<'_>]) -> Fact<Vec<String>> {
    let mut limits = frames.iter().rev().flat_map(|frame| frame.own("limit_except").iter().copied());
    let Some(limit) = limits.next() else { return Fact::Absent };
    let mut allowed: Vec<String> = limit.arguments.iter().map(|word| word.text.to_ascii_uppercase()).collect();
    if allowed.iter().any(|method| method == "GET") && !allowed.iter().any(|method| method == "HEAD") {
        allowed.push("HEAD".into());
    }
    Fact::explicit(allowed, limit.span)
}

/// What happens to the path on its way. `uri`: what stands behind the host in `proxy_pass`, variables replaced.
pub(super) fn rewrite(scope: &Scope<'_, '_>, location: &Directive, pass: &Directive, uri: Option<&str>) -> Fact<Rewrite> {
    let unknown = |why: &str| Fact::not_read(why, vec![pass.span]);
    let rewrites: Vec<&Directive> =
        scope.frames.iter().flat_map(|frame| frame.own("rewrite").iter().chain(frame.own("return")).copied().take(50)).collect();
    if let [only] = rewrites.as_slice() {
        let words: Vec<&str> = only.arguments.iter().map(|word| word.text.as_str()).collect();
        if let ("rewrite", [pattern, replacement, ..]) = (only.name.text.as_str(), words.as_slice()) {
            return match simple_rewrite(pattern, replacement) {
                Some((from, to)) => Fact::explicit(Rewrite::Prefix { from, to }, only.span),
                None => unknown("a `rewrite` that is not a plain change of the first part"),
            };
        }
    }
    if !rewrites.is_empty() {
        return unknown("several `rewrite` directives");
    }
    match (path(location).known(), uri) {
        (_, None) => Fact::Absent,
        (_, Some(uri)) if uri.contains("$request_uri") || uri == "$uri" => Fact::Absent,
        (_, Some(uri)) if uri.contains('$') => unknown("the address is made of variables"),
        (Some(PathMatch::Prefix(from)), Some(to)) if from == to => Fact::Absent,
        (Some(PathMatch::Prefix(from)), Some(to)) => {
            Fact::explicit(Rewrite::Prefix { from: from.clone(), to: to.to_owned() }, pass.span)
        }
        (Some(PathMatch::Exact(_)), Some(to)) => Fact::explicit(Rewrite::Whole(to.to_owned()), pass.span),
        _ => unknown("a pattern with a path behind the host"),
    }
}

/// `^/api/(.*)$` to `/$1` takes `/api/` away and puts `/` in its place.
fn simple_rewrite(pattern: &str, replacement: &str) -> Option<(String, String)> {
    let from = pattern.strip_prefix('^')?.trim_end_matches('$');
    let from = from.strip_suffix("(.*)").or_else(|| from.strip_suffix("(.+)"))?;
    let to = replacement.strip_suffix("$1")?;
    let plain = |text: &str| !text.contains(|c: char| "()[]{}*+?|\\$^".contains(c)) && text.starts_with('/');
    (plain(from) && plain(to)).then(|| (from.to_owned(), to.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_rewrites_are_understood() {
        assert_eq!(simple_rewrite("^/api/(.*)$", "/$1"), Some(("/api/".into(), "/".into())));
        assert_eq!(simple_rewrite("^/api/v1/(.+)", "/v1/$1"), Some(("/api/v1/".into(), "/v1/".into())));
        assert_eq!(simple_rewrite("^/api/(a|b)/(.*)$", "/$1"), None);
        assert_eq!(simple_rewrite("^/(.*)$", "https://$host/$1"), None);
    }
}
