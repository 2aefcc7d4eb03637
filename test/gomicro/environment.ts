// What the files .env.example of gomicro's two services say.

const shared = {
  GO_MODE: 'debug',
  SERVER_HOST: '0.0.0.0',
  SERVER_PORT: '8000',
  DB_MIN_POOL_SIZE: '2',
  DB_MAX_POOL_SIZE: '5',
  DB_QUERY_TIMEOUT_SEC: '60',
  REDIS_PORT: '6379',
  REDIS_PASSWORD: 'changeit',
  NATS_URL: 'nats://nats:4222',
  NATS_SERVICE_VERSION: '1.0.0',
  NATS_TIMEOUT_SEC: '120',
} as const;

/** The variables of gomicro's auth service. */
export const authVariables = {
  ...shared,
  DB_HOST: 'postgres',
  DB_PORT: '5432',
  DB_NAME: 'auth_db',
  DB_USER: 'auth_db_user',
  DB_USER_PWD: 'changeit',
  REDIS_HOST: 'redis-auth',
  REDIS_DB: '0',
  NATS_SERVICE_NAME: 'auth',
  ACCESS_TOKEN_VALIDITY_SEC: '172800',
  REFRESH_TOKEN_VALIDITY_SEC: '604800',
  TOKEN_ISSUER: 'api.goserve.afteracademy.com',
  TOKEN_AUDIENCE: 'goserve.afteracademy.com',
  RSA_PRIVATE_KEY_PATH: 'keys/private.pem',
  RSA_PUBLIC_KEY_PATH: 'keys/public.pem',
} as const;

/** The variables of gomicro's blog service. */
export const blogVariables = {
  ...shared,
  DB_HOST: 'mongo',
  DB_PORT: '27017',
  DB_NAME: 'blog-dev-db',
  DB_USER: 'blog-dev-db-user',
  DB_USER_PWD: 'changeit',
  REDIS_HOST: 'redis-blog',
  REDIS_DB: '2',
  NATS_SERVICE_NAME: 'blog',
} as const;
