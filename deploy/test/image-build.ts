// Builds what a Dockerfile says in folders instead of layers: enough to see that the files that an image would have are
// there, and that they run. Knows the instructions that ours use, and stops at any other.
import { execFile } from 'node:child_process';
import { cp, glob, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';

const run = promisify(execFile);
/** An installation of packages, on two cores with others beside it. */
const runTimeoutMs = 240_000;

/** An image, as far as a process in it sees one. */
export interface Image extends AsyncDisposable {
  /** The folder that is `/` in the image. */
  root: string;
  workdir: string;
  environment: Record<string, string>;
  user: string;
  command: string[];
  healthCheck: string[];
}

type Stage = Omit<Image, typeof Symbol.asyncDispose> & { args: Record<string, string> };

/** The files that Docker would send, by a `.dockerignore` that leaves out everything but what it names behind `!`. */
async function openContext(project: string, context: string): Promise<void> {
  const lines = (await readFile(join(project, '.dockerignore'), 'utf8')).split('\n');
  const [all, ...rules] = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const astray = rules.find((rule) => !rule.startsWith('!'));
  if (all !== '*' || astray !== undefined)
    throw new Error(`.dockerignore: ${astray ?? 'has to begin with *'}`);
  for await (const found of glob(
    rules.map((rule) => rule.slice(1)),
    { cwd: project },
  )) {
    await cp(join(project, found), join(context, found), { recursive: true, verbatimSymlinks: true });
  }
}

const expand = (text: string, { args, environment }: Stage) =>
  text.replaceAll(/\$\{?(\w+)\}?/g, (_whole, name: string) => args[name] ?? environment[name] ?? '');

const within = ({ root, workdir }: Stage, path: string) =>
  join(root, path.startsWith('/') ? path : join(workdir, path));

async function copy(instruction: Instruction, stage: Stage, from: string): Promise<void> {
  const texts = instruction
    .getArguments()
    .map((argument) => expand(argument.getValue(), stage))
    .filter((text) => !text.startsWith('--'));
  const to = texts.pop() ?? '';
  for (const source of texts) {
    const isFolder = (await stat(join(from, source))).isDirectory();
    const target = isFolder || to.endsWith('/') ? within(stage, to) : dirname(within(stage, to));
    await mkdir(target, { recursive: true });
    // Thousands of small files: `cp` is many times as fast as Node.
    await run('cp', ['-a', join(from, source) + (isFolder ? '/.' : ''), target]);
  }
}

function words(instruction: Instruction): string[] {
  const text = instruction.getRawArgumentsContent() ?? '';
  return JSON.parse(text.slice(text.indexOf('[')));
}

/** Builds the last stage of a Dockerfile; removed afterwards. @throws where a step fails, or is of an unknown kind */
export async function buildImage(
  project: string,
  dockerfile: string,
  buildArgs: Record<string, string>,
): Promise<Image> {
  const home = await mkdtemp(join(tmpdir(), 'tsmicro-image-'));
  const dispose = () => rm(home, { recursive: true, force: true });
  try {
    const stage = await buildStages(project, dockerfile, buildArgs, home);
    return { ...stage, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function buildStages(
  project: string,
  dockerfile: string,
  buildArgs: Record<string, string>,
  home: string,
): Promise<Stage> {
  const context = join(home, 'context');
  await mkdir(context);
  await openContext(project, context);
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  const parsed = DockerfileParser.parse(await readFile(join(project, dockerfile), 'utf8'));
  for (const instruction of parsed.getInstructions()) {
    const keyword = instruction.getKeyword();
    const text = instruction.getArgumentsContent() ?? '';
    if (keyword === 'FROM') {
      stage = await openStage(join(home, `stage-${stages.size}`));
      stages.set(/ AS (\w+)$/i.exec(text)?.[1] ?? `stage-${stages.size}`, stage);
    } else if (stage === undefined) throw new Error(`${dockerfile}: ${keyword} before FROM`);
    else if (keyword === 'ARG') stage.args[text] = buildArgs[text] ?? '';
    else if (keyword === 'COPY') {
      const other = stages.get(/^COPY --from=(\w+)/.exec(instruction.toString())?.[1] ?? '');
      await copy(instruction, stage, other?.root ?? context);
    } else await apply(stage, keyword, instruction);
  }
  if (stage === undefined) throw new Error(`${dockerfile} has no stage`);
  return stage;
}

async function openStage(root: string): Promise<Stage> {
  await mkdir(root);
  return { root, workdir: '/', environment: {}, args: {}, user: '0', command: [], healthCheck: [] };
}

/**
 * What a step gets of this process's environment. Not what npm tells of its own run, such as where the project is: an
 * installation would take place there. Packages that have been fetched before are not fetched again.
 */
function surroundings(): Record<string, string | undefined> {
  const { PATH, HOME, NODE_EXTRA_CA_CERTS, npm_config_cache } = process.env;
  // Where this machine reaches the registry through one that signs by itself, or keeps packages elsewhere, so does npm here.
  const own = { NODE_EXTRA_CA_CERTS, npm_config_cache };
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { PATH, HOME, npm_config_prefer_offline: 'true', ...given };
}

async function apply(stage: Stage, keyword: string, instruction: Instruction): Promise<void> {
  const text = instruction.getArgumentsContent() ?? '';
  switch (keyword) {
    case 'WORKDIR':
      stage.workdir = join('/', expand(text, stage));
      await mkdir(join(stage.root, stage.workdir), { recursive: true });
      break;
    case 'ENV':
      for (const [, name = '', value = ''] of text.matchAll(/(\w+)=(\S+)/g)) stage.environment[name] = value;
      break;
    case 'RUN':
      await run('sh', ['-euc', text], {
        cwd: within(stage, ''),
        env: { ...surroundings(), ...stage.args },
        timeout: runTimeoutMs,
      });
      break;
    case 'USER':
      stage.user = text;
      break;
    case 'CMD':
      stage.command = words(instruction);
      break;
    case 'HEALTHCHECK':
      stage.healthCheck = words(instruction);
      break;
    case 'EXPOSE':
      break;
    default:
      throw new Error(`${keyword} is not understood here`);
  }
}
