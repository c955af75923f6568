import { EventEmitter, TreeItem, window, type ProviderResult, type TreeDataProvider, type TreeView } from 'vscode';
import type { LateMain } from './LateMain';

/**
 * A view of the sidebar that is registered at the start. VS Code asks for its content when it is first shown: that
 * loads the rest of the extension, which then provides the content and sets the title and badge of the view.
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

  /** Shows the content of `provider` from now on. */
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
