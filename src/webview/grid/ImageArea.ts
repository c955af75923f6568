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
import { WaitingKeys, type WaitingWords } from './WaitingKeys';

/** How long keys wait for the host to say where a folder begins or what a search finds, in milliseconds. */
const patience = 2500;

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

  private readonly keys = new WaitingKeys();

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
        @results-awaited=${this.onResultsAwaited}
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
    // Text typed from now on was not meant for the caption in which the key was pressed.
    const stay = (reason: string): false => {
      refused(reason);
      grid.model.moveTo(grid.model.active, 'cell');
      return false;
    };
    const arrive = (next: number | 'none' | 'late' | undefined): boolean => {
      if (next === 'late') return stay(l10n.t('The folder was not found in time. Press the key again.'));
      if (next === undefined || this.items?.order !== order) {
        return stay(l10n.t('The folder was not found because images came or went. Press the key again.'));
      }
      if (next !== 'none') grid.model.jumpTo(next, true);
      return true;
    };
    this.waitFor(answer, grid, arrive, {
      refused: l10n.t('Looking for the folder…'),
      dropped: l10n.t('The keys that waited for the folder had no effect.'),
    });
  }

  private readonly onResultsAwaited = ({ detail }: CustomEvent<{ results: Promise<void> }>): void => {
    const { grid } = this;
    if (grid === null) return;
    this.waitForResults(grid, detail.results, () => {
      grid.model.moveTo(grid.model.active, 'cell');
    });
  };

  /**
   * A card has asked for another search, which may hide it: until it is known which image is at the user's place, keys
   * wait, lest they act on one that goes.
   * @param place what the card is in, and the keys are pressed in
   * @param leave moves the focus out of the caption; called when it takes too long
   */
  waitForResults(place: HTMLElement, results: Promise<void>, leave: () => void): void {
    const shown = results.then(async () => {
      // What the host has told is in the grid's model then.
      await new Promise((resolve) => setTimeout(resolve));
      await this.grid?.model.whenCaughtUp();
    });
    const arrive = (outcome: unknown): boolean => {
      if (outcome !== 'late') return true;
      refused(l10n.t('The search takes long. The keys that waited for it had no effect.'));
      leave();
      return false;
    };
    this.waitFor(shown, place, arrive, {
      refused: l10n.t('Searching…'),
      dropped: l10n.t('The keys that waited for the search had no effect.'),
    });
  }

  /** Has keys wait for an answer, but not longer than {@link patience}. */
  private waitFor<T>(
    answer: Promise<T>,
    place: HTMLElement,
    arrive: (answer: T | 'late') => boolean,
    words: WaitingWords,
  ): void {
    const late = new Promise<'late'>((resolve) => {
      setTimeout(resolve, patience, 'late');
    });
    const ready = Promise.race([answer, late]).then((first) => () => arrive(first));
    this.keys.wait(place, ready, words);
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
