//! The SQL reader: where statements begin and end, what they do, and where each part of them stands.

use backend_lint::source::{SourceId, Span};
use backend_lint::sql::*;

fn script(text: &str, dialect: Dialect) -> Script {
    read(SourceId(0), text, None, dialect)
}

fn postgres(text: &str) -> Script {
    script(text, Dialect::Postgres)
}

fn at(text: &str, span: Span) -> &str {
    &text[span.range()]
}

/// The texts of the statements.
fn pieces(text: &str, dialect: Dialect) -> Vec<&str> {
    script(text, dialect).statements.iter().map(|statement| at(text, statement.span)).collect()
}

/// The operations of all statements.
fn changes(text: &str) -> Vec<Change> {
    let script = postgres(text);
    for statement in &script.statements {
        let understood = matches!(statement.understanding, Understanding::Full | Understanding::NoEffect);
        assert!(understood, "{:?}: {}", statement.understanding, at(text, statement.span));
    }
    script.statements.into_iter().flat_map(|statement| statement.ops).map(|op| op.change).collect()
}

/// The actions of an `ALTER TABLE`.
fn actions(text: &str) -> Vec<TableAction> {
    let actions = changes(text).into_iter().map(|change| match change {
        Change::AlterTable { action, .. } => action,
        other => panic!("not an action: {other:?}"),
    });
    actions.collect()
}

fn table(text: &str, dialect: Dialect) -> CreateTable {
    let mut statements = script(text, dialect).statements;
    assert_eq!(statements[0].understanding, Understanding::Full, "{text}");
    match statements.remove(0).ops.remove(0).change {
        Change::CreateTable(table) => *table,
        other => panic!("not a table: {other:?}"),
    }
}

fn index(text: &str) -> IndexDef {
    match changes(text).remove(0) {
        Change::CreateIndex(index) => *index,
        other => panic!("not an index: {other:?}"),
    }
}

fn check(condition: &str) -> (Vec<String>, Option<(String, Vec<String>)>) {
    let text = format!("ALTER TABLE t ADD CONSTRAINT c CHECK ({condition});");
    let TableAction::AddConstraint(def) = actions(&text).remove(0) else { panic!("no constraint") };
    match def.kind {
        ConstraintKind::Check { not_null_columns, allowed, expression, .. } => {
            assert_eq!(at(&text, expression), condition);
            let values = |texts: Vec<backend_lint::source::Spanned<String>>| texts.into_iter().map(|text| text.value).collect();
            (not_null_columns, allowed.map(|(column, texts)| (column, values(texts))))
        }
        other => panic!("not a check: {other:?}"),
    }
}

fn default_kind(expression: &str) -> DefaultKind {
    match actions(&format!("ALTER TABLE t ALTER COLUMN c SET DEFAULT {expression};")).remove(0) {
        TableAction::SetDefault { default, .. } => {
            assert_eq!(default.text, expression);
            default.kind
        }
        other => panic!("not a default: {other:?}"),
    }
}

#[test]
fn splits_strings_quotes_and_comments() {
    let text = "\u{feff}-- a; b\nSELECT ';', E'\\';', \"a;b\", $$;$$, $x$ $$ ; $x$ /* ; /* ; */ ; */ ;\r\nselect 2\n;;";
    let statements = pieces(text, Dialect::Postgres);
    assert_eq!(statements.len(), 2);
    assert!(statements[0].starts_with("SELECT ';'") && statements[0].ends_with("$x$"), "{statements:?}");
    assert_eq!(statements[1], "select 2");
    assert_eq!(pieces("-- only\n/* comments */", Dialect::Postgres).len(), 0);
    assert_eq!(pieces("", Dialect::Postgres).len(), 0);
}

#[test]
fn a_carriage_return_ends_a_comment() {
    assert_eq!(pieces("-- one\rSELECT 1;\r-- two\rSELECT 2;", Dialect::Postgres), ["SELECT 1", "SELECT 2"]);
}

