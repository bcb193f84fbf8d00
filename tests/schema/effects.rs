//! What statements cost a live PostgreSQL: facts measured on PostgreSQL 15, and the recorded ones beside the repository.

use super::support::{Built, build, memory, migrate, postgres, shared};
use backend_lint::fact::Fact;
use backend_lint::model::schema::{AppliedStatement, LockMode};
use serde_json::Value;

const SETUP: &str = "
    CREATE TABLE parent (id bigint PRIMARY KEY, label text);
    CREATE TABLE child (id bigint PRIMARY KEY, parent_id bigint);
    CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(50), c text, n numeric(10,2), moment timestamp, zoned timestamptz, address inet, fixed char(5), document json, CONSTRAINT positive CHECK (a > 0));
    INSERT INTO t SELECT g FROM generate_series(1, 10) g;
    CREATE INDEX t_b ON t (b); CREATE UNIQUE INDEX t_c ON t (c);
    CREATE TABLE events (id int, day date) PARTITION BY RANGE (day);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE loose (id int, day date);
    CREATE MATERIALIZED VIEW summary AS SELECT a FROM t;
    CREATE DOMAIN free AS text; CREATE DOMAIN bound AS text CHECK (VALUE <> '');
    CREATE TYPE mood AS ENUM ('a');
";

/// The effects of the last file as `table MODE [rewrite] [scan]`, `?` where not known, each table once; and why it fails.
fn effects(files: &[&str]) -> (Vec<String>, Option<String>) {
    let mut all = vec![SETUP];
    all.extend(files);
    let built = migrate(&all);
    let last = built.database().migrations.last().expect("a migration");
    let mut lines: Vec<String> = Vec::new();
    let mut fails = None;
    for statement in &last.statements {
        let effects = statement.effects();
        fails = fails.or(effects.fails().map(str::to_owned));
        let Some(locks) = effects.locks else {
            lines.push("?".into());
            continue;
        };
        let say = |names: &Option<Box<[_]>>, table, word: &str| match names {
            None => format!(" {word}?"),
            Some(names) if names.contains(table) => format!(" {word}"),
            Some(_) => String::new(),
        };
        for (table, mode) in &locks {
            let (rewrite, scan) = (say(&effects.rewrites, table, "rewrite"), say(&effects.scans, table, "scan"));
            lines.push(format!("{} {}{rewrite}{scan}", table.name, mode.name()));
        }
    }
    (lines, fails)
}

fn costs(sql: &str) -> String {
    effects(&[sql]).0.join(", ")
}

#[test]
fn additions() {
    assert_eq!(costs("ALTER TABLE t ADD x int;"), "t ACCESS EXCLUSIVE");
    assert_eq!(costs("ALTER TABLE t ADD x timestamptz NOT NULL DEFAULT now();"), "t ACCESS EXCLUSIVE");
    assert_eq!(costs("ALTER TABLE t ADD x timestamptz DEFAULT clock_timestamp();"), "t ACCESS EXCLUSIVE rewrite");
    assert_eq!(costs("ALTER TABLE t ADD x uuid DEFAULT gen_random_uuid();"), "t ACCESS EXCLUSIVE rewrite");
    assert_eq!(costs("ALTER TABLE t ADD x int DEFAULT my_function();"), "t ACCESS EXCLUSIVE rewrite? scan?");
    assert_eq!(costs("ALTER TABLE t ADD x bigint GENERATED ALWAYS AS IDENTITY;"), "t ACCESS EXCLUSIVE rewrite");
    assert_eq!(costs("ALTER TABLE t ADD x free;"), "t ACCESS EXCLUSIVE");
    assert_eq!(costs("ALTER TABLE t ADD x bound;"), "t ACCESS EXCLUSIVE rewrite");
    assert_eq!(costs("ALTER TABLE t ADD x mood;"), "t ACCESS EXCLUSIVE");
    assert_eq!(costs("ALTER TABLE t ADD x nobody_knows;"), "t ACCESS EXCLUSIVE rewrite? scan?");
    assert_eq!(costs("ALTER TABLE t ADD x int UNIQUE;"), "t ACCESS EXCLUSIVE scan");
    assert_eq!(costs("ALTER TABLE t ADD x int REFERENCES parent;"), "t ACCESS EXCLUSIVE, parent SHARE ROW EXCLUSIVE");
    assert_eq!(costs("ALTER TABLE t ADD COLUMN IF NOT EXISTS a int DEFAULT random();"), "t ACCESS EXCLUSIVE");
    assert_eq!(
        costs("ALTER TABLE events ADD x int DEFAULT random();"),
        "events ACCESS EXCLUSIVE, events_1 ACCESS EXCLUSIVE rewrite"
    );
}

