// The service through grpc-js, with the contract read from proto/ at run time. A field that is unset is undefined.
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const definition = protoLoader.loadSync(
  ['openrouter_images/v1/images_service.proto', 'openrouter_images/v1/errors.proto', 'google/rpc/status.proto',
    'google/rpc/error_details.proto'],
  { includeDirs: [process.env.PROTO_DIR, process.env.GOOGLE_RPC_DIR], keepCase: true, enums: String, longs: Number });
const { ImagesService } = grpc.loadPackageDefinition(definition).openrouter_images.v1;

// The calls of the service at an address, HOST:PORT. A unary call gives its reply, a streamed one all its messages; a failure
// rejects with grpc-js's error, to which a stream adds the messages before it as `messages`.
export function connect(address = process.env.IMAGES_ADDRESS) {
  const service = new ImagesService(address, grpc.credentials.createInsecure(), {
    'grpc.max_receive_message_length': 640 << 20,
  });
  const withDeadline = (options) => ({ deadline: Date.now() + 30_000, ...options });
  const unary = (method) => (request, options) => new Promise((resolve, reject) => {
    service[method](request, withDeadline(options), (error, reply) => (error ? reject(error) : resolve(reply)));
  });
  const streamed = (method) => (request, options) => new Promise((resolve, reject) => {
    const messages = [];
    service[method](request, withDeadline(options))
      .on('data', (message) => messages.push(message))
      .on('error', (error) => reject(Object.assign(error, { messages })))
      .on('end', () => resolve(messages));
  });
  return {
    generate: unary('GenerateImages'),
    stream: streamed('StreamGenerateImages'),
    listModels: unary('ListImageModels'),
    listEndpoints: unary('ListImageModelEndpoints'),
    close: () => service.close(),
  };
}

// The detail messages of an error's status: {imagesError, errorInfo, badRequest, ...}.
export function decodeDetails(error) {
  const [trailer] = error.metadata?.get('grpc-status-details-bin') ?? [];
  if (!trailer) throw error;
  const details = {};
  for (const { type_url: url, value } of definition['google.rpc.Status'].deserialize(trailer).details) {
    const name = url.split('/').at(-1);
    const short = name.split('.').at(-1);
    details[short[0].toLowerCase() + short.slice(1)] = definition[name].deserialize(value);
  }
  return details;
}

// A plain object as google.protobuf.Struct.
export function struct(object) {
  return { fields: Object.fromEntries(Object.entries(object).map(([name, value]) => [name, structValue(value)])) };
}

function structValue(value) {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (Array.isArray(value)) return { listValue: { values: value.map(structValue) } };
  switch (typeof value) {
    case 'number': return { numberValue: value };
    case 'boolean': return { boolValue: value };
    case 'string': return { stringValue: value };
    default: return { structValue: struct(value) };
  }
}

// The plain object in a google.protobuf.Struct, and what is in a google.protobuf.Value.
export function plain({ fields = {} }) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));
}

export function plainValue(value) {
  if (value.listValue) return (value.listValue.values ?? []).map(plainValue);
  if (value.structValue) return plain(value.structValue);
  return value.numberValue ?? value.stringValue ?? value.boolValue ?? null;
}
