//! Each migration tool's files as that tool reads them: which run, in which order, how; and what they make.

use super::support::{build, memory};
use backend_lint::discover::{self, Discovery, MigrationSet, Role, Transaction};
use backend_lint::model::Settings;
use backend_lint::sql::Dialect;

fn settings() -> Settings {
    Settings { threads: 1, ..Settings::default() }
}

fn find(files: &[(&str, &str)]) -> Discovery {
    discover::find(&memory(files), &settings())
}

fn only(found: &Discovery) -> &MigrationSet {
    assert_eq!(found.migration_sets.len(), 1, "{found:#?}");
    &found.migration_sets[0]
}

/// The steps of a set as `version path`, the folder left out.
fn steps(set: &MigrationSet) -> Vec<String> {
    let name = |path: &str| path.strip_prefix(&format!("{}/", set.folder)).unwrap_or(path).to_owned();
    set.migrations.iter().map(|one| format!("{} {}", one.version, name(&one.path))).collect()
}

const TABLE: &str = "CREATE TABLE t (id bigserial);";

#[test]
fn sqitch_follows_its_plan() {
    let plan = "%syntax-version=1.0.0\n%project=shop\n\nusers 2020-01-01T00:00:00Z A <a@b.c> # first\n\
                app/orders [users] 2020-01-02T00:00:00Z A <a@b.c>\n@v1 2020-01-02T00:00:00Z A <a@b.c>\n\n\
                users [users@v1] 2020-01-03T00:00:00Z A <a@b.c>\n";
    let found = find(&[
        ("db/sqitch.plan", plan),
        ("db/sqitch.conf", "[core]\n  engine = mysql\n"),
        ("db/deploy/users.sql", "BEGIN;\nALTER TABLE users ADD COLUMN a int;\nCOMMIT;"),
        ("db/deploy/users@v1.sql", "CREATE TABLE users (id int);"),
        ("db/revert/users@v1.sql", "DROP TABLE users;"),
        ("db/verify/users.sql", "SELECT 1 FROM users;"),
        ("db/deploy/app/orders.sql", "CREATE TABLE orders (id int);"),
        ("db/deploy/forgotten.sql", "CREATE TABLE forgotten (id int);"),
    ]);
    let set = only(&found);
    assert_eq!((set.tool.as_str(), set.dialect), ("sqitch", Dialect::MySql));
    assert_eq!(steps(set), ["users deploy/users@v1.sql", "app/orders deploy/app/orders.sql", "users deploy/users.sql"]);
    assert_eq!(set.migrations[0].down.as_deref(), Some("db/revert/users@v1.sql"));
    assert!(matches!(set.migrations[0].transaction, Transaction::Unwrapped(_)));
    assert!(set.evidence.iter().any(|why| why.contains("sqitch.conf")), "{:?}", set.evidence);
}

#[test]
fn liquibase_changesets_are_steps_of_their_own() {
    let one = "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a (id bigint PRIMARY KEY);\n--rollback DROP TABLE a;\n\
               --changeset ann:2 runInTransaction:false\nCREATE INDEX CONCURRENTLY i ON a (id);\n\
               --changeset ann:3 dbms:mysql\nCREATE TABLE never (id int);\n--changeset ann:4 dbms:postgresql endDelimiter:/\n\
               CREATE TABLE b (id int)\n/\nCREATE TABLE c (id int)\n/\n";
    let files = [
        (
            "db/changelog/root.yaml",
            "databaseChangeLog:\n  - include:\n      file: db/changelog/z.sql\n  - include:\n      file: a.sql\n",
        ),
        ("db/changelog/a.sql", one),
        ("db/changelog/z.sql", "--liquibase formatted sql\n--changeset ann:0 dbms:!mysql\nCREATE TABLE z (id int);\n"),
    ];
    let found = find(&files);
    let dialects: Vec<_> = found.migration_sets.iter().map(|set| set.dialect).collect();
    assert_eq!(dialects, [Dialect::Postgres, Dialect::MySql]);
    let set = &found.migration_sets[0];
    assert_eq!(steps(set), ["ann:0 z.sql", "ann:1 a.sql", "ann:2 a.sql", "ann:4 a.sql"]);
    let wrapped: Vec<_> = set.migrations.iter().map(|one| matches!(one.transaction, Transaction::Wrapped(_))).collect();
    assert_eq!(wrapped, [true, true, false, true]);
    let built = build(&memory(&files), &Settings { dialect: Some(Dialect::Postgres), ..settings() });
    let names: Vec<_> = built.database().tables.iter().map(|table| table.name.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "z"]);
    assert!(built.database().tables_unknown.is_empty());
}

