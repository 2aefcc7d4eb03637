export type { Static, TObject, TProperties, TSchema } from 'typebox';
export * as Type from './type.ts';
