import * as l10n from '@vscode/l10n';
import { consume } from '@lit/context';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { GridSnapshot, SelectCommand } from '../../protocol/page/gridProtocol';
import { plural } from '../shared/displayLanguage';
import { actionsContext, type EditorActions } from '../shared/actions';
import { hostContext, type PageHost } from '../shared/host';
import { refused } from '../shared/refused';
import { type ViewChoices, viewChoicesContext } from '../shared/viewChoices';
import type { FirstCards } from './FirstCards';
import type { FolderHeading } from './FolderHeading';
import './FolderHeading';
import type { AskAround } from './GridModel';
import type { ImageGrid } from './ImageGrid';
import './ImageGrid';
import type { ItemWindow } from './ItemWindow';
import { WaitingKeys } from './WaitingKeys';

/** How long keys wait for the host to say where a folder begins, in milliseconds. */
const folderPatience = 2500;

/**
 * The images and the folder heading above them, and the requests of these two to the host. It has no shadow root. Fires
 * `place-changed` with the position and the path of the first image in view.
 */
@customElement('image-area')
export class ImageArea extends LitElement {
  @property({ attribute: false }) snapshot: GridSnapshot | undefined;
  /** The first image in view when the page was left. */
  @property({ attribute: false }) place: { index: number; path: string } = { index: 0, path: '' };
  @property({ attribute: false }) items: ItemWindow | undefined;
  /** Height at the lower end of the page that notices lie over, in CSS pixels. */
  @property({ attribute: false }) covered = 0;
  /** The cards that the page got before it asked. */
  @property({ attribute: false }) first: FirstCards | undefined;
  @consume({ context: viewChoicesContext, subscribe: true }) @state() choices: ViewChoices | undefined;
  @consume({ context: hostContext }) host: PageHost | undefined;
  @consume({ context: actionsContext }) actions: EditorActions | undefined;

  private keys: WaitingKeys | undefined;

  @query('image-grid') private readonly grid!: ImageGrid | null;
  @query('folder-heading') private readonly heading!: FolderHeading | null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { snapshot, choices, place } = this;
    if (snapshot === undefined || choices === undefined) return html``;
    const { key, descending } = snapshot.sort;
    return html`<folder-heading
        ?placed=${snapshot.severalFolders}
        .index=${this.grid?.model.headIndex ?? place.index}
        .order=${snapshot.order}
        .count=${snapshot.matching}
        .byName=${key === 'name'}
        .cardsOrder=${this.items?.order ?? 0}
        .isScanning=${snapshot.state === 'scanning'}
        @go-to-index=${this.onGoToIndex}
      ></folder-heading>
      <image-grid
        .count=${snapshot.matching}
        .order=${snapshot.order}
        .viewKey=${`${key} ${descending}\n${snapshot.query}`}
        .size=${choices.cardSize}
        .mode=${choices.layout}
        .items=${this.items}
        .selectedCount=${snapshot.selected.count}
        .select=${this.select}
        .around=${this.around}
        .covered=${this.covered}
        .startPath=${place.path}
        .startIndex=${place.index}
        @grid-scroll=${this.onGridScroll}
        @folder-key=${this.onFolderKey}
      ></image-grid>`;
  }

  private readonly around: AskAround = (params) => {
    const known = this.first?.take(params);
    if (known !== undefined) return Promise.resolve(known);
    return this.host?.tryRequest('getItemsAround', params) ?? Promise.resolve(undefined);
  };

  private readonly select = async (command: SelectCommand): Promise<GridSnapshot | undefined> => {
    const answer = await this.host?.tryRequest('select', { command });
    if (answer === undefined) return undefined;
    const { count } = answer.snapshot.selected;
    this.actions?.announce(
      count === 0 ? l10n.t('Nothing selected') : plural(l10n.t('{0} image selected|{0} images selected'), count),
    );
    this.host?.applySnapshot(answer.snapshot);
    return answer.snapshot;
  };

  private readonly onGridScroll = (): void => {
    const index = this.grid?.model.firstIndex ?? 0;
    const path = this.items?.at(index)?.path ?? '';
    // While the start image is awaited, what is in view is not the user's place.
    const isPassing = this.grid?.model.isWaiting === true;
    if (path !== '' && !isPassing) this.dispatchEvent(new CustomEvent('place-changed', { detail: { index, path } }));
    // The heading follows the first image in view.
    this.requestUpdate();
  };

  private readonly onFolderKey = (event: CustomEvent<{ direction: 1 | -1 }>): void => {
    const { grid, heading } = this;
    if (grid === null || heading === null) return;
    const { direction } = event.detail;
    const index = grid.model.active;
    const order = this.items?.order ?? 0;
    const next = heading.known(direction, index, order);
    if (typeof next === 'number') grid.model.jumpTo(next, true);
    else if (next === undefined) this.waitForFolder(grid, heading.ask(direction, index, order), order);
  };

  /** Goes to a folder as soon as the host has said where it begins. The keys after that wait, too. */
  private waitForFolder(grid: ImageGrid, answer: Promise<number | 'none' | undefined>, order: number): void {
    this.keys ??= new WaitingKeys(
      grid,
      () => {
        refused(l10n.t('Looking for the folder…'));
      },
      () => {
        refused(l10n.t('The keys that waited for the folder had no effect.'));
      },
    );
    // Out of a caption, into which nothing must be typed any more.
    grid.model.moveTo(grid.model.active, 'cell');
    const late = new Promise<'late'>((resolve) => {
      setTimeout(resolve, folderPatience, 'late');
    });
    const arrive = (next: number | 'none' | 'late' | undefined): boolean => {
      if (next === 'late') {
        refused(l10n.t('The folder was not found in time. Press the key again.'));
        return false;
      }
      if (next === undefined || this.items?.order !== order) {
        refused(l10n.t('The folder was not found because images came or went. Press the key again.'));
        return false;
      }
      if (next !== 'none') grid.model.jumpTo(next, true);
      return true;
    };
    this.keys.wait(Promise.race([answer, late]).then((next) => () => arrive(next)));
  }

  private readonly onGoToIndex = (event: CustomEvent<{ index: number }>): void => {
    this.grid?.model.jumpTo(event.detail.index, false);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'image-area': ImageArea;
  }
}
