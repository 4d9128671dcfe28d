// One failure, two clients: the official SDK raises its class, and a caller of the service receives the matching kind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { connect, decodeDetails } from './facade.mjs';
import { newSdk } from './sandbox.mjs';

const { generate, listEndpoints } = connect();

// `model` is a scripted fault of the sandbox. The kind of a status without a class of its own is OTHER_HTTP_STATUS.
const generations = [
  ['status=400', 'BadRequestResponseError', 'BAD_REQUEST'],
  ['status=401', 'UnauthorizedResponseError', 'UNAUTHORIZED'],
  ['status=402', 'PaymentRequiredResponseError', 'PAYMENT_REQUIRED'],
  ['status=403', 'ForbiddenResponseError', 'FORBIDDEN'],
  ['status=403;moderation=yes', 'ForbiddenResponseError', 'FORBIDDEN'],
  ['status=404', 'NotFoundResponseError', 'NOT_FOUND'],
  ['status=413', 'PayloadTooLargeResponseError', 'PAYLOAD_TOO_LARGE'],
  ['status=429;retry-after=1', 'TooManyRequestsResponseError', 'TOO_MANY_REQUESTS'],
  ['status=500', 'InternalServerResponseError', 'INTERNAL_SERVER'],
  ['status=502', 'BadGatewayResponseError', 'BAD_GATEWAY'],
  ['status=524', 'EdgeNetworkTimeoutResponseError', 'EDGE_NETWORK_TIMEOUT'],
  ['status=529', 'ProviderOverloadedResponseError', 'PROVIDER_OVERLOADED'],
  ['status=408', 'OpenRouterDefaultError', 'OTHER_HTTP_STATUS'],
  ['status=409', 'OpenRouterDefaultError', 'OTHER_HTTP_STATUS'],
  ['status=412', 'OpenRouterDefaultError', 'OTHER_HTTP_STATUS'],
  ['status=418', 'OpenRouterDefaultError', 'OTHER_HTTP_STATUS'],
  ['status=422', 'OpenRouterDefaultError', 'OTHER_HTTP_STATUS'],
  ['status=503', 'OpenRouterDefaultError', 'OTHER_HTTP_STATUS'],
  ['status=504', 'OpenRouterDefaultError', 'OTHER_HTTP_STATUS'],
  ['status=599', 'OpenRouterDefaultError', 'OTHER_HTTP_STATUS'],
  ['reset=0', 'ConnectionError', 'CONNECTION'],
  ['json=wrong-types', 'ResponseValidationError', 'RESPONSE_VALIDATION'],
  // Where the SDK knows less than the service: it reads a class only out of JSON of the first shape.
  ['status=524;body=html', 'OpenRouterDefaultError', 'EDGE_NETWORK_TIMEOUT'],
  ['status=404;body=availability', 'ResponseValidationError', 'NOT_FOUND'],
];

const spec = (fault) => ({ model: `sandbox/${fault}`, prompt: 'a fox', resolution: '512' });
const once = { retry: { strategy: 'STRATEGY_NONE' } };

for (const [fault, sdkClass, kind] of generations) {
  test(`generate: ${fault} is ${sdkClass} and ${kind}`, async () => {
    await assert.rejects(newSdk().images.generate({ imageGenerationRequest: spec(fault) }), { name: sdkClass });
    const error = await generate({ image: spec(fault), options: once }).then(assert.fail, (reason) => reason);
    const { imagesError } = decodeDetails(error);
    assert.equal(imagesError.kind, `ERROR_KIND_${kind}`);
    const [, status] = fault.match(/status=(\d+)/) ?? [];
    if (status) assert.equal(imagesError.upstream.http_status, Number(status));
    assert.equal(imagesError.call.requests_sent, 1);
  });
}

const slow = spec('delay=forever');

test('a time limit is RequestTimeoutError and REQUEST_TIMEOUT', async () => {
  await assert.rejects(
    newSdk({ timeoutMs: 300 }).images.generate({ imageGenerationRequest: slow }), { name: 'RequestTimeoutError' });
  const error = await generate({ image: slow, options: once }, { deadline: Date.now() + 700 })
    .then(assert.fail, (reason) => reason);
  // The client's own clock may end the call first; it has no details then.
  if (error.code !== status.DEADLINE_EXCEEDED) {
    assert.equal(decodeDetails(error).imagesError.kind, 'ERROR_KIND_REQUEST_TIMEOUT');
  }
});

test('a request without a prompt is refused before it is sent', async () => {
  await assert.rejects(
    newSdk().images.generate({ imageGenerationRequest: { model: 'sandbox/painter' } }), { name: 'SDKValidationError' });
  const error = await generate({ image: { model: 'sandbox/painter' } }).then(assert.fail, (reason) => reason);
  assert.equal(error.code, status.INVALID_ARGUMENT);
  const { imagesError, badRequest } = decodeDetails(error);
  assert.equal(imagesError.kind, 'ERROR_KIND_INVALID_REQUEST');
  assert.deepEqual(badRequest.field_violations.map(({ field }) => field), ['image.prompt']);
});

const catalog = [
  ['status=404', 'NotFoundResponseError', 'NOT_FOUND'],
  ['status=500', 'InternalServerResponseError', 'INTERNAL_SERVER'],
  // For the catalog the SDK has no other classes.
  ['status=401', 'OpenRouterDefaultError', 'UNAUTHORIZED'],
  ['status=429', 'OpenRouterDefaultError', 'TOO_MANY_REQUESTS'],
  ['status=503', 'OpenRouterDefaultError', 'OTHER_HTTP_STATUS'],
];

for (const [fault, sdkClass, kind] of catalog) {
  test(`endpoints: ${fault} is ${sdkClass} and ${kind}`, async () => {
    await assert.rejects(newSdk().images.listModelEndpoints({ author: 'sandbox', slug: fault }), { name: sdkClass });
    const error = await listEndpoints({ model: `sandbox/${fault}`, options: once })
      .then(assert.fail, (reason) => reason);
    assert.equal(decodeDetails(error).imagesError.kind, `ERROR_KIND_${kind}`);
  });
}
