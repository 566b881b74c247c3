/**
 * What CUDA needs beside the runtime that came with the studio, pinned: the provider library of exactly that runtime, and NVIDIA's
 * libraries it was built for (CUDA 13, cuDNN 9). All are published as wheels, which are zip files, on the Python package index.
 */

export interface GpuComponent {
  /** The name of the wheel. */
  file: string;
  /** Behind the address of the index' files, or of a mirror of them. */
  path: string;
  sha256: string;
  bytes: number;
  /** Names of the libraries that are taken out of it, wherever they lie inside. */
  libraries: readonly string[];
  /** `runtime`: beside onnxruntime's own library, where it looks for its providers. */
  place: 'runtime' | 'lib';
  license: string;
  /** Where the licence is written. */
  terms: string;
}

export const componentAddress = 'https://files.pythonhosted.org/packages';

/** Of these components; with any other runtime they are neither installed nor used. */
export const componentsRuntime = '1.30.0';

/** NVIDIA's driver for CUDA 13 on Linux: this major version or a newer one. */
export const leastDriver = 580;

/** Unpacked. */
export const installedBytes = 2_430_000_000;

const nvidia = { license: 'NVIDIA CUDA Toolkit EULA', terms: 'https://docs.nvidia.com/cuda/eula/' } as const;

export const gpuComponents: readonly GpuComponent[] = [
  {
    file: 'onnxruntime_gpu-1.30.0-cp311-cp311-manylinux_2_28_x86_64.whl',
    path: 'ea/71/b225bd559a718f6cefb058d4f4c4c95e556543f47d4be0e81819681ac347',
    sha256: '4fbf0c5d7b5fb99266c2e8a802e3e64af68bdc383e0f3c7349b985f1087eedaa',
    bytes: 246_658_419,
    libraries: ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'],
    place: 'runtime',
    license: 'MIT',
    terms: 'https://github.com/microsoft/onnxruntime/blob/main/LICENSE',
  },
  {
    file: 'nvidia_cublas-13.10.0.20-py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.whl',
    path: 'b4/12/16628161ed8c109c8c73b38167df50cbc630a8a6e6548e2534d461526c3c',
    sha256: 'dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84',
    bytes: 444_289_903,
    libraries: ['libcublas.so.13', 'libcublasLt.so.13'],
    place: 'lib',
    ...nvidia,
  },
  {
    file: 'nvidia_cuda_runtime-13.5.37-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    path: '0b/7c/14b8f5518f8951e9dca57ea80f44f8ea8bcc8671812e6cc38009f3205e57',
    sha256: 'df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d',
    bytes: 2_504_024,
    libraries: ['libcudart.so.13'],
    place: 'lib',
    ...nvidia,
  },
  {
    file: 'nvidia_cudnn_cu13-9.28.1.4-py3-none-manylinux_2_27_x86_64.whl',
    path: 'ef/6f/94535c450d44a68ef0b43d7a5e54c0e5ecda2ca3db7daec5d54c8d94e0d8',
    sha256: 'a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec',
    bytes: 516_817_937,
    libraries: [
      'libcudnn.so.9',
      'libcudnn_adv.so.9',
      'libcudnn_cnn.so.9',
      'libcudnn_engines_precompiled.so.9',
      'libcudnn_engines_runtime_compiled.so.9',
      'libcudnn_engines_tensor_ir.so.9',
      'libcudnn_ext.so.9',
      'libcudnn_graph.so.9',
      'libcudnn_heuristic.so.9',
      'libcudnn_ops.so.9',
    ],
    place: 'lib',
    license: 'NVIDIA cuDNN SLA',
    terms: 'https://docs.nvidia.com/deeplearning/cudnn/latest/reference/eula.html',
  },
  {
    file: 'nvidia_cufft-12.5.0.14-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    path: 'c6/8f/f909edaadf9a7acf1b92f805a384b6984193bd595b45005f8e320d4170cf',
    sha256: 'b8be26837a5abad2b5b74f3e92dd29f622a42934b355be0961a48712cbba23ad',
    bytes: 165_072_555,
    libraries: ['libcufft.so.12'],
    place: 'lib',
    ...nvidia,
  },
  {
    file: 'nvidia_curand-10.4.5.25-py3-none-manylinux_2_27_x86_64.whl',
    path: '12/63/636e5dc9afb2959bfc0042a357d5567358df829b66c96d9fc36d77dc0596',
    sha256: '22bb226a857e5888fe6b54ae465fc4371296bcff13a35f79e19691bcf454f529',
    bytes: 77_113_015,
    libraries: ['libcurand.so.10'],
    place: 'lib',
    ...nvidia,
  },
  {
    file: 'nvidia_cuda_nvrtc-13.5.37-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    path: 'a9/54/db4e7f650746265f61c05cf1f8f556dd8c6739b58c823fbc9a7d6fda3247',
    sha256: '86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc',
    bytes: 58_185_930,
    libraries: ['libnvrtc.so.13', 'libnvrtc-builtins.so.13.5'],
    place: 'lib',
    ...nvidia,
  },
  {
    file: 'nvidia_nvjitlink-13.5.37-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    path: 'cc/1f/2321702b8d60b4b4dd18b957f61612dbac9cb1c07e940cf6582106b7c8b8',
    sha256: '280d7cb9649704145f074b8dbde500de04ce02d0872e066e20a83c17bcaa93eb',
    bytes: 46_642_491,
    libraries: ['libnvJitLink.so.13'],
    place: 'lib',
    ...nvidia,
  },
];
