import type { Json } from './json.ts';
import { objectAt, textAt } from './json.ts';
import { type Operation, operationsOf } from './operation.ts';
import { type Subject, subjectsOf } from './subject.ts';

/** What a service says of itself: its documents, as the gateway shows them. */
export interface ServiceDocuments {
  readonly openapi: Json;
  /** Undefined for a service without NATS. */
  readonly asyncapi: Json | undefined;
}

/** A service as the reference shows it. */
export interface ServiceReference {
  readonly name: string;
  /** Why there is nothing new to show, in words; undefined while the service answers. */
  readonly away: string | undefined;
  readonly version: string;
  readonly description: string;
  readonly operations: readonly Operation[];
  readonly subjects: readonly Subject[];
}

/** The reference of a service; without documents, all that is known of it is its name and why. */
export function toReference(
  name: string,
  documents: ServiceDocuments | undefined,
  away: string | undefined,
): ServiceReference {
  const { openapi = {}, asyncapi } = documents ?? {};
  const info = objectAt(openapi.info);
  return {
    name,
    away,
    version: textAt(info.version),
    description: textAt(info.description),
    operations: operationsOf(openapi),
    subjects: asyncapi === undefined ? [] : subjectsOf(asyncapi),
  };
}
