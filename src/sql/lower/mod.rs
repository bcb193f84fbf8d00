//! Statements to operations: which words mean what. Everything is read from tokens; nothing keeps a tree.

mod alter;
mod block;
mod calls;
mod column;
mod constraint;
mod create;
pub mod data;
mod drop;
mod dynamic;
mod expression;
mod fold;
mod guard;
mod index;
mod mysql;
mod object;
mod routine;
mod session;
mod table;
mod tsql;
mod tsql_alter;
pub mod view;
mod walk;

pub use routine::Session;

use super::cursor::Cursor;
use super::lexer::Token;
use super::{Change, Dialect, ObjectChange, ObjectName, SchemaOp, Statement, TableAction, Understanding};
use crate::source::{Site, SourceId, Span};
use alter::Target;

/// Longer statements that define something are not read: nobody writes them, and they would cost out of proportion.
const MOST_BYTES: usize = 1 << 20;

/// What was understood of a statement.
#[derive(Default)]
pub struct Reading {
    ops: Vec<SchemaOp>,
    /// What was not understood, in a few words each.
    doubts: Vec<String>,
    touches: Vec<ObjectName>,
}

impl Reading {
    /// A statement that does one thing.
    fn of(change: Change) -> Reading {
        let mut reading = Reading::default();
        reading.push(change, None);
        reading
    }

    /// A statement that may do anything.
    fn opaque(why: &str) -> Reading {
        Reading { doubts: vec![why.to_owned()], ..Reading::default() }
    }

    /// Adds an operation; without a place it gets that of the statement.
    fn push(&mut self, change: Change, span: Option<Span>) {
        let span = span.unwrap_or(Span { source: SourceId(u32::MAX), start: 0, end: 0 });
        // Nearly all hold one, where room would be made for four.
        if self.ops.is_empty() {
            self.ops.reserve_exact(1);
        }
        self.ops.push(SchemaOp { change, span });
    }

    /// Adds an action on a table.
    fn act(&mut self, target: &Target, action: TableAction, span: Span) {
        let Target { table, if_exists, only } = target;
        self.push(Change::AlterTable { table: table.clone(), if_exists: *if_exists, only: *only, action }, Some(span));
    }

    /// Notes that something was not understood, and what it may have touched.
    fn doubt(&mut self, what: &str, touches: impl IntoIterator<Item = ObjectName>) {
        self.doubts.push(format!("{what} was not understood"));
        self.touches.extend(touches);
    }
}

/// Where and how a statement stands.
#[derive(Clone, Copy)]
pub struct Place<'t> {
    /// The whole file, or the part of it that is read.
    pub text: &'t str,
    /// Where that stands.
    pub site: Site,
    /// Its dialect.
    pub dialect: Dialect,
    /// The `DO` block around the statement.
    pub block: Option<Span>,
    /// Whether it stands under a condition.
    pub maybe: bool,
    /// Where it is said to stand, for SQL that is put together at run time.
    pub anchor: Option<Span>,
}

impl<'t> Place<'t> {
    /// A place in a file, outside of blocks and conditions.
    pub fn new(text: &'t str, site: impl Into<Site>, dialect: Dialect) -> Place<'t> {
        Place { text, site: site.into(), dialect, block: None, maybe: false, anchor: None }
    }

    pub fn cursor(&self, tokens: &'t [Token]) -> Cursor<'t> {
        Cursor::new(self.text, self.site, self.dialect, tokens).anchored(self.anchor)
    }
}

/// A statement without operations of its own.
fn without_ops(place: Place, cursor: &Cursor, understanding: Understanding, touches: Vec<ObjectName>) -> Statement {
    let (span, head) = (column::whole(cursor), cursor.span_of(0..1));
    Statement {
        span,
        head,
        ops: Vec::new(),
        understanding,
        touches,
        maybe: place.maybe,
        guarded: false,
        block: place.block,
        calls: None,
    }
}

/// Lowers one statement that is not a block.
fn statement<'t>(place: Place<'t>, tokens: &'t [Token]) -> Statement {
    let mut cursor = place.cursor(tokens);
    let whole = column::whole(&cursor);
    let is_large = whole.range().len() > MOST_BYTES && cursor.is_any(&["CREATE", "ALTER"]);
    let mut head = 0;
    let reading = if is_large { None } else { read(&mut cursor, place, &mut head) };
    let head = cursor.span_of(0..head.max(1));
    let (ops, understanding, touches) = match reading {
        Some(reading) => finish(reading, whole),
        None => {
            let all = place.cursor(tokens);
            let words = column::doubtful_words(&all);
            let why = if is_large { "statement over 1 MiB" } else { "statement was not understood" };
            (Vec::new(), Understanding::Opaque(format!("{why}: `{words}`")), if is_large { Vec::new() } else { all.all_names() })
        }
    };
    let calls = calls::of(&place.cursor(tokens));
    Statement { span: whole, head, ops, understanding, touches, maybe: place.maybe, guarded: false, block: place.block, calls }
}

fn finish(reading: Reading, whole: Span) -> (Vec<SchemaOp>, Understanding, Vec<ObjectName>) {
    let Reading { mut ops, doubts, touches } = reading;
    for op in &mut ops {
        if op.span.source == SourceId(u32::MAX) {
            op.span = whole;
        }
        if let Change::CreateIndex(index) = &mut op.change {
            index.span = op.span;
        }
    }
    let understanding = match doubts.first() {
        Some(doubt) if ops.is_empty() => Understanding::Opaque(doubt.clone()),
        Some(doubt) => Understanding::Partial(doubt.clone()),
        None if ops.iter().all(|op| is_harmless(&op.change)) => Understanding::NoEffect,
        None => Understanding::Full,
    };
    (ops, understanding, touches)
}

/// Whether an operation leaves tables, views, types and what is theirs as they are.
fn is_harmless(change: &Change) -> bool {
    if let Change::Object(change) = change {
        return matches!(
            **change,
            ObjectChange::CreateSequence { .. }
                | ObjectChange::OwnSequence { .. }
                | ObjectChange::CreateFunction { .. }
                | ObjectChange::CreateTrigger { .. }
                | ObjectChange::DropTrigger { .. }
                | ObjectChange::CreateExtension { .. }
        );
    }
    matches!(
        change,
        Change::TableObject { .. }
            | Change::Data { .. }
            | Change::Setting { .. }
            | Change::Begin
            | Change::Commit
            | Change::Rollback
            | Change::LockTable { .. }
            | Change::Maintenance { .. }
            | Change::Reindex { .. }
            | Change::RefreshView { .. }
    )
}

/// Reads a statement by its first words; `head` becomes the number of tokens that name verb and object.
fn read(cursor: &mut Cursor, place: Place, head: &mut usize) -> Option<Reading> {
    let verb = cursor.word(0).to_ascii_uppercase();
    *head = 1;
    match verb.as_str() {
        "EXEC" | "EXECUTE" if cursor.dialect == Dialect::SqlServer => tsql_alter::exec(cursor),
        "CREATE" => create::read(cursor, head),
        "ALTER" => drop::alter(cursor, head),
        "DROP" => drop::drop(cursor, head),
        "RENAME" => drop::rename_tables(cursor),
        "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "TRUNCATE" | "MERGE" | "COPY" | "WITH" | "LOAD" => data::read(cursor),
        "SELECT" | "VALUES" | "TABLE" | "PERFORM" => data::select(cursor, place.block.is_some()),
        "" if cursor.kind(0) == Some(super::lexer::Kind::Open) => Some(Reading::default()),
        _ => session::read(cursor, head),
    }
}
