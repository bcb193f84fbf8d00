#!/usr/bin/env python3
"""Holds our replay and our predictions against SQLite in memory: what its ALTER TABLE refuses, and the tables that are left.

    python3 tests/servers/sqlite.py BINARY [--sequences N] [--seed S] [-v]

SQLite is Python's own. Random DDL is made from what the database holds; accepted statements must be replayed to the same tables,
columns, indexes and foreign keys and never be predicted to fail, and the statements of the table below are judged one by one.
"""
import argparse, os, random, re, sqlite3, sys

import replayed

SETUP = """
CREATE TABLE parent (id INTEGER PRIMARY KEY, label TEXT UNIQUE);
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b VARCHAR(20) NOT NULL DEFAULT 'x', c TEXT, u TEXT UNIQUE, k INT CHECK (k > 0), p INT REFERENCES parent, own INT,
  made INT GENERATED ALWAYS AS (a * 2) VIRTUAL, viewed TEXT, part TEXT, CONSTRAINT pair UNIQUE (a, c), CHECK (own > 0), FOREIGN KEY (own) REFERENCES parent (id));
CREATE INDEX t_b ON t (b);
CREATE INDEX t_part ON t (id) WHERE part IS NOT NULL;
CREATE INDEX t_lower ON t (lower(c));
CREATE VIEW v AS SELECT viewed FROM t;
INSERT INTO parent VALUES (1, 'p');
INSERT INTO t (id, a, c, u, k, p, own, viewed) VALUES (1, 1, 'c', 'u', 1, 1, 1, 'v');
"""

CASES = """
ALTER TABLE t ADD COLUMN x INT
ALTER TABLE t ADD x INT
ALTER TABLE t ADD COLUMN x INT NOT NULL
ALTER TABLE t ADD COLUMN x INT NOT NULL DEFAULT 5
ALTER TABLE t ADD COLUMN x INT NOT NULL DEFAULT NULL
ALTER TABLE t ADD COLUMN x TEXT DEFAULT 'a'
ALTER TABLE t ADD COLUMN x TEXT DEFAULT (1 + 1)
ALTER TABLE t ADD COLUMN x TEXT DEFAULT CURRENT_TIMESTAMP
ALTER TABLE t ADD COLUMN x TEXT DEFAULT (datetime('now'))
ALTER TABLE t ADD COLUMN x INT UNIQUE
ALTER TABLE t ADD COLUMN x INT PRIMARY KEY
ALTER TABLE t ADD COLUMN x INT CHECK (x > 0)
ALTER TABLE t ADD COLUMN x INT REFERENCES parent
ALTER TABLE t ADD COLUMN x INT GENERATED ALWAYS AS (a + 1) VIRTUAL
ALTER TABLE t ADD COLUMN x INT GENERATED ALWAYS AS (a + 1) STORED
ALTER TABLE t ADD COLUMN a INT
ALTER TABLE t ADD COLUMN IF NOT EXISTS x INT
ALTER TABLE IF EXISTS t ADD COLUMN x INT
ALTER TABLE t ADD COLUMN x TEXT COLLATE NOCASE
ALTER TABLE t ADD COLUMN x
ALTER TABLE t DROP COLUMN id
ALTER TABLE t DROP COLUMN b
ALTER TABLE t DROP COLUMN c
ALTER TABLE t DROP COLUMN u
ALTER TABLE t DROP COLUMN k
ALTER TABLE t DROP COLUMN p
ALTER TABLE t DROP COLUMN own
ALTER TABLE t DROP COLUMN made
ALTER TABLE t DROP COLUMN viewed
ALTER TABLE t DROP COLUMN part
ALTER TABLE t DROP COLUMN IF EXISTS viewed
ALTER TABLE t RENAME TO z
ALTER TABLE t RENAME COLUMN a TO z
ALTER TABLE t RENAME a TO z
ALTER TABLE t ALTER COLUMN a TYPE TEXT
ALTER TABLE t ALTER COLUMN a SET NOT NULL
ALTER TABLE t ALTER COLUMN a DROP NOT NULL
ALTER TABLE t ALTER COLUMN a SET DEFAULT 1
ALTER TABLE t ADD CONSTRAINT z CHECK (a > 0)
ALTER TABLE t ADD CONSTRAINT z FOREIGN KEY (a) REFERENCES parent (id)
ALTER TABLE t ADD UNIQUE (b)
ALTER TABLE t DROP CONSTRAINT pair
ALTER TABLE t RENAME CONSTRAINT pair TO z
CREATE INDEX i ON t (a)
CREATE UNIQUE INDEX i ON t (a, b)
CREATE INDEX IF NOT EXISTS t_b ON t (b)
CREATE INDEX CONCURRENTLY i ON t (a)
CREATE INDEX i ON t (a) INCLUDE (b)
DROP INDEX t_b
DROP INDEX CONCURRENTLY t_b
DROP INDEX IF EXISTS absent
DROP TABLE t
DROP TABLE t CASCADE
DROP TABLE IF EXISTS absent
TRUNCATE TABLE t
CREATE TABLE z (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)
CREATE TABLE IF NOT EXISTS t (id INT)
""".strip().splitlines()


