#!/usr/bin/env python3
"""Everything that people install and run instead of `cargo install`: built, installed into empty places, and used. What CI runs.

    python3 tests/packages/run.py BINARY [--only wheel,gitlab,npm,action,hook,workflows,docs,static]

BINARY is a release build. What cannot be had on this machine (a registry, a tool) is `skipped:`, aloud.
"""
import argparse, importlib, os, shutil, sys, time, traceback

from common import Unavailable, scratch

CHECKS = ["workflows", "docs", "action", "npm", "wheel", "gitlab", "hook", "static"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--only", default=",".join(CHECKS))
    wanted = parser.parse_args()
    wrong = 0
    with scratch() as folder:
        # A copy, because some checks build and so replace it.
        binary = shutil.copy(os.path.abspath(wanted.binary), os.path.join(folder, "backend-lint"))
        for name in wanted.only.split(","):
            started = time.monotonic()
            try:
                told = importlib.import_module(name).check(binary)
            except Unavailable as why:
                print(f"skipped: {name}: {why}", flush=True)
                continue
            except AssertionError as error:
                wrong += 1
                traceback.print_exc()
                told = f"WRONG: {str(error).splitlines()[0]}"
            print(f"  {name}: {told} ({time.monotonic() - started:.0f} s)", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
