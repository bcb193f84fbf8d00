#!/usr/bin/env bash
# Whole processes on big inputs: user and system seconds, elapsed seconds and peak memory, best of three by user time.
# Build first: cargo build --release. The inputs lie in ../shared; what is not there is said to be skipped.
set -eu
cd "$(dirname "$0")/.."
binary=./target/release/backend-lint
for input in bench/github/api.github.com.json bench/github/api.github.com.yaml bench/stripe/spec3.json bench/stripe/spec3.yaml \
  bench/digitalocean-multifile bench/sql/ory-hydra bench/sql/getlago-structure corpus/ory__kratos; do
  path=../shared/$input
  [ -e "$path" ] || { echo "$input: skipped, not there"; continue; }
  root=$path
  if [ -f "$path" ]; then
    root=$(mktemp -d)
    cp "$path" "$root/"
  fi
  for _ in 1 2 3; do
    /usr/bin/time -f "%U %S %e %M" "$binary" check "$root" --migrations all --min-severity info --exit-zero --format json 2>&1 >/dev/null | tail -n 1
  done | sort -n | head -n 1 | awk -v name="$input" '{ printf "%-40s %5.2f user %5.2f system %5.2f elapsed %6.1f MB\n", name, $1, $2, $3, $4 / 1024 }'
  [ "$root" = "$path" ] || rm -r "$root"
done
