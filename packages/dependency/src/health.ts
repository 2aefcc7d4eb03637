/** How a dependency is, as far as this process knows without asking. */
export interface DependencyHealth {
  /** For people: "PostgreSQL", "NATS". */
  readonly name: string;
  readonly state: 'up' | 'down';
  /** When it came or went. */
  readonly since: Date;
  /** Where it is, as in "10.0.0.7:5432", for those who look after the system; never to be shown to clients. */
  readonly address?: string;
}

/** Follows whether a dependency is there. */
export class HealthRecord {
  readonly #name: string;
  readonly #address: string | undefined;
  #state: DependencyHealth['state'];
  #since = new Date();

  constructor(name: string, state: DependencyHealth['state'] = 'up', address?: string) {
    this.#name = name;
    this.#address = address;
    this.#state = state;
  }

  /** Takes down what was seen; only a change counts. */
  note(state: DependencyHealth['state']): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = new Date();
  }

  get up(): boolean {
    return this.#state === 'up';
  }

  get current(): DependencyHealth {
    const current = { name: this.#name, state: this.#state, since: this.#since };
    return this.#address === undefined ? current : { ...current, address: this.#address };
  }
}
