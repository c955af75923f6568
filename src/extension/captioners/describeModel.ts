import * as l10n from '@vscode/l10n';
import { displayLanguage } from '../../base/displayLanguage';
import type { ListedModel } from '../../captioner/endpoint/listedModels';

/** What a server reports of a model, in a few words; may be empty. */
export function describeModel({ takesPictures, thinks, contextTokens }: Omit<ListedModel, 'id' | 'ownedBy'>): string {
  const parts: string[] = [];
  if (takesPictures !== undefined) parts.push(takesPictures ? l10n.t('takes pictures') : l10n.t('text only'));
  if (thinks === true) parts.push(l10n.t('thinks first'));
  if (contextTokens !== undefined) {
    parts.push(l10n.t('context of {0} tokens', contextTokens.toLocaleString(displayLanguage())));
  }
  return parts.join(' · ');
}

/** Models in the order in which they are offered: those that take pictures, those that may, and at last text alone. */
export function inOfferedOrder<Model extends Pick<ListedModel, 'takesPictures'>>(models: readonly Model[]): Model[] {
  const rank = ({ takesPictures }: Model): number => (takesPictures === undefined ? 1 : takesPictures ? 0 : 2);
  return [...models].sort((a, b) => rank(a) - rank(b));
}
