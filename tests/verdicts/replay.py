#!/usr/bin/env python3
"""Walks the commits of history.tsv again and says which of its findings BINARY still makes.

    python3 tests/verdicts/replay.py BINARY FOLDER

FOLDER holds the histories as git bundles, REPOSITORY.bundle. Each commit is checked against its first parent, with the defaults.
"""
import collections, json, os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def git(folder, *arguments):
    return subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=True).stdout


def verdicts():
    with open(os.path.join(HERE, "history.tsv"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def main(binary, histories):
    wanted = collections.defaultdict(list)
    for repository, commit, rule, fingerprint, right, actionable, why in verdicts():
        wanted[repository, commit].append((rule, fingerprint, right, actionable, why))
    made = gone = 0
    with tempfile.TemporaryDirectory() as scratch:
        for (repository, commit), findings in sorted(wanted.items()):
            folder = os.path.join(scratch, repository)
            if not os.path.isdir(folder):
                bundle = os.path.join(histories, repository + ".bundle")
                if not os.path.exists(bundle):
                    sys.exit(f"skipped: no {bundle}")
                subprocess.run(["git", "clone", "-q", bundle, folder], check=True, capture_output=True)
            git(folder, "checkout", "-q", commit)
            run = subprocess.run([binary, "check", ".", "--since", f"{commit}^1", "--format", "json", "--no-config", "--allow-empty"],
                                 cwd=folder, capture_output=True, text=True, timeout=300)
            found = {one["fingerprint"] for one in json.loads(run.stdout)["findings"]}
            for rule, fingerprint, right, actionable, why in findings:
                made += fingerprint in found
                if fingerprint not in found:
                    gone += 1
                    print(f"gone: {repository} {commit} {rule} (right: {right}, actionable: {actionable}): {why}")
    print(f"{made} findings still made, {gone} gone")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), sys.argv[2])
