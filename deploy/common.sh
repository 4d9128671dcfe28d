# Shared by the scripts of this project; source it. It changes to the top of the tree and sets ROOT.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit

# A short heading on stderr: stdout is for results.
heading() {
  printf '\n== %s\n' "$*" >&2
}

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  else
    sudo "$@"
  fi
}

# run_logged LOG COMMAND...: writes the command's output to LOG, and when the command fails its last lines to stderr.
run_logged() {
  local log=$1 status=0
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 || status=$?
  if [[ $status -ne 0 ]]; then
    tail -n 60 "$log" >&2
    printf '\nFailed with status %d: %s\nThe whole log: %s\n' "$status" "$*" "$log" >&2
  fi
  return "$status"
}

# missing_packages GROUP: its packages that are neither installed nor made unnecessary by a command, one per line.
missing_packages() {
  local group package command
  while read -r group package command; do
    if [[ $group != "$1" ]] || { [[ -n $command ]] && command -v "$command" >/dev/null; }; then
      continue
    fi
    if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
      printf '%s\n' "$package"
    fi
  done < <(grep -v '^#' "$ROOT/deploy/packages.txt")
}

# install_packages GROUP: installs what is missing of a group of packages.txt; does nothing, and needs no rights, when
# nothing is.
install_packages() {
  local packages
  mapfile -t packages < <(missing_packages "$1")
  if [[ ${#packages[@]} -eq 0 ]]; then
    return
  fi
  heading "Installing ${packages[*]}"
  run_logged "$ROOT/build/logs/apt-update.log" as_root apt-get update || return
  run_logged "$ROOT/build/logs/apt-install.log" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends "${packages[@]}"
}
