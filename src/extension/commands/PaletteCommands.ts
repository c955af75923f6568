import * as vscode from 'vscode';
import { errorMessage } from '../../protocol/channel/wireError';
import type { GridPanel } from '../editor/GridPanel';

/** Says which grid a command of the palette applies to. */
interface ActiveGrid {
  readonly active: GridPanel | undefined;
}

/**
 * Registers the commands of the palette, the menus and the views. All of them report an error in the same way: in the
 * log, and as a message that has the error's own text only. A cancelled command reports nothing.
 */
export class PaletteCommands {
  constructor(
    private readonly editors: ActiveGrid,
    private readonly log: Pick<vscode.LogOutputChannel, 'error'>,
  ) {}

  /** Registers a command that needs no grid. Running it never rejects. */
  register(name: string, action: (...args: never[]) => unknown): vscode.Disposable {
    return vscode.commands.registerCommand(name, async (...args: never[]): Promise<boolean | undefined> => {
      try {
        const answer = await action(...args);
        // Whoever runs it by its name may go on with a yes or no; anything else would be sent to the window in vain.
        return typeof answer === 'boolean' ? answer : undefined;
      } catch (thrown) {
        if (isCancellation(thrown)) return undefined;
        this.log.error(`${name}: ${errorMessage(thrown)}`);
        void vscode.window.showErrorMessage(errorMessage(thrown));
        return undefined;
      }
    });
  }

  /**
   * Registers a command that applies to the grid in front; shows a message if none is open.
   * @param action its `argument` is undefined in the palette; a menu or a view says what it was chosen on
   */
  registerOnGrid(name: string, action: (grid: GridPanel, argument: unknown) => unknown): vscode.Disposable {
    return this.register(name, async (argument?: unknown) => {
      const { active } = this.editors;
      if (active !== undefined) await action(active, argument);
      else void vscode.window.showInformationMessage(vscode.l10n.t('Open a folder as a dataset first.'));
    });
  }
}

/** Whether something was thrown because the user, or a newer call, ended what was under way. */
export function isCancellation(thrown: unknown): boolean {
  return (
    thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === new vscode.CancellationError().name)
  );
}
