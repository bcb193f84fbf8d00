//! Which files are migrations of which tool, in which order and in which transaction; and which are something else.

use super::support::memory;
use backend_lint::discover::{self, Discovery, Kind, Transaction};
use backend_lint::model::Settings;
use backend_lint::sql::Dialect;

fn find(files: &[(&str, &str)]) -> Discovery {
    discover::find(&memory(files), &Settings { threads: 1, ..Settings::default() })
}

/// Tool, and the order of the file names (of folders where a folder is a migration).
fn order(files: &[(&str, &str)]) -> (String, Vec<String>) {
    let found = find(files);
    assert_eq!(found.migration_sets.len(), 1, "{found:?}");
    let set = &found.migration_sets[0];
    let name = |path: &str| path.strip_prefix(&format!("{}/", set.folder)).unwrap_or(path).to_owned();
    (set.tool.clone(), set.migrations.iter().map(|one| name(&one.path)).collect())
}

const TABLE: &str = "CREATE TABLE t (id bigserial);";

#[test]
fn each_tool_orders_its_files_in_its_own_way() {
    let (tool, files) = order(&[("m/10_b.up.sql", TABLE), ("m/2_a.up.sql", TABLE), ("m/2_a.down.sql", "DROP TABLE t;")]);
    assert_eq!((tool.as_str(), files), ("golang-migrate", vec!["2_a.up.sql".into(), "10_b.up.sql".into()]));
    let (tool, files) = order(&[
        ("m/2017-09-23-110000_b/up.sql", TABLE),
        ("m/20170309122510_a/up.sql", TABLE),
        ("m/20170309122510_a/down.sql", ""),
    ]);
    assert_eq!((tool.as_str(), files), ("diesel", vec!["20170309122510_a/up.sql".into(), "2017-09-23-110000_b/up.sql".into()]));
    let (tool, files) = order(&[
        ("m/V10__b.sql", TABLE),
        ("m/V2.1__a.sql", TABLE),
        ("m/R__views.sql", ""),
        ("m/U10__b.sql", ""),
        ("m/V2__x.sql", TABLE),
    ]);
    assert_eq!(tool, "flyway");
    assert_eq!(files, ["V2__x.sql", "V2.1__a.sql", "V10__b.sql", "R__views.sql"]);
    let (tool, files) = order(&[
        ("m/20200102000000_b/migration.sql", TABLE),
        ("m/20200101000000_a/migration.sql", TABLE),
        ("m/migration_lock.toml", "provider = \"mysql\""),
    ]);
    assert_eq!((tool.as_str(), files.len()), ("prisma", 2));
    let (tool, files) = order(&[("m/0.10/00__b.sql", TABLE), ("m/0.9/01__b.sql", TABLE), ("m/0.9/00__a.sql", TABLE)]);
    assert_eq!(
        (tool.as_str(), files),
        ("unknown", vec!["0.9/00__a.sql".into(), "0.9/01__b.sql".into(), "0.10/00__b.sql".into()])
    );
    let (tool, files) = order(&[("v2.10.1.sql", TABLE), ("v2.9.0.sql", TABLE)]);
    assert_eq!((tool.as_str(), files), ("unknown", vec!["v2.9.0.sql".into(), "v2.10.1.sql".into()]));
}

