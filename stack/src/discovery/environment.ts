import type { Environment, Surroundings } from '../launcher/definition.ts';
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
};

const withoutKeys: Environment = { RSA_PRIVATE_KEY_PATH: undefined, RSA_PUBLIC_KEY_PATH: undefined };

/** What every process of the platform is told: where it listens, and where NATS is. */
export function commonEnvironment(surroundings: Surroundings, name: string): Environment {
  return {
    ...listenEnvironment(surroundings, name),
    NATS_URL: surroundings.urls.nats,
    NATS_SERVICE_NAME: name,
  };
}

/** The variables of a service, by what it needs. */
export function serviceEnvironment(surroundings: Surroundings, service: DeclaredService): Environment {
  const provided = service.needs.map((need) =>
    need === 'nats' ? {} : provisions[need](surroundings, service),
  );
  return Object.assign(commonEnvironment(surroundings, service.name), withoutKeys, ...provided);
}
