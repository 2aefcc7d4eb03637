import type { Logger } from 'pino';
import type { UpstreamEntity } from '../declaration/upstream.ts';
import type { Exchange } from '../proxy/exchange.ts';
import { ActiveCheck } from './active-check.ts';
import type { Address } from './address.ts';
import { type Balancer, createConsistentHashing, leastConnections, roundRobin } from './balancer.ts';
import { createHashKey } from './hash-key.ts';
import type { Instance, InstanceBook } from './instance-book.ts';
import { Target } from './target.ts';

/** What an upstream needs besides its declaration. */
export interface UpstreamContext {
  readonly logger: Logger;
  readonly instances: InstanceBook;
  addressOf(host: string, port: number): Address;
}

const usualWeight = 100;

function createBalancer(entity: UpstreamEntity): Balancer {
  if (entity.algorithm === 'least-connections') return leastConnections;
  if (entity.algorithm === 'consistent-hashing') return createConsistentHashing(createHashKey(entity));
  return roundRobin;
}

const isUsable = ({ weight, health }: Target) => weight > 0 && health.healthy;

/** The targets behind one name: those of the declaration, or the live instances of a service. */
export class Upstream {
  readonly entity: UpstreamEntity;
  readonly #context: UpstreamContext;
  readonly #balancer: Balancer;
  readonly #check: ActiveCheck;
  readonly #unfollow: () => void;
  #targets: readonly Target[];
  #instances = new Map<string, Target>();

  constructor(entity: UpstreamEntity, context: UpstreamContext) {
    this.entity = entity;
    this.#context = context;
    this.#balancer = createBalancer(entity);
    const { discovered } = entity;
    // What is written where instances register themselves is only a guess until the first of them does.
    const level = discovered === undefined ? 'warn' : 'info';
    this.#targets = entity.targets.map(({ host, port, weight }) =>
      this.#createTarget(`${host}:${port}`, context.addressOf(host, port), weight, level),
    );
    this.#check = new ActiveCheck(this);
    this.#unfollow =
      discovered === undefined
        ? () => undefined
        : context.instances.follow(discovered, (instances) => this.#setInstances(instances));
  }

  /** Those that may be asked; another array whenever they are others. */
  get targets(): readonly Target[] {
    return this.#targets;
  }

  /** The next to ask of those that `fit`; the good ones first, and none that checks have taken out. */
  choose(exchange: Exchange | undefined, fit: (target: Target) => boolean): Target | undefined {
    const targets = this.#targets;
    const [first] = targets;
    if (targets.length === 1 && first !== undefined) return isUsable(first) && fit(first) ? first : undefined;
    if (this.#belowThreshold()) return undefined;
    const good: Target[] = [];
    const reserve: Target[] = [];
    for (const target of targets) {
      if (!isUsable(target) || !fit(target)) continue;
      (target.standing === 'good' ? good : reserve).push(target);
    }
    const candidates = good.length > 0 ? good : reserve;
    return candidates.length === 1 ? candidates[0] : this.#balancer(candidates, exchange);
  }

  /** A request to a target failed before its answer began. */
  failed(target: Target, sign: 'tcp' | 'timeout'): void {
    target.failed(sign, this.entity.checks.passive);
    if (this.entity.discovered !== undefined) this.#context.instances.suspect(this.entity.discovered);
  }

  /** Ends its checks, and follows its instances no more. */
  close(): void {
    this.#unfollow();
    this.#check.close();
  }

  /**
   * These instances take the place of whatever targets there were. None is no reason to ask nobody: then those that were
   * known last are tried.
   */
  #setInstances(instances: readonly Instance[]): void {
    if (instances.length === 0) return;
    const known = this.#instances;
    const present = new Map<string, { key: string; target: Target }>();
    for (const { id, address } of instances) {
      const name = `${address.host}:${address.port}`;
      // Another process at the same address starts with a good name; while both are told of, the old one is gone.
      const key = `${id} ${name}`;
      const target = known.get(key);
      if (target !== undefined && present.has(name)) continue;
      present.set(name, { key, target: target ?? this.#createTarget(name, address, usualWeight, 'warn') });
    }
    this.#instances = new Map([...present.values()].map(({ key, target }) => [key, target]));
    this.#targets = [...this.#instances.values()];
  }

  /** `level` is that of the log when it turns out to be unhealthy. */
  #createTarget(name: string, address: Address, weight: number, level: 'info' | 'warn'): Target {
    const { logger } = this.#context;
    return new Target(name, address, weight, ({ health }) => {
      const what = { upstream: this.entity.name, target: name };
      if (health.healthy) logger.info(what, 'a target is healthy again');
      else logger[level](what, 'a target is unhealthy');
    });
  }

  #belowThreshold(): boolean {
    const { threshold } = this.entity.checks;
    if (threshold === 0) return false;
    const weigh = (targets: readonly Target[]) => targets.reduce((sum, { weight }) => sum + weight, 0);
    const healthy = this.#targets.filter(({ health }) => health.healthy);
    return weigh(healthy) * 100 < weigh(this.#targets) * threshold;
  }
}
