import * as vscode from 'vscode';
import type { CategorySource } from '../../jobs/run/tagCategories';
import { tagListFile } from '../settings/settings';
import type { Taggers } from '../taggers/Taggers';

/** Absolute paths of the lists of tags that the window knows: the user's own, and those of the taggers. */
export async function knownTagFiles(taggers: Pick<Taggers, 'allTagFiles'>): Promise<string[]> {
  const own = tagListFile();
  return [...(own === '' ? [] : [own]), ...(await taggers.allTagFiles())];
}

/** Where the categories of tags come from in the window: the user's own list, and those of the taggers. */
export function categorySource(
  taggers: Pick<Taggers, 'allTagFiles'>,
  signal = new AbortController().signal,
): CategorySource {
  return {
    files: () => knownTagFiles(taggers),
    onNote: (note) => {
      void vscode.window.showWarningMessage(note);
    },
    signal,
  };
}
