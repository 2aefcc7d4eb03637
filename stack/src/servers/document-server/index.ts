export { type DocumentServer, type DocumentServerOptions, startDocumentServer } from './server.ts';
