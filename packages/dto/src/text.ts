import { Type } from '@tsmicro/schema';

/** Text that must be there (white space alone is not), with bounds in Unicode code points. */
export const text = (minLength: number, maxLength: number) =>
  Type.String({ notBlank: true, minLength, maxLength });

/** An email address, at most 254 characters. */
export const Email = Type.String({ notBlank: true, format: 'email', maxLength: 254 });
export type Email = Type.Static<typeof Email>;

/** An absolute http or https URL, at most 2048 characters. */
export const HttpUrl = Type.String({ format: 'http-url', maxLength: 2_048 });
export type HttpUrl = Type.Static<typeof HttpUrl>;
