// The upstream's replies of the differential test, by name: {operation, status, type, body}.

const json = (value) => ({ type: 'application/json', body: Buffer.from(JSON.stringify(value)) });
const image = (size, format = 'png') => {
  const signature = { png: '89504e470d0a1a0a', webp: '52494646ffffffff57454250' }[format];
  return Buffer.concat([Buffer.from(signature, 'hex'), Buffer.alloc(size, size)]).toString('base64');
};

// ---- Errors: every status of the API, each with every shape of a body.

export const statuses = [
  400, 401, 402, 403, 404, 408, 409, 412, 413, 418, 422, 429, 500, 502, 503, 504, 524, 529, 599,
];

const apiError = (code) => ({
  error: { code, message: 'Some words.', metadata: { error_type: 'unmapped', provider_name: 'Ink' }, newer: [1] },
  openrouter_metadata: { region: 'eu' },
  user_id: 'user-1',
  newer_beside: true,
});
const withBom = (body) => Buffer.concat([Buffer.from('efbbbf', 'hex'), body]);
const cut = (body, bytes) => body.subarray(0, body.length - bytes);

export const bodies = {
  api: (status) => json(apiError(status)),
  routing: (status) => json({
    error: {
      message: 'Some words.', error_type: 'not_found', http_status: status,
      availability: { code: 'no_endpoints', retryable: false, requested_models: ['a/b'], docs_url: 'https://example.com' },
    },
  }),
  event: () => json({ error: { message: 'Some words.', code: 'bad_size', type: 'invalid_request', param: 'size' } }),
  text: () => ({ type: 'text/plain', body: Buffer.from('Some words.') }),
  empty: () => ({ body: Buffer.alloc(0) }),
  html: () => ({ type: 'text/html', body: Buffer.from('<html><body><h1>Some words.</h1></body></html>') }),
  array: () => json(['Some words.']),
  null: () => json(null),
  cut: (status) => ({ type: 'application/json', body: cut(json(apiError(status)).body, 30) }),
  bom: (status) => ({ type: 'application/json', body: withBom(json(apiError(status)).body) }),
  invalid_utf8: (status) => ({
    type: 'application/json', body: Buffer.from(`{"error":{"code":${status},"message":"Some w\xffrds."}}`, 'latin1'),
  }),
  huge: (status) => json({ error: { code: status, message: 'Some words. '.repeat(100_000) } }),
};

function errors() {
  const replies = {};
  for (const status of statuses) {
    for (const [shape, body] of Object.entries(bodies)) {
      replies[`${status}/${shape}`] = { operation: 'generate', status, ...body(status) };
    }
    replies[`stream-${status}/api`] = { operation: 'stream', status, ...bodies.api(status) };
    replies[`models-${status}/api`] = { operation: 'models', status, ...bodies.api(status) };
    replies[`endpoints-${status}/api`] = { operation: 'endpoints', status, ...bodies.api(status) };
  }
  for (const [shape, body] of Object.entries(bodies)) {
    // An error in a success names a status of its own where its shape has one.
    replies[`200/${shape}`] = { operation: 'generate', status: 200, ...body(402) };
  }
  return replies;
}

// ---- Images.

const usage = {
  prompt_tokens: 5, completion_tokens: 1290, total_tokens: 1295, cost: 0.04, is_byok: false, service_tier: 'standard',
  speed: 'fast',
  cost_details: {
    upstream_inference_cost: 0.04, upstream_inference_prompt_cost: 0.01, upstream_inference_completions_cost: 0.03,
  },
  prompt_tokens_details: { audio_tokens: 0, cache_write_tokens: 1, cached_tokens: 2, file_tokens: 3, video_tokens: 4 },
  completion_tokens_details: { audio_tokens: 0, image_tokens: 1290, reasoning_tokens: 0 },
  server_tool_use: { tool_calls_executed: 1, tool_calls_requested: 2, web_search_requests: 3 },
  cache_creation: { ephemeral_1h_input_tokens: 1, ephemeral_5m_input_tokens: 2 },
  iterations: [{
    type: 'message', input_tokens: 5, output_tokens: 1290, cache_creation_input_tokens: 0, cache_read_input_tokens: 0,
    cache_creation: { ephemeral_1h_input_tokens: 1, ephemeral_5m_input_tokens: 2 },
  }],
};
const least = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
const nulls = {
  ...least, cost: null, cost_details: null, prompt_tokens_details: null, completion_tokens_details: null,
  server_tool_use: null, cache_creation: null, iterations: null, service_tier: null, speed: null,
};
const full = { created: 1795568159, data: [{ b64_json: image(20), media_type: 'image/png' }], usage };
const newer = {
  ...full, id: 'img-1', data: [{ ...full.data[0], seed: 7, revised_prompt: null }], usage: { ...usage, pixels: 4096 },
};
const several = { ...full, data: [1, 2, 3].map((n) => ({ b64_json: image(n), media_type: 'image/png' })) };

