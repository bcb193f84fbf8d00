//! JSON: an iterative reader that goes on after every mistake. A document that RFC 8259 allows has no problem, but that a key
//! which appears twice in one map is told: the RFC only says that keys should be unique, and every reader drops one of them.

mod scalar;

use super::{Kind, NodeId, Style, Tree, TreeBuilder};
use crate::source::SourceId;
use std::ops::Range;
use std::sync::Arc;

/// Reads one JSON document.
pub fn parse(source: SourceId, text: Arc<str>) -> Tree {
    let mut reader = Reader::new(&text, TreeBuilder::new(source, text.clone()));
    reader.document();
    reader.builder.finish()
}

/// What was read last within the collection that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// The opening bracket, or the start of the file.
    Nothing,
    /// A key.
    Key,
    /// The colon after a key.
    Colon,
    /// A value.
    Value,
    /// A comma.
    Comma,
}

/// What the next node is to the collection that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Key,
    Value,
}

/// A collection that is not closed yet.
struct Open {
    kind: Kind,
    start: usize,
    /// Where its children begin in [`Reader::pending`].
    first: usize,
    /// What it is to the collection around it.
    role: Role,
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    builder: TreeBuilder,
    open: Vec<Open>,
    /// How many of the open collections are maps.
    open_maps: usize,
    /// Finished nodes that belong to open collections.
    pending: Vec<NodeId>,
    last: Last,
    /// Where the last comma stands.
    comma: usize,
    /// Decoded text; kept to be used again.
    decoded: String,
    comment_told: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, builder: TreeBuilder) -> Reader<'t> {
        Reader {
            text,
            bytes: text.as_bytes(),
            at: 0,
            builder,
            open: Vec::new(),
            open_maps: 0,
            pending: Vec::new(),
            last: Last::Nothing,
            comma: 0,
            decoded: String::new(),
            comment_told: false,
        }
    }

    fn document(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        while let Some(byte) = self.next_token() {
            if self.open.is_empty() && self.last == Last::Value {
                self.builder.problem(self.character(self.at), "there is more text after the end of the value");
                break;
            }
            match byte {
                b'{' => self.start(Kind::Map),
                b'[' => self.start(Kind::List),
                b'}' => self.close(Kind::Map),
                b']' => self.close(Kind::List),
                b',' => self.comma(),
                b':' => self.colon(),
                _ => self.scalar(byte),
            }
        }
        self.end_of_file();
    }

    /// Skips blanks and comments; the first byte of the next token.
    fn next_token(&mut self) -> Option<u8> {
        loop {
            match *self.bytes.get(self.at)? {
                b'\n' => {
                    self.at += 1;
                    // Indentation is a third of what is written for people.
                    self.at += scalar::blanks(self.bytes.get(self.at..).unwrap_or(&[]));
                }
                b' ' | b'\r' | b'\t' => self.at += 1,
                b'/' if matches!(self.bytes.get(self.at + 1), Some(b'/' | b'*')) => self.comment(),
                b'#' => self.comment(),
                byte => return Some(byte),
            }
        }
    }

    fn comment(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or("");
        let length = if rest.starts_with("/*") {
            rest.find("*/").map(|end| end + 2)
        } else {
            Some(rest.find(['\n', '\r']).unwrap_or(rest.len()))
        };
        let span = self.at..self.at + length.unwrap_or(rest.len());
        if length.is_none() {
            self.builder.problem(self.at..self.at + 2, "the comment is not closed");
        } else if !self.comment_told {
            self.comment_told = true;
            self.builder.problem(span.clone(), "JSON has no comments");
        }
        self.at = span.end;
        self.builder.comment(span);
    }

    /// Tells what the next node is, and whether something is missing before it.
    fn role(&mut self) -> Role {
        let in_map = self.open.last().is_some_and(|open| open.kind == Kind::Map);
        match self.last {
            Last::Value => self.builder.problem(self.character(self.at), "a comma is missing before this"),
            Last::Key => {
                self.builder.problem(self.character(self.at), "a colon is missing before this");
                return Role::Value;
            }
            Last::Colon => return Role::Value,
            Last::Nothing | Last::Comma => {}
        }
        if in_map { Role::Key } else { Role::Value }
    }

    fn finish_node(&mut self, id: NodeId, role: Role) {
        self.last = match role {
            Role::Key => Last::Key,
            Role::Value => Last::Value,
        };
        self.pending.push(id);
    }

    fn start(&mut self, kind: Kind) {
        let role = self.role();
        if role == Role::Key {
            self.builder.problem(self.at..self.at + 1, "a key must be text in double quotes");
        }
        self.open.push(Open { kind, start: self.at, first: self.pending.len(), role });
        self.open_maps += usize::from(kind == Kind::Map);
        self.last = Last::Nothing;
        self.at += 1;
    }

    fn close(&mut self, kind: Kind) {
        let span = self.at..self.at + 1;
        self.at += 1;
        let bracket = if kind == Kind::Map { "`}`" } else { "`]`" };
        let of_kind = if kind == Kind::Map { self.open_maps } else { self.open.len() - self.open_maps };
        if of_kind == 0 {
            self.builder.problem(span, format!("nothing is open that {bracket} could close"));
            return;
        }
        if self.open.last().is_some_and(|open| open.kind != kind) {
            self.builder.problem(span, format!("{bracket} closes what something else opened"));
            while self.open.last().is_some_and(|open| open.kind != kind) {
                self.finish_collection(self.at - 1);
            }
        } else if self.last == Last::Comma {
            self.builder.problem(self.comma..self.comma + 1, "the last entry must not end with a comma");
        }
        self.finish_collection(self.at);
    }

    fn finish_collection(&mut self, end: usize) {
        self.missing_value();
        let Some(open) = self.open.pop() else { return };
        self.open_maps -= usize::from(open.kind == Kind::Map);
        let children = self.pending.get(open.first..).unwrap_or(&[]);
        let id = self.builder.collection(open.kind, open.start..end, children);
        self.pending.truncate(open.first);
        self.finish_node(id, open.role);
    }

    /// A key without a value gets an absent one.
    fn missing_value(&mut self) {
        if matches!(self.last, Last::Key | Last::Colon) {
            let key = self.pending.last().map_or(self.at..self.at, |id| self.builder.span_of(*id));
            let after = key.end..key.end;
            self.builder.problem(key, "the key has no value");
            let id = self.builder.scalar(after.clone(), after, Style::Plain);
            self.finish_node(id, Role::Value);
        }
    }

    fn comma(&mut self) {
        self.missing_value();
        if self.open.is_empty() || self.last != Last::Value {
            self.builder.problem(self.at..self.at + 1, "there is nothing before this comma");
        } else {
            self.last = Last::Comma;
            self.comma = self.at;
        }
        self.at += 1;
    }

    fn colon(&mut self) {
        if self.last == Last::Key {
            self.last = Last::Colon;
        } else {
            self.builder.problem(self.at..self.at + 1, "there is no key before this colon");
        }
        self.at += 1;
    }

    fn end_of_file(&mut self) {
        let end = self.bytes.len();
        if let Some(open) = self.open.last() {
            self.builder.problem(open.start..open.start + 1, "the file ends before this is closed");
        }
        while !self.open.is_empty() {
            self.finish_collection(end);
        }
        match self.pending.first() {
            Some(root) => self.builder.document(*root),
            None => self.builder.problem(end..end, "the file holds no value"),
        }
    }

    /// The character at an offset.
    fn character(&self, at: usize) -> Range<usize> {
        let length = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        at..at + length
    }
}
