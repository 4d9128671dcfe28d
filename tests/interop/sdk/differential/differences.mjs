// Where the official SDK and the service report a reply differently, and why.
// [replies, fields, what the SDK reports, what the service reports]; compare.mjs says what the patterns mean.

import { statuses } from './replies.mjs';

// The SDK's class for a status of a generation. For all others it has OpenRouterDefaultError.
const classes = {
  400: 'BadRequestResponseError',
  401: 'UnauthorizedResponseError',
  402: 'PaymentRequiredResponseError',
  403: 'ForbiddenResponseError',
  404: 'NotFoundResponseError',
  413: 'PayloadTooLargeResponseError',
  429: 'TooManyRequestsResponseError',
  500: 'InternalServerResponseError',
  502: 'BadGatewayResponseError',
  524: 'EdgeNetworkTimeoutResponseError',
  529: 'ProviderOverloadedResponseError',
};
const typed = `{${Object.keys(classes)}}`;
const untyped = '{408,409,412,418,422,503,504,599}';
const eachClass = (row) => Object.entries(classes).map(([status, name]) => row(status, name));
// For calls of the catalog the SDK has the class of 500, and for endpoints that of 404. The other statuses:
const others = (...having) => statuses.filter((status) => ![500, ...having].includes(status));
const catalog = (...having) => `{${others(...having)}}`;
const catalogClasses = (operation, ...having) => others(...having).filter((status) => classes[status])
  .map((status) => [`${operation}-${status}/api`, 'class', 'OpenRouterDefaultError', classes[status]]);
const untypedReplies = [
  `${untyped}/{api,bom}`, `stream-${untyped}/api`, `models-${catalog()}/api`, `endpoints-${catalog(404)}/api`, '200/{api,bom}',
].join(' ');

export const differences = [
  {
    because: 'Null and absent are the same for the service: unset.',
    where: [
      ['generate/nulls', 'usage.*', 'null', 'unset'],
      ['endpoints/{full,newer}', 'endpoints[0].provider_tag', 'null', 'unset'],
      ['stream/{error,error_after_image}', 'end.error.param', 'null', 'unset'],
    ],
  },
  {
    because: 'Fields that are newer than the SDK are lost in it. The service has them as additional_fields.',
    where: [
      ['generate/newer', 'id data[0].{seed,revised_prompt} usage.pixels', 'unset', '*'],
      ['stream/newer', 'events[{0,1,2}].newer', 'unset', '*'],
      ['models/newer', 'total data[0].{license,architecture.tokenizer}', 'unset', '*'],
      ['endpoints/newer', 'name endpoints[0].quantization', 'unset', '*'],
      ['*/{api,bom}', 'error.newer[0] newer_beside', 'unset', '*'],
    ],
  },
  {
    because: 'An image that came is paid for: the service delivers it, whatever is wrong with the rest of the reply.',
    where: [
      ['generate/{more_nulls,another_type,one_null_image}', 'outcome', 'ResponseValidationError', 'a reply'],
      ['generate/no_content_type', 'outcome', 'OpenRouterDefaultError', 'a reply'],
      ['generate/cut_after_image', 'outcome', 'SyntaxError', 'a reply'],
      ['generate/as_events', 'outcome', 'events', 'a reply'],
      ['stream/no_json', 'events', '[]', 'unset'],
      ['stream/no_json', 'events[0]', 'unset', 'an event without type'],
      ['stream/{no_json,cut}', 'events[1]', 'unset', 'image_generation.completed'],
      ['stream/no_json', 'end.class', 'ZodError', 'unset'],
    ],
  },
  {
    because: 'An odd entry of the catalog hides no others.',
    where: [
      ['models/null_{model,name} endpoints/{null_endpoint,odd_price}', 'outcome', 'ResponseValidationError', 'a reply'],
    ],
  },
  {
    because: 'A generation without an image or without its end fails. With the SDK it is an empty list or a short stream.',
    where: [
      ['generate/no_images', 'outcome', 'a reply', 'GENERATION_FAILED'],
      ['stream/empty', 'outcome', 'events', 'ResponseValidationError'],
      ['stream/no_image', 'end.class', 'unset', 'ResponseValidationError'],
      ['stream/cut', 'end.class', 'unset', 'CONNECTION'],
      ['stream/{no_image,cut}', 'end.status', 'unset', '200'],
    ],
  },
  {
    because: 'An error event ends the call, with the kind of the status that it names. With the SDK it is an event.',
    where: [
      ['stream/{error,error_after_image}', 'end.class', 'an event', classes[402]],
      ['stream/{error,error_after_image}', 'end.status', 'unset', '200'],
      ['stream/error_without_code', 'outcome', 'events', 'GENERATION_FAILED'],
    ],
  },
  {
    because: 'error_type is one field, wherever the upstream has it (error.error_type, error.metadata.error_type, error.type).',
    where: [
      ['stream/{error,error_after_image}', 'end.error.type', 'payment_required', 'unset'],
      ['stream/{error,error_after_image}', 'end.error.error_type', 'unset', 'payment_required'],
      ['*/{api,bom}', 'error.error_type', 'unset', 'unmapped'],
    ],
  },
  {
    because: 'The status decides the kind, for every call and every body. The SDK has a class only where its schema fits.',
    where: eachClass((status, name) => [`${status}/{text,empty,html}`, 'class', 'OpenRouterDefaultError', name]).concat(
      eachClass((status, name) => [`${status}/{routing,event,array,null}`, 'class', 'ResponseValidationError', name]),
      eachClass((status, name) => [`${status}/cut`, 'class', 'SyntaxError', name]),
      eachClass((status, name) => [`${status}/cut`, 'status', 'unset', status]),
      catalogClasses('models'),
      catalogClasses('endpoints', 404),
    ),
  },
  {
    because: 'An error in a success has the kind of the status that it names. The SDK reads nothing but images there.',
    where: [
      ['200/{api,routing,bom,invalid_utf8,huge}', 'class', 'ResponseValidationError', classes[402]],
      ['200/event', 'class', 'ResponseValidationError', classes[400]],
      ['200/{text,empty,html}', 'class', 'OpenRouterDefaultError', 'ResponseValidationError'],
      ['200/cut', 'class', 'SyntaxError', 'CONNECTION'],
      ['200/cut', 'status', 'unset', '200'],
    ],
  },
  {
    because: 'The service reads the words of an error wherever they are. Where its schema does not fit, the SDK has the body.',
    where: [
      ['*/{routing,event}', 'error.*', 'unset', '*'],
      [untypedReplies, 'error.{code,message,metadata.*} user_id openrouter_metadata.region', 'unset', '*'],
      [`${untyped}/{invalid_utf8,huge} 200/{invalid_utf8,huge}`, 'error.{code,message}', 'unset', '*'],
      [`${typed}/cut ${untyped}/cut`, 'error.{code,message,error_type,metadata.*,newer[0]} openrouter_metadata.region', 'unset', '*'],
      [`*/{api,bom,routing,event} ${untyped}/{invalid_utf8,huge} 200/{invalid_utf8,huge}`, 'body', '{"error":*', 'unset'],
    ],
  },
  {
    because: 'Of a body in none of the forms, or cut, the service has 300 bytes, of a page its text, of a text a few hundred bytes.',
    where: [
      ['*/html', 'body', '<html><body><h1>Some words.</h1></body></html>', 'Some words.'],
      [`${typed}/cut`, 'body', 'unset', '{"error":*'],
      [`${typed}/huge`, 'error.message', 'Some words.* (1200000 characters)', 'Some words.* (510 characters)'],
    ],
  },
];
