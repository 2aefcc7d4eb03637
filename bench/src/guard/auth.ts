// The auth service's side of the contract, for one author: its answers, and the notices that let others keep them.
import { authentication, authorization, decision, decisionNotice, RoleCode } from '@tsmicro/contracts-auth';
import { Controller, connectNats, createRouter, type NatsGroup, openNoticeTeller } from '@tsmicro/micro';
import { author } from './author.ts';

const session = 'session-of-the-bench';
const lifeMs = 3_600_000;

class SessionController extends Controller {
  mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(authentication, () => author);
    group.addEndpoint(authorization, ({ user }) => user);
    group.addEndpoint(decision, () => ({
      user: author,
      roles: [RoleCode.Author],
      session,
      expiresAt: Math.floor((Date.now() + lifeMs) / 1_000),
    }));
  }
}

/** Opens it; resolves when it answers. */
export async function listen(port: number, natsUrl: string): Promise<void> {
  const natsClient = await connectNats({ natsUrl, natsServiceName: 'auth', natsServiceVersion: '1.0.0' });
  await openNoticeTeller(natsClient, decisionNotice);
  const router = createRouter({ natsClient });
  router.loadControllers([new SessionController('/')]);
  await router.start({ host: '127.0.0.1', port });
}
