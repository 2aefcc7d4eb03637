import { ConfigError } from '@tsmicro/network';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { type Config, parseEnvironment } from './config.ts';
import { openServer } from './server.ts';

/** Below the 10 s after which whoever stops services kills them. */
const closeDeadlineMs = 9_500;

function readConfig(): Config {
  try {
    return parseEnvironment(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

const config = readConfig();
const logger = pino({ name: 'blog', level: config.LOG_LEVEL });
const stopping = new AbortController();
const server = openServer(config, logger, stopping.signal);

closeWithGrace({ delay: closeDeadlineMs, logger: false }, async ({ err, signal }) => {
  if (err) logger.fatal({ err }, 'blog ends by an error');
  else logger.info({ signal }, 'blog stops');
  stopping.abort();
  const opened = await server.catch(() => undefined);
  await opened?.close();
});

server.then(
  ({ address }) => logger.info({ address }, 'blog is ready'),
  (error: unknown) => {
    if (stopping.signal.aborted) return;
    logger.fatal({ err: error }, 'blog could not start');
    process.exit(1);
  },
);
