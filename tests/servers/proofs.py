#!/usr/bin/env python3
"""Runs the `## Proof` of every page of rules/migrations on a real PostgreSQL; the form stands in rules/README.md.

    python3 tests/servers/proofs.py [RULE ...]     all pages, or those whose name holds one of the words
    python3 tests/servers/proofs.py -v RULE        shows also what was measured
"""
import os, re, sys, time

import postgres, wire

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = os.path.join(ROOT, "rules", "migrations")
# What a page has to prove: these words in its headline, its reasons or its reports claim something of the server.
CLAIMS = re.compile(
    r"ACCESS EXCLUSIVE|SHARE (?:ROW |UPDATE )?(?:EXCLUSIVE|lock)|\brewrites? the table\b|\breads the whole table\b|\bPostgreSQL refuses\b"
)
STRENGTH = [
    "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
]
# Statements that the server refuses inside a transaction.
ALONE = re.compile(r"\bCONCURRENTLY\b|^\s*VACUUM\b|^\s*(CREATE|DROP) DATABASE\b|^\s*REINDEX (SCHEMA|DATABASE|SYSTEM)\b|^\s*ALTER SYSTEM\b", re.I)


def mode_name(mode):
    """`AccessExclusiveLock` as the documentation spells it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mode.removesuffix("Lock")).upper()


class Page:
    """A page, and the parts of its proof where it has one."""

    def __init__(self, path):
        self.name = os.path.basename(path).removesuffix(".md")
        text = open(path, encoding="utf-8").read()
        found = re.search(r"(?ms)^## Proof\n(.*?)(?=^## |\Z)", text)
        self.proof = found and found.group(1)
        self.claims = CLAIMS.search(text.split("\n---\n", 1)[-1]) is not None
        self.parts = {}
        for name, fence in re.findall(r"(?ms)^(setup|session A|session B|seen):\n```\w*\n(.*?)^```", self.proof or ""):
            self.parts[name] = fence.strip()


class Proof:
    """One proof on its own, empty database."""

    def __init__(self, server, parts):
        self.server, self.parts = server, parts
        self.locks, self.a_failed, self.b_failed, self.b_waits = {}, None, None, None
        self.watch = server.connect()
        self.watch.run("DROP DATABASE IF EXISTS proof")
        self.watch.run("CREATE DATABASE proof")
        self.watch.close()
        self.watch, self.a, self.b = (server.connect("proof") for _ in range(3))

    def close(self):
        for session in (self.a, self.b, self.watch):
            session.close()

    def tables(self):
        rows = self.watch.run(
            "SELECT c.oid, CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname, pg_relation_filenode(c.oid),"
            " coalesce(pg_stat_get_numscans(c.oid), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        )
        return {oid: (name, file, int(scans)) for oid, name, file, scans in rows}

    def see_locks(self):
        """Remembers the strongest mode of A on each table: held, or asked for and waited for."""
        rows = self.watch.run(f"SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND pid = {self.a.pid}")
        for oid, mode in rows:
            mode = mode_name(mode)
            if mode in STRENGTH:
                self.locks[oid] = max(self.locks.get(oid, mode), mode, key=STRENGTH.index)

    def run(self):
        for one in wire.statements(self.parts.get("setup", "")):
            self.a.run(one)
        self.a.run("ANALYZE")
        self.a.run("SELECT pg_stat_force_next_flush()")
        before = self.tables()
        steps = wire.statements(self.parts["session A"])
        opens = any(re.match(r"(BEGIN|START TRANSACTION)\b", one, re.I) for one in steps)
        try:
            if opens:
                for one in steps:
                    self.a.run(one)
                    self.see_locks()
            else:
                for one in steps[:-1]:
                    self.a.run(one)
                self.run_alone(steps[-1], before)
        except wire.Refused as why:
            self.a_failed = str(why)
        if opens:
            self.try_b()
        if self.a.in_transaction:
            self.a.run("COMMIT")
        self.a.run("SELECT pg_stat_force_next_flush()")
        self.watch.run("SELECT pg_stat_clear_snapshot()")
        after = self.tables()
        self.by_name = {name: oid for oid, (name, _, _) in before.items()}
        self.rewritten = {oid: oid in after and after[oid][1] != before[oid][1] for oid in before}
        self.scanned = {oid: oid in after and after[oid][2] > before[oid][2] for oid in before}

    def run_alone(self, statement, before):
        """A statement outside a transaction is kept from ending by somebody who writes to the tables, and looked at meanwhile."""
        writer = self.server.connect("proof")
        writer.run("BEGIN")
        for name in (name for name, _, _ in before.values()):
            writer.run(f"LOCK TABLE ONLY {name} IN ROW EXCLUSIVE MODE") if not self.is_view(name) else None
        self.a.start(statement)
        for _ in range(10):
            self.see_locks()
            if self.a.is_done(0.02):
                break
        self.try_b()
        writer.run("COMMIT")
        writer.close()
        self.a.finish()

    def is_view(self, name):
        return self.watch.value(f"SELECT relkind FROM pg_class WHERE oid = '{name}'::regclass") == "m"

    def try_b(self):
        if "session B" not in self.parts:
            return
        self.b.run("SET lock_timeout = '300ms'")
        try:
            for one in wire.statements(self.parts["session B"]):
                self.b.run(one)
            self.b_waits = False
        except wire.Refused as why:
            self.b_waits = "lock timeout" in str(why)
            self.b_failed = None if self.b_waits else str(why)
        if self.b.in_transaction:
            self.b.run("ROLLBACK")

    def holds(self, fact):
        """Whether a line of `seen:` is what was measured; and what was measured."""
        for pattern, measured in (
            (r"A holds ([A-Z ]+) on (\S+)", lambda m: (self.locks.get(self.by_name.get(m[2])) == m[1], self.locks.get(self.by_name.get(m[2])))),
            (r"A holds nothing on (\S+)", lambda m: (self.by_name[m[1]] not in self.locks, self.locks.get(self.by_name[m[1]]))),
            (r"B (waits|runs)", lambda m: (self.b_waits is (m[1] == "waits") and not self.b_failed, self.b_failed or {True: "waits", False: "runs", None: "no session B"}[self.b_waits])),
            (r"(\S+) is (not )?rewritten", lambda m: (self.rewritten.get(self.by_name.get(m[1])) is not bool(m[2]), self.rewritten.get(self.by_name.get(m[1])))),
            (r"(\S+) is (not )?scanned", lambda m: (self.scanned.get(self.by_name.get(m[1])) is not bool(m[2]), self.scanned.get(self.by_name.get(m[1])))),
            (r"A fails: (.+)", lambda m: (m[1] in (self.a_failed or ""), self.a_failed)),
            (r"B fails: (.+)", lambda m: (m[1] in (self.b_failed or ""), self.b_failed)),
        ):
            found = re.fullmatch(pattern, fact)
            if found:
                if "is " in pattern and found[1] not in self.by_name:
                    return False, "no such table before session A"
                return measured(found)
        return False, "no fact that can be measured"


def check(server, page, verbose):
    """What is wrong with the proof of a page."""
    missing = [part for part in ("session A", "seen") if part not in page.parts]
    if missing:
        return [f"the proof has no `{part}:`" for part in missing]
    proof, wrong = Proof(server, page.parts), []
    try:
        proof.run()
    except wire.Refused as why:
        return [f"does not run: {why}"]
    finally:
        proof.close()
    facts = page.parts["seen"].splitlines()
    for fact in facts:
        right, measured = proof.holds(fact.strip())
        if verbose or not right:
            print(f"  {'ok ' if right else 'NOT'} {fact}   [{measured}]")
        if not right:
            wrong.append(f"`{fact}` is not what is seen: {measured}")
    if proof.a_failed and not any(fact.startswith("A fails") for fact in facts):
        wrong.append(f"session A fails: {proof.a_failed}")
    return wrong


def run(server, only=(), verbose=False):
    """Checks all pages; returns how many are wrong."""
    wrong = proven = facts = 0
    for path in sorted(os.listdir(PAGES)):
        page = Page(os.path.join(PAGES, path))
        if only and not any(word in page.name for word in only):
            continue
        if page.proof is None:
            if page.claims and not only:
                wrong += 1
                print(f"{page.name}: claims a lock, a rewrite, a scan or a failure, and has no `## Proof`")
            continue
        if verbose:
            print(page.name)
        said = check(server, page, verbose)
        proven, facts, wrong = proven + 1, facts + len(page.parts.get("seen", "").splitlines()), wrong + bool(said)
        for one in said:
            print(f"{page.name}: {one}")
    print(f"proofs: {proven} pages, {facts} facts, on PostgreSQL {server.version}; {wrong} pages wrong")
    return wrong


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "-v"]
    try:
        sys.exit(1 if run(postgres.Postgres(), words, "-v" in sys.argv) else 0)
    except postgres.Unavailable as why:
        sys.exit(f"skipped: {why}")
