import type { TSchema } from '@tsmicro/schema';
import { JsonData, Reply } from './envelope.ts';
import { compileSerializer } from './validation.ts';

const success = '{"code":"10000","status":200,"message":';

/**
 * Compiles what a handler returns into the text of the answer: the envelope of a success around its data, of which only
 * what the schema names leaves the service.
 */
export function compileAnswer(route: {
  data?: TSchema | undefined;
  plain?: boolean;
}): (answer: unknown) => string {
  const { data: schema, plain = false } = route;
  const toJson = schema && compileSerializer(schema);
  if (plain) return (answer) => (toJson ? toJson(answer) : JSON.stringify(answer));
  const envelope = (message: string, data: unknown) =>
    data === undefined || toJson === undefined
      ? `${success}${message}}`
      : `${success}${message},"data":${toJson(data)}}`;
  return (answer) => {
    if (answer instanceof JsonData) return answer.toEnvelope();
    if (answer instanceof Reply) return envelope(JSON.stringify(answer.message), answer.data);
    return envelope('"success"', answer);
  };
}
