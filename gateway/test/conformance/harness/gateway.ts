/** What kinds of gateways the suite knows. */
export type GatewayName = 'embedded' | 'kong' | 'nginx';

/** A gateway that the suite is run against; disposing of it leaves nothing behind. */
export interface GatewayUnderTest extends AsyncDisposable {
  readonly name: GatewayName;
  /** As in `http://127.0.0.1:8000`. */
  readonly baseUrl: string;
  /** Under which host the gateway finds servers that this process opens. */
  readonly serverHost: string;
  /** Whether several processes answer, which take a new declaration one after the other. */
  readonly severalProcesses: boolean;
  /** The plugins that a declaration may name here. */
  readonly plugins: ReadonlySet<string>;
  /**
   * Puts a declarative configuration (format 3.0, YAML) into force instead of the last one. It may take effect a
   * moment later.
   */
  load(declaration: string): Promise<void>;
  /** Has it load a declaration that is wrong; rejects unless it says what is wrong, in words that match. */
  refuse?(declaration: string, complaint: RegExp): Promise<void>;
  /** The memory of its process that is in use, where this machine knows. */
  residentBytes?(): Promise<number>;
}