#[test]
fn folders_called_by_numbers_go_on_one_after_the_other() {
    let series = [
        ("m/10/01_c.up.sql", "CREATE TABLE c (id bigserial);"),
        ("m/0/02_b.up.sql", "CREATE TABLE b (id bigserial);"),
        ("m/0/01_a.up.sql", TABLE),
        ("m/2/01_d.up.sql", "DROP TABLE t;"),
        ("m/2/01_d.down.sql", TABLE),
    ];
    assert_eq!(order(&series).1, ["0/01_a.up.sql", "0/02_b.up.sql", "2/01_d.up.sql", "10/01_c.up.sql"]);
    let versions: Vec<String> = find(&series).migration_sets[0].migrations.iter().map(|one| one.version.clone()).collect();
    assert_eq!(versions, ["0/01", "0/02", "2/01", "10/01"]);
    // Two folders are no series, and those of three versions of a server have the same files.
    let sets = |files: &[(&str, &str)]| find(files).migration_sets.len();
    assert_eq!(sets(&[("m/1/01_a.up.sql", TABLE), ("m/2/01_b.up.sql", TABLE)]), 2);
    let servers = ["14", "15", "16"].map(|version| [format!("m/{version}/01_a.up.sql"), format!("m/{version}/02_b.up.sql")]);
    let servers: Vec<(&str, &str)> = servers.iter().flatten().map(|path| (path.as_str(), TABLE)).collect();
    assert_eq!(sets(&servers), 3);
    // Tenants have the same tables, whatever their files are called.
    let tenants = ["m/1/01_north.up.sql", "m/2/01_south.up.sql", "m/3/01_west.up.sql"].map(|path| (path, TABLE));
    assert_eq!(sets(&tenants), 3);
}

#[test]
fn markers_in_files_and_beside_them_name_the_tool() {
    let tool = |files: &[(&str, &str)]| order(files).0;
    assert_eq!(tool(&[("db/1_a.sql", "-- +goose Up\nCREATE TABLE t (id int);")]), "goose");
    assert_eq!(tool(&[("db/1_a.sql", "-- migrate:up\nCREATE TABLE t (id int);\n-- migrate:down\n")]), "dbmate");
    assert_eq!(tool(&[("db/1_a.sql", "-- +migrate Up\nCREATE TABLE t (id int);")]), "sql-migrate");
    assert_eq!(tool(&[("a/migrations/1_a.sql", TABLE), ("a/Cargo.toml", "sqlx = \"0.8\"")]), "sqlx");
    assert_eq!(
        tool(&[("a/migrations/1_a.up.sql", TABLE), ("a/migrations/1_a.down.sql", ""), ("a/Cargo.toml", "sqlx = \"0.8\"")]),
        "sqlx"
    );
    assert_eq!(tool(&[("supabase/migrations/20200101000000_a.sql", TABLE)]), "supabase");
    assert_eq!(tool(&[("d/0000_a.sql", TABLE), ("d/meta/_journal.json", "{\"dialect\": \"postgresql\"}")]), "drizzle");
    assert_eq!(tool(&[("m/20200101000000_a.sql", TABLE), ("m/atlas.sum", "h1:")]), "atlas");
    assert_eq!(tool(&[("m/20200101000000_a.sql", TABLE)]), "unknown");
    assert_eq!(tool(&[("0001_setup.up.sql", TABLE), ("0002_case.up.sql", "ALTER TABLE t ADD a int;")]), "golang-migrate");
}

#[test]
fn transactions_follow_the_tool_and_its_opt_outs() {
    let mode = |files: &[(&str, &str)]| find(files).migration_sets[0].migrations[0].transaction.clone();
    assert!(matches!(mode(&[("db/1_a.up.sql", TABLE)]), Transaction::Implicit(_)));
    assert!(matches!(mode(&[("m/1_a/up.sql", TABLE)]), Transaction::Wrapped(_)));
    assert!(matches!(
        mode(&[("m/1_a/up.sql", TABLE), ("m/1_a/metadata.toml", "run_in_transaction = false\n")]),
        Transaction::Unwrapped(_)
    ));
    assert!(matches!(
        mode(&[("m/V1__a.sql", TABLE), ("m/V1__a.sql.conf", "executeInTransaction=false")]),
        Transaction::Unwrapped(_)
    ));
    assert!(matches!(mode(&[("m/1_a.autocommit.up.sql", TABLE)]), Transaction::Unwrapped(_)));
    assert!(matches!(mode(&[("m/1_a.sql", TABLE)]), Transaction::Unknown(_)));
    let told = Settings { transaction: Some(true), threads: 1, ..Settings::default() };
    let found = discover::find(&memory(&[("m/1_a.sql", TABLE)]), &told);
    assert!(matches!(found.migration_sets[0].migrations[0].transaction, Transaction::Wrapped(_)));
}

