import * as vscode from 'vscode';
import { inSlices } from '../../base/inSlices';
import { countTagsOf, firstTags } from '../../dataset/tagIndex/TagList';
import { cancellable } from '../api/cancellable';
import type { DatasetAccess } from '../api/DatasetAccess';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import type { CaptionOrigins } from '../../records/originsOf';
import { writeOptions } from '../settings/settings';
import { confirmation, propose, proposedEdits } from './captionProposal';
import { ShownProposals } from './ShownProposals';
import { ToolFolders } from './ToolFolders';
import { list, optionalNumber, optionalText, optionalTruth, readInput } from './toolInput';

/** Limits for the size of a page of results; a model can ask for the next page. */
const page = { least: 1, most: 200, otherwise: 50 };
const offsets = { least: 0, most: Number.MAX_SAFE_INTEGER, otherwise: 0 };

const listSchemas = {
  directory: optionalText,
  query: optionalText,
  offset: optionalNumber(offsets),
  limit: optionalNumber(page),
};
const readSchemas = { directory: optionalText, images: list(page.most), origins: optionalTruth };
const countSchemas = {
  directory: optionalText,
  query: optionalText,
  contains: optionalText,
  limit: optionalNumber(page),
};
const editSchemas = { directory: optionalText };

/** The tools for language models, by their names in package.json. */
export function datasetTools(
  access: DatasetAccess,
  editors: DatasetEditorProvider,
): Record<string, vscode.LanguageModelTool<object>> {
  const folders = new ToolFolders(access, editors);
  return {
    datasetCaptions_listImages: new ListImagesTool(folders, access),
    datasetCaptions_readCaptions: new ReadCaptionsTool(folders, access),
    datasetCaptions_countTags: new CountTagsTool(folders, access),
    datasetCaptions_editCaptions: new EditCaptionsTool(folders),
  };
}

type Invocation = vscode.LanguageModelToolInvocationOptions<object>;
type Preparation = vscode.LanguageModelToolInvocationPrepareOptions<object>;

class ListImagesTool implements vscode.LanguageModelTool<object> {
  constructor(
    private readonly folders: ToolFolders,
    private readonly access: DatasetAccess,
  ) {}

  prepareInvocation(): vscode.PreparedToolInvocation {
    return { invocationMessage: vscode.l10n.t('Listing images of the dataset') };
  }

  invoke({ input }: Invocation, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult> {
    return cancellable(token, async (signal) => {
      const { directory, query, offset, limit } = readInput(listSchemas, input);
      const found = await this.folders.read(directory, signal);
      const images = await this.access.imagesOf(found, query, signal);
      const described = await this.access.describe(found, images.slice(offset, offset + limit), signal);
      return answer({
        directory: found.directory,
        total: images.length,
        offset,
        images: described.map(({ name, hasCaption }) => ({ image: name, hasCaption })),
      });
    });
  }
}

class ReadCaptionsTool implements vscode.LanguageModelTool<object> {
  constructor(
    private readonly folders: ToolFolders,
    private readonly access: DatasetAccess,
  ) {}

  prepareInvocation(): vscode.PreparedToolInvocation {
    return { invocationMessage: vscode.l10n.t('Reading captions of the dataset') };
  }

  invoke({ input }: Invocation, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult> {
    return cancellable(token, async (signal) => {
      const given = readInput(readSchemas, input);
      const names = given.images.map(String);
      const found = await this.folders.read(given.directory, signal);
      const { dataset, prefix, directory } = found;
      const images = names.flatMap((name) => dataset.image(prefix + name) ?? []);
      const described = await this.access.describe(found, images, signal);
      const captions = images.map(({ caption }) => caption);
      const origins = given.origins ? await this.access.originsOf(dataset, captions) : undefined;
      return answer({
        directory,
        captions: described.map(({ name, caption, unsaved }, index) => ({
          image: name,
          caption,
          unsaved,
          ...(origins === undefined ? {} : originsAnswer(origins[index])),
        })),
        notFound: names.filter((name) => dataset.image(prefix + name) === undefined),
      });
    });
  }
}

class CountTagsTool implements vscode.LanguageModelTool<object> {
  constructor(
    private readonly folders: ToolFolders,
    private readonly access: DatasetAccess,
  ) {}

