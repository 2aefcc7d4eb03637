import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { readJson } from '../home/home.ts';
import { loopback } from '../servers/port.ts';
import { ControlAddress, Reply, type ServiceAction, Status } from './protocol.ts';

const timeoutMs = 30_000;
/** What waits for instances, one after the other; below the 300 s that fetch itself waits. */
const instancesMs = 280_000;

/** Commands to the launcher that runs. */
export class ControlClient {
  /** The launcher's process. */
  readonly pid: number;
  readonly #address: ControlAddress;

  private constructor(address: ControlAddress) {
    this.#address = address;
    this.pid = address.pid;
  }

  /** The launcher whose address this file holds; undefined when none answers there. */
  static async find(file: string): Promise<ControlClient | undefined> {
    const address = readJson(file);
    if (!Check(ControlAddress, address)) return undefined;
    const client = new ControlClient(address);
    // A launcher that was killed leaves the file, and its port may belong to somebody else by now.
    return (await client.status().catch(() => undefined)) && client;
  }

  status(): Promise<Status> {
    return this.#ask('GET', '/status', Status);
  }

  stop(): Promise<Reply> {
    return this.#ask('POST', '/stop', Reply);
  }

  /** @throws Error with the launcher's words when it refuses */
  service(action: ServiceAction, name: string): Promise<Reply> {
    return this.#ask('POST', `/service/${action}/${encodeURIComponent(name)}`, Reply);
  }

  /** @throws Error with the launcher's words when it refuses, or an instance does not serve */
  scale(service: string, count: number): Promise<Reply> {
    return this.#ask('POST', `/scale/${encodeURIComponent(service)}/${count}`, Reply, instancesMs);
  }

  /** @throws Error with the launcher's words when it refuses, or an instance does not serve */
  restart(service: string): Promise<Reply> {
    return this.#ask('POST', `/restart/${encodeURIComponent(service)}`, Reply, instancesMs);
  }

  async #ask<Schema extends TSchema>(
    method: string,
    path: string,
    schema: Schema,
    waitMs = timeoutMs,
  ): Promise<Static<Schema>> {
    const { port, token } = this.#address;
    const response = await fetch(`http://${loopback}:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(waitMs),
    });
    const body: unknown = await response.json();
    if (!response.ok)
      throw new Error(Check(Reply, body) ? body.message : `the launcher answered ${response.status}`);
    if (!Check(schema, body)) throw new Error('the launcher answered something unknown');
    return body;
  }
}
