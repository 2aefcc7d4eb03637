import type { EventBacklog, EventInbox, EventOutbox, EventRecord } from '@tsmicro/dependency';

/** An outbox in memory, which several relays may share. */
export class MemoryOutbox implements EventOutbox {
  readonly waiting: EventRecord[] = [];
  /** Marks that were made. */
  marked = 0;
  /** Thrown by the next mark: what a crash between publishing and marking comes to. */
  crash: Error | undefined;

  write(...events: EventRecord[]): void {
    this.waiting.push(...events);
  }

  async pending(limit: number): Promise<EventRecord[]> {
    return this.waiting.slice(0, limit);
  }

  async sent(events: readonly EventRecord[]): Promise<void> {
    const { crash } = this;
    this.crash = undefined;
    if (crash !== undefined) throw crash;
    const ids = new Set(events.map(({ id }) => id));
    const left = this.waiting.filter(({ id }) => !ids.has(id));
    this.marked += this.waiting.length - left.length;
    this.waiting.splice(0, this.waiting.length, ...left);
  }

  async backlog(): Promise<EventBacklog> {
    return { count: this.waiting.length, oldest: this.waiting[0]?.time };
  }
}

/** An inbox in memory, which several consumers may share. */
export class MemoryInbox implements EventInbox {
  readonly known = new Set<string>();

  async once(consumer: string, { id }: EventRecord, handle: () => Promise<void>): Promise<boolean> {
    const key = `${consumer} ${id}`;
    if (this.known.has(key)) return false;
    await handle();
    this.known.add(key);
    return true;
  }
}
