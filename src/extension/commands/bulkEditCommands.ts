import * as vscode from 'vscode';
import {
  blankEditForm,
  type EditForm,
  type EditOperation,
  type WantedEdit,
} from '../../protocol/page/bulkEditProtocol';
import type { GridPanel } from '../editor/GridPanel';
import { pathIn, textIn } from './commandArguments';
import type { PaletteCommands } from './PaletteCommands';

/** Registers the commands that open the dialog for bulk edits. */
export function registerBulkEditCommands(commands: PaletteCommands): vscode.Disposable {
  const registerEdit = (name: string, form: Partial<EditForm>): vscode.Disposable =>
    commands.registerOnGrid(name, (grid, argument) => {
      openEdit(grid, argument, form);
    });
  /** For a tag of the tag view, in all captions. */
  const registerTagEdit = (name: string, operation: EditOperation): vscode.Disposable =>
    commands.registerOnGrid(name, (grid, argument) => {
      const find = textIn(argument, 'tag');
      if (find === undefined) return;
      grid.openBulkEdit({ scope: 'all', form: { operation, find, replacement: '', match: 'exact' } });
    });
  return vscode.Disposable.from(
    registerEdit('datasetCaptions.editTags', {}),
    registerEdit('datasetCaptions.addTags', { operation: 'addTags' }),
    registerEdit('datasetCaptions.removeTags', { operation: 'removeTags' }),
    registerEdit('datasetCaptions.replaceTags', { operation: 'replaceTags' }),
    registerTagEdit('datasetCaptions.renameTag', 'replaceTags'),
    registerTagEdit('datasetCaptions.removeTag', 'removeTags'),
  );
}

/**
 * Opens the dialog for bulk edits.
 * @param argument a card's context (`path`), or what to fill in: `scope` and fields of the form
 */
function openEdit(grid: GridPanel, argument: unknown, form: Partial<EditForm>): void {
  const { session } = grid;
  const path = pathIn(argument);
  if (path !== undefined && !session.selection.has(path)) session.select({ kind: 'only', path });
  const wanted = wantedIn(argument);
  grid.openBulkEdit({ ...wanted, form: { ...wanted.form, ...form } });
}

function wantedIn(argument: unknown): WantedEdit {
  if (typeof argument !== 'object' || argument === null) return { form: {} };
  const given = argument as Record<string, unknown>;
  const entries = Object.entries(blankEditForm).filter(([name, usual]) => typeof given[name] === typeof usual);
  const form = Object.fromEntries(entries.map(([name]) => [name, given[name]])) as Partial<EditForm>;
  const { scope } = given;
  return scope === 'selection' || scope === 'filtered' || scope === 'all' ? { scope, form } : { form };
}
