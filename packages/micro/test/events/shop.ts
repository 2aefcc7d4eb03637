// Two services on a NATS server of their own: `shop` tells of orders, `mail` hears of them.
import type { EventRecord, Logger } from '@tsmicro/dependency';
import {
  connectNats,
  createEvent,
  defineEvent,
  type EventConsumer,
  type EventConsumerOptions,
  type NatsClient,
  onEvent,
  openEventConsumer,
} from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';
import { makeEventStreams, type Server, startNats } from '@tsmicro/stack';
import { MemoryInbox } from './outbox.ts';

export const Order = Type.Object({ number: Type.Integer() }, { title: 'Order' });
export const placed = defineEvent({ type: 'events.shop.order.placed', data: Order, description: 'An order' });
export const paid = defineEvent({ type: 'events.shop.order.paid', data: Order, description: 'It is paid' });

/** Orders of one customer, numbered from 0. */
export const orders = (count: number, customer = 'c1'): EventRecord[] =>
  Array.from({ length: count }, (_, number) => createEvent(placed, customer, { number }));

/** What was logged. */
export class Log implements Logger {
  readonly lines: string[] = [];
  readonly #note = (_fields: object, message: string) => {
    this.lines.push(message);
  };
  readonly info = this.#note;
  readonly warn = this.#note;
  readonly error = this.#note;

  /** How often that was said. */
  count(message: RegExp): number {
    return this.lines.filter((line) => message.test(line)).length;
  }
}

/** Makes the streams, and the consumer of `mail` for the events of `shop`. */
export const makeStreams = (url: string) =>
  makeEventStreams(url, { hearers: [{ service: 'mail', hears: ['shop'] }] }, AbortSignal.timeout(10_000));

const connectAs = (natsServiceName: string, natsUrl: string) =>
  connectNats({ natsUrl, natsServiceName, natsServiceVersion: '1.0.0' });

/** The server and both services' connections; consumers are closed with it. */
export class Shop implements AsyncDisposable {
  readonly server: Server;
  readonly shop: NatsClient;
  readonly mail: NatsClient;
  readonly inbox = new MemoryInbox();
  readonly log = new Log();
  readonly #opened: AsyncDisposable[] = [];

  private constructor(server: Server, shop: NatsClient, mail: NatsClient) {
    this.server = server;
    this.shop = shop;
    this.mail = mail;
  }

  static async open({ streams = true } = {}): Promise<Shop> {
    const server = await startNats();
    if (streams) await makeStreams(server.url);
    return new Shop(server, await connectAs('shop', server.url), await connectAs('mail', server.url));
  }

  /** Another connection, as of another instance. */
  async connect(name: string): Promise<NatsClient> {
    const client = await connectAs(name, this.server.url);
    this.#opened.push(client);
    return client;
  }

  use<R extends AsyncDisposable>(resource: R): R {
    this.#opened.push(resource);
    return resource;
  }

  /** A consumer of `mail` that calls `handle` with the number and the customer of each placed order. */
  hear(
    handle: (number: number, customer: string) => Promise<void> | void,
    options: Partial<EventConsumerOptions> = {},
    client = this.mail,
  ): EventConsumer {
    const handlers = [onEvent(placed, ({ data, entity }) => handle(data.number, entity))];
    const given = { name: 'mail-shop', handlers, inbox: this.inbox, logger: this.log, ...options };
    return this.use(openEventConsumer(client, given));
  }

  /** How many messages a stream has. */
  async count(stream: 'EVENTS' | 'PARKED'): Promise<number> {
    const reply = await this.shop.connection.request(`$JS.API.STREAM.INFO.${stream}`);
    return (reply.json() as { state: { messages: number } }).state.messages;
  }

  /** Puts bytes on the subject of placed orders, as no relay would. */
  async say(payload: string): Promise<void> {
    await this.shop.connection.request(placed.type, payload);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#opened.reverse()) await resource[Symbol.asyncDispose]();
    await Promise.all([this.shop.close(), this.mail.close()]);
    await this.server[Symbol.asyncDispose]();
  }
}
