//! Schemas in another language than SQL make the catalog that their tool makes.

use super::support::{Built, build, memory};
use backend_lint::model::Settings;
use backend_lint::sql::Dialect;

fn read(files: &[(&str, &str)]) -> Built {
    build(&memory(files), &Settings { threads: 1, ..Settings::default() })
}

const PRISMA: &str = r#"datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

enum Role {
  USER
  ADMIN @map("admin")

  @@map("role")
}

/// A user.
model User {
  id        Int       @id @default(autoincrement())
  email     String    @unique @db.VarChar(200) // the address
  name      String?   @map("full_name")
  role      Role      @default(ADMIN)
  tags      String[]
  score     Decimal   @db.Decimal(10, 2)
  seenAt    DateTime? @db.Timestamptz(6)
  createdAt DateTime  @default(now())
  orders    Order[]
  groups    Group[]

  @@index([name, createdAt(sort: Desc)])
  @@map("users")
}

model Order {
  id     String @id @default(cuid())
  user   User?  @relation(fields: [userId], references: [id])
  userId Int?
  place  Json

  @@unique([userId, id], map: "one_each")
  @@index([place], type: Gin)
}

model Group {
  a     BigInt
  b     String
  users User[]

  @@id([a, b])
}
"#;

#[test]
fn a_schema_prisma_makes_its_tables() {
    let built = read(&[("prisma/schema.prisma", PRISMA)]);
    assert_eq!(built.database().dialect, Dialect::Postgres);
    assert_eq!(
        built.columns("users"),
        [
            "id integer!",
            "email character varying(200)!",
            "full_name text",
            "role role!",
            "tags text[]",
            "score numeric(10,2)!",
            "seenAt timestamp(6) with time zone",
            "createdAt timestamp(3) without time zone!",
        ]
    );
    assert_eq!(built.indexes("users"), ["users_pkey", "users_email_key", "users_full_name_createdAt_idx"]);
    assert_eq!(built.indexes("Order"), ["Order_pkey", "one_each", "Order_place_idx"]);
    assert_eq!(built.table("Order").indexes[2].method, "gin");
    assert_eq!(built.indexes("Group"), ["Group_pkey"]);
    let key = &built.table("Order").foreign_keys[0];
    assert_eq!((key.columns.as_slice(), key.references.name.as_str()), (&["userId".into()][..], "users"));
    assert_eq!((key.name.as_deref(), key.on_delete.as_deref()), (Some("Order_userId_fkey"), Some("SET NULL")));
    let labels: Vec<_> = built.database().enums[0].labels.iter().map(|label| label.value.as_str()).collect();
    assert_eq!(labels, ["USER", "admin"]);
    assert!(built.model.unread.iter().all(|one| one.reason.contains("many-to-many")), "{:?}", built.model.unread);
}

#[test]
fn places_are_those_of_the_file() {
    let built = read(&[("prisma/schema.prisma", PRISMA)]);
    let at = |span: backend_lint::source::Span| &PRISMA[span.start as usize..span.end as usize];
    let users = built.table("users");
    assert_eq!((at(users.name_span), at(users.span).lines().next()), ("User", Some("model User {")));
    let email = users.column_named("email").expect("a column");
    assert_eq!((at(email.name_span), at(email.span)), ("email", "email     String    @unique @db.VarChar(200)"));
    assert_eq!(at(users.indexes[2].span), "@@index([name, createdAt(sort: Desc)])");
    assert!(at(built.table("Order").foreign_keys[0].span).starts_with("user   User?"));
}

