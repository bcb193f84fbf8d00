#!/usr/bin/env bash
# Beside Redocly CLI, in turn, on the same files: CPU seconds (user and system) and peak memory of whole processes, best of RUNS (3), and
# how many times as much CPU the other one takes. Build first: cargo build --release. Redocly CLI is installed from npm into a scratch
# folder, which also takes the giant: GitHub's document with every reference written out (benches/giant.py). Both stay there.
# redocly.sh [SCRATCH [BINARY]]
set -eu
cd "$(dirname "$0")/.."
scratch=$(realpath -m "${1:-${TMPDIR:-/tmp}/backend-lint-redocly}")
binary=$(realpath "${2:-target/release/backend-lint}")
shared=$(realpath -m ../shared/bench)
version=2.77.0
mkdir -p "$scratch"
[ -x "$scratch/node_modules/.bin/redocly" ] || npm install --prefix "$scratch" --no-audit --no-fund --silent "@redocly/cli@$version"
giant=$scratch/giant/openapi.json
github=$shared/github/api.github.com.json
if [ ! -f "$giant" ] && [ -f "$github" ]; then
  mkdir -p "$scratch/giant"
  python3 benches/giant.py "$github" "$giant"
fi
export REDOCLY_SUPPRESS_UPDATE_NOTICE=true REDOCLY_TELEMETRY=off CI=true NODE_OPTIONS=--max-old-space-size=8192

# CPU, elapsed seconds and megabytes of a command, best of RUNS by CPU.
measure() {
  for _ in $(seq "${RUNS:-3}"); do
    /usr/bin/time -o "$scratch/time" -f "%U %S %e %M" "$@" >/dev/null 2>&1 || true
    tail -n 1 "$scratch/time"
  done | awk '{ print $1 + $2, $3, $4 / 1024 }' | sort -n | head -n 1
}

printf '%-28s %6s | %8s %8s %8s | %8s %8s %8s | %6s\n' '' MB CPU elapsed MB CPU elapsed MB ratio
row() {
  name=$1 entry=$2
  [ -f "$entry" ] || { echo "$name: skipped, $entry is not there"; return; }
  root=$3
  size=$(du -sb --apparent-size "$root" | awk '{ printf "%.1f", $1 / 1e6 }')
  read -r own_cpu own_elapsed own_memory <<<"$(measure "$binary" check "$root" --no-config --exit-zero --format json)"
  read -r cpu elapsed memory <<<"$(measure "$scratch/node_modules/.bin/redocly" lint "$entry" --format json)"
  printf '%-28s %6s | %8.2f %8.2f %8.1f | %8.2f %8.2f %8.1f | ' "$name" "$size" "$own_cpu" "$own_elapsed" "$own_memory" "$cpu" "$elapsed" "$memory"
  awk -v own="$own_cpu" -v other="$cpu" 'BEGIN { printf "%5.1fx\n", other / own }'
}
# A file alone in a folder, so that both read the same.
alone() {
  folder=$scratch/$(basename "$1" | tr . -)
  [ ! -f "$1" ] || { mkdir -p "$folder"; cp -f "$1" "$folder/"; }
  row "$2" "$folder/$(basename "$1")" "$folder"
}
alone "$github" 'github, JSON'
alone "$shared/github/api.github.com.yaml" 'github, YAML'
alone "$shared/stripe/spec3.json" 'stripe, JSON'
alone "$shared/stripe/spec3.yaml" 'stripe, YAML'
row 'digitalocean, 2,907 files' "$shared/digitalocean-multifile/specification/DigitalOcean-public.v2.yaml" "$shared/digitalocean-multifile"
row 'github, references written out' "$giant" "$scratch/giant"
