import * as vscode from 'vscode';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { CardItem } from '../../protocol/page/cardProtocol';
import { type PictureQuestion, type PictureRequests, previewSizeFor } from '../../protocol/page/pictureProtocol';
import type { GridSession } from '../grid/GridSession';
import type { AddAddresses } from '../grid/gridViewHandlers';
import type { Thumbnails } from './Thumbnails';

/** In which order waiting pictures are made, lowest first. */
const rank = { urgent: 0, thumbnail: 1, preview: 2 };

/** Returns the address at which a page can load a file. */
type UriOf = (file: vscode.Uri) => vscode.Uri;

/**
 * Adds to cards where their thumbnails are, as far as they have been made: a page in a browser far away then need not
 * ask for each.
 */
export function thumbnailAddresses(session: GridSession, thumbnails: Thumbnails, uriOf: UriOf): AddAddresses {
  const add = async (card: CardItem): Promise<CardItem> => {
    const { path, imageVersion } = card;
    const imagePath = session.document.dataset.absolute(path);
    // Without a cache there are no thumbnails: the page asks, and is told why.
    const file = await thumbnails.made({ imagePath, imageVersion }).catch(() => undefined);
    return file === undefined ? card : { ...card, thumbnail: addressOf(file, imageVersion, uriOf) };
  };
  return (cards) => Promise.all(cards.map(add));
}

function addressOf(file: string, imageVersion: string, uriOf: UriOf): string {
  return uriOf(vscode.Uri.file(file))
    .with({ query: `v=${imageVersion}` })
    .toString();
}

/** Answers what a page asks about pictures. */
export function pictureHandlers(
  session: GridSession,
  thumbnails: Thumbnails,
  uriOf: UriOf,
): RequestHandlers<PictureRequests> {
  const absolute = (path: string): string => session.document.dataset.absolute(session.image(path).path);
  const order = ({ path, imageVersion, fresh }: PictureQuestion): Parameters<Thumbnails['get']>[0] => ({
    imagePath: absolute(path),
    imageVersion,
    fresh: fresh === true,
  });
  const answer = (file: string, { imageVersion }: PictureQuestion): { uri: string } => ({
    uri: addressOf(file, imageVersion, uriOf),
  });
  return {
    getThumbnail: async (question, signal) =>
      answer(await thumbnails.get({ ...order(question), rank: rank.thumbnail }, signal), question),
    getPreview: async ({ size, region, urgent, ...question }, signal) => {
      const preview = {
        ...order(question),
        size: previewSizeFor(size),
        region,
        rank: urgent === true ? rank.urgent : rank.preview,
      };
      return answer(await thumbnails.get(preview, signal), question);
    },
    getImageInfo: ({ path, imageVersion }) => thumbnails.info(absolute(path), imageVersion),
  };
}
