//! What a file says in one place and runs in another: dynamic SQL, routines, guards, templates, and SQL Server's batches.

use backend_lint::source::SourceId;
use backend_lint::sql::*;

fn script(text: &str, dialect: Dialect) -> Script {
    read(SourceId(0), text, None, dialect)
}

/// Each statement as `maybe? guarded? words of its operations`, for reading at one glance.
fn shape(text: &str, dialect: Dialect) -> Vec<String> {
    let script = script(text, dialect);
    let one = |statement: &Statement| {
        let mut words: Vec<String> = Vec::new();
        words.extend(statement.maybe.then(|| "maybe".to_owned()));
        words.extend(statement.guarded.then(|| "guarded".to_owned()));
        let changes = statement.ops.iter().filter(|op| !matches!(op.change, Change::Object(_)));
        words.extend(changes.map(|op| name(&op.change)));
        match &statement.understanding {
            Understanding::Opaque(_) => words.push("opaque".into()),
            Understanding::Partial(_) => words.push("partial".into()),
            Understanding::Full | Understanding::NoEffect => {}
        }
        words.join(" ")
    };
    script.statements.iter().map(one).filter(|words| !words.is_empty()).collect()
}

fn name(change: &Change) -> String {
    match change {
        Change::CreateTable(def) => format!("table:{}", def.name.name),
        Change::DropTable { names, .. } => format!("drop:{}", names[0].name),
        Change::CreateIndex(def) => {
            format!("index:{}:{}", def.name.as_ref().map_or("-", |name| &name.value), def.table.name)
        }
        Change::DropIndex { names, .. } => format!("dropindex:{}", names[0].name),
        Change::AlterTable { table, action, .. } => {
            let what = match action {
                TableAction::AddColumn { column, .. } => format!("add:{}", column.name.value),
                TableAction::DropColumn { name, .. } => format!("dropcolumn:{}", name.value),
                TableAction::RenameColumn { from, to } => format!("rename:{}>{}", from.value, to.value),
                TableAction::RenameTable { to } => format!("rename>{}", to.value),
                TableAction::AddConstraint(def) => format!("constraint:{}", def.name.as_ref().map_or("-", |name| &name.value)),
                TableAction::DropConstraint { name, .. } => format!("dropconstraint:{}", name.value),
                TableAction::AlterType { column, .. } => format!("type:{}", column.value),
                TableAction::SetNotNull { column } => format!("notnull:{}", column.value),
                TableAction::DropNotNull { column } => format!("null:{}", column.value),
                TableAction::Unknown { .. } => "?".into(),
                _ => "other".into(),
            };
            format!("{}.{what}", table.name)
        }
        Change::CreateEnum { name, .. } => format!("enum:{}", name.name),
        Change::TableObject { words, table } => format!("{words}:{}", table.name),
        Change::Data { verb, tables, .. } => format!("{verb:?}:{}", tables[0].name),
        Change::Setting { name, .. } => format!("set:{name}"),
        _ => "other".into(),
    }
}

#[test]
fn dynamic_sql_is_read_where_its_parts_are_known() {
    let run = |body: &str| shape(&format!("DO $$ {body} $$;"), Dialect::Postgres);
    assert_eq!(run("BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN %I int', 'users', 'Age'); END"), ["users.add:Age"]);
    assert_eq!(
        run("DECLARE t text := 'users'; BEGIN EXECUTE 'ALTER TABLE ' || quote_ident(t) || ' ADD a int'; END"),
        ["users.add:a"]
    );
    assert_eq!(
        run(
            "DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['a', 'b'] LOOP EXECUTE format('CREATE INDEX %I ON %I (id)', t || '_i', t); END LOOP; END"
        ),
        ["maybe index:a_i:a", "maybe index:a_i:b", "maybe index:b_i:a", "maybe index:b_i:b"]
    );
    // What is filled by a query is not known, and neither is what is set under a condition alone.
    assert_eq!(run("DECLARE t text := 'a'; BEGIN SELECT x INTO t FROM y; EXECUTE 'DROP TABLE ' || t; END"), ["opaque"]);
    assert_eq!(run("DECLARE t text; BEGIN IF z THEN t := 'a'; END IF; EXECUTE 'DROP TABLE ' || t; END"), ["opaque"]);
    assert_eq!(run("BEGIN EXECUTE 'ALTER TABLE users ADD COLUMN ' || c || ' int'; END"), ["users.? partial"]);
    assert_eq!(run("BEGIN EXECUTE format('GRANT SELECT ON t TO %I', r); END"), Vec::<String>::new());
}

