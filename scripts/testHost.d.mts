/** How a test host is started. */
export interface TestHostOptions {
  /** folders of extensions: the one under development, and others that are installed beside it */
  extensionPaths: readonly string[];
  /**
   * folder where the packed product is installed, which then takes the place of the checkout among the extensions; without it
   * what `DATASET_CAPTIONS_INSTALLED` names, which `npm test` sets
   */
  installed?: string;
  /** the folder, or `.code-workspace` file, that the workbench opens unless an address names another */
  folder?: string;
  /** user settings, beside those that keep the workbench quiet */
  settings?: Record<string, unknown>;
  /** where the server keeps its data; a temporary folder, removed at the end, when absent */
  serverDataDir?: string;
  /** the port to listen on; a free one when absent */
  port?: number;
  /** environment variables that the extension host sees */
  env?: Record<string, string>;
  /** leaves workspace trust on: the folder that is opened is not trusted */
  trust?: boolean;
  /** has all extensions that come with VS Code, in place of the few that the tests need */
  allBuiltIn?: boolean;
}

/** A running VS Code server. */
export interface TestHost {
  readonly port: number;
  readonly serverDataDir: string;
  /** The end of what the server has printed. */
  log(): string;
  /** The address of a workbench. */
  url(folder?: string, options?: { testsPath?: string }): string;
  /** Ends the server and all that it started, and removes its temporary data. */
  stop(): Promise<void>;
}

export const quietSettings: Readonly<Record<string, unknown>>;
export function startTestHost(options: TestHostOptions): Promise<TestHost>;
export function installTestHost(log: (line: string) => void): Promise<void>;
export function findChromium(log: (line: string) => void): Promise<string>;
