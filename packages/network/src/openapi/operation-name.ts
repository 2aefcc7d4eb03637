const wordEnds = /[^A-Za-z0-9]+/;
const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
const camel = (text: string) => text.split(wordEnds).map(capital).join('');

/** The parts of a mounted path, as in `/author/id/:id`. */
export const partsOf = (path: string) => path.split('/').filter((part) => part !== '');

/** Whether a part only announces the parameter after it, as `id` does in `/id/:id`. */
const announces = (part: string, next: string | undefined) => next === `:${part}`;

/** `GET /author/submit/id/:id` is `getAuthorSubmitById`. */
export function operationIdOf(method: string, path: string): string {
  const words = partsOf(path).map((part, i, parts) => {
    if (part.startsWith(':')) return `By${camel(part.slice(1))}`;
    return announces(part, parts[i + 1]) ? '' : camel(part);
  });
  return method.toLowerCase() + (words.join('') || 'Root');
}

/** The feature that a path belongs to: its first part, or `service` where a parameter of its own comes first. */
export function tagOf(path: string, service: string): string {
  const [first = service, next] = partsOf(path);
  return first.startsWith(':') || announces(first, next) ? service : first;
}

/** `/author/id/:id` in the notation of OpenAPI: `/author/id/{id}`. */
export function toTemplate(path: string): string {
  return path.replaceAll(/:([A-Za-z0-9_]+)/g, '{$1}');
}
