import assert from 'node:assert/strict';
import { isOutOfMemory, providerFailure } from '../../../../src/tagger/onnx/providerFailure';
import { plainRuntimeMessage } from '../../../../src/tagger/onnx/runtimeMessage';
import { ModelError } from '../../../../src/tagger/inference/ModelError';

/** What ONNX Runtime 1.30 said. */
const said = {
  buffers:
    "Non-zero status code returned while running Split node. Name:'Split_258_0' Status Message: /onnxruntime_src/onnxruntime/core/providers/webgpu/shader_helper.cc:306 onnxruntime::webgpu::ShaderVariableHelper& onnxruntime::webgpu::ShaderHelper::AddVariableImpl(bool, const std::string&, onnxruntime::webgpu::ShaderUsage, const onnxruntime::TensorShape&, uint32_t) numbers_storage_buffers_ <= limits_.maxStorageBuffersPerShaderStage was false. Too many storage buffers in shader. Current: 13, Max is 12",
  adapter:
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n\n',
  buffer:
    'WebGPU validation failed. Buffer size (3840000000) exceeds the max buffer size limit (1073741824).\n - While calling [Device].CreateBuffer([BufferDescriptor]).\n',
  previous:
    'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While validating entries[1] against { binding: 1 }.\n',
  unknown:
    "Non-zero status code returned while running Conv node. Name:'/stem/Conv' Status Message: /onnxruntime_src/onnxruntime/core/providers/webgpu/nn/conv.cc:59 virtual onnxruntime::common::Status onnxruntime::webgpu::Conv<true>::ComputeInternal(onnxruntime::webgpu::ComputeContext&) const group == 1 was false. Only one group is supported",
};
const memory = 'There is not enough memory on the GPU for this model.';

/** As a session throws it: a sentence of this program, with what was said as its cause. */
const thrown = (message: string): ModelError =>
  new ModelError('MODEL_RUN_FAILED', '/model.onnx', 'The model failed on this image: …', new Error(message));

describe('Why a provider failed', () => {
  it('is said in one sentence, without C++', () => {
    const sentences = Object.fromEntries(
      Object.entries(said).map(([name, message]) => [name, providerFailure('webgpu', thrown(message))]),
    );
    assert.deepEqual(sentences, {
      buffers: 'WebGPU cannot run this model: one of its steps takes more buffers than the GPU gives it.',
      adapter: 'WebGPU found no GPU with a driver that it can use (on Linux, Vulkan).',
      buffer: memory,
      previous: memory,
      unknown: 'WebGPU failed: Conv: Only one group is supported.',
    });
    assert.equal(providerFailure('webgpu', new Error('[Device] is lost.')), 'WebGPU lost the GPU.');
  });

  it('is the want of memory in whichever words: then a smaller batch is tried', () => {
    for (const message of [
      said.buffer,
      said.previous,
      'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n - While calling [Device].CreateBuffer',
      'CUDA failure 2: out of memory ; GPU=0',
    ]) {
      assert.equal(isOutOfMemory(thrown(message)), true, message);
    }
    for (const message of [said.buffers, said.adapter, said.unknown])
      assert.equal(isOutOfMemory(thrown(message)), false);
  });

  it('keeps what is no C++ as it is', () => {
    assert.equal(
      plainRuntimeMessage('Got invalid dimensions for input: pixels'),
      'Got invalid dimensions for input: pixels',
    );
    assert.equal(
      plainRuntimeMessage('Load model from /a b/model.onnx failed:Protobuf parsing failed.'),
      'Load model from /a b/model.onnx failed:Protobuf parsing failed',
    );
  });
});
