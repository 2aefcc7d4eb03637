import type { TSchema } from 'typebox';

/** The schema of a success with `data` of this shape. */
export function envelopeSchema(data: TSchema | undefined): object {
  return {
    type: 'object',
    required: ['code', 'status', 'message'],
    properties: {
      code: { type: 'string' },
      status: { type: 'integer' },
      message: { type: 'string' },
      ...(data === undefined ? {} : { data }),
    },
  };
}
