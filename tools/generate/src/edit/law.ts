import { GenerateError } from '../errors.ts';

const page = 'docs/architecture.md';

/** Where the table below a heading begins and ends, in lines. */
function tableBelow(lines: readonly string[], heading: string): { first: number; end: number } {
  const start = lines.indexOf(`## ${heading}`);
  const head = start === -1 ? -1 : lines.findIndex((line, at) => at > start && line.startsWith('|'));
  const end = head === -1 ? -1 : lines.findIndex((line, at) => at > head && !line.startsWith('|'));
  if (head === -1 || end === -1) throw new GenerateError(`${page} has no table below "${heading}"`);
  // Two lines are the table's head.
  return { first: head + 2, end };
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Lets a room import others, in a row of its own behind those of its kind, or in the one it has. */
export function addArrows(text: string, room: string, targets: readonly string[]): string {
  const lines = text.split('\n');
  const { first, end } = tableBelow(lines, 'Arrows');
  const at = lines.findIndex((line, index) => index >= first && index < end && cells(line)[0] === room);
  if (at !== -1) {
    const known = (cells(lines[at] ?? '')[1] ?? '').split(', ').filter((target) => target !== '');
    return lines.with(at, row([room, [...new Set([...known, ...targets])].join(', ')])).join('\n');
  }
  const kind = room.split('/')[0] ?? '';
  const last = lines.findLastIndex((line, index) => index < end && line.startsWith(`| ${kind}/`));
  const place = last < first ? end : last + 1;
  return lines.toSpliced(place, 0, row([room, targets.join(', ')])).join('\n');
}

/** Gives a new service its row of floors. */
export function addFloors(text: string, service: string, feature: string): string {
  const lines = text.split('\n');
  const { end } = tableBelow(lines, 'Floors');
  return lines.toSpliced(end, 0, row([service, feature])).join('\n');
}

/** Puts a feature on the lowest floor of its service, as a sister of those there: it needs none, and all may use it. */
export function addToLowestFloor(text: string, service: string, feature: string): string {
  const lines = text.split('\n');
  const { first, end } = tableBelow(lines, 'Floors');
  const at = lines.findIndex((line, index) => index >= first && index < end && cells(line)[0] === service);
  if (at === -1) throw new GenerateError(`${page} has no row for ${service} below "Floors"`);
  const floors = cells(lines[at] ?? '')[1] ?? '';
  const grown = floors.endsWith(')')
    ? floors.replace(/\)$/, `, ${feature})`)
    : floors.replace(/[^\s,()]+$/, (lowest) => `(${lowest}, ${feature})`);
  return lines.with(at, row([service, grown])).join('\n');
}

/** Shows a folder with what it is in the drawing of the tree, behind the last one of its kind. */
export function addToTree(text: string, kind: 'contracts' | 'services', name: string, what: string): string {
  const lines = text.split('\n');
  const head = lines.indexOf(`    ${kind}/`);
  if (head === -1) return text;
  const end = lines.findIndex((line, at) => at > head && !line.startsWith('      '));
  return lines.toSpliced(end, 0, `      ${`${name}/`.padEnd(18)} ${what}`).join('\n');
}