def model(binary, histories):
    return replayed.replay(binary, histories, '[migrations]\ndialect = "sqlite"\n')


def fresh(statements=()):
    database = sqlite3.connect(":memory:", isolation_level=None)
    for one in statements:
        database.executescript(one)
    return database


def catalog(database):
    """Tables with their columns, named indexes and foreign keys; views."""
    tables = {}
    for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
        quoted = '"' + name.replace('"', '""') + '"'
        columns = {row[1]: (row[2].lower().replace(" ", ""), bool(row[3]), row[4] is not None and row[4].lower() != "null") for row in database.execute(f"PRAGMA table_xinfo({quoted})")}
        indexes = {}
        for row in database.execute(f"PRAGMA index_list({quoted})").fetchall():
            if row[3] == "c":
                keys = [key[2] or "(expression)" for key in database.execute('PRAGMA index_xinfo("%s")' % row[1].replace('"', '""')) if key[5]]
                indexes[row[1]] = (keys, bool(row[2]), bool(row[4]))
        keys = sorted((row[2].lower(), row[3].lower(), (row[4] or "").lower()) for row in database.execute(f"PRAGMA foreign_key_list({quoted})"))
        tables[name] = (columns, indexes, keys)
    views = {row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")}
    return {"tables": tables, "views": views}


def differences(real, said):
    wrong, mine = [], {one["name"]: one for one in said["tables"] if not one["external"]}
    for name in sorted(set(real["tables"]) ^ set(mine)):
        wrong.append(f"table {name} is {'missing' if name in real['tables'] else 'not there'}")
    for name in sorted(set(real["tables"]) & set(mine)):
        columns, indexes, keys = real["tables"][name]
        table = mine[name]
        if "columns" not in table["unknown"]:
            if list(columns) != [one["name"] for one in table["columns"]]:
                wrong.append(f"{name}: columns are {list(columns)}, not {[one['name'] for one in table['columns']]}")
            for one in table["columns"]:
                held = columns.get(one["name"])
                primary = one["name"] in (table["primary_key"] or [])
                if held and one["nullable"] is not None and not primary and held[1] == one["nullable"]:
                    wrong.append(f"{name}.{one['name']}: NOT NULL is {held[1]}")
                if held and one["default"] is not None and one["default"] != "auto_increment" and held[2] != (one["default"] is not False):
                    wrong.append(f"{name}.{one['name']}: default is {held[2]}, not {one['default']}")
        if "indexes" not in table["unknown"]:
            named = {one["name"]: ([key if key in columns else "(expression)" for key in one["columns"]], one["unique"], one["predicate"] is not None) for one in table["indexes"] if one["name"] in indexes or one["name"]}
            own = {key: value for key, value in named.items() if key in indexes}
            if own != indexes:
                wrong.append(f"{name}: indexes are {indexes}, not {own}")
            extra = set(named) - set(indexes)
            written = {one["name"] for one in table["indexes"] if one["name"] in extra and one["name"].startswith("i")}
            if written:
                wrong.append(f"{name}: indexes {sorted(written)} are not there")
        if "constraints" not in table["unknown"]:
            flat = sorted((key["references"].lower(), column.lower(), (there or "").lower()) for key in table["foreign_keys"] for column, there in zip(key["columns"], key["referenced_columns"] or [""] * len(key["columns"])))
            bare = lambda all_: sorted((one[0], one[1]) for one in all_)
            if bare(flat) != bare(keys):
                wrong.append(f"{name}: foreign keys are {keys}, not {flat}")
    for name in sorted(real["views"] ^ {one["name"] for one in said["views"]}):
        wrong.append(f"view {name} is {'missing' if name in real['views'] else 'not there'}")
    return wrong


class Changes:
    """Random statements, most of which SQLite takes."""

    def __init__(self, seed):
        self.random, self.number = random.Random(seed), 0

    def pick(self, *of):
        return self.random.choice(of[0] if len(of) == 1 else of)

    def fresh(self, stem):
        self.number += 1
        return f"{stem}{self.number}"

    def column(self, name, tables, added=False):
        parts = [name, self.pick("INT", "INTEGER", "TEXT", "VARCHAR(20)", "REAL", "BLOB", "NUMERIC(10,2)", "")]
        if self.random.random() < 0.3:
            parts.append("DEFAULT " + self.pick("1", "'x'", "NULL", "CURRENT_TIMESTAMP"))
        if self.random.random() < 0.25:
            parts.append("NOT NULL")
        if self.random.random() < 0.1 and tables:
            parts.append(f"REFERENCES {self.pick(tables)}")
        if self.random.random() < 0.08:
            parts.append(self.pick("UNIQUE", f"CHECK ({name} IS NOT NULL)", "COLLATE NOCASE"))
        return " ".join(one for one in parts if one)

    def next(self, held):
        tables = sorted(held["tables"])
        form = self.random.random()
        if len(tables) < 2 or form < 0.15:
            columns = [self.column(name, tables) for name in self.random.sample(["a", "b", "c", "d", "e"], self.random.randint(1, 4))]
            key = self.pick("id INTEGER PRIMARY KEY", "id INTEGER PRIMARY KEY AUTOINCREMENT", "id TEXT NOT NULL PRIMARY KEY")
            extra = self.pick([], [], [f"UNIQUE (id, {columns[0].split()[0]})"], [f"CONSTRAINT {self.fresh('k')} CHECK (id <> 0)"])
            return f"CREATE TABLE {self.pick('', 'IF NOT EXISTS ')}{self.fresh('t')} ({', '.join([key, *columns, *extra])})"
        table = self.pick(tables)
        columns = list(held["tables"][table][0])
        indexes = sorted(name for one in tables for name in held["tables"][one][1])
        if form < 0.35:
            return f"ALTER TABLE {table} ADD COLUMN " + self.column(self.pick("v", "w", "x", "y", "z"), tables, True)
        if form < 0.5:
            return f"ALTER TABLE {table} DROP COLUMN {self.pick(columns)}"
        if form < 0.6:
            return f"ALTER TABLE {table} RENAME COLUMN {self.pick(columns)} TO {self.fresh('r')}"
        if form < 0.66:
            return f"ALTER TABLE {table} RENAME TO {self.fresh('t')}"
        if form < 0.82:
            some = self.random.sample(columns, min(len(columns), self.random.randint(1, 2)))
            return f"CREATE {self.pick('', 'UNIQUE ')}INDEX {self.fresh('i')} ON {table} ({', '.join(some)})" + self.pick("", "", f" WHERE {self.pick(columns)} IS NOT NULL")
        if form < 0.88 and indexes:
            return f"DROP INDEX {self.pick(indexes)}"
        if form < 0.93:
            return f"DROP TABLE {table}"
        return f"CREATE VIEW {self.fresh('w')} AS SELECT {self.pick(columns)} FROM {table}"


def grow(seed, length=25):
    changes, database, accepted = Changes(seed), fresh(), []
    tries = 0
    while len(accepted) < length and tries < 4 * length:
        tries += 1
        statement = changes.next(catalog(database))
        try:
            database.execute(statement)
            accepted.append(statement)
        except sqlite3.Error:
            pass
    return accepted, catalog(database)


def fails(statements):
    """Failures that do not depend on the rows: the tables of the sequences have none."""
    return [one["fails"] for one in statements if one["fails"] and not one["fails"].startswith("fails when")]


def kind(line):
    """The sort of a difference: names left out."""
    return re.sub(r"\b[a-z]?\w*\d+\b|'[^']*'|`[^`]*`|\[[^]]*\]|\.\w+", "_", line)[:40]


def shrink(binary, accepted, first):
    """As few statements as still show the difference."""
    at = 0
    while at < len(accepted):
        fewer = accepted[:at] + accepted[at + 1:]
        try:
            real = catalog(fresh(fewer))
            said = model(binary, [fewer])[0]
            still = differences(real, said[0]) + fails(said[1])
        except sqlite3.Error:
            still = []
        if any(kind(line) == kind(first) for line in still):
            accepted = fewer
        else:
            at += 1
    return accepted


def run(binary, count, seed, verbose=False):
    wrong = 0
    said = model(binary, [[SETUP, case] for case in CASES])
    for case, (_, statements) in zip(CASES, said):
        try:
            fresh([SETUP, case])
            failed = None
        except sqlite3.Error as why:
            failed = str(why)
        mine = next((one["fails"] for one in statements if one["path"].endswith("000002_step.up.sql") and one["fails"]), None)
        right = bool(failed) == bool(mine)
        wrong += not right
        if not right or verbose:
            print(f"{'ok ' if right else ''}{case}: {failed or 'works'}; we: {mine or 'works'}")
    print(f"SQLite {sqlite3.sqlite_version}: {len(CASES)} statements, {wrong} predicted wrongly")
    grown = [grow(f"{seed}/{number}") for number in range(count)]
    said = model(binary, [accepted for accepted, _ in grown])
    differ = 0
    for number, ((accepted, real), (database, statements)) in enumerate(zip(grown, said)):
        lines = differences(real, database) + fails(statements)
        if lines:
            differ += 1
            if differ <= 8:
                print(f"sequence {number}: {lines[0]}")
                for one in shrink(binary, accepted, lines[0]):
                    print(f"    {one};")
    print(f"random DDL (seed {seed}): {count} sequences, {sum(len(one) for one, _ in grown)} statements accepted, {differ} sequences differ")
    return wrong + differ


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--sequences", type=int, default=300)
    parser.add_argument("--seed", default="1")
    parser.add_argument("-v", action="store_true")
    wanted = parser.parse_args()
    sys.exit(1 if run(os.path.abspath(wanted.binary), wanted.sequences, wanted.seed, wanted.v) else 0)
