import type { Mapping } from './mapping.ts';

/** Begins a tag that names a service; the rest is its NATS name. */
export const discoveryMark = 'nats:';
/** What a service may be called on NATS. */
export const serviceNamePattern = /^[A-Za-z0-9_-]+$/;

const nameIn = (tag: string) => tag.slice(discoveryMark.length);

/**
 * Reads the `tags` of an entity, which mean nothing to Kong. `nats:orders` says here that its targets are the live
 * instances of the NATS service "orders".
 * @returns the name of that service
 */
export function serviceOf(entity: Mapping): string | undefined {
  const marked = entity.texts('tags').filter(({ text }) => text.startsWith(discoveryMark));
  for (const tag of marked) {
    if (!serviceNamePattern.test(nameIn(tag.text))) tag.complain('must look like nats:<name of a service>');
  }
  marked[1]?.complain('is a second service: one entity stands for one');
  return marked[0] && nameIn(marked[0].text);
}
