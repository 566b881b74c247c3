"""Trains the detector of detector.py on rendered scenes.

    python3 -m training.train_detector --minutes 20
    python3 -m training.train_detector --minutes 30 --from-probe resources/packs/scenes-128/probe.onnx

Stop it at any time and start it again with the same command: it goes on from runs/detector/last.pt. At the end (or
with --minutes 0 at any time) it writes runs/detector/probe.onnx and probe.json for the pack.
A fresh run may start from the probe of an older pack, whose classes need not be the same (probe_weights.py).
Scenes of all colour x kind x texture combinations take part: the judge must know the ones the models never saw.
"""

import copy
import json

import torch

from training.detector import (Detector, OUTPUTS, attribute_names, decode_detections, detector_loss, export_detector,
                               targets)
from training.models.arguments import rehearsed, training_parser, use_processor
from training.models.checkpoint import RUNS, autocast, load, save
from training.models.clock import Clock
from training.probe_weights import start_from_probe
from training.world.render import render
from training.world.scene import SceneBatch, generator_for, sample_batch
from training.world.vocabulary import TWO_COLOUR_BACKGROUNDS

BATCH = 96
RATE = 2.5e-3
WARM_RATE = 8e-4      # from an older probe: the full rate unlearns half of it within ten steps
SAVE_EVERY, LOOK_EVERY = 120, 480     # seconds


def draw_scenes(generator: torch.Generator, count: int) -> SceneBatch:
    """Three quarters from the training split, a quarter with held-out triples, one in thirty without objects."""
    unseen = count // 4
    parts = [sample_batch(count - unseen, generator), sample_batch(unseen, generator, 'unseen')]
    batch = SceneBatch(**{name: torch.cat([getattr(part, name) for part in parts]) for name in vars(parts[0])})
    empty = torch.rand(count, generator=generator, device=generator.device) < 1 / 30
    batch.count = batch.count.masked_fill(empty, 0)
    return batch


def soften(images, generator):
    """Blur, coarse resolution, noise and brightness as a soft decoder would leave them; a third stays clean.

    images [B, 3, 128, 128] in [-1, 1]; each sixth of the batch gets its own strength.
    """
    device = images.device

    def uniform(low, high):
        return low + (high - low) * torch.rand(1, generator=generator, device=device).item()
    parts = list(images.chunk(6))
    for i in range(2, len(parts)):
        part = parts[i]
        if i in (2, 3):
            sigma = uniform(0.3, 1.7)
            reach = torch.arange(-4, 5, dtype=torch.float32, device=device)
            kernel = torch.exp(-reach ** 2 / (2 * sigma ** 2))
            kernel = kernel / kernel.sum()
            part = torch.nn.functional.pad(part, (4, 4, 4, 4), mode='replicate')
            part = torch.nn.functional.conv2d(part, kernel.view(1, 1, 1, 9).repeat(3, 1, 1, 1), groups=3)
            part = torch.nn.functional.conv2d(part, kernel.view(1, 1, 9, 1).repeat(3, 1, 1, 1), groups=3)
        elif i == 4:
            side = int(uniform(52, 110))
            part = torch.nn.functional.interpolate(part, (side, side), mode='bilinear', antialias=True)
            part = torch.nn.functional.interpolate(part, (128, 128), mode='bilinear')
        if i in (3, 4, 5):
            part = part + torch.randn(part.shape, generator=generator, device=device) * uniform(0.0, 0.10)
            # Slow drifts of colour: an 8 x 8 field of noise, stretched over the image.
            drift = torch.randn(len(part), 3, 8, 8, generator=generator, device=device) * uniform(0.0, 0.06)
            part = part + torch.nn.functional.interpolate(drift, (128, 128), mode='bilinear')
        if i == 5:
            part = part * uniform(0.9, 1.05) + uniform(-0.05, 0.05)
        parts[i] = part
    return torch.cat(parts).clamp(-1, 1)


def matches(truth, found):
    """Pairs every true object with the nearest detection within 0.1 of the image side, or None."""
    pairs = []
    for one in truth:
        near = [(abs(one.x - other.x) + abs(one.y - other.y), i) for i, other in enumerate(found)]
        distance, i = min(near, default=(9, None))
        pairs.append((one, found[i] if distance < 0.1 else None))
    return pairs


