import * as l10n from '@vscode/l10n';
import type { ImageTarget } from '../../protocol/page/bulkEditProtocol';
import type { PageHost } from '../shared/host';

/** How the question gives messages to the user. */
interface Voice {
  say(text: string): void;
  refused(text: string): void;
}

/**
 * The question whether images are to be deleted, which VS Code asks. From the key until the answer there is at most
 * one, and the page refuses keys that would act on the images meanwhile: the question comes a round trip later, and
 * what is pressed until then would act behind it.
 */
export class DeleteQuestion {
  private asking: AbortController | undefined;

  constructor(
    private readonly host: Pick<PageHost, 'tryRequest'>,
    private readonly voice: Voice,
  ) {}

  /** Whether the user has not answered yet. */
  get isAsking(): boolean {
    return this.asking !== undefined;
  }

  /** Has VS Code ask about the images; refused while it asks about others. */
  async ask(target: ImageTarget): Promise<void> {
    if (this.asking !== undefined) {
      this.voice.refused(l10n.t('VS Code is about to ask whether to delete.'));
      return;
    }
    const asking = new AbortController();
    this.asking = asking;
    this.voice.say(l10n.t('Asking…'));
    // Resolves too when it fails; the page says why.
    await this.host.tryRequest('deleteImages', target, asking.signal);
    if (this.asking === asking) this.finish();
  }

  /** Takes the question back, if VS Code has not shown it yet. */
  withdraw(): void {
    const { asking } = this;
    if (asking === undefined) return;
    this.finish();
    asking.abort();
  }

  private finish(): void {
    this.asking = undefined;
    this.voice.say('');
  }
}
