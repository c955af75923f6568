import assert from 'node:assert/strict';
import { keysOfEnvironment } from '../../../../src/jobs/client/endpointKeys';

describe('The keys of a captioner’s servers in the environment', () => {
  const [hosted, pod] = ['https://openrouter.ai/api/v1', 'http://10.0.0.4:8000/v1'];

  it('are one for all servers', () => {
    assert.deepEqual(keysOfEnvironment([hosted], ' sk-1\n'), { 'https://openrouter.ai': 'sk-1' });
  });

  it('are for the servers that they name, and for no others', () => {
    assert.deepEqual(keysOfEnvironment([hosted, pod], 'https://openrouter.ai=sk-1=='), {
      'https://openrouter.ai': 'sk-1==',
    });
    assert.deepEqual(keysOfEnvironment([hosted, pod], 'https://openrouter.ai=sk-1 http://10.0.0.4:8000=sk-2'), {
      'https://openrouter.ai': 'sk-1',
      'http://10.0.0.4:8000': 'sk-2',
    });
    assert.deepEqual(keysOfEnvironment(['https://evil.example/v1'], 'https://openrouter.ai=sk-1'), {});
  });

  it('are for a server that is named without a scheme, and are sent to no other', () => {
    assert.deepEqual(keysOfEnvironment([hosted, 'http://localhost:8000'], 'openrouter.ai=sk-1'), {
      'https://openrouter.ai': 'sk-1',
    });
    assert.deepEqual(keysOfEnvironment(['http://127.0.0.1:18111', pod], '127.0.0.1:18111=sk-q== 10.0.0.4:8000/v1=b'), {
      'http://127.0.0.1:18111': 'sk-q==',
      'http://10.0.0.4:8000': 'b',
    });
    assert.deepEqual(keysOfEnvironment([pod], 'OpenRouter.ai=sk-1'), {});
  });

  it('are one for all servers also where they end like Base64 or hold a sign of equality', () => {
    for (const key of ['c2stMQ==', 'sk-a=b', 'eyJh.eyJz.c2ln']) {
      assert.deepEqual(keysOfEnvironment([hosted], key), { 'https://openrouter.ai': key });
    }
  });

  it('are none where the variable says nothing', () => {
    assert.deepEqual(keysOfEnvironment([hosted], ''), {});
  });
});
