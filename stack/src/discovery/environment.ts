import { createHash } from 'node:crypto';
import type { Environment, Surroundings } from '../launcher/definition.ts';
import type { Instance } from '../launcher/instance.ts';
import { listenEnvironment, urlParts } from '../launcher/surroundings.ts';
import type { DeclaredService, Need } from './declaration.ts';

/** How a need becomes variables; `undefined` keeps away what a service has no use for. */
type Provision = (surroundings: Surroundings, service: DeclaredService) => Environment;

const provisions: Readonly<Record<Exclude<Need, 'nats'>, Provision>> = {
  postgres({ databases }, { name }) {
    const { host, port, user, password, database } = urlParts(databases[name], 5432);
    return { DB_HOST: host, DB_PORT: port, DB_NAME: database, DB_USER: user, DB_USER_PWD: password };
  },
  mongo({ databases }, { name }) {
    const { database } = urlParts(databases[name], 27017);
    // The whole address stands in DB_URL.
    const parts = { DB_HOST: undefined, DB_PORT: undefined, DB_USER: undefined, DB_USER_PWD: undefined };
    return { DB_URL: databases[name], DB_NAME: database, ...parts };
  },
  redis({ urls }, { redisDatabase }) {
    const { host, port, password } = urlParts(urls.redis, 6379);
    return { REDIS_HOST: host, REDIS_PORT: port, REDIS_PASSWORD: password, REDIS_DB: String(redisDatabase) };
  },
  keys: ({ rsaPrivateKey, rsaPublicKey }) => ({
    RSA_PRIVATE_KEY_PATH: rsaPrivateKey,
    RSA_PUBLIC_KEY_PATH: rsaPublicKey,
  }),
  grants: ({ apiKeys }) => ({ API_KEY_GRANTS: grantsOf(apiKeys) }),
};

/** What auth is told of these keys: whoever reads it can ask nothing with it. */
function grantsOf(apiKeys: Surroundings['apiKeys']): string {
  const hash = (key: string) => createHash('sha256').update(key).digest('hex');
  return Object.entries(apiKeys)
    .map(([permission, key]) => `${permission}:${hash(key)}`)
    .join(',');
}

const withoutSecrets: Environment = {
  RSA_PRIVATE_KEY_PATH: undefined,
  RSA_PUBLIC_KEY_PATH: undefined,
  API_KEY_GRANTS: undefined,
  API_KEY: undefined,
};

/** What every process of the platform is told: where it listens, and where NATS is. */
export function commonEnvironment(surroundings: Surroundings, instance: Instance): Environment {
  return {
    ...listenEnvironment(surroundings.host, instance),
    NATS_URL: surroundings.natsUrls[instance.service],
    NATS_SERVICE_NAME: instance.service,
  };
}

/** The variables of an instance of a service, by what that needs. */
export function serviceEnvironment(
  surroundings: Surroundings,
  service: DeclaredService,
  instance: Instance,
): Environment {
  const provided = service.needs.map((need) =>
    need === 'nats' ? {} : provisions[need](surroundings, service),
  );
  const { apiKey } = service;
  const asking = apiKey && { GATEWAY_URL: surroundings.gatewayUrl, API_KEY: surroundings.apiKeys[apiKey] };
  return Object.assign(commonEnvironment(surroundings, instance), withoutSecrets, ...provided, asking);
}

/** How many instances of a service `gateway/kong/kong-load-balanced.yml` names. */
const namedInstances = 2;

/** `auth:8000`, `auth1:8000` and `auth2:8000`, with the places where the instances of one service are. */
function namesOf(service: string, places: readonly string[]): string[] {
  const count = Math.max(namedInstances, places.length);
  const numbered = Array.from(
    { length: count },
    (_, index) => `${service}${index + 1}:8000=${places[index % places.length]}`,
  );
  return [`${service}:8000=${places[0]}`, ...numbered];
}

/**
 * Where the names of the gateway's declaration live, and the password of Redis. A declaration may name more instances
 * than there are: such a name stands for one of those that are.
 */
export function gatewayEnvironment(
  { host, instances, urls }: Surroundings,
  services: readonly string[],
): Environment {
  const entries = services.flatMap((name) =>
    namesOf(
      name,
      (instances[name] ?? []).map(({ port }) => `${host}:${port}`),
    ),
  );
  if (urls.redis === undefined) return { HOST_MAP: entries.join(',') };
  const redis = urlParts(urls.redis, 6379);
  return {
    HOST_MAP: [...entries, `redis:6379=${redis.host}:${redis.port}`].join(','),
    REDIS_PASSWORD: redis.password,
  };
}
