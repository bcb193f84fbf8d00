"""The binary alone: linked statically, in a root directory that holds nothing but it and a repository, as in the image of the Dockerfile.

The image links against musl, whose target this toolchain may not have; here it is the C library of the machine, and the debug build:
what a root directory lacks is the same for both, and linking a second release would take minutes.
"""
import os, shutil, sys

from common import ROOT, Unavailable, expect, repository, run, scratch


def check(binary):
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("chroot"):
        raise Unavailable("only root on Linux may change the root directory")
    run("cargo", "rustc", "--quiet", "--locked", "--bin", "backend-lint", "--", "-C", "target-feature=+crt-static")
    with scratch() as folder:
        alone = shutil.copy(os.path.join(ROOT, "target", "debug", "backend-lint"), folder)
        told = run("ldd", alone, code=None)
        alone_it_is = "statically linked" in told.stdout or "not a dynamic executable" in told.stdout + told.stderr
        expect(alone_it_is, "it wants libraries", told.stdout)
        shutil.copytree(os.path.join(ROOT, "fixtures", "shop"), os.path.join(folder, "work"))
        repository(os.path.join(folder, "clean"))
        bare = {"PATH": os.environ["PATH"]}
        bad = run("chroot", folder, "/backend-lint", "/work", "--migrations", "all", "--format", "concise", code=1, env=bare).stdout
        expect("error[contract/length-mismatch]" in bad, "the faulty shop is not told faulty", bad)
        run("chroot", folder, "/backend-lint", "check", "/clean", "--since", "HEAD", env=bare)
        return "it wants nothing else"
