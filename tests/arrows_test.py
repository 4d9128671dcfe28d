#!/usr/bin/env python3
"""Plants violations in a small tree and expects arrows.py to name each of them, and nothing else."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ARROWS = pathlib.Path(__file__).resolve().parent / 'arrows.py'

TABLE = '''
step low: service/base
service/base:
service/json:        low
service/sandbox/...: low
service:             service/json service/sandbox/sandbox.h
client/include/lib:
client:              client/include/...
tests/...:           *
source service/json/more.cc: service/json/json.h
'''

TREE = {
    'service/base/clock.h': '#include <chrono>\n',
    'service/base/clock.cc': '#include "service/base/clock.h"\n',
    'service/json/json.h': '#include "service/base/clock.h"\n#include "v1/call.pb.h"\n',
    'service/json/json.cc': '#include "service/json/json.h"\n',
    'service/json/more.cc': '#include "service/json/json.h"\n',
    'service/sandbox/sandbox.h': '',
    'service/sandbox/draw/canvas.h': '#include "service/base/clock.h"\n',
    'service/main.cc': '#include "service/json/json.h"\n#include "service/sandbox/sandbox.h"\n',
    'client/include/lib/client.h': '',
    'client/client.cc': '#include "lib/client.h"\n',
    'tests/unit/json/json_test.cc': '#include "service/json/json.h"\n#include "service/sandbox/draw/canvas.h"\n',
}


class ArrowsTest(unittest.TestCase):

    def violations(self, files=()):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for file, text in {**TREE, **dict(files)}.items():
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                (root / file).write_text(text, encoding='utf-8')
            (root / 'table').write_text(TABLE, encoding='utf-8')
            run = subprocess.run([sys.executable, ARROWS, '--root', root, '--table', root / 'table'],
                                 capture_output=True, text=True, check=False)
            self.assertEqual(run.stderr, '')
            self.assertEqual(run.returncode, 1 if run.stdout else 0)
            return run.stdout.splitlines()

    def test_an_orderly_tree_passes(self):
        self.assertEqual(self.violations(), [])

    def test_planted_violations(self):
        rows = [
            ('an arrow up', {'service/base/clock.h': '#include "service/sandbox/sandbox.h"\n'},
             ['service/base/clock.h: service/base may not include service/sandbox/sandbox.h']),
            ('a room on the same step', {'service/json/new.h': '  #  include "service/sandbox/sandbox.h"\n'},
             ['service/json/new.h: service/json may not include service/sandbox/sandbox.h']),
            ('another file than the permitted one', {'service/main.cc': '#include "service/sandbox/draw/canvas.h"\n'},
             ['service/main.cc: service may not include service/sandbox/draw/canvas.h']),
            ('the service in the client', {'client/include/lib/client.h': '#include "service/base/clock.h"\n'},
             ['client/include/lib/client.h: client/include/lib may not include service/base/clock.h']),
            ('a folder without a row', {'service/cellar/wine.h': ''},
             ['service/cellar/wine.h: its folder has no row in the table']),
            ('a circle', {'service/base/a.h': '#include "service/base/b.h"\n',
                          'service/base/b.h': '#include "service/base/c.h"\n',
                          'service/base/c.h': '#include "service/base/a.h"\n'},
             ['circle: service/base/a.h -> service/base/b.h -> service/base/c.h -> service/base/a.h']),
            ('a file that includes itself', {'service/base/a.h': '#include "service/base/a.h"\n'},
             ['circle: service/base/a.h -> service/base/a.h']),
            ('a source without a header', {'service/base/a.cc': '#include "service/base/clock.h"\n'},
             ['service/base/a.cc: does not first include the header that declares what it defines']),
            ('a source with its header in second place',
             {'service/json/json.cc': '#include "service/base/clock.h"\n#include "service/json/json.h"\n'},
             ['service/json/json.cc: does not first include the header that declares what it defines']),
        ]
        for name, files, expected in rows:
            with self.subTest(name):
                self.assertEqual(self.violations(files=files), expected)


if __name__ == '__main__':
    unittest.main()
