// The map of the rooms in docs/architecture.md.
import { rooms } from './rooms.mjs';

const begin = '<!-- Written by `npm run docs` from scripts/rooms.mjs. Edit that, not this. -->';
const end = '<!-- The end of the map. -->';

/**
 * A document with its map of the rooms as they are now.
 * @param {string} document Markdown with the two comments between which the map stands
 * @throws when it has not both of them
 */
export function roomMap(document) {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) throw new Error(`docs/architecture.md needs the lines\n${begin}\n${end}`);
  const rows = Object.entries(rooms).map(([room, { what, may }]) => `| \`${room}\` | ${what} | ${may.join(', ')} |`);
  const table = ['| room | what it is for | may import |', '| --- | --- | --- |', ...rows].join('\n');
  return `${document.slice(0, from)}${begin}\n\n${table}\n\n${document.slice(to)}`;
}
