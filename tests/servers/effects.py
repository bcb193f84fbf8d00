#!/usr/bin/env python3
"""Holds the predicted cost of statements against a real PostgreSQL: locks by table, rewrites, scans, failures.

    python3 tests/servers/effects.py BINARY [-v] [WORD ...]     all cases of effects.sql, or those that hold the words
    python3 tests/servers/effects.py BINARY --record            writes effects.jsonl, which `cargo test` reads where there is no server

A prediction must be right or "not known"; what is not known is counted. Locks weaker than ROW EXCLUSIVE hinder nobody and may be
left out of a prediction, never be made stronger.
"""
import json, os, re, sys

import postgres, wire
from catalog import replay
from proofs import ALONE, STRENGTH, mode_name

HERE = os.path.dirname(os.path.abspath(__file__))
# The tables of the setup.
KNOWN = set()


def cases():
    """The setup, and each case as (what ran before, what is judged)."""
    text = open(f"{HERE}/effects.sql").read()
    setup, rest = text.split("-- unsaid\n")[0].split("-- setup\n")[1].split("-- cases\n")
    found = []
    for line in rest.splitlines():
        if line.strip() and not line.startswith("-- "):
            before, judged = line.split(";; -- judge:") if ";; -- judge:" in line else ("", line)
            found.append((before.strip(), judged.strip()))
    return setup, found


def unsaid():
    """Statements that fail for reasons that no model of a schema holds: silence is right there."""
    return open(f"{HERE}/effects.sql").read().split("-- unsaid\n")[1].splitlines()


