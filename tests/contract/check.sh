#!/usr/bin/env bash
# Checks the style of the contract in proto/ (buf lint), and that it keeps what was released (buf breaking): existing clients,
# compiled or generated again, go on working. released.binpb beside this file is the contract as released.
#
#   tests/contract/check.sh              exits with 77, "not run", when buf cannot be had; fails when CI=true
#   tests/contract/check.sh --release    makes released.binpb from proto/, as a part of a release
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly RELEASED=tests/contract/released.binpb

if ! buf=$(npx --yes --package @bufbuild/buf@1.75.0 -- which buf); then
  echo 'not run: could not get buf, by npx' >&2
  if [[ ${CI:-} == true ]]; then
    exit 1
  fi
  exit 77
fi

case ${1:-} in
  --release) "$buf" build proto --exclude-source-info --output "$RELEASED" ;;
  '') "$buf" lint proto && "$buf" breaking proto --against "$RELEASED" ;;
  *) echo "unknown option $1; see the top of this file" >&2 && exit 2 ;;
esac
