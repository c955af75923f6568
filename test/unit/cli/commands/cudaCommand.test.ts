import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { cuda13, providerFiles } from '../../tagger/cuda/cudaFiles';
import { itOnLinux } from '../../shared/itOnLinux';
import { namesIn, testFolder, writeFiles } from '../../shared/testFolder';

const program = path.resolve(__dirname, '../../../dist/cli.js');

describe('The command "cuda"', function () {
  this.timeout(60_000);
  const folder = testFolder();

  function cuda(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const env = { ...process.env, HOME: folder(), XDG_DATA_HOME: path.join(folder(), 'data') };
    return spawnSync(process.execPath, [program, 'cuda', ...args], { encoding: 'utf8', env });
  }

  itOnLinux('says in one sentence why the libraries of a folder cannot be used, and ends with 1', async () => {
    await writeFiles(folder(), { ...providerFiles('old', '1.20.1'), ...providerFiles('other', '1.2.0', cuda13) });
    const old = path.join(folder(), 'old');
    const problem = `${old}/libonnxruntime_providers_cuda.so is of ONNX Runtime 1.20.1; version 1.30.0 is needed.`;
    const asText = cuda('--cuda-folder', old);
    assert.deepEqual([asText.status, asText.stdout, asText.stderr], [1, `CUDA cannot be used: ${problem}\n`, '']);
    const asJson = cuda('--cuda-folder', old, '--cuda-folder', path.join(folder(), 'other'), '--json');
    assert.equal(asJson.status, 1);
    assert.deepEqual(JSON.parse(asJson.stdout), {
      usable: false,
      problem,
      runtimeFolder: null,
      cudaLibraryFolders: [],
      installFolder: path.join(folder(), 'data/dataset-captions/cuda'),
    });
    assert.deepEqual(await namesIn(folder()), ['old', 'other']);
  });

  it('takes "install" or nothing', () => {
    const { status, stdout, stderr } = cuda('remove');
    assert.deepEqual([status, stdout, stderr], [1, '', '"cuda" takes "install" or nothing, not "remove".\n']);
  });
});
