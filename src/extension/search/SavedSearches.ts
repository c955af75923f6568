import * as vscode from 'vscode';
import type { NamedQuery } from '../../dataset/query/suggestQuery';
import type { ImageView } from '../../dataset/view/ImageView';
import { Disposable } from '../shared/Disposable';

const savedKey = 'savedSearches';
const recentKey = 'recentSearches';
/** Maximum number of recent searches. */
const maxRecent = 20;

/** The searches that the user saved under a name, and the recent ones; kept per workspace. */
export class SavedSearches extends Disposable {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changeEmitter.event;

  constructor(private readonly memory: vscode.Memento) {
    super();
  }

  /** The saved searches by name. */
  get saved(): readonly NamedQuery[] {
    const stored = this.memory.get<unknown>(savedKey);
    return Array.isArray(stored) ? stored.filter(isNamedQuery) : [];
  }

  /** The recent searches, newest first. */
  get recent(): readonly string[] {
    const stored = this.memory.get<unknown>(recentKey);
    return Array.isArray(stored) ? stored.filter((query) => typeof query === 'string') : [];
  }

  /** The name under which a search is saved; undefined if it is not saved. */
  nameOf(query: string): string | undefined {
    return this.saved.find((other) => other.query === query.trim())?.name;
  }

  /** Saves a search; replaces the one that already has this name. */
  async save(name: string, query: string): Promise<void> {
    const others = this.saved.filter((other) => other.name !== name);
    const saved = [...others, { name, query: query.trim() }];
    await this.memory.update(
      savedKey,
      saved.sort((a, b) => a.name.localeCompare(b.name)),
    );
    this.changeEmitter.fire();
  }

  async delete(name: string): Promise<void> {
    await this.memory.update(
      savedKey,
      this.saved.filter((other) => other.name !== name),
    );
    this.changeEmitter.fire();
  }

  /** Searches in a view, and adds the search to the recent ones. */
  async searchIn(view: ImageView, query: string): Promise<void> {
    await view.setQuery(query);
    await this.remember(query);
  }

  /** Puts a search at the front of the recent ones. */
  async remember(query: string): Promise<void> {
    const trimmed = query.trim();
    if (trimmed === '' || this.recent[0] === trimmed) return;
    const recent = [trimmed, ...this.recent.filter((other) => other !== trimmed)];
    await this.memory.update(recentKey, recent.slice(0, maxRecent));
  }
}

function isNamedQuery(value: unknown): value is NamedQuery {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'query' in value &&
    typeof value.name === 'string' &&
    typeof value.query === 'string'
  );
}
