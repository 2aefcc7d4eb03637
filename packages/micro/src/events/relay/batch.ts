import type { EventRecord } from '@tsmicro/dependency';

/** What became of a batch; what is in neither was not tried, or comes after one that failed. */
export interface BatchOutcome {
  readonly sent: readonly EventRecord[];
  /** Why the first of those that failed did; undefined when all were sent. */
  readonly failed: unknown;
}

function byEntity(events: readonly EventRecord[]): EventRecord[][] {
  const lanes = new Map<string, EventRecord[]>();
  for (const event of events) {
    const lane = lanes.get(event.entity);
    if (lane === undefined) lanes.set(event.entity, [event]);
    else lane.push(event);
  }
  return [...lanes.values()];
}

/**
 * Publishes the events of each entity one after the other, up to `parallel` entities side by side. After a failure none
 * of that entity's events goes out, and no further entity's are begun.
 */
export async function publishInOrder(
  events: readonly EventRecord[],
  parallel: number,
  publish: (event: EventRecord) => Promise<void>,
): Promise<BatchOutcome> {
  const sent: EventRecord[] = [];
  const waiting = byEntity(events).values();
  let failed: unknown;
  const work = async () => {
    for (const lane of waiting) {
      for (const event of lane) {
        await publish(event);
        sent.push(event);
      }
      if (failed !== undefined) return;
    }
  };
  const worker = () =>
    work().catch((error: unknown) => {
      failed ??= error ?? new Error('an event could not be published');
    });
  await Promise.all(Array.from({ length: parallel }, worker));
  return { sent, failed };
}
