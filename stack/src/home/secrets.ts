import { createHmac, randomBytes } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { readJson, writeJson } from './home.ts';

const Secrets = Type.Object({
  postgresPassword: Type.String(),
  natsPassword: Type.String(),
  apiKeySecret: Type.String(),
});

/** What only this stack knows: what the passwords of the services at PostgreSQL and at NATS, and their API keys, are made of. */
export type Secrets = Static<typeof Secrets>;

const random = () => randomBytes(24).toString('hex');

/** The secrets of this file; those that are missing are made at random. */
export function openSecrets(file: string): Secrets {
  const content = readJson(file);
  if (Check(Secrets, content)) return content;
  const known = Check(Type.Partial(Secrets), content) ? content : {};
  const made = { postgresPassword: random(), natsPassword: random(), apiKeySecret: random() };
  const secrets = { ...made, ...known };
  writeJson(file, secrets);
  return secrets;
}

function derive(secret: string, name: string): string {
  return createHmac('sha256', secret).update(name).digest('hex');
}

/** The password of one role in PostgreSQL: who has it does not know that of another. */
export const rolePassword = ({ postgresPassword }: Secrets, role: string): string =>
  derive(postgresPassword, role);

/** The password of one user of NATS: who has it does not know that of another. */
export const userPassword = ({ natsPassword }: Secrets, user: string): string => derive(natsPassword, user);

/** The API key that has this permission: who has it does not know another. */
export const apiKeyFor = ({ apiKeySecret }: Secrets, permission: string): string =>
  derive(apiKeySecret, permission);
