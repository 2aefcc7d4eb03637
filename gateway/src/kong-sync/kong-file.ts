import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { DeclarationError } from '../declaration/errors.ts';
import { serviceNamePattern } from '../declaration/tags.ts';
import { discoveredBy, type Entity, entitiesOf, isEntity, placeOfService, textOf } from './entity.ts';
import { instancesUpstream } from './live-document.ts';

/** A declarative configuration of Kong, with the services whose instances belong into it. */
export interface KongFile {
  readonly document: Entity;
  /** The NATS names behind the tags `nats:<service>`. */
  readonly services: readonly string[];
}

function* complaintsOf(document: Entity): Generator<string> {
  const upstreams = entitiesOf(document, 'upstreams');
  const upstreamNames = new Set(upstreams.map((upstream) => textOf(upstream, 'name')));
  const services = entitiesOf(document, 'services');
  for (const entity of [...services, ...upstreams]) {
    const name = textOf(entity, 'name');
    const tags = discoveredBy(entity);
    for (const tag of tags) {
      if (!serviceNamePattern.test(tag))
        yield `${name}: the tag nats:${tag} must look like nats:<name of a service>`;
    }
    if (tags.length > 1) yield `${name}: has several tags nats:<service>; one entity stands for one`;
  }
  for (const service of services) {
    const [tag] = discoveredBy(service);
    if (tag === undefined) continue;
    const name = textOf(service, 'name');
    const place = placeOfService(service);
    if (place === undefined) yield `${name}: needs a url or a host to be discovered`;
    else if (upstreamNames.has(place.replace(/:\d+$/, ''))) {
      yield `${name}: its host is an upstream: the tag nats:${tag} belongs there`;
    }
    if (upstreamNames.has(instancesUpstream(tag))) {
      yield `${name}: an upstream is named ${instancesUpstream(tag)}, as the one that discovery would add`;
    }
  }
  const discovered = upstreams.filter((upstream) => discoveredBy(upstream).length > 0);
  if (discovered.length > 0 && entitiesOf(document, 'targets').length > 0) {
    yield 'targets: have to stand in their upstreams where these are discovered';
  }
}

/** Reads a configuration out of YAML or JSON. @throws {DeclarationError} with every complaint */
export function parseKongFile(text: string, file: string): KongFile {
  let document: unknown;
  try {
    document = parse(text, { merge: true });
  } catch (error) {
    throw new DeclarationError(file, [error instanceof Error ? error.message : String(error)]);
  }
  if (!isEntity(document)) throw new DeclarationError(file, ['it must be a mapping']);
  const complaints = [...complaintsOf(document)];
  if (complaints.length > 0) throw new DeclarationError(file, complaints);
  const entities = [...entitiesOf(document, 'services'), ...entitiesOf(document, 'upstreams')];
  return { document, services: [...new Set(entities.flatMap(discoveredBy))] };
}

/** Reads a configuration from a file. @throws {DeclarationError} also when the file cannot be read */
export async function readKongFile(path: string): Promise<KongFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DeclarationError(path, [error instanceof Error ? error.message : String(error)]);
  });
  return parseKongFile(text, basename(path));
}
