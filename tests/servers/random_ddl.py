"""Random changes of a PostgreSQL schema, each made from what the database holds: most are accepted, some are not."""
import re

TYPES = [
    "int", "integer", "bigint", "smallint", "text", "varchar(20)", "varchar", "character varying(80)", "char(3)", "numeric(10,2)", "numeric", "boolean",
    "bool", "timestamptz", "timestamp", "timestamp(3)", "timestamp with time zone", "date", "time", "uuid", "jsonb", "json", "bytea", "inet", "float8",
    "double precision", "real", "float4", "int[]", "text[]", "interval", "money", "bit(4)", "varbit(8)", "int8", "decimal(6,3)", "varchar(10)[]",
]
DEFAULTS = {
    "int": "0", "bigint": "1", "text": "'x'", "boolean": "false", "timestamptz": "now()", "uuid": "gen_random_uuid()", "jsonb": "'{}'::jsonb", "numeric": "1.5",
    "varchar": "'y'", "date": "current_date", "text[]": "'{}'", "int[]": "ARRAY[]::int[]",
}
NAMES = ["id", "name", "email", "status", "amount", "created_at", "note", "parent_id", "owner", "code", "total", "kind", "Weird", "two words", "order"]
LONG = "a_table_name_that_is_so_long_that_generated_names_must_be_cut"


def quote(name):
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in ("order", "user", "select", "table") else f'"{name}"'


