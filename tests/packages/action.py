"""The GitHub Action: its own steps, read from action.yml, run by bash as the runner runs them, with its files and variables faked."""
import json, os, platform, re, sys

from common import BAD, BAD_RULE, ROOT, Unavailable, environment, expect, git, migration, repository, run, scratch, write, yaml

ARCHITECTURES = {"x86_64": ("X64", "x86_64-unknown-linux-musl"), "aarch64": ("ARM64", "aarch64-unknown-linux-musl")}


def value(expression, context):
    """What an expression of action.yml comes to: names, strings, `||`, `&&`, `==`, and the functions that stand there."""
    code = expression.replace("&&", " and ").replace("||", " or ")
    code = re.sub(r"\b(inputs|github|steps|runner)((?:\.[\w-]+)+)", lambda m: f"get({m.group(1)!r}, {m.group(2)[1:]!r})", code)
    functions = {
        "get": lambda part, name: context[part].get(name, ""),
        "startsWith": lambda text, start: text.startswith(start),
        "contains": lambda text, part: part in text,
        "always": lambda: True,
    }
    return eval(code, {"__builtins__": {}}, functions)


def text(template, context):
    return re.sub(r"\$\{\{(.*?)\}\}", lambda m: str(value(m.group(1).strip(), context) or ""), template)