#[test]
fn dollar_signs_within_names_and_parameters_open_nothing() {
    assert_eq!(pieces("SELECT a$b$c; SELECT $1; SELECT 1;", Dialect::Postgres).len(), 3);
}

#[test]
fn comments_keep_their_places() {
    let text = "-- one\nSELECT 1; /* two */ -- three\n";
    let comments: Vec<&str> = postgres(text).comments.iter().map(|span| at(text, *span)).collect();
    assert_eq!(comments, ["-- one", "/* two */", "-- three"]);
}

#[test]
fn copy_data_is_no_sql() {
    let text = "COPY public.t (a, b) FROM stdin;\n1\tone; -- two\n'\t$$\n\\.\n\nALTER TABLE t ADD COLUMN c int;\n";
    let script = postgres(text);
    assert_eq!(script.statements.len(), 2);
    assert!(
        matches!(&script.statements[0].ops[0].change, Change::Data { verb: DataVerb::Insert, tables, .. } if tables[0].name == "t")
    );
    assert!(script.problems.is_empty());
}

#[test]
fn psql_commands_are_no_statements() {
    let text = "\\set ON_ERROR_STOP on\n\\restrict a'b\nSELECT format('x') \\gexec\nSELECT 2;\n";
    assert_eq!(pieces(text, Dialect::Postgres), ["SELECT format('x')", "SELECT 2"]);
}

#[test]
fn bodies_of_the_standard_and_rules_hide_semicolons() {
    let atomic = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT 2; END; SELECT 3;";
    assert_eq!(pieces(atomic, Dialect::Postgres).len(), 2);
    let rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)); SELECT 3;";
    assert_eq!(pieces(rule, Dialect::Postgres).len(), 2);
    assert!(matches!(&changes(rule)[0], Change::TableObject { table, .. } if table.name == "t"));
    let begin = "BEGIN; CREATE TABLE t (a int); END;";
    assert_eq!(pieces(begin, Dialect::Postgres).len(), 3);
}

#[test]
fn goose_regions_are_ordinary_text() {
    let text = "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS trigger AS $$\nBEGIN\n  PERFORM 1;\nEND;\n$$ LANGUAGE plpgsql;\n-- +goose StatementEnd\nCREATE TABLE t (a int);\n-- +goose Down\nDROP TABLE t;\n";
    assert_eq!(pieces(text, Dialect::Postgres).len(), 3);
    let up = text.find("-- +goose Down").unwrap_or(0);
    let script = read(SourceId(0), text, Some(0..up), Dialect::Postgres);
    assert_eq!(script.statements.len(), 2);
    assert_eq!(at(text, script.statements[1].span), "CREATE TABLE t (a int)");
    let down = read(SourceId(0), text, Some(up..text.len()), Dialect::Postgres);
    assert_eq!(at(text, down.statements[0].span), "DROP TABLE t");
}

#[test]
fn mysql_delimiters_and_versioned_comments() {
    let text = "DELIMITER $$\nCREATE PROCEDURE p()\nBEGIN\n  SELECT 1; # ;\nEND$$\nDELIMITER //\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; END//\nDELIMITER ;\n/*!40101 SET NAMES utf8 */;\nALTER TABLE t ADD KEY k (a(10) DESC);\n";
    let statements = pieces(text, Dialect::MySql);
    assert_eq!(statements.len(), 4, "{statements:?}");
    assert_eq!(statements[2], "SET NAMES utf8");
    let below = "DELIMITER\n$$\nCREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND\n$$\nDELIMITER ;\nSELECT 2;\n";
    assert_eq!(pieces(below, Dialect::MySql), ["CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND", "SELECT 2"]);
    let bare = "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; WHILE b DO SELECT 2; END WHILE; END; SELECT IF(1, 2, 3);";
    assert_eq!(pieces(bare, Dialect::MySql).len(), 2);
    assert_eq!(pieces("SELECT 'a\\';b'; SELECT \"x;y\"; SELECT `a;b`;", Dialect::MySql).len(), 3);
    assert_eq!(
        pieces("--> statement-breakpoint\nSELECT 1;--> statement-breakpoint\nSELECT 5--1;", Dialect::MySql),
        ["SELECT 1", "SELECT 5--1"]
    );
}

