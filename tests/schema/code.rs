//! Migrations in code: what is recognised, what of it is read, and what stays open.

use super::support::{build, memory};
use backend_lint::discover;
use backend_lint::model::Settings;
use backend_lint::sql::Dialect;

fn plain() -> Settings {
    Settings { threads: 1, ..Settings::default() }
}

const TYPEORM: &str = "import { MigrationInterface, QueryRunner } from 'typeorm';\nexport class A1 implements MigrationInterface {\n\
  public async up(queryRunner: QueryRunner) {\n    await queryRunner.query(`CREATE TABLE \"users\" (\"id\" bigserial PRIMARY KEY, \"email\" text)`);\n\
    await queryRunner.query('CREATE INDEX \"by_email\" ON \"users\" (\"email\")');\n  }\n\
  public async down(queryRunner: QueryRunner) {\n    await queryRunner.query(`DROP TABLE \"users\"`);\n  }\n}\n";

#[test]
fn each_tool_is_recognised_by_its_code() {
    let tool = |files: &[(&str, &str)]| {
        let found = discover::find(&memory(files), &plain());
        assert_eq!(found.unread.len(), 1, "{:?}", found.unread);
        found.migration_sets.iter().map(|set| (set.tool.clone(), set.migrations.len())).collect::<Vec<_>>()
    };
    let django = "from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = []\n";
    let project = [
        ("manage.py", ""),
        ("shop/migrations/__init__.py", ""),
        ("shop/migrations/0001_initial.py", django),
        ("users/migrations/0001_initial.py", django),
    ];
    assert_eq!(tool(&project), [("django".to_owned(), 2)]);
    let rails = "class A < ActiveRecord::Migration[7.0]\n  def change\n    create_table :a\n  end\nend\n";
    assert_eq!(tool(&[("db/migrate/20240101000000_a.rb", rails)]), [("rails".to_owned(), 1)]);
    assert_eq!(tool(&[("src/migrations/1700000000000-A.ts", TYPEORM)]), [("typeorm".to_owned(), 1)]);
    let knex = "exports.up = function (knex) { return knex.schema.createTable('a') }\nexports.down = () => {}\n";
    assert_eq!(tool(&[("migrations/20240101000000_a.js", knex)]), [("knex".to_owned(), 1)]);
    let sequelize = "module.exports = { up: async (queryInterface) => {}, down: async (queryInterface) => {} }\n";
    assert_eq!(tool(&[("migrations/20240101000000-a.js", sequelize)]), [("sequelize".to_owned(), 1)]);
    let ef = "public partial class A : Migration { protected override void Up(MigrationBuilder migrationBuilder) {} }\n";
    assert_eq!(tool(&[("Data/Migrations/20240101000000_A.cs", ef)]), [("entity-framework".to_owned(), 1)]);
    let alembic = "revision = 'a'\ndown_revision = None\ndef upgrade():\n    op.create_table('a')\n";
    assert_eq!(tool(&[("alembic/versions/a_x.py", alembic), ("alembic.ini", "")]), [("alembic".to_owned(), 1)]);
    let goose = "package migrations\nfunc init() { goose.AddMigrationContext(upA, nil) }\n";
    assert_eq!(tool(&[("migrations/0001_a.go", goose)]), [("goose".to_owned(), 1)]);
}

