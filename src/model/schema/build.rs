//! Reads the migrations and schema files of each database, and replays them in order.

mod schema_files;

use super::backward;
use super::catalog::{Database, Table};
use super::effects::{self, Moment};
use super::forward::{self, Forward, Keep};
use super::history::{AppliedMigration, AppliedStatement, IgnoredComment, Role, Step};
use super::names;
use super::objects::Objects;
use super::order;
use super::replay::State;
use super::seeds;
use super::stated;
use super::table_facts;
use super::transaction::Transactions;
use super::undo::Undo;
use super::version;
use crate::diagnostic::Problem;
use crate::discover::code;
use crate::discover::servers::Server;
use crate::discover::{Discovery, Migration, MigrationSet, Transaction, migrations};
use crate::model::workspace::{LARGE, in_threads, threads_for};
use crate::model::{FileStatus, Pending, Settings, Workspace};
use crate::source::{Excerpt, Name, Packed, SourceId, Span};
use crate::sql::{self, Change, Dialect, SchemaOp, Statement, Understanding};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// One file as it was read, before it is applied.
struct Read {
    path: String,
    version: String,
    source: SourceId,
    text: Arc<str>,
    forward: Forward,
    transaction: Transaction,
    pending: bool,
    status: FileStatus,
    /// Whether it holds changes that are no SQL.
    open: bool,
    role: Role,
    repeats: Option<String>,
    ignored: Option<IgnoredComment>,
    has_backward: bool,
    backward: Option<backward::Half>,
}

/// Every database of the repository, ordered by source and dialect.
pub(super) fn databases(workspace: &mut Workspace, discovery: &Discovery, settings: &Settings) -> Vec<Arc<Database>> {
    let seeded = |workspace: &mut Workspace, mut database: Database| {
        seeds::note(workspace, &discovery.seeds, &mut database);
        table_facts::note(settings, &mut database);
        database
    };
    let sets = discovery.migration_sets.iter();
    let mut databases: Vec<Arc<Database>> = sets
        .map(|set| {
            workspace.database(set, discovery, |workspace| {
                let database = from_set(workspace, set, settings, &discovery.servers);
                seeded(workspace, database)
            })
        })
        .collect();
    let stated = schema_files::databases(workspace, discovery, settings).into_iter();
    databases.extend(stated.map(|database| Arc::new(seeded(workspace, database))));
    databases.sort_by(|a, b| (&a.source, a.dialect, &a.variant).cmp(&(&b.source, b.dialect, &b.variant)));
    databases
}

