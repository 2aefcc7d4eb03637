import type { TSchema } from '@tsmicro/schema';
import { compileValidator, validationError } from './validation.ts';

/** The parts of a request that schemas speak of. */
export interface RouteInput {
  params: unknown;
  query: unknown;
  body?: unknown;
}

/** One check of all parts, so that one answer names every bad field. @throws {ApiError} 400 */
export function compileInput(route: {
  params?: TSchema | undefined;
  query?: TSchema | undefined;
  body?: TSchema | undefined;
}): (input: RouteInput) => void {
  const checkParams = route.params && compileValidator(route.params, { fromText: true });
  const checkQuery = route.query && compileValidator(route.query, { fromText: true });
  const checkBody = route.body && compileValidator(route.body);
  return (input) => {
    const inParams = checkParams?.(input.params) ?? [];
    const inQuery = checkQuery?.(input.query) ?? [];
    const inBody = checkBody?.(input.body ?? {}) ?? [];
    if (inParams.length + inQuery.length + inBody.length === 0) return;
    throw validationError([...inParams, ...inQuery, ...inBody]);
  };
}
