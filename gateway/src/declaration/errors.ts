/** A declarative configuration that cannot be used; the message lists every complaint with its file and line. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
  readonly complaints: readonly string[];

  constructor(file: string, complaints: readonly string[]) {
    super(`${file} cannot be used:\n${complaints.map((complaint) => `  ${complaint}`).join('\n')}`);
    this.complaints = complaints;
  }
}