#[test]
fn demands() {
    assert_eq!(costs("ALTER TABLE t ALTER a SET NOT NULL;"), "t ACCESS EXCLUSIVE scan");
    assert_eq!(costs("ALTER TABLE t ALTER id SET NOT NULL;"), "t ACCESS EXCLUSIVE");
    let proven = "ALTER TABLE t ADD CONSTRAINT filled CHECK (a IS NOT NULL) NOT VALID;";
    let (said, _) = effects(&[proven, "ALTER TABLE t VALIDATE CONSTRAINT filled;", "ALTER TABLE t ALTER a SET NOT NULL;"]);
    assert_eq!(said, ["t ACCESS EXCLUSIVE"]);
    let (said, _) = effects(&[proven, "ALTER TABLE t ALTER a SET NOT NULL;"]);
    assert_eq!(said, ["t ACCESS EXCLUSIVE scan"]);
    let (said, _) = effects(&[proven, "ALTER TABLE t VALIDATE CONSTRAINT filled;"]);
    assert_eq!(said, ["t SHARE UPDATE EXCLUSIVE scan"]);
    assert_eq!(costs("ALTER TABLE t VALIDATE CONSTRAINT positive;"), "t SHARE UPDATE EXCLUSIVE");
    let key = "ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent";
    assert_eq!(costs(&format!("{key};")), "child SHARE ROW EXCLUSIVE scan, parent SHARE ROW EXCLUSIVE scan");
    assert_eq!(costs(&format!("{key} NOT VALID;")), "child SHARE ROW EXCLUSIVE, parent SHARE ROW EXCLUSIVE");
    assert_eq!(costs("ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX t_c;"), "t ACCESS EXCLUSIVE");
    assert_eq!(costs("ALTER TABLE t ADD EXCLUDE USING gist (a WITH =);"), "t ACCESS EXCLUSIVE scan");
    let (said, _) = effects(&[&format!("{key};"), "ALTER TABLE child DROP CONSTRAINT child_parent_id_fkey;"]);
    assert_eq!(said, ["child ACCESS EXCLUSIVE", "parent ACCESS EXCLUSIVE"]);
}

#[test]
fn type_changes() {
    let to = |column: &str, kind: &str| costs(&format!("ALTER TABLE t ALTER {column} TYPE {kind};"));
    for (column, kind) in [
        ("b", "varchar(80)"),
        ("b", "varchar"),
        ("b", "text"),
        ("c", "varchar"),
        ("n", "numeric(12,2)"),
        ("n", "numeric"),
        ("id", "int"),
        ("c", "free"),
    ] {
        assert_eq!(to(column, kind), "t ACCESS EXCLUSIVE", "{column} to {kind}");
    }
    for (column, kind) in [
        ("b", "varchar(20)"),
        ("c", "varchar(9)"),
        ("n", "numeric(12,3)"),
        ("n", "numeric(9,2)"),
        ("id", "bigint"),
        ("fixed", "text"),
        ("document", "jsonb"),
        ("address", "cidr"),
        ("c", "bound"),
        ("c", "mood USING c::mood"),
    ] {
        assert_eq!(to(column, kind), "t ACCESS EXCLUSIVE rewrite", "{column} to {kind}");
    }
    assert_eq!(to("moment", "timestamptz"), "t ACCESS EXCLUSIVE rewrite? scan?");
    assert_eq!(costs("SET timezone = 'UTC'; ALTER TABLE t ALTER moment TYPE timestamptz;"), "t ACCESS EXCLUSIVE");
    assert_eq!(
        costs("SET timezone = 'UTC'; ALTER TABLE t ALTER moment TYPE timestamptz USING moment AT TIME ZONE 'UTC';"),
        "t ACCESS EXCLUSIVE rewrite"
    );
    assert_eq!(costs("SET timezone = 'Europe/Paris'; ALTER TABLE t ALTER zoned TYPE timestamp;"), "t ACCESS EXCLUSIVE rewrite");
    assert_eq!(to("b", "text USING b::text"), "t ACCESS EXCLUSIVE");
    assert_eq!(to("b", "text USING lower(b)"), "t ACCESS EXCLUSIVE rewrite");
    assert_eq!(to("missing", "text"), "t ACCESS EXCLUSIVE rewrite? scan?");
    // A CHECK on the column is checked again, an index in another collation is built again.
    assert_eq!(to("a", "int"), "t ACCESS EXCLUSIVE scan");
    assert_eq!(to("b", "varchar(50) COLLATE \"C\""), "t ACCESS EXCLUSIVE scan");
}

