import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collection, type Db, type Document, MongoClient, MongoServerError } from 'mongodb';
import { startDocumentServer } from '../../src/servers/document-server/index.ts';

/** What the shared suite runs against: the embedded server, or the MongoDB of `MONGO_URL`. */
export interface Target extends AsyncDisposable {
  readonly client: MongoClient;
  readonly db: Db;
  readonly embedded: boolean;
  /** A collection that no other test uses. */
  collection(): Collection<Document>;
}

/** Opens the target with a database of its own, dropped at the end. */
export async function openTarget(): Promise<Target> {
  const given = process.env.MONGO_URL;
  const directory = await mkdtemp(join(tmpdir(), 'document-server-'));
  const server =
    given === undefined ? await startDocumentServer({ path: join(directory, 'data.db') }) : undefined;
  const client = new MongoClient(server?.url ?? given ?? '', { serverSelectionTimeoutMS: 5000 });
  await client.connect();
  const db = client.db(`suite_${randomBytes(6).toString('hex')}`);
  let collections = 0;
  return {
    client,
    db,
    embedded: server !== undefined,
    collection: () => {
      collections += 1;
      return db.collection(`c${collections}`);
    },
    [Symbol.asyncDispose]: async () => {
      await db.dropDatabase();
      await client.close();
      await server?.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The server's refusal of this, or an error when it did not refuse. */
export async function refusalOf(work: Promise<unknown>): Promise<MongoServerError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MongoServerError) return error;
    throw error;
  }
  throw new Error('the server did not refuse');
}

/** The stages of a plan, from the explanation of a query. */
export function stagesOf(explanation: Document): string[] {
  const stages: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, part] of Object.entries(value)) {
      if (name === 'stage' && typeof part === 'string') stages.push(part);
      else if (name !== 'rejectedPlans' && name !== 'executionStats') walk(part);
    }
  };
  walk(explanation.queryPlanner?.winningPlan);
  return stages;
}
