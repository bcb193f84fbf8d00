//! Histories and the catalog that they leave.

use super::support::{build, memory, migrate, postgres};
use backend_lint::model::schema::{Backing, Facet, TableOrigin};
use backend_lint::model::{FileStatus, Pending, Settings};
use backend_lint::sql::Dialect;
use std::collections::BTreeMap;

#[test]
fn constraints_have_the_names_that_postgres_makes_and_are_dropped_by_them() {
    let built = migrate(&[
        "CREATE TABLE parents (id bigint PRIMARY KEY, code text UNIQUE);
         CREATE TABLE orders (id bigserial PRIMARY KEY, a int, b int CHECK (b > 0), c int REFERENCES parents, UNIQUE (a, b), CHECK (a < b));
         CREATE INDEX ON orders (a); CREATE INDEX ON orders (a); CREATE INDEX ON orders (lower(c::text), (a + b));",
    ]);
    assert_eq!(
        built.indexes("orders"),
        ["orders_pkey", "orders_a_b_key", "orders_a_idx", "orders_a_idx1", "orders_lower_expr_idx"]
    );
    let checks: Vec<_> = built.table("orders").checks.iter().filter_map(|one| one.name.clone()).collect();
    assert_eq!(checks, ["orders_b_check", "orders_check"]);
    let key = &built.table("orders").foreign_keys[0];
    assert_eq!((key.name.as_deref(), key.referenced_columns.as_slice()), (Some("orders_c_fkey"), ["id".into()].as_slice()));
    let later = migrate(&[
        "CREATE TABLE parents (id bigint PRIMARY KEY);
         CREATE TABLE orders (a int, b int CHECK (b > 0), c int REFERENCES parents, UNIQUE (a, b));",
        "ALTER TABLE orders DROP CONSTRAINT orders_b_check, DROP CONSTRAINT orders_c_fkey, DROP CONSTRAINT orders_a_b_key;",
    ]);
    let orders = later.table("orders");
    assert!(orders.checks.is_empty() && orders.foreign_keys.is_empty() && orders.indexes.is_empty());
    assert!(orders.gaps.is_empty());
}

#[test]
fn a_key_that_is_declared_twice_in_one_statement_is_one_index() {
    let built = migrate(&["CREATE TABLE t (id int UNIQUE, PRIMARY KEY (id));"]);
    assert_eq!(built.indexes("t"), ["t_pkey"]);
    assert_eq!(built.columns("t"), ["id integer!"]);
    let built = migrate(&["CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t ADD UNIQUE (id);"]);
    assert_eq!(built.indexes("t"), ["t_pkey", "t_id_key"]);
}

#[test]
fn names_follow_renames() {
    let built = migrate(&[
        "CREATE TABLE parents (id int PRIMARY KEY);
         CREATE TABLE kids (id int PRIMARY KEY, parent int REFERENCES parents (id), email text);
         CREATE INDEX kids_email ON kids (lower(email)) WHERE email IS NOT NULL;",
        "ALTER TABLE parents RENAME TO elders; ALTER TABLE elders RENAME COLUMN id TO key;
         ALTER TABLE kids RENAME COLUMN email TO mail; ALTER INDEX kids_email RENAME TO kids_mail;
         ALTER TABLE kids RENAME CONSTRAINT kids_pkey TO kids_key; ALTER TABLE kids SET SCHEMA home;",
    ]);
    let kids = built.table("kids");
    assert_eq!(kids.name.to_string(), "home.kids");
    assert_eq!(kids.foreign_keys[0].references.to_string(), "public.elders");
    assert_eq!(kids.foreign_keys[0].referenced_columns, ["key"]);
    assert_eq!(built.indexes("kids"), ["kids_key", "kids_mail"]);
    assert_eq!(kids.indexes[1].keys[0].text(), "lower(mail)");
    assert_eq!(kids.indexes[1].predicate.as_ref().map(|one| one.value.as_str()), Some("mail IS NOT NULL"));
    assert_eq!(built.indexes("elders"), ["parents_pkey"]);
}