#[test]
fn indexes_partitions_and_the_rest() {
    assert_eq!(costs("CREATE INDEX i ON t (a);"), "t SHARE scan");
    assert_eq!(costs("CREATE INDEX CONCURRENTLY i ON t (a);"), "t SHARE UPDATE EXCLUSIVE scan");
    assert_eq!(costs("CREATE INDEX i ON events (id);"), "events SHARE, events_1 SHARE scan");
    assert_eq!(costs("CREATE INDEX i ON ONLY events (id);"), "events SHARE");
    assert_eq!(costs("DROP INDEX t_b;"), "t ACCESS EXCLUSIVE");
    assert_eq!(costs("DROP INDEX CONCURRENTLY t_b;"), "t SHARE UPDATE EXCLUSIVE");
    assert_eq!(costs("DROP INDEX nobody_knows;"), "?");
    assert_eq!(costs("ALTER INDEX t_b RENAME TO x;"), "");
    assert_eq!(
        costs("CREATE TABLE e2 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');"),
        "events ACCESS EXCLUSIVE"
    );
    assert_eq!(costs("ALTER TABLE events DETACH PARTITION events_1;"), "events ACCESS EXCLUSIVE, events_1 ACCESS EXCLUSIVE");
    assert_eq!(
        costs("ALTER TABLE events ATTACH PARTITION loose FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');"),
        "events SHARE UPDATE EXCLUSIVE, loose ACCESS EXCLUSIVE scan"
    );
    assert_eq!(costs("TRUNCATE t;"), "t ACCESS EXCLUSIVE rewrite");
    assert_eq!(costs("VACUUM FULL t;"), "t ACCESS EXCLUSIVE rewrite");
    assert_eq!(costs("VACUUM;"), "?");
    assert_eq!(costs("REFRESH MATERIALIZED VIEW summary;"), "summary ACCESS EXCLUSIVE rewrite scan?");
    assert_eq!(costs("REFRESH MATERIALIZED VIEW CONCURRENTLY summary;"), "summary EXCLUSIVE scan?");
    assert_eq!(costs("CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"), "t SHARE ROW EXCLUSIVE");
    assert_eq!(costs("LOCK TABLE t IN SHARE MODE;"), "t SHARE");
    assert_eq!(costs("UPDATE t SET a = 1;"), "t ROW EXCLUSIVE scan");
    assert_eq!(costs("DELETE FROM t WHERE id = 3;"), "t ROW EXCLUSIVE");
    assert_eq!(costs("UPDATE t SET a = 1 WHERE a = 2;"), "t ROW EXCLUSIVE scan?");
    assert_eq!(costs("COMMENT ON COLUMN public.t.a IS 'x';"), "t SHARE UPDATE EXCLUSIVE");
    assert_eq!(costs("GRANT SELECT ON t TO x;"), "");
    assert_eq!(costs("FROBNICATE t;"), "?");
}

