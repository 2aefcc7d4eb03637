import { type DependencyHealth, HealthRecord, type PoolFigures } from '@tsmicro/dependency';
import type { MongoClient } from 'mongodb';

/** Follows what the driver tells of its servers and of its pool. */
export class Monitor {
  readonly #health: HealthRecord;
  #size = 0;
  #busy = 0;
  #waiting = 0;

  constructor(client: MongoClient) {
    this.#health = new HealthRecord('MongoDB', 'down', client.options.hosts.join(',') || undefined);
    client.on('topologyDescriptionChanged', ({ newDescription }) => {
      const there = [...newDescription.servers.values()].some(({ isWritable }) => isWritable);
      this.#health.note(there ? 'up' : 'down');
    });
    client.on('connectionCreated', () => this.#size++);
    client.on('connectionClosed', () => this.#size--);
    client.on('connectionCheckOutStarted', () => this.#waiting++);
    client.on('connectionCheckOutFailed', () => this.#waiting--);
    client.on('connectionCheckedOut', () => {
      this.#waiting--;
      this.#busy++;
    });
    client.on('connectionCheckedIn', () => this.#busy--);
  }

  get health(): DependencyHealth {
    return this.#health.current;
  }

  get pool(): PoolFigures {
    return { size: this.#size, idle: this.#size - this.#busy, waiting: this.#waiting };
  }
}
