const maxLength = 4_096;

/** Something as indented JSON, as much of it as a person would read. */
export function readableJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2) ?? 'nothing';
  return text.length <= maxLength
    ? text
    : `${text.slice(0, maxLength)}\n… and ${text.length - maxLength} characters more`;
}
