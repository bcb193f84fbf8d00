#!/usr/bin/env bash
# archive.sh BINARY TARGET FOLDER: the release archive of a target and its checksum, as packaging/action/install.sh takes them.
set -euo pipefail
binary=$1 target=$2 folder=$3
root=$(cd "$(dirname "$0")/.." && pwd)
name=backend-lint-$target
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$folder" "$stage/$name"
cp "$binary" "$root/LICENSE" "$root/README.md" "$stage/$name/"
tar -C "$stage" -czf "$folder/$name.tar.gz" "$name"
if command -v sha256sum >/dev/null; then sum=(sha256sum); else sum=(shasum -a 256); fi
(cd "$folder" && "${sum[@]}" "$name.tar.gz" >"$name.tar.gz.sha256")