class Case:
    """One case: in a transaction that is rolled back where that shows all, else on a database of its own."""

    def __init__(self, server, before, judged):
        steps = wire.statements(judged)
        self.alone = len(steps) == 1 and ALONE.search(steps[0])
        own = self.alone or before or re.match("BEGIN", steps[0], re.I)
        name = "own" if own else "prepared"
        if own:
            with server.connect() as session:
                session.run("DROP DATABASE IF EXISTS own")
                session.run("CREATE DATABASE own TEMPLATE prepared")
        self.a, self.watch = server.connect(name), server.connect(name)
        self.server, self.locks, self.failed = server, {}, None
        try:
            if before:
                self.a.run(before)
            self.flush()
            self.measure(steps, commits=own)
        finally:
            self.a.close()
            self.watch.close()

    def flush(self):
        self.a.run("SELECT pg_stat_force_next_flush()" if self.server.major >= 15 else "SELECT pg_sleep(0.6)")

    def tables(self, session):
        rows = session.run(
            "SELECT c.oid, n.nspname || '.' || c.relname, pg_relation_filenode(c.oid)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        )
        return {oid: (name, file) for oid, name, file in rows}

    def scans(self, tables):
        rows = self.watch.run(f"SELECT oid, coalesce(pg_stat_get_numscans(oid::oid), 0) FROM unnest('{{{','.join(tables)}}}'::int[]) oid")
        return {oid: int(scans) for oid, scans in rows}

    def see_locks(self):
        for oid, mode in self.watch.run(f"SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND pid = {self.a.pid}"):
            if mode_name(mode) in STRENGTH:
                self.locks[oid] = max(self.locks.get(oid, "ACCESS SHARE"), mode_name(mode), key=STRENGTH.index)

    def measure(self, steps, commits):
        before = self.tables(self.watch)
        scanned = self.scans(before)
        after = before
        try:
            if self.alone:
                self.run_alone(steps[0], before)
            else:
                wrapped = not re.match("BEGIN", steps[0], re.I)
                for one in ["BEGIN"] * wrapped + steps:
                    self.a.run(one)
                    self.see_locks()
                if wrapped and commits:
                    self.a.run("COMMIT")
            after = self.tables(self.a)
        except wire.Refused as why:
            self.failed = str(why)
        if self.a.in_transaction:
            self.a.run("ROLLBACK")
        self.flush()
        # Whether a table that is gone was read cannot be seen any more.
        self.gone = {before[oid][0] for oid in before if oid not in after}
        again = self.scans(before)
        there = [oid for oid in before if oid in after]
        self.rewritten = {before[oid][0] for oid in there if after[oid][1] != before[oid][1]}
        self.scanned = {before[oid][0] for oid in there if again[oid] > scanned[oid]}
        self.locks = {before[oid][0]: mode for oid, mode in self.locks.items() if oid in before}

    def run_alone(self, statement, before):
        """Run while others hold the tables: what is waited for counts as held."""
        kinds = {oid: kind for oid, kind in self.watch.run("SELECT oid, CASE WHEN relispartition THEN 'partition' ELSE relkind::text END FROM pg_class")}
        names = {name: kinds[oid] for oid, (name, _) in before.items() if kinds[oid] != "m"}
        gates = [("ACCESS EXCLUSIVE", names), ("SHARE UPDATE EXCLUSIVE", names), ("ROW EXCLUSIVE", names)]
        if "DETACH" in statement:
            # Its first half stays when the second one is given up.
            gates = [("ACCESS SHARE", [name for name in names if names[name] == "partition"])]
        for mode, of in gates:
            other = self.server.connect("own")
            other.run("BEGIN; " + "; ".join(f"LOCK TABLE ONLY {name} IN {mode} MODE" for name in of))
            last = mode == gates[-1][0]
            self.a.run("SET lock_timeout = " + ("0" if last else "'150ms'"))
            self.a.start(statement)
            for _ in range(15):
                self.see_locks()
                if self.a.is_done(0.01):
                    break
            if last:
                other.run("ROLLBACK")
            try:
                self.a.finish()
                return
            except wire.Refused as why:
                if "lock timeout" not in str(why):
                    raise
            finally:
                other.close()


def predicted(statements):
    """The prediction for a migration as a whole; None for what is not known."""
    locks, fails = {}, None
    for one in statements:
        if one["locks"] is None:
            locks = None
            break
        for lock in one["locks"]:
            locks[lock["table"]] = max(locks.get(lock["table"], "ACCESS SHARE"), lock["mode"], key=STRENGTH.index)
    every = lambda key: None if any(one[key] is None for one in statements) else {name for one in statements for name in one[key]}
    for one in statements:
        fails = fails or one["fails"]
    return locks, every("rewrites"), every("scans"), fails


def compare(case, said):
    """What is predicted wrongly, and what is not known."""
    locks, rewrites, scans, fails = predicted(said)
    wrong, unknown = [], []
    if case.failed:
        if not fails and case.judged not in unsaid():
            wrong.append(f"fails: {case.failed}")
        return wrong, unknown
    if fails:
        wrong.append(f"does not fail; we: {fails}")
    if locks is None:
        unknown.append("locks")
    else:
        weak = {"ACCESS SHARE", "ROW SHARE", None}
        for name in sorted(set(case.locks) | set(locks)):
            theirs, ours = case.locks.get(name), locks.get(name)
            exists = name in case.locks or name in case.before
            if exists and theirs != ours and not (theirs in weak and ours in weak):
                wrong.append(f"locks {name} {theirs}, not {ours}")
    for what, real, mine in (("rewrites", case.rewritten, rewrites), ("scans", case.scanned, scans)):
        if mine is None:
            unknown.append(what)
            continue
        mine = {name for name in mine if name in case.before and name not in case.gone}
        if what == "scans":
            # A rewrite reads too; it is said as a rewrite alone.
            real, mine = real - case.rewritten, mine - case.rewritten
        if real != mine:
            wrong.append(f"{what} {sorted(real)}, not {sorted(mine)}")
    return wrong, unknown


def record(case, before):
    """What was seen, as one line of effects.jsonl."""
    seen = {"before": before, "sql": case.judged, "fails": bool(case.failed)}
    if case.failed:
        seen["said"] = case.judged not in unsaid()
    else:
        there = lambda names: sorted(set(names) - case.gone)
        scans = there(case.scanned - case.rewritten)
        seen |= {"locks": dict(sorted(case.locks.items())), "rewrites": there(case.rewritten), "scans": scans, "gone": sorted(case.gone)}
    return json.dumps(seen)


def run(binary, server, words=(), verbose=False, recorded=None):
    setup, found = cases()
    found = [one for one in found if all(word.lower() in " ".join(one).lower() for word in words)]
    with server.connect() as session:
        session.run("CREATE DATABASE prepared")
    with server.connect("prepared") as session:
        for one in wire.statements(setup):
            session.run(one)
        session.run("ANALYZE")
    with server.connect("prepared") as session:
        KNOWN.update(name for (name,) in session.run("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = 'public' UNION SELECT 'public.mv'"))
    said = replay(binary, [[setup, before or "SELECT 1", judged] for before, judged in found], server.major)
    wrong, unknown = 0, 0
    for (before, judged), (_, statements) in zip(found, said):
        case = Case(server, before, judged)
        case.before, case.judged = KNOWN, judged
        if recorded is not None:
            recorded.append(record(case, before))
        steps = [one for one in statements if one["path"].endswith("000003_step.up.sql")]
        lines, open_questions = compare(case, steps)
        for _ in range(4):
            if not lines or recorded is not None:
                break
            # What is seen of locks depends on the moment: on a busy machine one look may miss one, and the next. A wrong prediction is
            # wrong every time.
            case = Case(server, before, judged)
            case.before, case.judged = KNOWN, judged
            lines, open_questions = compare(case, steps)
        wrong += bool(lines)
        unknown += bool(open_questions)
        if lines or verbose or (words and open_questions):
            print(f"{'' if lines else 'ok '}{judged}" + (f"   (after {before})" if before else ""))
            for line in lines:
                print(f"    the server: {line}")
            if open_questions:
                print(f"    not known: {', '.join(open_questions)}")
            if verbose:
                print(f"    seen: {case.locks}, rewrites {sorted(case.rewritten)}, scans {sorted(case.scanned)}, fails {case.failed}")
    print(f"effects: {len(found)} statements on PostgreSQL {server.version}, {len(found) - wrong - unknown} right in full, {unknown} not known in part, {wrong} wrong")
    return wrong


if __name__ == "__main__":
    arguments = [word for word in sys.argv[2:] if word not in ("-v", "--record")]
    kept = [] if "--record" in sys.argv else None
    try:
        failed = run(os.path.abspath(sys.argv[1]), postgres.Postgres(), arguments, "-v" in sys.argv, kept)
        if kept:
            with open(f"{HERE}/effects.jsonl", "w") as file:
                file.write("\n".join([json.dumps({"known": sorted(KNOWN)}), *kept]) + "\n")
        sys.exit(1 if failed else 0)
    except postgres.Unavailable as why:
        sys.exit(f"skipped: {why}")
