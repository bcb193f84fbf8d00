//! Which migrations are judged: those that are new or changed against the base, line ends apart.

use super::support::{Scratch, Work};
use backend_lint::engine::{self, Migrations, Options, Outcome};
use std::collections::BTreeMap;
use std::path::Path;

fn run(root: &Path, migrations: Migrations) -> Outcome {
    engine::run(root, &BTreeMap::new(), &Options { migrations, ..Options::default() }).unwrap()
}

/// The names of the migrations that were judged.
fn judged(outcome: &Outcome) -> Vec<&str> {
    let migrations = outcome.model.schema.databases.iter().flat_map(|database| &database.migrations);
    migrations.filter(|one| one.pending).map(|one| one.path.rsplit('/').next().unwrap_or("")).collect()
}

fn shop(scratch: &Scratch) -> Work {
    let work = scratch.repository("shop");
    for (name, text) in [("0001_orders", "CREATE TABLE orders (id bigint PRIMARY KEY);\n"), ("0002_note", "SELECT 1;\n")] {
        work.write(&format!("db/migrations/{name}.up.sql"), text).write(&format!("db/migrations/{name}.down.sql"), "SELECT 2;\n");
    }
    work.commit();
    work.git(&["checkout", "-q", "-b", "feature"]);
    work
}

#[test]
fn new_and_changed_migrations_are_pending() {
    let scratch = Scratch::new();
    let work = shop(&scratch);
    assert_eq!(judged(&run(&work.0, Migrations::Auto)), [""; 0]);
    work.write("db/migrations/0003_index.up.sql", "CREATE INDEX a ON orders (id);\n");
    assert_eq!(judged(&run(&work.0, Migrations::Auto)), ["0003_index.up.sql"], "untracked");
    work.commit();
    work.write("db/migrations/0001_orders.up.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);\r\n");
    assert_eq!(judged(&run(&work.0, Migrations::Pending)), ["0003_index.up.sql"], "other line ends are no change");
    work.write("db/migrations/0002_note.up.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    assert_eq!(judged(&run(&work.0, Migrations::Auto)), ["0002_note.up.sql", "0003_index.up.sql"]);
    work.write("db/migrations/0002_note.down.sql", "SELECT 3;\n");
    assert_eq!(judged(&run(&work.0.join("db"), Migrations::Auto)), ["0002_note.up.sql", "0003_index.up.sql"], "from a folder");
    assert_eq!(judged(&run(&work.0, Migrations::All)).len(), 3);
}

#[test]
fn without_a_base_none_is_judged_and_the_rest_is_counted() {
    let scratch = Scratch::new();
    let folder = Work(scratch.path().join("shop"));
    folder.write("db/migrations/0001_orders.up.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);\n");
    let outcome = run(&folder.0, Migrations::Auto);
    assert_eq!(judged(&outcome), [""; 0]);
    assert!(outcome.report.with_all_migrations.is_some());
    let all = run(&folder.0, Migrations::All);
    assert_eq!((judged(&all), all.report.with_all_migrations), (vec!["0001_orders.up.sql"], None));
}

#[test]
fn the_configuration_above_the_root_counts_up_to_the_top_of_the_repository() {
    let scratch = Scratch::new();
    let work = scratch.repository("shop");
    let table = "CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE b (a_id bigint REFERENCES a (id));\n";
    let other = "CREATE TABLE c (id bigint PRIMARY KEY);\nCREATE TABLE d (c_id bigint REFERENCES c (id));\n";
    work.write("svc/a/db/migrations/0001_b.up.sql", table).write("svc/b/db/migrations/0001_d.up.sql", other).commit();
    std::fs::write(scratch.path().join("backend-lint.toml"), "no configuration of this repository").unwrap();
    let rule = "indexes/foreign-key-without-index";
    let found = |folder: &str| {
        let outcome = run(&work.0.join(folder), Migrations::Auto);
        outcome.report.findings.iter().filter(|finding| finding.rule == rule).count()
    };
    assert_eq!((found(""), found("svc/a"), found("svc/b/db")), (2, 1, 1));
    work.write("backend-lint.toml", "[[override]]\npaths = [\"svc/a/**\"]\nrules = { indexes = \"off\" }\n");
    assert_eq!((found(""), found("svc/a"), found("svc/b/db")), (1, 0, 1));
    work.write("svc/backend-lint.toml", "[rules]\nindexes = \"off\"\n");
    assert_eq!((found(""), found("svc/a"), found("svc/b/db")), (0, 0, 0));
    work.write("svc/backend-lint.toml", "[rule]\n");
    let failure = engine::run(&work.0.join("svc/b"), &BTreeMap::new(), &Options::default()).unwrap_err();
    assert_eq!(failure.0, ["../backend-lint.toml:1:2: unknown key `rule` in the file; did you mean `rules`?"]);
}
