import { ApiError, currentContext } from '@tsmicro/network';
import { fieldFaultOf } from './fault-sentence.ts';
import { failureWords, toSentence } from './words.ts';

/** The labels of a form's fields, by their names in JSON. */
export type FieldLabels = Readonly<Record<string, string>>;

/** A message of the gateway that a form has words of its own for. */
export interface KnownFailure {
  readonly message: RegExp;
  /** Beside which it is shown. @default above the form */
  readonly field?: string;
  readonly words: string;
}

/** What is wrong with a form that was sent, each fault where it belongs. */
export class FormFaults {
  /** What belongs to no field. */
  readonly general: string | undefined;
  /** What the page that shows them is answered with: the status of the refusal. @default 400 */
  readonly status: number;
  readonly #fields: ReadonlyMap<string, string>;

  constructor(fields: Readonly<Record<string, string>> = {}, general?: string, status = 400) {
    this.#fields = new Map(Object.entries(fields));
    this.general = general;
    this.status = status;
  }

  /**
   * The faults that an answer of the gateway names: a 400 by its fields, in plain words with their labels; what it says of
   * anything else, and every other status, in general.
   */
  static from(error: ApiError, labels: FieldLabels, known: readonly KnownFailure[] = []): FormFaults {
    const own = known.find(({ message }) => message.test(error.message));
    if (own !== undefined) {
      return own.field === undefined
        ? new FormFaults({}, own.words, error.status)
        : new FormFaults({ [own.field]: own.words }, undefined, error.status);
    }
    if (error.status !== 400) return new FormFaults({}, generalWords(error), error.status);
    const fields: Record<string, string> = {};
    const rest: string[] = [];
    for (const sentence of error.message.split(', ')) {
      const fault = fieldFaultOf(sentence, labels);
      if (fault === undefined) rest.push(sentence);
      else fields[fault.field] ??= fault.words;
    }
    return new FormFaults(fields, rest.length === 0 ? undefined : toSentence(rest.join(', ')));
  }

  /** What is wrong with a field. */
  of(field: string): string | undefined {
    return this.#fields.get(field);
  }

  get any(): boolean {
    return this.general !== undefined || this.#fields.size > 0;
  }
}

/** No faults: of a form that was not sent yet. */
export const noFaults = new FormFaults();

/** Of a failure of ours, with what whoever looks after the system finds it by. */
function generalWords(error: ApiError): string {
  const requestId = currentContext()?.requestId;
  const words = failureWords(error);
  return error.status === 500 && requestId !== undefined ? `${words} (${requestId})` : words;
}

/** What came of a form. */
export type Attempt<T> = { readonly value: T } | { readonly faults: FormFaults };

/**
 * Does what a form is for; what the gateway refuses becomes faults to show beside what was filled in. A session that has
 * ended, and a fault of this site itself, are thrown on.
 */
export async function attempt<T>(
  work: () => Promise<T>,
  labels: FieldLabels,
  known?: readonly KnownFailure[],
): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    const isOurs = error instanceof ApiError && error.status === 500 && error.cause !== undefined;
    if (!(error instanceof ApiError) || isOurs) throw error;
    return { faults: FormFaults.from(error, labels, known) };
  }
}
