import * as vscode from 'vscode';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import { captionerSettings, chosenCaptioner, usersCaptioners } from '../settings/captionerSettings';
import { Disposable } from '../shared/Disposable';
import { chosenOf, type Chosen } from './chosenOf';

/** The captioners of the user, and which of them is selected. */
export class Captioners extends Disposable {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  /** A captioner was added, changed or removed, or another one was selected. */
  readonly onDidChange = this.changeEmitter.event;
  /** the problems with the setting that the user was told last */
  private lastTold = '';

  constructor(private readonly log: vscode.LogOutputChannel) {
    super();
    this.register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!captionerSettings.some((name) => event.affectsConfiguration(name))) return;
        this.tellProblems();
        this.changeEmitter.fire();
      }),
    );
  }

  get profiles(): readonly CaptionerProfile[] {
    return usersCaptioners().profiles;
  }

  /** What captions now. */
  get chosen(): Chosen {
    return chosenOf(chosenCaptioner(), this.profiles);
  }

  /** The name of the captioner that is selected; undefined where the taggers are. */
  get name(): string | undefined {
    const { chosen } = this;
    if (chosen.by === 'taggers') return undefined;
    return chosen.by === 'nobody' ? chosen.name : chosen.profile.name;
  }

  /**
   * The captioner that new jobs use; undefined if the taggers are selected.
   * @throws Error in words if the captioner that is selected is not there, or is one that no job can ask
   */
  ofJobs(): CaptionerProfile | undefined {
    const { chosen } = this;
    switch (chosen.by) {
      case 'taggers':
        return undefined;
      case 'captioner':
        return chosen.profile;
      case 'languageModel':
        throw new Error(
          vscode.l10n.t(
            '"{0}" is a model of VS Code, which only you can ask, in the window, for an image or a selection. Choose another captioner with Select Captioner.',
            chosen.profile.name,
          ),
        );
      case 'nobody':
        throw new Error(
          vscode.l10n.t(
            'There is no captioner "{0}" in the settings that could be used. Choose another one with Select Captioner.',
            chosen.name,
          ),
        );
    }
  }

  /** Tells the user once what is wrong with the setting, with a button that opens it. */
  tellProblems(): void {
    const { problems } = usersCaptioners();
    const text = problems.join(' ');
    if (text === this.lastTold) return;
    this.lastTold = text;
    if (text !== '') void this.tell(problems);
  }

  private async tell(problems: readonly string[]): Promise<void> {
    for (const problem of problems) this.log.warn(`Captioners: ${problem}`);
    const open = vscode.l10n.t('Open Settings');
    const shown = problems.slice(0, 3).join(' ');
    if ((await vscode.window.showWarningMessage(shown, open)) === open) await openCaptionerSettings();
  }
}

/** Shows the setting with the captioners. */
export async function openCaptionerSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', '@id:datasetCaptions.captioners');
}