#[test]
fn what_is_dropped_leaves_a_tombstone() {
    let built = migrate(&[
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int, CHECK (a > b)); CREATE INDEX t_a ON t (a, b); CREATE INDEX t_b ON t (b);",
        "ALTER TABLE t DROP COLUMN a; CREATE TABLE u (id int); DROP TABLE u;",
    ]);
    assert_eq!(built.columns("t"), ["id integer!", "b integer"]);
    assert_eq!(built.indexes("t"), ["t_pkey", "t_b"]);
    assert!(built.table("t").checks.is_empty());
    let gone = &built.table("t").dropped_columns[0];
    assert_eq!((gone.column.name.as_str(), gone.migration), ("a", 1));
    assert_eq!(built.sources.text(gone.span), "DROP COLUMN a");
    assert_eq!(built.database().dropped_tables[0].table.name.name, "u");
}

#[test]
fn columns_change_and_remember_where() {
    let built = migrate(&[
        "CREATE TABLE t (a varchar(20) NOT NULL DEFAULT 'x', b int, c timestamptz DEFAULT NULL);",
        "ALTER TABLE t ALTER a TYPE text, ALTER a DROP NOT NULL, ALTER a DROP DEFAULT, ALTER b SET NOT NULL, ALTER b SET DEFAULT 5;",
    ]);
    assert_eq!(built.columns("t"), ["a text", "b integer!", "c timestamp with time zone"]);
    let t = built.table("t");
    assert!(t.columns[0].default.known_absent() && t.columns[2].default.known_absent());
    assert_eq!(t.columns[1].default.known().map(|value| value.text.as_str()), Some("5"));
    assert_eq!(t.columns[0].changes().len(), 3);
}

