/**
 * Folders that systems and network disks put among the files of their users, for thumbnails, trash, snapshots and
 * repairs, in lower case. Images in them are not the user's: Synology (`@eaDir`, `#recycle`), QNAP (`@Recycle`,
 * `@__thumb`), Netatalk, NetApp (`~snapshot`), Windows, Linux (`lost+found`), and macOS in its zips.
 */
const leftOut: ReadonlySet<string> = new Set([
  '@eadir',
  '@tmp',
  '@sharesnap',
  '@sharebin',
  '#recycle',
  '#snapshot',
  '#recycled',
  '@recycle',
  '@recycled',
  '@recently-snapshot',
  '@snapshot',
  '@__thumb',
  '~snapshot',
  'network trash folder',
  'temporary items',
  'thevolumesettingsfolder',
  'thefindbycontentfolder',
  'system volume information',
  '$recycle.bin',
  '$recycled',
  'recycler',
  'lost+found',
  '__macosx',
]);

/**
 * Whether a folder of this name is left out of datasets, with all that is in it: it is hidden, or one of those that
 * systems and network disks make for themselves.
 */
export function isLeftOutFolder(name: string): boolean {
  return name.startsWith('.') || leftOut.has(name.toLowerCase()) || /^found\.\d{3}$/i.test(name);
}
