//! HCL as Terraform writes it: blocks, attributes and what their values say, with spans; by `hcl-edit`.
//!
//! Nothing is evaluated: a value is a literal, a reference (`var.size`, `aws_sqs_queue.jobs.arn`), a collection of those, a call, or
//! something else of which only the references are kept. A file with a syntax error is not read at all, and says so. `hcl-edit`
//! descends recursively and looks keys of objects up one by one, so [`shape`] measures a text before it is parsed.

mod shape;

use crate::diagnostic::Problem;
use crate::source::{SourceId, Span};
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::structure;
use hcl_edit::template::{Element, Template};
use std::ops::Range;

/// A file: its body, and why it has none.
#[derive(Debug, Default)]
pub struct File {
    /// What stands in it; empty where it could not be read.
    pub body: Body,
    /// Why it could not be read.
    pub problems: Vec<Problem>,
}

/// What stands between the braces of a block, or in a file.
#[derive(Debug, Default)]
pub struct Body {
    /// `name = value`, in order.
    pub attributes: Vec<Attribute>,
    /// Blocks, in order.
    pub blocks: Vec<Block>,
}

/// `name = value`.
#[derive(Debug)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// Where the name stands.
    pub key_span: Span,
    /// The value.
    pub value: Value,
}

/// `resource "aws_sqs_queue" "jobs" { .. }`.
#[derive(Debug)]
pub struct Block {
    /// `resource`.
    pub kind: String,
    /// `aws_sqs_queue`, `jobs`.
    pub labels: Vec<String>,
    /// Its head: kind and labels.
    pub span: Span,
    /// What stands in it.
    pub body: Body,
}

/// A value and where it stands.
#[derive(Debug)]
pub struct Value {
    /// Where it stands.
    pub span: Span,
    /// What it says.
    pub said: Said,
}

/// What a value says.
#[derive(Debug)]
pub enum Said {
    /// `null`: as if it were not there.
    Null,
    /// A number.
    Number(f64),
    /// A text without interpolation; also `true` and `false`.
    Text(String),
    /// A reference, indexes left out: `aws_sqs_queue.jobs.arn`. A text that is one interpolation is one too.
    Reference(String),
    /// `[ .. ]`.
    List(Vec<Value>),
    /// `{ .. }`, but for computed keys.
    Object(Vec<Entry>),
    /// A function with its arguments.
    Call(String, Vec<Value>),
    /// A text with interpolations, in its pieces.
    Template(Vec<Piece>),
    /// Anything else, with the references in it.
    Other(Vec<String>),
}

/// A piece of a text with interpolations.
#[derive(Debug)]
pub enum Piece {
    /// As it stands there.
    Text(String),
    /// `${aws_db_instance.main.address}`.
    Reference(String),
    /// Anything else that is filled in, with the references in it.
    Other(Vec<String>),
}

/// One entry of an object.
#[derive(Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Value,
}

impl Body {
    /// The attribute of a name.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|one| one.name == name)
    }

    /// The blocks of a kind, those that a `dynamic` block makes left out.
    pub fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Whether a `dynamic` block makes blocks of a kind.
    pub fn is_dynamic(&self, kind: &str) -> bool {
        self.blocks("dynamic").any(|block| block.labels.first().is_some_and(|label| label == kind))
    }
}

/// Reads a file.
pub fn parse(source: SourceId, text: &str) -> File {
    let problem = |at: Range<usize>, message: String| File {
        body: Body::default(),
        problems: vec![Problem::new(source, at.start, at.end, message)],
    };
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let code = &text[start..];
    if let Err((at, why)) = shape::measure(code) {
        return problem(start + at..start + at, why.to_owned());
    }
    match hcl_edit::parser::parse_body(code) {
        Ok(body) => File { body: Lowering { source, start }.body(&body), problems: Vec::new() },
        Err(error) => {
            let at = (start + error.location().offset()).min(text.len());
            problem(at..at, "no valid HCL from here on".to_owned())
        }
    }
}

struct Lowering {
    source: SourceId,
    start: usize,
}

impl Lowering {
    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or(0..0);
        Span::new(self.source, self.start + range.start, self.start + range.end)
    }

    fn body(&self, body: &structure::Body) -> Body {
        let mut found = Body::default();
        for part in body.iter() {
            match part {
                structure::Structure::Attribute(attribute) => found.attributes.push(Attribute {
                    name: attribute.key.as_str().to_owned(),
                    key_span: self.span(attribute.key.span()),
                    value: self.value(&attribute.value),
                }),
                structure::Structure::Block(block) => {
                    let head = block.ident.span().map(|first| {
                        let last = block.labels.last().and_then(|label| label.span()).unwrap_or_else(|| first.clone());
                        first.start..last.end
                    });
                    found.blocks.push(Block {
                        kind: block.ident.as_str().to_owned(),
                        labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
                        span: self.span(head),
                        body: self.body(&block.body),
                    });
                }
            }
        }
        found
    }

    fn value(&self, expression: &Expression) -> Value {
        Value { span: self.span(expression.span()), said: self.said(expression) }
    }

    fn said(&self, expression: &Expression) -> Said {
        match expression {
            Expression::Null(_) => Said::Null,
            Expression::Bool(value) => Said::Text(value.value().to_string()),
            Expression::Number(value) => value.value().as_f64().map_or(Said::Other(Vec::new()), Said::Number),
            Expression::String(text) => Said::Text(text.value().clone()),
            Expression::Array(items) => Said::List(items.iter().map(|item| self.value(item)).collect()),
            Expression::Object(object) => {
                Said::Object(object.iter().filter_map(|(key, value)| self.entry(key, value.expr())).collect())
            }
            Expression::StringTemplate(template) => match template.iter().collect::<Vec<&Element>>().as_slice() {
                [Element::Interpolation(one)] => self.said(&one.expr),
                elements => Said::Template(elements.iter().copied().map(piece).collect()),
            },
            Expression::Parenthesis(inner) => self.said(inner.inner()),
            Expression::Variable(name) => Said::Reference(name.as_str().to_owned()),
            Expression::Traversal(traversal) => path(traversal).map_or_else(|| other(expression), Said::Reference),
            Expression::FuncCall(call) => {
                Said::Call(call.name.name.as_str().to_owned(), call.args.iter().map(|one| self.value(one)).collect())
            }
            _ => other(expression),
        }
    }

    fn entry(&self, key: &ObjectKey, value: &Expression) -> Option<Entry> {
        let (name, span) = match key {
            ObjectKey::Ident(name) => (name.as_str().to_owned(), name.span()),
            ObjectKey::Expression(expression) => (expression.as_str()?.to_owned(), expression.span()),
        };
        Some(Entry { key: name, key_span: self.span(span), value: self.value(value) })
    }
}