#[test]
fn lists_on_both_sides_are_a_table() {
    let text = "datasource db {\n provider = \"mysql\"\n}\nmodel Post {\n id Int @id @default(autoincrement())\n tags Tag[]\n}\n\
                model Tag {\n id String @id\n posts Post[]\n}\n";
    let built = read(&[("schema.prisma", text)]);
    assert_eq!(built.database().dialect, Dialect::MySql);
    assert_eq!(built.columns("_PostToTag"), ["A int!", "B varchar(191)!"]);
    assert_eq!(built.table("_PostToTag").foreign_keys.len(), 2);
    // One list of a model that refers to itself is the other side of a foreign key.
    let tree = "datasource db {\n provider = \"sqlite\"\n}\nmodel Node {\n id Int @id\n up Node? @relation(\"x\", fields: [upId], references: [id])\n\
                upId Int?\n down Node[] @relation(\"x\")\n near Node[] @relation(\"y\")\n far Node[] @relation(\"y\")\n}\n";
    let tree = read(&[("schema.prisma", tree)]);
    let names: Vec<_> = tree.database().tables.iter().map(|table| table.name.name.as_str()).collect();
    assert_eq!(names, ["_y", "node"]);
    assert_eq!(built.indexes("_PostToTag"), ["_PostToTag_AB_unique", "_PostToTag_B_index"]);
}

#[test]
fn what_is_not_read_is_said() {
    let mongo = read(&[("schema.prisma", "datasource db {\n provider = \"mongodb\"\n}\nmodel A {\n id String @id\n}\n")]);
    assert!(mongo.schema.databases.is_empty() && mongo.discovery.skipped[0].1.contains("mongodb"));
    let parts = read(&[("prisma/schema/base.prisma", PRISMA), ("prisma/schema/more.prisma", "model More {\n id Int @id\n}\n")]);
    // The files of one folder are one schema; the part without a datasource belongs to it.
    assert!(parts.discovery.unread.is_empty(), "{:?}", parts.discovery);
    assert_eq!((parts.schema.databases.len(), parts.columns("More")), (1, vec!["id integer!".to_owned()]));
    let orphan = read(&[("prisma/schema/more.prisma", "model More {\n id Int @id\n}\n")]);
    assert!(orphan.schema.databases.is_empty() && orphan.discovery.unread.len() == 1, "{:?}", orphan.discovery);
    for text in [
        "",
        "model",
        "model A {",
        "model A {\n id Int @id(",
        "model A {\n @@index([\n",
        "datasource db {\n provider = \"sqlite\"\nmodel A {\n x\n}\n",
    ] {
        read(&[("schema.prisma", text)]);
    }
}

#[test]
fn the_migrations_beside_it_are_the_better_statement() {
    let migration = "CREATE TABLE \"A\" (\"id\" serial PRIMARY KEY); CREATE TABLE \"B\" (\"id\" serial PRIMARY KEY);";
    let text = "datasource db {\n provider = \"postgresql\"\n}\nmodel A {\n id Int @id\n}\nmodel B {\n id Int @id\n}\n";
    let built = read(&[("prisma/schema.prisma", text), ("prisma/migrations/20240101000000_a/migration.sql", migration)]);
    assert_eq!(built.schema.databases.len(), 2);
    assert!(built.schema.tables().all(|table| table.database().source == "prisma/migrations"));
}

const RUBY: &str = r#"ActiveRecord::Schema[7.1].define(version: 2024_01_01_000000) do
  # These are extensions that must be enabled in order to support this database
  enable_extension "plpgsql"

  create_enum "order_status", ["new", "paid"]

  create_table "users", force: :cascade do |t|
    t.string "email", limit: 200, default: "", null: false
    t.integer "age", limit: 2
    t.decimal "score", precision: 10, scale: 2
    t.datetime "created_at", null: false
    t.datetime "old_at", precision: nil
    t.string "tags", array: true
    t.check_constraint "age > 0", name: "grown"
    t.index ["email", "age"], name: "by_email", unique: true, where: "(age IS NOT NULL)", order: { age: :desc }
    t.index "lower((email)::text)", name: "by_lower"
  end

  create_table "orders", id: :uuid, default: -> { "gen_random_uuid()" }, force: :cascade do |t|
    t.bigint "user_id", null: false
    t.enum "status", default: "new", null: false, enum_type: "order_status"
    t.jsonb "place", default: {}
    t.index ["place"], name: "by_place", using: :gin
  end

  create_table "links", id: false, force: :cascade do |t|
    t.bigint "left_id"
  end

  add_foreign_key "orders", "users", on_delete: :cascade
