//! Small repositories in memory, and the model of them.

use backend_lint::discover::{self, Discovery};
use backend_lint::files::{Files, Memory};
use backend_lint::model::schema::{AppliedStatement, Database, Schema, Table};
use backend_lint::model::{Model, Settings};
use backend_lint::source::Sources;
use std::path::PathBuf;
use std::sync::Arc;

/// What was read.
pub struct Built {
    pub discovery: Discovery,
    pub schema: Arc<Schema>,
    pub sources: Sources,
    pub model: Model,
}

/// Reads files.
pub fn build(files: &dyn Files, settings: &Settings) -> Built {
    let discovery = discover::find(files, settings);
    let mut sources = Sources::default();
    let model = Model::build(files, &discovery, settings, &mut sources);
    Built { discovery, schema: model.schema.clone(), sources, model }
}

/// A repository in memory.
pub fn memory(files: &[(&str, &str)]) -> Memory {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(*path, *text);
    }
    memory
}

/// The settings of a run on PostgreSQL.
pub fn postgres() -> Settings {
    Settings { dialect: Some(backend_lint::sql::Dialect::Postgres), threads: 1, ..Settings::default() }
}

/// PostgreSQL migrations, one file each, applied in order.
pub fn migrate(files: &[&str]) -> Built {
    let mut repository = Memory::new();
    for (number, text) in files.iter().enumerate() {
        repository.insert(format!("migrations/{:04}_step.up.sql", number + 1), *text);
    }
    build(&repository, &postgres())
}

impl Built {
    /// The only database.
    pub fn database(&self) -> &Database {
        assert_eq!(self.schema.databases.len(), 1, "{:?}", self.discovery.migration_sets);
        &self.schema.databases[0]
    }

    /// A table by its bare name.
    pub fn table(&self, name: &str) -> &Table {
        let found = self.database().tables.iter().find(|table| table.name.name == name);
        found.unwrap_or_else(|| panic!("no table {name}"))
    }

    /// The names of the indexes of a table, in order.
    pub fn indexes(&self, table: &str) -> Vec<String> {
        self.table(table).indexes.iter().map(|index| index.name.clone().unwrap_or_default().to_string()).collect()
    }

    /// The columns of a table as `name type` with `!` where NULL is not taken.
    pub fn columns(&self, table: &str) -> Vec<String> {
        let column = |one: &backend_lint::model::schema::Column| {
            let kind = one.column_type.known().map_or("?".into(), |kind| kind.display());
            let end = match one.nullable.known() {
                Some(true) => "",
                Some(false) => "!",
                None => "?",
            };
            format!("{} {kind}{end}", one.name)
        };
        self.table(table).columns.iter().map(column).collect()
    }

    /// The last statement of the last migration.
    pub fn last(&self) -> &AppliedStatement {
        self.database().migrations.iter().filter_map(|one| one.statements.last()).next_back().expect("a statement")
    }
}

/// The folder beside the repository that holds real input, where it is there.
pub fn shared() -> Option<PathBuf> {
    let roots = ["../shared", "../../shared"].map(|root| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(root));
    let found = roots.into_iter().find(|root| root.join("catalogs").is_dir());
    if found.is_none() {
        println!("skipped: ../shared is not here");
    }
    found
}
