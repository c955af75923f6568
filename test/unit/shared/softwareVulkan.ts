import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findSoftwareVulkan } from '../../../scripts/softwareVulkan.mjs';

/**
 * Gives the tests of the surrounding `describe` the environment with a GPU that is only software, and no other. Where there
 * is none on this machine they fail, or are left out where SKIP_VULKAN=1 says that this is known; ONNX Runtime finds it
 * on Linux only.
 */
export function softwareVulkan(): () => { VK_ICD_FILENAMES: string } {
  let file: string | undefined;
  before(function () {
    file = process.platform === 'linux' && process.arch === 'x64' ? findSoftwareVulkan() : undefined;
    if (file !== undefined) return;
    if (process.platform !== 'linux' || process.arch !== 'x64' || process.env.SKIP_VULKAN === '1') this.skip();
    throw new Error(
      'There is no software driver of Vulkan on this machine. Install Chromium, which brings one, and libvulkan1, or set SKIP_VULKAN=1 to leave these tests out.',
    );
  });
  return () => ({ VK_ICD_FILENAMES: file ?? '' });
}

/** A driver that does what another one does until a file is there: from then on its device is lost. */
const source = `
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
typedef void (*Function)(void);
typedef Function (*Get)(void *, const char *);
static Get deviceGet;
static int (*submit)(void *, unsigned, const void *, void *);
static void *driver(void) {
  static void *handle;
  if (!handle) handle = dlopen(getenv("TEST_DRIVER"), RTLD_NOW);
  return handle;
}
static int submitOrLose(void *queue, unsigned count, const void *submits, void *fence) {
  return access(getenv("TEST_LOST"), F_OK) == 0 ? -4 : submit(queue, count, submits, fence);
}
static Function ofDevice(void *device, const char *name) {
  Function function = deviceGet(device, name);
  if (!function || strcmp(name, "vkQueueSubmit")) return function;
  submit = (int (*)(void *, unsigned, const void *, void *))function;
  return (Function)submitOrLose;
}
Function vk_icdGetInstanceProcAddr(void *instance, const char *name) {
  Function function = ((Get)dlsym(driver(), "vk_icdGetInstanceProcAddr"))(instance, name);
  if (!function || strcmp(name, "vkGetDeviceProcAddr")) return function;
  deviceGet = (Get)function;
  return (Function)ofDevice;
}
Function vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name) {
  return ((Get)dlsym(driver(), "vk_icdGetPhysicalDeviceProcAddr"))(instance, name);
}
int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned *version) {
  return ((int (*)(unsigned *))dlsym(driver(), "vk_icdNegotiateLoaderICDInterfaceVersion"))(version);
}
`;

/**
 * Builds that driver with the C compiler of the machine.
 * @param folder where it is put
 * @param icd of the driver that it stands before
 * @param lost the file that takes the device away
 * @returns its environment; undefined where there is no compiler
 */
export function losingDriver(folder: string, icd: string, lost: string): Record<string, string> | undefined {
  const [code, library, file] = ['driver.c', 'driver.so', 'icd.json'].map((name) => path.join(folder, name));
  writeFileSync(code!, source);
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', library!, code!, '-ldl'], { stdio: 'pipe' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  const description = { file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.0.5' } };
  writeFileSync(file!, JSON.stringify(description));
  const driver = path.join(path.dirname(icd), 'libvk_swiftshader.so');
  return { VK_ICD_FILENAMES: file!, TEST_DRIVER: driver, TEST_LOST: lost };
}
