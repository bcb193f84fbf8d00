//! Several statements of one database: which one counts.

use super::support::{build, memory};
use backend_lint::model::Settings;

/// The tables that rules see, as `source table`.
fn seen(files: &[(&str, &str)]) -> Vec<String> {
    let built = build(&memory(files), &Settings { threads: 1, ..Settings::default() });
    let name = |table: backend_lint::model::schema::TableRef| format!("{} {}", table.database().source, table.name.name);
    built.schema.tables().map(name).collect()
}

const FIRST: &str =
    "CREATE TABLE users (id bigserial PRIMARY KEY); CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint);";

#[test]
fn a_stale_schema_file_gives_no_tables() {
    let files = [
        ("migrations/1_a.up.sql", FIRST),
        ("migrations/2_b.up.sql", "CREATE TABLE old (id bigint); CREATE INDEX ON orders (user_id);"),
        ("migrations/3_c.up.sql", "DROP TABLE old;"),
        ("schema.sql", "CREATE TABLE users (id bigserial); CREATE TABLE orders (id bigserial); CREATE TABLE old (id bigint);"),
    ];
    assert_eq!(seen(&files), ["migrations orders", "migrations users"]);
}

#[test]
fn migrations_that_a_schema_file_has_replaced_give_none() {
    let files = [
        ("drizzle/0000_a.sql", FIRST),
        ("drizzle/meta/_journal.json", "{\"entries\": [{\"tag\": \"0000_a\"}], \"dialect\": \"postgresql\"}"),
        ("db/schema.sql", &format!("{FIRST} CREATE TABLE items (id bigserial); CREATE TABLE prices (id bigserial);")),
    ];
    assert!(seen(&files).iter().all(|name| name.starts_with("db/schema.sql ")), "{:?}", seen(&files));
}

#[test]
fn what_the_better_statement_cannot_tell_is_told_by_the_other() {
    let files = [
        ("migrations/1_a.sql", "-- +goose Up\nCREATE TABLE users (id bigserial); CREATE TABLE orders (id bigserial);"),
        ("migrations/2_b.go", "package migrations"),
        (
            "schema.sql",
            "CREATE TABLE users (id bigserial); CREATE TABLE orders (id bigserial); CREATE TABLE by_code (id bigserial);",
        ),
    ];
    assert_eq!(seen(&files), ["migrations orders", "migrations users", "schema.sql by_code"]);
}

#[test]
fn two_databases_are_two() {
    let files = [
        ("a/migrations/1_a.up.sql", FIRST),
        ("b/migrations/1_a.up.sql", FIRST),
        (
            "mysql/schema.sql",
            "CREATE TABLE users (id INT AUTO_INCREMENT) ENGINE=InnoDB; CREATE TABLE orders (id INT) ENGINE=InnoDB;",
        ),
    ];
    assert_eq!(seen(&files).len(), 6);
}
