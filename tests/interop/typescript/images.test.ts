// A client of the service with connect-es over gRPC: an image, a stream, an error with its details.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ErrorInfoSchema, RetryInfoSchema } from './stubs/google/rpc/error_details_pb.js';
import { BillingOutcome } from './stubs/openrouter_images/v1/billing_outcome_pb.js';
import { ErrorReason } from './stubs/openrouter_images/v1/error_reason_pb.js';
import { ImagesErrorSchema } from './stubs/openrouter_images/v1/errors_pb.js';
import { type GenerationCompleted } from './stubs/openrouter_images/v1/generation_pb.js';
import { ImagesService } from './stubs/openrouter_images/v1/images_service_pb.js';
import { RetryOptions_Strategy } from './stubs/openrouter_images/v1/retry_pb.js';

const transport = createGrpcTransport({ baseUrl: `http://${process.env.IMAGES_ADDRESS}` });
const images = createClient(ImagesService, transport);
const call = { timeoutMs: 60_000 };  // A generation takes up to minutes.

test('makes an image', async () => {
  const reply = await images.generateImages({ image: { model: 'sandbox/painter', prompt: 'a boat' } }, call);
  const [image] = reply.images;
  assert.equal(Buffer.from(image.data.subarray(0, 8)).toString('latin1'), '\x89PNG\r\n\x1a\n');
  assert.equal(image.info?.mediaType, 'image/png');
  assert.ok(reply.usage?.cost);
});

test('streams an image larger than a message may be', async () => {
  const request = { image: { model: 'sandbox/bytes=6000000', prompt: 'a boat' } };
  const pieces: Uint8Array[] = [];
  let completed: GenerationCompleted | undefined;
  for await (const { event } of images.streamGenerateImages(request, call)) {
    switch (event.case) {
      case 'imageChunk': pieces.push(event.value.data); break;
      case 'completed': completed = event.value; break;
      default: break;  // Previews, texts, heartbeats, and what is newer than this program.
    }
  }
  const file = Buffer.concat(pieces);
  const info = completed?.images[0];
  assert.equal(file.length, 6_000_000);
  assert.equal(info?.sizeBytes, 6_000_000n);
  assert.deepEqual(createHash('sha256').update(file).digest(), Buffer.from(info.sha256));
});

test('reads the details of an error', async () => {
  const error = await images.generateImages({
    image: { model: 'sandbox/status=429;retry-after=3', prompt: 'a boat' },
    options: { retry: { strategy: RetryOptions_Strategy.NONE } },
  }, call).then(() => assert.fail('no error'), ConnectError.from);
  assert.equal(error.code, Code.ResourceExhausted);

  // Says whether money was spent. Without it the status is not of the service's making.
  const [imagesError] = error.findDetails(ImagesErrorSchema);
  assert.equal(imagesError.reason, ErrorReason.RATE_LIMIT);
  assert.equal(imagesError.billingOutcome, BillingOutcome.NOT_BILLED);
  const [errorInfo] = error.findDetails(ErrorInfoSchema);
  assert.equal(errorInfo.domain, 'openrouter_images.v1');
  assert.equal(errorInfo.reason, 'RATE_LIMIT');
  const [retryInfo] = error.findDetails(RetryInfoSchema);
  assert.equal(retryInfo.retryDelay?.seconds, 3n);
});
