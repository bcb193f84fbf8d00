"""The npm packages: packed, installed into an empty prefix as npm would from its registry, and run."""
import glob, os, platform, shutil, sys

from common import ROOT, Unavailable, does_its_job, environment, expect, run, scratch

HERE = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def name_of_this_machine():
    system = {"linux": "linux", "darwin": "darwin"}.get(sys.platform)
    cpu = HERE.get(platform.machine().lower())
    if not system or not cpu:
        raise Unavailable(f"no npm package for {sys.platform} on {platform.machine()}")
    return f"{system}-{cpu}"


def pack(folder, package):
    env = environment(npm_config_cache=os.path.join(folder, "cache"))
    run("npm", "pack", "--silent", "--pack-destination", folder, os.path.join(folder, package), env=env)
    end = "backend-lint-[0-9]*.tgz" if package == "backend-lint" else f"backend-lint-{package}-*.tgz"
    (archive,) = glob.glob(os.path.join(folder, end))
    return archive


def check(binary):
    if not shutil.which("npm") or not shutil.which("node"):
        raise Unavailable("no npm")
    here = name_of_this_machine()
    foreign = "win32-x64" if here != "win32-x64" else "linux-x64"
    build = os.path.join(ROOT, "packaging", "npm", "build.py")
    with scratch() as folder:
        run(sys.executable, build, folder)
        run(sys.executable, build, folder, here, binary)
        run(sys.executable, build, folder, foreign, binary)
        command, fits, does_not = pack(folder, "backend-lint"), pack(folder, here), pack(folder, foreign)
        # Offline: what fits comes from the archive, the packages of the other platforms are optional and are not to be had.
        env = environment(npm_config_cache=os.path.join(folder, "cache"), npm_config_offline="true")
        options = ["--silent", "--no-audit", "--no-fund"]

        whole = os.path.join(folder, "whole")
        os.mkdir(whole)
        run("npm", "install", *options, command, fits, folder=whole, env=env)
        does_its_job(os.path.join(whole, "node_modules", ".bin", "backend-lint"))
        run("npm", "exec", "--offline", "--", "backend-lint", "explain", "contract/length-mismatch", folder=whole, env=env)

        # Installed without optional dependencies it says so, in one sentence.
        bare = os.path.join(folder, "bare")
        os.mkdir(bare)
        run("npm", "install", *options, "--omit=optional", command, folder=bare, env=env)
        done = run(os.path.join(bare, "node_modules", ".bin", "backend-lint"), "--version", code=2)
        expect(f"the package @backend-lint/{here} is not installed" in done.stderr, "the missing binary is not explained", done.stderr)

        # npm takes the package of no other platform.
        other = os.path.join(folder, "other")
        os.mkdir(other)
        refused = run("npm", "install", "--no-audit", "--no-fund", does_not, folder=other, env=env, code=None)
        expect(refused.returncode != 0 and "EBADPLATFORM" in refused.stderr, "npm installs the package of another platform", refused.stderr)
        return f"backend-lint and @backend-lint/{here}, {os.path.getsize(fits) / 1e6:.1f} MB packed"
