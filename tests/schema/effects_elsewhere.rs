//! What statements cost MySQL, MariaDB and SQLite, and what can be taken back. The servers themselves are asked by
//! `tests/servers/mariadb.py` and `tests/servers/sqlite.py`.

use super::support::{build, memory, migrate};
use backend_lint::model::Settings;
use backend_lint::model::schema::Effects;
use backend_lint::sql::Dialect;

/// The effects of a statement on tables that an earlier migration made.
fn effects(dialect: Dialect, product: &str, version: &str, setup: &str, sql: &str) -> Effects {
    let versions = [(product.to_owned(), version.to_owned())].into_iter().collect();
    let settings = Settings { dialect: Some(dialect), threads: 1, versions, ..Settings::default() };
    build(&memory(&[("migrations/1_a.up.sql", setup), ("migrations/2_b.up.sql", sql)]), &settings).last().effects()
}

const SHOP: &str = "CREATE TABLE orders (id BIGINT PRIMARY KEY, note VARCHAR(40), state ENUM('a','b'), total INT NOT NULL, owner BIGINT, KEY o (owner));
    CREATE TABLE people (id BIGINT PRIMARY KEY);";

/// `ALGORITHM [rebuild] [blocks]`, `?` for what is not known.
fn way(product: &str, version: &str, sql: &str) -> String {
    let effects = effects(Dialect::MySql, product, version, SHOP, sql);
    let said = |word: &str, tables: Option<bool>| match tables {
        Some(true) => format!(" {word}"),
        Some(false) => String::new(),
        None => format!(" {word}?"),
    };
    let rebuilds = said("rebuild", effects.rewrites.as_ref().map(|tables| !tables.is_empty()));
    let blocks = said("blocks", effects.blocks_writes().map(|tables| !tables.is_empty()));
    format!("{}{rebuilds}{blocks}", effects.algorithm.map_or("?", |one| one.name()))
}

#[test]
fn mysql_says_how_it_changes_a_table() {
    let eight = |sql: &str| way("mysql", "8.0", sql);
    assert_eq!(eight("ALTER TABLE orders ADD COLUMN x INT;"), "INSTANT");
    assert_eq!(way("mysql", "5.7", "ALTER TABLE orders ADD COLUMN x INT;"), "INPLACE rebuild");
    assert_eq!(eight("ALTER TABLE orders ADD COLUMN x VARCHAR(36) DEFAULT (uuid());"), "COPY rebuild blocks");
    assert_eq!(eight("ALTER TABLE orders MODIFY total BIGINT NOT NULL;"), "COPY rebuild blocks");
    assert_eq!(eight("ALTER TABLE orders MODIFY note VARCHAR(60);"), "INPLACE");
    assert_eq!(eight("ALTER TABLE orders MODIFY note VARCHAR(300);"), "COPY rebuild blocks");
    assert_eq!(eight("ALTER TABLE orders MODIFY note VARCHAR(20);"), "COPY rebuild blocks");
    // Whether 100 characters pass 255 bytes is for the character set to say.
    assert_eq!(eight("ALTER TABLE orders MODIFY note VARCHAR(100);"), "? rebuild? blocks?");
    assert_eq!(eight("ALTER TABLE orders MODIFY state ENUM('a','b','c');"), "INSTANT");
    assert_eq!(eight("ALTER TABLE orders MODIFY state ENUM('b','a');"), "COPY rebuild blocks");
    assert_eq!(eight("ALTER TABLE orders MODIFY total INT;"), "INPLACE rebuild");
    assert_eq!(eight("ALTER TABLE orders ADD INDEX i (note);"), "INPLACE");
    assert_eq!(eight("CREATE FULLTEXT INDEX i ON orders (note);"), "INPLACE blocks");
    assert_eq!(eight("ALTER TABLE orders DROP PRIMARY KEY;"), "COPY rebuild blocks");
    assert_eq!(eight("ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (owner) REFERENCES people (id);"), "COPY rebuild blocks");
    let unchecked = "SET FOREIGN_KEY_CHECKS = 0; ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (owner) REFERENCES people (id);";
    assert_eq!(eight(unchecked), "INPLACE");
    assert_eq!(eight("ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4;"), "COPY rebuild blocks");
    assert_eq!(eight("ALTER TABLE orders ADD COLUMN x INT, ALGORITHM=COPY;"), "COPY rebuild blocks");
    assert_eq!(eight("ALTER TABLE orders ADD COLUMN x INT, ADD INDEX i (note);"), "INPLACE rebuild?");
    assert_eq!(eight("ALTER TABLE orders MODIFY total BIGINT NOT NULL AFTER id;"), "? rebuild? blocks?");
    assert_eq!(way("mariadb", "10.11", "ALTER TABLE orders MODIFY note VARCHAR(60);"), "INSTANT");
}

