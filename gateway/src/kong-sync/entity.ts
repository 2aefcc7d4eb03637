// The part of Kong's declarative format that discovery has to know. What else stands in the file is Kong's business and
// goes to it as it is.
import { discoveryMark } from '../declaration/tags.ts';

/** A mapping of the file: a service, an upstream, a plugin. */
export type Entity = Record<string, unknown>;

/** Whether a value of the file is a mapping. */
export const isEntity = (value: unknown): value is Entity =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The entities in a list of another one. */
export function entitiesOf(owner: Entity, field: string): Entity[] {
  const value = owner[field];
  return Array.isArray(value) ? value.filter(isEntity) : [];
}

/** The texts in a list of an entity. */
export function textsOf(owner: Entity, field: string): string[] {
  const value = owner[field];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A text of an entity. */
export function textOf(owner: Entity, field: string): string | undefined {
  const value = owner[field];
  return typeof value === 'string' ? value : undefined;
}

/** The services that the tags `nats:<service>` of an entity name. */
export function discoveredBy(entity: Entity): string[] {
  return textsOf(entity, 'tags')
    .filter((tag) => tag.startsWith(discoveryMark))
    .map((tag) => tag.slice(discoveryMark.length));
}

/** A target with its port; without one Kong takes 8000. */
export const targetOf = (text: string) => (/:\d+$/.test(text) ? text : `${text}:8000`);

/** Host and port of a URL, the port also where it is the usual one. */
export function placeOf(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null) return undefined;
  const usualPort = parsed.protocol === 'https:' ? '443' : '80';
  return `${parsed.hostname}:${parsed.port || usualPort}`;
}

/** Host and port that a service is written with, in either of Kong's forms. */
export function placeOfService(service: Entity): string | undefined {
  const url = textOf(service, 'url');
  if (url !== undefined) return placeOf(url);
  const host = textOf(service, 'host');
  const port = typeof service.port === 'number' ? service.port : 80;
  return host === undefined ? undefined : `${host}:${port}`;
}
