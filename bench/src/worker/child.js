// The side of a worker that runs in the measured process. Plain JavaScript, as all that the peers' processes load: taking
// the types out of a file costs start-up time and memory, and only tsmicro, which is delivered as TypeScript, is to pay it.

/** Answers what the bench asks of every process: what it has used so far, and to end. */
const own = {
  usage: () => ({ cpuUs: sum(process.cpuUsage()), rssBytes: process.memoryUsage.rss() }),
};

const sum = ({ user, system }) => user + system;

/**
 * Tells the bench that this process is ready, then answers its questions, `{ name, ...details }`, by the function of that
 * name. Ends with the bench, however that ends.
 */
export function serve(answers, close = async () => {}) {
  const all = { ...own, ...answers };
  process.on('message', async ({ id, question }) => {
    if (question.name === 'stop') {
      await close();
      process.exit(0);
    }
    try {
      process.send({ id, answer: await all[question.name](question) });
    } catch (error) {
      process.send({ id, error: String(error) });
    }
  });
  process.once('disconnect', () => process.exit(0));
  process.send({ ready: true });
}