#[test]
fn sqlite_triggers_and_brackets() {
    let text = "CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN 1 THEN 2 END; DELETE FROM u; END;\nCREATE TABLE [a;b] (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR (20) NOT NULL);";
    let statements = pieces(text, Dialect::Sqlite);
    assert_eq!(statements.len(), 2, "{statements:?}");
    let table = table(statements[1], Dialect::Sqlite);
    assert_eq!(table.name.name, "a;b");
    assert!(table.columns[0].auto_increment);
    assert_eq!(table.columns[1].column_type.as_ref().map(|one| one.value.length()), Some(Some(20)));
}

#[test]
fn every_part_of_a_table_has_its_place() {
    let text = "CREATE TABLE public.\"Orders\" (\n  id bigserial PRIMARY KEY,\n  тег varchar(80) CONSTRAINT need NOT NULL DEFAULT 'x'::varchar, -- note, with comma\n  created timestamptz(3) DEFAULT now() NOT NULL,\n  total numeric(10, 2) CHECK (total > 0),\n  owner int REFERENCES users (id) ON DELETE CASCADE ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED,\n  sum int GENERATED ALWAYS AS (1 + 2) STORED,\n  CONSTRAINT u UNIQUE NULLS NOT DISTINCT (owner, тег)\n);";
    let orders = table(text, Dialect::Postgres);
    assert_eq!((orders.name.schema.as_deref(), orders.name.name.as_str()), (Some("public"), "Orders"));
    assert_eq!(at(text, orders.name.span), "public.\"Orders\"");
    let places: Vec<&str> = orders.columns.iter().map(|column| at(text, column.span)).collect();
    assert_eq!(places[0], "id bigserial PRIMARY KEY");
    assert_eq!(places[1], "тег varchar(80) CONSTRAINT need NOT NULL DEFAULT 'x'::varchar");
    let types: Vec<String> =
        orders.columns.iter().filter_map(|column| column.column_type.as_ref().map(|one| one.value.display())).collect();
    let expected = ["bigint", "character varying(80)", "timestamp(3) with time zone", "numeric(10,2)", "integer", "integer"];
    assert_eq!(types, expected);
    assert!(orders.columns[0].auto_increment);
    assert_eq!(orders.columns[1].not_null.map(|span| at(text, span)), Some("CONSTRAINT need NOT NULL"));
    let default = orders.columns[2].default.as_ref().map(|default| (at(text, default.span), default.kind));
    assert_eq!(default, Some(("DEFAULT now()", DefaultKind::Stable)));
    assert_eq!(orders.columns[5].generated, Some(true));
    let foreign = &orders.columns[4].constraints[0];
    let ConstraintKind::ForeignKey { columns, references, referenced_columns, on_delete } = &foreign.kind else {
        panic!("not a foreign key: {foreign:?}")
    };
    assert_eq!((columns[0].value.as_str(), references.name.as_str(), on_delete.as_deref()), ("owner", "users", Some("CASCADE")));
    assert_eq!(referenced_columns, &["id"]);
    assert_eq!(at(text, orders.constraints[0].span), "CONSTRAINT u UNIQUE NULLS NOT DISTINCT (owner, тег)");
}

#[test]
fn an_unknown_element_costs_only_itself() {
    let text = "CREATE TABLE t (a int FROBNICATE 3 NOT NULL, b text, CONSTRAINT x FROBNICATE (b));";
    let script = postgres(text);
    let statement = &script.statements[0];
    assert!(matches!(statement.understanding, Understanding::Partial(_)));
    assert_eq!(statement.touches[0].name, "t");
    let Change::CreateTable(table) = &statement.ops[0].change else { panic!("not a table") };
    assert_eq!(table.columns.len(), 2);
    assert!(!table.columns[0].complete && table.columns[0].not_null.is_some());
    assert!(table.columns[1].complete && !table.complete);
}

