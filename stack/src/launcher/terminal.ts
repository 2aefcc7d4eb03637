import { mkdirSync } from 'node:fs';
import type { Home } from '../home/home.ts';
import { LogFile } from '../log/file.ts';
import { formatLine, wantsColour } from '../log/format.ts';
import { parseLogLine } from '../log/line.ts';

const infoLevel = 30;
const warnLevel = 40;
const stackName = 'stack';

/** Where lines for people go. */
export type Print = (line: string) => void;

/** What the person who started the stack sees, and the log files that keep all of it. */
export class Terminal implements Disposable {
  readonly #home: Home;
  readonly #print: Print;
  readonly #colour = wantsColour(process.stdout);
  readonly #files = new Map<string, LogFile>();
  #showAll = false;
  #unwritable = false;

  constructor(home: Home, print: Print) {
    this.#home = home;
    this.#print = print;
    mkdirSync(home.logDir, { recursive: true, mode: 0o700 });
  }

  /** Tells how the start goes on; kept in the stack's own log. */
  tell(line: string): void {
    this.#keep(infoLevel, line.trim());
    this.#print(line);
  }

  /** Tells what went well with a process; kept in the stack's own log. */
  inform(message: string): void {
    this.#report(infoLevel, message);
  }

  /** Tells what went wrong with a process; kept in the stack's own log. */
  warn(message: string): void {
    this.#report(warnLevel, message);
  }

  /**
   * A line that a service printed: everything once the stack is ready, warnings before. Text without a level then
   * waits for the message that says why the start failed; so it does for a process `onTrial`.
   */
  service(name: string, line: string, onTrial = false): void {
    this.#write(name, line);
    const { level = 0 } = parseLogLine(line);
    if ((this.#showAll && !(onTrial && level === 0)) || level >= warnLevel)
      this.#print(formatLine(name, line, this.#colour));
  }

  /** A line that a server printed: kept in its log. What matters of it is told when the server ends. */
  server(name: string, line: string): void {
    this.#write(name, line);
  }

  /** Tells, once, that the stack's folder cannot be written: what runs goes on without logs and records. */
  warnUnwritable(error: unknown): void {
    if (this.#unwritable) return;
    this.#unwritable = true;
    const why = error instanceof Error ? error.message : String(error);
    this.warn(
      `${this.#home.path} cannot be written (${why}): all goes on, but logs and records have gaps. ` +
        `Stop it with Ctrl-C or kill ${process.pid}, then start it again`,
    );
  }

  /** From now on the services' lines are shown. */
  showServices(): void {
    this.#showAll = true;
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.values()) file[Symbol.dispose]();
  }

  #report(level: number, message: string): void {
    this.#print(formatLine(stackName, this.#keep(level, message), this.#colour));
  }

  #keep(level: number, message: string): string {
    const line = JSON.stringify({ level, time: Date.now(), msg: message });
    this.#write(stackName, line);
    return line;
  }

  #write(name: string, line: string): void {
    try {
      this.#file(name).write(line);
    } catch (error) {
      this.warnUnwritable(error);
    }
  }

  #file(name: string): LogFile {
    const known = this.#files.get(name);
    if (known) return known;
    const file = new LogFile(this.#home.logFile(name));
    this.#files.set(name, file);
    return file;
  }
}
