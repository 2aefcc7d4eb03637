const levels: Record<number, string> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};
const shownElsewhere = new Set(['level', 'time', 'msg', 'err', 'pid', 'hostname', 'name', 'v']);

/** What a child printed: an entry of pino's JSON, or any other text. */
export interface LogLine {
  /** Milliseconds since 1970; undefined for text. */
  readonly time: number | undefined;
  /** 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal; undefined for text. */
  readonly level: number | undefined;
  readonly message: string;
  /** The fields as `key=value`. */
  readonly details: string;
  /** The stack of an error, line by line. */
  readonly stack: readonly string[];
}

function text(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value) ?? '';
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    return entry !== null && typeof entry === 'object' && 'level' in entry ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}

function levelNumber(level: unknown): number {
  if (typeof level === 'number') return level;
  const found = Object.entries(levels).find(([, label]) => label === String(level).toUpperCase());
  return found ? Number(found[0]) : 30;
}

function errorStack(err: unknown): string[] {
  if (err === null || typeof err !== 'object') return [];
  const { stack, message } = err as { stack?: unknown; message?: unknown };
  return String(stack ?? message ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** Reads one line of a child's output. */
export function parseLogLine(line: string): LogLine {
  const entry = parseEntry(line);
  if (entry === undefined)
    return { time: undefined, level: undefined, message: line, details: '', stack: [] };
  const time = new Date(entry.time as string | number).getTime();
  const details = Object.entries(entry)
    .filter(([key]) => !shownElsewhere.has(key))
    .map(([key, value]) => `${key}=${text(value)}`);
  return {
    time: Number.isNaN(time) ? undefined : time,
    level: levelNumber(entry.level),
    message: String(entry.msg ?? ''),
    details: details.join(' '),
    stack: errorStack(entry.err),
  };
}

/** INFO, WARN ... for pino's numbers. */
export function levelLabel(level: number): string {
  return levels[level] ?? String(level);
}
