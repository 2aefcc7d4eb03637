import type { Address } from './address.ts';

/** A live instance of a service, as discovery knows it. */
export interface Instance {
  readonly id: string;
  readonly address: Address;
}

type Follower = (instances: readonly Instance[]) => void;

/** The live instances of services, by name: discovery writes, upstreams read. */
export class InstanceBook {
  readonly #instances = new Map<string, readonly Instance[]>();
  readonly #followers = new Map<string, Set<Follower>>();
  #suspicion: (service: string) => void = () => undefined;

  /** These are the live instances of a service from now on. */
  set(service: string, instances: readonly Instance[]): void {
    this.#instances.set(service, instances);
    for (const follower of this.#followers.get(service) ?? []) follower(instances);
  }

  /** Tells of the instances of a service, now and whenever they change. @returns what ends that */
  follow(service: string, follower: Follower): () => void {
    const followers = this.#followers.get(service) ?? new Set();
    this.#followers.set(service, followers.add(follower));
    follower(this.#instances.get(service) ?? []);
    return () => followers.delete(follower);
  }

  /** Who wants to know that an instance of a service took no connection. */
  onSuspect(listener: (service: string) => void): void {
    this.#suspicion = listener;
  }

  /** An instance of a service took no connection. */
  suspect(service: string): void {
    this.#suspicion(service);
  }
}