#[test]
fn a_changeset_for_another_product_decides_nothing_for_the_rest() {
    const REST: &str = "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a (id bigint PRIMARY KEY, at timestamptz, b jsonb);\n\
                        --changeset ann:2\nCREATE INDEX i ON a (at);\n";
    const PLAIN: &str = "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a (id bigint PRIMARY KEY);\n\
                         --changeset ann:2\nCREATE INDEX i ON a (id);\n";
    let of = |rest: &str, more: &str, manifests: &[(&str, &str)]| {
        let text = format!("{rest}{more}");
        let found = find(&[&[("db/changelog/a.sql", text.as_str())], manifests].concat());
        let sets = found.migration_sets.iter().map(|set| (set.dialect, set.migrations.len(), set.evidence[1].clone()));
        sets.collect::<Vec<_>>()
    };
    let mysql = "--changeset ann:3 dbms:mysql\nALTER TABLE a ENGINE = InnoDB;\n";
    let words = "dialect postgres: the words of the files (2 for postgres)".to_owned();
    assert_eq!(of(REST, mysql, &[]), [(Dialect::Postgres, 2, words)], "the words of those that are for all");
    let pom = ("pom.xml", "<dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId></dependency>\n");
    let driver = "dialect postgres: `<artifactId>postgresql</artifactId>` in pom.xml".to_owned();
    assert_eq!(of(PLAIN, mysql, &[pom]), [(Dialect::Postgres, 2, driver)], "the driver, where the words say nothing");
    let named = "dialect mysql: `dbms:` of a changeset".to_owned();
    assert_eq!(of(PLAIN, mysql, &[]), [(Dialect::MySql, 3, named)], "nothing else is known");
    let most = "--changeset ann:3 dbms:mysql\nSELECT 1;\n--changeset ann:4 dbms:mysql\nSELECT 1;\n--changeset ann:5 dbms:mysql\nSELECT 1;\n";
    let named = "dialect mysql: `dbms:` of the changesets".to_owned();
    assert_eq!(of(PLAIN, most, &[pom]), [(Dialect::MySql, 5, named)], "most name it");
    let cockroach = "--changeset ann:3 dbms:cockroachdb\nSELECT 1;\n";
    let named = "dialect cockroachdb: `dbms:` of a changeset".to_owned();
    assert_eq!(of(PLAIN, cockroach, &[pom]), [(Dialect::Postgres, 3, named)], "a relative of what the driver speaks to");
    let h2 = "--changeset ann:3 dbms:h2\nSELECT 1;\n";
    let nothing = "dialect postgres: nothing says which dialect; taken for postgres".to_owned();
    assert_eq!(of(PLAIN, h2, &[]), [(Dialect::Postgres, 2, nothing)], "a product that is not read");
}

#[test]
fn a_changelog_with_changes_of_its_own_leaves_the_catalog_open() {
    let files = [
        (
            "db/root.xml",
            "<databaseChangeLog><changeSet id=\"1\"><createTable tableName=\"x\"/></changeSet><include file=\"a.sql\"/></databaseChangeLog>",
        ),
        ("db/a.sql", "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a (id bigserial PRIMARY KEY);\n"),
    ];
    let built = build(&memory(&files), &settings());
    assert!(!built.database().tables_unknown.is_empty());
    assert!(!built.table("a").indexes_complete());
}

