import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { readConfig } from './config.ts';
import { openGateway } from './server.ts';

const exitDeadlineMs = 9_500;

try {
  const config = readConfig(process.env);
  const logger = pino({ name: 'gateway', level: config.LOG_LEVEL });
  const gateway = await openGateway(config, logger);
  logger.info({ url: gateway.url }, 'listening');
  closeWithGrace({ delay: exitDeadlineMs, logger }, async ({ err, signal }) => {
    if (err) logger.fatal({ err }, 'stopping after an error that nobody caught');
    else logger.info({ signal }, 'stopping');
    await gateway.close();
  });
} catch (error) {
  // Nothing can be logged by level yet, and the reason must be seen: it says what to change.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
