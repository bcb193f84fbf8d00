//! Rules of Traefik's routers: ``Host(`a`) && PathPrefix(`/api`)``.

use super::super::route::{PathMatch, Route};
use crate::fact::Fact;
use crate::source::Span;

/// One way to fit a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::model::runtime) struct Case {
    host: Option<String>,
    /// `None`: every path.
    path: Option<PathMatch>,
    methods: Vec<String>,
}

impl Case {
    /// Tells a route what the rule asks for.
    pub(in crate::model::runtime) fn tell(self, route: &mut Route, rule: Span) {
        route.server_name = self.host;
        route.path = Fact::explicit(self.path.unwrap_or(PathMatch::Prefix("/".into())), rule);
        route.methods = if self.methods.is_empty() { Fact::Absent } else { Fact::explicit(self.methods, rule) };
    }
}

/// A rule in all the ways to fit it; `None` where it is not wholly understood.
pub(in crate::model::runtime) fn parse(rule: &str) -> Option<Vec<Case>> {
    let mut parser = Parser { rest: rule, depth: 0 };
    let cases = parser.either()?;
    parser.rest.trim().is_empty().then_some(cases)
}

struct Parser<'r> {
    rest: &'r str,
    depth: usize,
}

impl<'r> Parser<'r> {
    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn either(&mut self) -> Option<Vec<Case>> {
        let mut cases = self.both()?;
        while self.take("||") {
            cases.extend(self.both()?);
        }
        (cases.len() <= 64).then_some(cases)
    }

    fn both(&mut self) -> Option<Vec<Case>> {
        let mut cases = self.one()?;
        while self.take("&&") {
            let others = self.one()?;
            let pairs = cases.iter().flat_map(|one| others.iter().map(move |other| merged(one, other)));
            cases = pairs.collect::<Option<Vec<Case>>>()?;
            if cases.len() > 64 {
                return None;
            }
        }
        Some(cases)
    }

    fn one(&mut self) -> Option<Vec<Case>> {
        if self.take("(") {
            self.depth += 1;
            let cases = if self.depth > 32 { None } else { self.either() };
            self.depth -= 1;
            return cases.filter(|_| self.take(")"));
        }
        self.rest = self.rest.trim_start();
        let (name, rest) = self.rest.split_once('(')?;
        let (inside, rest) = closing(rest)?;
        self.rest = rest;
        let values: Vec<String> = arguments(inside);
        let each = |make: &dyn Fn(&str) -> Case| Some(values.iter().map(|value| make(value)).collect::<Vec<Case>>());
        let path = |path: PathMatch| Case { path: Some(path), ..Case::default() };
        match name.trim().to_ascii_lowercase().as_str() {
            "host" => each(&|value| Case { host: Some(value.to_owned()), ..Case::default() }),
            "hostregexp" | "hostheader" | "clientip" | "hostsni" | "headers" | "header" | "headersregexp" | "query" => None,
            "pathprefix" => each(&|value| path(PathMatch::Prefix(value.to_owned()))),
            "path" => each(&|value| path(PathMatch::Exact(value.to_owned()))),
            "pathregexp" => each(&|value| path(PathMatch::Pattern(value.to_owned()))),
            "method" => {
                Some(vec![Case { methods: values.iter().map(|one| one.to_ascii_uppercase()).collect(), ..Case::default() }])
            }
            _ => None,
        }
    }
}

/// What stands up to the bracket that closes, and the rest. Brackets within quotes count for nothing.
fn closing(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '`' | '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, ')') => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

fn arguments(inside: &str) -> Vec<String> {
    let items = inside.split(',').map(|item| item.trim().trim_matches(['`', '"', '\'']));
    items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// Both at once; `None` where they speak of the same thing in two ways.
fn merged(one: &Case, other: &Case) -> Option<Case> {
    if (one.host.is_some() && other.host.is_some()) || (one.path.is_some() && other.path.is_some()) {
        return None;
    }
    let methods = if one.methods.is_empty() { other.methods.clone() } else { one.methods.clone() };
    Some(Case {
        host: one.host.clone().or_else(|| other.host.clone()),
        path: one.path.clone().or_else(|| other.path.clone()),
        methods,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_become_cases() {
        let prefix = |path: &str| Some(PathMatch::Prefix(path.into()));
        assert_eq!(
            parse("Host(`a.example.com`) && (PathPrefix(`/api`) || PathPrefix(`/v2`))"),
            Some(vec![
                Case { host: Some("a.example.com".into()), path: prefix("/api"), methods: vec![] },
                Case { host: Some("a.example.com".into()), path: prefix("/v2"), methods: vec![] },
            ])
        );
        assert_eq!(parse("PathPrefix(`/a`, `/b`)").map(|cases| cases.len()), Some(2));
        assert_eq!(parse("Method(`get`)").map(|cases| cases[0].methods.clone()), Some(vec!["GET".to_owned()]));
        for strange in ["!Host(`a`)", "HostRegexp(`.*`)", "Path(`/a`) && Path(`/b`)", "Host(`a`", "", "((((", "Host(`a`) x"] {
            assert_eq!(parse(strange), None, "{strange}");
        }
        assert_eq!(parse(&"(".repeat(100_000)), None);
    }
}