@torch.no_grad()
def measure(model, count=1024, softened=False, split='val', seed=11):
    """Share of correct answers per attribute on held-out scenes; `objects`: of true objects read without a mistake."""
    model.eval()
    device = next(model.parameters()).device
    generator = generator_for(split, seed)
    right, asked = {}, {}

    def note(name, correct):
        right[name] = right.get(name, 0) + bool(correct)
        asked[name] = asked.get(name, 0) + 1
    for _ in range(count // 64):
        batch = sample_batch(64, generator, split)
        images = render(batch).to(device)
        outputs = model(soften(images.cpu(), generator).to(device) if softened else images)
        for truth, found in zip(batch.to_scenes(), decode_detections(outputs)):
            note('count', len(truth.objects) == len(found.objects))
            whole = len(truth.objects) == len(found.objects)
            for one, other in matches(truth.objects, found.objects):
                correct = {name: other is not None and getattr(one, name) == getattr(other, name)
                           for name in ('kind', 'colour', 'texture', 'size', 'cell')}
                for name, is_right in correct.items():
                    note(name, is_right)
                note('objects', all(correct.values()))
                whole = whole and all(correct.values())
            note('backgroundKind', truth.background.kind == found.background.kind)
            first_right = truth.background.colours[0] == found.background.colours[0]
            note('backgroundFirst', first_right)
            if truth.background.kind in TWO_COLOUR_BACKGROUNDS:
                note('backgroundSecond', truth.background.colours[1] == found.background.colours[1])
            note('wholeScene', whole and first_right)
    return {name: round(right[name] / asked[name], 4) for name in right}


def main():
    parser = training_parser(__doc__, 20, from_pack=False)
    parser.set_defaults(seed=900)
    parser.add_argument('--from-probe', help='probe graph, with its pack.json beside it, that a fresh run starts from')
    arguments = parser.parse_args()
    use_processor(arguments.threads)
    torch.manual_seed(arguments.seed)
    device = arguments.device

    folder = RUNS / 'detector'
    last = folder / 'last.pt'
    model = Detector().to(device, memory_format=torch.channels_last)
    if arguments.from_probe and not last.exists():
        known, rows = start_from_probe(model, arguments.from_probe, render(draw_scenes(generator_for('val', 12), 256)).to(device))
        print(f'started from {arguments.from_probe}: {known} of {rows} class rows by name', flush=True)
        print('  clean', measure(model, 512), flush=True)
    average = copy.deepcopy(model)
    base_rate = WARM_RATE if arguments.from_probe else RATE
    decay_matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    optimiser = torch.optim.AdamW([{'params': decay_matrices, 'weight_decay': 0.02, 'base_lr': base_rate},
                                   {'params': others, 'weight_decay': 0.0, 'base_lr': base_rate}], lr=base_rate, betas=(0.9, 0.98))
    clock, steps = Clock(arguments, SAVE_EVERY, LOOK_EVERY), 0
    if last.exists():
        state = load(last, device)
        model.load_state_dict(state['model'])
        average.load_state_dict(state['average'])
        optimiser.load_state_dict(state['optimiser'])
        clock.resume(state['seconds'])
        steps = state['steps']
        print(f'resumed at {clock.minutes:.1f} minutes, step {steps}', flush=True)
    generator = generator_for('train', arguments.seed + steps, device)

    def save_all():
        save({'model': model.state_dict(), 'average': average.state_dict(), 'optimiser': optimiser.state_dict(),
              'seconds': clock.seconds, 'steps': steps, 'outputs': OUTPUTS}, last)

    batch_size = rehearsed(BATCH, 12)
    while clock.runs():
        clock.set_rates([optimiser], hold=0.4)
        model.train()
        scenes = draw_scenes(generator, batch_size)
        images = render(scenes)
        # The strengths go by place in the batch: mix the splits first.
        order = torch.randperm(batch_size, generator=generator, device=device)
        scenes, images = scenes[order], soften(images[order], generator)
        with autocast(device):
            outputs = model(images.contiguous(memory_format=torch.channels_last))
        loss, parts = detector_loss(outputs, targets(scenes, device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 4.0)
        optimiser.step()
        steps += 1
        with torch.no_grad():
            decay = min(0.998, 1 - 1 / (1 + 0.1 * steps))
            for held, new in zip(average.state_dict().values(), model.state_dict().values()):
                if held.is_floating_point():
                    held.lerp_(new, 1 - decay)
                else:
                    held.copy_(new)
        clock.pause()
        if clock.due('line'):
            print(f'{clock.minutes:5.1f} min  step {steps}  {steps * batch_size / clock.seconds:.0f} images/s  loss {loss.item():.3f}  '
                  + ' '.join(f'{name} {part:.3f}' for name, part in parts.items()), flush=True)
        if clock.due('save'):
            save_all()
        if clock.due('look'):
            print('  clean', measure(average, 512), flush=True)
    export_detector(last, folder / 'probe.onnx', half=True)
    (folder / 'probe.json').write_text(json.dumps(attribute_names(), indent=1) + '\n')
    for split in ('val', 'unseen'):
        print(split, 'clean', measure(average, rehearsed(1024, 64), split=split), flush=True)
        print(split, 'soft', measure(average, rehearsed(512, 64), softened=True, split=split), flush=True)


if __name__ == '__main__':
    main()
