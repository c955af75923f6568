import * as vscode from 'vscode';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import { type PictureQuestion, type PictureRequests, previewSizeFor } from '../../protocol/page/pictureProtocol';
import type { GridSession } from '../grid/GridSession';
import type { Thumbnails } from './Thumbnails';

/** In which order waiting pictures are made, lowest first. */
const rank = { urgent: 0, thumbnail: 1, preview: 2 };

/**
 * Answers what a page asks about pictures.
 * @param uriOf returns the address at which a page can load a file
 */
export function pictureHandlers(
  session: GridSession,
  thumbnails: Thumbnails,
  uriOf: (file: vscode.Uri) => vscode.Uri,
): RequestHandlers<PictureRequests> {
  const absolute = (path: string): string => session.document.dataset.absolute(session.image(path).path);
  const order = ({ path, imageVersion, fresh }: PictureQuestion): Parameters<Thumbnails['get']>[0] => ({
    imagePath: absolute(path),
    imageVersion,
    fresh: fresh === true,
  });
  const answer = (file: string, { imageVersion }: PictureQuestion): { uri: string } => {
    const uri = uriOf(vscode.Uri.file(file));
    return { uri: uri.with({ query: `v=${imageVersion}` }).toString() };
  };
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
