// The service through grpc-js, with the contract read from proto/ at run time.
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const definition = protoLoader.loadSync(
  ['openrouter_images/v1/images_service.proto', 'openrouter_images/v1/errors.proto', 'google/rpc/status.proto',
    'google/rpc/error_details.proto'],
  { includeDirs: [process.env.PROTO_DIR], keepCase: true, enums: String, longs: Number, defaults: true, arrays: true });
const { ImagesService } = grpc.loadPackageDefinition(definition).openrouter_images.v1;

const service = new ImagesService(process.env.IMAGES_ADDRESS, grpc.credentials.createInsecure(), {
  'grpc.max_receive_message_length': 64 << 20,
});

const caller = (method) => (request, options = {}) => new Promise((resolve, reject) => {
  service[method](request, { deadline: Date.now() + 30_000, ...options },
    (error, reply) => (error ? reject(error) : resolve(reply)));
});

export const generate = caller('GenerateImages');
export const listModels = caller('ListImageModels');
export const listEndpoints = caller('ListImageModelEndpoints');

// The detail messages of an error's status: {imagesError, errorInfo, badRequest, ...}.
export function decodeDetails(error) {
  const [trailer] = error.metadata.get('grpc-status-details-bin');
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
