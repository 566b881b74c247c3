"""From checkpoints to the files of a model pack (docs/pack-format.md), and back from a pack to weights."""
