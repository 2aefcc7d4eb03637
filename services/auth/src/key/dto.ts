import { Type } from '@tsmicro/schema';

/** A JSON Web Key Set (RFC 7517). */
export const Jwks = Type.Object(
  {
    keys: Type.Array(
      Type.Object({
        kty: Type.String(),
        n: Type.String(),
        e: Type.String(),
        alg: Type.String(),
        use: Type.String(),
        kid: Type.String(),
      }),
    ),
  },
  { title: 'Jwks' },
);
export type Jwks = Type.Static<typeof Jwks>;
