// Takes the pictures of the README anew, of a system with articles and traffic of its own: node test/browser/readme-pictures.ts
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fillLibrary, type Library } from './library.ts';
import { Stage } from './stage.ts';

/** Of one who reads: a pause between two pages. */
const pauseMs = 250;
const readers = 12;
/** Until the curves of the last minute show something. */
const trafficMs = 30_000;

/** One who goes from list to article, to its comments, to a tag, as long as `going` says. */
async function read(
  stage: Stage,
  { published, reader }: Library,
  turn: number,
  going: () => boolean,
): Promise<void> {
  for (let step = turn; going(); step++) {
    const { _id, slug } = published[step % published.length] ?? { _id: '', slug: '' };
    const paths = [
      '/blog/list/latest',
      `/blog/slug/${slug}`,
      `/blog/comments/blog/${_id}`,
      '/blog/list/tag/NATURE',
      `/blog/list/similar/id/${_id}`,
      '/auth/profile/mine',
    ];
    await stage.system.ask('GET', paths[step % paths.length] ?? '/', { token: reader.tokens.accessToken });
    if (step % 8 === 0) await (await fetch(`${stage.origin}/`)).arrayBuffer();
    if (step % 90 === 0) await stage.comment(reader, _id, 'I have read it twice.');
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Takes a picture of what fits into the window, for docs/. */
async function take(stage: Stage, path: string, height: number, name: string, waitMs = 0): Promise<void> {
  const file = fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url));
  await using person = await stage.person();
  await person.page.setViewportSize({ width: 1440, height });
  await person.go(path);
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  await person.page.screenshot({ path: file });
  console.log(`${file}: ${Math.round((await stat(file)).size / 1_000)} kB`);
}

await using stage = await Stage.open();
const library = await fillLibrary(stage);
await take(stage, '/', 900, 'front');
const until = performance.now() + trafficMs + 5_000;
const going = () => performance.now() < until;
const visitors = Promise.all(Array.from({ length: readers }, (_, turn) => read(stage, library, turn, going)));
await take(stage, '/console', 880, 'console', trafficMs);
await visitors;
stage.browser.assertSilence();
