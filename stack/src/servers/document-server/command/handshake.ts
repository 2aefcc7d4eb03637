import { Int32 } from 'bson';
import { maxDocumentBytes } from '../bson/encode.ts';
import type { Doc, Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { maxMessageBytes } from '../wire/frame.ts';
import type { Context } from './context.ts';

/** The release whose commands and codes this server follows, by its wire version: MongoDB 7.0. */
const wireVersion = 21;
const version = '7.0.0';

/** How many writes one command may carry. */
export const maxWriteBatchSize = 100_000;

let connections = 0;

/** `hello`, also by its old names: a standalone server, so that drivers neither retry writes nor begin transactions. */
export function hello({ name }: Context): Doc {
  connections += 1;
  return new Map<string, Value>([
    ['helloOk', true],
    [name === 'hello' ? 'isWritablePrimary' : 'ismaster', true],
    ['maxBsonObjectSize', new Int32(maxDocumentBytes)],
    ['maxMessageSizeBytes', new Int32(maxMessageBytes)],
    ['maxWriteBatchSize', new Int32(maxWriteBatchSize)],
    ['localTime', new Date()],
    ['logicalSessionTimeoutMinutes', new Int32(30)],
    ['connectionId', new Int32(connections)],
    ['minWireVersion', new Int32(0)],
    ['maxWireVersion', new Int32(wireVersion)],
    ['readOnly', false],
  ]);
}

/** `buildInfo`: the release followed, and what this server really is. */
export function buildInfo(): Doc {
  return new Map<string, Value>([
    ['version', version],
    ['versionArray', [7, 0, 0, 0].map((part) => new Int32(part))],
    ['gitVersion', 'tsmicro embedded document server'],
    ['modules', []],
    ['bits', new Int32(64)],
    ['debug', false],
    ['maxBsonObjectSize', new Int32(maxDocumentBytes)],
    ['storageEngines', ['sqlite']],
  ]);
}

/** `ping` and what needs no more than a yes: this server keeps nothing of a session. */
export function yes(): Doc {
  return new Map();
}

/** Sign-in in any form: there are no users here, and a client that has credentials must not think it was let in. */
export function refuseSignIn(): never {
  throw new CommandError(
    'AuthenticationFailed',
    'Authentication failed: this server listens on loopback and has no users',
  );
}
