const whole = new Intl.NumberFormat('en');

/** Stands where there is nothing to say. */
export const unknown = '–';

/** A number of things, as in `1,204`. */
export const count = (number: number) => whole.format(Math.round(number));

/** How often a second, as short as it can be read at a glance: `0`, `<0.1`, `3.2`, `412`. */
export function rate(perSec: number | undefined): string {
  if (perSec === undefined) return unknown;
  if (perSec <= 0) return '0';
  if (perSec < 0.1) return '<0.1';
  return perSec < 9.95 ? perSec.toFixed(1) : count(perSec);
}

/** How long something takes: `0.4 ms`, `38 ms`, `1.2 s`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return unknown;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

const ageUnits: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** How long ago something was, in its two largest units: `12 s`, `4 min`, `3 h 12 min`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const at = ageUnits.findIndex(([size]) => seconds >= size);
  const [size, name] = ageUnits[at] ?? [1, 's'];
  const large = `${Math.floor(seconds / size)} ${name}`;
  const [smallSize, smallName] = ageUnits[at + 1] ?? [1, 's'];
  const small = Math.floor((seconds % size) / smallSize);
  return at === -1 || name === 'min' || small === 0 ? large : `${large} ${small} ${smallName}`;
}

/** A part of a whole, from 0 to 1: `97 %`. */
export function share(ratio: number | undefined): string {
  if (ratio === undefined) return unknown;
  const percent = ratio * 100;
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** How much memory: `88 MiB`. */
export const memory = (mebibytes: number | undefined) =>
  mebibytes === undefined ? unknown : `${count(mebibytes)} MiB`;
