// The same request through the official SDK and through the service reaches the upstream as the same HTTP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, struct } from './facade.mjs';
import { newSdk, requestOf } from './sandbox.mjs';

const { generate, listEndpoints, listModels } = connect();

const comparedHeaders = [
  'accept', 'content-type', 'http-referer', 'x-openrouter-title', 'x-openrouter-categories', 'x-session-id',
];

function assertSameRequest(actual, expected) {
  assert.equal(`${actual.method} ${actual.target}`, `${expected.method} ${expected.target}`);
  assert.deepEqual(actual.body, expected.body);
  for (const name of comparedHeaders) assert.equal(actual.headers[name], expected.headers[name], name);
  const scheme = ({ headers }) => headers.authorization?.split(' ')[0];
  assert.equal(scheme(actual), scheme(expected));
}

const model = 'sandbox/painter';
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const dataUrl = `data:image/png;base64,${png.toString('base64')}`;

// name, what the SDK is asked (request, its headers' fields, RequestOptions), what the service is asked.
const generations = [
  ['the least that is valid',
    [{ model, prompt: 'a fox' }],
    { image: { model, prompt: 'a fox' } }],

  ['text that JSON has to escape',
    [{ model, prompt: 'a "fox"\\ \n\t\u0001 — 狐 🦊 </script>' }],
    { image: { model, prompt: 'a "fox"\\ \n\t\u0001 — 狐 🦊 </script>' } }],

  ['every field',
    [{
      model,
      prompt: 'a red panda in orbit',
      n: 2,
      resolution: '512',
      aspectRatio: '16:9',
      quality: 'xhigh',
      outputFormat: 'webp',
      outputCompression: 0,
      background: 'transparent',
      seed: 9007199254740991,
      inputReferences: [{ type: 'image_url', imageUrl: { url: dataUrl } }],
      provider: {
        order: ['sandbox'], only: ['sandbox', 'seed'], ignore: ['azure'], sort: 'price', allowFallbacks: false,
        options: { openai: { style: 'ink', steps: 12, weights: [0.5, null, true], nested: { deep: {} } } },
      },
      sessionId: 'session-7',
      user: 'user-1',
      trace: { traceId: 't', traceName: 'n', spanName: 's', generationName: 'g', parentSpanId: 'p' },
    }],
    {
      image: {
        model,
        prompt: 'a red panda in orbit',
        n: 2,
        resolution: '512',
        aspect_ratio: '16:9',
        quality: 'xhigh',
        output_format: 'webp',
        output_compression: 0,
        background: 'transparent',
        seed: 9007199254740991,
        input_references: [{ url: dataUrl }],
        provider: {
          order: ['sandbox'], only: ['sandbox', 'seed'], ignore: ['azure'], sort: 'price', allow_fallbacks: false,
          options: { openai: struct({ style: 'ink', steps: 12, weights: [0.5, null, true], nested: { deep: {} } }) },
        },
        session_id: 'session-7',
        user: 'user-1',
        trace: { trace_id: 't', trace_name: 'n', span_name: 's', generation_name: 'g', parent_span_id: 'p' },
      },
    }],

  ['a size in pixels, and a seed of 0',
    [{ model, prompt: 'a fox', size: '640x512', seed: 0 }],
    { image: { model, prompt: 'a fox', size: '640x512', seed: 0 } }],

  ['references by URL, by data URL and as bytes',
    [{
      model,
      prompt: 'both',
      inputReferences: ['https://example.com/a.png?x=1&y=2', dataUrl, dataUrl].map(
        (url) => ({ type: 'image_url', imageUrl: { url } })),
    }],
    {
      image: {
        model,
        prompt: 'both',
        input_references: [
          { url: 'https://example.com/a.png?x=1&y=2' }, { url: dataUrl },
          { inline: { data: png, media_type: 'image/png' } },
        ],
      },
    }],

  ['an order of providers as an object',
    [{ model, prompt: 'a fox', provider: { sort: { by: 'latency', partition: 'none' }, allowFallbacks: true } }],
    {
      image: {
        model, prompt: 'a fox', provider: { sort_config: { by: 'latency', partition: 'none' }, allow_fallbacks: true },
      },
    }],

  ['options for a provider whose slug has a dash',
    [{ model, prompt: 'a fox', provider: { options: { blackForestLabs: { guidance: 3.5 } } } }],
    { image: { model, prompt: 'a fox', provider: { options: { 'black-forest-labs': struct({ guidance: 3.5 }) } } } }],

  ['a trace with keys of its own',
    [{ model, prompt: 'a fox', trace: { traceId: 't', additionalProperties: { team: 'art', tags: [1, 'two'] } } }],
    {
      image: {
        model, prompt: 'a fox', trace: { trace_id: 't', additional_fields: struct({ team: 'art', tags: [1, 'two'] }) },
      },
    }],

  ['who asks, and a session in a header',
    [{ model, prompt: 'a fox' },
      { httpReferer: 'https://example.com/app', appTitle: 'Fox Painter', appCategories: 'image-gen,creative' },
      { headers: { 'x-session-id': 'session-8' } }],
    {
      image: { model, prompt: 'a fox' },
      options: {
        attribution: {
          http_referer: 'https://example.com/app', title: 'Fox Painter', categories: ['image-gen', 'creative'],
        },
        session_id: 'session-8',
      },
    }],
];

for (const [name, [imageGenerationRequest, attribution, requestOptions], request] of generations) {
  test(`generate: ${name}`, async () => {
    const expected = await requestOf(
      () => newSdk().images.generate({ ...attribution, imageGenerationRequest }, requestOptions));
    assertSameRequest(await requestOf(() => generate(request)), expected);
  });
}

test('list models', async () => {
  const expected = await requestOf(() => newSdk().images.listModels({ appTitle: 'Fox Painter' }));
  assertSameRequest(await requestOf(() => listModels({ options: { attribution: { title: 'Fox Painter' } } })), expected);
});

test('list endpoints', async () => {
  const expected = await requestOf(
    () => newSdk().images.listModelEndpoints({ author: 'openai', slug: 'gpt-image-1' }));
  assertSameRequest(await requestOf(() => listEndpoints({ model: 'openai/gpt-image-1' })), expected);
});

test('list endpoints of a name that a path has to escape', async () => {
  // No such model: what counts is which one was asked for.
  const unknown = (call) => () => assert.rejects(call);
  const expected = await requestOf(
    unknown(() => newSdk().images.listModelEndpoints({ author: 'ä', slug: '50%?x=#y:free' })));
  assertSameRequest(await requestOf(unknown(() => listEndpoints({ model: 'ä/50%?x=#y:free' }))), expected);
});
