import * as l10n from '@vscode/l10n';
import { displayLanguage } from '../../base/displayLanguage';
import { inOneLine, nameInOneLine } from '../../protocol/text/escapeControls';
import type { WriteMode } from '../../tags/writeMode';

/** So many images are named for which a placeholder has nothing. */
const namedImages = 5;

/** What a captioner is to be asked. */
export interface PlannedQuestions {
  /** of the captioner */
  name: string;
  /** where it is, in words; empty where that says no more than its name */
  where: string;
  mode: WriteMode;
  /** how many images it is asked about */
  images: number;
  /** how many of them have a caption that it may change */
  changed: number;
  /** whether there are records of who wrote what in this dataset, without which `update` only adds */
  isRecorded: boolean;
  /** images that it cannot be asked about, by the placeholder that has nothing for them, such as `{tags}` */
  missing: ReadonlyMap<string, readonly { path: string }[]>;
}

/** The question to the user before a captioner is asked about images. */
export function questionBeforeAsking({ images, name }: PlannedQuestions): string {
  const who = nameInOneLine(name);
  return images === 1
    ? l10n.t('Caption 1 image with {0}?', who)
    : l10n.t('Caption {0} images with {1}?', numberText(images), who);
}

/**
 * The details of {@link questionBeforeAsking}: where pictures are sent, what is left out, and what happens to
 * captions.
 */
export function detailBeforeAsking(planned: PlannedQuestions): string {
  const { where, changed, missing } = planned;
  const parts: string[] = [];
  if (where !== '') parts.push(l10n.t('The pictures are sent to {0}.', where));
  parts.push(...missingTexts(missing).map((text) => l10n.t('{0} They are left out.', text)));
  if (changed > 0) parts.push(whatHappens(planned), l10n.t('Undo brings the old captions back.'));
  return parts.join('\n\n');
}

/** For each placeholder that has nothing for some images: which they are. */
export function missingTexts(missing: PlannedQuestions['missing']): string[] {
  return Array.from(missing, ([placeholder, images]) => {
    const named = images.slice(0, namedImages).map(({ path }) => inOneLine(path));
    if (images.length > named.length) named.push('…');
    return images.length === 1
      ? l10n.t('1 image has nothing for {0} of the prompt: {1}.', placeholder, named.join(', '))
      : l10n.t(
          '{0} images have nothing for {1} of the prompt: {2}.',
          numberText(images.length),
          placeholder,
          named.join(', '),
        );
  });
}

function whatHappens({ mode, changed, isRecorded }: PlannedQuestions): string {
  const one = changed === 1;
  const count = numberText(changed);
  switch (mode) {
    case 'append':
      return one
        ? l10n.t('What it writes is appended to 1 caption that is there.')
        : l10n.t('What it writes is appended to {0} captions that are there.', count);
    case 'prepend':
      return one
        ? l10n.t('What it writes is put in front of 1 caption that is there.')
        : l10n.t('What it writes is put in front of {0} captions that are there.', count);
    case 'update': {
      const updated = one
        ? l10n.t('1 caption will be updated: what you wrote or deleted stays so.')
        : l10n.t('{0} captions will be updated: what you wrote or deleted stays so.', count);
      if (isRecorded) return updated;
      return `${updated} ${l10n.t('Who wrote what is not recorded here: what is there counts as yours, and text is only added.')}`;
    }
    case 'replace':
    case 'onlyEmpty':
      return one ? l10n.t('1 caption will be replaced.') : l10n.t('{0} captions will be replaced.', count);
  }
}

function numberText(count: number): string {
  return count.toLocaleString(displayLanguage());
}
