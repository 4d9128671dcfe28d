// The official SDK takes the sandbox for the real upstream.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newSdk } from './sandbox.mjs';

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const sdk = newSdk();

test('images.generate gives images and their cost', async () => {
  const reply = await sdk.images.generate({
    imageGenerationRequest: { model: 'sandbox/painter', prompt: 'lanterns over the sea', n: 2, resolution: '512' },
  });
  assert.equal(reply.data.length, 2);
  for (const image of reply.data) {
    assert.deepEqual(Buffer.from(image.b64Json, 'base64').subarray(0, 8), pngSignature);
    assert.equal(image.mediaType, 'image/png');
  }
  assert.ok(reply.usage.cost > 0);
});

test('images.generate streams previews and the image', async () => {
  const events = await sdk.images.generate({
    imageGenerationRequest: { model: 'sandbox/painter', prompt: 'a planet', resolution: '512', stream: true },
  });
  const types = [];
  for await (const event of events) types.push(event.type);
  assert.equal(types.at(-1), 'image_generation.completed');
  assert.ok(types.includes('image_generation.partial_image'));
});

test('images.listModels gives the catalog', async () => {
  const models = (await sdk.images.listModels()).data;
  const painter = models.find(({ id }) => id === 'sandbox/painter');
  assert.equal(painter.supportedParameters.n.type, 'range');
  assert.equal(painter.supportedParameters.resolution.type, 'enum');
  assert.equal(painter.supportedParameters.seed.type, 'boolean');
});

test('images.listModelEndpoints gives every endpoint with its prices', async () => {
  for (const { id } of (await sdk.images.listModels()).data) {
    const [author, slug] = id.split('/');
    const reply = await sdk.images.listModelEndpoints({ author, slug });
    assert.equal(reply.id, id);
    assert.ok(reply.endpoints.every(({ pricing }) => pricing.length > 0), id);
  }
});
