import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetView } from './DatasetView';
import { makeScratch, removeScratch } from './datasetFiles';
import { hasFailed, type TestThatRan } from './hasFailed';
import { Workbench, type WorkbenchOptions } from './Workbench';

/** How the window of a suite is opened: {@link WorkbenchOptions}, and what its folder says. */
export interface SuiteWorkbenchOptions extends Partial<WorkbenchOptions> {
  /** settings of the workspace, which hold from the first moment */
  workspaceSettings?: Record<string, unknown>;
}

/** A window, the folder that it shows, and how many tests have used them. */
interface SharedWindow {
  scratch: string;
  tests: number;
  opened?: Workbench;
}

/** Where the windows of suites that have ended wait for other suites: each test file is a bundle of its own. */
interface WithWindows {
  datasetCaptionsWindows?: Map<string, SharedWindow>;
}
const waiting = ((globalThis as WithWindows).datasetCaptionsWindows ??= new Map<string, SharedWindow>());

after(async () => {
  for (const window of waiting.values()) await close(window);
  waiting.clear();
});

/** How many datasets a window that several tests use has from the beginning. */
const datasetsAtFirst = 16;

/** The name of the dataset of a window's first, second, … test. */
function nameOf(number: number): string {
  return number === 1 ? 'dataset' : `dataset${String(number)}`;
}

async function close({ opened, scratch }: SharedWindow): Promise<void> {
  await opened?.dispose();
  await removeScratch(scratch);
}

/**
 * The window that the tests of a suite have in common, because each start of VS Code costs as much as several tests, and
 * for each test a copy of the sample dataset of its own. After a test that failed the next one gets another window.
 */
export class SuiteWorkbench {
  /** what the Explorer calls the dataset of this test */
  name = '';
  private shared: SharedWindow = { scratch: '', tests: 0 };

  constructor(private readonly options: SuiteWorkbenchOptions | (() => SuiteWorkbenchOptions)) {}

  /** The folder of the window. */
  get scratch(): string {
    return this.shared.scratch;
  }

  /** The folder of this test's dataset. */
  get dataset(): string {
    return path.join(this.scratch, this.name);
  }

  /** The window; it opens when it is first asked for. */
  async window(): Promise<Workbench> {
    if (this.shared.opened !== undefined) return this.shared.opened;
    const given = typeof this.options === 'function' ? this.options() : this.options;
    const { workspaceSettings, ...options } = given;
    if (workspaceSettings !== undefined) {
      await mkdir(path.join(this.scratch, '.vscode'), { recursive: true });
      await writeFile(path.join(this.scratch, '.vscode/settings.json'), JSON.stringify(workspaceSettings));
    }
    return (this.shared.opened = await Workbench.open({ folder: this.scratch, ...options }));
  }

  /** Opens the dataset of this test, or another folder of the window. */
  async open(name = this.name): Promise<DatasetView> {
    return DatasetView.open(await this.window(), name);
  }

  async begin(): Promise<void> {
    const found = this.key === undefined ? undefined : waiting.get(this.key);
    if (this.key !== undefined) waiting.delete(this.key);
    this.shared = found ?? { scratch: await makeScratch(), tests: 0 };
    // Before the window opens: its watcher may miss what happens in folders that were made a moment ago.
    if (this.key !== undefined && found === undefined) {
      for (let number = 2; number <= datasetsAtFirst; number++) await this.makeDataset(nameOf(number));
    }
  }

  async beginTest(): Promise<void> {
    const number = ++this.shared.tests;
    this.name = nameOf(number);
    if (number > (this.key === undefined ? 1 : datasetsAtFirst)) await this.makeDataset(this.name);
  }

  private async makeDataset(name: string): Promise<void> {
    await cp('test/fixtures/sample-dataset', path.join(this.scratch, name), { recursive: true });
  }

  /** @param test that has ended */
  async endTest(test: TestThatRan | undefined): Promise<void> {
    const { opened } = this.shared;
    if (opened === undefined) return;
    if (test === undefined || hasFailed(test)) return this.leaveWindow(test);
    try {
      await opened.closeEditors();
    } catch (error) {
      // Tidying up is no part of what is tested; the next test gets a window of its own.
      console.log(`The window after "${test.title}" could not be tidied up: ${String(error)}`);
      await this.leaveWindow(undefined);
    }
  }

  private async leaveWindow(test: TestThatRan | undefined): Promise<void> {
    const { opened } = this.shared;
    delete this.shared.opened;
    await opened?.disposeAfter(test);
  }

  async end(): Promise<void> {
    if (this.key === undefined) await close(this.shared);
    else waiting.set(this.key, this.shared);
  }

  /** What suites have in common that may use the same window; undefined where it is made for one suite. */
  private get key(): string | undefined {
    return typeof this.options === 'function' ? undefined : JSON.stringify(this.options);
  }
}

/** A window for the tests of a suite, and for each of them a dataset of its own. */
export function useWorkbench(options: SuiteWorkbenchOptions | (() => SuiteWorkbenchOptions) = {}): SuiteWorkbench {
  const suite = new SuiteWorkbench(options);
  before(() => suite.begin());
  beforeEach(() => suite.beginTest());
  afterEach(async function () {
    await suite.endTest(this.currentTest);
  });
  after(() => suite.end());
  return suite;
}
