import {
  discoveredBy,
  type Entity,
  entitiesOf,
  placeOf,
  placeOfService,
  targetOf,
  textOf,
  textsOf,
} from './entity.ts';

/** The addresses of live instances, each as in `127.0.0.1:8001`, by the NATS name of their service; none is empty. */
export type LiveAddresses = ReadonlyMap<string, readonly string[]>;

const verifyingPlugin = 'apikey-auth-plugin';
const usualWeight = 100;
const hostInUrl = /^([a-z]+:\/\/)(?:\[[^\]]*\]|[^/:?#]+)/i;

/** The upstream that stands for a service which the file gives a plain host. */
export const instancesUpstream = (service: string) => `${service}-instances`;

const addressesFor = (entity: Entity, live: LiveAddresses) => live.get(discoveredBy(entity)[0] ?? '');

/** The live instances in place of the written targets; what is written for one of them holds. */
function withLiveTargets(upstream: Entity, live: LiveAddresses): Entity {
  const addresses = addressesFor(upstream, live);
  if (addresses === undefined) return upstream;
  const written = new Map(
    entitiesOf(upstream, 'targets').map((target) => [targetOf(textOf(target, 'target') ?? ''), target]),
  );
  const targets = addresses.map((target) => written.get(target) ?? { target, weight: usualWeight });
  return { ...upstream, targets };
}

/** Its host becomes the upstream of its instances; protocol, path and all the rest stay. */
function withUpstream(service: Entity, live: LiveAddresses): Entity {
  const [name = ''] = discoveredBy(service);
  if (!live.has(name)) return service;
  const url = textOf(service, 'url');
  if (url === undefined) return { ...service, host: instancesUpstream(name) };
  // As text: a URL written out again gets a "/" at its end, which to Kong is a path.
  return { ...service, url: url.replace(hostInUrl, `$1${instancesUpstream(name)}`) };
}

/** Which service is meant by the places that the file names. */
function servicesByPlace(document: Entity): Map<string, string> {
  const places = new Map<string, string>();
  for (const upstream of entitiesOf(document, 'upstreams')) {
    for (const service of discoveredBy(upstream)) {
      for (const target of entitiesOf(upstream, 'targets')) {
        places.set(targetOf(textOf(target, 'target') ?? ''), service);
      }
    }
  }
  for (const entity of entitiesOf(document, 'services')) {
    const [service] = discoveredBy(entity);
    const place = placeOfService(entity);
    if (service !== undefined && place !== undefined) places.set(place, service);
  }
  return places;
}

/** Each URL of a discovered service becomes one for each of its instances. */
function withLiveUrls(plugin: Entity, places: Map<string, string>, live: LiveAddresses): Entity {
  const { config } = plugin;
  if (textOf(plugin, 'name') !== verifyingPlugin || typeof config !== 'object' || config === null)
    return plugin;
  const settings: Entity = { ...config };
  const urls = textsOf(settings, 'verification_urls').flatMap((text) => {
    const addresses = live.get(places.get(placeOf(text) ?? '') ?? '');
    const url = URL.parse(text);
    if (addresses === undefined || url === null) return [text];
    return addresses.map((address) => `http://${address}${url.pathname}${url.search}`);
  });
  return { ...plugin, config: { ...settings, verification_urls: [...new Set(urls)] } };
}

/** An entity whose entities in `fields` became others; an absent list stays absent. */
function mapped(owner: Entity, fields: Record<string, (entity: Entity) => Entity>): Entity {
  const lists = Object.entries(fields)
    .filter(([field]) => Array.isArray(owner[field]))
    .map(([field, change]) => [field, entitiesOf(owner, field).map(change)]);
  return { ...owner, ...Object.fromEntries(lists) };
}

/** The document with the live instances of the tagged services; one without any is left as it is written. */
export function toLiveDocument(document: Entity, live: LiveAddresses): Entity {
  const places = servicesByPlace(document);
  const plugins = (plugin: Entity) => withLiveUrls(plugin, places, live);
  const routes = (route: Entity) => mapped(route, { plugins });
  const services = (service: Entity) => mapped(withUpstream(service, live), { plugins, routes });
  const upstreams = (upstream: Entity) => withLiveTargets(upstream, live);
  const changed = mapped(document, { plugins, routes, services, upstreams });
  const plain = new Set(entitiesOf(document, 'services').flatMap(discoveredBy));
  const added = [...live.keys()]
    .filter((service) => plain.has(service))
    .sort()
    .map((service) => ({
      name: instancesUpstream(service),
      tags: [`nats:${service}`],
      targets: live.get(service)?.map((target) => ({ target, weight: usualWeight })),
    }));
  if (added.length === 0) return changed;
  return { ...changed, upstreams: [...entitiesOf(changed, 'upstreams'), ...added] };
}