/// `aws_sqs_queue.jobs[0].arn` without its indexes.
fn path(traversal: &Traversal) -> Option<String> {
    let Expression::Variable(first) = &traversal.expr else { return None };
    let mut path = first.as_str().to_owned();
    for operator in &traversal.operators {
        match operator.value() {
            TraversalOperator::GetAttr(name) => {
                path.push('.');
                path.push_str(name.as_str());
            }
            TraversalOperator::Index(_) | TraversalOperator::LegacyIndex(_) => {}
            _ => return None,
        }
    }
    Some(path)
}

fn piece(element: &Element) -> Piece {
    match element {
        Element::Literal(text) => Piece::Text(text.value().clone()),
        Element::Interpolation(one) => match &one.expr {
            Expression::Traversal(traversal) => path(traversal).map_or_else(|| Piece::Other(Vec::new()), Piece::Reference),
            expression => {
                let mut found = Vec::new();
                references(expression, &mut found);
                Piece::Other(found)
            }
        },
        Element::Directive(_) => Piece::Other(Vec::new()),
    }
}

fn other(expression: &Expression) -> Said {
    let mut found = Vec::new();
    references(expression, &mut found);
    Said::Other(found)
}

/// Every reference in an expression. Objects, calls, comprehensions and directives within it are left out.
fn references(expression: &Expression, found: &mut Vec<String>) {
    match expression {
        Expression::Traversal(traversal) => found.extend(path(traversal)),
        Expression::StringTemplate(template) => of_template(template.iter(), found),
        Expression::HeredocTemplate(heredoc) => of_template(Template::iter(&heredoc.template), found),
        Expression::Parenthesis(inner) => references(inner.inner(), found),
        Expression::Conditional(one) => {
            references(&one.true_expr, found);
            references(&one.false_expr, found);
        }
        Expression::BinaryOp(one) => {
            references(&one.lhs_expr, found);
            references(&one.rhs_expr, found);
        }
        _ => {}
    }
}

fn of_template<'e>(elements: impl Iterator<Item = &'e Element>, found: &mut Vec<String>) {
    for element in elements {
        if let Element::Interpolation(one) = element {
            references(&one.expr, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn read(text: &str) -> (File, SourceId) {
        let source = Sources::default().add("main.tf", text.to_owned());
        (parse(source, text), source)
    }

    #[test]
    fn values_keep_their_places() {
        let text = "\u{feff}resource \"aws_sqs_queue\" \"jobs\" {\n  visibility_timeout_seconds = 60\n  redrive_policy = jsonencode({ \
                    deadLetterTargetArn = aws_sqs_queue.dead[0].arn })\n}\n";
        let (file, _) = read(text);
        assert!(file.problems.is_empty(), "{:?}", file.problems);
        let block = &file.body.blocks[0];
        assert_eq!((block.kind.as_str(), block.labels.join(".")), ("resource", "aws_sqs_queue.jobs".to_owned()));
        let at = |span: Span| &text[span.start as usize..span.end as usize];
        assert_eq!(at(block.span), "resource \"aws_sqs_queue\" \"jobs\"");
        let timeout = block.body.get("visibility_timeout_seconds").map(|one| (at(one.key_span), at(one.value.span)));
        assert_eq!(timeout, Some(("visibility_timeout_seconds", "60")));
        let Some(Said::Call(name, arguments)) = block.body.get("redrive_policy").map(|one| &one.value.said) else {
            panic!("no call");
        };
        let Some(Said::Object(entries)) = arguments.first().map(|one| &one.said) else { panic!("no object") };
        assert_eq!((name.as_str(), entries[0].key.as_str()), ("jsonencode", "deadLetterTargetArn"));
        assert!(matches!(&entries[0].value.said, Said::Reference(path) if path == "aws_sqs_queue.dead.arn"));
    }

    #[test]
    fn what_is_computed_keeps_its_references() {
        let (file, _) = read("a = \"postgres://${aws_db_instance.main.address}:5432/${var.name}\"\nb = \"${local.size}\"\n");
        let said = |name: &str| file.body.get(name).map(|one| &one.value.said);
        let Some(Said::Template(pieces)) = said("a") else { panic!("no template") };
        let shown = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Reference(path) => format!("<{path}>"),
            Piece::Other(_) => "?".to_owned(),
        });
        assert_eq!(shown.collect::<String>(), "postgres://<aws_db_instance.main.address>:5432/<var.name>");
        assert!(matches!(said("b"), Some(Said::Reference(path)) if path == "local.size"));
    }

    #[test]
    fn a_bad_file_says_where() {
        let (file, _) = read("resource \"a\" \"b\" {\n  x = = 1\n}\n");
        assert_eq!(file.problems.len(), 1);
        assert!(file.body.blocks.is_empty());
    }
}
