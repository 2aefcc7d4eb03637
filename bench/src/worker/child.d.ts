/**
 * Tells the bench that this process is ready, then answers its questions by the function of that name. Ends with the bench,
 * however that ends; `close` runs before a polite end.
 */
export function serve(
  answers: Record<string, (question: Record<string, unknown>) => unknown>,
  close?: () => Promise<void>,
): void;
