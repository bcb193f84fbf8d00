#!/usr/bin/env bash
# Puts backend-lint on the PATH of the steps that follow: an archive of the release, refused where its checksum differs.
#
# BACKEND_LINT_VERSION    v0.1.0, or latest
# BACKEND_LINT_RELEASES   where the archives are; the releases of the project unless told
# GITHUB_PATH             the file that collects what goes on the PATH
set -euo pipefail

fail() { printf '::error title=backend-lint::%s\n' "$1"; exit 2; }

case "${RUNNER_OS:-$(uname -s)}-${RUNNER_ARCH:-$(uname -m)}" in
    Linux-X64 | Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64 | Linux-aarch64) target=aarch64-unknown-linux-musl ;;
    macOS-X64 | Darwin-x86_64) target=x86_64-apple-darwin ;;
    macOS-ARM64 | Darwin-arm64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) fail "no binary for ${RUNNER_OS:-$(uname -s)} on ${RUNNER_ARCH:-$(uname -m)}; cargo install builds one" ;;
esac

version=${BACKEND_LINT_VERSION:-latest}
case "$version" in
    latest) from=latest/download ;;
    v[0-9]*) from=download/$version ;;
    [0-9]*) from=download/v$version ;;
    *) fail "\`$version\` is no version of backend-lint; give one such as v0.1.0, or latest" ;;
esac
releases=${BACKEND_LINT_RELEASES:-https://github.com/backend-lint/backend-lint/releases}
name=backend-lint-$target
# In the folder, because a Windows path has a colon, and tar takes what is before it for a host.
cd "${RUNNER_TEMP:-/tmp}"
cd "$(mktemp -d backend-lint.XXXXXX)"
for file in "$name.tar.gz" "$name.tar.gz.sha256"; do
    curl --fail --silent --show-error --location --retry 3 --output "$file" "$releases/$from/$file" ||
        fail "cannot fetch $releases/$from/$file"
done
if command -v sha256sum >/dev/null; then sum=(sha256sum); else sum=(shasum -a 256); fi
"${sum[@]}" --check --status "$name.tar.gz.sha256" || fail "the checksum of $name.tar.gz is another one than its release says"
tar -xzf "$name.tar.gz"
folder=$PWD/$name
if command -v cygpath >/dev/null; then folder=$(cygpath --windows "$folder"); fi
echo "$folder" >>"$GITHUB_PATH"
