import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsClient } from '@tsmicro/micro';
import type { Faults } from './faults.ts';
import type { Sighting } from './map/sighting.ts';
import { GatewayProbe } from './member/gateway-probe.ts';
import { type Member, RollCall } from './member/roll-call.ts';
import { type Reading, readMetrics } from './metrics/reading.ts';
import { isRefused, scrape } from './metrics/scrape.ts';
import { Traffic } from './metrics/traffic.ts';

/** How long those that are asked who they are may take before they are asked for their figures. */
const answerMs = 100;

const scrapeFault = ({ name, id }: Member) => `metrics of ${name} ${id.slice(-8)}`;

/** Looks around: who is there, and what each of them counts. */
export class Lookout {
  readonly #client: NatsClient;
  readonly #faults: Faults;
  readonly #rollCall: RollCall;
  readonly #gateway: GatewayProbe;
  readonly #traffic = new Traffic();
  #lookedAt: number | undefined;

  constructor(client: NatsClient, gatewayUrl: string, faults: Faults) {
    this.#client = client;
    this.#faults = faults;
    this.#rollCall = new RollCall(client);
    this.#gateway = new GatewayProbe(gatewayUrl);
  }

  begin(): void {
    this.#rollCall.begin();
  }

  end(): void {
    this.#rollCall.end();
    this.#gateway.end();
    this.#traffic.clear();
    this.#lookedAt = undefined;
  }

  /** One round: all are asked at once, and who does not answer keeps the others from nothing. */
  async look(): Promise<Sighting> {
    this.#rollCall.beginRound();
    await sleep(answerMs);
    const here = this.#rollCall.members.filter(({ goneAt }) => goneAt === undefined);
    const refused = new Set<string>();
    const texts = await Promise.all(here.map((member) => this.#scrape(member, refused)));
    const now = performance.now();
    this.#traffic.turn(this.#lookedAt === undefined ? 0 : (now - this.#lookedAt) / 1_000);
    this.#lookedAt = now;
    const readings = new Map<string, Reading>();
    for (const [i, member] of here.entries()) {
      const text = texts[i];
      if (text === undefined) continue;
      const reading = readMetrics(text);
      readings.set(member.id, reading);
      this.#traffic.take(member, reading);
    }
    this.#rollCall.endRound(refused);
    const { members } = this.#rollCall;
    for (const member of members) if (member.goneAt !== undefined) this.#forget(member);
    return {
      members,
      readings,
      traffic: this.#traffic,
      nats: this.#nats(),
      gateway: members.some(({ kind }) => kind === 'gateway')
        ? undefined
        : await this.#gateway.look(this.#faults),
    };
  }

  async #scrape(member: Member, refused: Set<string>): Promise<string | undefined> {
    const { metrics } = member;
    if (metrics === undefined) return undefined;
    return await this.#faults.try(scrapeFault(member), async () => {
      try {
        return await scrape(metrics);
      } catch (error) {
        if (isRefused(error)) refused.add(member.id);
        throw error;
      }
    });
  }

  /** That one that is gone cannot be asked is no fault. */
  #forget(member: Member): void {
    this.#traffic.forget(member.id);
    this.#faults.clear(scrapeFault(member));
  }

  #nats(): Sighting['nats'] {
    const { state, since } = this.#client.health;
    if (state === 'up') this.#faults.clear('NATS');
    else this.#faults.set('NATS', `away since ${since.toISOString()}`);
    return { up: state === 'up', since: since.getTime() };
  }
}
