import { findPort, portFree } from '../servers/port.ts';
import type { ServiceDefinition, StackDefinition } from './definition.ts';
import { type Instance, instanceName } from './instance.ts';

/** The person has to choose another port. */
export class PortTakenError extends Error {}

/** How far the usual ports of a service's instances are from each other: 8001, 8011, 8021. */
const instanceOffset = 10;

/** Ports for the instances of services. What was given is kept for its instance, even while that does not run. */
export class PortBook {
  readonly #gateway: string;
  readonly #gatewayPort: number;
  readonly #taken: Set<number>;

  private constructor(gateway: string, gatewayPort: number) {
    this.#gateway = gateway;
    this.#gatewayPort = gatewayPort;
    this.#taken = new Set([gatewayPort]);
  }

  /**
   * Ports for this stack, the gateway's being the wanted one or else its usual one.
   * @throws PortTakenError when that is in use
   */
  static async open({ gateway }: StackDefinition, wanted: number | undefined): Promise<PortBook> {
    const port = wanted ?? gateway.usualPort;
    if (!(await portFree(port))) {
      throw new PortTakenError(
        `Port ${port}, which the gateway would take, is in use by another program. ` +
          `Choose another one: npm start -- --port ${await findPort(8080)}`,
      );
    }
    return new PortBook(gateway.name, port);
  }

  /** Makes an instance of a service: with its usual ports when they are free, else with free ones. */
  async allot(service: ServiceDefinition, number: number): Promise<Instance> {
    const { name, usualPort, usualMetricsPort } = service;
    const above = (number - 1) * instanceOffset;
    const port = name === this.#gateway ? this.#gatewayPort : await this.#take(usualPort + above);
    const metricsPort = await this.#take(usualMetricsPort + above);
    return { service: name, number, name: instanceName(name, number), port, metricsPort };
  }

  /** Gives the ports of an instance back. */
  release({ port, metricsPort }: Instance): void {
    this.#taken.delete(port);
    this.#taken.delete(metricsPort);
  }

  async #take(usual: number): Promise<number> {
    let port = await findPort(usual);
    while (this.#taken.has(port)) port = await findPort();
    this.#taken.add(port);
    return port;
  }
}
