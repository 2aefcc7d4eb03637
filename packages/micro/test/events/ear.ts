import type { EventRecord } from '@tsmicro/dependency';
import {
  connectNats,
  type EventConsumer,
  type EventDefinition,
  type NatsClient,
  onEvent,
  openEventConsumer,
} from '@tsmicro/micro';
import { makeEventStreams } from '@tsmicro/stack';
import { until } from '../until.ts';

/** The service `mail`, which hears all that another service tells, by a durable consumer. */
export class Ear implements AsyncDisposable {
  /** In the order in which they were told. */
  readonly events: EventRecord[] = [];
  readonly #client: NatsClient;
  readonly #consumer: EventConsumer;

  private constructor(client: NatsClient, whose: string, definitions: readonly EventDefinition[]) {
    this.#client = client;
    const note = (event: EventRecord) => void this.events.push(event);
    const handlers = definitions.map((definition) => onEvent(definition, note));
    this.#consumer = openEventConsumer(client, { name: `mail-${whose}`, handlers });
  }

  /** Makes the streams and the consumer where they are not there yet, and begins to hear. */
  static async open(natsUrl: string, whose: string, definitions: readonly EventDefinition[]): Promise<Ear> {
    const hearers = [{ service: 'mail', hears: [whose] }];
    await makeEventStreams(natsUrl, { hearers }, AbortSignal.timeout(10_000));
    const client = await connectNats({ natsUrl, natsServiceName: 'mail', natsServiceVersion: '1.0.0' });
    return new Ear(client, whose, definitions);
  }

  /** The last words of the types of what was told of an entity, as in `user.registered`, once there are so many. */
  async whatHappened(entity: string, count: number): Promise<string[]> {
    await this.until(`${count} events of ${entity}`, () => this.of(entity).length >= count);
    return this.of(entity).map(({ type }) => type.split('.').slice(2).join('.'));
  }

  until(what: string, holds: () => boolean | Promise<boolean>): Promise<number> {
    return until(what, 15_000, holds);
  }

  of(entity: string): EventRecord[] {
    return this.events.filter((event) => event.entity === entity);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consumer.close();
    await this.#client.close();
  }
}
