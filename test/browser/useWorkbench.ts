import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetView } from './DatasetView';
import { makeScratch, removeScratch } from './datasetFiles';
import { Workbench, type WorkbenchOptions } from './Workbench';

/** How the window of a suite is opened: {@link WorkbenchOptions}, and what its folder says. */
export interface SuiteWorkbenchOptions extends Partial<WorkbenchOptions> {
  /** settings of the workspace, which hold from the first moment */
  workspaceSettings?: Record<string, unknown>;
}

/** Nothing is saved but by hand. */
export const unsavedSettings = { 'datasetCaptions.autoSaveDelay': 0, 'files.autoSave': 'off' };

/**
 * The window that the tests of a suite have in common, because each start of VS Code costs as much as several tests, and
 * for each test a copy of the sample dataset of its own. After a test that failed the next one gets another window.
 */
export class SuiteWorkbench {
  /** the folder of the window */
  scratch = '';
  /** what the Explorer calls the dataset of this test */
  name = '';
  private opened: Workbench | undefined;
  private tests = 0;

  constructor(private readonly options: () => SuiteWorkbenchOptions) {}

  /** The folder of this test's dataset. */
  get dataset(): string {
    return path.join(this.scratch, this.name);
  }

  /** The window; it opens when it is first asked for. */
  async window(): Promise<Workbench> {
    const { workspaceSettings, ...options } = this.options();
    if (this.opened === undefined && workspaceSettings !== undefined) {
      await mkdir(path.join(this.scratch, '.vscode'), { recursive: true });
      await writeFile(path.join(this.scratch, '.vscode/settings.json'), JSON.stringify(workspaceSettings));
    }
    return (this.opened ??= await Workbench.open({ folder: this.scratch, ...options }));
  }

  /** Opens the dataset of this test, or another folder of the window. */
  async open(name = this.name): Promise<DatasetView> {
    return DatasetView.open(await this.window(), name);
  }

  async begin(): Promise<void> {
    this.scratch = await makeScratch();
  }

  async beginTest(): Promise<void> {
    this.tests++;
    this.name = this.tests === 1 ? 'dataset' : `dataset${String(this.tests)}`;
    if (this.tests > 1) await cp('test/fixtures/sample-dataset', this.dataset, { recursive: true });
  }

  /** @param test that has ended */
  async endTest(test: { state?: string | undefined; title: string } | undefined): Promise<void> {
    if (test?.state === 'failed') {
      await this.opened?.disposeAfter(test);
      this.opened = undefined;
    } else {
      await this.opened?.closeEditors();
    }
  }

  async end(): Promise<void> {
    await this.opened?.dispose();
    await removeScratch(this.scratch);
  }
}

/** A window for the tests of a suite, and for each of them a dataset of its own; both go after them. */
export function useWorkbench(options: SuiteWorkbenchOptions | (() => SuiteWorkbenchOptions) = {}): SuiteWorkbench {
  const suite = new SuiteWorkbench(typeof options === 'function' ? options : () => options);
  before(() => suite.begin());
  beforeEach(() => suite.beginTest());
  afterEach(async function () {
    // The last test leaves its window as it is: it goes anyway.
    await suite.endTest(this.currentTest);
  });
  after(() => suite.end());
  return suite;
}
