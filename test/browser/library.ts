import { articles, comments } from './articles.ts';
import type { Account, Article, Stage } from './stage.ts';

/** People of every role, and what they have written: enough that every page has something to show. */
export interface Library {
  readonly author: Account;
  readonly editor: Account;
  readonly reader: Account;
  /** Published; the first one has comments, and waits at the desk with a new text. */
  readonly published: readonly Article[];
  readonly draft: Article;
  /** Waits at the desk for the first time. */
  readonly submitted: Article;
}

/** Fills an empty system. */
export async function fillLibrary(stage: Stage): Promise<Library> {
  const author = await stage.account('Ada Winter', 'AUTHOR');
  const second = await stage.account('Jonas Lind', 'AUTHOR');
  const editor = await stage.account('Edith Marlow', 'EDITOR');
  const reader = await stage.account('Rita Sommer');
  const published: Article[] = [];
  for (const [index, words] of [...articles.slice(1).reverse(), articles[0]].entries()) {
    if (words) published.unshift(await stage.published(index % 3 === 1 ? second : author, words));
  }
  const [first] = published;
  if (first === undefined) throw new Error('no article to begin with');
  for (const { text, answers } of comments.toReversed()) {
    const { _id } = await stage.comment(reader, first._id, text);
    for (const [index, answer] of answers.entries())
      await stage.comment(index % 2 === 0 ? second : reader, first._id, answer, _id);
  }
  const rude = await stage.comment(reader, first._id, 'Buy cheap rivers at my shop!');
  await stage.system.data('PUT', `/blog/editor/comments/hide/id/${rude._id}`, {
    token: editor.tokens.accessToken,
  });
  const token = author.tokens.accessToken;
  const draftText = (articles[0]?.draftText ?? '')
    .replace('It begins with rain, high up.', 'It begins with snow, high up, which melts in May.')
    .replace('- gravel, which it moves only on its few wild days,\n', '')
    .replace('## The end, which is none', '## The end, which is a beginning');
  await stage.system.data('PUT', '/blog/author', { token, body: { _id: first._id, draftText } });
  await stage.system.data('PUT', `/blog/author/submit/id/${first._id}`, { token });
  const draft = await stage.draft(author, { title: 'Notes on fog', tags: ['NATURE'] });
  const submitted = await stage.submitted(author, {
    title: 'The last ferry of the evening',
    description: 'It leaves at ten to ten, and it does not wait.',
    tags: ['TRAVEL', 'WATER'],
  });
  return { author, editor, reader, published, draft, submitted };
}
