import { after, before, describe, it, type TestContext } from 'node:test';
import type { GatewayName, GatewayUnderTest } from './gateway.ts';
import { Stage } from './stage.ts';

/** Registers one test of the suite. */
export type Register = (name: string, run: (stage: Stage, t: TestContext) => Promise<void>) => void;

/** A part of what a gateway promises. */
export interface Area {
  /** Plugins without which there is nothing to test: skipped on a Kong that was started without them, never on ours. */
  readonly needs?: readonly string[];
  /** Registers the tests. */
  readonly tests: (test: Register, name: GatewayName) => void;
}

/** Runs areas of the suite, one test after the other, against the gateway that `open` gives. */
export function testGateway(
  name: GatewayName,
  areas: readonly Area[],
  open: () => Promise<GatewayUnderTest>,
): void {
  describe(`${name} gateway`, () => {
    const stages: Stage[] = [];
    before(async () => stages.push(await Stage.open(await open())));
    after(() => Promise.all(stages.map((stage) => stage[Symbol.asyncDispose]())));
    for (const { needs = [], tests } of areas) {
      const register: Register = (title, run) => {
        it(`${name}: ${title}`, async (t) => {
          const [stage] = stages;
          if (stage === undefined) throw new Error('the gateway did not open');
          const missing = needs.filter((plugin) => !stage.gateway.plugins.has(plugin));
          if (name === 'kong' && missing.length > 0)
            t.skip(`this Kong was started without ${missing.join(', ')}`);
          else await run(stage, t);
        });
      };
      tests(register, name);
    }
  });
}
