import { parseArgs } from 'node:util';
import { startDocumentServer } from './server.ts';

const usage = `usage: node main.ts --path FILE [--host 127.0.0.1] [--port 27017]
The same as environment: DOCUMENT_SERVER_PATH, DOCUMENT_SERVER_HOST, DOCUMENT_SERVER_PORT.`;

interface Settings {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

function readSettings(): Settings | undefined {
  const { values } = parseArgs({
    options: { host: { type: 'string' }, port: { type: 'string' }, path: { type: 'string' } },
  });
  const host = values.host ?? process.env.DOCUMENT_SERVER_HOST ?? '127.0.0.1';
  const port = Number(values.port ?? process.env.DOCUMENT_SERVER_PORT ?? 27017);
  const path = values.path ?? process.env.DOCUMENT_SERVER_PATH;
  const valid = path !== undefined && path !== '' && Number.isInteger(port) && port >= 0 && port < 65536;
  return valid ? { host, port, path } : undefined;
}

function fail(message: string, code: number): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

function report(error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${JSON.stringify({ level: 'error', time: new Date().toISOString(), message })}\n`);
}

async function main(): Promise<void> {
  const settings = readSettings();
  if (settings === undefined) return fail(usage, 2);
  const server = await startDocumentServer({ ...settings, reportFault: report });
  const stop = (): void => {
    server.close().catch((error: unknown) => {
      report(error);
      process.exitCode = 1;
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const { host, port, url } = server;
  process.stdout.write(`${JSON.stringify({ ready: true, host, port, url, pid: process.pid })}\n`);
}

main().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error), 1));
