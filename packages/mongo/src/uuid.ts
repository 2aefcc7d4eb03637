import { Binary } from 'mongodb';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * A UUID as a gomicro database holds it: its 16 bytes as binary of the generic subtype 0, which is how Go's
 * driver writes a byte array. Filters must use it too, since subtypes differ in comparison.
 * @throws {TypeError} when the text is no UUID
 */
export function toUuidBinary(uuid: string): Binary {
  if (!UUID.test(uuid)) throw new TypeError('not a UUID');
  return new Binary(Buffer.from(uuid.replaceAll('-', ''), 'hex'), Binary.SUBTYPE_DEFAULT);
}

/**
 * The UUID in lower case of a binary of subtype 0 (gomicro) or 4 (the standard).
 * @throws {TypeError} for any other binary
 */
export function fromUuidBinary(binary: Binary): string {
  const known = binary.sub_type === Binary.SUBTYPE_DEFAULT || binary.sub_type === Binary.SUBTYPE_UUID;
  if (!known || binary.length() !== 16) throw new TypeError('not a UUID');
  const hex = Buffer.from(binary.value()).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
