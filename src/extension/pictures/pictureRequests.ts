import * as vscode from 'vscode';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import { type PictureQuestion, type PictureRequests, previewSizeFor } from '../../protocol/page/pictureProtocol';
import type { GridPanel } from '../editor/GridPanel';
import type { Thumbnails } from './Thumbnails';

/** Which of the pictures that wait are made first. */
const rank = { urgent: 0, thumbnail: 1, preview: 2 };

/** What the host answers about pictures. */
export function pictureHandlers(grid: GridPanel, thumbnails: Thumbnails): RequestHandlers<PictureRequests> {
  const absolute = (path: string): string => grid.document.dataset.absolute(grid.image(path).path);
  const order = ({ path, imageVersion, fresh }: PictureQuestion): Parameters<Thumbnails['get']>[0] => ({
    imagePath: absolute(path),
    imageVersion,
    fresh: fresh === true,
  });
  const answer = (file: string, { imageVersion }: PictureQuestion): { uri: string } => {
    const uri = grid.panel.webview.asWebviewUri(vscode.Uri.file(file));
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
