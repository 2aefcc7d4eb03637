// How a service lets others keep its answers without their ever being older than a change that it has acknowledged.
//
// Who keeps answers (a keeper) subscribes the notice's subject, and sends beats: a `KeeperBeat` on the subject of beats
// with an inbox as its reply, and after it a PING. Every instance of the service (a teller) answers a beat by a `KeeperBeat`
// of its own. With the PONG and the answer of every teller heard of late the keeper trusts what it keeps for `trustMs`,
// counted from before the beat.
//
// A teller (after the commit, before the change is acknowledged) publishes a `notice` with an inbox as its reply, and a PING.
// Then it waits until each keeper whose beat it has heard within `trustMs` has replied by its `KeeperBeat`, which says that
// it has dropped what the notice is about; or until `trustMs` after the PONG: by then a keeper that has not replied
// (stopped, cut off, dead) trusts nothing any more. Replies name their keeper, because one that rests replies too.
//
// Why that is enough: NATS keeps the order of what one connection sends another, and both sides handle what arrives in
// order. A notice that a teller sent before it heard a beat arrives before its answer to that beat, and has been handled
// when the trust begins; one that it sends later is told to a keeper that it waits for. Of tellers not heard before, the
// PONG says the same, where there is one server: what that took before the beat has been handled. A teller that is cut
// off answers no beats, and has waited for `trustMs` before it acknowledges anything.
import type { Msg } from '@nats-io/transport-node';
import { type Static, type TSchema, Type } from '@tsmicro/schema';
import { jsonToMsg } from '../message.ts';

/** What a service tells those who keep its answers: which of them hold no longer. */
export interface Notice<S extends TSchema = TSchema> {
  /** Where notices are told: no queue group, everybody hears all of them. */
  readonly subject: string;
  /** Where keepers send their beats; every instance of the service hears all of them. */
  readonly beats: string;
  readonly data: S;
  /** One line for readers of the contract. */
  readonly summary: string;
}

/** Who speaks: a keeper in its beats and in its replies to notices, a teller in its answers to beats. */
export const KeeperBeat = Type.Object(
  { instance: Type.String({ minLength: 1, maxLength: 100 }) },
  { title: 'KeeperBeat' },
);
export type KeeperBeat = Static<typeof KeeperBeat>;

/** Who sent a beat, an answer or a reply; undefined for what none of them would send. */
export function instanceOf(message: Msg): string | undefined {
  try {
    return jsonToMsg(KeeperBeat, message.data).instance;
  } catch {
    return undefined;
  }
}

/** The times that both sides go by, in milliseconds. */
export const keeping = {
  /** Between two beats of a keeper in use. */
  beatMs: 300,
  /** From a beat on a keeper trusts what it keeps, and whoever tells waits for it. */
  trustMs: 1_000,
  /** Whoever tells waits so much longer: clocks of two machines do not run at quite the same speed. */
  marginMs: 50,
} as const;

/** Defines a notice once, for who tells and for who keeps; belongs into contracts. */
export function defineNotice<S extends TSchema>(notice: Notice<S>): Notice<S> {
  return notice;
}