#[test]
fn what_cannot_work_is_said() {
    let why = |files: &[&str]| effects(files).1.unwrap_or_default();
    assert!(why(&["ALTER TABLE t ADD x int NOT NULL;"]).contains("holds rows"));
    assert!(why(&["CREATE TABLE n (id int); ALTER TABLE n ADD x int NOT NULL;"]).is_empty());
    assert!(why(&["ALTER TABLE t DROP COLUMN a;"]).contains("summary"));
    assert!(why(&["ALTER TABLE t DROP COLUMN a CASCADE;"]).is_empty());
    assert!(why(&["ALTER TABLE t ALTER a TYPE bigint;"]).contains("summary"));
    assert!(why(&["ALTER TYPE mood ADD VALUE 'z'; INSERT INTO t (c) VALUES ('z');"]).contains("'z'"));
    assert!(
        why(&["CREATE TYPE fresh AS ENUM ('a'); ALTER TYPE fresh ADD VALUE 'z'; INSERT INTO t (c) VALUES ('z');"]).is_empty()
    );
    let key = "ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent;";
    assert!(why(&[key, "DROP TABLE parent;"]).contains("child"));
    assert!(why(&[key, "DROP TABLE parent, child;"]).is_empty());
    assert!(why(&[key, "DROP TABLE parent CASCADE;"]).is_empty());
    // One statement alone is no transaction for a tool that sends the file as one message; two are.
    assert!(why(&["CREATE INDEX CONCURRENTLY i ON t (a);"]).is_empty());
    assert!(why(&["CREATE INDEX CONCURRENTLY i ON t (a); CREATE INDEX CONCURRENTLY j ON t (c);"]).contains("transaction"));
}

#[test]
fn what_depends_is_locked_too() {
    let key = "ALTER TABLE child ADD CONSTRAINT key FOREIGN KEY (parent_id) REFERENCES parent;";
    let after = |sql: &str| effects(&[key, sql]);
    let both = "child ACCESS EXCLUSIVE, parent ACCESS EXCLUSIVE";
    assert_eq!(after("ALTER TABLE child DROP COLUMN parent_id;").0.join(", "), both);
    assert_eq!(
        after("ALTER TABLE parent DROP COLUMN id CASCADE;").0.join(", "),
        "parent ACCESS EXCLUSIVE, child ACCESS EXCLUSIVE"
    );
    assert_eq!(
        after("ALTER TABLE parent ALTER id TYPE int;").0.join(", "),
        "parent ACCESS EXCLUSIVE rewrite, child ACCESS EXCLUSIVE scan"
    );
    assert!(after("ALTER TABLE parent DROP COLUMN id;").1.is_some_and(|why| why.contains("child")));
    assert!(after("ALTER TABLE parent DROP CONSTRAINT parent_pkey;").1.is_some_and(|why| why.contains("child")));
    assert!(after("TRUNCATE parent;").1.is_some_and(|why| why.contains("child")));
    assert!(after("TRUNCATE parent, child;").1.is_none());
    let rest = "CREATE TABLE events_rest PARTITION OF events DEFAULT;";
    let (said, _) = effects(&[rest, "CREATE TABLE e2 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');"]);
    assert_eq!(said, ["events ACCESS EXCLUSIVE", "events_rest ACCESS EXCLUSIVE scan"]);
}

#[test]
fn the_server_drops_first() {
    let proven = "ALTER TABLE t ADD CONSTRAINT filled CHECK (c IS NOT NULL);";
    let (said, _) = effects(&[proven, "ALTER TABLE t ALTER c SET NOT NULL; ALTER TABLE t DROP CONSTRAINT filled;"]);
    assert_eq!(said, ["t ACCESS EXCLUSIVE", "t ACCESS EXCLUSIVE"]);
    let (said, _) = effects(&[proven, "ALTER TABLE t ALTER c SET NOT NULL, DROP CONSTRAINT filled;"]);
    assert_eq!(said, ["t ACCESS EXCLUSIVE scan"]);
    assert!(effects(&["ALTER TABLE t ADD PRIMARY KEY (a);"]).1.is_some_and(|why| why.contains("already")));
    assert!(effects(&["ALTER TABLE t ADD PRIMARY KEY (a), DROP CONSTRAINT t_pkey;"]).1.is_none());
}

