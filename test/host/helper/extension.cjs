const { Buffer } = require('node:buffer');
const vscode = require('vscode');

/** What is on the virtual disk `memory:`, by its paths. */
const files = new Map([
  ['/pictures/cat.png', Buffer.from('no picture')],
  ['/pictures/cat.txt', Buffer.from('cat')],
]);
const isFolder = (path) => [...files.keys()].some((file) => file.startsWith(path === '/' ? path : `${path}/`));
const readOnly = () => {
  throw vscode.FileSystemError.NoPermissions();
};

/** Registers a file system that is no disk, as that of a repository which is looked at without a clone. */
exports.activate = ({ subscriptions }) => {
  const changed = new vscode.EventEmitter();
  const provider = {
    onDidChangeFile: changed.event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: ({ path }) => {
      const content = files.get(path);
      if (content === undefined && !isFolder(path)) throw vscode.FileSystemError.FileNotFound(path);
      const type = content === undefined ? vscode.FileType.Directory : vscode.FileType.File;
      return { type, ctime: 0, mtime: 0, size: content?.length ?? 0 };
    },
    readDirectory: ({ path }) => {
      const below = path === '/' ? path : `${path}/`;
      const names = [...files.keys()].filter((file) => file.startsWith(below)).map((file) => file.slice(below.length));
      const kinds = names.map((name) => [
        name.split('/')[0],
        name.includes('/') ? vscode.FileType.Directory : vscode.FileType.File,
      ]);
      return [...new Map(kinds)];
    },
    readFile: ({ path }) => {
      const content = files.get(path);
      if (content === undefined) throw vscode.FileSystemError.FileNotFound(path);
      return content;
    },
    createDirectory: readOnly,
    writeFile: readOnly,
    delete: readOnly,
    rename: readOnly,
  };
  subscriptions.push(changed, vscode.workspace.registerFileSystemProvider('memory', provider, { isReadonly: true }));
};
