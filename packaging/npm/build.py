#!/usr/bin/env python3
"""The npm packages: one with the command, one a platform with the binary.

    python3 packaging/npm/build.py FOLDER                       the command, which depends on all platforms
    python3 packaging/npm/build.py FOLDER linux-x64 BINARY      the package of a platform

Each becomes a folder in FOLDER, to be packed or published by `npm`. Version and description are those of Cargo.toml.
"""
import json, os, re, shutil, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# npm's name of a platform -> the target that its binary is built for. The Linux ones are static, so they fit every libc.
PLATFORMS = {
    "linux-x64": "x86_64-unknown-linux-musl",
    "linux-arm64": "aarch64-unknown-linux-musl",
    "darwin-x64": "x86_64-apple-darwin",
    "darwin-arm64": "aarch64-apple-darwin",
    "win32-x64": "x86_64-pc-windows-msvc",
}


def manifest_value(key):
    with open(os.path.join(ROOT, "Cargo.toml"), encoding="utf-8") as file:
        return re.search(rf'^{key} = "(.*)"$', file.read(), re.MULTILINE).group(1)


def common(name, description):
    repository = manifest_value("repository")
    return {
        "name": name,
        "version": manifest_value("version"),
        "description": description,
        "license": manifest_value("license"),
        "homepage": repository,
        "repository": {"type": "git", "url": f"git+{repository}.git"},
    }


def write(folder, package, files):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "package.json"), "w", encoding="utf-8") as file:
        json.dump(package, file, indent=2)
        file.write("\n")
    for source in [*files, os.path.join(ROOT, "LICENSE")]:
        shutil.copy(source, folder)
    print(folder)


def command(folder):
    package = common("backend-lint", manifest_value("description"))
    package["keywords"] = ["lint", "openapi", "sql", "migrations", "backend"]
    package["bin"] = {"backend-lint": "backend-lint.js"}
    package["files"] = ["backend-lint.js"]
    package["engines"] = {"node": ">=18"}
    package["optionalDependencies"] = {f"@backend-lint/{one}": package["version"] for one in PLATFORMS}
    here = os.path.join(ROOT, "packaging", "npm", "backend-lint", "backend-lint.js")
    write(os.path.join(folder, "backend-lint"), package, [here, os.path.join(ROOT, "README.md")])


def platform(folder, name, binary):
    if name not in PLATFORMS:
        sys.exit(f"unknown platform {name}; one of {', '.join(PLATFORMS)}")
    package = common(f"@backend-lint/{name}", f"The binary of backend-lint for {name}.")
    package["os"], package["cpu"] = ([part] for part in name.split("-"))
    file = "backend-lint.exe" if name.startswith("win32") else "backend-lint"
    package["files"] = [file]
    # The command resolves the file in the package by its path.
    package["preferUnplugged"] = True
    target = os.path.join(folder, name)
    write(target, package, [])
    shutil.copy(binary, os.path.join(target, file))
    os.chmod(os.path.join(target, file), 0o755)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        command(sys.argv[1])
    elif len(sys.argv) == 4:
        platform(*sys.argv[1:])
    else:
        sys.exit(__doc__)
