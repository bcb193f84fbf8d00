#!/usr/bin/env bash
# Runs backend-lint as a step: annotations on the lines, the report in the job's summary, SARIF in a file. Its exit code is the step's.
#
# BACKEND_LINT_ARGS          more arguments as one would type them: split at blanks, quotes keep words together,
#                            nothing in it is evaluated
# BACKEND_LINT_CHANGES_ONLY  auto: on a pull request only what it brings; false: always everything
# BACKEND_LINT_SARIF         the file that gets the SARIF log; none where empty
# GITHUB_STEP_SUMMARY        the file that collects the job's summary
set -euo pipefail

more=()
if [ -n "${BACKEND_LINT_ARGS//[[:space:]]/}" ]; then
    # xargs knows blanks, quotes and backslashes, and no variables, globs or commands.
    words=$(printf '%s' "$BACKEND_LINT_ARGS" | xargs printf '%s\n') || {
        echo "::error title=backend-lint::the quotes of the input args do not match"
        exit 2
    }
    while IFS= read -r word; do more+=("$word"); done <<<"$words"
fi

# Outputs come after what was typed, which may name a command of its own only if that is check.
arguments=(check)
[ "${more[0]:-}" != check ] || more=("${more[@]:1}")
arguments+=(${more[@]+"${more[@]}"})
case " ${more[*]-} " in
    *" --format "* | *" --format="*) ;;
    *) arguments+=(--format github) ;;
esac
case " ${more[*]-} " in
    *" --since "* | *" --since="* | *" --staged "*) ;;
    *)
        if [ "${BACKEND_LINT_CHANGES_ONLY:-auto}" != false ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
            arguments+=(--since auto)
        fi
        ;;
esac
case " ${more[*]-} " in *" --allow-empty "*) ;; *) arguments+=(--allow-empty) ;; esac
comment=$(mktemp "${RUNNER_TEMP:-/tmp}/backend-lint-summary.XXXXXX")
arguments+=(--output "markdown=$comment")
[ -z "${BACKEND_LINT_SARIF:-}" ] || arguments+=(--output "sarif=$BACKEND_LINT_SARIF")

status=0
backend-lint "${arguments[@]}" || status=$?
# After a usage or git error there is no report.
if [ -s "$comment" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$comment" >>"$GITHUB_STEP_SUMMARY"
fi
rm -f "$comment"
exit "$status"