#[test]
fn conditions_create_what_is_absent_and_doubt_what_they_drop() {
    let built = migrate(&["CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX t_a ON t (a); CREATE TABLE u (id int);
         DO $$ BEGIN
            CREATE TYPE mood AS ENUM ('a', 'b');
         EXCEPTION WHEN duplicate_object THEN NULL; END $$;
         DO $$ BEGIN IF true THEN DROP INDEX t_a; ALTER TABLE u ALTER id SET NOT NULL; END IF; END $$;"]);
    assert!(!built.table("t").indexes_complete() && built.table("t").columns_complete());
    assert!(!built.table("u").columns_complete() && built.table("u").indexes_complete());
    assert_eq!(built.database().enums[0].labels.len(), 2);
}

#[test]
fn an_opaque_statement_touches_what_it_names_or_all_that_was_there() {
    let built = migrate(&[
        "CREATE TABLE a (id int); CREATE TABLE b (id int);",
        "ALTER TABLE a FROBNICATE 7;",
        "CREATE TABLE c (id int);",
    ]);
    assert_eq!(built.table("a").gaps.len(), Facet::ALL.len());
    assert!(built.table("b").gaps.is_empty() && built.table("c").gaps.is_empty());
    let built = migrate(&["CREATE TABLE a (id int);", "FROBNICATE EVERYTHING;", "CREATE TABLE c (id int);"]);
    assert!(!built.table("a").gaps.is_empty() && built.table("c").gaps.is_empty());
    assert_eq!(built.database().tables_unknown.len(), 1);
    assert!(built.model.unread.iter().any(|one| one.path.contains("0002")));
}

#[test]
fn what_was_never_created_is_external() {
    let built = migrate(&["ALTER TABLE users ADD COLUMN a int; CREATE INDEX users_a ON users (a);"]);
    let users = built.table("users");
    assert!(users.external && users.gaps.len() == 3);
    assert_eq!(built.schema.tables().count(), 0);
    let built = migrate(&["ALTER TABLE IF EXISTS users ADD COLUMN a int; DROP TABLE IF EXISTS other;"]);
    assert!(built.database().tables.is_empty());
}

#[test]
fn a_name_that_was_never_seen_leaves_doubt() {
    let built = migrate(&["CREATE TABLE t (id int);", "ALTER TABLE t DROP CONSTRAINT t_secret;"]);
    assert!(!built.table("t").constraints_complete() && built.table("t").columns_complete());
    let built = migrate(&["CREATE TABLE t (id int);", "DROP INDEX t_secret_idx;"]);
    assert!(!built.table("t").indexes_complete());
    let built =
        migrate(&["CREATE TABLE t (id int);", "DROP INDEX IF EXISTS t_secret_idx; ALTER TABLE t DROP COLUMN IF EXISTS x;"]);
    assert!(built.table("t").gaps.is_empty());
}

#[test]
fn enums_keep_their_order() {
    let built = migrate(&[
        "CREATE TYPE s AS ENUM ('a', 'c');",
        "ALTER TYPE s ADD VALUE 'b' BEFORE 'c'; ALTER TYPE s ADD VALUE IF NOT EXISTS 'd'; ALTER TYPE s RENAME VALUE 'a' TO 'A';
         ALTER TYPE s RENAME TO state;",
    ]);
    let labels: Vec<_> = built.database().enums[0].labels.iter().map(|label| label.value.as_str()).collect();
    assert_eq!((built.database().enums[0].name.name.as_str(), labels), ("state", vec!["A", "b", "c", "d"]));
}

#[test]
fn schemas_and_the_search_path_decide_what_a_name_means() {
    let built = migrate(&[
        "CREATE SCHEMA auth; CREATE TABLE auth.users (id int); CREATE TABLE users (id int, name text);
         SET search_path TO auth, public; ALTER TABLE users ADD COLUMN secret text;",
        "ALTER TABLE users DROP COLUMN name; DROP SCHEMA auth CASCADE;",
    ]);
    let names: Vec<_> = built.database().tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!(names, ["public.users"]);
    assert_eq!(built.columns("users"), ["id integer"]);
    assert_eq!(built.database().dropped_tables[0].table.columns.len(), 2);
}

#[test]
fn copies_heirs_and_partitions_have_what_they_take_over() {
    let built = migrate(&["CREATE TABLE p (id int, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
         CREATE TABLE p2 (id int NOT NULL, day date NOT NULL);
         ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
         CREATE INDEX p_day ON p (day); ALTER TABLE p ADD COLUMN note text;
         CREATE TABLE copy (LIKE p INCLUDING ALL); CREATE TABLE heir (more int) INHERITS (p2);"]);
    assert_eq!(built.indexes("p1"), ["p1_pkey", "p1_day_idx"]);
    assert_eq!(built.indexes("p2"), ["p2_pkey", "p2_day_idx"]);
    assert_eq!(built.columns("p2"), ["id integer!", "day date!", "note text"]);
    assert_eq!(built.indexes("copy"), ["copy_pkey", "copy_day_idx"]);
    assert_eq!(built.columns("heir").len(), 4);
    assert!(built.indexes("heir").is_empty());
}

#[test]
fn temporary_tables_go_with_the_session() {
    let built = migrate(&["CREATE TABLE t (id int); CREATE TEMP TABLE t2 (id int); CREATE INDEX i ON t2 (id);"]);
    assert_eq!(built.database().tables.len(), 1);
}

#[test]
fn mysql_makes_indexes_for_foreign_keys_and_takes_them_back() {
    let files = memory(&[(
        "mysql/schema.sql",
        "CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;
         CREATE TABLE c (id INT PRIMARY KEY, p_id INT, q_id INT REFERENCES p (id), FOREIGN KEY (p_id) REFERENCES p (id)) ENGINE=InnoDB;
         ALTER TABLE c MODIFY q_id BIGINT NOT NULL; ALTER TABLE c ADD KEY c_p (p_id, id);",
    )]);
    let built = build(&files, &Settings { threads: 1, ..Settings::default() });
    assert_eq!(built.database().dialect, Dialect::MySql);
    assert_eq!(built.indexes("c"), ["PRIMARY", "c_p"]);
    assert_eq!(built.table("c").foreign_keys.len(), 1);
    assert_eq!(built.table("c").foreign_keys[0].name.as_deref(), Some("c_ibfk_1"));
    assert_eq!(built.columns("c"), ["id int!", "p_id int", "q_id bigint!"]);
}

#[test]
fn sqlite_rebuilds_a_table_under_its_old_name() {
    let files = memory(&[
        (
            "migrations/sqlite/1_a.up.sql",
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX t_a ON t (a); CREATE TABLE k (t_id INTEGER REFERENCES t (id));",
        ),
        (
            "migrations/sqlite/2_b.up.sql",
            "CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT NOT NULL); INSERT INTO t_new SELECT id, a FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t;",
        ),
    ]);
    let built = build(&files, &Settings { threads: 1, ..Settings::default() });
    assert_eq!(built.columns("t"), ["id integer!", "a text!"]);
    // The index went with the old table, and nobody made it again.
    assert_eq!(built.table("t").indexes.iter().filter(|index| index.backs != Some(Backing::PrimaryKey)).count(), 0);
    assert_eq!(built.table("k").foreign_keys[0].references.name, "t");
    assert!(built.table("t").seeded);
}

#[test]
fn pending_migrations_know_where_their_tables_come_from() {
    let files = memory(&[
        ("migrations/1_a.up.sql", "CREATE TABLE old (id int);"),
        ("migrations/2_b.up.sql", "CREATE TABLE fresh (id int);"),
        (
            "migrations/3_c.up.sql",
            "CREATE TABLE newest (id int); CREATE INDEX a ON old (id); CREATE INDEX b ON fresh (id); CREATE INDEX c ON newest (id); CREATE INDEX d ON nowhere (id);",
        ),
    ]);
    let changed =
        BTreeMap::from([2, 3].map(|n| (format!("migrations/{n}_{}.up.sql", if n == 2 { "b" } else { "c" }), FileStatus::New)));
    let mut settings = Settings { pending: Pending::Changed(changed), ..postgres() };
    let built = build(&files, &settings);
    let origins: Vec<_> = built.database().migrations[2]
        .statements
        .iter()
        .skip(1)
        .filter_map(|one| Some(one.ops[0].table.as_ref()?.origin))
        .collect();
    assert_eq!(origins, [TableOrigin::Before, TableOrigin::Pending, TableOrigin::SameMigration, TableOrigin::External]);
    let pending: Vec<_> = built.schema.migrations().map(|one| one.pending).collect();
    assert_eq!(pending, [false, true, true]);
    settings.judged_after = Some("2_b.up.sql".into());
    let pending: Vec<_> = build(&files, &settings).schema.migrations().map(|one| one.pending).collect();
    assert_eq!(pending, [false, false, true]);
}

#[test]
fn a_step_carries_the_column_as_it_was() {
    let built =
        migrate(&["CREATE TABLE t (a varchar(10) NOT NULL);", "ALTER TABLE t ALTER a TYPE text; ALTER TABLE t DROP COLUMN a;"]);
    let before = built.last().ops[0].table.as_ref().expect("a table");
    let column = before.column.as_ref().expect("a column");
    assert_eq!(column.column_type.known().map(|kind| kind.display()), Some("text".into()));
    assert_eq!((before.subject(Some("a")), column.nullable.known()), ("public.t.a".into(), Some(&false)));
}

#[test]
fn schema_files_are_databases_and_twins_are_one() {
    let table = "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, p_id int REFERENCES p (id));";
    let files = memory(&[
        ("db/schema.sql", table),
        ("migrations/1_a.up.sql", table),
        ("old/migrations/1_a.up.sql", table),
        ("other/schema-v1.sql", "CREATE TABLE a (id int);"),
        ("other/schema-v2.sql", "CREATE TABLE b (id int);"),
    ]);
    let built = build(&files, &postgres());
    let sources: Vec<_> = built.schema.databases.iter().map(|one| one.source.as_str()).collect();
    assert_eq!(sources, ["db/schema.sql", "migrations", "old/migrations", "other/schema-v2.sql"]);
    // The schema file only says again what the migrations make.
    let keys: Vec<_> = built.schema.foreign_keys_without_own_index().map(|key| key.logical()).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
    assert_eq!(built.schema.migrations().count(), 2);
}
