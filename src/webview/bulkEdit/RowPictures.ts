import type { PlanItem } from '../../protocol/page/bulkEditProtocol';
import type { PageHost } from '../shared/host';

/** The pictures in the rows of a preview, each asked for when its row is first shown. */
export class RowPictures {
  private readonly addresses = new Map<string, string | null>();

  /** @param came called after each picture that has come */
  constructor(
    private readonly host: () => PageHost | undefined,
    private readonly came: () => void,
  ) {}

  /** The address of the picture of a row; undefined while there is none. */
  readonly of = ({ images, imageVersion }: Pick<PlanItem, 'images' | 'imageVersion'>): string | undefined => {
    const [path = ''] = images;
    const key = `${path}|${imageVersion}`;
    const known = this.addresses.get(key);
    if (known !== undefined) return known ?? undefined;
    this.addresses.set(key, null);
    this.host()
      ?.request('getThumbnail', { path, imageVersion })
      .then(
        ({ uri }) => {
          this.addresses.set(key, uri);
          this.came();
        },
        // If a picture cannot be shown, the list of changes is useful without it.
        () => undefined,
      );
    return undefined;
  };
}