#[test]
fn the_dialect_comes_from_the_nearest_evidence() {
    let dialect = |files: &[(&str, &str)]| {
        find(files).migration_sets.iter().map(|set| (set.dialect, set.variant.clone())).collect::<Vec<_>>()
    };
    assert_eq!(dialect(&[("db/mysql/1_a.up.sql", TABLE)]), [(Dialect::MySql, None)]);
    assert_eq!(dialect(&[("mysql-store/migration_postgres/V1__a.sql", TABLE)]), [(Dialect::Postgres, None)]);
    assert_eq!(dialect(&[("m/1_a.up.sql", "CREATE TABLE t (id INT AUTO_INCREMENT) ENGINE=InnoDB;")]), [(Dialect::MySql, None)]);
    assert_eq!(dialect(&[("m/1_a.up.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);")]), [(Dialect::Sqlite, None)]);
    let lock = ("m/migration_lock.toml", "provider = \"sqlite\"");
    assert_eq!(dialect(&[("m/20200101000000_a/migration.sql", TABLE), lock]), [(Dialect::Sqlite, None)]);
    let twins = [
        ("m/1_a.postgres.up.sql", TABLE),
        ("m/1_a.mysql.up.sql", "CREATE TABLE t (id INT);"),
        ("m/1_a.cockroach.up.sql", TABLE),
        ("m/2_b.up.sql", "ALTER TABLE t ADD a int;"),
        ("m/3_c.mysql.up.sql", "ALTER TABLE t ADD b int;"),
    ];
    let cockroach = (Dialect::Postgres, Some("cockroachdb".to_owned()));
    assert_eq!(dialect(&twins), [(Dialect::Postgres, None), cockroach, (Dialect::MySql, None)]);
    let sizes: Vec<_> = find(&twins).migration_sets.iter().map(|set| set.migrations.len()).collect();
    assert_eq!(sizes, [2, 2, 3]);
    let only = Settings { dialect: Some(Dialect::MySql), threads: 1, ..Settings::default() };
    assert_eq!(discover::find(&memory(&twins), &only).migration_sets.len(), 1);
}

#[test]
fn other_sql_is_a_schema_or_queries_or_left_out_with_a_reason() {
    let found = find(&[
        ("schema.sql", TABLE),
        ("db/structure.sql", "--\n-- Name: t; Type: TABLE; Schema: public\n--\nCREATE TABLE public.t (id int);"),
        ("install/schema-v2.sql", TABLE),
        ("install/schema-v10.sql", TABLE),
        ("sql/users.sql", "-- name: GetUser :one\nSELECT 1;"),
        ("queries/more.sql", "SELECT 1;"),
        ("seed.sql", "INSERT INTO t VALUES (1);"),
        ("x/clickhouse/1_a.sql", "CREATE TABLE t (id Int64) ENGINE = MergeTree ORDER BY id;"),
        ("events.sql", "CREATE TABLE events (id UInt64, t DateTime) ENGINE = MergeTree() ORDER BY (t);"),
        ("db/h2/schema.sql", TABLE),
        ("tests/fixtures/schema.sql", TABLE),
        ("schema/001_a.sql", TABLE),
        ("mysql_outbox.sql", "CREATE TABLE mysql_outbox (id bigserial);"),
    ]);
    let of = |kind: Kind| found.artifacts.iter().filter(|one| one.kind == kind).map(|one| one.path.as_str()).collect::<Vec<_>>();
    assert_eq!(
        of(Kind::Schema),
        ["db/structure.sql", "install/schema-v10.sql", "mysql_outbox.sql", "schema.sql", "schema/001_a.sql"]
    );
    assert_eq!(of(Kind::Queries), ["queries/more.sql", "sql/users.sql"]);
    assert!(of(Kind::Migration).is_empty() && found.migration_sets.is_empty());
    let skipped: Vec<_> = found.skipped.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(skipped, ["db/h2/schema.sql", "install/schema-v2.sql", "seed.sql", "tests/fixtures/schema.sql"]);
    let unread: Vec<_> = found.unread.iter().filter(|one| one.1.contains("ClickHouse")).map(|one| one.0.as_str()).collect();
    assert_eq!((unread.len(), found.unread.len()), (2, 2), "{:?}", found.unread);
}

