// node server.js MODULE PORT [ARGUMENT...]: the server of a variant, in a process of its own.
import { serve } from '../worker/child.js';

const [module, port, ...rest] = process.argv.slice(2);
const { listen } = await import(module);
await listen(Number(port), ...rest);
serve({});
