#!/usr/bin/env python3
"""Holds data/postgres_type_uses.toml against a real PostgreSQL, pair by pair.

    python3 tests/servers/type_uses.py
"""
import os, sys, tomllib

import postgres, wire

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
METHODS = ("btree", "hash", "brin")


def works(session, *statements):
    """Whether the server takes the statements; nothing of them stays."""
    session.run("BEGIN")
    try:
        for one in statements:
            session.run(one)
        return True
    except wire.Refused:
        return False
    finally:
        session.run("ROLLBACK")


def measure(session, name, others):
    """The row of a type, as the server has it."""
    table = f"CREATE TABLE one (a {name})"
    row = {
        "name": name,
        "becomes": [other for other in others if works(session, table, f"ALTER TABLE one ALTER a TYPE {other}")],
        "referred_by": [other for other in others if works(session, f"CREATE TABLE one (a {name} UNIQUE)", f"CREATE TABLE two (b {other} REFERENCES one (a))")],
        "unindexed": [method for method in METHODS if not works(session, table, f"CREATE INDEX ON one USING {method} (a)")],
    }
    if not works(session, table, "CREATE INDEX ON one (lower(a::text))"):
        row["varying_text"] = True
    return row


def run(server):
    with open(f"{ROOT}/data/postgres_type_uses.toml", "rb") as file:
        rows = tomllib.load(file)["type"]
    names, wrong = [row["name"] for row in rows], 0
    with server.connect() as session:
        for row in rows:
            real = measure(session, row["name"], names)
            for key in {*real, *row}:
                if real.get(key) != row.get(key):
                    wrong += 1
                    print(f"{row['name']}: {key}: the server: {real.get(key)}, not {row.get(key)}")
    print(f"uses of types: {len(names)} types, {wrong} answers differ")
    return wrong


if __name__ == "__main__":
    try:
        sys.exit(1 if run(postgres.Postgres()) else 0)
    except postgres.Unavailable as why:
        sys.exit(f"skipped: {why}")
