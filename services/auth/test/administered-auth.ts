import type { NatsClient } from '@tsmicro/micro';
import type { Person } from './auth-client.ts';
import { type AuthFixture, connectAsker, openAuth } from './auth-fixture.ts';
import { keepEvents } from './told.ts';

/** One auth service whose events are kept, somebody who asks it over NATS, and its administrator. */
export interface AdministeredAuth extends AuthFixture {
  nats: NatsClient;
  admin: Person;
}

export async function openAdministeredAuth(): Promise<AdministeredAuth> {
  await using opening = new AsyncDisposableStack();
  const auth = opening.use(await openAuth());
  await keepEvents(auth.surroundings.database);
  const nats = opening.use(await connectAsker(auth.surroundings));
  const admin = await auth.client.signInAdmin();
  const opened = opening.move();
  return { ...auth, nats, admin, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
