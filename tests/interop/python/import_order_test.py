"""The stubs beside what else a Python program may import: the official SDK and gRPC's own packages, in any order."""

import importlib.metadata
import itertools
import os
import subprocess
import sys
import unittest

MODULES = ["openrouter", "openrouter_images.v1.images_service_pb2_grpc", "grpc_status.rpc_status"]

# Uses each of them, and shows where google.rpc comes from.
USE = """
from google.rpc import error_details_pb2, status_pb2
from openrouter_images.v1 import errors_pb2
import grpc_status.rpc_status
import openrouter
openrouter.OpenRouter(api_key="none")
status = status_pb2.Status(code=3, message="no")
status.details.add().Pack(errors_pb2.ImagesError(advice="look"))
status.details.add().Pack(error_details_pb2.ErrorInfo(reason="NO"))
assert grpc_status.rpc_status.to_status(status).details == "no"
print(status_pb2.__file__)
"""


class ImportOrder(unittest.TestCase):
    def test_any_order_of_imports_works(self):
        googleapis = {str(file.locate()) for file in importlib.metadata.files("googleapis-common-protos")}
        for order in itertools.permutations(MODULES):
            with self.subTest(order=order):
                code = "".join(f"import {name}\n" for name in order) + USE
                done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(done.stdout.strip(), googleapis)

    def test_the_stubs_are_of_this_project_alone(self):
        self.assertEqual(os.listdir(os.environ["PYTHONPATH"]), ["openrouter_images"])


if __name__ == "__main__":
    unittest.main()
