import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { GridSnapshot } from '../../protocol/page/gridProtocol';
import { formatNumber, plural, pluralForm, withElements } from '../shared/displayLanguage';
import { errorIcon, folderIcon, imageIcon, searchIcon } from '../shared/icons';

/** The actions on such a page. */
interface PageActions {
  refresh: () => void;
  clearSearch: () => void;
}

/** The page that replaces the grid and says why there are no images; undefined when there are some. */
export function standInPage(snapshot: GridSnapshot, actions: PageActions): TemplateResult | undefined {
  switch (snapshot.state) {
    case 'missing':
      return page(folderIcon, l10n.t('This folder is gone'), [
        html`<p>${l10n.t('It was moved, renamed or deleted. Bring it back and try again.')}</p>`,
        keptText(snapshot),
        html`<p class="path">${snapshot.folderPath}</p>`,
        html`<vscode-button @click=${actions.refresh}>${l10n.t('Retry')}</vscode-button>`,
      ]);
    case 'error':
      return page(errorIcon, l10n.t('This folder cannot be read'), [
        html`<p>${snapshot.message}</p>`,
        keptText(snapshot),
        html`<p class="path">${snapshot.folderPath}</p>`,
        html`<vscode-button @click=${actions.refresh}>${l10n.t('Retry')}</vscode-button>`,
      ]);
    case 'scanning':
      if (snapshot.total === 0) return scanningPage(snapshot.message);
      break;
    case 'ready':
      if (snapshot.total > 0) break;
      return page(imageIcon, l10n.t('No images in this folder'), [
        html`<p>
          ${l10n.t('Images are files such as JPEG, PNG, WebP, BMP, GIF, AVIF or TIFF, here or in folders inside.')}
        </p>`,
        html`<p class="path">${snapshot.folderPath}</p>`,
        html`<vscode-button appearance="secondary" @click=${actions.refresh}>${l10n.t('Look Again')}</vscode-button>`,
      ]);
  }
  if (snapshot.matching === 0) {
    return page(searchIcon, l10n.t('No captions or file names match'), [
      html`<p class="no-match">
        ${withElements(
          pluralForm(
            l10n.t('Nothing among {0} image matches {1}.|Nothing among {0} images matches {1}.'),
            snapshot.total,
          ),
          formatNumber(snapshot.total),
          html`<q>${snapshot.query}</q>`,
        )}
      </p>`,
      html`<vscode-button appearance="secondary" @click=${actions.clearSearch}
        >${l10n.t('Clear Search')}</vscode-button
      >`,
    ]);
  }
  return undefined;
}

function page(icon: TemplateResult, title: string, body: (TemplateResult | typeof nothing)[]): TemplateResult {
  return html`<div class="page">
    <div class="page-icon">${icon}</div>
    <h1>${title}</h1>
    ${body}
  </div>`;
}

/** Says that unsaved captions are kept although the folder no longer exists. */
function keptText({ unsaved }: GridSnapshot): TemplateResult | typeof nothing {
  if (unsaved === 0) return nothing;
  return html`<p>
    ${plural(
      l10n.t(
        '{0} caption not saved yet: the text is kept and is there again with the folder.|{0} captions not saved yet: the text is kept and is there again with the folder.',
      ),
      unsaved,
    )}
  </p>`;
}

/** The page during the scan of the folder. */
export function scanningPage(message: string): TemplateResult {
  return html`<div class="page">
    <div class="scan" role="progressbar" aria-label=${l10n.t('Reading the folder')}></div>
    <h1>${l10n.t('Reading the folder')}</h1>
    <p>${message}</p>
  </div>`;
}
