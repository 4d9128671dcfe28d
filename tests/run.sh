#!/usr/bin/env bash
# Installs what is missing, builds everything and runs the tests. Ends with CTest's summary.
#
#   tests/run.sh [--preset release|asan|tsan|fuzz] [-L LABEL] [--target TARGET]
#
# LABEL is a regular expression over unit, integration, interop. The presets of CMakePresets.json say how a build is made and
# which tests are run of it: see tests/README.md. TARGET is built instead of everything; give the label of its tests with it.
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

install_packages build
if [[ $preset == release ]] && ! install_packages interop; then
  printf 'Going on without: CTest lists the tests that need them as not run.\n' >&2
fi
if [[ $preset == fuzz ]]; then
  install_packages fuzz
fi

within=()
if [[ $preset == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null; then
  # With the address randomisation of newer kernels the ThreadSanitizer of GCC 12 cannot map its shadow memory.
  within=(setarch "$(uname -m)" -R)
fi

# Where nothing is in the cache yet, a sixth of the time would go into reading each source twice.
export CCACHE_DEPEND=1

heading "Building ($preset)"
cmake --preset "$preset" -DBUILD_TESTING=ON
"${within[@]}" cmake --build --preset "$preset" ${target:+--target "$target"}

heading "Testing ($preset)"
"${within[@]}" ctest --preset "$preset" --parallel "$(nproc)" ${label:+-L "$label"}
