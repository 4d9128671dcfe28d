#!/usr/bin/env bash
# From a clone to an image: installs what is missing, builds the server and its command-line tool, starts the server with
# the embedded sandbox upstream, and calls it. The last line of standard output is the image's path.
#
#   deploy/quickstart.sh            no key, no money, no network after the packages
#   deploy/quickstart.sh --live     the real OpenRouter: needs OPENROUTER_API_KEY and pays for one image
set -euo pipefail
# shellcheck source=deploy/common.sh
source "$(dirname "$0")/common.sh"

live=no
case "$*" in
  '') ;;
  --live) live=yes ;;
  *) fail 'usage: deploy/quickstart.sh [--live]' ;;
esac

if [[ $live == yes ]]; then
  [[ -n ${OPENROUTER_API_KEY:-} ]] || fail '--live needs OPENROUTER_API_KEY in the environment'
  model=bytedance-seed/seedream-4.5
  upstream=()
  image_options=()
else
  model=sandbox/painter
  upstream=(--sandbox)
  image_options=(--resolution 1K --aspect-ratio 16:9)
fi

# Shows a command as a user would type it, and runs it.
show() {
  printf '\n$ openrouter-images %s\n' "${*@Q}" | sed "s/'\([A-Za-z0-9=:./-]*\)'/\1/g" >&2
  build/client/openrouter-images --server "$address" "$@"
}

server_pid=
stop_server() {
  if [[ -n $server_pid ]]; then
    kill "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    server_pid=
  fi
}
trap stop_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Starts the server on a free port and sets `address` as soon as its log reports it.
start_server() {
  local log=build/logs/quickstart-server.log
  mkdir -p build/logs
  : >"$log"
  build/service/openrouter-images-server "${upstream[@]}" --listen=127.0.0.1:0 2>>"$log" &
  server_pid=$!
  for _ in {1..200}; do
    address=$(sed -n '/"event":"listening"/s/.*"address":"\([^"]*\)".*/\1/p' "$log")
    if [[ -n $address ]]; then
      return
    fi
    if ! kill -0 "$server_pid" 2>/dev/null; then
      break
    fi
    sleep 0.05
  done
  cat "$log" >&2
  fail 'the server did not start'
}

install_packages build

heading 'Building the server and the command-line tool (some minutes the first time)'
run_logged build/logs/configure.log cmake --preset release
run_logged build/logs/build.log cmake --build --preset release --target openrouter-images-server openrouter-images

heading "Starting the server $([[ $live == yes ]] && echo 'in front of OpenRouter' || echo 'with its sandbox upstream')"
start_server
printf 'It listens on %s.\n' "$address" >&2

heading 'An image'
if [[ $live == yes ]]; then
  printf 'This call costs money: about 0.04 USD.\n' >&2
fi
mkdir -p build/quickstart
image=build/quickstart/lighthouse.png
show generate 'a lighthouse at dusk, waves, warm light' --model "$model" "${image_options[@]}" \
  --format png --output "$image" --force >&2

heading 'Models and prices'
show models --filter "${model%%/*}" >&2
show endpoints "$model" >&2

heading 'An error'
show generate 'a lighthouse' --model nobody/nothing --output build/quickstart >&2 || true

heading 'Done'
printf '%s\n' "$ROOT/$image"
