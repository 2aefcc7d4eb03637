/** How a dependency is, as far as this process knows without asking. */
export interface DependencyHealth {
  /** For people: "PostgreSQL", "NATS". */
  readonly name: string;
  readonly state: 'up' | 'down';
  /** When it came or went. */
  readonly since: Date;
}

/** Follows whether a dependency is there. */
export class HealthRecord {
  readonly #name: string;
  #state: DependencyHealth['state'];
  #since = new Date();

  constructor(name: string, state: DependencyHealth['state'] = 'up') {
    this.#name = name;
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
    return { name: this.#name, state: this.#state, since: this.#since };
  }
}
