// What is asked and answered over NATS by every variant: who holds this token? Both messages are about 250 bytes of JSON.
import { randomUUID } from 'node:crypto';

/** A question as a caller has it. */
export const question = {
  token: `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${'c3ViamVjdC1hbmQtZXhwaXJ5'.repeat(8)}`,
};

/** The shortest and the longest token that a responder takes. */
export const tokenLength = { minimum: 16, maximum: 4_096 };

/** The answer of every responder; a new id makes each one a text of its own. */
export function holder() {
  return {
    id: randomUUID(),
    name: 'Grace Hopper',
    email: 'grace.hopper@example.test',
    roles: ['WRITER', 'EDITOR'],
    profilePicUrl: 'https://images.example.test/portraits/grace-hopper.png',
    verified: true,
    expiresAt: '2027-03-04T05:06:07.000Z',
  };
}

/** How long a caller waits, where the variant can limit that. */
export const patienceMs = 2_000;
