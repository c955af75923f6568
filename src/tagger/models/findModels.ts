import type { FoundModel, ModelFolders, ModelListing } from '../../protocol/tagging/modelListing';
import { partialBytesOf } from './downloadedFiles';
import type { CatalogueModel } from './catalogue';
import { modelPlaces, thisMachine, type SearchScope } from './modelPlaces';
import { scanPlace, type Candidate } from './scanPlace';
import { isPinnedFile, VerifiedFiles } from './VerifiedFiles';

/** Which models to find, and where to look. */
export interface ModelSearch {
  catalogue: readonly CatalogueModel[];
  folders: ModelFolders;
  scope?: SearchScope;
  signal?: AbortSignal | undefined;
}

/**
 * The models of the catalogue and where they are on this machine, then those of the extra folders that are not in it.
 * Nothing is copied, and nothing is written but the hashes of files that had to be read.
 * @throws the signal's reason
 */
export async function listModels(search: ModelSearch): Promise<ModelListing[]> {
  const candidates = await allCandidates(search);
  const verified = new VerifiedFiles(search.folders.downloadFolder);
  const listings: ModelListing[] = [];
  for (const model of search.catalogue) {
    const { approximateSize, size } = model.model;
    listings.push({
      id: model.id,
      hint: model.hint,
      inCatalogue: true,
      size: size === undefined || model.tags.size === undefined ? undefined : size + model.tags.size,
      approximateSize: approximateSize + (model.tags.size ?? 0),
      found: await choose(model, candidates, verified, search.signal),
      partialBytes: await partialBytesOf(search.folders, model),
    });
  }
  const listed = new Set(listings.map(({ found }) => found?.model));
  const ids = new Set(search.catalogue.map(({ id }) => id));
  for (const { name, size, ...candidate } of candidates) {
    if (candidate.source !== 'extra-folder' || ids.has(name) || listed.has(candidate.model)) continue;
    const found = foundModel(candidate, false);
    listings.push({ id: name, hint: '', inCatalogue: false, size, approximateSize: size, found, partialBytes: 0 });
  }
  return listings;
}

/**
 * Where a model of the catalogue is on this machine: the pinned one if there is one, else another version of it.
 * @throws the signal's reason
 */
export async function findModel(model: CatalogueModel, search: ModelSearch): Promise<FoundModel | undefined> {
  const verified = new VerifiedFiles(search.folders.downloadFolder);
  return choose(model, await allCandidates(search), verified, search.signal);
}

async function allCandidates({ folders, scope = thisMachine() }: ModelSearch): Promise<Candidate[]> {
  const found = await Promise.all(modelPlaces(folders, scope).map(scanPlace));
  const seen = new Set<string>();
  return found.flat().filter(({ model }) => !seen.has(model) && seen.add(model));
}

async function choose(
  model: CatalogueModel,
  candidates: readonly Candidate[],
  verified: VerifiedFiles,
  signal: AbortSignal | undefined,
): Promise<FoundModel | undefined> {
  const named = candidates.filter(({ name }) => name === model.id);
  // The user may call a folder as they like; the size says what may be in it.
  const renamed = candidates.filter(
    ({ name, source, size }) => name !== model.id && source === 'extra-folder' && size === model.model.size,
  );
  const rank = ({ source, commit }: Candidate): number => (source === 'download' ? 0 : commit === model.commit ? 1 : 2);
  const ordered = [...named.sort((a, b) => rank(a) - rank(b)), ...renamed];
  // First those that are known without being read.
  const unknown: Candidate[] = [];
  for (const candidate of ordered) {
    const answer = await verified.knownAnswer(candidate.model, model.model);
    if (answer === undefined) unknown.push(candidate);
    else if (answer && (await isPinnedFile(candidate.tags, model.tags))) return foundModel(candidate, true);
  }
  for (const candidate of unknown) {
    signal?.throwIfAborted();
    const isVerified =
      (await isPinnedFile(candidate.tags, model.tags)) && (await verified.verify(candidate.model, model.model, signal));
    if (isVerified) return foundModel(candidate, true);
  }
  const [other] = named;
  return other === undefined ? undefined : foundModel(other, false);
}

function foundModel({ source, folder, model, tags }: Omit<Candidate, 'name' | 'size'>, verified: boolean): FoundModel {
  return { source, folder, model, tags, verified };
}