#[test]
fn sqlite_says_what_it_refuses() {
    let setup = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT UNIQUE, c TEXT); CREATE INDEX t_a ON t (a); INSERT INTO t VALUES (1, 1, 'b', 'c');";
    let fails = |sql: &str| effects(Dialect::Sqlite, "sqlite", "3", setup, sql).fails().unwrap_or_default().to_owned();
    for sql in [
        "ALTER TABLE t ADD COLUMN x INT;",
        "ALTER TABLE t ADD COLUMN x INT NOT NULL DEFAULT 1;",
        "ALTER TABLE t DROP COLUMN c;",
        "ALTER TABLE t RENAME COLUMN a TO z;",
        "CREATE TABLE n (id INT); ALTER TABLE n ADD COLUMN x INT NOT NULL;",
    ] {
        assert_eq!(fails(sql), "", "{sql}");
    }
    let named = "CREATE TABLE n (a INT, CONSTRAINT pair UNIQUE (a)); DROP INDEX";
    assert!(fails(&format!("{named} pair;")).contains("constraint"));
    assert_eq!(fails(&format!("{named} IF EXISTS pair;")), "");
    assert!(fails("ALTER TABLE t ADD COLUMN x INT NOT NULL;").starts_with("fails when"));
    assert!(fails("ALTER TABLE t ADD COLUMN x TEXT DEFAULT CURRENT_TIMESTAMP;").contains("constant"));
    assert!(fails("ALTER TABLE t ADD COLUMN x INT UNIQUE;").contains("UNIQUE"));
    assert!(fails("ALTER TABLE t DROP COLUMN a;").contains("t_a"));
    assert!(fails("ALTER TABLE t DROP COLUMN b;").contains("UNIQUE"));
    assert!(fails("ALTER TABLE t ALTER COLUMN a TYPE TEXT;").contains("built anew"));
    assert!(fails("ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0);").contains("ADD CONSTRAINT"));
    assert!(fails("CREATE INDEX CONCURRENTLY i ON t (c);").contains("CONCURRENTLY"));
}

#[test]
fn what_can_be_taken_back() {
    let setup = "CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(20), n numeric(10,2)); CREATE INDEX t_a ON t (a);";
    let class = |sql: &str| migrate(&[setup, sql]).last().effects().reversible.map_or("?", |one| one.name());
    assert_eq!(class("CREATE INDEX i ON t (b);"), "R0");
    assert_eq!(class("ALTER TABLE t RENAME COLUMN a TO z;"), "R0");
    assert_eq!(class("ALTER TABLE t ALTER a SET NOT NULL;"), "R0");
    assert_eq!(class("DROP INDEX t_a;"), "R1");
    assert_eq!(class("ALTER TABLE t ADD x int;"), "R2");
    assert_eq!(class("ALTER TABLE t ALTER b TYPE text;"), "R2");
    assert_eq!(class("ALTER TABLE t ALTER a TYPE bigint;"), "R2");
    assert_eq!(class("ALTER TABLE t ALTER a TYPE smallint;"), "R3");
    assert_eq!(class("ALTER TABLE t ALTER n TYPE numeric(10,1);"), "R3");
    assert_eq!(class("ALTER TABLE t ALTER b TYPE varchar(10);"), "R3");
    assert_eq!(class("ALTER TABLE t ALTER b TYPE int USING 1;"), "?");
    assert_eq!(class("ALTER TABLE t DROP COLUMN a;"), "R3");
    assert_eq!(class("ALTER TABLE t ADD x int, DROP COLUMN a;"), "R3");
    assert_eq!(class("TRUNCATE t;"), "R3");
    assert_eq!(class("DROP TABLE t;"), "R3");
    assert_eq!(class("DROP TABLE IF EXISTS nothing;"), "R0");
    assert_eq!(class("FROBNICATE t;"), "?");
}
