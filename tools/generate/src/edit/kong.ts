import { isMap, isScalar, isSeq, parseDocument, Scalar, type YAMLSeq } from 'yaml';
import { GenerateError } from '../errors.ts';

/** Both say what the gateway serves: for one instance of each service, and for several. */
export const kongFiles = ['gateway/kong/kong.yml', 'gateway/kong/kong-load-balanced.yml'] as const;

/** The path of a prefix that ends at a "/": plain `/orders` would match `/ordersof` too. */
const prefixOf = (service: string) => `~/${service}(?:/|$)`;

function namesOf(services: YAMLSeq): string[] {
  return services.items.flatMap((item) => {
    const name = isMap(item) ? item.get('name') : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

/** Whether a route is there already that takes the paths of this service. */
function hasRouteFor(services: YAMLSeq, service: string): boolean {
  const paths = services.items.flatMap((item) => {
    const routes = isMap(item) ? item.toJSON().routes : undefined;
    return (routes ?? []).flatMap((route: { paths?: string[] }) => route.paths ?? []);
  });
  return paths.some((path) => path.startsWith('~') && new RegExp(`^${path.slice(1)}`).test(`/${service}`));
}

/**
 * Adds a service with its route, whose instances are those that register themselves; every comment and line that is
 * there stays. @throws {GenerateError} when it cannot
 */
export function addRoute(text: string, service: string, file: string): string {
  const document = parseDocument(text);
  const services = document.get('services');
  if (document.errors.length > 0 || !isSeq(services))
    throw new GenerateError(`${file} has no list "services", or is no YAML`);
  if (namesOf(services).includes(service) || hasRouteFor(services, service))
    throw new GenerateError(`${file} has a service ${service} already`);
  const entry = document.createNode({
    name: service,
    url: `http://${service}:8000`,
    tags: [`nats:${service}`],
    connect_timeout: 1000,
    write_timeout: 2300,
    read_timeout: 2300,
    retries: 1,
    routes: [{ name: service, paths: [prefixOf(service)], strip_path: true }],
  });
  for (const list of [entry.getIn(['tags'], true), entry.getIn(['routes', 0, 'paths'], true)]) {
    if (!isSeq(list)) continue;
    list.flow = true;
    for (const item of list.items) if (isScalar(item)) item.type = Scalar.QUOTE_DOUBLE;
  }
  entry.spaceBefore = true;
  services.add(entry);
  const grown = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  const lost = text.split('\n').filter((line) => !grown.includes(line));
  if (lost.length > 0)
    throw new GenerateError(`${file} would lose its form at "${lost[0]?.trim()}": add the service by hand`);
  return grown;
}
