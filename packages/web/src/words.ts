import type { ApiError } from '@tsmicro/network';

/** A sentence out of a message: with a capital letter and a full stop. */
export function toSentence(message: string): string {
  const text = message.trim();
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

function waiting(seconds: number | undefined): string {
  if (seconds === undefined || seconds <= 1) return 'a moment';
  return seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

/** What happened and what to do now, in plain words, whatever the status. */
export function failureWords(error: ApiError): string {
  const { status, message, retryAfterSec } = error;
  switch (status) {
    case 401:
      return message === 'invalid credentials'
        ? 'Email or password is wrong.'
        : 'You have to sign in to see this.';
    case 403:
      return message.includes('role') || message === ''
        ? 'Your account may not do this.'
        : toSentence(message);
    case 404:
      return message === 'url not found'
        ? 'There is no page at this address. It may have moved, or the address has a mistake in it.'
        : `${toSentence(message)} It may have been taken away.`;
    case 413:
      return 'That is too much text to send at once. Make it shorter, then send it again.';
    case 415:
      return 'This form was sent in a way that cannot be read. Load the page again and repeat it.';
    case 429:
      return `That was tried too often. Wait ${waiting(retryAfterSec)}, then try again.`;
    case 500:
      return 'Something went wrong on our side. Nothing that you did caused it.';
    case 502:
    case 503:
      return `A part of the system is not available right now. Try again in ${waiting(retryAfterSec)}.`;
    case 504:
      return 'The answer took too long. Try again in a moment.';
    default:
      return toSentence(message);
  }
}