#[test]
fn guards_that_ask_for_what_is_dropped_decide_alone() {
    let run = |body: &str| shape(&format!("DO $$ BEGIN {body} END $$;"), Dialect::Postgres);
    let there = "EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c')";
    assert_eq!(run(&format!("IF {there} THEN ALTER TABLE t DROP COLUMN c; END IF;")), ["maybe guarded t.dropcolumn:c"]);
    assert_eq!(run(&format!("IF {there} THEN ALTER TABLE t RENAME COLUMN c TO d; END IF;")), ["maybe guarded t.rename:c>d"]);
    assert_eq!(run(&format!("IF {there} THEN ALTER TABLE t DROP COLUMN d; END IF;")), ["maybe t.dropcolumn:d"]);
    assert_eq!(
        run(&format!("IF NOT {there} THEN ALTER TABLE t ADD COLUMN c int; ELSE ALTER TABLE t DROP COLUMN c; END IF;")),
        ["maybe t.add:c", "maybe guarded t.dropcolumn:c"]
    );
    assert_eq!(run("IF to_regclass('public.t') IS NOT NULL THEN DROP TABLE t; END IF;"), ["maybe guarded drop:t"]);
    assert_eq!(
        run(&format!("IF a > 1 THEN IF {there} THEN ALTER TABLE t DROP COLUMN c; END IF; END IF;")),
        ["maybe t.dropcolumn:c"]
    );
    // A handler ends with its block; what follows runs for certain.
    assert_eq!(
        run("BEGIN CREATE TYPE m AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END; DROP TABLE t;"),
        ["maybe enum:m", "drop:t"]
    );
}

#[test]
fn routines_of_a_file_do_what_their_bodies_say() {
    let text = "DELIMITER $$\nCREATE PROCEDURE DropIt(IN tableName VARCHAR(128), IN indexName VARCHAR(128))\nBEGIN\n  DECLARE n INT DEFAULT 0;\n  SELECT COUNT(1) INTO n FROM information_schema.statistics WHERE table_name = tableName AND index_name = indexName;\n  IF n > 0 THEN\n    SET @s = CONCAT('ALTER TABLE ', tableName, ' DROP INDEX ', indexName);\n    PREPARE st FROM @s; EXECUTE st; DEALLOCATE PREPARE st;\n  END IF;\nEND$$\nDELIMITER ;\nCALL DropIt('queue', 'uq_name');\nCALL Elsewhere('queue');\n";
    assert_eq!(shape(text, Dialect::MySql), ["maybe guarded dropindex:uq_name", "opaque"]);
    let script = script(text, Dialect::MySql);
    let called = script.statements.iter().find(|statement| statement.guarded).map(|statement| &text[statement.span.range()]);
    assert_eq!(called, Some("CALL DropIt('queue', 'uq_name')"));
    let text = "SET @t = \"queue\";\nSET @p = (SELECT IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_name = @t) > 0, \"SELECT 1\", CONCAT(\"ALTER TABLE \", @t, \" ADD c TINYINT\")));\nPREPARE x FROM @p;\nEXECUTE x;\nDEALLOCATE PREPARE x;";
    assert_eq!(shape(text, Dialect::MySql), ["set:t", "set:p", "maybe", "maybe queue.add:c"]);
    let text = "CREATE FUNCTION f() RETURNS void AS $$ BEGIN ALTER TABLE a ADD COLUMN b int; END $$ LANGUAGE plpgsql; SELECT f(); DROP FUNCTION f();";
    assert_eq!(shape(text, Dialect::Postgres), ["a.add:b"]);
}

#[test]
fn mysql_programs_without_a_delimiter_are_one_statement() {
    let pieces = |text: &str| split(text, Dialect::MySql).len();
    assert_eq!(pieces("CREATE PROCEDURE p() BEGIN l: LOOP SET a = 1; IF a THEN LEAVE l; END IF; END LOOP l; END; SELECT 1;"), 2);
    assert_eq!(pieces("CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW IF NEW.a THEN SET NEW.b = 1; END IF; SELECT 1;"), 2);
    assert_eq!(pieces("BEGIN NOT ATOMIC SELECT 1; SELECT 2; END; SELECT 3;"), 2);
    assert_eq!(pieces("CREATE PROCEDURE p() BEGIN REPEAT IF a THEN SET b = 1; END IF; UNTIL c END REPEAT; END; SELECT 1;"), 2);
    let dump = "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER `x` BEFORE INSERT ON `t` FOR EACH ROW BEGIN SET NEW.a = 1; END */;;\nDELIMITER ;\n/*!50003 SET sql_mode = @saved */ ;\nCREATE TABLE u (a int);";
    assert_eq!(shape(dump, Dialect::MySql), ["CREATE TRIGGER:t", "set:sql_mode", "table:u"]);
}

#[test]
fn control_words_of_templates_are_conditions() {
    let text = "{{ if .Postgres }}\nALTER TABLE a ADD COLUMN b int;\n{{- end }}\nCREATE TABLE c (d int);\n{% if x %}DROP TABLE e;{% endif %}\nDROP TABLE f;";
    assert_eq!(shape(text, Dialect::Postgres), ["maybe a.add:b", "table:c", "maybe drop:e", "drop:f"]);
    assert_eq!(shape("CREATE TABLE :\"schema\".t (a int);", Dialect::Postgres), ["table:t"]);
}