#[test]
fn one_unknown_action_among_five() {
    let text = "ALTER TABLE IF EXISTS ONLY s.t ADD COLUMN a int NOT NULL, DROP COLUMN IF EXISTS b CASCADE, FROBNICATE c, ALTER d SET NOT NULL, ALTER COLUMN e TYPE text COLLATE \"C\" USING e::text;";
    let script = postgres(text);
    let statement = &script.statements[0];
    assert_eq!(statement.understanding, Understanding::Partial("`FROBNICATE C` was not understood".into()));
    let places: Vec<&str> = statement.ops.iter().map(|op| at(text, op.span)).collect();
    assert_eq!(places[1..4], ["DROP COLUMN IF EXISTS b CASCADE", "FROBNICATE c", "ALTER d SET NOT NULL"]);
    let Change::AlterTable { action: TableAction::AlterType { collation, using, .. }, if_exists: true, .. } =
        &statement.ops[4].change
    else {
        panic!("not a type change: {:?}", statement.ops[4])
    };
    assert_eq!((collation.as_deref(), using.as_deref()), (Some("C"), Some("e::text")));
}

#[test]
fn what_sqlparser_rejects_is_read() {
    assert!(matches!(&changes("DROP INDEX CONCURRENTLY IF EXISTS s.i, j;")[0],
        Change::DropIndex { names, if_exists: true, concurrently: Some(_), .. } if names.len() == 2));
    assert!(index("CREATE INDEX i ON ONLY t (a);").only);
    assert!(
        matches!(&actions("ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1);")[0], TableAction::AttachPartition { child, default: false } if child.name == "p")
    );
    assert!(matches!(
        &actions("ALTER TABLE t DETACH PARTITION p CONCURRENTLY;")[0],
        TableAction::DetachPartition { concurrently: Some(_), .. }
    ));
    assert!(matches!(&changes("ALTER INDEX IF EXISTS i RENAME TO j;")[0], Change::RenameIndex { .. }));
    assert!(matches!(&changes("ALTER INDEX i ATTACH PARTITION j;")[0], Change::AttachIndex { .. }));
    assert!(
        matches!(&actions("ALTER TABLE t ALTER COLUMN c SET STATISTICS 100;")[0], TableAction::Other { words } if words == "SET STATISTICS")
    );
    assert!(matches!(
        &changes("REINDEX (VERBOSE, CONCURRENTLY) INDEX i;")[0],
        Change::Reindex { index: true, concurrently: Some(_), .. }
    ));
    assert!(matches!(&changes("REFRESH MATERIALIZED VIEW CONCURRENTLY v;")[0], Change::RefreshView { concurrently: true, .. }));
    assert!(matches!(&actions("ALTER TABLE t ADD CONSTRAINT n NOT NULL c NOT VALID;")[0],
        TableAction::AddConstraint(def) if def.not_valid && matches!(&def.kind, ConstraintKind::Check { not_null_columns, .. } if not_null_columns == &["c"])));
    assert!(matches!(&changes("ALTER VIEW a RENAME TO b;")[0], Change::RenameView { .. }));
    assert!(matches!(&actions("ALTER TABLE t SET SCHEMA s;")[0], TableAction::SetSchema { to } if to == "s"));
    let like = table("CREATE TABLE a (LIKE b INCLUDING ALL EXCLUDING INDEXES);", Dialect::Postgres);
    assert!(!like.like[0].1.iter().any(|option| option == "INDEXES") && like.like[0].1.iter().any(|option| option == "DEFAULTS"));
    assert!(
        changes("ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO r; VACUUM FULL t; CREATE PUBLICATION p;").len()
            == 1
    );
}