fn from_set(workspace: &mut Workspace, set: &MigrationSet, settings: &Settings, servers: &[Server]) -> Database {
    let mut database = empty(set.dialect, set.variant.clone(), set.folder.clone(), settings, servers);
    database.tool = Some(set.tool.clone());
    database.way_out = set.way_out.clone();
    database.repeats = set.repeats.clone();
    database.one_transaction = set.together;
    database.holds_lock = set.holds_lock.clone();
    database.late_files_run = set.late_files_run.clone();
    database.foreign_keys_off = set.foreign_keys_off.clone();
    let judged_from = judged_from(set, settings);
    let is_code = code::is_code(set);
    let wanted: Vec<(&Migration, bool)> =
        set.migrations.iter().enumerate().map(|(number, one)| (one, number >= judged_from)).collect();
    let mut sharing: BTreeMap<&str, usize> = BTreeMap::new();
    for (one, _) in &wanted {
        *sharing.entry(one.path.as_str()).or_default() += 1;
    }
    let statuses: Vec<FileStatus> = wanted
        .iter()
        .map(|(one, _)| {
            let whole = settings.pending.status(&one.path);
            let is_alone = sharing.get(one.path.as_str()).is_none_or(|count| *count < 2);
            if is_alone { whole } else { whole.of_part(one.up.as_ref()) }
        })
        .collect();
    // A baseline never runs on a database that is in use.
    let is_pending =
        |((one, judged), status): (&(&Migration, bool), &FileStatus)| *judged && status.runs_anew() && one.role != Role::Baseline;
    let pending: Vec<bool> = wanted.iter().zip(&statuses).map(is_pending).collect();
    let halves = backward::read(workspace, set, &pending);
    let files = wanted
        .iter()
        .zip(&halves)
        .map(|((one, _), half)| File {
            path: &one.path,
            ranges: ranges(one),
            code: is_code.then_some(set.tool.as_str()),
            at_once: half.is_some(),
            packs: false,
        })
        .collect();
    let scripts = read_all(workspace, files, set.dialect);
    let mut reads = Vec::new();
    let facts = statuses.into_iter().zip(pending).zip(halves);
    for (((migration, _), script), ((status, pending), backward)) in wanted.into_iter().zip(scripts).zip(facts) {
        let Some(Text { source, text, forward, open }) = script else { continue };
        reads.push(Read {
            path: migration.path.clone(),
            version: migration.version.clone(),
            source,
            text,
            forward,
            transaction: migration.transaction.clone(),
            pending,
            status,
            open,
            role: migration.role,
            repeats: migration.repeats.clone(),
            ignored: migration.ignored.as_ref().map(|line| IgnoredComment {
                span: Span::new(source, line.range.start, line.range.end),
                why: line.why.clone(),
                remedy: line.remedy.clone(),
                turns_off: line.turns_off,
            }),
            has_backward: migration.down.is_some() || !migration.down_sections.is_empty(),
            backward,
        });
    }
    let keep = Keep::of(settings, reads.iter().any(|read| read.pending), set.dialect);
    note_unread(workspace, replay(&mut database, reads, &set.foreign_steps, keep));
    database
}

/// The parts of a migration's file that are read, one after another.
fn ranges(migration: &Migration) -> Vec<Option<Range<usize>>> {
    match migration.pieces.as_slice() {
        [] => vec![migration.up.clone()],
        pieces => pieces.iter().cloned().map(Some).collect(),
    }
}

/// The number of the first migration that may be judged: the one after `[migrations] after`.
fn judged_from(set: &MigrationSet, settings: &Settings) -> usize {
    let Some(after) = &settings.judged_after else { return 0 };
    let is_it = |one: &Migration| {
        let name = one.path.rsplit('/').next().unwrap_or("");
        let folder = one.path.rsplit('/').nth(1).unwrap_or("");
        one.version == *after || name == after || folder == after || one.path == *after
    };
    set.migrations.iter().rposition(is_it).map_or(0, |number| number + 1)
}

/// A database with nothing in it yet.
fn empty(dialect: Dialect, variant: Option<String>, source: String, settings: &Settings, servers: &[Server]) -> Database {
    let variant = variant.or_else(|| version::variant_named(dialect, &source, settings));
    let version = version::of(dialect, variant.as_deref(), &source, settings, servers);
    Database {
        dialect,
        variant,
        source,
        tool: None,
        printed_by: None,
        way_out: None,
        repeats: None,
        holds_lock: None,
        late_files_run: None,
        foreign_keys_off: None,
        one_transaction: false,
        server_version: version.major,
        version_assumed: version.assumed,
        version_origin: version.origin,
        deployed_together: matches!(settings.pending, Pending::Changed(_)),
        tables: Vec::new(),
        dropped_tables: Vec::new(),
        enums: Vec::new(),
        domains: Vec::new(),
        views: Vec::new(),
        objects: Objects::default(),
        migrations: Vec::new(),
        spoken: Vec::new(),
        tables_unknown: Vec::new(),
        named: OnceLock::new(),
    }
}

