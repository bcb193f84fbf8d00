//! Path templates: `/orders/{id}/lines.{format}` in its parts. Lenient: what is wrong with a template is part of the answer.

use super::path::PathRef;

/// A part of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Written out.
    Text(&'a str),
    /// A parameter: what stands between the braces. Its name is [`parameter_name`].
    Parameter(&'a str),
}

/// What is wrong with a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateFault {
    /// `{}`: a parameter without a name.
    Unnamed,
    /// A brace without its counterpart.
    Unbalanced,
    /// The same parameter twice.
    Twice,
}

/// A path in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTemplate<'a> {
    /// The segments between slashes, each with its pieces; an empty one has none.
    pub segments: Vec<Vec<Piece<'a>>>,
    /// The first thing that is wrong with its braces.
    pub fault: Option<TemplateFault>,
    /// Where a query or a fragment begins, in bytes: paths have neither.
    pub tail: Option<usize>,
}

/// The name of a parameter without the signs that RFC 6570, gateways and routers put around it: `+path`, `path*`, `proxy+`,
/// `id:[0-9]+`.
pub fn parameter_name(inside: &str) -> &str {
    let name = inside.split(':').next().unwrap_or(inside);
    name.trim().trim_start_matches(['+', '#', '.', '/', ';', '?', '&']).trim_end_matches(['*', '+'])
}

impl<'a> PathTemplate<'a> {
    /// Takes a path apart.
    pub fn parse(path: &'a str) -> PathTemplate<'a> {
        let mut template = PathTemplate { segments: vec![Vec::new()], fault: None, tail: None };
        let bytes = path.as_bytes();
        let (mut at, mut start) = (0, 0);
        while at < bytes.len() && template.tail.is_none() {
            match bytes[at] {
                b'/' => {
                    template.text(path.get(start..at));
                    template.segments.push(Vec::new());
                    start = at + 1;
                }
                b'{' => {
                    template.text(path.get(start..at));
                    let end = closing(bytes, at);
                    template.parameter(path.get(at + 1..end.unwrap_or(bytes.len())).unwrap_or(""));
                    if end.is_none() {
                        template.fault = template.fault.or(Some(TemplateFault::Unbalanced));
                    }
                    at = end.unwrap_or(bytes.len());
                    start = (at + 1).min(bytes.len());
                }
                b'}' => template.fault = template.fault.or(Some(TemplateFault::Unbalanced)),
                b'?' | b'#' => template.tail = Some(at),
                _ => {}
            }
            at += 1;
        }
        template.text(path.get(start..template.tail.unwrap_or(path.len())));
        // The first segment stands before the first slash.
        if template.segments.first().is_some_and(Vec::is_empty) {
            template.segments.remove(0);
        }
        template
    }

    fn text(&mut self, text: Option<&'a str>) {
        if let (Some(text), Some(last)) = (text.filter(|text| !text.is_empty()), self.segments.last_mut()) {
            last.push(Piece::Text(text));
        }
    }

    fn parameter(&mut self, inside: &'a str) {
        let name = parameter_name(inside);
        if self.parameters().any(|known| parameter_name(known) == name) {
            self.fault = self.fault.or(Some(TemplateFault::Twice));
        }
        if name.is_empty() {
            self.fault = self.fault.or(Some(TemplateFault::Unnamed));
        }
        if let Some(last) = self.segments.last_mut() {
            last.push(Piece::Parameter(inside));
        }
    }

    /// What stands between the braces of each parameter, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &'a str> {
        self.segments.iter().flatten().filter_map(|piece| match piece {
            Piece::Parameter(inside) => Some(*inside),
            Piece::Text(_) => None,
        })
    }

    /// The segments that are written out, in order.
    pub fn literals(&self) -> impl Iterator<Item = &'a str> {
        self.segments.iter().filter_map(|segment| match segment.as_slice() {
            [Piece::Text(text)] => Some(*text),
            _ => None,
        })
    }

    /// Whether it ends in a slash and is more than that.
    pub fn ends_in_slash(&self) -> bool {
        self.segments.len() > 1 && self.segments.last().is_some_and(Vec::is_empty)
    }
}

impl<'a> PathRef<'a> {
    /// The path in its parts.
    pub fn template(self) -> PathTemplate<'a> {
        PathTemplate::parse(self.text())
    }

    /// The path with the names of its parameters left out: `/orders/{}`. All else stands as written, so that two paths of one
    /// shape are the same path.
    pub fn shape(self) -> String {
        let mut rest = self.text();
        let mut shape = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, after) = after.split_once('}').unwrap_or((after, ""));
            shape.push_str(before);
            shape.push('{');
            // An operator of RFC 6570 makes it another template.
            shape.extend(inside.chars().next().filter(|c| "+#./;?&".contains(*c)));
            shape.push('}');
            rest = after;
        }
        shape + rest
    }
}

/// The brace that closes the one at `open`; braces inside (of an expression) are counted.
fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let template = PathTemplate::parse("/orders/{id}/lines.{format}");
        assert_eq!(template.parameters().collect::<Vec<_>>(), ["id", "format"]);
        assert_eq!(template.literals().collect::<Vec<_>>(), ["orders"]);
        assert_eq!((template.segments.len(), template.fault, template.tail), (3, None, None));
        assert!(PathTemplate::parse("/orders/").ends_in_slash() && !PathTemplate::parse("/").ends_in_slash());
        assert_eq!(PathTemplate::parse("/items/{#fragment}").tail, None);
        assert_eq!(PathTemplate::parse("/items?beta=true").tail, Some(6));
        assert_eq!(PathTemplate::parse("/a/{id:[0-9]{3}}").parameters().map(parameter_name).collect::<Vec<_>>(), ["id"]);
        assert_eq!(parameter_name("proxy+"), "proxy");
    }

    #[test]
    fn faults_are_seen() {
        let fault = |path| PathTemplate::parse(path).fault;
        assert_eq!(fault("/a/{}"), Some(TemplateFault::Unnamed));
        assert_eq!(fault("/a/{id"), Some(TemplateFault::Unbalanced));
        assert_eq!(fault("/a/id}"), Some(TemplateFault::Unbalanced));
        assert_eq!(fault("/a/{id}/b/{id}"), Some(TemplateFault::Twice));
    }
}