#[test]
fn pairs_whose_names_no_known_tool_reads_are_of_no_known_tool() {
    let set = |name: &str| {
        let (up, down) = (format!("migrations/{name}.up.sql"), format!("migrations/{name}.down.sql"));
        find(&[(up.as_str(), TABLE), (down.as_str(), "DROP TABLE t;")]).migration_sets[0].tool.clone()
    };
    assert_eq!(set("0001_initial"), "golang-migrate");
    assert_eq!(set("V0001.Initial"), "unknown");
}

#[test]
fn steps_in_other_languages_are_known() {
    let found =
        find(&[("m/00001_a.sql", "-- +goose Up\n"), ("m/00002_b.go", "package m"), ("m/00003_c_test.go", ""), ("m/main.go", "")]);
    assert_eq!(found.migration_sets[0].foreign_steps, ["m/00002_b.go"]);
}

#[test]
fn a_driver_says_the_dialect_where_the_files_do_not() {
    let dialect = |files: &[(&str, &str)]| {
        let found = find(files);
        assert_eq!(found.migration_sets.len(), 1, "{found:?}");
        found.migration_sets[0].dialect
    };
    let plain = "CREATE TABLE t (id text PRIMARY KEY, at integer NOT NULL);";
    let sqlx = "sqlx = { workspace = true, features = [\"sqlite\", \"regexp\"] }";
    assert_eq!(dialect(&[("client/migrations/20240101000000_a.sql", plain), ("client/Cargo.toml", sqlx)]), Dialect::Sqlite);
    let module = "module a\nrequire github.com/go-sql-driver/mysql v1.8.0\n";
    assert_eq!(
        dialect(&[("db/migrations/1_a.up.sql", plain), ("db/migrations/1_a.down.sql", ""), ("go.mod", module)]),
        Dialect::MySql
    );
    // What the files say themselves is surer.
    assert_eq!(dialect(&[("client/migrations/20240101000000_a.sql", TABLE), ("client/Cargo.toml", sqlx)]), Dialect::Postgres);
    assert_eq!(dialect(&[("client/migrations/20240101000000_a.sql", plain)]), Dialect::Postgres);
    // Another project's schema lies in the same repository.
    let mysql = "CREATE TABLE `t` (`id` bigint UNSIGNED NOT NULL AUTO_INCREMENT, `at` datetime, `note` longtext, `bytea` blob) ENGINE=InnoDB;";
    for module in
        ["module a\nrequire github.com/mattn/go-sqlite3 v1.14.0\n", "module a\nrequire github.com/jackc/pgx/v5 v5.0.0\n"]
    {
        assert_eq!(dialect(&[("old/schema/0001_a.up.sql", mysql), ("go.mod", module)]), Dialect::MySql, "{module}");
    }
    // So do both SQLite and MySQL read this.
    let borrowed = "CREATE TABLE `t` (`id` text, `at` datetime, `paid` tinyint);";
    assert_eq!(
        dialect(&[
            ("m/0001_a.up.sql", borrowed),
            ("m/0001_a.down.sql", ""),
            ("go.mod", "module a\nrequire github.com/mattn/go-sqlite3 v1.14.0\n")
        ]),
        Dialect::Sqlite
    );
}
