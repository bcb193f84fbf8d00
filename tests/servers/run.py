#!/usr/bin/env python3
"""Everything that real servers have to say about BINARY: proofs, predicted costs, replayed catalogs. What CI runs.

    python3 tests/servers/run.py BINARY [--sequences N] [--seed S] [--only proofs,costs,types,catalogs,sqlite,mariadb]

A server that cannot be had on this machine is `skipped:`, aloud; all else that differs is an error.
"""
import argparse, os, sys, time

import catalog, effects, mariadb, postgres, proofs, sqlite, type_uses


def timed(what, work):
    started = time.monotonic()
    wrong = work()
    print(f"  {what}: {'ok' if not wrong else 'WRONG'}, {time.monotonic() - started:.0f} s", flush=True)
    return wrong


def on(server, *works):
    """Runs works on a server, which is stopped at the end whatever happens."""
    try:
        running = server()
    except postgres.Unavailable as why:
        print(f"skipped: {why}", flush=True)
        return 0
    try:
        return sum(timed(what, lambda: work(running)) for what, work in works)
    finally:
        running.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--sequences", type=int, default=300)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", default="proofs,costs,types,catalogs,sqlite,mariadb")
    wanted = parser.parse_args()
    binary = os.path.abspath(wanted.binary)
    parts = wanted.only.split(",")
    postgres_works = {
        "proofs": ("proofs of the pages", proofs.run),
        "costs": ("predicted costs", lambda server: effects.run(binary, server)),
        "types": ("uses of types", type_uses.run),
        "catalogs": ("replayed catalogs", lambda server: catalog.run(binary, server, wanted.sequences, wanted.seed)),
    }
    works = [work for name, work in postgres_works.items() if name in parts]
    wrong = on(postgres.Postgres, *works) if works else 0
    if "sqlite" in parts:
        wrong += timed("SQLite", lambda: sqlite.run(binary, wanted.sequences, wanted.seed))
    if "mariadb" in parts:
        wrong += on(mariadb.MariaDb, ("MariaDB", lambda server: mariadb.run(binary, server)))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
