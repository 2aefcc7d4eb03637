import type { Mapping } from './mapping.ts';

const mark = 'nats:';

/**
 * Reads the `tags` of an entity, which mean nothing to Kong. `nats:orders` says here that its targets are the live
 * instances of the NATS service "orders".
 * @returns the name of that service
 */
export function serviceOf(entity: Mapping): string | undefined {
  const marked = entity.texts('tags').filter(({ text }) => text.startsWith(mark));
  for (const tag of marked) {
    if (!/^nats:[A-Za-z0-9_-]+$/.test(tag.text)) tag.complain('must look like nats:<name of a service>');
  }
  marked[1]?.complain('is a second service: one entity stands for one');
  return marked[0]?.text.slice(mark.length);
}
