import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition, StackDefinition, Surroundings } from './launcher/definition.ts';
import { listenEnvironment, urlParts } from './launcher/surroundings.ts';

const seedApiKey = '1D3F2DD1A5DE725DD4DF1D82BBB37';

function projectPath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

function redisEnvironment({ urls }: Surroundings, database: number) {
  const { host, port, password } = urlParts(urls.redis, 6379);
  return { REDIS_HOST: host, REDIS_PORT: port, REDIS_PASSWORD: password, REDIS_DB: String(database) };
}

function natsEnvironment({ urls }: Surroundings, name: string) {
  return { NATS_URL: urls.nats, NATS_SERVICE_NAME: name };
}

const auth: ServiceDefinition = {
  name: 'auth',
  script: projectPath('services/auth/src/main.ts'),
  usualPort: 8001,
  needs: ['nats', 'postgres', 'redis'],
  environment(surroundings) {
    const { host, port, user, password, database } = urlParts(surroundings.urls.postgres, 5432);
    return {
      ...listenEnvironment(surroundings, 'auth'),
      ...natsEnvironment(surroundings, 'auth'),
      ...redisEnvironment(surroundings, 0),
      DB_HOST: host,
      DB_PORT: port,
      DB_NAME: database,
      DB_USER: user,
      DB_USER_PWD: password,
      RSA_PRIVATE_KEY_PATH: surroundings.rsaPrivateKey,
      RSA_PUBLIC_KEY_PATH: surroundings.rsaPublicKey,
    };
  },
};

const blog: ServiceDefinition = {
  name: 'blog',
  script: projectPath('services/blog/src/main.ts'),
  usualPort: 8002,
  needs: ['nats', 'mongo', 'redis'],
  environment(surroundings) {
    return {
      ...listenEnvironment(surroundings, 'blog'),
      ...natsEnvironment(surroundings, 'blog'),
      ...redisEnvironment(surroundings, 1),
      DB_URL: surroundings.urls.mongo,
      DB_NAME: urlParts(surroundings.urls.mongo, 27017).database,
      // The whole address stands in DB_URL.
      DB_HOST: undefined,
      DB_PORT: undefined,
      DB_USER: undefined,
      DB_USER_PWD: undefined,
    };
  },
};

const gateway: ServiceDefinition = {
  name: 'gateway',
  script: projectPath('gateway/src/main.ts'),
  usualPort: 8000,
  needs: [],
  environment(surroundings) {
    const hosts = ['auth', 'blog'].map(
      (name) => `${name}:8000=${surroundings.host}:${surroundings.ports[name]}`,
    );
    return {
      ...listenEnvironment(surroundings, 'gateway'),
      ...natsEnvironment(surroundings, 'gateway'),
      HOST_MAP: hosts.join(','),
    };
  },
};

function examples(gatewayUrl: string): string[] {
  const health = `curl -s ${gatewayUrl}/auth/health`;
  // The seeds are there in development only.
  if (process.env.NODE_ENV === 'production') return [health];
  const key = `-H 'x-api-key: ${seedApiKey}'`;
  const signIn = '{"email":"admin@afteracademy.com","password":"changeit"}';
  return [
    health,
    `curl -s '${gatewayUrl}/blog/list/latest?page=1&limit=10' ${key}`,
    `curl -s ${gatewayUrl}/auth/signin/basic ${key} -H 'content-type: application/json' -d '${signIn}'`,
  ];
}

/** The blog platform: four servers, two services and the gateway before them. */
export const platform: StackDefinition = {
  title: 'tsmicro',
  // Tests and second systems on one machine keep theirs elsewhere.
  home: resolve(process.env.STACK_HOME ?? projectPath('.stack')),
  servers: ['nats', 'postgres', 'redis', 'mongo'],
  gateway,
  services: [auth, blog],
  postgresDatabase: 'auth',
  mongoDatabase: 'blog',
  defaults: { NODE_ENV: 'development' },
  readyPaths: ['/auth/health', '/blog/health'],
  examples,
};
