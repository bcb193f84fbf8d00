"""What a PostgreSQL database holds, in the words of `backend-lint model --format json`."""
import json

# One statement: the catalog as JSON. Names of `public` stand alone, others with their schema.
QUERY = r"""
WITH named AS (
  SELECT c.oid, c.relkind, c.relispartition, CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
), types AS (
  SELECT t.oid, t.typtype, CASE n.nspname WHEN 'public' THEN t.typname ELSE n.nspname || '.' || t.typname END AS name
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
)
SELECT json_build_object(
  'tables', (SELECT coalesce(json_object_agg(t.name, json_build_object(
    'partitioned', t.relkind = 'p',
    'partition', t.relispartition,
    'columns', (SELECT coalesce(json_object_agg(a.attname, json_build_object(
        'position', a.attnum, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull,
        'default', a.attidentity <> '' OR (a.atthasdef AND a.attgenerated = '' AND (SELECT pg_get_expr(d.adbin, d.adrelid) NOT LIKE 'NULL%' FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)), 'identity', a.attidentity <> '', 'generated', a.attgenerated <> '',
        'serial', a.atthasdef AND (SELECT pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%' FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum))), '{}')
      FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'indexes', (SELECT coalesce(json_object_agg(ic.relname, json_build_object(
        'columns', (SELECT json_agg(pg_get_indexdef(i.indexrelid, k, true) ORDER BY k) FROM generate_series(1, i.indnkeyatts) k),
        'include', (SELECT coalesce(json_agg(pg_get_indexdef(i.indexrelid, k, true) ORDER BY k), '[]') FROM generate_series(i.indnkeyatts + 1, i.indnatts) k),
        'unique', i.indisunique, 'primary', i.indisprimary, 'method', am.amname, 'predicate', i.indpred IS NOT NULL)), '{}')
      FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam WHERE i.indrelid = t.oid),
    'foreign_keys', (SELECT coalesce(json_object_agg(f.conname, json_build_object(
        'columns', (SELECT json_agg(a.attname ORDER BY o) FROM unnest(f.conkey) WITH ORDINALITY k(n, o) JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.n),
        'references', (SELECT r.name FROM named r WHERE r.oid = f.confrelid),
        'referenced_columns', (SELECT json_agg(a.attname ORDER BY o) FROM unnest(f.confkey) WITH ORDINALITY k(n, o) JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n),
        'on_delete', nullif(f.confdeltype, 'a'), 'validated', f.convalidated)), '{}')
      FROM pg_constraint f WHERE f.conrelid = t.oid AND f.contype = 'f'
        AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = f.conparentid AND p.conrelid = f.conrelid)),
    'checks', (SELECT coalesce(json_object_agg(k.conname, json_build_object('validated', k.convalidated)), '{}')
      FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'c'),
    'others', (SELECT coalesce(json_object_agg(k.conname, k.contype), '{}')
      FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype IN ('p', 'u', 'x'))
  )), '{}') FROM named t WHERE t.relkind IN ('r', 'p')),
  'enums', (SELECT coalesce(json_object_agg(t.name, (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)), '{}')
    FROM types t WHERE t.typtype = 'e'),
  'domains', (SELECT coalesce(json_agg(t.name), '[]') FROM types t WHERE t.typtype = 'd'),
  'views', (SELECT coalesce(json_object_agg(v.name, v.relkind = 'm'), '{}') FROM named v WHERE v.relkind IN ('v', 'm')),
  'schemas', (SELECT json_agg(nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema')
)
"""


def read(session):
    return json.loads(session.value(QUERY))


def empty(session):
    """Takes everything out of the database."""
    for (schema,) in session.run("SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"):
        session.run(f'DROP SCHEMA "{schema}" CASCADE')
    session.run("CREATE SCHEMA public")


def bare(name):
    """`public.t` and `t` are one; quotes of types and keys are left out."""
    return None if name is None else name.replace('"', "").removeprefix("public.")


def squeeze(text):
    return "".join(text.split()).replace('"', "").lower()


