//! TOML: the tables of the `toml` crate, which keep the span of every key and value, to the arena.

use super::{Kind, NodeId, Style, Tree, TreeBuilder};
use crate::source::SourceId;
use std::ops::Range;
use std::sync::Arc;
use toml::de::{DeTable, DeValue, Error};
use toml_parser::lexer::{Token, TokenKind};

/// How many dots and brackets may enclose a value. The crate drops its tables by recursion, and dotted keys nest them.
const NESTING_LIMIT: usize = 128;
/// A broken file longer than this is not read beyond the first mistake; the crate keeps one error for each.
const RECOVERED_BELOW: usize = 1 << 20;

/// Reads one TOML document.
pub fn parse(source: SourceId, text: Arc<str>) -> Tree {
    let mut builder = TreeBuilder::new(source, text.clone());
    let tokens = toml_parser::Source::new(&text).lex().into_vec();
    for token in tokens.iter().filter(|token| token.kind() == TokenKind::Comment) {
        builder.comment(token.span().start()..token.span().end());
    }
    if let Some(place) = too_deep(&tokens) {
        builder.problem(place, format!("keys and values nest deeper than {NESTING_LIMIT}; the file was not read"));
        return builder.finish();
    }
    let (table, errors) = read(&text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        builder.problem(span, error.message().replace('\n', " "));
    }
    if let Some(table) = table {
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let root = Reader { text: &text, builder: &mut builder }.table(&table, start..start);
        builder.document(root);
    }
    builder.finish()
}

/// The table, or what could be saved of it, and everything that is wrong.
fn read(text: &str) -> (Option<DeTable<'_>>, Vec<Error>) {
    match DeTable::parse(text) {
        Ok(table) => (Some(table.into_inner()), Vec::new()),
        Err(error) if text.len() > RECOVERED_BELOW => (None, vec![error]),
        Err(_) => {
            let (table, errors) = DeTable::parse_recoverable(text);
            (Some(table.into_inner()), errors)
        }
    }
}

/// The first place that too many dots and brackets enclose.
fn too_deep(tokens: &[Token]) -> Option<Range<usize>> {
    // Dots of the key or header part that is being read, for each open bracket and for the line itself.
    let mut outer: Vec<usize> = Vec::new();
    let (mut own, mut enclosing) = (0, 0);
    for token in tokens {
        match token.kind() {
            TokenKind::Dot => own += 1,
            TokenKind::Comma | TokenKind::Newline => own = 0,
            TokenKind::LeftCurlyBracket | TokenKind::LeftSquareBracket => {
                outer.push(own);
                enclosing += own;
                own = 0;
            }
            TokenKind::RightCurlyBracket | TokenKind::RightSquareBracket => {
                own = outer.pop().unwrap_or(0);
                enclosing -= own;
            }
            _ => {}
        }
        if own + enclosing + outer.len() > NESTING_LIMIT {
            return Some(token.span().start()..token.span().end());
        }
    }
    None
}

/// Turns values into nodes. Recursion is bounded by [`NESTING_LIMIT`], once for headers and once for keys and values.
struct Reader<'t, 'b> {
    text: &'t str,
    builder: &'b mut TreeBuilder,
}

impl Reader<'_, '_> {
    /// A table from its header or brace to the end of its last entry.
    fn table(&mut self, table: &DeTable<'_>, span: Range<usize>) -> NodeId {
        // The crate orders keys by name; here they stand as in the file.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let mut children = Vec::with_capacity(2 * entries.len());
        let mut end = span.end;
        for (key, value) in entries {
            children.push(self.text_node(key.span(), key.get_ref()));
            let value = self.value(value.get_ref(), value.span());
            end = end.max(self.builder.span_of(value).end);
            children.push(value);
        }
        self.builder.collection(Kind::Map, span.start..end, &children)
    }

    fn value(&mut self, value: &DeValue<'_>, span: Range<usize>) -> NodeId {
        match value {
            DeValue::String(text) => self.text_node(span, text),
            DeValue::Integer(number) if number.radix() == 10 => self.plain(span, number.as_str().to_owned()),
            DeValue::Integer(number) => self.plain(span, number.to_string()),
            // YAML, whose notation all plain scalars of a tree have, writes a point before these.
            DeValue::Float(number) => self.plain(
                span,
                number.as_str().replace("inf", ".inf").replace("+nan", "nan").replace("-nan", "nan").replace("nan", ".nan"),
            ),
            DeValue::Boolean(_) | DeValue::Datetime(_) => self.builder.scalar(span.clone(), span, Style::Plain),
            DeValue::Array(items) => {
                let mut end = span.end;
                let mut children = Vec::with_capacity(items.len());
                for item in items.iter() {
                    let id = self.value(item.get_ref(), item.span());
                    end = end.max(self.builder.span_of(id).end);
                    children.push(id);
                }
                self.builder.collection(Kind::List, span.start..end, &children)
            }
            DeValue::Table(table) => self.table(table, span),
        }
    }

    fn text_node(&mut self, span: Range<usize>, text: &str) -> NodeId {
        let quoted = self.text.get(span.clone()).is_some_and(|raw| raw.starts_with(['"', '\'']));
        self.builder.text(span, text, if quoted { Style::Quoted } else { Style::Plain })
    }

    /// A number: its digits as written, or without the underscores that only TOML has.
    fn plain(&mut self, span: Range<usize>, number: String) -> NodeId {
        if self.text.get(span.clone()) == Some(number.as_str()) {
            self.builder.scalar(span.clone(), span, Style::Plain)
        } else {
            self.builder.text(span, &number, Style::Plain)
        }
    }
}
