import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { RecordingServer } from '../models/hubServer';

/** What a test changes about a feed. */
export interface FeedOptions {
  versions?: string[];
  /** of the package in the catalogue, base64 */
  hash?: string | undefined;
  /** compresses the documents of the registration whatever was asked for */
  compressed?: boolean;
  /** stops sending the package after so many bytes, once */
  stopAfter?: number;
}

/** A package feed (NuGet V3) on this machine with one package, `test.gpu` 1.30.0. */
export class FeedServer {
  readonly packageName = 'Test.Gpu';
  readonly server: RecordingServer;
  private options: FeedOptions;

  constructor(
    private readonly content: Buffer,
    options: FeedOptions = {},
  ) {
    this.options = { hash: createHash('sha512').update(content).digest('base64'), ...options };
    this.server = new RecordingServer('127.0.0.1', (request, response) => {
      const url = request.url ?? '';
      if (url.endsWith('.nupkg')) {
        const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
        const rest = content.subarray(start);
        response.writeHead(start === 0 ? 200 : 206, {
          'content-length': rest.length,
          ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
        });
        const { stopAfter } = this.options;
        if (request.method === 'HEAD') response.end();
        else if (stopAfter === undefined) response.end(rest);
        else response.write(rest.subarray(0, stopAfter));
        return;
      }
      const document = this.document(url);
      if (document === undefined) response.writeHead(404).end();
      else {
        const text = JSON.stringify(document);
        response.end(url.startsWith('/registration') && this.options.compressed === true ? gzipSync(text) : text);
      }
    });
  }

  get index(): string {
    return `${this.server.origin}/index.json`;
  }

  /** The GET requests for the package itself: where each began. */
  get packageRequests(): (string | undefined)[] {
    return this.server.gets.filter(({ path }) => path.endsWith('.nupkg')).map(({ headers }) => headers.range);
  }

  change(options: FeedOptions): void {
    this.options = { ...this.options, ...options };
  }

  /** Sends the package whole from now on. */
  goOn(): void {
    delete this.options.stopAfter;
  }

  private document(url: string): unknown {
    const { origin } = this.server;
    switch (url) {
      case '/index.json':
        return {
          version: '3.0.0',
          resources: [
            { '@id': `${origin}/search`, '@type': 'SearchQueryService' },
            { '@id': `${origin}/registration-gz/`, '@type': 'RegistrationsBaseUrl/3.6.0' },
            { '@id': `${origin}/registration`, '@type': 'RegistrationsBaseUrl' },
            { '@id': `${origin}/content/`, '@type': 'PackageBaseAddress/3.0.0' },
          ],
        };
      case '/content/test.gpu/index.json':
        return { versions: this.options.versions ?? ['1.29.0', '1.30.0'] };
      case '/registration/test.gpu/1.30.0.json':
        return { catalogEntry: `${origin}/catalog/test.gpu.1.30.0.json`, listed: true };
      case '/catalog/test.gpu.1.30.0.json':
        return {
          id: this.packageName,
          packageHash: this.options.hash,
          packageHashAlgorithm: 'SHA512',
          packageSize: this.content.length,
        };
      default:
        return undefined;
    }
  }
}
