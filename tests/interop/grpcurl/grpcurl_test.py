"""What an operator does with grpcurl: no proto files at hand, everything by reflection."""

import base64
import hashlib
import json
import os
import subprocess
import unittest

SERVICE = "openrouter_images.v1.ImagesService"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
EXIT_CODE_BASE = 64  # grpcurl's exit status is this plus the status code.
CODES = {"INVALID_ARGUMENT": 3, "NOT_FOUND": 5}


def grpcurl(*arguments, verb=(), data=None):
    flags = ["-plaintext", "-max-time", "30", "-format-error"]
    if data is not None:
        flags += ["-d", json.dumps(data)]
    return subprocess.run(
        [os.environ["GRPCURL"], *flags, *arguments, os.environ["IMAGES_ADDRESS"], *verb],
        capture_output=True, text=True, timeout=60)


def call(method, data):
    """The replies of a call that succeeds, one a message."""
    done = grpcurl(verb=[method], data=data)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    replies, text, decoder = [], done.stdout.strip(), json.JSONDecoder()
    while text:
        reply, end = decoder.raw_decode(text)
        replies.append(reply)
        text = text[end:].lstrip()
    return replies


class Reflection(unittest.TestCase):
    def test_lists_the_services(self):
        services = grpcurl(verb=["list"]).stdout.split()
        self.assertIn(SERVICE, services)
        self.assertIn("grpc.health.v1.Health", services)

    def test_lists_the_methods(self):
        methods = grpcurl(verb=["list", SERVICE]).stdout.split()
        self.assertEqual(sorted(methods), sorted(SERVICE + "." + name for name in (
            "GenerateImages", "StreamGenerateImages", "ListImageModels", "ListImageModelEndpoints")))

    def test_describes_everything_that_a_call_may_carry(self):
        for name in (SERVICE, *("openrouter_images.v1." + message for message in (
                "GenerateImagesRequest", "GenerateImagesResponse", "StreamGenerateImagesResponse",
                "ListImageModelsResponse", "ListImageModelEndpointsResponse", "RequestOptions", "RetryOptions",
                "ImagesError")), "google.rpc.Status", "google.rpc.ErrorInfo", "google.rpc.RetryInfo",
                "google.rpc.BadRequest", "google.rpc.QuotaFailure", "google.rpc.RequestInfo", "google.rpc.ResourceInfo"):
            with self.subTest(name):
                done = grpcurl(verb=["describe", name])
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(name, done.stdout)


class Calls(unittest.TestCase):
    def test_health(self):
        self.assertEqual(call("grpc.health.v1.Health/Check", {}), [{"status": "SERVING"}])

    def test_generate(self):
        image = {"model": "sandbox/painter", "prompt": "a lighthouse at night", "resolution": "512", "n": 2}
        [reply] = call(SERVICE + "/GenerateImages", {"image": image})
        self.assertEqual(len(reply["images"]), 2)
        for generated in reply["images"]:
            self.assertEqual(generated["info"]["media_type"], "image/png")
            self.assertTrue(base64.b64decode(generated["data"]).startswith(PNG_SIGNATURE))
        self.assertGreater(reply["usage"]["cost"], 0)
        self.assertEqual(reply["call"]["requests_sent"], 1)

    def test_stream(self):
        image = {"model": "sandbox/painter", "prompt": "a lighthouse at night", "resolution": "512"}
        replies = call(SERVICE + "/StreamGenerateImages", {"image": image})
        self.assertIn("generation_started", replies[0])
        [digest] = replies[-1]["completed"]["images"]
        chunks = [reply["image_chunk"]["data"] for reply in replies if "image_chunk" in reply]
        data = b"".join(base64.b64decode(chunk) for chunk in chunks)
        self.assertTrue(data.startswith(PNG_SIGNATURE))
        self.assertEqual(base64.b64decode(digest["sha256"]), hashlib.sha256(data).digest())

    def test_list_models(self):
        [reply] = call(SERVICE + "/ListImageModels", {})
        self.assertIn("sandbox/painter", [model["id"] for model in reply["models"]])

    def test_list_endpoints(self):
        [reply] = call(SERVICE + "/ListImageModelEndpoints", {"model": "openai/gpt-image-1"})
        self.assertEqual(reply["id"], "openai/gpt-image-1")
        self.assertTrue(all(endpoint["pricing"] for endpoint in reply["endpoints"]))


class Errors(unittest.TestCase):
    """Every detail of a status is resolved by reflection and shown in full."""

    def fail(self, method, data, *flags):
        done = grpcurl(*flags, verb=[SERVICE + "/" + method], data=data)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        status = json.loads(done.stderr)
        # A detail that reflection cannot resolve has no fields but its type and its bytes.
        details = {detail.pop("@type").split(".")[-1]: detail for detail in status["details"]}
        return done.returncode - EXIT_CODE_BASE, status, details

    def test_local_check_names_every_violation(self):
        code, _, details = self.fail("GenerateImages", {"image": {"n": 11}})
        self.assertEqual(code, CODES["INVALID_ARGUMENT"])
        self.assertEqual(details["ImagesError"]["kind"], "ERROR_KIND_INVALID_REQUEST")
        self.assertEqual(details["ImagesError"]["billing_outcome"], "BILLING_OUTCOME_NOT_SENT")
        self.assertEqual(details["ErrorInfo"]["reason"], "INVALID_REQUEST")
        self.assertEqual(details["RequestInfo"]["request_id"], details["ImagesError"]["call"]["call_id"])
        fields = [violation["field"] for violation in details["BadRequest"]["field_violations"]]
        self.assertEqual(sorted(fields), ["image.model", "image.n", "image.prompt"])

    def test_upstream_status(self):
        code, status, details = self.fail(
            "GenerateImages", {"image": {"model": "sandbox/status=404;message=gone%20fishing", "prompt": "a fox"}})
        self.assertEqual(code, CODES["NOT_FOUND"])
        self.assertEqual(status["code"], CODES["NOT_FOUND"])
        error = details["ImagesError"]
        self.assertEqual(error["kind"], "ERROR_KIND_NOT_FOUND")
        self.assertEqual(error["billing_outcome"], "BILLING_OUTCOME_NOT_BILLED")
        self.assertEqual(error["upstream"]["http_status"], 404)
        self.assertEqual(error["upstream"]["message"], "gone fishing")

    def test_time_to_wait(self):
        _, _, details = self.fail("GenerateImages", {
            "image": {"model": "sandbox/status=429;retry-after=7", "prompt": "a fox"},
            "options": {"retry": {"strategy": "STRATEGY_NONE"}}})
        self.assertEqual(details["RetryInfo"]["retry_delay"], "7s")

    def test_catalog(self):
        code, _, details = self.fail("ListImageModelEndpoints", {"model": "nobody/nothing"})
        self.assertEqual(code, CODES["NOT_FOUND"])
        self.assertEqual(details["ImagesError"]["kind"], "ERROR_KIND_NOT_FOUND")


if __name__ == "__main__":
    unittest.main()
