// What a caller learns of one reply, through the SDK and through the service, in the same form: that of the upstream's JSON.
import { createHash } from 'node:crypto';
import { decodeDetails, plain, plainValue } from '../facade.mjs';

const model = 'ink/pen';
const prompt = 'a boat';

// ---- Through the SDK.

export async function askSdk(sdk, operation) {
  const ask = {
    generate: () => sdk.images.generate({ imageGenerationRequest: { model, prompt } }),
    stream: () => sdk.images.generate({ imageGenerationRequest: { model, prompt, stream: true } }),
    models: () => sdk.images.listModels(),
    endpoints: () => sdk.images.listModelEndpoints({ author: 'ink', slug: 'pen' }),
  }[operation];
  try {
    const reply = await ask();
    return reply instanceof ReadableStream ? await sdkEvents(reply) : sdkValue(reply);
  } catch (error) {
    return sdkFailure(error);
  }
}

async function sdkEvents(stream) {
  const view = { events: [] };
  try {
    for await (const event of stream) {
      if (event.type === 'error') view.end = { class: 'an event', ...words(sdkValue({ error: event.error })) };
      else view.events.push({ ...sdkValue(event), read: event.isUnknown ? 'raw' : 'typed' });
    }
  } catch (error) {
    view.end = sdkFailure(error);
  }
  return view;
}

// What the SDK knows of a failure is typed; of what it does not know, there is the body.
function sdkFailure(error) {
  const view = { class: error.name, status: error.statusCode };
  if (!error.data$) return { ...view, body: excerpt(error.body || undefined) };
  const { request$: _, response$: _response, body$: _body, ...data } = error.data$;
  return { ...view, ...words(sdkValue(data)) };
}

// The upstream's JSON again: b64Json is b64_json, and what the SDK does not know is in `raw`.
function sdkValue(value) {
  if (Array.isArray(value)) return value.map(sdkValue);
  if (value === null || typeof value !== 'object') return value;
  if (value.isUnknown) return value.raw;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => (
    name === 'b64Json' ? ['b64_json', file(Buffer.from(inner, 'base64'))] : [snakeCase(name), sdkValue(inner)])));
}

const snakeCase = (name) => name.replace(/[A-Z]|(?<=l)[0-9]/g, (character) => `_${character.toLowerCase()}`);

// ---- Through the service.

const once = { retry: { strategy: 'STRATEGY_NONE' } };

export async function askService(service, operation) {
  const request = { image: { model, prompt }, options: once };
  const ask = {
    generate: async () => unaryView(await service.generate(request)),
    stream: async () => streamView(await service.stream(request)),
    models: async () => modelsView(await service.listModels({ options: once })),
    endpoints: async () => endpointsView(await service.listEndpoints({ model, options: once })),
  }[operation];
  try {
    return await ask();
  } catch (error) {
    const end = failureView(decodeDetails(error).imagesError);
    return error.messages?.some(({ heartbeat, generation_started: started }) => !heartbeat && !started)
      ? { ...streamView(error.messages), end } : end;
  }
}

// The SDK's class for a kind of error; a kind that it does not have is its own name.
const classes = {
  BAD_REQUEST: 'BadRequestResponseError',
  UNAUTHORIZED: 'UnauthorizedResponseError',
  PAYMENT_REQUIRED: 'PaymentRequiredResponseError',
  FORBIDDEN: 'ForbiddenResponseError',
  NOT_FOUND: 'NotFoundResponseError',
  PAYLOAD_TOO_LARGE: 'PayloadTooLargeResponseError',
  TOO_MANY_REQUESTS: 'TooManyRequestsResponseError',
  INTERNAL_SERVER: 'InternalServerResponseError',
  BAD_GATEWAY: 'BadGatewayResponseError',
  EDGE_NETWORK_TIMEOUT: 'EdgeNetworkTimeoutResponseError',
  PROVIDER_OVERLOADED: 'ProviderOverloadedResponseError',
  OTHER_HTTP_STATUS: 'OpenRouterDefaultError',
  RESPONSE_VALIDATION: 'ResponseValidationError',
};

