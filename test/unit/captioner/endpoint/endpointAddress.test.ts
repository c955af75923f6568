import assert from 'node:assert/strict';
import { CaptionerError } from '../../../../src/captioner/endpoint/CaptionerError';
import {
  endpointAddress,
  endpointOrigin,
  refuseKeyOverPlainHttp,
} from '../../../../src/captioner/endpoint/endpointAddress';

describe('The address of a server with chat completions', () => {
  const addresses: [text: string, base: string][] = [
    ['http://localhost:8000', 'http://localhost:8000/v1'],
    [' http://localhost:8000/ ', 'http://localhost:8000/v1'],
    ['http://localhost:8000/v1', 'http://localhost:8000/v1'],
    ['http://localhost:8000/v1/', 'http://localhost:8000/v1'],
    ['http://localhost:11434/v1/chat/completions', 'http://localhost:11434/v1'],
    ['http://localhost:8000/v1/models', 'http://localhost:8000/v1'],
    ['https://api.openai.com/v1/responses', 'https://api.openai.com/v1'],
    ['https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1'],
    ['https://openrouter.ai/api', 'https://openrouter.ai/api/v1'],
    ['https://open.bigmodel.cn/api/paas/v4/', 'https://open.bigmodel.cn/api/paas/v4'],
    ['https://open.bigmodel.cn/api/paas/v4/chat/completions', 'https://open.bigmodel.cn/api/paas/v4'],
    [
      'https://generativelanguage.googleapis.com/v1beta/openai/',
      'https://generativelanguage.googleapis.com/v1beta/openai',
    ],
    ['localhost:1234', 'http://localhost:1234/v1'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080/v1'],
    ['[::1]:8080', 'http://[::1]:8080/v1'],
    ['gpu.example', 'https://gpu.example/v1'],
    ['https://pod-8000.proxy.runpod.net', 'https://pod-8000.proxy.runpod.net/v1'],
    ['http://localhost:8000/v1?token=x#y', 'http://localhost:8000/v1'],
  ];
  for (const [text, base] of addresses) {
    it(`${text} is ${base}`, () => {
      assert.equal(endpointAddress(text), base);
    });
  }

  it('is of one origin, to which the key belongs', () => {
    assert.equal(endpointOrigin('https://OpenRouter.ai/api/v1'), 'https://openrouter.ai');
    assert.equal(endpointOrigin('localhost:8000'), 'http://localhost:8000');
  });

  for (const text of ['', '  ', 'ftp://x/', 'http://', 'not an address', 'file:///etc/passwd']) {
    it(`${JSON.stringify(text)} is none`, () => {
      assert.throws(
        () => endpointAddress(text),
        (error) => error instanceof CaptionerError && error.code === 'ENDPOINT_ADDRESS' && error.fault === 'machine',
      );
    });
  }

  for (const text of ['http://me:secret@gpu.example/v1', 'https://secret@gpu.example', 'http://me:secret@[bad/v1']) {
    it('is refused, and not repeated, with a user name or password in it', () => {
      assert.throws(
        () => endpointAddress(text),
        (error) => error instanceof CaptionerError && !error.message.includes('secret'),
      );
    });
  }

  for (const address of [
    'http://localhost:1/v1',
    'http://127.0.0.1/v1',
    'http://127.8.9.1/v1',
    'http://[::1]:5/v1',
    'https://x.example/v1',
  ]) {
    it(`gets a key at ${address}`, () => {
      refuseKeyOverPlainHttp(address);
    });
  }

  for (const address of [
    'http://gpu.example/v1',
    'http://192.168.1.5:8000/v1',
    'http://10.0.0.1/v1',
    'http://localhost.example/v1',
    'http://127.0.0.1.example/v1',
    'http://0.0.0.0/v1',
  ]) {
    it(`gets no key at ${address}`, () => {
      assert.throws(
        () => {
          refuseKeyOverPlainHttp(address);
        },
        (error) => error instanceof CaptionerError && error.code === 'ENDPOINT_ADDRESS',
      );
    });
  }
});
