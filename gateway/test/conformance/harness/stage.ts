import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { type Answer, ask, type Question } from './client.ts';
import { type Declaration, serviceOf } from './declaration.ts';
import { Difference, type Expected } from './difference.ts';
import type { GatewayUnderTest } from './gateway.ts';
import { until } from './until.ts';
import { Upstream } from './upstream.ts';

/** So many connections in a row have met every process of a gateway that has several. */
const connectionsToAll = 16;

/** What kong.yml has on every route: failures in the envelope, and an id for each request. */
const companions = [
  { name: 'envelope-plugin' },
  {
    name: 'correlation-id',
    config: { header_name: 'x-request-id', generator: 'uuid', echo_downstream: true },
  },
] as const;

/** A gateway under test and what the tests of the suite do with it. */
export class Stage implements AsyncDisposable {
  readonly gateway: GatewayUnderTest;
  readonly #witness: Upstream;
  #loads = 0;
  #enveloped = true;

  private constructor(gateway: GatewayUnderTest, witness: Upstream) {
    this.gateway = gateway;
    this.#witness = witness;
  }

  /** Takes the gateway over: it is closed with the stage. */
  static async open(gateway: GatewayUnderTest): Promise<Stage> {
    return new Stage(gateway, await Upstream.open('witness', gateway.serverHost));
  }

  /** Opens a server behind the gateway, for as long as the test runs. */
  async openUpstream(t: TestContext, name: string, port?: number): Promise<Upstream> {
    const upstream = await Upstream.open(name, this.gateway.serverHost, port);
    t.after(() => upstream[Symbol.asyncDispose]());
    return upstream;
  }

  /** The address of a server that has gone. */
  async openNobody(): Promise<string> {
    const nobody = await Upstream.open('nobody', this.gateway.serverHost);
    await nobody[Symbol.asyncDispose]();
    return nobody.address;
  }

  /**
   * Puts a declaration into force and waits until it is: a route of its own tells. {@link companions} run besides its
   * own plugins, unless `alone` is true or it has them itself.
   */
  async load(declaration: Declaration, { alone = false } = {}): Promise<void> {
    const mark = `conformance-${++this.#loads}-${process.pid}`;
    const own = declaration.plugins ?? [];
    const besides = companions.filter(
      ({ name }) => !alone && this.gateway.plugins.has(name) && own.every((plugin) => plugin.name !== name),
    );
    const plugins = [...own, ...besides];
    this.#enveloped = plugins.some(({ name }) => name === 'envelope-plugin');
    const services = [...declaration.services, serviceOf(mark, this.#witness)];
    const text = stringify({ _format_version: '3.0', ...declaration, services, plugins });
    await this.gateway.load(text);
    const witnesses = this.gateway.severalProcesses ? connectionsToAll : 1;
    let seen = 0;
    await until(`the declaration is in force:\n${text}`, async () => {
      // A path that needs no API key, whatever plugins were declared.
      const found = await ask(this.gateway.baseUrl, `/${mark}/health`).then(({ status }) => status === 200);
      seen = found ? seen + 1 : 0;
      return seen >= witnesses;
    });
  }

  /** What is expected of this gateway with the declaration that is in force. */
  expected<T>(expected: Expected<T>): T {
    if (!(expected instanceof Difference)) return expected;
    if (this.gateway.name === 'embedded') return expected.of('embedded');
    return expected.of(this.#enveloped ? 'enveloped' : 'kong');
  }

  /** Asks the gateway. */
  ask(path: string, question?: Question): Promise<Answer> {
    return ask(this.gateway.baseUrl, path, question);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.#witness[Symbol.asyncDispose]();
  }
}
