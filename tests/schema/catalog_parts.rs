//! The smaller parts of a catalog: what inherits, what goes along, what is held beside tables, and tables built anew.

use super::support::{build, memory, migrate};
use backend_lint::model::Settings;
use backend_lint::model::schema::{Backing, Identity};

fn checks(built: &super::support::Built, table: &str) -> Vec<String> {
    built.table(table).checks.iter().filter_map(|one| Some(one.name.as_ref()?.to_string())).collect()
}

#[test]
fn checks_are_inherited_and_lost_with_the_parents() {
    let built = migrate(&["CREATE TABLE p (a int, b int, CHECK (a > 0)); CREATE TABLE h () INHERITS (p);
         ALTER TABLE p ADD CONSTRAINT c1 CHECK (b > 0) NOT VALID, ADD CONSTRAINT c2 CHECK (b < 9) NO INHERIT;
         ALTER TABLE p DROP CONSTRAINT p_a_check; CREATE TABLE late () INHERITS (p);"]);
    assert_eq!((checks(&built, "p"), checks(&built, "h")), (vec!["c1".into(), "c2".into()], vec!["c1".into()]));
    assert_eq!((built.table("h").checks[0].validated, built.table("late").checks[0].validated), (false, true));
}

#[test]
fn equal_keys_of_one_statement_have_the_first_written_name() {
    let built =
        migrate(&["CREATE TABLE t (a int UNIQUE, b int, CONSTRAINT u UNIQUE (a), CONSTRAINT k UNIQUE (b), PRIMARY KEY (b));
         CREATE TABLE i (a int, b int, UNIQUE (a) INCLUDE (b), EXCLUDE USING gist (b WITH =) WHERE (a > 0));"]);
    assert_eq!(built.indexes("t"), ["k", "u"]);
    assert!(built.table("t").indexes[0].backs == Some(Backing::PrimaryKey));
    assert_eq!(built.indexes("i"), ["i_a_b_key", "i_b_excl"]);
    assert_eq!(
        (built.table("i").indexes[0].include.clone(), built.table("i").indexes[1].predicate.is_some()),
        (["b".into()].into(), true)
    );
}

#[test]
fn a_name_is_taken_in_the_whole_schema() {
    let built = migrate(&["CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE a (p_id int REFERENCES p);
         ALTER TABLE a RENAME TO old; CREATE TABLE a (p_id int REFERENCES p);"]);
    assert_eq!(built.table("a").foreign_keys[0].name.as_deref(), Some("a_p_id_fkey1"));
}

#[test]
fn strings_functions_and_types_are_no_columns() {
    let built = migrate(&["CREATE TABLE t (id int, lower text, kind text, CHECK (kind IN ('id', 'x')), Name text);
         CREATE INDEX t_l ON t (lower(kind)); CREATE INDEX t_n ON t (kind) WHERE NAME IS NOT NULL;
         ALTER TABLE t DROP COLUMN id; ALTER TABLE t RENAME kind TO \"Kind\";"]);
    assert_eq!(built.table("t").checks[0].text.as_ref(), "\"Kind\" IN ('id', 'x')");
    assert_eq!(built.indexes("t"), ["t_l", "t_n"]);
    let built = migrate(&["CREATE TABLE t (a int, name text); CREATE INDEX t_n ON t (a) WHERE NAME IS NOT NULL;
         ALTER TABLE t DROP COLUMN name;"]);
    assert!(built.table("t").indexes.is_empty());
}

#[test]
fn sequences_and_identity_stay_with_their_columns() {
    let built =
        migrate(&["CREATE TABLE t (id serial, n bigint GENERATED ALWAYS AS IDENTITY, v int GENERATED ALWAYS AS (1 + 2) STORED);
         CREATE TABLE plain (LIKE t); CREATE TABLE with_all (LIKE t INCLUDING ALL); CREATE SEQUENCE s OWNED BY t.v;
         CREATE SEQUENCE free; ALTER TABLE t ALTER id DROP DEFAULT; ALTER TABLE t RENAME TO u;"]);
    let names: Vec<_> =
        built.database().objects.sequences.iter().map(|one| (one.name.name.as_str(), one.owner.is_some())).collect();
    assert_eq!(names, [("free", false), ("s", true), ("t_id_seq", true), ("t_n_seq", true)]);
    let u = built.table("u");
    assert!(!u.columns[0].auto_increment && u.columns[1].identity == Some(Identity::Always));
    assert_eq!(u.columns[2].expression(), Some("1 + 2"));
    let auto = |table: &str| built.table(table).columns.iter().map(|one| one.auto_increment).collect::<Vec<_>>();
    assert_eq!((auto("plain"), auto("with_all")), (vec![false, false, false], vec![true, true, false]));
}

#[test]
fn cascade_takes_dependants_along() {
    let built = migrate(&[
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e, b int, c int);
         CREATE VIEW v AS SELECT b FROM t; CREATE VIEW w AS SELECT * FROM v; CREATE VIEW x AS SELECT c FROM t;
         CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN UPDATE t SET b = 1; RETURN NEW; END $$ LANGUAGE plpgsql;
         CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
        "DROP TYPE e; ALTER TABLE t DROP COLUMN b CASCADE;",
    ]);
    // A type that is used stays without CASCADE: the statement fails.
    assert_eq!((built.columns("t").len(), built.database().enums.len()), (2, 1));
    assert_eq!(built.database().views.iter().map(|view| view.name.name.as_str()).collect::<Vec<_>>(), ["x"]);
    assert_eq!(built.database().objects.functions[0].tables[0].to_string(), "public.t");
    assert_eq!(built.table("t").triggers.len(), 1);
    let built = migrate(&["CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e, b int); DROP TYPE e CASCADE;"]);
    assert_eq!(built.columns("t"), ["b integer"]);
}

#[test]
fn types_and_domains_are_followed() {
    let built = migrate(&["CREATE SCHEMA s; CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS text CHECK (VALUE <> '') ; CREATE TYPE c AS (a int, b text);
         CREATE TABLE t (a e, b d);",
        "ALTER TYPE e SET SCHEMA s; ALTER TYPE s.e RENAME TO f; ALTER DOMAIN d ADD CONSTRAINT x CHECK (length(VALUE) < 9) NOT VALID;
         ALTER DOMAIN d DROP CONSTRAINT d_check; ALTER DOMAIN d SET NOT NULL; ALTER TYPE c ADD ATTRIBUTE z int, DROP ATTRIBUTE a;"]);
    assert_eq!(built.columns("t")[0], "a s.f");
    let domain = &built.database().domains[0];
    assert_eq!((domain.not_null, domain.checks.len(), domain.checks[0].name.as_deref()), (true, 1, Some("x")));
    let attributes: Vec<_> = built.database().objects.composites[0].attributes.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(attributes, ["b", "z"]);
    assert!(built.table("t").gaps.is_empty());
}

#[test]
fn views_have_columns_and_materialized_ones_indexes() {
    let built = migrate(&["CREATE TABLE t (a int, b int);
         CREATE VIEW v AS SELECT t.a, b AS c, count(*), a + 1 \"D\" FROM t GROUP BY 1; CREATE VIEW w AS SELECT * FROM t;
         CREATE VIEW x (p, q) AS SELECT a + 1, b FROM t; CREATE VIEW y AS SELECT a + 1 FROM t;
         CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE UNIQUE INDEX ON m (a);"]);
    let columns: Vec<_> = built.database().views.iter().map(|view| view.columns.as_ref().map(|names| names.join(","))).collect();
    let expected =
        [Some("a"), Some("a,c,count,D"), Some("a,b"), Some("p,q"), None].map(|one: Option<&str>| one.map(str::to_owned));
    assert_eq!(columns, expected);
    assert_eq!(built.database().views[0].indexes[0].name.as_deref(), Some("m_a_idx"));
}

#[test]
fn mysql_texts_have_a_character_set() {
    let files = memory(&[(
        "mysql/schema.sql",
        "CREATE TABLE t (a VARCHAR(9), b VARCHAR(9) CHARACTER SET latin1, c VARCHAR(9) COLLATE utf8mb4_bin, n INT) ENGINE=InnoDB DEFAULT CHARSET=utf8;
         ALTER TABLE t ADD d TEXT; CREATE TABLE u (a VARCHAR(9)) DEFAULT CHARACTER SET = utf8; ALTER TABLE u CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;",
    )]);
    let built = build(&files, &Settings { threads: 1, ..Settings::default() });
    let charsets: Vec<_> = built.table("t").columns.iter().map(|one| one.charset().unwrap_or("-")).collect();
    assert_eq!(charsets, ["utf8", "latin1", "utf8mb4", "-", "utf8"]);
    assert_eq!((built.table("u").charset.as_deref(), built.table("u").columns[0].charset()), (Some("utf8mb4"), Some("utf8mb4")));
}

#[test]
fn a_rebuild_of_sqlite_is_one_change() {
    let first = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b);
        CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END;";
    for second in [
        "CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT NOT NULL); INSERT INTO t_new (id, a) SELECT id, a FROM t; DROP TABLE t;
         ALTER TABLE t_new RENAME TO t; CREATE INDEX t_a ON t (a);",
        "ALTER TABLE t RENAME TO t_old; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL); INSERT INTO t SELECT id, a FROM t_old;
         DROP TABLE t_old; CREATE INDEX t_a2 ON t (a);",
    ] {
        let files = memory(&[("migrations/sqlite/1_a.up.sql", first), ("migrations/sqlite/2_b.up.sql", second)]);
        let built = build(&files, &Settings { threads: 1, ..Settings::default() });
        let database = built.database();
        let [rebuild] = database.objects.rebuilds.as_slice() else { panic!("{second}: {:?}", database.objects.rebuilds.len()) };
        assert_eq!((rebuild.table.name.as_str(), rebuild.migration), ("t", 1));
        let lost: Vec<_> = rebuild.lost_indexes.iter().filter_map(|one| one.name.as_deref()).collect();
        assert_eq!((lost, rebuild.lost_triggers.len(), rebuild.lost_columns[0].name.as_str()), (vec!["t_b"], 1, "b"));
        assert!(database.dropped_tables.is_empty());
        assert_eq!((built.table("t").migration, built.table("t").dropped_columns.len()), (0, 1));
        assert_eq!(built.columns("t"), ["id integer!", "a text!"]);
        assert_eq!(built.sources.text(rebuild.dropped).split(' ').next(), Some("DROP"));
    }
    // A table that is made, filled and kept beside the old one is no rebuild.
    let other = "CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u SELECT id FROM t; DROP TABLE t;";
    let files = memory(&[("migrations/sqlite/1_a.up.sql", first), ("migrations/sqlite/2_b.up.sql", other)]);
    let built = build(&files, &Settings { threads: 1, ..Settings::default() });
    assert!(built.database().objects.rebuilds.is_empty() && built.database().dropped_tables.len() == 1);
}

#[test]
fn a_sequence_that_alter_table_changes_is_no_table() {
    let built = migrate(&["CREATE TABLE t (id int); CREATE SEQUENCE s; ALTER TABLE public.s OWNER TO app;
         ALTER SEQUENCE s OWNED BY t.id; ALTER TABLE s RENAME TO u; ALTER TABLE never_made OWNER TO app;"]);
    let tables: Vec<_> = built.database().tables.iter().map(|one| (one.name.name.as_str(), one.external)).collect();
    assert_eq!(tables, [("never_made", true), ("t", false)]);
    let sequences: Vec<_> =
        built.database().objects.sequences.iter().map(|one| (one.name.name.as_str(), one.owner.is_some())).collect();
    assert_eq!(sequences, [("u", true)]);
}
