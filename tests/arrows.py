#!/usr/bin/env python3
"""Checks the #include lines of the tree: which room may include which, no circles, a header for every source.

    tests/arrows.py [--root DIR] [--table FILE]

Prints a line per violation. The exit status is 1 if there are any.
"""

import argparse
import pathlib
import re
import sys

TOPS = ('service', 'client', 'tests')
# Where the client's public headers are, which are included as their users do.
PUBLIC = 'client/include/'
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


class Table:
    """The permitted arrows: rooms with the lists of what they may include. See tests/arrows.txt for the format."""

    def __init__(self, text):
        self.rooms = {}
        self.sources = {}  # Source -> the header that it implements a part of.
        steps = {}
        for line in text.splitlines():
            line = line.split('#')[0].strip()
            if not line:
                continue
            name, _, rest = line.partition(':')
            allowed = [part for word in rest.split() for part in steps.get(word, [word])]
            if name.startswith('step '):
                steps[name.removeprefix('step ')] = allowed
            elif name.startswith('source '):
                self.sources[name.removeprefix('source ')] = rest.strip()
            else:
                self.rooms[name.strip()] = allowed

    def room(self, file):
        """The row for a file: its folder's own, or that of a subtree that holds it; None when there is none."""
        folder = str(pathlib.PurePosixPath(file).parent)
        if folder in self.rooms:
            return folder
        return next((row for row in self.rooms if row.endswith('/...') and covers(row, folder)), None)

    def permits(self, room, file):
        folder = str(pathlib.PurePosixPath(file).parent)
        return any(covers(entry, folder) or entry == file for entry in [room, *self.rooms[room]])


def covers(entry, folder):
    if entry.endswith('/...'):
        return (folder + '/').startswith(entry.removesuffix('...'))
    return entry in ('*', folder)


def includes(root):
    """Each source with the files of the tree that it includes; generated headers are left out."""
    files = {path.relative_to(root).as_posix(): path
             for top in TOPS for path in sorted((root / top).rglob('*')) if path.suffix in ('.h', '.cc')}
    graph = {}
    for file, path in files.items():
        names = INCLUDE.findall(path.read_text(encoding='utf-8'))
        names = [PUBLIC + name if PUBLIC + name in files else name for name in names]
        graph[file] = [name for name in names if name.split('/')[0] in TOPS]
    return graph


def forbidden(graph, table):
    for file, names in graph.items():
        room = table.room(file)
        if room is None:
            yield f'{file}: its folder has no row in the table'
            continue
        for name in names:
            if not table.permits(room, name):
                yield f'{file}: {room} may not include {name}'


def circles(graph):
    """Every circle that a depth-first walk meets, as a chain of files."""
    done = set()

    def walk(file, chain):
        if file in chain:
            yield ' -> '.join([*chain[chain.index(file):], file])
        elif file not in done:
            for name in graph.get(file, ()):
                yield from walk(name, [*chain, file])
            done.add(file)

    for start in graph:
        for circle in walk(start, []):
            yield f'circle: {circle}'


def lonely(graph, table):
    """Sources that do not first include the header of their name. Programs and tests need none."""
    for file, names in graph.items():
        if not file.endswith('.cc') or file.startswith('tests/') or file.endswith('/main.cc'):
            continue
        first = names[0] if names else ''
        if first != table.sources.get(file) and pathlib.PurePosixPath(first).stem != pathlib.PurePosixPath(file).stem:
            yield f'{file}: does not first include the header that declares what it defines'


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser()
    parser.add_argument('--root', type=pathlib.Path, default=here.parent)
    parser.add_argument('--table', type=pathlib.Path, default=here / 'arrows.txt')
    options = parser.parse_args()
    table = Table(options.table.read_text(encoding='utf-8'))
    graph = includes(options.root)
    violations = [*forbidden(graph, table), *circles(graph), *lonely(graph, table)]
    for violation in violations:
        print(violation)
    return 1 if violations else 0


if __name__ == '__main__':
    sys.exit(main())
