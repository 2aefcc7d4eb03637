// Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), as far as it is read here: the
// samples of the metrics that are asked for, one at a time. What is no sample is passed over.

/** The labels of a sample. */
export type Labels = Readonly<Record<string, string>>;

/** One line of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

const maxSamples = 50_000;
const labelForm = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };
const noLabels: Labels = {};

const unescaped = (text: string) =>
  text.includes('\\') ? text.replaceAll(/\\./g, (found) => escapes[found] ?? found) : text;

function labelsIn(text: string): Labels {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(labelForm)) labels[name] = unescaped(value);
  return labels;
}

function numberIn(text: string): number {
  const [value = ''] = text.trim().split(' ', 1);
  return value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
}

function sampleIn(line: string, wanted: ReadonlySet<string>): Sample | undefined {
  const end = line.search(/[{ ]/);
  if (end <= 0) return undefined;
  const name = line.slice(0, end);
  if (!wanted.has(name)) return undefined;
  const close = line[end] === '{' ? line.lastIndexOf('}') : end;
  if (close === -1) return undefined;
  const value = numberIn(line.slice(close + 1));
  if (Number.isNaN(value)) return undefined;
  return { name, labels: close === end ? noLabels : labelsIn(line.slice(end + 1, close)), value };
}

/** The samples whose names are `wanted`, in the order of the text; at most 50,000. */
export function* samplesOf(text: string, wanted: ReadonlySet<string>): Generator<Sample> {
  let left = maxSamples;
  for (let from = 0; from < text.length && left > 0; ) {
    const end = text.indexOf('\n', from);
    const to = end === -1 ? text.length : end;
    const sample = text[from] === '#' ? undefined : sampleIn(text.slice(from, to), wanted);
    from = to + 1;
    if (sample === undefined) continue;
    left--;
    yield sample;
  }
}
