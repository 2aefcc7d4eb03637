import { compileValidator, parseJson } from '@tsmicro/network';
import { type Static, Type } from '@tsmicro/schema';

/** A living instance of a service, as it says itself. */
export interface ServiceInstance {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Where its HTTP server is, as in `http://10.0.0.7:8000`; absent when it has none, or says something else. */
  readonly http?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const maxBytes = 256 * 1024;
const word = (maxLength: number) => Type.String({ minLength: 1, maxLength });

/** The part of an INFO that is read here; its endpoints are the larger part. */
const Info = Type.Object({
  type: Type.Literal('io.nats.micro.v1.info_response'),
  name: word(128),
  id: word(128),
  version: word(128),
  metadata: Type.Optional(
    Type.Record(Type.String(), Type.String({ maxLength: 1_024 }), { maxProperties: 32 }),
  ),
});

const validate = compileValidator(Info);

const isInfo = (value: unknown): value is Static<typeof Info> =>
  value !== undefined && validate(value).length === 0;

/** Nothing but protocol, host and port: whoever reads it sends requests there. */
function isHttpAddress(text: string): boolean {
  return /^http:\/\/(?:[\w.-]+|\[[\da-f:.]+\]):[1-9]\d{0,4}$/i.test(text) && URL.canParse(text);
}

/** Reads the INFO of an instance of service `name`; undefined for whatever else came. */
export function parseInstance(name: string, bytes: Uint8Array): ServiceInstance | undefined {
  if (bytes.length > maxBytes) return undefined;
  let info: unknown;
  try {
    info = parseJson(bytes);
  } catch {
    return undefined;
  }
  if (!isInfo(info) || info.name !== name) return undefined;
  const { id, version, metadata = {} } = info;
  const { http } = metadata;
  const reachable = http !== undefined && isHttpAddress(http);
  return Object.freeze({ id, name, version, ...(reachable ? { http } : {}), metadata });
}
