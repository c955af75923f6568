import { EventEmitter, TreeItem, window, type ProviderResult, type TreeDataProvider, type TreeView } from 'vscode';
import type { LateMain } from './LateMain';

/**
 * A view of the sidebar, made at the start. VS Code asks what is in it when it is first shown: then the rest of the extension is
 * loaded, which from there on says it, and what the view's title and badge are.
 */
export class TreeStandIn<Node> implements TreeDataProvider<Node> {
  private readonly changeEmitter = new EventEmitter<Node | Node[] | null | undefined>();
  readonly onDidChangeTreeData = this.changeEmitter.event;
  readonly view: TreeView<Node>;
  private provider: TreeDataProvider<Node> | undefined;

  constructor(
    id: string,
    private readonly main: LateMain,
  ) {
    this.view = window.createTreeView<Node>(id, { treeDataProvider: this });
  }

  /** Shows what `provider` says. */
  delegateTo(provider: TreeDataProvider<Node>): void {
    this.provider = provider;
    provider.onDidChangeTreeData?.((nodes) => {
      this.changeEmitter.fire(nodes ?? undefined);
    });
  }

  async getChildren(node?: Node): Promise<Node[]> {
    await this.main.ready();
    return (await this.provider?.getChildren(node)) ?? [];
  }

  getTreeItem(node: Node): TreeItem | Thenable<TreeItem> {
    return this.provider?.getTreeItem(node) ?? new TreeItem('');
  }

  getParent(node: Node): ProviderResult<Node> {
    return this.provider?.getParent?.(node);
  }

  dispose(): void {
    this.view.dispose();
    this.changeEmitter.dispose();
  }
}
