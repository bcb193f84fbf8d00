"""The hooks, run by the real `pre-commit`: a bad commit is blocked, a good one passes, and other files do not wake it."""
import os, shutil, time

from common import BAD, BAD_RULE, GOOD, ROOT, environment, expect, git, migration, python_tools, repository, run, scratch, write


def snapshot(folder):
    """The project as it lies here, committed or not, in a repository of its own, because pre-commit clones what it runs."""
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout.split("\0")
    for name in filter(None, names):
        source, target = os.path.join(ROOT, name), os.path.join(folder, name)
        if os.path.isfile(source):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(source, target)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "snapshot")
    return git(folder, "rev-parse", "HEAD").stdout.strip()


def blocks_and_passes(folder, project, revision, hook, env):
    shop = repository(os.path.join(folder, hook))
    write(shop, ".pre-commit-config.yaml", f"repos:\n  - repo: {project}\n    rev: {revision}\n    hooks:\n      - id: {hook}\n")
    run("pre-commit", "install", folder=shop, env=env)
    git(shop, "add", ".pre-commit-config.yaml")
    # The first commit builds the environment of the hook.
    started = time.monotonic()
    git(shop, "commit", "-m", "hook", env=env)
    built = time.monotonic() - started

    before = git(shop, "rev-parse", "HEAD").stdout
    migration(shop, BAD)
    git(shop, "add", "-A")
    blocked = git(shop, "commit", "-m", "bad", env=env, code=1)
    told = blocked.stdout + blocked.stderr
    expect(BAD_RULE in told and "000099_note.up.sql:1" in told, "the hook does not say what it blocks", told)
    expect(git(shop, "rev-parse", "HEAD").stdout == before, "a bad commit was made")

    # What lies in the working tree does not count, what is staged does: the good text is staged, the bad one is not.
    migration(shop, GOOD)
    git(shop, "add", "-A")
    migration(shop, BAD)
    started = time.monotonic()
    git(shop, "commit", "-m", "good", env=env)
    took = time.monotonic() - started
    expect(git(shop, "rev-parse", "HEAD").stdout != before, "a good commit was not made")
    git(shop, "checkout", "-q", ".")

    write(shop, "notes.md", "nothing to judge\n")
    git(shop, "add", "-A")
    skipped = git(shop, "commit", "-m", "notes", env=env)
    expect("no files to check" in skipped.stdout + skipped.stderr, "the hook runs for files that it does not read", skipped.stderr)
    return built, took


def check(binary):
    tools = python_tools("pre-commit>=4,<5")
    with scratch() as folder:
        project = os.path.join(folder, "project")
        revision = snapshot(project)
        installed = os.path.join(folder, "installed")
        os.mkdir(installed)
        shutil.copy(binary, os.path.join(installed, "backend-lint"))
        paths = os.pathsep.join([tools, os.environ["PATH"]])
        env = environment(PATH=paths, PRE_COMMIT_HOME=os.path.join(folder, "cache"),
                          # What is built already need not be built again.
                          CARGO_TARGET_DIR=os.path.join(ROOT, "target"))
        run("pre-commit", "validate-manifest", os.path.join(ROOT, ".pre-commit-hooks.yaml"), env=env)
        with_binary = dict(env, PATH=os.pathsep.join([installed, paths]))
        _, took = blocks_and_passes(folder, project, revision, "backend-lint-system", with_binary)
        built, _ = blocks_and_passes(folder, project, revision, "backend-lint", env)
        return f"both hooks block and pass; {built:.0f} s to build the first time, {took:.2f} s for a commit with pre-commit's own time"
