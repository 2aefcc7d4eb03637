import { select, text } from '@clack/prompts';
import type { PartialWish } from './arguments.ts';
import { UsageError } from './arguments.ts';
import { singular } from './name.ts';
import type { Project, Store } from './project.ts';
import { objectionToNewFeature, objectionToNewService, objectionToPort, type Wish } from './wish.ts';

/** The person has left the questions. */
export class Cancelled extends Error {}

function answered<Answer extends string>(answer: Answer | symbol): Answer {
  if (typeof answer === 'symbol') throw new Cancelled();
  return answer;
}

async function askText(
  message: string,
  initialValue: string,
  objection: (answer: string) => string | undefined,
): Promise<string> {
  const validate = (answer: string | undefined) => objection(answer ?? '');
  return answered(await text({ message, validate, ...(initialValue !== '' && { initialValue }) }));
}

async function askStore(): Promise<Store> {
  const choice = await select<Store>({
    message: 'Where does it keep its data?',
    options: [
      { value: 'postgres', label: 'PostgreSQL', hint: 'a database and a role of its own, migrations' },
      { value: 'mongo', label: 'MongoDB', hint: 'a database of its own, indexes' },
      { value: 'none', label: 'in memory', hint: 'gone when the process ends' },
    ],
  });
  return answered<Store>(choice);
}

async function askService(project: Project, given: PartialWish): Promise<Wish> {
  const service =
    given.service ??
    (await askText('What is the service called?', '', (name) => objectionToNewService(project, name)));
  const feature =
    given.feature ??
    (await askText('What does it deal in?', singular(service), (name) =>
      objectionToNewFeature(project, service, name),
    ));
  const store = given.store ?? (await askStore());
  const port =
    given.port ??
    Number(
      await askText('Which port does it listen on?', String(project.freePort()), (answer) =>
        objectionToPort(project, Number(answer)),
      ),
    );
  return { kind: 'service', service, feature, store, port };
}

async function askFeature(project: Project, given: PartialWish): Promise<Wish> {
  const options = project.services().map((value) => ({ value, label: value }));
  const service =
    given.service ?? answered(await select<string>({ message: 'Which service is it for?', options }));
  const feature =
    given.feature ??
    (await askText('What is the feature called?', '', (name) =>
      objectionToNewFeature(project, service, name),
    ));
  return { kind: 'feature', service, feature };
}

/** Asks for what the command line has left open. @throws {Cancelled} */
export async function askWish(project: Project, given: PartialWish): Promise<Wish> {
  const kind =
    given.kind ??
    answered(
      await select<'service' | 'feature'>({
        message: 'What do you want?',
        options: [
          { value: 'service', label: 'a new service', hint: 'with a first feature, routed by the gateway' },
          { value: 'feature', label: 'a feature for a service', hint: 'a further thing that it deals in' },
        ],
      }),
    );
  return kind === 'service' ? await askService(project, given) : await askFeature(project, given);
}

/** The wish of a command line with defaults for what it leaves open. @throws {UsageError} when a name is missing */
export function completeWish(project: Project, given: PartialWish): Wish {
  const { kind, service, feature } = given;
  if (kind === undefined) throw new UsageError('say what to generate: there is no terminal to ask on');
  if (service === undefined) throw new UsageError('say the name of the service');
  if (kind === 'service') {
    const { store = 'postgres', port = project.freePort() } = given;
    return { kind, service, feature: feature ?? singular(service), store, port };
  }
  if (feature === undefined) throw new UsageError('say the name of the feature');
  return { kind, service, feature };
}
