"""The GitLab template: its script is run as a runner would, with the wheel as the package that pip finds."""
import json, os, sys

import wheel
from common import BAD, BAD_RULE, ROOT, environment, expect, git, migration, repository, run, scratch, yaml


def check(binary):
    job = yaml(os.path.join(ROOT, "packaging", "gitlab", "backend-lint.yml"))["backend-lint"]
    script = "set -eo pipefail\n" + "\n".join(job["before_script"] + job["script"])
    report = job["artifacts"]["reports"]["codequality"]
    with scratch() as folder:
        wheel.build(os.path.join(folder, "dist"))
        venv = os.path.join(folder, "venv")
        run(sys.executable, "-m", "venv", venv)
        shop = repository(os.path.join(folder, "shop"))
        base = git(shop, "rev-parse", "HEAD").stdout.strip()
        git(shop, "checkout", "-q", "-b", "change")
        migration(shop, BAD)
        git(shop, "add", "-A")
        git(shop, "commit", "-q", "-m", "bad")
        variables = {**job["variables"], "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": os.path.join(folder, "dist"), "CI": "true"}
        env = environment(PATH=os.path.join(venv, "bin") + os.pathsep + os.environ["PATH"], **variables)

        merge_request = dict(env, CI_MERGE_REQUEST_DIFF_BASE_SHA=base, BACKEND_LINT_ARGS="--min-severity info --ignore $(touch injected)")
        run("bash", "-c", script, folder=shop, env=merge_request, code=2)
        expect(not os.path.exists(os.path.join(shop, "injected")), "an argument was run as a command")
        merge_request["BACKEND_LINT_ARGS"] = ""
        run("bash", "-c", script, folder=shop, env=merge_request, code=1)
        with open(os.path.join(shop, report), encoding="utf-8") as file:
            found = json.load(file)
        expect(BAD_RULE in [issue["check_name"] for issue in found], "another report", found)
        os.remove(os.path.join(shop, report))
        git(shop, "checkout", "-q", "main")
        run("bash", "-c", script, folder=shop, env=env)
        with open(os.path.join(shop, report), encoding="utf-8") as file:
            expect(json.load(file) == [], "findings on a clean branch")
        return "a merge request fails for what it brings, the branch passes"
