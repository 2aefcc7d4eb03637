import { ConfigError } from '@tsmicro/network';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { type Config, parseEnvironment } from './config.ts';
import { openServer } from './server.ts';

/** Below the 10 s after which whoever stops services kills them. */
const closeDeadlineMs = 9_500;

/** What an operator can put right: the message says it all, a stack would hide it. */
function complain(error: ConfigError): never {
  console.error(error.message);
  process.exit(1);
}

function readConfig(): Config {
  try {
    return parseEnvironment(process.env);
  } catch (error) {
    if (error instanceof ConfigError) complain(error);
    throw error;
  }
}

const config = readConfig();
// PostgreSQL's details of an error may quote a whole row.
const logger = pino({ name: 'auth', level: config.LOG_LEVEL, redact: ['err.detail', 'err.where'] });
const stopping = new AbortController();
const server = openServer(config, logger, stopping.signal);

closeWithGrace({ delay: closeDeadlineMs, logger: false }, async ({ err, signal }) => {
  if (err) logger.fatal({ err }, 'auth ends by an error');
  else logger.info({ signal }, 'auth stops');
  stopping.abort();
  const opened = await server.catch(() => undefined);
  await opened?.close();
});

server.then(
  ({ address }) => logger.info({ address }, 'auth is ready'),
  (error: unknown) => {
    if (stopping.signal.aborted) return;
    if (error instanceof ConfigError) complain(error);
    logger.fatal({ err: error }, 'auth could not start');
    process.exit(1);
  },
);
