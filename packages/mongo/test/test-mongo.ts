import { randomBytes } from 'node:crypto';
import { startMongo } from '@tsmicro/stack';
import { type Mongo, type MongoOptions, openMongo } from '../src/index.ts';

export interface TestMongo extends AsyncDisposable {
  mongo: Mongo;
  options: MongoOptions;
}

/** A database of its own, dropped afterwards: on the server of MONGO_URL, else on one started for it. */
export async function openTestMongo(settings: Partial<MongoOptions> = {}): Promise<TestMongo> {
  const server = await startMongo({ url: process.env.MONGO_URL });
  const options = { url: server.url, database: `test_${randomBytes(8).toString('hex')}`, ...settings };
  const mongo = await openMongo(options);
  return {
    mongo,
    options,
    async [Symbol.asyncDispose]() {
      await mongo.db.dropDatabase();
      await mongo.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
