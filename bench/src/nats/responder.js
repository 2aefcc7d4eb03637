// node responder.js MODULE URL: the answering side of a variant, in a process of its own.
import { serve } from '../worker/child.js';

const [module, url] = process.argv.slice(2);
const { respond } = await import(module);
serve({}, await respond(url));
