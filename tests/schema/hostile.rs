//! Migrations that mean harm: bounded time, no panic, whatever the bytes.

use super::stopwatch::Stopwatch;
use super::support::{build, memory, migrate};
use backend_lint::model::Settings;
use std::fmt::Write;
use std::time::Duration;

/// Generous for a debug build on a busy machine; quadratic work would take many times as long.
const LIMIT: Duration = Duration::from_secs(20);

fn in_time(name: &str, text: &str) {
    let watch = Stopwatch::start();
    let built = migrate(&[text]);
    let took = watch.spent();
    assert!(took < LIMIT, "{name}: {took:?}");
    let _ = backend_lint::model::schema::json::to_json(&built.schema, &built.sources);
    let _ = built.schema.droppable_indexes().filter(|index| index.repeats().is_some() || index.covered_by().is_some()).count();
    let _ = built.schema.foreign_keys_without_own_index().filter(|key| key.index().known_absent()).count();
    println!("{name}: {took:?}, asked {:?}", watch.spent() - took);
    assert!(watch.spent() < LIMIT * 2, "{name}: {:?}", watch.spent());
}

fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

#[test]
fn many_tables_and_opaque_statements() {
    in_time("tables", &many(20_000, |n| format!("CREATE TABLE t{n} (id int PRIMARY KEY);")));
    in_time("opaque", &many(10_000, |n| format!("CREATE TABLE t{n} (id int); FROBNICATE {n};")));
    in_time("one name", &many(10_000, |_| "CREATE TABLE t (id int); DROP TABLE t;".into()));
    in_time("renames", &many(10_000, |n| format!("ALTER TABLE t{n} RENAME TO t{};", n + 1)));
}

#[test]
fn one_table_with_far_too_much() {
    let table = "CREATE TABLE t (id int);\n";
    in_time("columns", &(table.to_owned() + &many(10_000, |n| format!("ALTER TABLE t ADD c{n} int;"))));
    in_time("indexes", &(table.to_owned() + &many(6_000, |n| format!("CREATE INDEX i{n} ON t (id);"))));
    in_time("unnamed", &(table.to_owned() + &many(3_000, |_| "CREATE INDEX ON t (id);".into())));
    in_time(
        "keys",
        &(table.to_owned() + &many(6_000, |n| format!("ALTER TABLE t ADD CONSTRAINT f{n} FOREIGN KEY (id) REFERENCES t (id);"))),
    );
}

#[test]
fn copies_of_copies_do_not_explode() {
    in_time(
        "like",
        &("CREATE TABLE t0 (a int, CHECK (a > 0));\n".to_owned()
            + &many(200, |n| format!("CREATE TABLE t{} (LIKE t{n} INCLUDING ALL, LIKE t{n} INCLUDING ALL);", n + 1))),
    );
    in_time(
        "heirs",
        &("CREATE TABLE t0 (a int, CHECK (a > 0));\n".to_owned()
            + &many(200, |n| format!("CREATE TABLE t{} () INHERITS (t{n}, t{n});", n + 1))),
    );
    let deep = many(3_000, |n| format!("CREATE TABLE p{} PARTITION OF p{n} DEFAULT PARTITION BY LIST (a);", n + 1));
    in_time("partitions", &format!("CREATE TABLE p0 (a int) PARTITION BY LIST (a);\n{deep}DROP TABLE p0;"));
    in_time(
        "ring",
        "CREATE TABLE a (x int) PARTITION BY LIST (x); CREATE TABLE b (x int) PARTITION BY LIST (x); ALTER TABLE a ATTACH PARTITION b DEFAULT; ALTER TABLE b ATTACH PARTITION a DEFAULT; ALTER TABLE a ADD y int; DROP TABLE a;",
    );
}

#[test]
fn labels_views_and_prepared_texts() {
    in_time(
        "labels",
        &("CREATE TYPE e AS ENUM ('a');\n".to_owned() + &many(5_000, |n| format!("ALTER TYPE e ADD VALUE 'v{n}';"))),
    );
    in_time(
        "views",
        &("CREATE TABLE t (a int);\n".to_owned()
            + &many(3_000, |n| format!("CREATE VIEW v{n} AS SELECT a FROM t; ALTER TABLE t DROP COLUMN IF EXISTS b;"))),
    );
    in_time("executes", &many(3_000, |n| format!("CREATE TABLE t{n} (a int); EXECUTE x{n};")));
}