#[test]
fn drizzle_follows_its_journal() {
    let journal = r#"{"dialect": "postgresql", "entries": [{"idx": 0, "tag": "0001_b"}, {"idx": 1, "tag": "0000_a"}]}"#;
    let found =
        find(&[("d/0000_a.sql", TABLE), ("d/0001_b.sql", TABLE), ("d/0002_left.sql", TABLE), ("d/meta/_journal.json", journal)]);
    let set = only(&found);
    assert_eq!(steps(set), ["0001 0001_b.sql", "0000 0000_a.sql"]);
    assert!(set.together && set.way_out.is_none());
    assert!(found.skipped.iter().any(|(path, why)| path == "d/0002_left.sql" && why.contains("_journal.json")));
    let found = find(&[("d/20240101000000_a/migration.sql", TABLE), ("d/20240101000000_a/snapshot.json", "{}")]);
    assert_eq!(only(&found).tool, "drizzle");
}

#[test]
fn node_pg_migrate_reads_its_markers_loosely() {
    let text = "---- UP  migration\nCREATE TABLE a (id bigserial);\n-- Down Migration\nDROP TABLE a;\n";
    let text = format!("-- Up Migration\n{text}");
    let found =
        find(&[("migrations/1700000000000_a.sql", &text), ("migrations/1700000000001_b.sql", "-- up migration\nSELECT 1;")]);
    let set = only(&found);
    assert_eq!((set.tool.as_str(), set.together), ("node-pg-migrate", true));
    let built = build(&memory(&[("migrations/1700000000000_a.sql", &text)]), &settings());
    assert_eq!(built.database().tables.len(), 1);
}

#[test]
fn hasura_is_not_diesel() {
    let files = [
        ("hasura/config.yaml", "version: 3\nmetadata_directory: metadata\n"),
        ("hasura/migrations/shop/1700000000000_b/up.sql", TABLE),
        ("hasura/migrations/shop/900000000000_a/up.sql", TABLE),
        ("hasura/migrations/shop/900000000000_a/down.sql", "DROP TABLE t;"),
    ];
    let found = find(&files);
    let set = only(&found);
    assert_eq!(set.tool, "hasura");
    assert_eq!(steps(set), ["900000000000 900000000000_a/up.sql", "1700000000000 1700000000000_b/up.sql"]);
    assert!(set.migrations[0].down.is_some());
    assert_eq!(only(&find(&[("migrations/default/1700000000000_b/up.sql", TABLE)])).tool, "hasura");
    assert_eq!(only(&find(&[("migrations/1700000000000_b/up.sql", TABLE)])).tool, "diesel");
}

#[test]
fn flyway_knows_baselines_undo_scripts_and_repeatables() {
    let found = find(&[
        ("db/migration/V1__a.sql", TABLE),
        ("db/migration/V2_1__b.sql", TABLE),
        ("db/migration/B2.1__base.sql", TABLE),
        ("db/migration/V10.0__c.sql", TABLE),
        ("db/migration/U10.0__c.sql", "DROP TABLE t;"),
        ("db/migration/R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 1;"),
    ]);
    let set = only(&found);
    assert_eq!(steps(set), ["2.1 B2.1__base.sql", "10.0 V10.0__c.sql", "view R__view.sql"]);
    let roles: Vec<_> = set.migrations.iter().map(|one| one.role).collect();
    assert_eq!(roles, [Role::Baseline, Role::Versioned, Role::Repeatable]);
    assert_eq!(set.migrations[1].down.as_deref(), Some("db/migration/U10.0__c.sql"));
    let replaced: Vec<_> = found.skipped.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(replaced, ["db/migration/V1__a.sql", "db/migration/V2_1__b.sql"]);
}