/// A file to read, and the parts of it; `None` is the whole.
struct File<'a> {
    path: &'a str,
    ranges: Vec<Option<Range<usize>>>,
    /// The tool whose migrations are code, where this is one.
    code: Option<&'a str>,
    /// Whether all of its statements are wanted before they are replayed.
    at_once: bool,
    /// Whether its text may be packed, where it is large: nothing is judged by it, and little is asked of it.
    packs: bool,
}

/// A file that was read: its text, code of another language masked and empty where it is packed, and its statements.
struct Text {
    source: SourceId,
    text: Arc<str>,
    forward: Forward,
    /// Whether it holds changes that are no SQL.
    open: bool,
}

/// Reads files in threads, in their order. `None` where a file cannot be read, which the workspace then knows.
fn read_all(workspace: &mut Workspace, files: Vec<File>, dialect: Dialect) -> Vec<Option<Text>> {
    let paths: Vec<String> = files.iter().map(|file| file.path.to_owned()).collect();
    let loaded = workspace.load_texts(&paths);
    let mut by_path: BTreeMap<String, (SourceId, Arc<str>)> =
        loaded.into_iter().map(|(path, id, text)| (path, (id, text))).collect();
    for path in &paths {
        if let Err(reason) = workspace.source(path) {
            workspace.note_unread(path, reason, None);
            if let Some(id) = workspace.source_despite(path) {
                by_path.insert(path.clone(), (id, workspace.text(id)));
            }
        }
    }
    let mut packed: BTreeMap<&str, Arc<Packed>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.packs && file.path.ends_with(".sql")) {
        if let Some((id, text)) = by_path.get_mut(file.path).filter(|(_, text)| text.len() > LARGE)
            && let Some(made) = workspace.pack(*id)
        {
            packed.insert(file.path, made);
            *text = Arc::from("");
        }
    }
    let models = by_path.iter().filter(|(path, _)| path.ends_with(".prisma"));
    let models: Vec<Arc<str>> = models.map(|(_, (_, text))| text.clone()).collect();
    let length = by_path.values().map(|(_, text)| text.len()).sum();
    let read = in_threads(threads_for(length, workspace.threads()), &files, |file| {
        let (source, text) = by_path.get(file.path)?;
        if let Some(packed) = packed.get(file.path) {
            let forward = Forward::packed(*source, dialect, packed.clone());
            return Some(Text { source: *source, text: text.clone(), forward, open: false });
        }
        if let Some(script) = stated::read(file.path, *source, (text, &models), dialect).filter(|_| file.code.is_none()) {
            return Some(Text { source: *source, text: text.clone(), forward: Forward::of(script), open: false });
        }
        let (text, ranges, open) = match file.code {
            None => (text.clone(), file.ranges.clone(), false),
            Some(tool) => {
                let code = code::read(tool, text);
                let pieces = code.pieces.into_iter().map(Some);
                (Arc::from(code.masked), pieces.collect(), !code.complete)
            }
        };
        if file.code.is_none() && !file.at_once && text.len() > LARGE {
            let forward = Forward::later(*source, dialect, ranges);
            return Some(Text { source: *source, text, forward, open });
        }
        let mut parts = ranges.into_iter().map(|range| sql::read(*source, &text, range, dialect));
        let mut script = parts.next().unwrap_or_else(|| sql::read(*source, &text, Some(0..0), dialect));
        for part in parts {
            script.append(part);
        }
        Some(Text { source: *source, text, forward: Forward::of(script), open })
    });
    let unread = read.iter().flatten().flat_map(|one| forward::unread(&one.forward.script));
    note_unread(workspace, unread.collect());
    read
}

fn note_unread(workspace: &mut Workspace, unread: Vec<Problem>) {
    for problem in unread {
        let path = workspace.sources().path(problem.span.source).to_owned();
        workspace.note_unread(&path, problem.message, Some(problem.span));
    }
}

