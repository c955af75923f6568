import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import type { EndpointAccess } from '../../captioner/endpoint/checkEndpoint';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import { languageModelEndpoint } from '../../protocol/captioning/languageModelAddress';
import { errorMessage } from '../../protocol/channel/wireError';
import type { ModelListing } from '../../protocol/tagging/modelListing';
import { addCaptioner, chooseCaptioner, removeCaptioner } from '../settings/captionerSettings';
import type { Models } from '../taggers/Models';
import type { TaggerItem, TaggerPicker } from '../taggers/TaggerPicker';
import type { AddCaptioner } from './AddCaptioner';
import { openCaptionerSettings, type Captioners } from './Captioners';
import { modelOf } from './chosenOf';
import type { EndpointKeys } from './EndpointKeys';
import { pictureModels } from './LanguageModels';
import { nameFor } from './newCaptioner';
import { firstSentence, whereOf } from './profileText';

/**
 * Debounce: the list is filled anew only this long after the last key, in milliseconds. Over a slow link the window is
 * ahead of what is known here, and filling it would throw the user back.
 */
const quietTime = 500;
/** How long a server may take to say which models it has, while the list is shown, in milliseconds. */
const lookTimeout = 5000;

interface PickerItem extends TaggerItem {
  /** a captioner of the settings */
  profile?: CaptionerProfile;
  /** a model of VS Code that is no captioner of the settings yet */
  model?: vscode.LanguageModelChat;
  add?: true;
}

/** What is found out while the list is shown. */
interface Found {
  listings: readonly ModelListing[];
  /** by name of the captioner, what is missing at its servers, in words */
  missing: ReadonlyMap<string, string>;
  models: readonly vscode.LanguageModelChat[];
}

/**
 * *Select Captioner*: one list of the taggers and the captioners, from which the user selects what writes captions.
 */
