#!/usr/bin/env bash
# install.sh sdk|grpcurl DIRECTORY: fetches what a test needs from its package registry into a directory of the build
# tree. Exits with 77, "not run", when that fails on a developer's machine, which may be offline; fails when CI=true.
set -euo pipefail
cd "$(dirname "$0")/$1"
destination=$2
mkdir -p "$destination"

case $1 in
  sdk)
    # Node looks for packages in the folder of the file that imports them.
    cp -- *.mjs package.json "$destination"
    installed=$destination/node_modules/installed.json
    if cmp -s package.json "$installed"; then
      exit 0
    fi
    fetch=(npm install --prefix "$destination" --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error)
    ;;
  grpcurl)
    installed=
    fetch=(go build -ldflags '-s -w' -o "$destination/grpcurl" github.com/fullstorydev/grpcurl/cmd/grpcurl)
    ;;
esac

if "${fetch[@]}"; then
  if [[ -n $installed ]]; then
    cp package.json "$installed"
  fi
elif [[ ${CI:-} == true ]]; then
  exit 1
else
  echo "not run: could not install what $1 needs"
  exit 77
fi
