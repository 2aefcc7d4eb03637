import { CalendarWindow, type WindowName } from './window.ts';

/** How many requests may pass in a window. */
export interface Limit {
  readonly window: CalendarWindow;
  readonly max: number;
}

/** How a request was counted; `used` stands for each limit, in their order. */
export interface Usage {
  /** Below every limit: it was counted. A request that is not admitted is not counted anywhere. */
  readonly admitted: boolean;
  /** With this request, where it was admitted. */
  readonly used: readonly number[];
}

/** Counts requests under keys: at once, or with a round trip. */
export interface Counters {
  take(key: string, limits: readonly Limit[], now: number): Usage | Promise<Usage>;
}

/** A limit of `max` requests in each window of this name. */
export const createLimit = (name: WindowName, max: number): Limit => ({
  window: new CalendarWindow(name),
  max,
});
