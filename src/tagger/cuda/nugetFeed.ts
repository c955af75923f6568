import * as l10n from '@vscode/l10n';
import { CudaError } from './CudaError';
import type { CudaPackageSource } from './onnxRuntimePackage';

/** A package in a feed, with the size and hash that it must have. */
export interface FeedPackage {
  url: string;
  /** in bytes; undefined if the feed does not state it */
  size: number | undefined;
  /** SHA-512 of the package, base64 */
  sha512: string;
}

/**
 * Reads a JSON document.
 * @returns undefined if the server has no such document (404)
 * @throws when it cannot be read
 */
export type ReadJson = (url: string) => Promise<unknown>;

/**
 * The types of the registration service in the feed's index, in order of preference. Those that send only compressed
 * documents come last.
 */
const registrations = [
  'RegistrationsBaseUrl',
  'RegistrationsBaseUrl/3.0.0-beta',
  'RegistrationsBaseUrl/3.0.0-rc',
  'RegistrationsBaseUrl/3.4.0',
  'RegistrationsBaseUrl/3.6.0',
];

/**
 * Asks a NuGet V3 feed where a package is and what its hash is: service index, package content and registration of
 * https://learn.microsoft.com/nuget/api/overview.
 * @throws CudaError CUDA_FEED_UNREADABLE, CUDA_PACKAGE_MISSING, CUDA_PACKAGE_UNVERIFIABLE; what `readJson` throws
 */
export async function findFeedPackage(source: CudaPackageSource, readJson: ReadJson): Promise<FeedPackage> {
  const { feedIndex, packageName, version } = source;
  const index = await readJson(feedIndex);
  const content = service(index, ['PackageBaseAddress/3.0.0']);
  if (content === undefined) throw unreadable(feedIndex, l10n.t('it is not the index of a package feed'));
  // Names and versions are lower-case in addresses.
  const id = packageName.toLowerCase();
  const wanted = version.toLowerCase();
  const versionsUrl = `${content}${id}/index.json`;
  const versions = field(await readJson(versionsUrl), 'versions');
  if (!Array.isArray(versions) || !versions.includes(wanted)) {
    const message = l10n.t(
      'The package feed has no {0} {1}. Try again later, or install onnxruntime-gpu {2} with pip.',
      packageName,
      version,
      version,
    );
    throw new CudaError('CUDA_PACKAGE_MISSING', versionsUrl, message);
  }
  const registration = service(index, registrations);
  const leaf = registration === undefined ? undefined : await readJson(`${registration}${id}/${wanted}.json`);
  const link = field(leaf, 'catalogEntry');
  const entry = typeof link === 'string' ? await readJson(link) : link;
  const hash = field(entry, 'packageHash');
  const algorithm = field(entry, 'packageHashAlgorithm');
  if (typeof hash !== 'string' || algorithm !== 'SHA512' || Buffer.from(hash, 'base64').length !== 64) {
    const message = l10n.t(
      'The package feed gives no SHA-512 for {0} {1}, so a download could not be verified and was not begun.',
      packageName,
      version,
    );
    throw new CudaError('CUDA_PACKAGE_UNVERIFIABLE', feedIndex, message);
  }
  const size = field(entry, 'packageSize');
  return {
    url: `${content}${id}/${wanted}/${id}.${wanted}.nupkg`,
    size: typeof size === 'number' && size > 0 ? size : undefined,
    sha512: hash,
  };
}

/** The address of a service, with a slash at its end. */
function service(index: unknown, types: readonly string[]): string | undefined {
  const resources: unknown = field(index, 'resources');
  if (!Array.isArray(resources)) return undefined;
  for (const type of types) {
    const address = field(
      resources.find((resource) => [field(resource, '@type')].flat().includes(type)),
      '@id',
    );
    if (typeof address === 'string') return address.endsWith('/') ? address : `${address}/`;
  }
  return undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function unreadable(url: string, why: string): CudaError {
  return new CudaError('CUDA_FEED_UNREADABLE', url, l10n.t('The package feed {0} cannot be used: {1}.', url, why));
}