#[test]
fn odd_bytes() {
    for text in [
        "\u{feff}CREATE TABLE t (é int);",
        "CREATE TABLE \"\" (\"\" int);",
        "ALTER TABLE t ADD;",
        "CREATE TABLE t (",
        "\0\0;;;;",
        "COMMENT ON COLUMN . IS ''",
        "COMMENT ON COLUMN",
    ] {
        in_time(text, text);
    }
}

/// Statements that meet each other's tables, columns, types and views, some of them nonsense.
const DDL: &[&str] = &[
    "CREATE TABLE a (id serial PRIMARY KEY, b int, c text UNIQUE, CHECK (b > 0));",
    "CREATE TABLE b (id int, a_id int REFERENCES a, PRIMARY KEY (id), UNIQUE (a_id)) PARTITION BY LIST (id);",
    "CREATE TABLE c PARTITION OF b DEFAULT;",
    "CREATE TABLE d (LIKE a INCLUDING ALL, x int) INHERITS (a);",
    "CREATE TABLE a_new (id int, b int); INSERT INTO a_new SELECT id, b FROM a; DROP TABLE a; ALTER TABLE a_new RENAME TO a;",
    "ALTER TABLE a RENAME TO b;",
    "ALTER TABLE b RENAME TO a;",
    "ALTER TABLE a RENAME COLUMN b TO c;",
    "ALTER TABLE a DROP COLUMN b CASCADE;",
    "ALTER TABLE a ADD COLUMN e e DEFAULT 'x';",
    "ALTER TABLE b ATTACH PARTITION a DEFAULT;",
    "ALTER TABLE b DETACH PARTITION c;",
    "ALTER TABLE a ATTACH PARTITION b DEFAULT;",
    "ALTER TABLE a ADD CONSTRAINT k CHECK (b IS NOT NULL) NOT VALID, ADD UNIQUE (b), ADD EXCLUDE USING gist (b WITH =);",
    "ALTER TABLE a DROP CONSTRAINT k, DROP CONSTRAINT a_pkey CASCADE;",
    "ALTER TABLE a RENAME CONSTRAINT k TO l; ALTER TABLE a VALIDATE CONSTRAINT l;",
    "CREATE TYPE e AS ENUM ('x', 'y'); CREATE DOMAIN f AS int CHECK (VALUE > 0);",
    "ALTER TYPE e RENAME TO f; ALTER TYPE f SET SCHEMA s; DROP TYPE f CASCADE; DROP TYPE e;",
    "CREATE VIEW v AS SELECT * FROM a; CREATE VIEW w AS SELECT b FROM v; CREATE VIEW v AS SELECT * FROM w;",
    "DROP VIEW v; ALTER VIEW w RENAME TO v;",
    "CREATE INDEX ON a (b, lower(c)); CREATE INDEX i ON b (id); DROP INDEX i; ALTER INDEX i RENAME TO j;",
    "DROP TABLE IF EXISTS b CASCADE;",
    "DROP SCHEMA public CASCADE; ALTER SCHEMA public RENAME TO s;",
    "DO $$ BEGIN IF EXISTS (SELECT 1 FROM x WHERE y = 'b') THEN ALTER TABLE a DROP COLUMN b; END IF; END $$;",
    "CREATE SEQUENCE q OWNED BY a.b; ALTER SEQUENCE q RENAME TO r; DROP SEQUENCE r;",
    "CREATE FUNCTION g() RETURNS trigger AS $$ BEGIN DELETE FROM a; END $$ LANGUAGE plpgsql; CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION g(); DROP FUNCTION g CASCADE;",
    "FROBNICATE a;",
    "ALTER TABLE ONLY a (",
];

proptest::proptest! {
    // A fixed seed: who changes one thing is not stopped by what chance finds in another.
    #![proptest_config(proptest::test_runner::Config {
        cases: 400,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        ..Default::default()
    })]

    #[test]
    fn any_order_of_changes(order in proptest::collection::vec(proptest::sample::select(DDL), 0..24), folder in proptest::sample::select(&["pg", "mysql", "sqlite"][..])) {
        let files: Vec<(String, &str)> = order.iter().enumerate().map(|(at, text)| (format!("migrations/{folder}/{at:03}_x.up.sql"), *text)).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let built = build(&memory(&files), &Settings { threads: 1, ..Settings::default() });
        let _ = backend_lint::model::schema::json::to_json(&built.schema, &built.sources);
        for table in built.schema.tables() {
            // Nothing stands on a column that is gone, where all columns are known.
            let has = |name: &backend_lint::source::Name| table.column_named(name).is_some();
            let keys = table.foreign_keys().all(|key| key.columns.iter().all(has));
            assert!(!table.columns_complete() || !table.gaps.is_empty() || keys, "{order:?}");
        }
    }
}
