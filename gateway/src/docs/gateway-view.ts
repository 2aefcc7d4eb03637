import { type Json, objectAt, resolved } from './reference/json.ts';

/** How a service is reached through the gateway. */
export interface Mount {
  /** What the gateway takes off a path, as in `/auth`. */
  readonly prefix: string;
  /** Whether the path of a request, prefix included, is asked for an API key. */
  needsApiKey(path: string): boolean;
}

const apiKey: Json = {
  type: 'apiKey',
  in: 'header',
  name: 'x-api-key',
  description: 'Who comes through the gateway needs a key; the service behind it asks for none.',
};
const refusals: Json = {
  401: 'The header x-api-key is missing',
  403: 'The API key is unknown, revoked or expired',
};

function withApiKey(operation: Json, document: Json): Json {
  const ways = Array.isArray(operation.security) && operation.security.length > 0 ? operation.security : [{}];
  const responses = { ...objectAt(operation.responses) };
  for (const [status, refusal] of Object.entries(refusals)) {
    const known = resolved(responses[status], document);
    const description = [refusal, known.description].filter(Boolean).join('. Or: ');
    responses[status] = { ...known, description };
  }
  return { ...operation, security: ways.map((way) => ({ apiKey: [], ...objectAt(way) })), responses };
}

/** The OpenAPI document of a service as it is for those who come through the gateway: its prefix, and the API key. */
export function throughGateway(document: Json, { prefix, needsApiKey }: Mount): Json {
  const paths = Object.entries(objectAt(document.paths)).map(([path, item]) => {
    if (!needsApiKey(prefix + path)) return [path, item];
    const operations = Object.entries(objectAt(item)).map(([method, operation]) => [
      method,
      withApiKey(objectAt(operation), document),
    ]);
    return [path, Object.fromEntries(operations)];
  });
  const components = objectAt(document.components);
  return {
    ...document,
    servers: [{ url: prefix || '/', description: 'Through the gateway' }],
    paths: Object.fromEntries(paths),
    components: { ...components, securitySchemes: { ...objectAt(components.securitySchemes), apiKey } },
  };
}

/** The part of a path that a route takes off: what stands before any sign of a regular expression. */
export function prefixOf({
  paths,
  stripPath,
}: {
  paths: readonly { text: string }[];
  stripPath: boolean;
}): string {
  if (!stripPath) return '';
  return /^~?((?:\/[A-Za-z0-9._-]+)*)/.exec(paths[0]?.text ?? '')?.[1] ?? '';
}
