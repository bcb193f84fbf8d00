//! What a file runs forward, read at once or while it is replayed, and what is kept of that.
//!
//! A dump of many megabytes is read statement by statement where it is replayed: its statements as a whole would take many times
//! the memory of its text.

use super::effects::{self, Moment};
use super::history::Step;
use super::transaction::is_enough;
use crate::diagnostic::Problem;
use crate::model::Settings;
use crate::source::{Excerpt, Packed, Site, SourceId};
use crate::sql::{self, Change, DataVerb, Dialect, SchemaOp, Script, Statement, TableAction, Understanding};
use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// How much of what comes before a statement is shown with it, in bytes: where a prepared text is looked for.
pub(super) const LOOK_BACK: usize = 16 << 10;

/// What a file runs forward.
pub(super) struct Forward {
    /// Its statements, where they are read; else without any.
    pub script: Script,
    /// The parts of the file that are still to be read; `None` is the whole.
    later: Vec<Option<Range<usize>>>,
    /// The whole text where it is held packed, and is to be read.
    packed: Option<Arc<Packed>>,
}

impl Forward {
    /// What was read already.
    pub fn of(script: Script) -> Forward {
        Forward { script, later: Vec::new(), packed: None }
    }

    /// What is read only when it is asked for.
    pub fn later(source: SourceId, dialect: Dialect, ranges: Vec<Option<Range<usize>>>) -> Forward {
        let script = Script { source, dialect, statements: Vec::new(), comments: Vec::new(), problems: Vec::new() };
        Forward { script, later: ranges, packed: None }
    }

    /// The same of a whole file whose text is packed; what is asked with a text takes none then.
    pub fn packed(source: SourceId, dialect: Dialect, packed: Arc<Packed>) -> Forward {
        Forward { packed: Some(packed), ..Forward::later(source, dialect, Vec::new()) }
    }

    /// The packed text, where it is.
    pub fn packed_text(&self) -> Option<&Arc<Packed>> {
        self.packed.as_ref()
    }

    /// Shows the statements in order, until it is told to stop; gives what was wrong with parts that were not read before.
    pub fn look(&self, text: &str, mut look: impl FnMut(Cow<Statement>) -> ControlFlow<()>) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(packed) = &self.packed {
            return each_packed(packed, &self.script, &mut |statement, _| look(Cow::Owned(statement)));
        }
        let mut stopped = self.script.statements.iter().try_for_each(|one| look(Cow::Borrowed(one))).is_break();
        for range in &self.later {
            let mut keep = |statement| {
                let flow = look(Cow::Owned(statement));
                stopped |= flow.is_break();
                flow
            };
            let (source, dialect) = (self.script.source, self.script.dialect);
            problems.extend(sql::each(source, text, range.clone(), dialect, &mut keep, &mut |_| {}));
            if stopped {
                break;
            }
        }
        problems
    }

    /// Shows the statements as [`Forward::look`] does, but reads those that are not read yet only where the text holds one of these
    /// words, which are in lower case.
    pub fn look_for(&self, text: &str, words: &[&str], look: impl FnMut(Cow<Statement>) -> ControlFlow<()>) {
        let holds = |line: &str| {
            let line = line.to_ascii_lowercase();
            words.iter().any(|word| line.contains(word))
        };
        let may_hold = match &self.packed {
            Some(packed) => packed.pieces().any(|(_, piece)| piece.lines().any(holds)),
            None => self.later.is_empty() || text.lines().any(holds),
        };
        if may_hold {
            self.look(text, look);
        }
    }

    /// The statements, at least as many from the first as decide how a transaction begins.
    pub fn beginning(&self, text: &str) -> Cow<'_, [Statement]> {
        if self.later.is_empty() && self.packed.is_none() {
            return Cow::Borrowed(&self.script.statements);
        }
        let mut statements = Vec::new();
        self.look(text, |statement| {
            statements.push(statement.into_owned());
            if is_enough(&statements) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        Cow::Owned(statements)
    }

    /// Gives away the statements in order, each with the text around it, and gives what was not understood in parts that were not
    /// read before.
    pub fn each(mut self, text: &str, mut apply: impl FnMut(Statement, Excerpt)) -> Vec<Problem> {
        let whole = Excerpt::whole(text);
        let statements = std::mem::take(&mut self.script.statements);
        statements.into_iter().for_each(|statement| apply(statement, whole));
        let mut problems = Vec::new();
        let mut keep = |statement: Statement, around: Excerpt| {
            problems.extend(not_understood(&statement));
            apply(statement, around);
            ControlFlow::Continue(())
        };
        let mut more = Vec::new();
        if let Some(packed) = &self.packed {
            more.extend(each_packed(packed, &self.script, &mut keep));
        }
        for range in self.later {
            let Script { source, dialect, .. } = self.script;
            more.extend(sql::each(source, text, range, dialect, &mut |statement| keep(statement, whole), &mut |_| {}));
        }
        problems.extend(more);
        problems
    }
}

