#!/usr/bin/python3
"""Runs a command while a server with its sandbox runs, on free ports.

    with_server.py --server PATH [--needs FILE]... -- COMMAND...

The command finds the addresses in its environment: IMAGES_ADDRESS (HOST:PORT, gRPC) and SANDBOX_URL (the sandbox's root,
without /api/v1). Afterwards the server is stopped by SIGTERM and must end with status 0. The exit status is the
command's, 1 when the server misbehaved, or 77 when a file that the command needs is not there.
"""

import argparse
import json
import os
import queue
import subprocess
import sys
import threading

START_LIMIT_S = 30
STOP_LIMIT_S = 30
NOT_RUN = 77


class Server:
    """The server as a process, ready for calls inside a `with` block."""

    def __init__(self, path):
        self._path = path
        self._events = queue.Queue()
        self.log = []

    def __enter__(self):
        self._process = subprocess.Popen(
            [self._path, "--sandbox", "--listen=127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # Reads to the end, so that the server never waits for room in the pipe.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        try:
            self.sandbox_url = self._await("sandbox")["base_url"].removesuffix("/api/v1")
            self.address = self._await("listening")["address"]
        except BaseException:
            self._process.kill()
            raise
        return self

    def __exit__(self, *unused):
        self._process.terminate()
        try:
            status = self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        finally:
            self._reader.join()
        if status != 0:
            raise RuntimeError(f"the server ended with status {status}")

    def _read(self):
        for line in self._process.stderr:
            self.log.append(line)
            try:
                self._events.put(json.loads(line))
            except json.JSONDecodeError:
                pass
        self._events.put(None)

    def _await(self, name):
        while True:
            event = self._events.get(timeout=START_LIMIT_S)
            if event is None:
                raise RuntimeError("the server ended before it was ready")
            if event.get("event") == name:
                return event


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--needs", action="append", default=[])
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()

    for path in options.needs:
        if not os.path.exists(path):
            print(f"not run: {path} is missing, its installation did not succeed")
            return NOT_RUN

    server = Server(options.server)
    try:
        with server:
            environment = dict(os.environ, IMAGES_ADDRESS=server.address, SANDBOX_URL=server.sandbox_url)
            status = subprocess.run(options.command, env=environment).returncode
    except (RuntimeError, queue.Empty, subprocess.TimeoutExpired) as error:
        print(f"with_server: {error!r}", file=sys.stderr)
        status = 1
    if status != 0:
        print("---- the server's log", *server.log, sep="\n", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