#[test]
fn the_driver_of_the_project_says_the_dialect() {
    let of = |manifests: &[(&str, &str)]| {
        let migration = ("app/migrations/20240101000000-a.js", "module.exports = { up: async (queryInterface) => {} }\n");
        let found = discover::find(&memory(&[&[migration], manifests].concat()), &plain());
        let [set] = &found.migration_sets[..] else { panic!("one set: {found:?}") };
        (set.dialect, set.evidence.iter().find(|one| one.starts_with("dialect ")).cloned().unwrap_or_default())
    };
    let mysql = r#"{ "dependencies": { "sequelize": "6", "mysql2": "3" }, "devDependencies": { "sqlite3": "5" } }"#;
    let said = "dialect mysql: `mysql2` in package.json".to_owned();
    assert_eq!(of(&[("package.json", mysql)]), (Dialect::MySql, said), "above the folder, and SQLite is for tests");
    assert_eq!(
        of(&[("app/package.json", r#"{ "dependencies": { "tedious": "1" } }"#), ("package.json", mysql)]).0,
        Dialect::SqlServer
    );
    let both = r#"{ "dependencies": { "pg": "8", "mysql2": "3" } }"#;
    assert_eq!(of(&[("package.json", both)]).1, "dialect postgres: nothing says which dialect; taken for postgres");
    assert_eq!(of(&[("app/package.json", "{}"), ("package.json", mysql)]).0, Dialect::MySql);
}

#[test]
fn a_project_of_dotnet_says_the_dialect() {
    let of = |projects: &[(&str, &str)]| {
        let ef = "public partial class A : Migration { protected override void Up(MigrationBuilder migrationBuilder) {} }\n";
        let found = discover::find(&memory(&[&[("src/Shop/Migrations/20240101000000_A.cs", ef)], projects].concat()), &plain());
        let [set] = &found.migration_sets[..] else { panic!("one set: {found:?}") };
        (set.dialect, set.evidence.iter().find(|one| one.starts_with("dialect ")).cloned().unwrap_or_default())
    };
    let with = |package: &str| {
        format!("<Project><ItemGroup><PackageReference Include=\"{package}\" Version=\"9.0.0\" /></ItemGroup></Project>")
    };
    for (package, dialect) in [
        ("Npgsql.EntityFrameworkCore.PostgreSQL", Dialect::Postgres),
        ("Pomelo.EntityFrameworkCore.MySql", Dialect::MySql),
        ("MySqlConnector", Dialect::MySql),
        ("Microsoft.Data.Sqlite", Dialect::Sqlite),
        ("Microsoft.Data.SqlClient", Dialect::SqlServer),
    ] {
        assert_eq!(of(&[("src/Shop/Shop.csproj", &with(package))]).0, dialect, "{package}");
    }
    let (mysql, server) = (with("MySqlConnector"), with("Microsoft.Data.SqlClient"));
    assert_eq!(of(&[("src/Shop/Shop.csproj", &mysql)]).1, "dialect mysql: `MySqlConnector` in src/Shop/Shop.csproj");
    assert_eq!(of(&[("src/Shop/Shop.csproj", "<Project />"), ("src/All.csproj", &server)]).0, Dialect::SqlServer, "above it");
    let other = [("src/Shop/Shop.csproj", mysql.as_str()), ("src/Shop.Tests/Shop.Tests.csproj", server.as_str())];
    assert_eq!(of(&other).0, Dialect::MySql, "another project says nothing");
    let both = [("src/Shop/Shop.csproj", mysql.as_str()), ("src/Shop/Other.csproj", server.as_str())];
    assert!(of(&both).1.contains("nothing says which dialect"), "two of them");
}

#[test]
fn plain_sources_are_no_migrations() {
    let files = [
        ("src/migrations/index.ts", "export * from './a';"),
        ("lib/migrate/run.py", "print(1)"),
        ("migrations/1_a.ts", "let x = 1;"),
    ];
    let found = discover::find(&memory(&files), &plain());
    assert!(found.migration_sets.is_empty() && found.unread.is_empty(), "{found:?}");
}

#[test]
fn sql_in_literals_makes_the_catalog_with_exact_places() {
    let built = build(&memory(&[("src/migrations/1700000000000-A.ts", TYPEORM)]), &plain());
    assert_eq!(built.columns("users"), ["id bigint!", "email text"]);
    assert_eq!(built.indexes("users"), ["users_pkey", "by_email"]);
    assert!(built.database().tables_unknown.is_empty() && built.table("users").indexes_complete());
    let span = built.table("users").name_span;
    assert_eq!(&TYPEORM[span.start as usize..span.end as usize], "\"users\"");
}

#[test]
fn what_is_no_sql_leaves_the_catalog_open() {
    let more = TYPEORM.replace("await queryRunner.query('", "await queryRunner.addColumn('users', c); await queryRunner.query('");
    let built = build(&memory(&[("src/migrations/1700000000000-A.ts", &more)]), &plain());
    assert_eq!(built.indexes("users"), ["users_pkey", "by_email"]);
    assert_eq!(built.database().tables_unknown, ["migrations of typeorm are code"]);
    assert!(!built.table("users").indexes_complete() && !built.table("users").columns_complete());
    let alembic = "revision = 'a'\ndown_revision = None\ndef upgrade():\n    op.create_table('a')\n";
    let built = build(&memory(&[("alembic/versions/a_x.py", alembic)]), &plain());
    assert!(built.database().tables.is_empty() && built.database().migrations.len() == 1);
    assert_eq!(built.database().tables_unknown, ["migrations of alembic are code"]);
}

#[test]
fn the_dialect_comes_from_the_literals_or_the_server() {
    let dialect = |files: &[(&str, &str)]| discover::find(&memory(files), &plain()).migration_sets[0].dialect;
    let rails = ("db/migrate/20240101000000_a.rb", "class A < ActiveRecord::Migration[7.0]\nend\n");
    assert_eq!(dialect(&[rails, ("compose.yml", "services:\n  db:\n    image: mysql:8.4\n")]), Dialect::MySql);
    assert_eq!(dialect(&[rails]), Dialect::Postgres);
}

#[test]
fn a_schema_file_beside_code_is_the_better_statement() {
    let structure = "CREATE TABLE public.users (id bigint NOT NULL PRIMARY KEY); CREATE TABLE public.orders (id bigint);";
    let first = "class A < ActiveRecord::Migration[7.0]\n  def up\n    execute <<~SQL\n      CREATE TABLE users (id int);\n      CREATE TABLE orders (id int);\n    SQL\n  end\nend\n";
    let files = [("db/structure.sql", structure), ("db/migrate/20240101000000_a.rb", first)];
    let built = build(&memory(&files), &plain());
    let seen: Vec<_> = built.schema.tables().map(|table| table.database().source.clone()).collect();
    assert_eq!(seen, ["db/structure.sql", "db/structure.sql"]);
}

#[test]
fn sql_that_a_tool_printed_is_taken_where_the_configuration_says_so() {
    let files = [("generated/alembic.sql", "BEGIN;\nCREATE TABLE a (id bigserial PRIMARY KEY);\nCOMMIT;")];
    let told = Settings { artifacts: vec![("generated/*.sql".into(), "migration".into())], ..plain() };
    let built = build(&memory(&files), &told);
    assert_eq!(built.discovery.migration_sets.len(), 1, "{:?}", built.discovery);
    assert_eq!(built.columns("a"), ["id bigint!"]);
    let told = Settings { artifacts: vec![("generated/*.sql".into(), "schema".into())], ..plain() };
    assert_eq!(build(&memory(&files), &told).columns("a"), ["id bigint!"]);
}
