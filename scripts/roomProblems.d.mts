/** A room: its idea in one line, and the rooms that its files may import. */
export interface Room {
  what: string;
  may: readonly string[];
}

export interface Plan {
  /** by their folder below `src/` */
  rooms: Readonly<Record<string, Room>>;
  /** what the files of each house may import from `node_modules`; `node:` for Node's own modules */
  packages: Readonly<Record<string, readonly string[]>>;
}

/** What of `src` below `root` is not as the plan says, one sentence for each. */
export function roomProblems(root: string, plan: Plan): Promise<{ problems: string[]; files: number }>;
