"""What the checks of the packages share: a place of their own, commands that must do what is said, repositories to judge."""
import json, os, shutil, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# A migration that fails on a table with rows, and one that anybody may run.
BAD = "ALTER TABLE orders ADD COLUMN packing_note text NOT NULL;\n"
GOOD = "ALTER TABLE orders ADD COLUMN packing_note text;\n"
BAD_RULE = "migrations/add-required-column"


# What says how the registries are reached.
REGISTRIES = ("PIP_", "npm_config_", "NPM_CONFIG_", "CARGO_REGISTRIES_", "CARGO_SOURCE_", "CARGO_HTTP_", "SSL_CERT_", "REQUESTS_CA",
              "NODE_EXTRA")
# How whoever calls has the profiles: with others cargo would build every dependency again.
PROFILES = "CARGO_PROFILE_"


class Unavailable(Exception):
    """What a check needs cannot be had on this machine: no registry, no tool. Told aloud, never taken for success."""


def environment(**more):
    """The environment of a command: what finds programs, and nothing of the machine's git or CI."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "CARGO_HOME", "RUSTUP_HOME", "TMPDIR") if name in os.environ}
    kept.update({name: value for name, value in os.environ.items() if name.lower().endswith("_proxy") or name.startswith((*REGISTRIES, PROFILES))})
    kept.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull, GIT_CONFIG_NOSYSTEM="1")
    for role in ("AUTHOR", "COMMITTER"):
        kept.update({f"GIT_{role}_NAME": "a", f"GIT_{role}_EMAIL": "a@example.test"})
    kept.update(more)
    return kept


def run(*command, folder=ROOT, code=0, needs=None, env=None, timeout=1500):
    """What a command printed. Another exit code than `code` (None: any) is an error, or Unavailable where `needs` says of what."""
    done = subprocess.run(command, cwd=folder, env=env or environment(), capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace")
    if code is not None and done.returncode != code:
        told = f"{' '.join(command)}\nexit code {done.returncode}, not {code}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        if needs:
            raise Unavailable(f"{needs}: {done.stderr.strip().splitlines()[-1:] or done.returncode}")
        raise AssertionError(told)
    return done


def expect(condition, what, seen=""):
    if not condition:
        raise AssertionError(f"{what}\n{seen}")


def scratch():
    return tempfile.TemporaryDirectory(prefix="backend-lint-packages-")


def write(folder, path, text):
    whole = os.path.join(folder, path)
    os.makedirs(os.path.dirname(whole), exist_ok=True)
    with open(whole, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def git(folder, *arguments, code=0, env=None):
    return run("git", *arguments, folder=folder, code=code, env=env)


def repository(folder):
    """The clean shop in a repository of its own, on `main`, with everything committed."""
    shutil.copytree(os.path.join(ROOT, "fixtures", "shop-clean"), folder)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "start")
    return folder


def migration(folder, text):
    """Adds the next migration and its way back."""
    write(folder, "migrations/000099_note.up.sql", text)
    write(folder, "migrations/000099_note.down.sql", "ALTER TABLE orders DROP COLUMN packing_note;\n")


def does_its_job(*command, env=None):
    """The command is backend-lint: it says its version, finds the faulty shop faulty and the clean one clean."""
    with open(os.path.join(ROOT, "Cargo.toml"), encoding="utf-8") as file:
        version = next(line.split('"')[1] for line in file if line.startswith("version = "))
    said = run(*command, "--version", env=env).stdout
    expect(said == f"backend-lint {version}\n", "another version", said)
    bad = run(*command, "fixtures/shop", "--migrations", "all", "--format", "concise", code=1, env=env).stdout
    expect("error[contract/length-mismatch]" in bad, "the faulty shop is not told faulty", bad)
    run(*command, "fixtures/shop-clean", "--migrations", "all", env=env)


_venvs = {}


def python_tools(*packages):
    """The bin folder of a virtual environment with these packages of PyPI; made once for each set."""
    if packages not in _venvs:
        folder = tempfile.TemporaryDirectory(prefix="backend-lint-tools-")
        try:
            run(sys.executable, "-m", "venv", folder.name, needs="no virtual environments")
            run(os.path.join(folder.name, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", *packages,
                needs=f"PyPI does not give {' '.join(packages)}", timeout=300)
        except BaseException:
            folder.cleanup()
            raise
        _venvs[packages] = folder
    return os.path.join(_venvs[packages].name, "bin")


def yaml(path):
    """A YAML file as values, read by PyYAML."""
    python = os.path.join(python_tools("pyyaml"), "python")
    code = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], encoding='utf-8')), sys.stdout, default=str)"
    return json.loads(run(python, "-c", code, path).stdout)
