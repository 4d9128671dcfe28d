#!/usr/bin/env python3
"""Changes a copy of the contract, and expects check.sh to refuse what would break existing clients, and nothing else."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
V1 = 'proto/openrouter_images/v1/'
NOT_RUN = 77


class CheckTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls._folder.cleanup)
        cls.tree = pathlib.Path(cls._folder.name)
        for folder in ('proto', 'tests/contract'):
            shutil.copytree(ROOT / folder, cls.tree / folder)
        released = cls.check('--release')
        if released.returncode == NOT_RUN:
            sys.exit(NOT_RUN)
        assert released.returncode == 0, released.stderr

    @classmethod
    def check(cls, *arguments):
        return subprocess.run([cls.tree / 'tests/contract/check.sh', *arguments],
                              capture_output=True, text=True, check=False)

    def change(self, file, old, new):
        """The result of the check while `old` in a file is `new`."""
        path = self.tree / V1 / file
        text = path.read_text(encoding='utf-8')
        self.assertEqual(text.count(old), 1, f'{file}: {old}')
        path.write_text(text.replace(old, new), encoding='utf-8')
        try:
            return self.check()
        finally:
            path.write_text(text, encoding='utf-8')

    def test_the_contract_as_released_passes(self):
        checked = self.check()
        self.assertEqual((checked.returncode, checked.stdout), (0, ''), checked.stderr)

    def test_what_existing_clients_do_not_notice_passes(self):
        rows = [
            ('a comment', 'image_spec.proto', '// What to generate.\nsyntax', '// What to make.\nsyntax'),
            ('a new field', 'billing_outcome.proto', 'enum BillingOutcome {',
             'message Receipt {\n  string id = 1;\n}\n\nenum BillingOutcome {'),
            ('a new value', 'billing_outcome.proto', '  BILLING_OUTCOME_UNKNOWN = 4;',
             '  BILLING_OUTCOME_UNKNOWN = 4;\n  BILLING_OUTCOME_REFUNDED = 5;'),
        ]
        for name, *change in rows:
            with self.subTest(name):
                checked = self.change(*change)
                self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_planted_breaks_fail(self):
        rows = [
            ('a field is removed', 'image_spec.proto', '  optional int64 seed = 11;\n', '', '"seed"'),
            ('a field has another number', 'image_spec.proto', 'seed = 11;', 'seed = 18;', '"11"'),
            ('a field has another name', 'image_spec.proto', 'seed = 11;', 'random_seed = 11;', '"seed" to "random_seed"'),
            ('a field has another type', 'image_spec.proto', 'int64 seed', 'string seed', 'type'),
            ('a value is removed', 'billing_outcome.proto', '  BILLING_OUTCOME_BILLED = 3;\n', '', 'enum value "3"'),
            ('a method is removed', 'images_service.proto',
             '  rpc ListImageModels(ListImageModelsRequest) returns (ListImageModelsResponse);\n', '', '"ListImageModels"'),
            ('a stream is none any more', 'images_service.proto', 'returns (stream ', 'returns (', 'streaming'),
            ('generated code moves', 'usage.proto', 'option java_package = "openrouter_images.v1"',
             'option java_package = "com.example.images"', 'java_package'),
        ]
        for name, file, old, new, named in rows:
            with self.subTest(name):
                checked = self.change(file, old, new)
                self.assertNotEqual(checked.returncode, 0)
                self.assertIn(f'{V1}{file}:', checked.stdout)
                self.assertIn(named, checked.stdout)


if __name__ == '__main__':
    unittest.main()