class Runner:
    """One call of the action."""

    def __init__(self, action, folder, workspace, inputs, **variables):
        defaults = {name: declared.get("default", "") for name, declared in action["inputs"].items()}
        expect(set(inputs) <= set(defaults), "inputs that the action does not have", inputs)
        github = {"action_path": ROOT, "action_ref": "v0.1.0"}
        self.context = {"inputs": {**defaults, **inputs}, "steps": {}, "github": github}
        self.files = {name: os.path.join(folder, name) for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in self.files.values():
            open(path, "w").close()
        self.env = environment(RUNNER_OS="Linux", RUNNER_ARCH=ARCHITECTURES[platform.machine()][0], RUNNER_TEMP=folder, CI="true",
                               GITHUB_ACTIONS="true", **self.files, **variables)
        self.workspace, self.code, self.out, self.used = workspace, 0, "", []
        for step in action["runs"]["steps"]:
            condition = step.get("if", "")
            if (self.code and "always()" not in condition) or (condition and not value(condition, self.context)):
                continue
            self.step(step)

    def step(self, step):
        if "uses" in step:
            self.used.append((step["uses"], {name: text(one, self.context) for name, one in step["with"].items()}))
            return
        paths = self.read("GITHUB_PATH").split()
        env = dict(self.env, PATH=os.pathsep.join(paths + [self.env["PATH"]]))
        env.update({name: text(one, self.context) for name, one in step.get("env", {}).items()})
        where = os.path.join(self.workspace, text(step.get("working-directory", "."), self.context))
        done = run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"], folder=where, env=env, code=None)
        self.out += done.stdout + done.stderr
        self.code = self.code or done.returncode
        if "id" in step:
            outputs = dict(line.split("=", 1) for line in self.read("GITHUB_OUTPUT").splitlines())
            self.context["steps"].update({f"{step['id']}.outputs.{name}": one for name, one in outputs.items()})

    def read(self, name):
        with open(self.files[name], encoding="utf-8") as file:
            return file.read()


def releases(folder, binary, version):
    """The archives of a release as the download page has them, made by the script that makes them for a release."""
    target = ARCHITECTURES[platform.machine()][1]
    at = os.path.join(folder, "releases", "download", version)
    run(os.path.join(ROOT, "packaging", "archive.sh"), binary, target, at)
    return "file://" + os.path.join(folder, "releases"), os.path.join(at, f"backend-lint-{target}.tar.gz")


def check(binary):
    if not sys.platform.startswith("linux") or platform.machine() not in ARCHITECTURES:
        raise Unavailable(f"the runner that is faked is not one of {sys.platform} on {platform.machine()}")
    action = yaml(os.path.join(ROOT, "action.yml"))
    for step in action["runs"]["steps"]:
        expect("${{" not in step.get("run", ""), "an expression is pasted into a script", step)
    with scratch() as folder:
        def call(workspace, inputs, **variables):
            return Runner(action, folder, workspace, inputs, **variables)

        # What is fetched is refused when it is not what the release says it is.
        base, archive = releases(folder, binary, "v0.1.0")
        shop = os.path.join(ROOT, "fixtures", "shop")
        fetched = call(shop, {"args": "--migrations all"}, BACKEND_LINT_RELEASES=base)
        expect(fetched.code == 1 and "::error file=fixtures/shop/" in fetched.out, "the fetched binary does not run", fetched.out)
        expect(fetched.read("GITHUB_STEP_SUMMARY").startswith("### backend-lint: "), "no summary of the job")
        expect(fetched.context["steps"]["check.outputs.exit-code"] == "1" and not fetched.used, "another output", fetched.context)
        with open(archive, "ab") as file:
            file.write(b"more")
        forged = call(shop, {}, BACKEND_LINT_RELEASES=base)
        expect(forged.code == 2 and "checksum" in forged.out and not forged.read("GITHUB_PATH"), "a forged archive is taken", forged.out)
        absent = call(shop, {"version": "v9.9.9"}, BACKEND_LINT_RELEASES=base)
        expect(absent.code == 2 and "cannot fetch" in absent.out, "an absent release is not told", absent.out)
        wrong = call(shop, {"version": "../../x"}, BACKEND_LINT_RELEASES=base)
        expect(wrong.code == 2 and "is no version" in wrong.out, "any text is taken for a version", wrong.out)

        installed = {"binary": os.path.dirname(binary)}
        repo = repository(os.path.join(folder, "clean shop"))
        clean = call(repo, {**installed, "args": "--migrations all", "upload-sarif": "true"})
        expect(clean.code == 0, "the clean shop does not pass", clean.out)
        with open(os.path.join(repo, "backend-lint.sarif"), encoding="utf-8") as file:
            expect(json.load(file)["runs"][0]["results"] == [], "results for the clean shop")
        (upload,) = clean.used
        expect(upload[0].startswith("github/codeql-action/upload-sarif@"), "another upload", upload)
        expect(upload[1]["sarif_file"] == "./backend-lint.sarif", "another file is uploaded", upload)
        os.remove(os.path.join(repo, "backend-lint.sarif"))

        # Arguments are words: quotes hold, and nothing is evaluated.
        quoted = call(repo, {**installed, "args": "--ignore 'schema, queries'\n--fail-on \"warning\""})
        expect(quoted.code == 0, "quoted words do not hold", quoted.out)
        for hostile in ("$(touch injected)", "`touch injected`", "; touch injected", "&& touch injected", "| tee injected", "> injected"):
            run_it = call(repo, {**installed, "args": f"--fail-on never {hostile}"})
            expect(not os.path.exists(os.path.join(repo, "injected")), f"{hostile} was run", run_it.out)
        unmatched = call(repo, {**installed, "args": "--ignore 'schema", "upload-sarif": "true"})
        expect(unmatched.code == 2 and "quotes" in unmatched.out and not unmatched.used, "unmatched quotes are not told", unmatched.out)
        own = call(repo, {**installed, "args": "--format=concise --since HEAD --allow-empty"}, GITHUB_BASE_REF="main")
        expect(own.code == 0, "what was typed is not what is run", own.out)

        # A repository with nothing in it passes.
        empty = os.path.join(folder, "empty")
        write(empty, "README.md", "nothing\n")
        nothing = call(empty, installed)
        expect(nothing.code == 0, "a repository without artifacts does not pass", nothing.out)

        # A pull request: what it brings, against the branch that it goes to; a checkout without the base is told how to get it.
        git(repo, "checkout", "-q", "-b", "change")
        migration(repo, BAD)
        git(repo, "add", "-A")
        git(repo, "commit", "-q", "-m", "bad")
        checkout = os.path.join(folder, "checkout")
        git(folder, "clone", "-q", "--branch", "change", "file://" + repo, checkout)
        change = call(checkout, {**installed, "sarif": "out.sarif"}, GITHUB_BASE_REF="main")
        told = f"title={BAD_RULE}::" in change.out and change.out.count("::error ") == change.out.count("000099_note.up.sql,")
        expect(change.code == 1 and told, "another finding", change.out)
        with open(os.path.join(checkout, "out.sarif"), encoding="utf-8") as file:
            expect(BAD_RULE in [one["ruleId"] for one in json.load(file)["runs"][0]["results"]], "another log")
        shallow = os.path.join(folder, "shallow")
        git(folder, "clone", "-q", "--depth", "1", "--branch", "change", "file://" + repo, shallow)
        cut = call(shallow, {**installed, "upload-sarif": "true"}, GITHUB_BASE_REF="main")
        expect(cut.code == 2 and "git fetch" in cut.out and not cut.used, "a shallow checkout is not told what to do", cut.out)
        # Everything, not only the change: the pending migration is judged against the base all the same.
        whole = call(checkout, {**installed, "changes-only": "false", "args": "--min-severity info"}, GITHUB_BASE_REF="main")
        expect(whole.code == 1 and whole.out.count("::notice ") > change.out.count("::notice "), "not everything is told", whole.out)
        return "fetched and checked, run as a step, told apart by its exit codes"
