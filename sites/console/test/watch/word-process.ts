// A small service in a process of its own, run as every service is: `asker` answers over HTTP, and asks for that a
// `teller` over NATS, who looks into Redis. Its name is the first argument.
import { Controller, connectNats, defineEndpoint, type NatsGroup, requestNats } from '@tsmicro/micro';
import { parseConfig, type Routes } from '@tsmicro/network';
import { openRedis } from '@tsmicro/redis';
import { Type } from '@tsmicro/schema';
import {
  HealthController,
  natsOptions,
  natsVariables,
  processVariables,
  Readiness,
  redisOptions,
  redisVariables,
  runService,
  serve,
  serverVariables,
} from '@tsmicro/service';

const name = process.argv[2] ?? '';
const Word = Type.Object({ word: Type.String() });
const tell = defineEndpoint({
  service: 'teller',
  name: 'tell',
  request: Word,
  reply: Word,
  summary: 'Says it back',
});
const Config = Type.Object({
  ...processVariables({ metricsPort: 0 }),
  ...serverVariables({ port: 0 }),
  ...redisVariables,
  ...natsVariables({ name }),
});

class WordController extends Controller {
  readonly #ask: (word: string) => Promise<{ word: string }>;
  readonly #look: () => Promise<unknown>;

  constructor(ask: WordController['say'], look: () => Promise<unknown>) {
    super('/');
    this.#ask = ask;
    this.#look = look;
  }

  say(word: string): Promise<{ word: string }> {
    return this.#ask(word);
  }

  mountRoutes(routes: Routes): void {
    if (name !== 'asker') return;
    routes.get('/word/:word', { params: Word, data: Word }, ({ params }) => this.say(params.word));
  }

  override mountNats(group: NatsGroup): void {
    if (name !== 'teller') return;
    group.addEndpoint(tell, async ({ word }) => {
      await this.#look();
      if (word === 'broken') throw new Error('as the test wants');
      return { word };
    });
  }
}

await runService(process, {
  name,
  readConfig: (environment) => parseConfig(Config, environment),
  open: async (config, opening) => {
    await using opened = new AsyncDisposableStack();
    const { logger } = opening;
    const readiness = new Readiness();
    const redis = readiness.add(opened.use(await openRedis({ ...redisOptions(config), logger })));
    const natsClient = readiness.add(opened.use(await connectNats({ ...natsOptions(config), logger })));
    const words = new WordController(
      (word) => requestNats(natsClient, tell, { word }),
      () => redis.run((client) => client.get('word'), 'get'),
    );
    const module = {
      getInstance: () => undefined,
      controllers: () => [new HealthController(readiness), words],
      rootMiddlewares: () => [],
    };
    return await serve(opened, { module, natsClient, readiness, config, description: 'Words' }, opening);
  },
});