#[test]
fn flyway_looks_into_folders_and_vendors() {
    let nested = find(&[
        ("src/main/resources/db/migration/V1__a.sql", TABLE),
        ("src/main/resources/db/migration/y2024/V2__b.sql", TABLE),
        ("src/main/resources/db/migration/y2025/V3__c.sql", TABLE),
    ]);
    assert_eq!(steps(only(&nested)), ["1 V1__a.sql", "2 y2024/V2__b.sql", "3 y2025/V3__c.sql"]);
    let releases = find(&[
        ("domain/src/main/resources/migration/1.0.0/ddl/V1.0.0_1__a.sql", TABLE),
        ("domain/src/main/resources/migration/1.0.0/dml/V1.0.0_1_1__b.sql", "INSERT INTO t (id) VALUES (1);"),
        ("domain/src/main/resources/migration/1.1.0/ddl/V1.1.0_1__c.sql", "ALTER TABLE t ADD COLUMN a int;"),
    ]);
    assert_eq!(
        steps(only(&releases)),
        ["1.0.0_1 1.0.0/ddl/V1.0.0_1__a.sql", "1.0.0_1_1 1.0.0/dml/V1.0.0_1_1__b.sql", "1.1.0_1 1.1.0/ddl/V1.1.0_1__c.sql"]
    );
    let vendors = find(&[
        ("db/migration/common/V1__a.sql", TABLE),
        ("db/migration/postgresql/V2__b.sql", TABLE),
        ("db/migration/mysql/V2__b.sql", "CREATE TABLE m (id int);"),
        ("db/migration/h2/V2__b.sql", "CREATE TABLE h (id int);"),
    ]);
    let sets: Vec<_> = vendors.migration_sets.iter().map(|set| (set.dialect, steps(set))).collect();
    assert_eq!(
        sets,
        [
            (Dialect::Postgres, vec!["1 common/V1__a.sql".to_owned(), "2 postgresql/V2__b.sql".to_owned()]),
            (Dialect::MySql, vec!["1 common/V1__a.sql".to_owned(), "2 mysql/V2__b.sql".to_owned()]),
        ]
    );
    let separate = find(&[("db/migration/V1__a.sql", TABLE), ("db/migration/postgresql/V1__a.sql", TABLE)]);
    assert_eq!(separate.migration_sets.len(), 2);
}

#[test]
fn atlas_wins_over_manifests_and_loses_to_pairs() {
    let cargo = ("Cargo.toml", "sqlx = \"0.8\"");
    assert_eq!(only(&find(&[("m/20240101000000_a.sql", TABLE), ("m/atlas.sum", "h1:"), cargo])).tool, "atlas");
    assert_eq!(only(&find(&[("m/1_a.up.sql", TABLE), ("m/1_a.down.sql", ""), ("m/atlas.sum", "h1:")])).tool, "golang-migrate");
    assert_eq!(only(&find(&[("m/1_a.sql", "-- +goose Up\nSELECT 1;"), ("m/atlas.sum", "h1:")])).tool, "goose");
}

#[test]
fn the_driver_decides_where_the_tool_does_not() {
    let mode = |files: &[(&str, &str)]| only(&find(files)).migrations[0].transaction.clone();
    let lite = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);";
    assert!(matches!(mode(&[("sqlite/1_a.up.sql", lite)]), Transaction::Wrapped(why) if why.contains("SQLite")));
    assert!(matches!(mode(&[("postgres/1_a.up.sql", TABLE)]), Transaction::Implicit(_)));
}