#[test]
fn an_index_has_every_part() {
    let text = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t USING gin (lower(a) text_pattern_ops DESC NULLS LAST, (b || 'x'), c COLLATE \"C\") INCLUDE (d, e) NULLS NOT DISTINCT WITH (fillfactor = 70) WHERE deleted_at IS NULL;";
    let found = index(text);
    assert_eq!(found.concurrently.map(|span| at(text, span)), Some("CONCURRENTLY"));
    assert!(found.unique && found.if_not_exists && found.nulls_not_distinct && !found.only);
    assert_eq!((found.method.as_str(), found.include), ("gin", vec!["d".into(), "e".into()]));
    let keys: Vec<(&str, Option<&str>)> = found.keys.iter().map(|key| (key.text(), key.column.as_deref())).collect();
    assert_eq!(keys, [("lower(a)", None), ("b || 'x'", None), ("c", Some("c"))]);
    assert_eq!(
        (found.keys[0].opclass(), found.keys[0].descending, found.keys[0].nulls_first),
        (Some("text_pattern_ops"), true, Some(false))
    );
    assert_eq!(found.predicate.map(|predicate| predicate.value), Some("deleted_at IS NULL".into()));
}

#[test]
fn checks_say_what_they_demand() {
    let labels = |column: &str, texts: &[&str]| Some((column.to_owned(), texts.iter().map(|text| (*text).to_owned()).collect()));
    assert_eq!(check("c IS NOT NULL"), (vec!["c".into()], None));
    assert_eq!(check("(a > 0) AND (c IS NOT NULL AND NOT (\"D\" IS NULL))"), (vec!["c".into(), "D".into()], None));
    assert_eq!(check("a IS NOT NULL OR b IS NOT NULL").0, Vec::<String>::new());
    assert_eq!(check("s IN ('a', 'b''c')").1, labels("s", &["a", "b'c"]));
    assert_eq!(check("s = 'a' OR (s)::text = 'b' OR s IS NULL").1, labels("s", &["a", "b"]));
    let dump = "((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))";
    assert_eq!(check(dump).1, labels("s", &["a", "b"]));
    assert_eq!(check("s = ANY ('{a,b}'::text[])").1, labels("s", &["a", "b"]));
    assert_eq!(check("s NOT IN ('a')").1, None);
    assert_eq!(check("s = 'a' OR n > 5").1, None);
    assert_eq!(check("lower(s) IN ('a')").1, None);
    // `ISNULL` is rejected by the leaf parser: the check is known, its demand is not.
    assert_eq!(check("a ISNULL OR b NOTNULL"), (Vec::new(), None));
}

#[test]
fn defaults_have_a_kind() {
    for constant in [
        "1",
        "-1",
        "'a'",
        "NULL",
        "true",
        "'{}'::jsonb",
        "ARRAY[]::text[]",
        "CAST('a' AS varchar(10))",
        "'x'::character varying(10)",
        "E'\\n'",
        "1 + 2",
        "lower('A')",
    ] {
        assert_eq!(default_kind(constant), DefaultKind::Constant, "{constant}");
    }
    for stable in ["now()", "CURRENT_TIMESTAMP", "(now() AT TIME ZONE 'utc')", "pg_catalog.now()", "current_date + 1"] {
        assert_eq!(default_kind(stable), DefaultKind::Stable, "{stable}");
    }
    for volatile in
        ["gen_random_uuid()", "nextval('a_seq'::regclass)", "clock_timestamp()", "random() * 10", "my_function(random())"]
    {
        assert_eq!(default_kind(volatile), DefaultKind::Volatile, "{volatile}");
    }
    for unknown in ["my_function()", "extensions.id('x')"] {
        assert_eq!(default_kind(unknown), DefaultKind::Unknown, "{unknown}");
    }
}

#[test]
fn blocks_say_what_may_not_run() {
    let text = "DO $$\nDECLARE r record; n int := 1;\nBEGIN\n  CREATE TYPE mood AS ENUM ('a', 'b');\nEXCEPTION WHEN duplicate_object THEN null;\nEND $$;\nDO $body$ BEGIN IF NOT EXISTS (SELECT 1) THEN ALTER TABLE a ADD COLUMN b int; ELSE RAISE NOTICE 'x'; END IF; DROP TABLE c; FOR r IN SELECT 1 LOOP DROP TABLE d; END LOOP; EXECUTE 'CREATE INDEX i ON t (a)'; END $body$;";
    let script = postgres(text);
    let found: Vec<(&str, bool)> =
        script.statements.iter().map(|statement| (at(text, statement.span), statement.maybe)).collect();
    let expected = [
        ("CREATE TYPE mood AS ENUM ('a', 'b')", true),
        ("ALTER TABLE a ADD COLUMN b int", true),
        ("DROP TABLE c", false),
        ("DROP TABLE d", true),
        ("CREATE INDEX i ON t (a)", false),
    ];
    assert_eq!(found, expected);
    assert_eq!(script.statements[2].block, script.statements[4].block);
    assert_ne!(script.statements[0].block, script.statements[1].block);
    assert!(script.statements.iter().all(|statement| statement.understanding == Understanding::Full));
}

#[test]
fn dynamic_statements_are_bound_by_the_names_in_sight() {
    let touches = |text: &str| {
        let statement =
            postgres(text).statements.into_iter().find(|one| one.understanding != Understanding::NoEffect).expect(text);
        assert!(matches!(statement.understanding, Understanding::Opaque(_) | Understanding::Partial(_)), "{text}");
        statement.touches.into_iter().map(|name| name.name).collect::<Vec<_>>()
    };
    assert!(touches("DO $$ BEGIN EXECUTE 'ALTER TABLE users ADD COLUMN ' || c; END $$;").contains(&"users".into()));
    assert!(
        touches("DO $$ BEGIN t := first_of('users'); EXECUTE format('ALTER TABLE %I ADD COLUMN a int', t); END $$;")
            .contains(&"users".into())
    );
    assert!(touches("DO $$ BEGIN FOR t IN SELECT * FROM pg_tables WHERE schemaname = 'public' LOOP EXECUTE format('DROP TABLE %I', t); END LOOP; END $$;").is_empty());
    for text in [
        "DO $$ BEGIN PERFORM pg_sleep(1); EXECUTE 'GRANT ' || x; END $$;",
        "DO $$ BEGIN EXECUTE format('ALTER TABLE %I SET (a = ''7'')', t); EXECUTE 'ALTER TABLE ' || t || ' SET (a = 1)'; END $$;",
        "DO $$ BEGIN a.b := f(1); a[1] := 2; a.b.c = 3; END $$;",
    ] {
        let silent = postgres(text);
        assert!(silent.statements.iter().all(|one| one.understanding == Understanding::NoEffect), "{text}");
    }
    let two = postgres("DO $$ BEGIN EXECUTE format('ALTER TABLE %I SET (fillfactor = 70), DROP COLUMN a', t); END $$;");
    assert!(matches!(two.statements[0].understanding, Understanding::Opaque(_)));
}

#[test]
fn templates_as_schema_are_left_out_and_as_name_are_unknown() {
    let text = "ALTER TABLE {{ index .Options \"Namespace\" }}.users ADD COLUMN IF NOT EXISTS a text NULL;\nCREATE INDEX i ON \"{{ index .Options \"Namespace\" }}\".\"users\" (a);\nALTER TABLE {{ .Table }} DROP COLUMN b;\nDROP TABLE {{.Prefix}}users;";
    let script = postgres(text);
    let Change::AlterTable { table, .. } = &script.statements[0].ops[0].change else { panic!("not an action") };
    assert_eq!((table.schema.as_deref(), table.name.as_str()), (None, "users"));
    assert_eq!(at(text, table.span), "{{ index .Options \"Namespace\" }}.users");
    let Change::CreateIndex(index) = &script.statements[1].ops[0].change else { panic!("not an index") };
    assert_eq!((index.table.schema.as_deref(), index.table.name.as_str()), (None, "users"));
    assert!(matches!(script.statements[2].understanding, Understanding::Opaque(_)));
    assert!(matches!(script.statements[3].understanding, Understanding::Opaque(_)));
}

#[test]
fn names_are_folded_as_the_dialect_folds_them() {
    let name = |text: &str, dialect| table(text, dialect).name.name;
    assert_eq!(name("CREATE TABLE Users (Id int);", Dialect::Postgres), "users");
    assert_eq!(name("CREATE TABLE \"Us\"\"ers\" (a int);", Dialect::Postgres), "Us\"ers");
    assert_eq!(name("CREATE TABLE `Users` (a int);", Dialect::MySql), "Users");
    assert_eq!(name("CREATE TABLE \"Users\" (a int);", Dialect::Sqlite), "users");
    assert_eq!(name(&format!("CREATE TABLE {} (a int);", "x".repeat(80)), Dialect::Postgres).len(), 63);
}

#[test]
fn mysql_tables_bring_their_keys() {
    let text = "CREATE TABLE `t` (`id` int(11) unsigned NOT NULL AUTO_INCREMENT COMMENT 'a, b', `e` enum('a','b') CHARACTER SET utf8 DEFAULT 'a', `at` datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), PRIMARY KEY (`id`), UNIQUE KEY `u` (`e`), KEY `k` (`at`,`e`(10)), CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `o` (`id`) ON DELETE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;";
    let found = table(text, Dialect::MySql);
    let types: Vec<String> =
        found.columns.iter().filter_map(|column| Some(column.column_type.as_ref()?.value.display())).collect();
    assert_eq!(types, ["int(11) unsigned", "enum(a,b)", "datetime(6)"]);
    assert!(found.columns[0].auto_increment && found.columns[0].not_null.is_some());
    assert_eq!(found.constraints.len(), 3);
    assert_eq!(found.indexes[0].keys[1].prefix(), Some(10));
    assert_eq!(at(text, found.indexes[0].span), "KEY `k` (`at`,`e`(10))");
    let text = "ALTER TABLE t MODIFY a varchar(20) NOT NULL DEFAULT 'x' AFTER b, CHANGE COLUMN c d int NULL, DROP INDEX i, DROP FOREIGN KEY f, ADD UNIQUE INDEX u (a), RENAME INDEX x TO y, DROP PRIMARY KEY, ENGINE=InnoDB;";
    let script = script(text, Dialect::MySql);
    assert_eq!(script.statements[0].understanding, Understanding::Full);
    assert_eq!(script.statements[0].ops.len(), 3 + 4 + 6);
    let pressed = self::script("ALTER TABLE t MODIFY COLUMN `type`ENUM('a','b') NOT NULL", Dialect::MySql);
    assert_eq!(pressed.statements[0].understanding, Understanding::Full, "no blank after a quoted name");
}

#[test]
fn views_name_what_they_read() {
    let text = "CREATE OR REPLACE VIEW v AS WITH q (n) AS (SELECT 1 FROM base) SELECT extract(year FROM d), a IS DISTINCT FROM b FROM q JOIN s.t1 ON t1.a = q.b, t2 x LEFT JOIN (SELECT * FROM t3) y ON true, LATERAL f(z) WHERE x IN (SELECT 1 FROM t4);";
    let Change::CreateView { reads, identifiers, or_replace: true, .. } = changes(text).remove(0) else { panic!("not a view") };
    let names: Vec<&str> = reads.iter().map(|name| at(text, name.span)).collect();
    assert_eq!(names, ["base", "s.t1", "t2", "t3", "t4"]);
    assert!(identifiers.iter().any(|name| name.value == "d"));
}

#[test]
fn rows_settings_and_transactions_do_not_touch_the_catalog() {
    let text = "BEGIN;\nSET LOCAL lock_timeout TO '5s';\nSELECT pg_catalog.set_config('search_path', '', false);\nWITH d AS (DELETE FROM a WHERE x RETURNING *) INSERT INTO b SELECT * FROM d;\nUPDATE ONLY c SET d = 1;\nTRUNCATE TABLE e, f CASCADE;\nLOCK TABLE g IN SHARE ROW EXCLUSIVE MODE;\nALTER ROLE app SET statement_timeout = 1000;\nGRANT ALL ON t TO u;\nCOMMENT ON CONSTRAINT c ON t IS 'x';\nCREATE TRIGGER r BEFORE UPDATE OF a ON h FOR EACH ROW EXECUTE FUNCTION f();\nROLLBACK TO x;\nCOMMIT;";
    let script = postgres(text);
    assert!(script.statements.iter().all(|statement| statement.understanding == Understanding::NoEffect));
    let ops = |at: usize| script.statements[at].ops.iter().map(|op| &op.change).collect::<Vec<_>>();
    assert!(matches!(ops(1)[0], Change::Setting { name, value, local: true, .. } if name == "lock_timeout" && value == "5s"));
    assert!(matches!(ops(2)[0], Change::Setting { name, value, .. } if name == "search_path" && value.is_empty()));
    assert!(matches!(
        ops(3)[..],
        [Change::Data { verb: DataVerb::Delete, filtered: true, .. }, Change::Data { verb: DataVerb::Insert, .. }]
    ));
    assert!(matches!(ops(4)[0], Change::Data { verb: DataVerb::Update, filtered: false, tables, .. } if tables[0].name == "c"));
    assert!(matches!(ops(5)[0], Change::Data { verb: DataVerb::Truncate, tables, cascade: true, .. } if tables.len() == 2));
    assert!(matches!(ops(6)[0], Change::LockTable { mode, .. } if mode == "SHARE ROW EXCLUSIVE"));
    assert!(matches!(ops(7)[0], Change::Setting { scope: Some("role"), .. }));
    assert!(matches!(ops(10)[0], Change::TableObject { words, table } if words == "CREATE TRIGGER" && table.name == "h"));
    assert!(ops(11).is_empty());
}

#[test]
fn what_nobody_knows_is_opaque_and_names_what_it_may_touch() {
    let text = "FROBNICATE TABLE s.users WITH force;";
    let statement = postgres(text).statements.remove(0);
    assert!(matches!(statement.understanding, Understanding::Opaque(_)));
    assert!(statement.touches.iter().any(|name| name.schema.as_deref() == Some("s") && name.name == "users"));
}

#[test]
fn dialects_that_are_not_read_say_so() {
    let script = script("CREATE TABLE t (a Int64) ENGINE = MergeTree;", Dialect::ClickHouse);
    assert!(script.statements.is_empty() && script.problems.len() == 1);
}

#[test]
fn partitions_and_visibility_of_mysql_are_no_columns() {
    for action in [
        "ADD PARTITION (PARTITION p4 VALUES LESS THAN (2000))",
        "ADD PARTITION PARTITIONS 2",
        "DROP PARTITION p0, p1",
        "COALESCE PARTITION 2",
        "ALTER INDEX i INVISIBLE",
        "DISCARD TABLESPACE",
    ] {
        let text = format!("ALTER TABLE t {action};");
        let statement = script(&text, Dialect::MySql).statements.remove(0);
        assert_eq!(statement.understanding, Understanding::Full, "{action}");
        let [SchemaOp { change: Change::AlterTable { action: TableAction::Other { words }, .. }, .. }] = &statement.ops[..]
        else {
            panic!("{action}: {:?}", statement.ops)
        };
        assert!(action.starts_with(words.as_str()), "{action}: {words}");
    }
    assert!(
        matches!(&actions("ALTER TABLE t ADD partition text;")[..], [TableAction::AddColumn { .. }]),
        "PostgreSQL's may be called so"
    );
    let found = table("CREATE TABLE t (id int, place point NOT NULL SRID 4326);", Dialect::MySql);
    assert!(found.complete && found.columns[1].not_null.is_some());
}
