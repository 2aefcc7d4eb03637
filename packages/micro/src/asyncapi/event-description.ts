import type { TSchema } from '@tsmicro/schema';

/** An event that a service tells of: CloudEvents 1.0 in structured JSON, on one subject. */
export interface EventDescription {
  /** As in `events.auth.user.registered`. */
  readonly subject: string;
  /** The `type` of the CloudEvent. */
  readonly type: string;
  /** The shape of its `data`. */
  readonly schema: TSchema;
  readonly summary: string;
}
