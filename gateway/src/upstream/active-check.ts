import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActiveChecks } from '../declaration/health-checks.ts';
import type { UpstreamEntity } from '../declaration/upstream.ts';
import type { Target } from './target.ts';

/** What is checked: the targets of this moment. */
export interface Checked {
  readonly entity: UpstreamEntity;
  readonly targets: readonly Target[];
}

/** Resolves with the status of the answer; 0 for a connection that was made where no more is asked. */
function probe({ address, name }: Target, checks: ActiveChecks, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    if (checks.type === 'tcp') {
      const socket = connect({ ...address, signal }, () => {
        socket.destroy();
        resolve(0);
      });
      socket.once('error', reject);
      return;
    }
    const headers: Record<string, string | string[]> = { host: name };
    for (const [header, values] of Object.entries(checks.headers)) headers[header] = [...values];
    get({ ...address, path: checks.path, headers, signal, agent: false }, (answer) => {
      answer.once('error', () => undefined).resume();
      resolve(answer.statusCode ?? 0);
    }).once('error', reject);
  });
}

/** Asks the targets of an upstream how they are, as its declaration says, until it is closed. */
export class ActiveCheck {
  readonly #upstream: Checked;
  readonly #ended = new AbortController();

  constructor(upstream: Checked) {
    this.#upstream = upstream;
    const { healthyIntervalMs, unhealthyIntervalMs } = this.#checks;
    if (healthyIntervalMs > 0) void this.#repeat(true, healthyIntervalMs);
    if (unhealthyIntervalMs > 0) void this.#repeat(false, unhealthyIntervalMs);
  }

  close(): void {
    this.#ended.abort();
  }

  get #checks(): ActiveChecks {
    return this.#upstream.entity.checks.active;
  }

  async #repeat(healthy: boolean, intervalMs: number): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.#askAll(healthy);
    }
  }

  async #askAll(healthy: boolean): Promise<void> {
    const due = this.#upstream.targets.filter((target) => target.health.healthy === healthy);
    const { concurrency } = this.#checks;
    for (let from = 0; from < due.length; from += concurrency) {
      await Promise.all(due.slice(from, from + concurrency).map((target) => this.#ask(target)));
    }
  }

  async #ask(target: Target): Promise<void> {
    const checks = this.#checks;
    const signal = AbortSignal.timeout(Math.ceil(checks.timeoutMs));
    try {
      const status = await probe(target, checks, signal);
      if (checks.type === 'tcp') target.health.noteSuccess(checks);
      else target.health.noteStatus(status, checks);
    } catch {
      target.health.noteFailure(signal.aborted ? 'timeout' : 'tcp', checks);
    }
  }
}
