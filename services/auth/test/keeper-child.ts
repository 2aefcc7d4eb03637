import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a keeper of decisions answered: whose token it is, or the status by which that was refused. */
export interface KeeperAnswer {
  user?: string;
  roles?: string[];
  status?: number;
  /** How many questions it has put to auth so far. */
  asked: number;
}

/** A process that keeps decisions, as a service does that asks auth; it can be stopped and goes on as if nothing was. */
export class KeeperChild implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(natsUrl: string): Promise<KeeperChild> {
    const child = fork(join(import.meta.dirname, 'keeper.ts'), [natsUrl]);
    await once(child, 'message');
    return new KeeperChild(child);
  }

  /** What it says of a token. */
  async ask(accessToken: string): Promise<KeeperAnswer> {
    const answered = once(this.#child, 'message');
    this.#child.send({ header: `Bearer ${accessToken}` });
    const [answer] = await answered;
    assert.ok(typeof answer.asked === 'number');
    return answer;
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
