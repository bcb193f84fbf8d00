#!/usr/bin/env bash
# A monorepo of 40 services and 200,000 files: user and system seconds, their sum, elapsed seconds and peak memory of whole processes,
# best of five by the sum. Build first: cargo build --release. The repository is made by monorepo.py where FOLDER does not exist, and
# is left there. monorepo.sh [FOLDER [BINARY]]
set -eu
cd "$(dirname "$0")/.."
folder=${1:-${TMPDIR:-/tmp}/backend-lint-monorepo}
binary=$(realpath "${2:-target/release/backend-lint}")
[ -d "$folder" ] || python3 benches/monorepo.py "$folder"
cd "$folder"
printf '%-36s %6s %6s %6s %8s %8s\n' "$(git ls-files | wc -l) files" user system CPU elapsed MB
# Nothing else, one migration and one document, one staged migration.
for arguments in "" "--since main" "--staged"; do
  for _ in 1 2 3 4 5; do
    # shellcheck disable=SC2086
    /usr/bin/time -f "%U %S %e %M" "$binary" check . $arguments --exit-zero --format json 2>&1 >/dev/null | tail -n 1
  done | awk '{ print $1 + $2, $0 }' | sort -n | head -n 1 |
    awk -v name="check $arguments" '{ printf "%-36s %6.2f %6.2f %6.2f %8.2f %8.1f\n", name, $2, $3, $1, $4, $5 / 1024 }'
done