  prepareInvocation(): vscode.PreparedToolInvocation {
    return { invocationMessage: vscode.l10n.t('Counting tags of the dataset') };
  }

  invoke({ input }: Invocation, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult> {
    return cancellable(token, async (signal) => {
      const { directory, query, contains, limit } = readInput(countSchemas, input);
      const found = await this.folders.read(directory, signal);
      const images = await this.access.imagesOf(found, query, signal);
      const counts = await countTagsOf(images, { signal });
      const part = contains?.toLowerCase() ?? '';
      const wanted: [string, number][] = [];
      const take = (one: [string, number]): void => {
        if (one[0].toLowerCase().includes(part)) wanted.push(one);
      };
      await inSlices(counts, take, { signal });
      const tags = await firstTags(wanted, 'count', limit, { signal });
      return answer({ directory: found.directory, images: images.length, totalTags: wanted.length, tags });
    });
  }
}

/** Changes captions after the user has confirmed the changes, as one undoable edit. */
class EditCaptionsTool implements vscode.LanguageModelTool<object> {
  private readonly shown = new ShownProposals();

  constructor(private readonly folders: ToolFolders) {}

  prepareInvocation({ input }: Preparation, token: vscode.CancellationToken): Promise<vscode.PreparedToolInvocation> {
    return cancellable(token, async (signal) => {
      const edits = proposedEdits(input);
      const { directory } = readInput(editSchemas, input);
      const found = await this.folders.read(directory, signal);
      const { dataset, prefix } = found;
      const proposal = propose(dataset, prefix, edits);
      this.shown.remember(input, found.directory, proposal);
      const invocationMessage = vscode.l10n.t('Changing captions of the dataset');
      // Without changes there is nothing to confirm; the answer gives the reasons.
      if (proposal.changes.length === 0) return { invocationMessage };
      const { separator } = writeOptions(vscode.Uri.file(dataset.folder));
      const { title, lines } = confirmation(proposal, separator);
      const message = new vscode.MarkdownString();
      // As plain text: the words of a model or a caption must not be rendered as formatting or links.
      for (const line of lines) message.appendText(line).appendMarkdown('\n\n');
      return { invocationMessage, confirmationMessages: { title, message } };
    });
  }

  invoke({ input }: Invocation, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult> {
    return cancellable(token, async (signal) => {
      const onlyShown = this.shown.take(input);
      const edits = proposedEdits(input);
      const { directory } = readInput(editSchemas, input);
      const closed = await this.folders.read(directory, signal);
      const first = onlyShown(closed.directory, propose(closed.dataset, closed.prefix, edits));
      if (first.changes.length === 0) return answer({ changed: [], refused: first.refused });
      // The folder that was found above: by now, another dataset may be the active one.
      const { document, dataset, prefix } = await this.folders.open(closed.directory, signal);
      if (document === undefined) throw new Error(vscode.l10n.t('The dataset could not be opened.'));
      const { changes, refused } = onlyShown(closed.directory, propose(dataset, prefix, edits));
      if (changes.length === 0) return answer({ changed: [], refused });
      const label = vscode.l10n.t('Edits by a Language Model ({0} captions)', changes.length);
      const { leftOut } = await document.applyEdits(label, changes, {
        by: 'bulk',
        name: vscode.l10n.t('Edits by a Language Model'),
      });
      const reasons = new Map(leftOut.map(({ path, reason }) => [path, reason]));
      const changed = changes.filter(({ caption }) => !reasons.has(caption.path));
      const notChanged = changes.flatMap(({ image, caption }) => {
        const reason = reasons.get(caption.path);
        return reason === undefined ? [] : [{ image, reason }];
      });
      return answer({ changed: changed.map(({ image }) => image), refused: [...refused, ...notChanged] });
    });
  }
}

/** Who wrote the parts of a caption, with times that a model can read. */
function originsAnswer(origins: CaptionOrigins | undefined): object {
  const time = (when: number | undefined): object => (when === undefined ? {} : { when: new Date(when).toISOString() });
  return {
    parts: origins?.parts.map(({ when, ...part }) => ({ ...part, ...time(when) })) ?? [],
    deletedByHand: origins?.deleted.map(({ text, when }) => ({ text, ...time(when) })) ?? [],
  };
}

function answer(result: object): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(result))]);
}
