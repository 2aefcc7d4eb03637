import { toNumber } from '../bson/number.ts';
import { type Doc, isDoc, isNumeric } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { Request } from '../wire/message.ts';
import { type Context, checkFields, type Engine, wholeField } from './context.ts';
import { buildInfo, hello, refuseSignIn, yes } from './handshake.ts';
import { runAggregate } from './read/aggregate.ts';
import { runCount, runDistinct } from './read/count.ts';
import { runExplain } from './read/explain.ts';
import { runFind, runGetMore, runKillCursors } from './read/find.ts';
import type { Reply } from './reply.ts';
import {
  runCreate,
  runDrop,
  runDropDatabase,
  runListCollections,
  runListDatabases,
} from './schema/collection.ts';
import { runCreateIndexes, runDropIndexes, runListIndexes } from './schema/indexes.ts';
import { runFindAndModify } from './write/find-and-modify.ts';
import { runDelete, runInsert, runUpdate } from './write/write.ts';

/** One command: what runs it, which fields it may have (undefined: any), and whether it writes. */
interface Command {
  readonly run: (context: Context) => Reply;
  readonly fields?: readonly string[];
  readonly writes?: boolean;
}

const bulk = ['ordered', 'bypassDocumentValidation'];
const cursorless = 'filter sort projection hint skip limit batchSize singleBatch allowDiskUse collation let';
const refusedFlags =
  'tailable awaitData returnKey showRecordId oplogReplay noCursorTimeout allowPartialResults';

const commands: Readonly<Record<string, Command>> = {
  hello: { run: hello },
  isMaster: { run: hello },
  ismaster: { run: hello },
  ping: { run: yes },
  endSessions: { run: yes },
  refreshSessions: { run: yes },
  logout: { run: yes },
  buildInfo: { run: buildInfo },
  buildinfo: { run: buildInfo },
  saslStart: { run: refuseSignIn },
  saslContinue: { run: refuseSignIn },
  authenticate: { run: refuseSignIn },
  find: { run: runFind, fields: `${cursorless} ${refusedFlags}`.split(' ') },
  getMore: { run: runGetMore, fields: ['collection', 'batchSize'] },
  killCursors: { run: runKillCursors, fields: ['cursors'] },
  count: { run: runCount, fields: ['query', 'skip', 'limit', 'hint', 'collation'] },
  distinct: { run: runDistinct, fields: ['key', 'query', 'collation'] },
  aggregate: {
    run: runAggregate,
    fields: ['pipeline', 'cursor', 'hint', 'let', 'allowDiskUse', 'collation', 'bypassDocumentValidation'],
  },
  explain: { run: runExplain, fields: ['verbosity'] },
  insert: { run: runInsert, fields: ['documents', ...bulk], writes: true },
  update: { run: runUpdate, fields: ['updates', ...bulk], writes: true },
  delete: { run: runDelete, fields: ['deletes', 'ordered'], writes: true },
  findAndModify: {
    run: runFindAndModify,
    fields:
      'query sort remove update new fields upsert arrayFilters hint collation bypassDocumentValidation'.split(
        ' ',
      ),
    writes: true,
  },
  create: { run: runCreate, fields: ['collation'], writes: true },
  drop: { run: runDrop, fields: [], writes: true },
  dropDatabase: { run: runDropDatabase, fields: [], writes: true },
  listCollections: {
    run: runListCollections,
    fields: ['filter', 'nameOnly', 'cursor', 'authorizedCollections'],
  },
  listDatabases: { run: runListDatabases, fields: ['filter', 'nameOnly', 'authorizedDatabases'] },
  createIndexes: { run: runCreateIndexes, fields: ['indexes', 'commitQuorum'], writes: true },
  dropIndexes: { run: runDropIndexes, fields: ['index'], writes: true },
  listIndexes: { run: runListIndexes, fields: ['cursor'] },
};

const everywhere =
  '$db lsid $clusterTime $readPreference comment maxTimeMS readConcern writeConcern apiVersion apiStrict apiDeprecationErrors maxTimeMSOpOnly'.split(
    ' ',
  );

/** Runs a command. Throws CommandError; of a writing command that throws, nothing remains. */
export function dispatch(engine: Engine, { body, documents }: Request): Reply {
  const [name] = body.keys();
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === undefined || command === undefined) {
    throw new CommandError('CommandNotFound', `no such command: '${name ?? ''}'`);
  }
  const db = body.get('$db');
  if (typeof db !== 'string')
    throw new CommandError('FailedToParse', 'OP_MSG requests require a $db argument');
  checkSession(body);
  checkConcerns(body);
  if (command.fields !== undefined) checkFields(body, name, [name, ...everywhere, ...command.fields]);
  engine.clock.start(wholeField(body, 'maxTimeMS', 0));
  const context: Context = { ...engine, db, name, body, documents };
  if (command.writes !== true) return command.run(context);
  try {
    return engine.database.unit(() => command.run(context));
  } catch (error) {
    // What the command changed of the catalogue was undone in the file.
    engine.catalog.reload();
    throw error;
  }
}

function checkSession(body: Doc): void {
  if (body.has('txnNumber') || body.has('startTransaction') || body.has('autocommit')) {
    throw new CommandError(
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  }
}

const readLevels: readonly unknown[] = [undefined, 'local', 'available', 'majority'];

function checkConcerns(body: Doc): void {
  const read = body.get('readConcern');
  const level = isDoc(read) ? read.get('level') : undefined;
  if (!readLevels.includes(level)) {
    throw new CommandError(
      'NotAReplicaSet',
      `node needs to be a replica set member to use read concern ${String(level)}`,
    );
  }
  const write = body.get('writeConcern');
  const w = isDoc(write) ? write.get('w') : undefined;
  const good = w === undefined || w === 'majority' || (isNumeric(w) && [0, 1].includes(toNumber(w)));
  if (!good) throw new CommandError('BadValue', "cannot use 'w' > 1 when a host is not replicated");
}
