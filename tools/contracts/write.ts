// npm run contracts: starts the whole system in a folder of its own, and writes what its services say of themselves to
// contracts/<service>/openapi.json and asyncapi.json.
import { System } from '../../test/system.ts';
import { readRunning, writeDocuments } from './documents.ts';

await using system = await System.open();
const documents = await readRunning(system);
await writeDocuments(documents);
for (const path of documents.keys()) console.log(path);
