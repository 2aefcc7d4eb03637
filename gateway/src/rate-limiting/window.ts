/** The windows of Kong's rate limits, from the shortest to the longest. */
export const windowNames = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const;
export type WindowName = (typeof windowNames)[number];

/** One window: from `startsAt` to before `endsAt`, both in milliseconds of the Unix epoch. */
export interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** Windows of even length begin at a multiple of it since the epoch, hence in UTC. */
const lengthMs = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function spanOf(name: WindowName, now: number): Span {
  if (name === 'month' || name === 'year') {
    const date = new Date(now);
    const year = date.getUTCFullYear();
    if (name === 'year') return { startsAt: Date.UTC(year, 0), endsAt: Date.UTC(year + 1, 0) };
    const month = date.getUTCMonth();
    return { startsAt: Date.UTC(year, month), endsAt: Date.UTC(year, month + 1) };
  }
  const startsAt = now - (now % lengthMs[name]);
  return { startsAt, endsAt: startsAt + lengthMs[name] };
}

/** A kind of window of the calendar, in UTC: a minute begins at second 0 for everybody. */
export class CalendarWindow {
  readonly name: WindowName;
  /** Where counts of this window stand among those of all windows. */
  readonly index: number;
  #span: Span = { startsAt: 0, endsAt: 0 };

  constructor(name: WindowName) {
    this.name = name;
    this.index = windowNames.indexOf(name);
  }

  /** The window that `now` is in, in milliseconds of the Unix epoch. */
  at(now: number): Span {
    if (now < this.#span.startsAt || now >= this.#span.endsAt) this.#span = spanOf(this.name, now);
    return this.#span;
  }
}
