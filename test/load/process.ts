// A process that puts load on a server: it is handed a plan, and sends back what it counted.
import { once } from 'node:events';
import { Connection } from './connection.ts';
import type { Kind, Plan } from './plan.ts';
import { type Counts, count, createCounts } from './tally.ts';

/** How long what was sent may still be answered after the end. */
const afterwardsMs = 6_000;
const tickMs = 4;
/** Connections that are opened at once. */
const openers = 4;

interface Prepared {
  readonly kind: Kind;
  readonly bytes: Buffer;
}

/** Every kind as often as it weighs, in an order in which each is spread evenly. */
function prepare(kinds: readonly Kind[]): Prepared[] {
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
  const owed = kinds.map((kind) => ({ kind, bytes: Buffer.from(kind.request, 'latin1'), owed: 0 }));
  return Array.from({ length: total }, () => {
    for (const each of owed) each.owed += each.kind.weight;
    const next = owed.reduce((most, each) => (each.owed > most.owed ? each : most));
    next.owed -= total;
    return next;
  });
}

class Load {
  readonly #plan: Plan;
  readonly #requests: Prepared[];
  readonly #free: Connection[];
  readonly #all: readonly Connection[];
  readonly #unopened: Connection[];
  readonly #counts: Counts = createCounts();
  #next = 0;
  #over = false;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#requests = prepare(plan.kinds);
    this.#next = Math.floor(Math.random() * this.#requests.length);
    this.#all = Array.from({ length: plan.connections }, () => new Connection(plan.port));
    this.#free = [...this.#all];
    this.#unopened = [...this.#all];
  }

  async run(): Promise<Counts> {
    const { ratePerSec, durationMs } = this.#plan;
    await Promise.all(Array.from({ length: openers }, () => this.#openAll()));
    const startedAt = performance.now();
    if (ratePerSec === undefined) {
      for (let connection = this.#free.pop(); connection; connection = this.#free.pop())
        this.#send(connection);
    }
    let issued = 0;
    for (let elapsed = 0; elapsed < durationMs; elapsed = performance.now() - startedAt) {
      const due = ratePerSec === undefined ? 0 : Math.floor((elapsed * ratePerSec) / 1_000);
      for (; issued < due; issued++) {
        const connection = this.#free.pop();
        if (connection === undefined) this.#counts.unsent++;
        else this.#send(connection);
      }
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
    this.#over = true;
    await this.#untilAnswered();
    for (const connection of this.#all) connection.close();
    return this.#counts;
  }

  /**
   * Opens connections and has each answer once: only then the server has accepted it, which Node does with one connection
   * in a turn of its event loop, so that those of a flood would wait for the end of the flood.
   */
  async #openAll(): Promise<void> {
    const [request] = this.#requests;
    for (let connection = this.#unopened.pop(); connection && request; connection = this.#unopened.pop()) {
      const opened = connection;
      await new Promise<void>((resolve) => opened.send(request.bytes, () => resolve()));
    }
  }

  #send(connection: Connection): void {
    const request = this.#requests[this.#next++ % this.#requests.length];
    if (request === undefined) return;
    const sentAt = performance.now();
    connection.send(request.bytes, (outcome, answer) => {
      const ms = Math.round(performance.now() - sentAt);
      this.#counts.outcomes[outcome]++;
      if (outcome === 'good') {
        count(this.#counts.goodMs, ms);
        count(this.#counts.good, request.kind.name);
      } else if (outcome === 'refused') {
        count(this.#counts.refusedMs, ms);
      } else if (outcome === 'wrong') {
        count(this.#counts.wrong, `${request.kind.name}: ${answer.replace(/"requestId":"[^"]*"/, '')}`);
      }
      if (this.#over || this.#plan.ratePerSec !== undefined) this.#free.push(connection);
      // Not at once: a connection that is refused again and again would never let anything else happen.
      else setImmediate(() => this.#send(connection));
    });
  }

  async #untilAnswered(): Promise<void> {
    const until = performance.now() + afterwardsMs;
    while (this.#free.length < this.#all.length && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
    const unanswered = this.#all.length - this.#free.length;
    if (unanswered > 0) count(this.#counts.wrong, 'no answer', unanswered);
    this.#counts.outcomes.wrong += unanswered;
  }
}

const [plan] = (await once(process, 'message')) as [Plan];
// Stays until whoever started it has read the figures and lets go.
process.channel?.ref();
process.send?.(await new Load(plan).run());
