import * as vscode from 'vscode';
import type { LateMain } from './LateMain';

/**
 * A view of the sidebar, made at the start. VS Code asks what is in it when it is first shown: then the rest of the extension is
 * loaded, which from there on says it, and what the view's title and badge are.
 */
export class TreeStandIn<Node> implements vscode.TreeDataProvider<Node> {
  private readonly changeEmitter = new vscode.EventEmitter<Node | Node[] | null | undefined>();
  readonly onDidChangeTreeData = this.changeEmitter.event;
  readonly view: vscode.TreeView<Node>;
  private provider: vscode.TreeDataProvider<Node> | undefined;

  constructor(
    id: string,
    private readonly main: LateMain,
  ) {
    this.view = vscode.window.createTreeView<Node>(id, { treeDataProvider: this });
  }

  /** Shows what `provider` says. */
  follow(provider: vscode.TreeDataProvider<Node>): void {
    this.provider = provider;
    provider.onDidChangeTreeData?.((nodes) => {
      this.changeEmitter.fire(nodes ?? undefined);
    });
  }

  async getChildren(node?: Node): Promise<Node[]> {
    await this.main.ready();
    return (await this.provider?.getChildren(node)) ?? [];
  }

  getTreeItem(node: Node): vscode.TreeItem | Thenable<vscode.TreeItem> {
    return this.provider?.getTreeItem(node) ?? new vscode.TreeItem('');
  }

  getParent(node: Node): vscode.ProviderResult<Node> {
    return this.provider?.getParent?.(node);
  }

  dispose(): void {
    this.view.dispose();
    this.changeEmitter.dispose();
  }
}