/// Shows the statements of a packed text in order, each with the text around it, until it is told to stop; gives what was wrong.
fn each_packed(packed: &Packed, script: &Script, show: &mut dyn FnMut(Statement, Excerpt) -> ControlFlow<()>) -> Vec<Problem> {
    let mut reading = sql::Reading::new(script.dialect);
    let mut pieces = packed.pieces().peekable();
    // What is held of the text, where that starts, and from where on it is to be read.
    let (mut held, mut start, mut from) = (String::new(), 0, 0);
    let mut wanted = 1;
    loop {
        pieces.by_ref().take(wanted).for_each(|(_, piece)| held.push_str(&piece));
        let more = pieces.peek().is_some();
        let around = Excerpt { text: &held, start };
        let site = Site { source: script.source, start };
        let mut keep = |statement| show(statement, around);
        let part = reading.part(site, (held.as_str(), from..held.len()), more, &mut keep, &mut |_| {});
        if part.stopped || !more {
            return part.problems;
        }
        // What is longer than all that is held is read again: each time with twice as much, so that it is not read many times.
        wanted = if part.read > from { 1 } else { wanted * 2 };
        let mut cut = part.read.saturating_sub(LOOK_BACK);
        while !held.is_char_boundary(cut) {
            cut -= 1;
        }
        held.drain(..cut);
        (start, from) = (start + cut, part.read - cut);
    }
}

/// What was wrong with a script, and what was not understood of it.
pub(super) fn unread(script: &Script) -> impl Iterator<Item = Problem> {
    script.problems.iter().cloned().chain(script.statements.iter().filter_map(not_understood))
}

fn not_understood(statement: &Statement) -> Option<Problem> {
    match &statement.understanding {
        Understanding::Opaque(why) | Understanding::Partial(why) => {
            Some(Problem { message: why.clone(), span: statement.span, other: None })
        }
        Understanding::Full | Understanding::NoEffect => None,
    }
}

/// Which steps of a file are kept once they are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// All, with what they cost.
    Everything,
    /// What pending migrations after them look back at.
    Catalog,
    /// What rules on the state of a database ask for.
    State(Dialect),
}

impl Keep {
    /// What is kept of files that are not judged.
    pub fn of(settings: &Settings, any_pending: bool, dialect: Dialect) -> Keep {
        match (settings.only_asked_steps, any_pending) {
            (false, _) => Keep::Everything,
            (true, true) => Keep::Catalog,
            (true, false) => Keep::State(dialect),
        }
    }

    /// An operation as it is kept: with what it costs where somebody may ask for that.
    pub fn step(self, moment: &Moment, op: SchemaOp) -> Step {
        match self {
            Keep::Everything => effects::step(moment, op),
            Keep::Catalog => effects::past_step(moment, op),
            Keep::State(_) => Step { op, table: None, effects: Default::default() },
        }
    }

    /// Whether a step is kept.
    pub fn wants(self, step: &Step) -> bool {
        match (self, &step.op.change) {
            (Keep::Everything, _) | (_, Change::Setting { scope: Some(_), .. }) => true,
            (_, change) if is_move(change) => true,
            (Keep::Catalog, change) => !matches!(change, Change::Data { .. }),
            // Why a database and its twin for another dialect differ may be a drop that missed.
            (Keep::State(_), Change::DropIndex { .. }) => true,
            // References beside columns, which MySQL ignores, stand nowhere else.
            (
                Keep::State(Dialect::MySql),
                Change::CreateTable(_) | Change::AlterTable { action: TableAction::AddColumn { .. }, .. },
            ) => true,
            (Keep::State(_), _) => false,
        }
    }

    /// Whether a statement is kept: the first stands for its file, and the bodies of routines are read later.
    pub fn wants_statement(self, kept: &[Step], is_first: bool, text: &str) -> bool {
        self == Keep::Everything || is_first || !kept.is_empty() || sql::is_about_routine(text)
    }
}

/// Whether a change gives something another name or may copy one column into another: what was once called otherwise, and what
/// was left behind, is asked long after.
fn is_move(change: &Change) -> bool {
    let renames = |action: &TableAction| {
        matches!(action, TableAction::RenameTable { .. } | TableAction::SetSchema { .. } | TableAction::RenameColumn { .. })
    };
    match change {
        Change::AlterTable { action, .. } => renames(action),
        Change::Data { verb, .. } => *verb == DataVerb::Update,
        Change::RenameView { .. } | Change::RenameSchema { .. } => true,
        _ => false,
    }
}
