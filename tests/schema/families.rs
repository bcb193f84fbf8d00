//! Partitions and heirs as PostgreSQL treats them, and what a `ROLLBACK` takes back: each case was a difference from a real server.

use super::support::migrate;

#[test]
fn a_partition_names_its_copy_by_the_columns_of_then() {
    let built = migrate(&[
        "CREATE TABLE t (id int, note text) PARTITION BY LIST (id); CREATE UNIQUE INDEX i ON t (id, note);",
        "ALTER TABLE t RENAME id TO code; CREATE TABLE part PARTITION OF t DEFAULT;",
    ]);
    assert_eq!(built.indexes("part"), ["part_id_note_idx"]);
    assert_eq!(built.table("part").indexes[0].columns(), Some(vec!["code", "note"]));
}

#[test]
fn equal_indexes_of_a_parent_are_copied_one_by_one() {
    let built =
        migrate(&["CREATE TABLE t (a int CONSTRAINT k PRIMARY KEY) PARTITION BY RANGE (a); ALTER TABLE t ADD UNIQUE (a);
         CREATE TABLE part PARTITION OF t DEFAULT; CREATE TABLE copy (LIKE t INCLUDING ALL);"]);
    assert_eq!(built.indexes("part"), ["part_pkey", "part_a_key"]);
    assert_eq!(built.indexes("copy"), ["copy_pkey", "copy_a_key"]);
    let built = migrate(&[
        "CREATE TABLE t (a int CONSTRAINT k PRIMARY KEY) PARTITION BY RANGE (a); ALTER TABLE t ADD UNIQUE (a);
         CREATE TABLE part PARTITION OF t DEFAULT;",
        "ALTER TABLE t DROP CONSTRAINT t_a_key;",
    ]);
    assert_eq!(built.indexes("part"), ["part_pkey"]);
}

#[test]
fn an_index_joins_that_of_the_parent_and_leaves_it() {
    let built = migrate(&[
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF t DEFAULT; CREATE INDEX own ON part (a DESC);",
        "CREATE INDEX i ON t (a); DROP INDEX own;",
    ]);
    assert_eq!(built.indexes("part"), ["own"]);
    let fails = built.last().effects().fails().unwrap_or_default().to_owned();
    assert_eq!(fails, "index `own` cannot be dropped: the index of the partitioned table requires it");
    let built = migrate(&[
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF t DEFAULT; CREATE INDEX i ON t (a);",
        "ALTER TABLE t DETACH PARTITION part; DROP INDEX i;",
    ]);
    assert_eq!((built.indexes("t").len(), built.indexes("part")), (0, vec!["part_a_idx".to_owned()]));
    let built = migrate(&[
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF t DEFAULT; CREATE INDEX i ON ONLY t (a);",
        "CREATE INDEX p ON part (a); ALTER INDEX i ATTACH PARTITION p; DROP INDEX i;",
    ]);
    assert!(built.indexes("part").is_empty());
}

#[test]
fn a_partition_that_is_detached_concurrently_keeps_its_bound() {
    let text = "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF t FOR VALUES IN (1);";
    let built = migrate(&[text, "ALTER TABLE t DETACH PARTITION part CONCURRENTLY;"]);
    let checks: Vec<_> = built.table("part").checks.iter().map(|one| (one.name.clone(), one.validated)).collect();
    assert_eq!(checks, [(None, true)]);
    assert!(migrate(&[text, "ALTER TABLE t DETACH PARTITION part;"]).table("part").checks.is_empty());
}

#[test]
fn only_means_the_table_alone() {
    let text = "CREATE TABLE t (a int NOT NULL, b int); CREATE TABLE heir () INHERITS (t);";
    let built = migrate(&[text, "ALTER TABLE ONLY t ALTER a DROP NOT NULL, DROP COLUMN b;"]);
    assert_eq!(
        (built.columns("t"), built.columns("heir")),
        (vec!["a integer".into()], vec!["a integer!".into(), "b integer".into()])
    );
    let built = migrate(&[text, "ALTER TABLE t ALTER a DROP NOT NULL, DROP COLUMN b;"]);
    assert_eq!(built.columns("heir"), ["a integer"]);
}

#[test]
fn an_identity_stays_and_cascade_takes_heirs_along() {
    let built = migrate(&["CREATE TABLE t (a int NOT NULL) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF t DEFAULT;
         ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY;"]);
    assert!(built.table("t").columns[0].identity.is_some() && built.table("part").columns[0].identity.is_none());
    let built = migrate(&["CREATE TABLE t (a int); CREATE TABLE heir () INHERITS (t);", "DROP TABLE t CASCADE;"]);
    assert!(built.database().tables.is_empty());
}

#[test]
fn a_key_that_goes_with_its_column_makes_room_for_another() {
    let text = "CREATE TABLE t (a int, b int, PRIMARY KEY (a));";
    let last = |change: &str| migrate(&[text, change]).last().effects().fails().map(str::to_owned);
    assert_eq!(last("ALTER TABLE t ADD PRIMARY KEY (b), DROP COLUMN a;"), None);
    assert!(last("ALTER TABLE t ADD PRIMARY KEY (b);").is_some());
}

#[test]
fn a_rollback_takes_back_what_its_transaction_did() {
    let first = "CREATE TABLE t (a int);";
    let columns = |second: &str| migrate(&[first, second]).columns("t");
    assert_eq!(columns("BEGIN; ALTER TABLE t ADD b int; ROLLBACK; ALTER TABLE t ADD c int;"), ["a integer", "c integer"]);
    assert_eq!(columns("BEGIN; ALTER TABLE t ADD b int; COMMIT; BEGIN; DROP TABLE t; ABORT;"), ["a integer", "b integer"]);
    assert_eq!(columns("BEGIN; ALTER TABLE t ADD b int; SAVEPOINT s; ROLLBACK TO s; COMMIT;"), ["a integer", "b integer"]);
}

#[test]
fn the_quoted_char_is_a_type_of_its_own() {
    let built = migrate(&["CREATE TABLE t (a \"char\", b pg_catalog.char, c char, d pg_catalog.varchar);"]);
    let kinds: Vec<_> =
        built.table("t").columns.iter().filter_map(|one| one.column_type.known()).map(|one| one.display()).collect();
    assert_eq!(kinds, ["char", "char", "character(1)", "character varying"]);
}

#[test]
fn sqlite_keeps_the_index_of_a_constraint() {
    let files = super::support::memory(&[(
        "migrations/0001_a.up.sql",
        "CREATE TABLE t (a int, CONSTRAINT k UNIQUE (a)); DROP INDEX IF EXISTS k;",
    )]);
    let settings =
        backend_lint::model::Settings { dialect: Some(backend_lint::sql::Dialect::Sqlite), ..super::support::postgres() };
    assert_eq!(super::support::build(&files, &settings).table("t").indexes.len(), 1);
}

#[test]
fn a_statement_drops_before_it_adds() {
    let built = migrate(&[
        "CREATE TABLE t (a int PRIMARY KEY, CHECK (a > 0));",
        "ALTER TABLE t ADD PRIMARY KEY (a), DROP CONSTRAINT t_pkey;",
    ]);
    assert_eq!((built.indexes("t"), built.last().effects().fails()), (vec!["t_pkey".to_owned()], None));
    let built =
        migrate(&["CREATE TABLE t (a int, CHECK (a > 0));", "ALTER TABLE t ADD CHECK (a < 9), DROP CONSTRAINT t_a_check;"]);
    let checks: Vec<_> = built.table("t").checks.iter().map(|one| one.text.to_string()).collect();
    assert_eq!(checks, ["a < 9"]);
    let built = migrate(&["CREATE TABLE t (a int);", "ALTER TABLE t ALTER a SET NOT NULL, ALTER a DROP NOT NULL;"]);
    assert_eq!(built.columns("t"), ["a integer!"]);
}

#[test]
fn a_reference_goes_with_the_key_that_it_rests_on() {
    let text = "CREATE TABLE t (a int UNIQUE); ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (a);";
    let keys = |reference: &str, drop: &str| migrate(&[text, reference, drop]).table("o").foreign_keys.len();
    let drop = "ALTER TABLE t DROP CONSTRAINT k CASCADE;";
    assert_eq!(keys("CREATE TABLE o (a int REFERENCES t);", drop), 0);
    assert_eq!(keys("CREATE TABLE o (a int REFERENCES t (a));", drop), 1);
    assert_eq!(keys("CREATE TABLE o (a int REFERENCES t (a));", "ALTER TABLE t DROP CONSTRAINT t_a_key CASCADE;"), 0);
}

#[test]
fn a_reference_to_its_own_table_follows_every_name() {
    let built = migrate(&[
        "CREATE TABLE t (a int PRIMARY KEY REFERENCES t (a));",
        "ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME a TO b;",
    ]);
    let key = &built.table("u").foreign_keys[0];
    assert_eq!((key.references.name.as_str(), key.referenced_columns.as_slice()), ("u", ["b".into()].as_slice()));
}
