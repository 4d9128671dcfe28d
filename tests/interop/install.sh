#!/usr/bin/env bash
# install.sh WHAT DIRECTORY: fetches what a test needs from its package registry, makes the stubs and compiles the test, all in
# a directory of the build tree. WHAT is a folder beside this file. Exits with 77, "not run", when fetching fails on a
# developer's machine, which may be offline; fails when CI=true.
#
# The environment has PROTO_DIR, this project's proto/, GOOGLE_RPC_DIR, with google/rpc/*.proto, and PYTHON.
set -euo pipefail

what=$1
mkdir -p "$2"
rm -f "$2/installed"
cp -a "$(dirname "$0")/$what/." "$2"
cd "$2"
contract=("$PROTO_DIR"/openrouter_images/v1/*.proto)

# fetch COMMAND...: a command that needs the network.
fetch() {
  if "$@"; then
    return
  elif [[ ${CI:-} == true ]]; then
    exit 1
  fi
  echo "not run: could not fetch what $what needs"
  exit 77
}

# fetch_once LOCK COMMAND...: fetches unless it was done with the same file of locked versions.
fetch_once() {
  if ! cmp -s "$1" "fetched.$1"; then
    fetch "${@:2}"
    cp "$1" "fetched.$1"
  fi
}

npm_packages() {
  fetch_once package-lock.json npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
}

python_packages() {
  "$PYTHON" -m venv --clear venv && venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
}

# stubs COMMAND OPTIONS...: makes stubs of the contract alone, in a new folder stubs/.
stubs() {
  rm -rf stubs
  mkdir stubs
  "$@" --proto_path="$PROTO_DIR" "${contract[@]}"
}

case $what in
  sdk)
    npm_packages
    ;;
  grpcurl)
    fetch go build -ldflags '-s -w' -o . github.com/fullstorydev/grpcurl/cmd/grpcurl
    ;;
  go)
    fetch go mod download
    GOBIN=$PWD/bin go install google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
    PATH=$PWD/bin:$PATH stubs protoc --go_out=stubs --go_opt=paths=source_relative --go-grpc_out=stubs --go-grpc_opt=paths=source_relative
    go vet .
    go test -c -o images_test .
    ;;
  java)
    fetch mvn --batch-mode --quiet generate-sources
    mvn --batch-mode --quiet test-compile
    ;;
  python)
    fetch_once requirements.txt python_packages
    stubs venv/bin/python -m grpc_tools.protoc --python_out=stubs --grpc_python_out=stubs
    ;;
  rust)
    fetch cargo fetch --locked --quiet --target "$(rustc -vV | sed -n 's/^host: //p')"
    cargo test --locked --offline --no-run
    ;;
  typescript)
    npm_packages
    es=(--plugin=node_modules/.bin/protoc-gen-es "--es_out=target=ts,import_extension=js:stubs")
    stubs protoc "${es[@]}"
    # The standard details of an error, beside the contract's own.
    protoc "${es[@]}" --proto_path="$GOOGLE_RPC_DIR" google/rpc/error_details.proto
    npx tsc
    ;;
esac
touch installed
