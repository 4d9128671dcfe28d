#!/usr/bin/env bash
# Installs what is missing, builds everything and runs the tests. Ends with CTest's summary.
#
#   tests/run.sh [--preset release|asan|tsan|fuzz] [-L LABEL] [--target TARGET]
#
# LABEL is a regular expression over unit, integration, interop. The sanitizer builds leave interop out,
# which adds only other people's clients. The fuzz build has only its own tests, a few seconds each. TARGET is built instead
# of everything; give the label of its tests with it.
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/../deploy/common.sh"

preset=release
label=
target=
while [[ $# -gt 0 ]]; do
  case $1 in
    --preset) preset=${2:?} ;;
    -L) label=${2:?} ;;
    --target) target=${2:?} ;;
    *) fail "unknown option $1; see the top of this file" ;;
  esac
  shift 2
done
if [[ -z $label ]]; then
  case $preset in
    release) ;;
    fuzz) label='^fuzz$' ;;
    *) label='^(unit|integration)$' ;;
  esac
fi

install_packages build
if [[ $preset == release ]] && ! install_packages interop; then
  printf 'Going on without: CTest lists the tests that need them as not run.\n' >&2
fi
if [[ $preset == fuzz ]]; then
  install_packages fuzz
fi

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
# c-ares keeps ten bytes per gRPC channel until the process ends.
export LSAN_OPTIONS=suppressions=$ROOT/tests/lsan.supp
export UBSAN_OPTIONS=print_stacktrace=1
# Debian's libraries are built without ThreadSanitizer: races inside them are not reported, and their headers are compiled
# as without it (preset tsan), since protobuf's headers would otherwise lay out maps differently than the library does.
export TSAN_OPTIONS=ignore_noninstrumented_modules=1:second_deadlock_stack=1:suppressions=$ROOT/tests/tsan.supp
within=()
if [[ $preset == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null; then
  # With the address randomisation of newer kernels the ThreadSanitizer of GCC 12 cannot map its shadow memory.
  within=(setarch "$(uname -m)" -R)
fi

heading "Building ($preset)"
cmake --preset "$preset" -DBUILD_TESTING=ON
"${within[@]}" cmake --build --preset "$preset" ${target:+--target "$target"}

heading "Testing ($preset)"
"${within[@]}" ctest --test-dir "$(build_dir "$preset")" --output-on-failure --no-tests=error \
  --parallel "$(nproc)" ${label:+-L "$label"}
