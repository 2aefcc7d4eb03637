import type { Form } from '@tsmicro/web';
import type { MakeForm } from './new-key-page.ts';

/** What was filled in to make a key. */
export const readMakeForm = (form: Form): MakeForm => ({
  permissions: form.text('permissions'),
  comments: form.text('comments'),
  expiresAt: form.text('expiresAt'),
});

/** A time without a zone, as a browser's field gives it, is meant in UTC: the page says so. */
function toMoment(local: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local) ? `${local}:00Z` : local;
}

/** What the API is asked for. */
export function toCreateApiKey({ permissions, comments, expiresAt }: MakeForm) {
  const end = expiresAt.trim();
  return {
    permissions: [
      ...new Set(
        permissions
          .toUpperCase()
          .split(/[\s,]+/)
          .filter((word) => word !== ''),
      ),
    ],
    comments: comments
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    ...(end === '' ? {} : { expiresAt: toMoment(end) }),
  };
}
