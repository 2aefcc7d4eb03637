// node server.js MODULE PORT: the server of a variant, in a process of its own.
import { serve } from '../worker/child.js';

const [module, port] = process.argv.slice(2);
const { listen } = await import(module);
await listen(Number(port));
serve({});
