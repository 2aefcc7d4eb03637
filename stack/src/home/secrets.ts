import { createHmac, randomBytes } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { readJson, writeJson } from './home.ts';

const Secrets = Type.Object({ postgresPassword: Type.String() });

/** What only this stack knows: what the passwords of the services' PostgreSQL roles are made of. */
export type Secrets = Static<typeof Secrets>;

/** The secrets of this file; made at random when there are none. */
export function openSecrets(file: string): Secrets {
  const content = readJson(file);
  if (Check(Secrets, content)) return content;
  const secrets = { postgresPassword: randomBytes(24).toString('hex') };
  writeJson(file, secrets);
  return secrets;
}

/** The password of one role in PostgreSQL: who has it does not know that of another. */
export function rolePassword({ postgresPassword }: Secrets, role: string): string {
  return createHmac('sha256', postgresPassword).update(role).digest('hex');
}