fn goose(text: &str) -> Built {
    build(
        &memory(&[("db/00001_a.sql", "-- +goose Up\nCREATE TABLE t (id int, a int);\n"), ("db/00002_b.sql", text)]),
        &postgres(),
    )
}

#[test]
fn the_tool_and_the_file_decide_about_the_transaction() {
    let inside = |statement: &AppliedStatement| statement.in_transaction.known().copied();
    assert_eq!(inside(goose("-- +goose Up\nDROP TABLE t;").last()), Some(true));
    let bare =
        goose("-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON t (a);\n-- +goose Down\nDROP INDEX i;");
    assert_eq!(inside(bare.last()), Some(false));
    assert_eq!(bare.last().effects().fails(), None);
    let wrapped = goose("-- +goose Up\nCREATE INDEX CONCURRENTLY i ON t (a);");
    assert!(wrapped.last().effects().fails().is_some_and(|why| why.contains("transaction")));
    let opened = goose("-- +goose Up\n-- +goose NO TRANSACTION\nBEGIN; DROP TABLE t; COMMIT; SELECT 1;");
    let all: Vec<_> = opened.database().migrations[1].statements.iter().map(inside).collect();
    assert_eq!(all, [Some(true), Some(true), Some(false), Some(false)]);
    let unknown = build(&memory(&[("migrations/1_a.sql", "CREATE TABLE t (id int);\nALTER TABLE t ADD a int;")]), &postgres());
    assert!(matches!(unknown.last().in_transaction, Fact::Unknown(..)));
}

#[test]
fn other_dialects_are_not_judged() {
    let built = build(&memory(&[("migrations/mysql/1_a.up.sql", "CREATE TABLE t (id INT) ENGINE=InnoDB;")]), &Default::default());
    assert_eq!(built.last().effects().locks, None);
    assert!(LockMode::parse("share row exclusive").is_some_and(LockMode::blocks_writes));
}

/// The recorded facts: none may be predicted wrongly, and none may stay unknown.
#[test]
fn recorded_facts_are_predicted() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("oracles/effects.jsonl")).unwrap_or_default();
    let mut lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let setup = lines.next().and_then(|first| Some(first["setup"].as_str()?.to_owned())).unwrap_or_default();
    let mut wrong = Vec::new();
    let mut right = 0;
    for case in lines {
        let sql = case["sql"].as_str().unwrap_or("");
        let mut files = vec![setup.as_str()];
        files.extend(sql.split("-- next transaction\n"));
        let built = migrate(&files);
        let statements = &built.database().migrations.last().expect("a migration").statements;
        let effects: Vec<_> = statements.iter().map(AppliedStatement::effects).collect();
        let table = case["table"].as_str().unwrap_or("");
        let locks = effects.iter().filter_map(|one| one.locks.as_ref()).flatten().filter(|(name, _)| name.name == table);
        let strongest = locks
            .map(|(_, mode)| *mode)
            .max()
            .map_or("none".to_owned(), |mode| mode.name().replace(' ', "").to_lowercase() + "lock");
        let holds = |one: &Option<Box<[backend_lint::model::schema::TableName]>>| {
            one.as_ref().map(|names| names.iter().any(|name| name.name == table))
        };
        let any = |all: Vec<Option<bool>>| all.into_iter().collect::<Option<Vec<bool>>>().map(|all| all.contains(&true));
        let said = [
            ("lock", case["lock"].as_str().map(|want| want.to_lowercase() == strongest)),
            (
                "rewrites",
                case["rewrites"]
                    .as_bool()
                    .map(|want| any(effects.iter().map(|one| holds(&one.rewrites)).collect()) == Some(want)),
            ),
            (
                "scans",
                case["scans"].as_bool().map(|want| any(effects.iter().map(|one| holds(&one.scans)).collect()) == Some(want)),
            ),
            ("fails", case["fails"].as_str().map(|_| effects.iter().any(|one| one.fails().is_some()))),
        ];
        for (what, verdict) in said {
            match verdict {
                Some(true) => right += 1,
                Some(false) => wrong.push(format!("{what}: {sql}")),
                None => {}
            }
        }
    }
    println!("{right} facts right");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
