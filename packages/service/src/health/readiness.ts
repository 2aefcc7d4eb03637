import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '@tsmicro/network';
import type { DependencyFigures } from '@tsmicro/telemetry';
import type { ReadinessReport } from './dto.ts';

/** Something that a service depends on and that knows how it is; one that learns only by use can be asked. */
export interface Dependency extends DependencyFigures {
  /** Asks it, within a time of its own; what comes of it shows in `health`. */
  ping?(): Promise<void>;
}

interface Entry {
  readonly dependency: Dependency;
  readonly required: boolean;
}

/** A dependency is asked at most this often, however many want to know. */
const pingIntervalMs = 1_000;
/** An answer does not wait longer than this for the dependencies to answer. */
const patienceMs = 200;

/** Whether a service can do its work: of its dependencies, and of its own life. */
export class Readiness {
  readonly #entries: Entry[] = [];
  #pinged: Promise<unknown> = Promise.resolve();
  #pingedAt = Number.NEGATIVE_INFINITY;
  #stopping = false;

  /** Enters a dependency, and gives it back. One that is not `required` may be down while the service is ready. */
  add<D extends Dependency>(dependency: D, { required = true } = {}): D {
    this.#entries.push({ dependency, required });
    return dependency;
  }

  /** Everything that was entered. */
  get dependencies(): readonly Dependency[] {
    return this.#entries.map(({ dependency }) => dependency);
  }

  /** From now on the service is not ready: it takes no new work. */
  stop(): void {
    this.#stopping = true;
  }

  /** How everything is. @throws {ApiError} 503 with the same report, naming what is down and since when */
  async report(): Promise<ReadinessReport> {
    await this.#refresh();
    const dependencies = this.#entries.map(({ dependency, required }) => {
      const { name, state, since } = dependency.health;
      return { name, state, since: since.toISOString(), required };
    });
    const down = dependencies.filter(({ state }) => state === 'down');
    const report: ReadinessReport = { status: down.length > 0 ? 'DEGRADED' : 'OK', dependencies };
    if (this.#stopping) throw unavailable('the service is stopping', { data: report });
    const missing = down.filter(({ required }) => required);
    if (missing.length > 0) {
      const message = missing.map(({ name, since }) => `${name} is down since ${since}`).join(', ');
      throw unavailable(message, { data: report });
    }
    return report;
  }

  /** Asks those that can be asked, unless that was done a moment ago; waits a little for their answers. */
  async #refresh(): Promise<void> {
    if (performance.now() - this.#pingedAt >= pingIntervalMs) {
      this.#pingedAt = performance.now();
      const pings = this.#entries.map(({ dependency }) => dependency.ping?.().catch(() => undefined));
      this.#pinged = Promise.all(pings);
    }
    await Promise.race([this.#pinged, sleep(patienceMs, undefined, { ref: false })]);
  }
}
