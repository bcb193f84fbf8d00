#!/usr/bin/env python3
"""Holds our replay against a real PostgreSQL: the migrations of the fixtures and of the pages, and random sequences of DDL.

    python3 tests/servers/catalog.py BINARY [--sequences N] [--seed S] [--show]

A sequence is made from what the server holds, statement by statement. What the server accepted is replayed by `BINARY model`, one
migration a statement; the catalogs must be equal, and nothing accepted may be predicted to fail. Of what the server refused most
must be predicted to fail. A difference is shrunk to the statements that it needs.
"""
import argparse, collections, glob, os, random, re, sys

import pg_catalog, postgres, random_ddl, replayed, wire

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def replay(binary, histories, version):
    """`model` over many histories at once, for this version of the server."""
    return replayed.replay(binary, histories, f'[migrations]\ndialect = "postgres"\n[versions]\npostgres = "{version}"\n')


def grow(session, seed, length):
    """A random sequence that the server accepted, its catalog, and what was refused: (how many came before, statement, why)."""
    changes, accepted, refused = random_ddl.Changes(random.Random(seed)), [], []
    pg_catalog.empty(session)
    catalog = pg_catalog.read(session)
    while len(accepted) < length and len(refused) < 2 * length:
        statement = changes.next(catalog)
        try:
            session.run(statement)
        except wire.Refused as why:
            refused.append((len(accepted), statement, str(why)))
            continue
        accepted.append(statement)
        catalog = pg_catalog.read(session)
    return accepted, catalog, refused


def apply(session, migrations):
    """Applies migrations to an empty database; None where one is refused, or leaves its transaction open."""
    pg_catalog.empty(session)
    try:
        for text in migrations:
            for statement in wire.statements(text):
                session.run(statement)
            if session.in_transaction:
                raise wire.Refused("a transaction is left open")
        return pg_catalog.read(session)
    except wire.Refused:
        if session.in_transaction:
            session.run("ROLLBACK")
        return None
    finally:
        session.run("RESET ALL")


def judge(real, said):
    database, statements = said
    wrong, unknown = pg_catalog.differences(real, database)
    wrong += [f"predicted to fail, and it does not: {one['fails']}" for one in statements if fails(one)]
    return wrong, unknown


def fails(statement):
    """A failure that does not depend on the rows: the tables of this test have none."""
    return statement["fails"] and not statement["fails"].startswith("fails when")


def kind(line):
    """The sort of a difference: names left out."""
    return re.sub(r"\b\w*\d+\w*\b|'[^']*'|\[[^]]*\]", "_", line)


