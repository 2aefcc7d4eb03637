/**
 * The path as a service sees it: `rest` of the request's path below `prefix`, the service's own path without its last "/".
 * Where nothing is left, a "/" follows only where one ended the request's path, as in Kong.
 */
export function toServicePath(prefix: string, rest: string, requestPath: string): string {
  if (prefix !== '' && (rest === '' || requestPath === '/')) {
    return requestPath.length > 1 && requestPath.endsWith('/') ? `${prefix}/` : prefix;
  }
  return rest.startsWith('/') ? prefix + rest : `${prefix}/${rest}`;
}