#[test]
fn relatives_are_read() {
    assert_eq!(
        shape("CREATE TABLE t (id INTEGER IDENTITY PRIMARY KEY); DROP TABLE u IF EXISTS;", Dialect::MySql),
        ["table:t", "drop:u"]
    );
    assert_eq!(shape("ALTER TABLE t ALTER PRIMARY KEY USING COLUMNS (pk, b)", Dialect::Postgres), ["t.constraint:-"]);
}

const BATCHES: &str = "/* GO\n*/\nSET ANSI_NULLS ON\nGO\nIF OBJECT_ID('[dbo].[Cache]') IS NULL\nBEGIN\n    CREATE TABLE [dbo].[Cache] (\n        [Id] NVARCHAR (449) NOT NULL,\n        [Score] AS ([A] + 1) PERSISTED NOT NULL,\n        [N] INT IDENTITY (1,1) NOT NULL CONSTRAINT [DF_N] DEFAULT (0),\n        CONSTRAINT [PK_Cache] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY],\n        CONSTRAINT [FK_x] FOREIGN KEY ([OrgId]) REFERENCES [dbo].[Org] ([Id]) ON DELETE CASCADE\n    ) ON [PRIMARY];\n    CREATE UNIQUE NONCLUSTERED INDEX [IX_a] ON [dbo].[Cache]([Id] ASC) INCLUDE ([N]) WHERE [Id] IS NOT NULL WITH (ONLINE = ON);\nEND\nGO\nIF COL_LENGTH('[dbo].[Cache]', 'Foo') IS NULL\nBEGIN\n    ALTER TABLE [dbo].[Cache]\n    ADD\n        [Foo] BIT NOT NULL CONSTRAINT [DF_Foo] DEFAULT (0), [Bar] INT NULL\nEND\nGO\nALTER TABLE dbo.Cache ALTER COLUMN Foo INT NULL\nALTER TABLE dbo.Cache\nDROP COLUMN Bar, CONSTRAINT [DF_Foo]\nEXEC sp_rename 'dbo.Cache.Foo', 'Fooo', 'COLUMN'\nUPDATE dbo.Cache\nSET Fooo = CASE WHEN 1 = 1 THEN 1 ELSE 0 END\nWHERE 1 = 1\nALTER TABLE dbo.Cache WITH NOCHECK ADD CONSTRAINT CK_x CHECK (N > 0)\nGO\nIF EXISTS (SELECT * FROM sys.indexes WHERE name = 'IX_a')\n    DROP INDEX [IX_a] ON [dbo].[Cache]\nELSE\n    PRINT 'x'\nGO\nCREATE OR ALTER PROCEDURE [dbo].[P] @Id INT\nAS\nBEGIN\n    DROP TABLE dbo.Cache\nEND\nGO 2\nEXEC sp_refreshsqlmodule N'[dbo].[V]';\nEXEC [dbo].[Other]\n";

#[test]
fn sql_server_is_read_by_batches() {
    assert_eq!(split(BATCHES, Dialect::SqlServer).len(), 7);
    let expected = [
        "maybe table:Cache",
        "maybe index:IX_a:Cache",
        "maybe Cache.add:Foo Cache.add:Bar",
        "Cache.type:Foo Cache.null:Foo",
        "Cache.dropcolumn:Bar Cache.dropconstraint:DF_Foo",
        "Cache.rename:Foo>Fooo",
        "Update:Cache",
        "Cache.constraint:CK_x",
        "maybe guarded dropindex:IX_a",
        "maybe",
        "opaque",
    ];
    assert_eq!(shape(BATCHES, Dialect::SqlServer), expected);
    let script = script(BATCHES, Dialect::SqlServer);
    let tables = script.statements.iter().flat_map(|statement| &statement.ops).filter_map(|op| match &op.change {
        Change::CreateTable(def) => Some(def),
        _ => None,
    });
    let table = tables.into_iter().next().expect("a table");
    let types: Vec<String> =
        table.columns.iter().map(|one| one.column_type.as_ref().map_or("-".into(), |kind| kind.value.display())).collect();
    assert_eq!(types, ["nvarchar(449)", "-", "int"]);
    assert!(table.complete && table.columns[2].auto_increment && table.columns[1].generated == Some(true));
    let index = script.statements.iter().flat_map(|statement| &statement.ops).find_map(|op| match &op.change {
        Change::CreateIndex(def) => Some(def),
        _ => None,
    });
    let index = index.expect("an index");
    assert_eq!(index.predicate.as_ref().map(|one| one.value.as_str()), Some("[Id] IS NOT NULL"));
    assert!(index.unique && index.include == ["N"]);
}
