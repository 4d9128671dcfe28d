"""A Python client from the contract alone: stubs made by protoc, errors decoded with the generated classes."""

import hashlib
import os
import shutil
import subprocess
import sys
import unittest

STUBS = os.environ["STUBS_DIR"]
PROTO = os.environ["PROTO_DIR"]


def make_stubs():
    os.makedirs(STUBS, exist_ok=True)
    names = [os.path.relpath(os.path.join(root, name), PROTO)
             for root, _, files in os.walk(PROTO) for name in files if name.endswith(".proto")]
    # Not grpc_tools: Debian 12's is older than the field presence of proto3.
    plugin = shutil.which("grpc_python_plugin")
    subprocess.run(["protoc", f"--proto_path={PROTO}", f"--python_out={STUBS}", f"--grpc_python_out={STUBS}",
                    f"--plugin=protoc-gen-grpc_python={plugin}", *names], check=True)


make_stubs()
sys.path.insert(0, STUBS)
import grpc  # noqa: E402
from google.rpc import error_details_pb2, status_pb2  # noqa: E402
from openrouter_images.v1 import (  # noqa: E402
    catalog_pb2, errors_pb2, images_service_pb2, images_service_pb2_grpc, retry_pb2)

TIME_LIMIT_S = 30


def details_of(error):
    """The status that travels in the trailers, and its details by message type."""
    trailers = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    found = {}
    for kind in (errors_pb2.ImagesError, error_details_pb2.ErrorInfo, error_details_pb2.RetryInfo,
                 error_details_pb2.BadRequest):
        for detail in status.details:
            message = kind()
            if detail.Unpack(message):
                found[kind] = message
    return status, found


class PythonClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.channel = grpc.insecure_channel(os.environ["IMAGES_ADDRESS"])
        cls.service = images_service_pb2_grpc.ImagesServiceStub(cls.channel)

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()

    def generate(self, retry=None, **fields):
        request = images_service_pb2.GenerateImagesRequest(image=images_service_pb2.ImageSpec(**fields))
        if retry is not None:
            request.options.retry.CopyFrom(retry)
        return self.service.GenerateImages(request, timeout=TIME_LIMIT_S)

    def failure(self, call):
        with self.assertRaises(grpc.RpcError) as raised:
            call()
        return raised.exception

    def test_makes_an_image(self):
        reply = self.generate(model="sandbox/painter", prompt="a boat", resolution="512")
        [image] = reply.images
        self.assertEqual(image.data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(image.info.media_type, "image/png")
        self.assertGreater(reply.usage.cost, 0)

    def test_streams_an_image_larger_than_a_message_may_be(self):
        request = images_service_pb2.StreamGenerateImagesRequest(
            image=images_service_pb2.ImageSpec(model="sandbox/bytes=6000000", prompt="a boat"))
        image = bytearray()
        for reply in self.service.StreamGenerateImages(request, timeout=TIME_LIMIT_S):
            if reply.WhichOneof("event") == "image_chunk":
                self.assertEqual(reply.image_chunk.offset, len(image))
                image += reply.image_chunk.data
        self.assertEqual(reply.completed.images[0].size_bytes, 6000000)
        self.assertEqual(reply.completed.images[0].sha256, hashlib.sha256(image).digest())

    def test_lists_models(self):
        reply = self.service.ListImageModels(catalog_pb2.ListImageModelsRequest(), timeout=TIME_LIMIT_S)
        [painter] = [model for model in reply.models if model.id == "sandbox/painter"]
        self.assertEqual(painter.supported_parameters["n"].range.max, 10)
        self.assertIn("png", painter.supported_parameters["output_format"].enum.values)

    def test_lists_endpoints(self):
        reply = self.service.ListImageModelEndpoints(
            catalog_pb2.ListImageModelEndpointsRequest(model="openai/gpt-image-1"), timeout=TIME_LIMIT_S)
        self.assertEqual(reply.id, "openai/gpt-image-1")
        self.assertTrue(reply.endpoints[0].pricing)

    def test_decodes_what_the_upstream_said(self):
        error = self.failure(lambda: self.generate(
            retry=retry_pb2.RetryOptions(strategy=retry_pb2.RetryOptions.STRATEGY_NONE),
            model="sandbox/status=429;retry-after=3;error-type=rate_limit_exceeded", prompt="a boat"))
        self.assertEqual(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        status, details = details_of(error)
        self.assertEqual((status.code, status.message), (error.code().value[0], error.details()))
        images_error = details[errors_pb2.ImagesError]
        self.assertEqual(images_error.kind, errors_pb2.ERROR_KIND_TOO_MANY_REQUESTS)
        self.assertEqual(images_error.billing_outcome, errors_pb2.BILLING_OUTCOME_NOT_BILLED)
        self.assertEqual(images_error.error_type, "rate_limit_exceeded")
        self.assertEqual(images_error.call.attempts, 1)
        self.assertEqual(details[error_details_pb2.RetryInfo].retry_delay.seconds, 3)
        self.assertTrue(details[error_details_pb2.ErrorInfo].domain)

    def test_decodes_what_the_service_refused(self):
        error = self.failure(lambda: self.generate(model="sandbox/painter", prompt="", n=0))
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        _, details = details_of(error)
        self.assertEqual(details[errors_pb2.ImagesError].billing_outcome, errors_pb2.BILLING_OUTCOME_NOT_SENT)
        fields = [violation.field for violation in details[error_details_pb2.BadRequest].field_violations]
        self.assertEqual(sorted(fields), ["image.n", "image.prompt"])

    def test_a_retry_that_helps_is_reported(self):
        reply = self.generate(
            retry=retry_pb2.RetryOptions(max_attempts=3),
            model="sandbox/status=502;times=1;key=python", prompt="a boat", resolution="512")
        self.assertEqual(reply.call.attempts, 2)


if __name__ == "__main__":
    unittest.main()
