import type { KnownFailure } from '@tsmicro/web';

/** What the gateway says of an article's fields and would say too little to its author. */
export const draftFailures: readonly KnownFailure[] = [
  {
    message: /^Blog with slug: .* already exists$/s,
    field: 'slug',
    words: 'Another article has this address. Choose another one.',
  },
  {
    message: /^blog not found$/,
    words: 'This article is not there any more. Copy your text before you leave.',
  },
];

/** What the gateway says when an article cannot be submitted. */
export const submissionFailures: readonly KnownFailure[] = [
  {
    message: /^blog is published and its draft has nothing new$/,
    words: 'readers see this very text already.',
  },
];