/// Applies files in order. `foreign_steps` are applied where their versions fall. Gives what was not understood in files that were
/// not read before.
fn replay(database: &mut Database, mut reads: Vec<Read>, foreign_steps: &[String], keep: Keep) -> Vec<Problem> {
    let mut unread = Vec::new();
    // Judged one by one, each is its own deployment; changed against a base, all go out together.
    let together = database.deployed_together;
    let mut state = State::new(database.dialect);
    let pending: Vec<bool> = reads.iter().map(|read| read.pending && together).collect();
    let texts: Vec<Arc<str>> = reads.iter().map(|read| read.text.clone()).collect();
    let packed: Vec<Option<Arc<Packed>>> = reads.iter().map(|read| read.forward.packed_text().cloned()).collect();
    let mut foreign: Vec<(u128, &String)> = foreign_steps.iter().map(|path| (leading_number(file_name(path)), path)).collect();
    foreign.sort();
    let mut foreign = foreign.into_iter().peekable();
    let mut carried: Option<Transactions> = None;
    let halves = reads.iter_mut().map(|read| read.backward.take()).collect();
    let forward: Vec<_> = reads.iter().map(|read| (&read.forward.script, &*read.text)).collect();
    let mut trials = backward::Trials::new(&state, halves, together.then_some(&pending), &forward);
    for (number, read) in reads.into_iter().enumerate() {
        let version = leading_number(&read.version);
        while let Some((_, path)) = foreign.next_if(|(step, _)| *step < version) {
            state.doubt_foreign_step(file_name(path));
        }
        trials.begin(number, &state, (&read.forward.script, &read.text));
        let is_open = read.open;
        let migration = apply(&mut state, number, read, &pending, database, &mut carried, (keep, &mut unread));
        // What is not pending has its transaction behind it.
        carried = carried.filter(|_| database.one_transaction && pending.get(number) == Some(&true));
        if is_open {
            state.doubt_code(database.tool.as_deref().unwrap_or("a tool"));
        }
        trials.end(number, &state);
        database.migrations.push(migration);
    }
    trials.tell(&mut database.migrations);
    for (_, path) in foreign {
        state.doubt_foreign_step(file_name(path));
    }
    state.finish(database);
    for table in &mut database.tables {
        let written = texts.get(table.migration).and_then(|text| text.get(table.name_span.range()));
        table.qualifier = written.and_then(names::qualifier).map(Name::from);
    }
    for (number, text) in packed.iter().enumerate().filter_map(|(number, text)| Some((number, text.as_ref()?))) {
        let mut tables: Vec<&mut Table> = database.tables.iter_mut().filter(|table| table.migration == number).collect();
        tables.sort_by_key(|table| table.name_span);
        let spans: Vec<Span> = tables.iter().map(|table| table.name_span).collect();
        let mut tables = tables.into_iter();
        text.pick(spans.iter().map(|span| span.range()), |written| {
            if let Some(table) = tables.next() {
                table.qualifier = names::qualifier(written).map(Name::from);
            }
        });
    }
    unread
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn leading_number(text: &str) -> u128 {
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(u128::MAX)
}

/// Applies one migration. `carried` is the transaction of the one before it where they share one, and becomes its own.
fn apply(
    state: &mut State,
    number: usize,
    read: Read,
    pending: &[bool],
    database: &Database,
    carried: &mut Option<Transactions>,
    (keep, unread): (Keep, &mut Vec<Problem>),
) -> AppliedMigration {
    let takes_out = database.tool.as_deref().map(migrations::takes_out).unwrap_or_default();
    let version = database.server_version;
    state.begin_migration(number);
    let mut transactions = Transactions::new(&read.transaction, &read.forward.beginning(&read.text), takes_out);
    if let Some(before) = carried.take() {
        transactions.go_on(before);
    }
    let mut undo = Undo::new(state, &read.forward, &read.text, transactions.around());
    let keep = if read.pending || read.status != FileStatus::Same { Keep::Everything } else { keep };
    let (mut statements, mut emptied) = (Vec::new(), Vec::new());
    let apply = |mut statement: Statement, text: Excerpt| {
        effects::comment(&mut statement, text, state.dialect);
        state.doubt(&statement, text);
        if let Some(called) = state.called(&statement) {
            state.follow(&called, statement.span);
            statement.understanding = match statement.ops.is_empty() {
                true => Understanding::Opaque(called.why),
                false => Understanding::Partial(called.why),
            };
        }
        let before = transactions.around();
        let in_transaction = transactions.of(&statement);
        undo.act(state, &statement, (before, transactions.around()));
        let mut ops = Vec::with_capacity(statement.ops.len());
        let leaving = effects::leaving(&statement);
        let judged = read.pending && database.variant.is_none() && !state.stopped;
        let refusal = if judged { effects::refusals::of(state, &statement, &read.text, version) } else { None };
        let written = std::mem::take(&mut statement.ops);
        let is_alone = written.len() == 1;
        let order = order::of_server(&written, state.dialect);
        let mut written: Vec<(usize, sql::SchemaOp)> = written.into_iter().enumerate().collect();
        if let Some(order) = order {
            written.sort_by_key(|(at, _)| order.iter().position(|one| one == at));
        }
        for (at, op) in written {
            let moment = Moment {
                state,
                text: &read.text,
                version,
                variant: database.variant.as_deref(),
                transactions: &transactions,
                pending,
                statement: &statement,
                leaving: &leaving,
            };
            let mut step = keep.step(&moment, op);
            if let Some(refusal) = refusal.as_ref().filter(|refusal| refusal.op == at) {
                // Without a look at the rows: that it may fail by them too says less.
                let reasons = step.effects.reasons_mut();
                reasons.fails = Some(refusal.why.clone());
                reasons.refusal.get_or_insert_with(|| refusal.clone());
            }
            transactions.note(state, &step.op);
            // What the server refuses changes nothing, and what comes after it is not reached.
            if refusal.is_some() || (judged && is_alone && !statement.maybe && step.effects.refusal().is_some()) {
                state.stopped = true;
            } else {
                state.apply(&step.op, statement.maybe);
            }
            if !statement.maybe && empties(&step.op) {
                emptied.extend(step.table.as_ref().map(|table| (statement.span.start, table.name.clone())));
            }
            if keep.wants(&step) {
                ops.push((at, step));
            }
        }
        ops.sort_by_key(|(at, _)| *at);
        let ops: Vec<Step> = ops.into_iter().map(|(_, step)| step).collect();
        if !keep.wants_statement(&ops, statements.is_empty(), text.under(statement.span)) {
            return;
        }
        statements.push(AppliedStatement {
            span: statement.span,
            head: statement.head,
            understanding: statement.understanding,
            touches: statement.touches,
            maybe: statement.maybe,
            block: statement.block,
            in_transaction,
            ops,
        });
    };
    unread.extend(read.forward.each(&read.text, apply));
    statements.shrink_to_fit();
    state.end_migration();
    *carried = Some(transactions);
    AppliedMigration {
        has_backward: read.has_backward,
        backward: None,
        path: read.path,
        source: read.source,
        version: read.version,
        status: read.status,
        wrapped: match read.transaction {
            Transaction::Wrapped(_) => Some(true),
            Transaction::Unwrapped(_) | Transaction::Implicit(_) => Some(false),
            Transaction::Unknown(_) => None,
        },
        transaction: match read.transaction {
            Transaction::Wrapped(why) | Transaction::Unwrapped(why) | Transaction::Implicit(why) | Transaction::Unknown(why) => {
                why
            }
        },
        pending: read.pending,
        role: read.role,
        repeats: read.repeats,
        ignored: read.ignored,
        emptied,
        statements,
    }
}

/// Whether it takes every row of a table away.
fn empties(op: &SchemaOp) -> bool {
    matches!(&op.change, Change::Data { verb, filtered: false, .. } if verb.empties())
}
