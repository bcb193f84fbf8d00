#!/usr/bin/env python3
"""walk_baseline BINARY BUNDLE... [--from SHARE]: whether a baseline keeps yesterday's debt quiet for ever.

Clones each bundle, writes a baseline at its first commit with findings (or the first after a share of its history, 0.5 for half), and
then checks out every later commit and runs a full `check` with that baseline, everything shown. A finding that the baseline does not take, although the baseline
has its rule and subject, is an old one that came back. It is right to come back when what the finding says of its subject has changed,
and a fault when it says the same as at the first commit. Prints both, a line each the first time, and fails on a fault.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ALL = ["--no-config", "--allow-empty", "--exit-zero", "--format", "json", "--min-severity", "info", "--min-confidence", "low"]


def git(folder, *words):
    return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True).stdout


def findings(binary, folder, *words):
    done = subprocess.run([binary, "check", ".", *ALL, *words], cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise SystemExit(f"{folder}: exit {done.returncode}: {done.stderr[-300:]}")
    return json.loads(done.stdout)["findings"] if done.stdout.strip() else []


def key(finding):
    return finding["rule"], finding["subject"]


def says(finding):
    """What it says: headline, what it points at, and of what else the same is true; no places."""
    labels = sorted(label["message"] for label in finding["labels"])
    return finding["message"], finding["help"], tuple(labels), tuple(sorted(one["subject"] for one in finding["occurrences"]))


def walk(binary, bundle, share, folder):
    subprocess.run(["git", "-c", "init.defaultBranch=main", "clone", "-q", bundle, folder], check=True)
    commits = git(folder, "rev-list", "--reverse", "--first-parent", "HEAD").split()
    commits = commits[int(share * len(commits)):]
    first = {}
    while commits and not first:
        start = commits.pop(0)
        git(folder, "checkout", "-q", start)
        # Without what a full check shows by default on the first day, there is no debt to keep quiet.
        for finding in findings(binary, folder, "--migrations", "all"):
            first.setdefault(key(finding), set()).add(says(finding))
    baseline = os.path.join(folder, "backend-lint.baseline")
    subprocess.run([binary, "baseline", "write", ".", "--migrations", "all"], cwd=folder, check=True, capture_output=True)
    kept = os.path.join(folder, ".git", "baseline")
    os.rename(baseline, kept)
    shown, changed, faults = 0, {}, {}
    for commit in commits:
        git(folder, "checkout", "-q", commit)
        for finding in findings(binary, folder, "--baseline", kept):
            shown += 1
            if key(finding) in first:
                same = says(finding) in first[key(finding)]
                (faults if same else changed).setdefault((*key(finding), finding["message"]), commit[:10])
    for name, group in [("changed", changed), ("FAULT", faults)]:
        for (rule, subject, message), commit in group.items():
            print(f"  {name} {commit} {rule} {subject}: {message}")
    print(f"{os.path.basename(bundle)}: {len(first)} subjects in the baseline, {len(commits)} commits, {shown} findings shown, "
          f"{len(changed)} old ones back because their subject changed, {len(faults)} without that")
    return not faults


def main():
    words = sys.argv[1:]
    share = 0.0
    if "--from" in words:
        at = words.index("--from")
        share = float(words[at + 1])
        del words[at:at + 2]
    binary, bundles = os.path.abspath(words[0]), words[1:]
    right = True
    for bundle in bundles:
        folder = tempfile.mkdtemp()
        try:
            right &= walk(binary, bundle, share, folder)
        finally:
            shutil.rmtree(folder)
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
