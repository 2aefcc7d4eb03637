// npm run generate: writes a service, or a further feature of one, that keeps the law of docs/architecture.md, is routed
// by the gateway, is found by the stack and has tests on real servers. All of it is written, or nothing.
import { join } from 'node:path';
import { cancel, intro } from '@clack/prompts';
import { parseArguments, UsageError, usage } from './arguments.ts';
import { GenerateError, UnsettledError } from './errors.ts';
import { Project } from './project.ts';
import { askWish, Cancelled, completeWish } from './questions.ts';
import { format, link } from './settle.ts';
import { plan, type Wish } from './wish.ts';

function nextSteps({ service, feature }: Wish): string[] {
  const steps = [
    [`npm test -- ${service}`, 'its tests, on real servers'],
    ['npm start', `the gateway answers GET /${service}/${feature}`],
    ['npm run contracts', 'writes its OpenAPI and AsyncAPI documents'],
    ['npm run check', 'types, lint, architecture'],
  ];
  return ['', 'Next:', ...steps.map(([command = '', what]) => `  ${command.padEnd(32)}${what}`)];
}

async function generate(argv: readonly string[]): Promise<void> {
  const project = new Project(join(import.meta.dirname, '..', '..', '..'));
  const given = parseArguments(argv);
  const asking = process.stdin.isTTY && process.stdout.isTTY;
  if (asking) intro('tsmicro: a new service or feature');
  const wish = asking ? await askWish(project, given) : completeWish(project, given);
  const changes = plan(project, wish);
  format(project, changes);
  changes.apply();
  for (const path of changes.created) console.log(`new      ${path}`);
  for (const path of changes.edited) console.log(`changed  ${path}`);
  link(project);
  for (const line of nextSteps(wish)) console.log(line);
}

try {
  await generate(process.argv.slice(2));
} catch (error) {
  if (error instanceof Cancelled) cancel('Nothing was written.');
  else if (error instanceof GenerateError) console.error(`${error.message}\nNothing was written.`);
  else if (error instanceof UnsettledError) console.error(error.message);
  else if (error instanceof UsageError) console.error(`${error.message}\n${usage}`);
  else throw error;
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