def shrink(binary, session, version, migrations, wrong):
    """As few migrations as still show the first difference."""
    wanted = kind(wrong[0])
    step = max(1, len(migrations) // 2)
    while True:
        tries = [migrations[:at] + migrations[at + step:] for at in range(0, len(migrations), step)]
        tried = [(one, apply(session, one)) for one in tries]
        tried = [(one, real) for one, real in tried if one and real is not None]
        better = None
        if tried:
            for (one, real), said in zip(tried, replay(binary, [one for one, _ in tried], version)):
                still = judge(real, said)[0]
                if any(kind(line) == wanted for line in still):
                    better = (one, still)
                    break
        if better:
            migrations, wrong = better
            step = max(1, min(step, len(migrations) // 2))
        elif step == 1:
            return migrations, [line for line in wrong if kind(line) == wanted]
        else:
            step = max(1, step // 2)


def report(binary, session, version, label, migrations, wrong):
    small, lines = shrink(binary, session, version, migrations, wrong)
    print(f"{label}: {lines[0] if lines else wrong[0]}")
    for one in small:
        print(f"    {one};")


def random_sequences(binary, server, session, count, seed, length, show):
    grown = [grow(session, f"{seed}/{number}", length) for number in range(count)]
    said = replay(binary, [accepted for accepted, _, _ in grown], server.major)
    statements = sum(len(accepted) for accepted, _, _ in grown)
    seen, sorts, wrong, unknown = set(), collections.Counter(), 0, 0
    for number, ((accepted, real, _), one) in enumerate(zip(grown, said)):
        lines, less = judge(real, one)
        unknown += less
        wrong += bool(lines)
        sorts.update(map(kind, lines))
        if lines and (show or len(seen) < 12) and kind(lines[0]) not in seen:
            seen.add(kind(lines[0]))
            report(binary, session, server.major, f"sequence {number}", accepted, lines)
    for sort, times in sorts.most_common(20):
        print(f"  {times} x {sort}")
    print(f"random DDL (seed {seed}): {count} sequences, {statements} statements accepted, {wrong} sequences differ, {unknown} answers unknown")
    return wrong + refused_statements(binary, server, session, grown, show)


# Of what the server refuses of random DDL, so many in a hundred are predicted at least.
LEAST = 90
# Of what is predicted so many in a hundred may change our catalog all the same: a view or a key is in the way, the finding names it, and
# the replay goes on as if it had been dropped first.
MOST = 5


def refused_statements(binary, server, session, grown, show):
    """What the server refuses is predicted, and changes nothing but where something that depends is in the way. Gives what misses the bounds."""
    cases = [(accepted[:at], statement, why) for accepted, _, refused in grown for at, statement, why in refused[:3]]
    said = replay(binary, [before + [statement] for before, statement, _ in cases], server.major)
    predicted = wrong = changed = 0
    missed = collections.Counter()
    for (before, statement, why), one in zip(cases, said):
        is_predicted = any(map(fails, one[1]))
        predicted += is_predicted
        if not is_predicted:
            missed[re.sub(r'"[^"]*"|\b\w*\d+\w*\b', "_", why.split(" (")[0])] += 1
        real = apply(session, before)
        lines = [] if real is None else pg_catalog.differences(real, one[0])[0]
        if lines and is_predicted:
            changed += 1
            if show:
                print(f"refused, as predicted, but replayed: {statement}\n    the server: {why}\n    we: {lines[0]}")
        elif lines:
            wrong += 1
            if show:
                print(f"refused: {statement}\n    the server: {why}\n    we: {lines[0]}")
    for sort, times in missed.most_common():
        print(f"  {times} x not predicted: {sort}")
    share = 100 * predicted // max(1, len(cases))
    print(f"refused statements: {len(cases)}, {predicted} failures predicted ({share} %, at least {LEAST}), {changed} of them replayed (at most {MOST} %), {wrong} not predicted and replayed")
    return (share < LEAST) + (100 * changed > MOST * max(1, predicted))


def histories_of_files():
    """The migrations of the fixtures and, file by file in order of name, of the examples on the pages: PostgreSQL's only."""
    found = []
    for folder in sorted(glob.glob(f"{ROOT}/fixtures/*/migrations")):
        files = [path for path in sorted(glob.glob(f"{folder}/*.sql")) if not path.endswith(".down.sql")]
        found.append((os.path.relpath(folder, ROOT), [open(path).read() for path in files]))
    for page in sorted(glob.glob(f"{ROOT}/rules/*/*.md") + glob.glob(f"{ROOT}/tests/rules/*/*.md")):
        text = open(page).read()
        for number, part in enumerate(re.split(r"(?m)^##+ ", text)):
            files = re.findall(r"(?ms)^`([^`\n]+\.sql)`(?: \(base\))?:\n```+\w*\n(.*?)^```", part)
            plain = [(path, body) for path, body in files if "/migrations/" in f"/{path}" and not path.endswith(".down.sql")]
            whole = re.search(r"(?i)mysql|sqlite|migrate:|liquibase|changeset|engine=|`|-- \+|\{\{|\\|clickhouse|autoincrement|cockroach", " ".join(body for _, body in plain))
            if plain and len(plain) == len(files) and not whole and len({path for path, _ in plain}) == len(plain):
                found.append((f"{os.path.relpath(page, ROOT)}, part {number}", [body for _, body in sorted(plain)]))
    return found


def files(binary, server, session, show):
    histories = histories_of_files()
    applied = [(name, texts, apply(session, texts)) for name, texts in histories]
    usable = [(name, texts, real) for name, texts, real in applied if real is not None]
    said = replay(binary, [texts for _, texts, _ in usable], server.major)
    wrong = 0
    for (name, texts, real), one in zip(usable, said):
        lines, _ = pg_catalog.differences(real, one[0])
        if lines:
            wrong += 1
            print(f"{name}: " + "\n    ".join(lines[:5]))
    print(f"fixtures and pages: {len(usable)} of {len(histories)} histories apply, {wrong} differ")
    return wrong


def run(binary, server, count, seed, length=25, show=False):
    server.connect().run("CREATE DATABASE replay")
    with server.connect("replay") as session:
        session.run("SET client_min_messages = error")
        return files(binary, server, session, show) + random_sequences(binary, server, session, count, seed, length, show)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--sequences", type=int, default=300)
    parser.add_argument("--length", type=int, default=25)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--show", action="store_true")
    wanted = parser.parse_args()
    try:
        sys.exit(1 if run(os.path.abspath(wanted.binary), postgres.Postgres(), wanted.sequences, wanted.seed, wanted.length, wanted.show) else 0)
    except postgres.Unavailable as why:
        sys.exit(f"skipped: {why}")