function failureView({ kind, upstream = {} }) {
  const name = kind.replace('ERROR_KIND_', '');
  const {
    http_status: status, body_excerpt: body, content_type: _, user_id, openrouter_metadata: metadata = {},
    additional_reply_fields: beside = {}, ...error
  } = upstream;
  return {
    class: classes[name] ?? name,
    status,
    ...words({ error: serviceValue(error), user_id, openrouter_metadata: plain(metadata), ...plain(beside) }),
    body: excerpt(body),
  };
}

function unaryView({ images, call: _, partial_failure: failure, ...reply }) {
  return {
    ...serviceValue(reply), data: images.map(({ data, info }) => ({ ...imageView(info), b64_json: file(data) })),
    ...(failure && { end: failureView(failure) }),
  };
}

function imageView({ media_type: _, upstream_media_type, size_bytes: _size, sha256: _digest, ...info }) {
  return serviceValue({ media_type: upstream_media_type, ...info });
}

// The pieces of each file together, as the event that the upstream sent. A provider that does not stream sends one reply.
function streamView(messages) {
  const events = [];
  const images = [];
  let pieces = [];
  let completed;
  for (const message of messages) {
    const { partial_image: preview, image_chunk: image, text_chunk: text, unknown_event: unknown } = message;
    const piece = preview ?? image;
    if (piece) {
      pieces.push(piece.data);
      if (!piece.last) continue;
      const { partial_image_index, additional_fields } = piece;
      const event = {
        ...serviceValue({ partial_image_index, additional_fields }), b64_json: file(Buffer.concat(pieces)), read: 'typed',
      };
      pieces = [];
      if (preview) events.push({ type: 'image_generation.partial_image', ...event });
      if (image) events.push(images[images.push({ type: 'image_generation.completed', ...event }) - 1]);
    } else if (text) {
      events.push({ type: 'image_generation.text_chunk', ...serviceValue(text), read: 'typed' });
    } else if (unknown) {
      events.push({ ...parsed(unknown.data), read: 'raw' });
    }
    completed = message.completed ?? completed;
  }
  const { images: infos = [], call: _, partial_failure: failure, ...reply } = completed ?? {};
  infos.forEach((info, index) => Object.assign(images[index], imageView(info)));
  const end = failure && { end: failureView(failure) };
  const streamed = messages.some(({ generation_started: started }) => started?.provider_streams);
  return streamed ? { events, ...end }
    : { ...serviceValue(reply), data: images.map(({ type: _type, read: _read, ...image }) => image), ...end };
}

function modelsView({ models = [], unreadable_models: unreadable = [], call: _, ...reply }) {
  return { ...serviceValue(reply), data: [...unreadable.map(plainValue), ...models.map(serviceValue)] };
}

function endpointsView({ endpoints = [], unreadable_endpoints: unreadable = [], call: _, ...reply }) {
  return { ...serviceValue(reply), endpoints: [...unreadable.map(plainValue), ...endpoints.map(serviceValue)] };
}

// The upstream's JSON again: additional_fields are fields like others, and a descriptor names its type.
function serviceValue(value) {
  if (Array.isArray(value)) return value.map(serviceValue);
  if (value === null || typeof value !== 'object') return value;
  const view = {};
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'additional_fields') Object.assign(view, plain(inner ?? {}));
    else if (name === 'metadata') view[name] = plain(inner);
    else if (['enum', 'range', 'boolean'].includes(name)) Object.assign(view, { type: name, ...serviceValue(inner) });
    else view[name] = serviceValue(inner);
  }
  return view;
}

// ---- Both.

// error.code is a number or a word: compared as text.
function words({ error, ...beside }) {
  const code = error?.code === undefined ? {} : { code: String(error.code) };
  return { error: { ...error, message: excerpt(error?.message), ...code }, ...beside };
}

const excerpt = (text) => (text?.length > 60 ? `${text.slice(0, 40)}… (${text.length} characters)` : text);
const file = (bytes) => `${bytes.length} bytes, ${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`;

function parsed(text) {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return { text };
  }
}

// The fields of a view by their path, as text: {'data[0].media_type': 'image/png'}.
export function flatten(value, path = '', fields = {}) {
  if (value !== null && typeof value === 'object' && Object.keys(value).length > 0) {
    for (const [name, inner] of Object.entries(value)) {
      flatten(inner, Array.isArray(value) ? `${path}[${name}]` : `${path && `${path}.`}${name}`, fields);
    }
  } else if (value !== undefined && path && JSON.stringify(value) !== '{}') {
    fields[path] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return fields;
}
