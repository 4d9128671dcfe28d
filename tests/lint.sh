#!/usr/bin/env bash
# Checks what a compiler and a test do not: format, clang-tidy, shell scripts, the contract's style and that it breaks no
# existing client, which room includes which (tests/arrows.txt).
#
#   tests/lint.sh [--fix] [--quick] [--since REF]
#
# --fix formats in place. --quick leaves clang-tidy out, which takes seconds per file; --since has it look only at sources that
# differ from REF.
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/../deploy/common.sh"

readonly TIDY=19    # Debian 12's newest of its own; 14, its default, cannot read libstdc++'s coroutines.

format=(--dry-run --Werror)
since=
tidy=yes
while [[ $# -gt 0 ]]; do
  case $1 in
    --fix) format=(-i) ;;
    --quick) tidy=no ;;
    --since) since=${2:?} && shift ;;
    *) fail "unknown option $1; see the top of this file" ;;
  esac
  shift
done

# Sources that Git knows, or that are new and not ignored.
sources() {
  if [[ -n $since ]]; then
    git diff --name-only --diff-filter=d "$since" -- "$@"
  else
    git ls-files --cached --deduplicate -- "$@"
  fi
  git ls-files --others --exclude-standard -- "$@"
}

failed=()
check() {
  local name=$1
  shift
  heading "$name"
  "$@" || failed+=("$name")
}

format_check() {
  sources '*.h' '*.cc' | xargs -r clang-format "${format[@]}"
}

tidy_check() {
  local -a files
  mapfile -t files < <(sources 'service/*.cc' 'client/*.cc')
  if [[ ${#files[@]} -eq 0 ]]; then
    return
  fi
  # The generated headers of the contract have to be there.
  run_logged build/logs/lint-build.log cmake --preset tools -DBUILD_TESTING=OFF &&
    run_logged build/logs/lint-build.log cmake --build --preset tools &&
    "run-clang-tidy-$TIDY" -quiet -p build-tools -j "$(nproc)" "${files[@]/#/^$ROOT/}" 2>/dev/null | sed '/^\[/d; /^$/d; /warnings\{0,1\} generated/d'
}

shell_check() {
  git grep -lIE '^#!.*\<(ba)?sh$|^# shellcheck shell=' | xargs -r shellcheck --external-sources
}

contract_check() {
  local status=0
  tests/contract/check.sh || status=$?
  [[ $status -eq 0 || $status -eq 77 ]]    # 77: not run, for want of buf.
}

install_packages build
install_packages lint

check 'clang-format' format_check
check 'shellcheck' shell_check
check 'arrows' tests/arrows.py
check 'contract' contract_check
if [[ $tidy == yes ]]; then
  check 'clang-tidy' tidy_check
fi

if [[ ${#failed[@]} -gt 0 ]]; then
  fail "failed: ${failed[*]}"
fi
printf '\nLint passed.\n'
