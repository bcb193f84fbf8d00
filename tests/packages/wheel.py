"""The Python wheel: built by maturin, installed by pip into an environment that holds nothing else, run without anything on the PATH."""
import glob, os, sys, tarfile

from common import does_its_job, environment, expect, python_tools, run, scratch


def build(folder):
    """The wheel in `folder`; the binary in it is the one that cargo builds for a release."""
    tools = python_tools("maturin>=1.9,<2")
    env = environment(PATH=tools + os.pathsep + os.environ["PATH"])
    run("maturin", "build", "--quiet", "--release", "--locked", "--out", folder, env=env)
    (wheel,) = glob.glob(os.path.join(folder, "*.whl"))
    return wheel


def check(binary):
    with scratch() as folder:
        wheel = build(os.path.join(folder, "dist"))
        venv = os.path.join(folder, "venv")
        run(sys.executable, "-m", "venv", venv)
        bin = os.path.join(venv, "bin")
        run(os.path.join(bin, "pip"), "install", "--quiet", "--no-index", "--find-links", os.path.dirname(wheel), "backend-lint")
        does_its_job("backend-lint", env={"PATH": bin})
        shown = run(os.path.join(bin, "pip"), "show", "backend-lint").stdout
        expect("Home-page" in shown and "Reads a repository as a senior backend engineer would" in shown, "the summary is missing", shown)
        run(os.path.join(bin, "pip"), "uninstall", "--quiet", "--yes", "backend-lint")
        expect(not os.path.exists(os.path.join(bin, "backend-lint")), "pip leaves the command behind")

        # From source: everything that the build reads is in the archive, and nothing that it does not.
        tools = python_tools("maturin>=1.9,<2")
        run(os.path.join(tools, "maturin"), "sdist", "--out", os.path.join(folder, "sdist"))
        (archive,) = glob.glob(os.path.join(folder, "sdist", "*.tar.gz"))
        with tarfile.open(archive) as opened:
            names = {name.split("/", 1)[1] for name in opened.getnames() if "/" in name}
        wanted = ["src", "rules", "data", "benches", "Cargo.toml", "Cargo.lock", "pyproject.toml", "README.md", "LICENSE"]
        tracked = run("git", "ls-files", *wanted)
        missing = sorted(set(tracked.stdout.split("\n")) - names - {""})
        expect(not missing, "not in the source archive", missing)
        expect(not any(name.startswith(("tests/", "fixtures/", "target/")) for name in names), "too much in the source archive")
        size = os.path.getsize(wheel)
        return f"{os.path.basename(wheel)}, {size / 1e6:.1f} MB"
