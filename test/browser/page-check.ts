import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

const overflow = await readFile(new URL('./in-page/overflow.js', import.meta.url), 'utf8');
/** Where pictures of the pages go, when somebody wants to look at them. */
const folder = process.env.SCREENSHOTS;
if (folder !== undefined) await mkdir(folder, { recursive: true });

/** A part of the page that breaks a rule, with what axe says of it. */
interface Finding {
  readonly rule: string;
  readonly help: string;
  readonly where: string[];
}

const runAxe = `axe.run(document, { preload: false, resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, help, nodes }) => ({
    rule: id, help, where: nodes.map(({ html, failureSummary }) => html.slice(0, 300) + ' ' + failureSummary),
  })))`;

/** What is wrong with the page, in words: by axe-core, by its width, by its headings. */
export async function pageFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const findings = await page.evaluate<Finding[]>(runAxe);
  const sticksOut = await page.evaluate<string[]>(overflow);
  const headings = await page.locator('h1').count();
  const nameless = await page.locator('img:not([alt])').count();
  return [
    ...findings.map(({ rule, help, where }) => `${rule}: ${help}\n    ${where.join('\n    ')}`),
    ...sticksOut.map((what) => `too wide: ${what}`),
    ...(headings === 1 ? [] : [`it has ${headings} h1`]),
    ...(nameless === 0 ? [] : [`${nameless} pictures without alt`]),
    ...((await page.title()) === '' ? ['it has no title'] : []),
  ];
}

/** Fails with all that is wrong with the page. A picture of the whole of it goes to the folder that SCREENSHOTS names. */
export async function checkPage(page: Page, name: string): Promise<void> {
  if (folder !== undefined)
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: 'disabled' });
  const faults = await pageFaults(page);
  assert.ok(faults.length === 0, `${name} (${page.url()}):\n  ${faults.join('\n  ')}`);
}
