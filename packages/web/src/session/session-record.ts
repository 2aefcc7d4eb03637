import { compileParser } from '@tsmicro/network';
import { type Static, Type } from '@tsmicro/schema';
import { Person, SessionTokens } from '../person.ts';

/** What is kept of a session. */
export const SessionRecord = Type.Object({
  tokens: SessionTokens,
  person: Person,
  /** When the person was read from the gateway, in milliseconds since 1970. */
  readAt: Type.Integer(),
});
export type SessionRecord = Static<typeof SessionRecord>;

const parse = compileParser(SessionRecord);

/** The record in a text; undefined for one of an earlier form, whose session is over. */
export function parseRecord(text: string): SessionRecord | undefined {
  try {
    return parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
