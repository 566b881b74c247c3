/** The names, types and shapes every graph of a pack must have; `null` in a shape = any size, chosen at run time. */
import type { PackManifest } from '../../../shared/packs/pack.js';
import type { DescribedGraph, TensorDescription } from '../model/graph.js';

/** A size the graph may choose. */
const anyFixed = 'any';
/** Any size chosen at run time, or always 1. */
const lastOrAll = 'any or 1';

interface Expected {
  name: string;
  types: readonly string[];
  shape: readonly (number | null | typeof anyFixed | typeof lastOrAll)[];
}

interface GraphContract {
  inputs: Expected[];
  /** May be there or not. */
  optionalInputs?: Expected[];
  outputs: Expected[];
}

/** The first rule `graph` breaks, in words that follow the file's name; null when it keeps its contract. */
export function brokenGraphRule(graph: DescribedGraph, manifest: PackManifest): string | null {
  const contract = contractOf(graph, manifest);
  const optional = contract.optionalInputs ?? [];
  const found = `It has inputs ${describe(graph.inputs)} and outputs ${describe(graph.outputs)}`;
  for (const [kind, wanted, present] of [
    ['input', contract.inputs, graph.inputs],
    ['output', contract.outputs, graph.outputs],
  ] as const) {
    for (const expected of wanted) {
      const rule = brokenTensorRule(kind, expected, present);
      if (rule !== null) return `${rule}. ${found}`;
    }
  }
  for (const input of graph.inputs) {
    const known = [...contract.inputs, ...optional].find((expected) => expected.name === input.name);
    if (known === undefined) return `wants the input ${input.name}, which the contract does not know. ${found}`;
    const rule = brokenTensorRule('input', known, graph.inputs);
    if (rule !== null) return `${rule}. ${found}`;
  }
  return null;
}

function brokenTensorRule(kind: string, expected: Expected, present: readonly TensorDescription[]): string | null {
  const tensor = present.find(({ name }) => name === expected.name);
  if (tensor === undefined) return `lacks the ${kind} ${expected.name}`;
  if (!expected.types.includes(tensor.type)) {
    return `has the ${kind} ${expected.name} of type ${tensor.type}, not ${expected.types.join(' or ')}`;
  }
  const fits =
    tensor.unstated === true ||
    (tensor.shape.length === expected.shape.length &&
      tensor.shape.every((size, axis) => {
        const wanted = expected.shape[axis]!;
        // Exporters may leave a fixed size symbolic; the run would fail loudly then. A dynamic axis must be dynamic.
        return wanted === anyFixed || typeof size === 'string' || size === (wanted === lastOrAll ? 1 : wanted);
      }));
  if (fits) return null;
  const wanted = expected.shape.map((size) => size ?? 'any').join(', ');
  return `has the ${kind} ${expected.name} of shape [${tensor.shape.join(', ')}], not [${wanted}]`;
}

function describe(tensors: readonly TensorDescription[]): string {
  const shown = tensors.slice(0, 6).map((tensor) => `${tensor.name} ${tensor.type} [${tensor.shape.join(', ')}]`);
  return shown.join(', ') + (tensors.length > shown.length ? ` and ${tensors.length - shown.length} more` : '');
}

function contractOf({ name: graph, outputs }: DescribedGraph, manifest: PackManifest): GraphContract {
  const { image, tokens } = manifest;
  const picture: Expected = { name: 'image', types: ['float32'], shape: [null, 3, image.height, image.width] };
  const latentShape = image.latent && [null, image.latent.channels, image.latent.height, image.latent.width];
  const latent: Expected = { name: 'latent', types: ['float32'], shape: latentShape ?? [] };
  const codes: Expected = { name: 'tokens', types: ['int64'], shape: [null, tokens.count] };
  const visible: Expected = { name: 'visible', types: ['bool'], shape: [null, tokens.count] };
  const space = image.space === 'latents' ? latent.shape : picture.shape;
  switch (graph) {
    case 'encoder':
      return { inputs: [picture], outputs: [codes] };
    case 'decoder':
      return {
        inputs: [
          { name: 'x', types: ['float32'], shape: space },
          { name: 't', types: ['float32'], shape: [null] },
          codes,
          visible,
        ],
        outputs: [{ name: manifest.diffusion.parameterisation, types: ['float32'], shape: space }],
      };
    case 'renderer':
      // Of a pack that works on latents it may answer with those, scaled as the decoder's are.
      return {
        inputs: [codes],
        optionalInputs: [visible],
        outputs: [image.space === 'latents' && outputs.some(({ name }) => name === 'latent') ? latent : picture],
      };
    case 'vaeEncoder':
      return { inputs: [picture], outputs: [latent] };
    case 'vaeDecoder': {
      // Where it is to decode tiles, it must take latents of any size.
      const sized = manifest.limits?.vaeTile === undefined;
      const anySize = (tensor: Expected): Expected => ({ ...tensor, shape: [...tensor.shape.slice(0, 2), null, null] });
      return sized
        ? { inputs: [latent], outputs: [picture] }
        : { inputs: [anySize(latent)], outputs: [anySize(picture)] };
    }
    case 'probe':
      return { inputs: [picture], outputs: probeOutputs(manifest, outputs) };
    case 'lm':
      return languageContract(manifest.languageModel!);
  }
}

/** Class logits of the whole picture; with a heatmap among them, maps of the same grid and a background of two colours. */
function probeOutputs(manifest: PackManifest, present: readonly TensorDescription[]): Expected[] {
  const names = manifest.attributes?.names ?? [];
  const labels = manifest.attributes?.labels ?? {};
  const detects = present.some(({ name }) => name === 'heatmap');
  const maps = (channels: number | null): Expected['shape'] => [null, channels, anyFixed, anyFixed];
  const classes = names.map((name): Expected => {
    const length = labels[name]?.length ?? null;
    const shape: Expected['shape'] =
      !detects || name === 'backgroundKind'
        ? [null, length]
        : name === 'backgroundColours'
          ? [null, 2, length]
          : maps(length);
    return { name, types: ['float32'], shape };
  });
  if (!detects) return classes;
  return [
    { name: 'heatmap', types: ['float32'], shape: maps(1) },
    { name: 'offset', types: ['float32'], shape: maps(2) },
    ...classes,
  ];
}

function languageContract(model: NonNullable<PackManifest['languageModel']>): GraphContract {
  const matrix = (name: string): Expected => ({ name, types: ['int64'], shape: [null, null] });
  const slots = Array.from({ length: model.layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
  const cache = (name: string): Expected => ({
    name,
    types: ['float32', 'float16'],
    shape: [null, model.keyValueHeads, null, model.headSize],
  });
  return {
    inputs: [matrix('input_ids'), matrix('attention_mask'), ...slots.map((slot) => cache(`past_key_values.${slot}`))],
    optionalInputs: [matrix('position_ids')],
    outputs: [
      { name: 'logits', types: ['float32', 'float16'], shape: [null, lastOrAll, model.vocabularySize] },
      ...slots.map((slot) => cache(`present.${slot}`)),
    ],
  };
}
