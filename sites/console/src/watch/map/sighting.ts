import type { Member } from '../member/roll-call.ts';
import type { Reading } from '../metrics/reading.ts';
import type { Traffic } from '../metrics/traffic.ts';

/** What one round of looking has found, for the map. */
export interface Sighting {
  readonly members: readonly Member[];
  /** By the id of the instance; none of those whose metrics cannot be read. */
  readonly readings: ReadonlyMap<string, Reading>;
  readonly traffic: Traffic;
  readonly nats: { readonly up: boolean; readonly since: number };
  /** The gateway where no instance of one shows itself, as with Kong. */
  readonly gateway: { readonly url: string; readonly up: boolean; readonly since: number } | undefined;
}