#[test]
fn only_what_a_project_runs_with_says_its_dialect() {
    let why = |manifests: &[(&str, &str)]| {
        let migration = ("a/db/migration/V1__a.sql", "CREATE TABLE t (id bigint PRIMARY KEY);");
        only(&find(&[manifests, &[migration]].concat())).evidence[1].clone()
    };
    let gem = |name: &str| format!("dialect mysql: `{name}` in Gemfile");
    assert_eq!(why(&[("Gemfile", "gem 'mysql2'\n")]), gem("mysql2"));
    let project = r#"<PackageReference Include="Npgsql" />"#;
    assert_eq!(why(&[("a/A.csproj", project), ("Gemfile", "gem 'mysql2'\n")]), "dialect postgres: `Npgsql` in a/A.csproj");
    assert_eq!(why(&[("a/A.Tests.csproj", project), ("Gemfile", "gem 'mysql2'\n")]), gem("mysql2"));
    let nothing = "dialect postgres: nothing says which dialect; taken for postgres";
    let silent = [
        ("Gemfile", "# gem \"mysql2\"\ngem \"ruby-oci8\"\n"),
        ("Gemfile", "group :test do\n  gem 'mysql2'\nend\n"),
        ("requirements.txt", "# PyMySQL was dropped\noracledb\n"),
        ("pom.xml", "<project><!-- <artifactId>mysql-connector-java</artifactId> --></project>\n"),
        ("build.gradle", "dependencies {\n  // implementation(\"mysql:mysql-connector-java\")\n}\n"),
        (
            "build.gradle",
            "dependencies { runtimeOnly 'com.oracle.database.jdbc:ojdbc11'; testRuntimeOnly 'com.mysql:mysql-connector-j' }\n",
        ),
        (
            "build.gradle",
            "dependencies { runtimeOnly 'com.oracle.database.jdbc:ojdbc11'; runtimeOnly 'com.mysql:mysql-connector-j' }\n",
        ),
        ("Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n[dev-dependencies]\nrusqlite = \"0.31\"\n"),
        ("package.json", r#"{"keywords": ["mysql"], "devDependencies": {"mysql2": "1"}}"#),
    ];
    for manifest in silent {
        assert_eq!(why(&[manifest]), nothing, "{manifest:?}");
    }
}

#[test]
fn the_configuration_overrides_the_tool() {
    let files = [("m/1_a.sql", TABLE), ("m/2_b.sql", "-- no-transaction\nSELECT 1;")];
    let told = Settings { migration_tool: Some("atlas".into()), ..settings() };
    let found = discover::find(&memory(&files), &told);
    assert_eq!(only(&found).tool, "atlas");
    assert!(only(&found).evidence[0].contains("the configuration says so"));
}

#[test]
fn goose_blocks_and_variables_are_read() {
    let text = "-- +goose Up\n-- +goose ENVSUB ON\nCREATE TABLE ${PREFIX}_a (id bigserial);\n-- +goose ENVSUB OFF\n\
                -- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql;\n\
                -- +goose StatementEnd\nCREATE TABLE b (id bigserial);\n-- +goose Down\nDROP TABLE b;\n";
    let built = build(&memory(&[("m/00001_a.sql", text)]), &settings());
    assert!(built.database().tables.iter().any(|table| table.name.name == "b"));
}

#[test]
fn what_is_pending_shares_a_transaction_where_the_tool_runs_it_so() {
    use backend_lint::model::{FileStatus, Pending};
    let files = [
        ("d/0000_a.sql", "CREATE TYPE s AS ENUM ('a'); CREATE TABLE t (id bigserial, v s);"),
        ("d/0001_b.sql", "ALTER TYPE s ADD VALUE 'b';"),
        ("d/0002_c.sql", "UPDATE t SET v = 'b';"),
        ("d/meta/_journal.json", r#"{"entries": [{"tag": "0000_a"}, {"tag": "0001_b"}, {"tag": "0002_c"}]}"#),
    ];
    let fails = |pending: &[&str]| {
        let changed = pending.iter().map(|path| ((*path).to_owned(), FileStatus::New)).collect();
        let told = Settings { pending: Pending::Changed(changed), ..settings() };
        let built = build(&memory(&files), &told);
        built.last().effects().fails().map(str::to_owned)
    };
    assert!(fails(&["d/0001_b.sql", "d/0002_c.sql"]).is_some());
    assert_eq!(fails(&["d/0002_c.sql"]), None);
}
