import type { ParkedEvent, PassingEvent } from '@tsmicro/micro';
import type { ParkedView, SeenEvent } from '../snapshot.ts';

const maxText = 4_096;

const cut = (text: string) => (text.length <= maxText ? text : `${text.slice(0, maxText - 1)}…`);

/** The data as they are, or, when they are long, the beginning of their text. */
function shown(data: unknown): unknown {
  const text = JSON.stringify(data) ?? '';
  return text.length <= maxText ? data : cut(text);
}

/** An event for people; its type says who told of it. */
export function toSeenEvent({ sequence, id, type, time, data }: PassingEvent): SeenEvent {
  const source = `/${type.split('.')[1] ?? ''}`;
  return { ...(sequence === undefined ? {} : { sequence }), id, type, source, time, data: shown(data) };
}

function indented(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A parked event for people. */
export function toParkedView({ data, ...event }: ParkedEvent): ParkedView {
  return { ...event, data: cut(indented(data)) };
}
