// A service for the launcher's tests: answers /health, tells its environment and what its source says, logs as pino does,
// and leaves when asked.
import { createServer } from 'node:http';

function log(level: number, msg: string, fields: object = {}): void {
  process.stdout.write(`${JSON.stringify({ level, time: Date.now(), pid: process.pid, msg, ...fields })}\n`);
}

const slowMs = 2_000;
const lingerMs = 2_500;
const { SERVER_HOST, SERVER_PORT, STAND_IN_FAILS, STAND_IN_SLOW, STAND_IN_LINGERS, STAND_IN_NAME } =
  process.env;
const { STAND_IN_SOURCES } = process.env;
if (STAND_IN_FAILS !== undefined && STAND_IN_FAILS === STAND_IN_NAME) {
  log(60, 'DB_HOST is missing');
  process.exit(1);
}

const source = STAND_IN_SOURCES && (await import(`${STAND_IN_SOURCES}/${STAND_IN_NAME}/answer.ts`));

const server = createServer((request, response) => {
  if (request.url === '/answer') response.end(source?.answer);
  else if (request.url === '/environment') response.end(JSON.stringify(process.env));
  else response.end('{}');
});

function listen(): void {
  server.listen(Number(SERVER_PORT), SERVER_HOST, () => log(30, 'listening', { port: Number(SERVER_PORT) }));
}

if (STAND_IN_SLOW === STAND_IN_NAME) setTimeout(listen, slowMs);
else listen();

process.on('SIGTERM', () => {
  log(30, 'stopping');
  setTimeout(
    () => {
      server.close(() => process.exit(0));
      server.closeAllConnections();
    },
    STAND_IN_LINGERS === STAND_IN_NAME ? lingerMs : 0,
  );
});
