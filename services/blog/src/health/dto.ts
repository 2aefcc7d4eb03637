import Type from 'typebox';

/** That the service answers, and when it did. */
export const Health = Type.Object({ timestamp: Type.String(), status: Type.Literal('OK') });
export type Health = Type.Static<typeof Health>;
