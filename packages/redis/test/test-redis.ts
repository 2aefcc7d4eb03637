import { randomBytes } from 'node:crypto';
import { type Server, startRedis } from '@tsmicro/stack';
import type { RedisOptions } from '../src/index.ts';

/** The server of REDIS_URL, else one started for this test. */
export const openTestServer = (): Promise<Server> => startRedis({ url: process.env.REDIS_URL });

export const toOptions = (server: Server): RedisOptions => ({ host: server.host, port: server.port });

/** Nobody else's keys begin like this. */
export const createNamespace = (): string => `test-${randomBytes(6).toString('hex')}`;