class Changes:
    """Makes one statement after the other; `catalog` is what the database holds now."""

    def __init__(self, random):
        self.random, self.number = random, 0

    def pick(self, *of):
        return self.random.choice(of[0] if len(of) == 1 else of)

    def maybe(self, chance=0.3):
        return self.random.random() < chance

    def fresh(self, stem):
        self.number += 1
        if stem == "t" and self.maybe(0.05):
            return f"{LONG}_{self.number}"
        return f"{stem}{self.number}"

    def qualified(self, name):
        """The name as one may write it: `public` is sometimes said."""
        parts = name.split(".", 1)
        if len(parts) == 2 and parts[0] in self.catalog["schemas"]:
            return f"{quote(parts[0])}.{quote(parts[1])}"
        return f"public.{quote(name)}" if self.maybe(0.2) else quote(name)

    def next(self, catalog):
        self.catalog = catalog
        self.tables = sorted(catalog["tables"])
        if len(self.tables) < 2:
            return self.create_table()
        kinds = [
            (self.create_table, 10), (self.alter_table, 40), (self.create_index, 14), (self.drop, 7), (self.rename, 9), (self.types, 7),
            (self.views, 6), (self.partitions, 7), (self.schemas, 3),
        ]
        return self.random.choices([one for one, _ in kinds], [weight for _, weight in kinds])[0]()

    def table(self):
        return self.pick(self.tables)

    def columns(self, table):
        return sorted(self.catalog["tables"][table]["columns"])

    def column(self, table):
        return self.pick(self.columns(table) or ["missing"])

    def type(self):
        own = sorted(self.catalog["enums"]) + sorted(self.catalog["domains"])
        return self.qualified(self.pick(own)) if own and self.maybe(0.12) else self.pick(TYPES)

    def some_columns(self, table, most=3):
        names = self.columns(table)
        return self.random.sample(names, min(len(names), self.random.randint(1, most)))

    def reference(self, columns):
        """`REFERENCES` of a table whose primary key fits the number of columns."""
        fitting = []
        for name in self.tables:
            keys = [one["columns"] for one in self.catalog["tables"][name]["indexes"].values() if one["primary"]]
            if keys and len(keys[0]) == columns:
                fitting.append((name, keys[0]))
        if not fitting:
            return None
        name, key = self.pick(fitting)
        text = f"REFERENCES {self.qualified(name)}"
        if self.maybe(0.5):
            text += " (" + ", ".join(key) + ")"
        if self.maybe(0.4):
            text += " ON DELETE " + self.pick("CASCADE", "SET NULL", "RESTRICT", "NO ACTION")
        if self.maybe(0.1):
            text += " DEFERRABLE INITIALLY DEFERRED"
        return text, name, key

    def like(self, table, *options):
        text, options = f"LIKE {self.qualified(table)}", self.pick(*options)
        # A copied default of a serial column goes with the other table's sequence, which the replay does not follow across tables.
        borrows = any(one["serial"] for one in self.catalog["tables"][table]["columns"].values())
        return text if borrows and re.search("ALL|DEFAULTS", options) else text + options

    def column_definition(self, name, lone=False):
        kind = self.type()
        text = f"{quote(name)} "
        form = self.random.random()
        if form < 0.06:
            return text + self.pick("serial", "bigserial", "smallserial")
        if form < 0.12:
            return text + self.pick("int", "bigint") + " GENERATED " + self.pick("ALWAYS", "BY DEFAULT") + " AS IDENTITY" + self.pick("", " PRIMARY KEY" if not lone else "")
        if form < 0.15:
            return text + "int GENERATED ALWAYS AS (1 + 1) STORED"
        parts = [kind]
        if self.maybe(0.25) and kind in DEFAULTS:
            parts.append(f"DEFAULT {DEFAULTS[kind]}")
        if self.maybe(0.25):
            parts.append(self.pick("NOT NULL", "NOT NULL", "NULL"))
        if self.maybe(0.08):
            parts.append(("CONSTRAINT " + self.fresh("u") + " " if self.maybe() else "") + "UNIQUE")
        if self.maybe(0.08) and kind in ("int", "bigint"):
            parts.append(("CONSTRAINT " + self.fresh("k") + " " if self.maybe() else "") + f"CHECK ({quote(name)} > 0)")
        if self.maybe(0.1) and kind in ("int", "bigint"):
            found = self.reference(1)
            if found:
                parts.append(found[0])
        if kind == "text" and self.maybe(0.1):
            parts.insert(1, 'COLLATE "C"')
        return text + " ".join(parts)

    def table_constraint(self, columns, typed):
        name = f"CONSTRAINT {quote(self.fresh('c'))} " if self.maybe(0.5) else ""
        some = ", ".join(quote(one) for one in self.random.sample(columns, min(len(columns), self.random.randint(1, 2))))
        kind = self.random.random()
        if kind < 0.2:
            return f"{name}PRIMARY KEY ({some})"
        if kind < 0.5:
            return f"{name}UNIQUE " + self.pick("", "", "NULLS NOT DISTINCT ") + f"({some})" + (f" INCLUDE ({quote(self.pick(columns))})" if self.maybe(0.1) else "")
        if kind < 0.75:
            one = quote(self.pick(columns))
            return f"{name}CHECK (" + self.pick(f"{one} IS NOT NULL", f"{one}::text <> ''", f"{one} IS NOT NULL AND {one}::text <> 'x'", "1 > 0") + ")"
        found = self.reference(1)
        if not found:
            return f"{name}CHECK (true)"
        return f"{name}FOREIGN KEY ({quote(self.pick(typed or columns))}) {found[0]}"

    def create_table(self):
        schema = self.pick([one for one in self.catalog["schemas"]]) if self.maybe(0.15) else "public"
        name = quote(self.fresh("t"))
        name = f"{quote(schema)}.{name}" if schema != "public" or self.maybe(0.15) else name
        head = "CREATE " + self.pick("", "", "", "", "UNLOGGED ") + "TABLE " + self.pick("", "", "IF NOT EXISTS ")
        if self.tables and self.maybe(0.08):
            return f"{head}{name} (" + self.like(self.table(), "", " INCLUDING ALL", " INCLUDING DEFAULTS", " INCLUDING INDEXES", " INCLUDING CONSTRAINTS", " INCLUDING ALL EXCLUDING INDEXES") + ")"
        if self.tables and self.maybe(0.05):
            return f"{head}{name} (extra int) INHERITS ({self.qualified(self.table())})"
        if self.tables and self.maybe(0.03):
            return f"{head}{name} AS SELECT * FROM {self.qualified(self.table())}"
        columns = self.random.sample(NAMES, self.random.randint(1, 6))
        elements, keyed = [], False
        for column in columns:
            if column == "id" and self.maybe(0.7):
                elements.append("id " + self.pick("bigint PRIMARY KEY", "serial PRIMARY KEY", "uuid PRIMARY KEY DEFAULT gen_random_uuid()", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "int NOT NULL CONSTRAINT the_key_%d PRIMARY KEY" % self.number))
                keyed = True
            else:
                elements.append(self.column_definition(column, keyed))
                keyed = keyed or "PRIMARY KEY" in elements[-1]
        for _ in range(self.pick(0, 0, 1, 2)):
            one = self.table_constraint(columns, [])
            if not (keyed and "PRIMARY KEY" in one):
                elements.append(one)
                keyed = keyed or "PRIMARY KEY" in one
        tail = ""
        if self.maybe(0.12):
            tail = " PARTITION BY " + self.pick("RANGE", "LIST", "HASH") + f" ({quote(self.pick(columns))})"
        return f"{head}{name} (" + ", ".join(elements) + f"){tail}"

    def action(self, table):
        held = self.catalog["tables"][table]
        column = quote(self.column(table))
        constraints = sorted([*held["others"], *held["checks"], *held["foreign_keys"]])
        form = self.random.randint(0, 21)
        if form <= 4:
            new = self.pick([one for one in NAMES if one not in held["columns"]] or ["late"])
            return "ADD " + self.pick("", "COLUMN ", "COLUMN ", "COLUMN IF NOT EXISTS ") + self.column_definition(new, True)
        if form <= 6:
            return "DROP " + self.pick("", "COLUMN ", "COLUMN IF EXISTS ") + column + self.pick("", "", " CASCADE", " RESTRICT")
        if form <= 9:
            kind = self.type()
            return f"ALTER {self.pick('', 'COLUMN ')}{column} {self.pick('', 'SET DATA ')}TYPE {kind}" + self.pick("", f" USING {column}::text::{kind}", f" USING NULL::{kind}")
        if form == 10:
            return f"ALTER COLUMN {column} " + self.pick("SET", "DROP") + " NOT NULL"
        if form == 11:
            return f"ALTER COLUMN {column} " + self.pick("SET DEFAULT NULL", "DROP DEFAULT", "SET DEFAULT '1'")
        if form == 12:
            return f"ALTER COLUMN {column} " + self.pick("ADD GENERATED BY DEFAULT AS IDENTITY", "DROP IDENTITY IF EXISTS", "DROP EXPRESSION IF EXISTS", "SET STATISTICS 100", "SET STORAGE PLAIN")
        if form <= 15:
            typed = [name for name, one in held["columns"].items() if one["type"] in ("integer", "bigint")]
            one = self.table_constraint(sorted(held["columns"]) or ["missing"], typed)
            return "ADD " + one + (" NOT VALID" if ("CHECK" in one or "FOREIGN" in one) and self.maybe(0.4) else "")
        if form == 16:
            indexes = [name for name, one in held["indexes"].items() if one["unique"] and not one["primary"] and name not in held["others"]]
            if indexes:
                name = f"CONSTRAINT {self.fresh('c')} " if self.maybe() else ""
                return f"ADD {name}{self.pick('UNIQUE', 'PRIMARY KEY')} USING INDEX {quote(self.pick(indexes))}"
        if form <= 18 and constraints:
            return "DROP CONSTRAINT " + self.pick("", "IF EXISTS ") + quote(self.pick(constraints)) + self.pick("", " CASCADE")
        waiting = [name for kind in ("checks", "foreign_keys") for name, one in held[kind].items() if not one["validated"]]
        if form <= 20 and waiting:
            return f"VALIDATE CONSTRAINT {quote(self.pick(sorted(waiting)))}"
        return self.pick("SET (fillfactor = 70)", "ENABLE ROW LEVEL SECURITY", "REPLICA IDENTITY FULL", "OWNER TO postgres")

    def alter_table(self):
        table = self.table()
        actions = [self.action(table) for _ in range(self.pick(1, 1, 1, 2, 3))]
        return "ALTER TABLE " + self.pick("", "", "", "IF EXISTS ", "ONLY ") + f"{self.qualified(table)} " + ", ".join(actions)

    def create_index(self):
        table = self.table()
        keys = []
        for column in self.some_columns(table):
            key = quote(column)
            if self.maybe(0.15):
                key = self.pick(f"lower({key}::text)", f"({key} IS NULL)", f"coalesce({key}::text, '')")
            keys.append(key + self.pick("", "", "", "", " DESC", " DESC NULLS LAST", " ASC"))
        if not keys:
            return f"CREATE INDEX ON {self.qualified(table)} ((1))"
        name = "" if self.maybe(0.35) else self.pick("", "IF NOT EXISTS ") + self.fresh("i") + " "
        method = self.pick("", "", "", "USING btree ", "USING hash ", "USING brin ")
        if method != "" and "btree" not in method:
            keys = [keys[0].split(" DESC")[0].split(" ASC")[0]]
        tail = ""
        if self.maybe(0.15):
            tail += f" INCLUDE ({quote(self.column(table))})"
        if self.maybe(0.2):
            tail += f" WHERE {quote(self.column(table))} IS NOT NULL"
        return "CREATE " + self.pick("", "", "UNIQUE ") + "INDEX " + self.pick("", "", "", "CONCURRENTLY ") + f"{name}ON {self.pick('', '', '', 'ONLY ')}{self.qualified(table)} {method}(" + ", ".join(keys) + f"){tail}"

    def an_index(self):
        every = [(table.rsplit(".", 1)[0] + "." if "." in table else "") + name for table in self.tables for name in self.catalog["tables"][table]["indexes"]]
        return self.pick(sorted(every) or ["missing"])

    def drop(self):
        form = self.random.random()
        if form < 0.3:
            return "DROP TABLE " + self.pick("", "IF EXISTS ") + self.qualified(self.table()) + self.pick("", " CASCADE", " CASCADE")
        if form < 0.7:
            return "DROP INDEX " + self.pick("", "IF EXISTS ", "CONCURRENTLY ") + self.qualified(self.an_index()) + self.pick("", "", " CASCADE")
        if form < 0.85:
            views = sorted(self.catalog["views"])
            if views:
                view = self.pick(views)
                return "DROP " + ("MATERIALIZED VIEW " if self.catalog["views"][view] else "VIEW ") + self.qualified(view) + self.pick("", " CASCADE")
        enums = sorted(self.catalog["enums"])
        return f"DROP TYPE {self.qualified(self.pick(enums))}" + self.pick("", " CASCADE") if enums else "DROP TYPE IF EXISTS nothing"

    def rename(self):
        table = self.table()
        held = self.catalog["tables"][table]
        form = self.random.random()
        if form < 0.35:
            return f"ALTER TABLE {self.qualified(table)} RENAME " + self.pick("", "COLUMN ") + f"{quote(self.column(table))} TO {quote(self.fresh('r'))}"
        if form < 0.6:
            return f"ALTER TABLE {self.qualified(table)} RENAME TO {quote(self.fresh('t'))}"
        if form < 0.75:
            constraints = sorted([*held["others"], *held["checks"], *held["foreign_keys"]])
            if constraints:
                return f"ALTER TABLE {self.qualified(table)} RENAME CONSTRAINT {quote(self.pick(constraints))} TO {self.fresh('c')}"
        if form < 0.9:
            return f"ALTER INDEX {self.qualified(self.an_index())} RENAME TO {self.fresh('i')}"
        return f"ALTER TABLE {self.qualified(table)} SET SCHEMA {quote(self.pick(self.catalog['schemas']))}"

    def types(self):
        enums = sorted(self.catalog["enums"])
        form = self.random.random()
        if not enums or form < 0.2:
            return f"CREATE TYPE {self.fresh('e')} AS ENUM ('a', 'b', 'it''s')"
        one = self.pick(enums)
        labels = self.catalog["enums"][one] or ["a"]
        text = lambda label: "'" + label.replace("'", "''") + "'"
        if form < 0.5:
            return f"ALTER TYPE {self.qualified(one)} ADD VALUE " + self.pick("", "IF NOT EXISTS ") + text(self.fresh("v")) + self.pick("", f" BEFORE {text(self.pick(labels))}", f" AFTER {text(self.pick(labels))}")
        if form < 0.65:
            return f"ALTER TYPE {self.qualified(one)} RENAME VALUE {text(self.pick(labels))} TO {text(self.fresh('v'))}"
        if form < 0.75:
            return f"ALTER TYPE {self.qualified(one)} RENAME TO {self.fresh('e')}"
        if form < 0.8:
            return f"ALTER TYPE {self.qualified(one)} SET SCHEMA {quote(self.pick(self.catalog['schemas']))}"
        return f"CREATE DOMAIN {self.fresh('d')} AS " + self.pick("text", "int", "numeric(8,2)") + self.pick("", " NOT NULL", " CHECK (VALUE IS NOT NULL)")

    def views(self):
        table = self.table()
        columns = ", ".join(quote(one) for one in self.some_columns(table)) or "1 AS one"
        views = sorted(name for name, materialized in self.catalog["views"].items() if not materialized)
        if views and self.maybe(0.25):
            return f"ALTER VIEW {self.qualified(self.pick(views))} RENAME TO {self.fresh('w')}"
        return "CREATE " + self.pick("", "OR REPLACE ", "MATERIALIZED ") + f"VIEW {self.fresh('w')} AS SELECT {columns} FROM {self.qualified(table)}"

    def partitions(self):
        parents = [name for name in self.tables if self.catalog["tables"][name]["partitioned"]]
        if not parents:
            name = self.fresh("t")
            return f"CREATE TABLE {name} (id int" + self.pick("", " PRIMARY KEY", " NOT NULL") + ", note text" + self.pick("", " UNIQUE", " DEFAULT 'x'") + ") PARTITION BY LIST (id)"
        parent = self.pick(parents)
        children = [name for name in self.tables if self.catalog["tables"][name]["partition"]]
        form = self.random.random()
        if form < 0.5:
            return f"CREATE TABLE {self.fresh('t')} PARTITION OF {self.qualified(parent)} " + self.pick("DEFAULT", f"FOR VALUES IN ({self.number})", f"FOR VALUES FROM ({self.number}) TO ({self.number + 1})", f"FOR VALUES WITH (MODULUS 40, REMAINDER {self.number % 40})")
        if form < 0.65 and children:
            return f"ALTER TABLE {self.qualified(parent)} DETACH PARTITION {self.qualified(self.pick(children))}"
        if form < 0.8:
            return f"CREATE TABLE {self.fresh('t')} (" + self.like(parent, "", " INCLUDING ALL", " INCLUDING DEFAULTS INCLUDING CONSTRAINTS") + ")"
        return f"ALTER TABLE {self.qualified(parent)} ATTACH PARTITION {self.qualified(self.table())} " + self.pick("DEFAULT", f"FOR VALUES IN ({self.number})", f"FOR VALUES FROM ({self.number}) TO ({self.number + 1})")

    def schemas(self):
        others = [one for one in self.catalog["schemas"] if one != "public"]
        form = self.random.random()
        if not others or form < 0.5:
            return f"CREATE SCHEMA {self.pick('', 'IF NOT EXISTS ')}{self.fresh('s')}"
        if form < 0.8:
            return f"ALTER SCHEMA {quote(self.pick(others))} RENAME TO {self.fresh('s')}"
        return f"DROP SCHEMA {quote(self.pick(others))}" + self.pick("", " CASCADE")
