import type { Mapping } from '../declaration/mapping.ts';
import { fieldName } from '../plugin/field-name.ts';

/** How an id is made: a random UUID; one UUID for the process and a number; where and when the request came in. */
export const generatorNames = ['uuid', 'uuid#counter', 'tracker'] as const;
export type GeneratorName = (typeof generatorNames)[number];

/** The plugin's `config` in kong.yml. */
export interface CorrelationSettings {
  /** In lower case. @default "kong-request-id" */
  readonly headerName: string;
  /** @default "uuid#counter" */
  readonly generator: GeneratorName;
  /** Whether the client is told the id. @default false */
  readonly echoDownstream: boolean;
}

/** The header that this gateway keeps an id in anyway, for every service and in every answer. */
export const ownHeader = 'x-request-id';

/** Reads the `config` of `correlation-id`. */
export function parseCorrelationSettings(config: Mapping): CorrelationSettings {
  const headerName = fieldName(config, 'header_name') ?? 'kong-request-id';
  const generator = config.choice('generator', generatorNames) ?? 'uuid#counter';
  const echoDownstream = config.flag('echo_downstream') ?? false;
  if (headerName === ownHeader) {
    if (!echoDownstream) {
      config.complain('echo_downstream', 'must be true for X-Request-ID, which every answer here carries');
    }
    if (generator === 'tracker') {
      config.complain('generator', 'must not be tracker for X-Request-ID, whose form is fixed here');
    }
  }
  return { headerName, generator, echoDownstream };
}
