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

  it('are none where the variable says nothing', () => {
    assert.deepEqual(keysOfEnvironment([hosted], ''), {});
  });
});