end
"#;

#[test]
fn a_schema_rb_makes_its_tables() {
    let built = read(&[("db/schema.rb", RUBY)]);
    assert_eq!(built.database().dialect, Dialect::Postgres);
    assert_eq!(
        built.columns("users"),
        [
            "id bigint!",
            "email character varying(200)!",
            "age smallint",
            "score numeric(10,2)",
            "created_at timestamp(6) without time zone!",
            "old_at timestamp without time zone",
            "tags character varying[]",
        ]
    );
    assert_eq!(built.columns("orders"), ["id uuid!", "user_id bigint!", "status order_status!", "place jsonb"]);
    assert_eq!(built.columns("links"), ["left_id bigint"]);
    assert_eq!(built.indexes("users"), ["users_pkey", "by_email", "by_lower"]);
    let index = &built.table("users").indexes[1];
    assert!(index.unique && index.keys[1].descending && index.predicate.is_some());
    assert_eq!(built.table("orders").indexes[1].method, "gin");
    assert_eq!(built.table("users").checks[0].name.as_deref(), Some("grown"));
    let key = &built.table("orders").foreign_keys[0];
    assert_eq!((key.columns.as_slice(), key.on_delete.as_deref()), (&["user_id".into()][..], Some("CASCADE")));
    assert!(built.database().tables_unknown.is_empty() && built.model.unread.is_empty(), "{:?}", built.model.unread);
    let span = built.table("users").column_named("email").expect("a column").span;
    assert_eq!(&RUBY[span.start as usize..span.end as usize], "t.string \"email\", limit: 200, default: \"\", null: false");
}

#[test]
fn an_unknown_call_leaves_the_catalog_open() {
    let text = RUBY.replace("  add_foreign_key", "  partition_everything \"orders\"\n  add_foreign_key");
    let built = read(&[("db/schema.rb", &text)]);
    assert!(!built.table("orders").indexes_complete() && built.table("users").indexes_complete());
    let text = RUBY.replace("  add_foreign_key", "  partition_everything\n  add_foreign_key");
    let built = read(&[("db/schema.rb", &text)]);
    assert!(!built.table("orders").indexes_complete() && !built.table("users").indexes_complete());
    assert!(built.model.unread.iter().any(|one| one.reason.contains("partition_everything") && one.start.is_some()));
    let text = "ActiveRecord::Schema[7.1].define(version: 1) do\n  create_table \"a\", charset: \"utf8mb4\", force: :cascade do |t|\n    t.string \"b\"\n  end\nend\n";
    let built = read(&[("db/schema.rb", text)]);
    assert_eq!(
        (built.database().dialect, built.columns("a")),
        (Dialect::MySql, vec!["id bigint!".to_owned(), "b varchar(255)".to_owned()])
    );
}

#[test]
fn migrations_of_rails_are_no_schema_file() {
    let change = "class A < ActiveRecord::Migration[7.0]\n  def change\n    create_table :things do |t|\n      t.string :name\n    end\n  end\nend\n";
    let sqlite = "ActiveRecord::Schema[7.1].define(version: 1) do\n  create_table \"a\", force: :cascade do |t|\n    t.string \"b\"\n  end\n\
                  create_virtual_table \"found\", \"fts5\", [\"b\"]\nend\n";
    let built = read(&[("db/migrate/20240101000000_a.rb", change), ("db/schema.rb", sqlite)]);
    let read: Vec<_> = built.schema.databases.iter().map(|one| (one.source.as_str(), one.dialect, one.tables.len())).collect();
    assert_eq!(read, [("db/migrate", Dialect::Sqlite, 0), ("db/schema.rb", Dialect::Sqlite, 1)]);
    assert!(built.schema.databases[1].tables_unknown.is_empty(), "{:?}", built.model.unread);
    assert_eq!(built.schema.databases[0].tables_unknown, ["migrations of rails are code"]);
}