const eventStream = (text) => ({ type: 'text/event-stream', body: Buffer.from(text) });
const data = (event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}`;
const sse = (...events) => eventStream(events.map((event) => `${data(event)}\n\n`).join(''));
const preview = { type: 'image_generation.partial_image', partial_image_index: 0, b64_json: image(5) };
const text = { type: 'image_generation.text_chunk', phase: 'content', text: '<svg' };
const completed = { type: 'image_generation.completed', ...full.data[0], created: full.created, usage };
const streamError = {
  type: 'error', error: { message: 'Some words.', code: '402', type: 'payment_required', param: null },
};

const generations = {
  full: json(full),
  least: json({ created: 0, data: [{ b64_json: image(1) }] }),
  nulls: json({ created: 1, data: [{ b64_json: image(1) }], usage: nulls }),
  more_nulls: json({ created: null, data: [{ b64_json: image(1), media_type: null }], usage: null }),
  newer: json(newer),
  several: json(several),
  another_type: json({
    ...full, data: [{ b64_json: image(8, 'webp'), media_type: 'image/png' }], usage: { ...usage, cost: '0.04' },
  }),
  no_content_type: { body: json(full).body },
  bom: { type: 'application/json', body: withBom(json(full).body) },
  one_null_image: json({ ...several, data: [several.data[0], null, several.data[2]] }),
  no_images: json({ ...full, data: [] }),
  cut_after_image: { type: 'application/json', body: cut(json({ data: several.data, created: 1 }).body, 40) },
  as_events: sse(preview, completed, '[DONE]'),
};

const streams = {
  full: sse(preview, { ...preview, partial_image_index: 1 }, text, completed, '[DONE]'),
  without_done: sse(completed),
  several: sse(completed, { ...completed, b64_json: image(9) }, '[DONE]'),
  newer: sse({ ...preview, newer: 1 }, { ...text, newer: 2 }, { ...completed, newer: 3 }, '[DONE]'),
  unknown_event: sse({ type: 'image_generation.queued', position: 3 }, completed, '[DONE]'),
  event_without_type: sse({ position: 3 }, completed, '[DONE]'),
  no_json: sse('ping', completed, '[DONE]'),
  comments: eventStream(`: OPENROUTER PROCESSING\r\n\r\nevent: x\r\nid: 7\r\n${data(completed)}\r\n\r\ndata: [DONE]\r\n\r\n`),
  bom: eventStream(withBom(sse(completed, '[DONE]').body)),
  error: sse(preview, streamError),
  error_after_image: sse(completed, streamError),
  error_without_code: sse({ type: 'error', error: { message: 'Some words.' } }),
  no_image: sse(preview, '[DONE]'),
  cut: eventStream(cut(sse(preview, completed).body, 40)),
  empty: sse(),
  as_reply: json(full),
};

// ---- The catalog.

const parameters = {
  n: { type: 'range', min: 1, max: 10 }, resolution: { type: 'enum', values: ['1K', '2K'] }, seed: { type: 'boolean' },
};
const model = {
  id: 'ink/pen', name: 'Pen', description: 'Draws.', created: 1795568159, supports_streaming: true,
  endpoints: '/api/v1/images/models/ink/pen/endpoints', supported_parameters: parameters,
  architecture: { input_modalities: ['text', 'image'], output_modalities: ['image'] },
};
const endpoint = {
  provider_name: 'Ink', provider_slug: 'ink', provider_tag: null, supports_streaming: false,
  supported_parameters: parameters, allowed_passthrough_parameters: ['style'],
  pricing: [{ billable: 'output_image', unit: 'image', cost_usd: 0.04, variant: '2K' }],
};

const models = {
  full: json({ data: [model] }),
  none: json({ data: [] }),
  newer: json({
    data: [{ ...model, license: 'free', architecture: { ...model.architecture, tokenizer: 'x' } }], total: 1,
  }),
  newer_capability: json({ data: [{ ...model, supported_parameters: { n: { type: 'steps', values: [1] } } }] }),
  null_model: json({ data: [null, model] }),
  null_name: json({ data: [{ ...model, name: null }] }),
};

const endpoints = {
  full: json({ id: 'ink/pen', endpoints: [endpoint] }),
  newer: json({ id: 'ink/pen', endpoints: [{ ...endpoint, quantization: 'fp8' }], name: 'Pen' }),
  null_endpoint: json({ id: 'ink/pen', endpoints: [null, endpoint] }),
  odd_price: json({ id: 'ink/pen', endpoints: [{ ...endpoint, pricing: [...endpoint.pricing, { cost_usd: '0.1' }] }] }),
};

function successes() {
  const replies = {};
  for (const [operation, group] of Object.entries({ generate: generations, stream: streams, models, endpoints })) {
    for (const [name, reply] of Object.entries(group)) {
      replies[`${operation}/${name}`] = { operation, status: 200, ...reply };
    }
  }
  return replies;
}

export const replies = { ...successes(), ...errors() };
