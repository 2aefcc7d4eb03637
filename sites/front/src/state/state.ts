import type { PrivateBlog } from '../blog.ts';

/** How far an article has come, in the words that its author and editors read. */
export interface State {
  /** The word on the badge. */
  readonly word: string;
  /** What the badge looks like. */
  readonly badge: 'draft' | 'waiting' | 'live';
  /** What it means, and what can be done. */
  readonly explanation: string;
}

/** Whether the draft says something that readers do not see yet. */
export const hasNews = ({ published, text, draftText }: PrivateBlog) => !published || text !== draftText;

/** The state of an article. */
export function stateOf(blog: PrivateBlog): State {
  const { published, submitted, publishedAt } = blog;
  if (published && submitted) {
    return {
      word: 'Published, new text submitted',
      badge: 'waiting',
      explanation:
        'Readers see the text that was published last, until an editor publishes the new one. A change takes the submission back.',
    };
  }
  if (published && hasNews(blog)) {
    return {
      word: 'Published, with changes',
      badge: 'live',
      explanation:
        'Readers see the text that was published last. Submit the new one when it is ready for an editor.',
    };
  }
  if (published) {
    return {
      word: 'Published',
      badge: 'live',
      explanation:
        'Readers see this text. A new one stays a draft until an editor publishes it; the other fields change for readers at once.',
    };
  }
  if (submitted) {
    return {
      word: 'Submitted',
      badge: 'waiting',
      explanation: 'It waits for an editor. A change takes the submission back; then submit it again.',
    };
  }
  return publishedAt === undefined
    ? {
        word: 'Draft',
        badge: 'draft',
        explanation: 'Only you see it. Submit it when it is ready for an editor.',
      }
    : {
        word: 'Draft, was published',
        badge: 'draft',
        explanation: 'An editor took it from readers. Submit it again when it is ready.',
      };
}
