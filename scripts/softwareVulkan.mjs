// Finds the graphics card that is only software and comes with Chromium: SwiftShader, a driver of Vulkan.
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';

const name = 'vk_swiftshader_icd.json';
const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome', '/opt/chromium.org/chromium'];
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib/x86_64-linux-gnu'];

/**
 * The file that tells Vulkan's loader where SwiftShader is; undefined where there is none, or no loader.
 * @returns {string | undefined} absolute path, for VK_ICD_FILENAMES
 */
export function findSoftwareVulkan() {
  if (!hasVulkanLoader()) return undefined;
  const chromium = process.env.CHROMIUM ?? '';
  const beside = chromium !== '' && existsSync(chromium) ? [path.dirname(realpathSync(chromium))] : [];
  return [...beside, ...folders].map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

/** Whether `libvulkan.so.1` is installed. */
export function hasVulkanLoader() {
  return libraryFolders.some((folder) => existsSync(path.join(folder, 'libvulkan.so.1')));
}
