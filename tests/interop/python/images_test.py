"""A client of the service with grpcio: an image, a stream, the catalog, errors with their details."""

import hashlib
import os
import unittest

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from openrouter_images.v1 import (
    billing_outcome_pb2, catalog_pb2, error_reason_pb2, errors_pb2, generation_pb2, image_spec_pb2,
    images_service_pb2_grpc, retry_pb2)

# A reply holds all images of a call; the default limit of 4 MiB would lose images that are paid for.
MAX_REPLY_BYTES = 640 << 20
TIME_LIMIT_S = 60  # A generation takes up to minutes.
CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", MAX_REPLY_BYTES),
    ("grpc.enable_retries", 0),  # The service itself repeats what is free to repeat.
]
ONCE = retry_pb2.RetryOptions(strategy=retry_pb2.RetryOptions.STRATEGY_NONE)


def detail(error, kind):
    """The detail of that type. Without an ImagesError a status is not of the service's making."""
    for packed in rpc_status.from_call(error).details:
        message = kind()
        if packed.Unpack(message):
            return message
    raise AssertionError(f"no {kind.DESCRIPTOR.full_name} in {error}")


class ImagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.channel = grpc.insecure_channel(os.environ["IMAGES_ADDRESS"], CHANNEL_OPTIONS)
        cls.images = images_service_pb2_grpc.ImagesServiceStub(cls.channel)

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()

    def generate(self, retry=None, **fields):
        request = generation_pb2.GenerateImagesRequest(image=image_spec_pb2.ImageSpec(**fields))
        request.options.retry.MergeFrom(retry or retry_pb2.RetryOptions())
        return self.images.GenerateImages(request, timeout=TIME_LIMIT_S)

    def test_makes_an_image(self):
        reply = self.generate(model="sandbox/painter", prompt="a boat")
        [image] = reply.images
        self.assertEqual(image.data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(image.info.media_type, "image/png")
        self.assertGreater(reply.usage.cost, 0)

    def test_streams_an_image_larger_than_a_message_may_be(self):
        request = generation_pb2.StreamGenerateImagesRequest(
            image=image_spec_pb2.ImageSpec(model="sandbox/bytes=6000000", prompt="a boat"))
        file = bytearray()
        for reply in self.images.StreamGenerateImages(request, timeout=TIME_LIMIT_S):
            # Passes over previews, texts, heartbeats, and what is newer than this program.
            if reply.WhichOneof("event") == "image_chunk":
                file += reply.image_chunk.data
            elif reply.WhichOneof("event") == "completed":
                [info] = reply.completed.images
        self.assertEqual((len(file), info.size_bytes), (6000000, 6000000))
        self.assertEqual(info.sha256, hashlib.sha256(file).digest())

    def test_reads_the_details_of_an_error(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.generate(ONCE, model="sandbox/status=429;retry-after=3", prompt="a boat")
        error = raised.exception
        self.assertEqual(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        images_error = detail(error, errors_pb2.ImagesError)
        self.assertEqual(images_error.reason, error_reason_pb2.ERROR_REASON_RATE_LIMIT)
        self.assertEqual(images_error.billing_outcome, billing_outcome_pb2.BILLING_OUTCOME_NOT_BILLED)
        self.assertEqual(images_error.upstream.http_status, 429)
        error_info = detail(error, error_details_pb2.ErrorInfo)
        self.assertEqual((error_info.domain, error_info.reason), ("openrouter_images.v1", "RATE_LIMIT"))
        self.assertEqual(detail(error, error_details_pb2.RetryInfo).retry_delay.seconds, 3)

    def test_reads_what_is_invalid(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.generate(model="sandbox/painter", prompt="", n=0)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        violations = detail(raised.exception, error_details_pb2.BadRequest).field_violations
        self.assertEqual(sorted(violation.field for violation in violations), ["image.n", "image.prompt"])

    def test_reads_the_report_of_a_retry_that_helped(self):
        reply = self.generate(
            retry_pb2.RetryOptions(max_attempts=3), model="sandbox/status=502;times=1;key=python", prompt="a boat")
        self.assertEqual(reply.call.requests_sent, 2)
        self.assertEqual([attempt.http_status for attempt in reply.call.attempts], [502, 200])

    def test_lists_models(self):
        reply = self.images.ListImageModels(catalog_pb2.ListImageModelsRequest(), timeout=TIME_LIMIT_S)
        [painter] = [model for model in reply.models if model.id == "sandbox/painter"]
        self.assertEqual(painter.supported_parameters["n"].range.max, 10)
        self.assertIn("png", painter.supported_parameters["output_format"].enum.values)

    def test_lists_endpoints(self):
        reply = self.images.ListImageModelEndpoints(
            catalog_pb2.ListImageModelEndpointsRequest(model="openai/gpt-image-1"), timeout=TIME_LIMIT_S)
        self.assertEqual(reply.id, "openai/gpt-image-1")
        self.assertTrue(reply.endpoints[0].pricing)

    def test_what_grpc_refuses_before_the_service_has_no_details(self):
        image = image_spec_pb2.ImageSpec(model="sandbox/painter", prompt="a boat" * 6_000_000)  # Above 32 MiB.
        refusals = [
            ("a compressed request", catalog_pb2.ListImageModelsRequest(), self.images.ListImageModels,
             grpc.Compression.Gzip, grpc.StatusCode.UNIMPLEMENTED),
            ("a large request", generation_pb2.GenerateImagesRequest(image=image), self.images.GenerateImages,
             grpc.Compression.NoCompression, grpc.StatusCode.RESOURCE_EXHAUSTED),
        ]
        for name, request, call, compression, code in refusals:
            with self.subTest(name), self.assertRaises(grpc.RpcError) as raised:
                call(request, timeout=TIME_LIMIT_S, compression=compression)
            self.assertEqual(raised.exception.code(), code)
            self.assertIsNone(rpc_status.from_call(raised.exception))


if __name__ == "__main__":
    unittest.main()
