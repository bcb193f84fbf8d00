//! Databases, replayed from their whole migration history or read from schema files.
//!
//! [`catalog`] is what a database holds, [`history`] what its migrations did and at what cost, [`view`] the questions that
//! rules ask. [`Schema::databases`] are ordered by source; a dialect twin of a database is a database of its own.

mod audit;
mod backward;
mod build;
mod card_data;
pub mod catalog;
mod column_extras;
mod drift;
mod effects;
mod foreign_key;
mod forward;
pub mod history;
mod inbox;
mod index_budget;
mod inline_references;
pub mod json;
mod leftovers;
mod modify;
mod modules;
mod names;
mod objects;
mod order;
mod outbox;
pub mod pending;
mod primary_key;
mod quoted_names;
mod reference_types;
mod remedy;
mod replay;
mod seed_rows;
mod seeds;
mod spoken;
mod stated;
mod table_facts;
mod tenancy;
mod transaction;
mod transitions;
mod twins;
mod undo;
pub mod version;
mod view;

/// Our own words for what statements do: what rules on migrations speak of.
pub use crate::sql::{ColumnDef, ConstraintDef, ConstraintKind, IndexDef};
pub use backward::{Backward, Difference};
pub use card_data::CardData;
pub use catalog::*;
pub use column_extras::ColumnExtras;
pub use drift::{Disagreement, Divergence, Drift, Reason, Together};
pub use history::*;
pub use inbox::Inbox;
pub use inline_references::IgnoredReference;
pub use leftovers::LeftConstraint;
pub use objects::*;
pub use outbox::Outbox;
pub use pending::{LongName, PendingStep, RepeatedColumn};
pub use quoted_names::QuotedName;
pub use reference_types::{TypeFit, UnlikePair};
pub use remedy::{create_first_indexes_help, drop_all_help, per_dialect, quoted, text_literal, type_sql};
pub use seed_rows::{Lookup, SeedRows};
pub use spoken::Spoken;
pub use table_facts::{Stated, TableNames};
pub use transitions::{LeftPart, LeftTransition};
pub use view::*;

use super::{Settings, Workspace};
use crate::discover::Discovery;
use std::collections::HashSet;
use std::sync::Arc;

/// Databases, replayed from their whole migration history or read from schema files.
#[derive(Debug, Default)]
pub struct Schema {
    /// Every database, ordered by source. One that two revisions have alike is shared by their models.
    pub databases: Vec<Arc<Database>>,
    /// Names of the tables of stores whose SQL is recognised and not read (ClickHouse), sorted.
    pub elsewhere: Vec<String>,
    /// For each database the number of the one that says what the application calls its tables.
    spoken_by: Vec<usize>,
    /// For each database the number of the first one that is the same database in other words.
    families: Vec<usize>,
    /// The tables of each family by name.
    namesakes: twins::Namesakes,
    /// Tables, as (database, position), that another database of the family states better.
    restated: HashSet<(usize, usize)>,
}

/// Reads this part.
pub fn read(workspace: &mut Workspace, discovery: &Discovery, settings: &Settings) -> Schema {
    let databases = build::databases(workspace, discovery, settings);
    let families = twins::families(&databases);
    let restated = twins::restated(&databases, &families);
    let namesakes = twins::namesakes(&databases, &families);
    let spoken_by = spoken::sources(&databases);
    Schema { databases, elsewhere: discovery.elsewhere.clone(), spoken_by, families, namesakes, restated }
}