def differences(real, said):
    """What the model says otherwise than the server, one line each; and how much it does not know."""
    wrong, unknown = [], 0
    tables = {bare(one["name"] if one["schema"] in (None, "public") else f"{one['schema']}.{one['name']}"): one for one in said["tables"]}
    for name in sorted(set(real["tables"]) | set(tables)):
        there, mine = real["tables"].get(name), tables.get(name)
        if mine and mine["external"]:
            unknown += 1
        elif there is None:
            wrong.append(f"table {name} is not there")
        elif mine is None:
            if said["unknown"]:
                unknown += 1
            else:
                wrong.append(f"table {name} is missing")
        else:
            more, less = _table(name, there, mine)
            wrong += more
            unknown += less
    for what in ("enums", "views"):
        mine = {bare(one["name"] if one["schema"] in (None, "public") else f"{one['schema']}.{one['name']}"): one for one in said[what]}
        for name in sorted(set(real[what]) ^ set(mine)):
            wrong.append(f"{what[:-1]} {name} is {'missing' if name in real[what] else 'not there'}")
        for name in sorted(set(real[what]) & set(mine)):
            theirs, ours = real[what][name], mine[name]["labels" if what == "enums" else "materialized"]
            if ours is None:
                unknown += 1
            elif ours != theirs:
                wrong.append(f"{what[:-1]} {name}: {theirs}, not {ours}")
    return wrong, unknown


def _table(name, there, mine):
    wrong, unknown = [], len(mine["unknown"])
    if "columns" not in mine["unknown"]:
        columns = {one["name"]: one for one in mine["columns"]}
        order = [key for key, _ in sorted(there["columns"].items(), key=lambda one: one[1]["position"])]
        if order != [one["name"] for one in mine["columns"]]:
            wrong.append(f"{name}: columns are {order}, not {[one['name'] for one in mine['columns']]}")
        for column in set(order) & set(columns):
            theirs, ours = there["columns"][column], columns[column]
            for what, want, got in (
                ("type", squeeze(bare(theirs["type"])), ours["type"] and squeeze(bare(ours["type"]))),
                ("nullable", theirs["nullable"], ours["nullable"]),
                ("default", theirs["default"], None if ours["default"] is None else ours["default"] is not False),
            ):
                if got is None:
                    unknown += 1
                elif want != got:
                    wrong.append(f"{name}.{column}: {what} is {want}, not {got}")
    if "indexes" not in mine["unknown"]:
        primary = next((one["columns"] for one in there["indexes"].values() if one["primary"]), None)
        if [squeeze(one) for one in primary or []] != [squeeze(one) for one in mine["primary_key"] or []]:
            wrong.append(f"{name}: primary key is {primary}, not {mine['primary_key']}")
        names = {squeeze(one) for one in there["columns"]}
        keys = lambda one: [squeeze(key) if squeeze(key) in names else "(expression)" for key in one["columns"]]
        index = lambda one, predicate: (one["method"], one["unique"], keys(one), sorted(map(squeeze, one["include"])), predicate)
        wrong += _named(name, "index", {key: index(one, one["predicate"]) for key, one in there["indexes"].items()},
                        [(one["name"], index(one, one["predicate"] is not None)) for one in mine["indexes"]])
    if "constraints" not in mine["unknown"]:
        actions = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT", None: None}
        key = lambda one, on_delete: (one["columns"], bare(one["references"]), one["referenced_columns"], on_delete, one["validated"])
        wrong += _named(name, "foreign key", {label: key(one, actions[one["on_delete"]]) for label, one in there["foreign_keys"].items()},
                        [(one["name"], key(one, one["on_delete"])) for one in mine["foreign_keys"]])
        wrong += _named(name, "check", {label: one["validated"] for label, one in there["checks"].items()},
                        [(one["name"], one["validated"]) for one in mine["checks"]])
    return wrong, unknown


def _named(table, what, theirs, ours):
    wrong, mine = [], {name: shape for name, shape in ours if name is not None}
    # What has a name that we do not know is one of those that are there, of the same shape.
    for shape in (shape for name, shape in ours if name is None):
        same = next((name for name in theirs if name not in mine and theirs[name] == shape), None)
        mine[same] = shape
    for name in sorted(set(theirs) ^ set(mine), key=str):
        wrong.append(f"{table}: {what} {name} is {'missing' if name in theirs else 'not there'}")
    for name in sorted(set(theirs) & set(mine)):
        if theirs[name] != mine[name]:
            wrong.append(f"{table}: {what} {name} is {theirs[name]}, not {mine[name]}")
    return wrong