export class CaptionerPicker {
  private readonly edit: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('settings-gear'),
    tooltip: vscode.l10n.t('Edit in the settings'),
  };
  private readonly setKey: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('key'),
    tooltip: vscode.l10n.t('Set its key'),
  };
  private readonly remove: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('trash'),
    tooltip: vscode.l10n.t('Remove'),
  };

  constructor(
    private readonly captioners: Captioners,
    private readonly taggers: TaggerPicker,
    private readonly models: Models,
    private readonly keys: EndpointKeys,
    private readonly adding: AddCaptioner,
    private readonly listModels: (access: EndpointAccess, signal: AbortSignal) => Promise<readonly { id: string }[]>,
  ) {}

  /** Lets the user select what captions. */
  async select(): Promise<void> {
    const picked = await this.pick();
    if (picked === undefined) return;
    if (picked.add === true) await this.adding.run();
    else if (picked.model !== undefined) await this.useModel(picked.model);
    else if (picked.profile !== undefined) await chooseCaptioner(picked.profile.name);
    // This selects the taggers instead of a captioner, even if the choice among the taggers did not change.
    else if (await this.taggers.choose(picked)) await chooseCaptioner('');
  }

  private async pick(): Promise<PickerItem | undefined> {
    const quickPick = vscode.window.createQuickPick<PickerItem>();
    quickPick.title = vscode.l10n.t('Select Captioner');
    quickPick.placeholder = vscode.l10n.t('What captions: taggers write tags, captioners sentences');
    quickPick.matchOnDescription = true;
    quickPick.matchOnDetail = true;
    quickPick.busy = true;
    const cancel = new AbortController();
    const found: Found = { listings: [], missing: new Map(), models: [] };
    let touched = -Infinity;
    let timer: NodeJS.Timeout | undefined;
    const touch = (): void => {
      touched = performance.now();
    };
    quickPick.onDidChangeValue(touch);
    quickPick.onDidChangeActive(touch);
    const showWhenQuiet = (): void => {
      clearTimeout(timer);
      if (cancel.signal.aborted) return;
      const wait = touched + quietTime - performance.now();
      if (wait > 0) timer = setTimeout(showWhenQuiet, wait);
      else show();
    };
    const show = (): void => {
      const [active] = quickPick.activeItems;
      const items = this.items(found);
      // The user may be moving to an item: keep the active one, the scroll position and what is typed.
      quickPick.items = items;
      if (active !== undefined) quickPick.activeItems = items.filter((item) => isSame(item, active)).slice(0, 1);
    };
    show();
    const looking = [
      this.models.list().then(
        (listings) => {
          found.listings = listings;
          showWhenQuiet();
        },
        (thrown: unknown) => {
          void vscode.window.showErrorMessage(vscode.l10n.t('The models cannot be listed: {0}', errorMessage(thrown)));
        },
      ),
      pictureModels().then((models) => {
        found.models = models;
        if (models.length > 0) showWhenQuiet();
      }),
      this.missing(AbortSignal.any([cancel.signal, AbortSignal.timeout(lookTimeout)])).then((missing) => {
        found.missing = missing;
        if (missing.size > 0) showWhenQuiet();
      }),
    ];
    void Promise.all(looking).then(() => {
      if (!cancel.signal.aborted) quickPick.busy = false;
    });
    try {
      return await new Promise((resolve) => {
        quickPick.onDidAccept(() => {
          resolve(quickPick.selectedItems[0]);
        });
        quickPick.onDidHide(() => {
          resolve(undefined);
        });
        quickPick.onDidTriggerItemButton(({ item, button }) => {
          quickPick.hide();
          void this.press(button, item);
        });
        quickPick.show();
      });
    } finally {
      cancel.abort();
      clearTimeout(timer);
      quickPick.dispose();
    }
  }

  private items({ listings, missing, models }: Found): PickerItem[] {
    const { captioners, taggers } = this;
    const { chosen, profiles } = captioners;
    const isInUse = chosen.by === 'taggers';
    const known = new Set(profiles.flatMap(({ endpoints }) => endpoints));
    const others = models.filter((model) => !known.has(languageModelEndpoint(model)));
    const byTaggers = [
      separator(vscode.l10n.t('Taggers')),
      ...taggers.items(listings, isInUse),
      separator(''),
      ...taggers.actions(),
    ];
    const isChosen = ({ name }: CaptionerProfile): boolean => name === captioners.name;
    const inOrder = [...profiles.filter(isChosen), ...profiles.filter((profile) => !isChosen(profile))];
    const byCaptioners = [
      separator(vscode.l10n.t('Captioners')),
      ...inOrder.map((profile) => this.profileItem(profile, missing.get(profile.name))),
      ...(others.length === 0 ? [] : [separator(vscode.l10n.t('Models of VS Code'))]),
      ...others.map((model) => ({
        label: model.name,
        description: model.vendor,
        detail: vscode.l10n.t('For one image or a selection, in the window. VS Code asks before it is used.'),
        model,
      })),
      separator(''),
      {
        label: vscode.l10n.t('$(add) Add Captioner…'),
        detail: vscode.l10n.t(
          'A vision-language model of your own or of a service: Ollama, vLLM, LM Studio, OpenRouter…',
        ),
        add: true as const,
        alwaysShow: true,
      },
    ];
    // What is in use is at hand, with others of its kind.
    return isInUse ? [...byTaggers, ...byCaptioners] : [...byCaptioners, ...byTaggers];
  }

  private profileItem(profile: CaptionerProfile, missing: string | undefined): PickerItem {
    const isSelected = this.captioners.name === profile.name;
    const where = whereOf(profile);
    const isServer = modelOf(profile) === undefined;
    return {
      label: profile.name,
      description: isSelected ? vscode.l10n.t('selected · {0}', where) : where,
      detail: missing === undefined ? firstSentence(profile.prompt) : `$(warning) ${missing}`,
      profile,
      buttons: [this.edit, ...(isServer ? [this.setKey] : []), this.remove],
    };
  }

  /** Checks the servers of all captioners, each once, and says what is missing there. Does not throw. */
  private async missing(signal: AbortSignal): Promise<Map<string, string>> {
    const missing = new Map<string, string>();
    const profiles = this.captioners.profiles.filter((profile) => modelOf(profile) === undefined);
    const listed = new Map<string, Promise<string[]>>();
    if (profiles.length === 0) return missing;
    const modelsAt = (endpoint: string): Promise<string[]> => {
      const known =
        listed.get(endpoint) ??
        this.access(endpoint)
          .then((access) => this.listModels(access, signal))
          .then(names);
      listed.set(endpoint, known);
      return known;
    };
    await Promise.all(
      profiles.flatMap(({ name, endpoints, model }) =>
        endpoints.map(async (endpoint) => {
          try {
            const models = await modelsAt(endpoint);
            const isThere = model === '' || models.includes(model) || models.includes(`${model}:latest`);
            if (!isThere) missing.set(name, vscode.l10n.t('{0} does not list the model {1}.', endpoint, model));
          } catch (thrown) {
            missing.set(
              name,
              signal.aborted ? vscode.l10n.t('{0} does not answer.', endpoint) : firstSentence(errorMessage(thrown)),
            );
          }
        }),
      ),
    );
    return missing;
  }

  private async access(endpoint: string): Promise<EndpointAccess> {
    const key = await this.keys.get(endpoint);
    return { endpoint, ...(key === undefined ? {} : { key }) };
  }

  /** Makes a captioner of a model of VS Code, whose prompt can then be edited as that of any other. */
  private async useModel(model: vscode.LanguageModelChat): Promise<void> {
    const name = nameFor(
      model.name,
      this.captioners.profiles.map((profile) => profile.name),
    );
    await addCaptioner({ name, endpoints: [languageModelEndpoint(model)] });
    await chooseCaptioner(name);
  }

  private async press(button: vscode.QuickInputButton, item: PickerItem): Promise<void> {
    const { profile } = item;
    if (profile === undefined) this.taggers.press(button, item);
    else if (button === this.edit) await openCaptionerSettings();
    else if (button === this.setKey) await this.keys.ask(profile.endpoints[0] ?? '');
    else if (button === this.remove) await this.removeProfile(profile);
  }

  private async removeProfile({ name }: CaptionerProfile): Promise<void> {
    const action = vscode.l10n.t('Remove');
    const question = vscode.l10n.t('Remove the captioner {0} from the settings?', name);
    const detail = vscode.l10n.t('What it wrote stays. Its prompt is lost.');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) !== action) return;
    const wasSelected = this.captioners.name === name;
    await removeCaptioner(name);
    if (wasSelected) await chooseCaptioner('');
  }
}

function names(models: readonly { id: string }[]): string[] {
  return models.map(({ id }) => id);
}

function isSame(a: PickerItem, b: PickerItem): boolean {
  return a.label === b.label && a.profile?.name === b.profile?.name && a.model?.id === b.model?.id;
}

function separator(label: string): PickerItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
