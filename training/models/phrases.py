"""What the phrases of a plan say about every token of the picture, without reading any token.

A plan is a list of phrases: one for each object, one for the background. Within a phrase the order of the words hardly
matters, so they are added up (a bag of words; Deep Sets, arXiv 1703.06114). The cells of the latents then ask the phrases by
attention which of them is about their place, convolutions draw what follows, and the tokens are the components of what was
drawn (models/codec.py), each level the likelier the nearer it lies. A network that went from the sum of all phrases straight to the tokens needed thirty
times the plans (training/LOG.md).

It learns alone; the transformer adds its own scores: what order, relations and tokens written before tell beyond the phrases.
"""
import torch
import torch.nn.functional as F
from torch import nn

from training.models import autoencoder
from training.models.layers import positions_2d
from training.text_tokenizer import SPECIAL_TOKENS, TextTokenizer
from training.world.language import canonical_plan

OPENERS = tuple(SPECIAL_TOKENS.index(token) for token in ("<bos>", "<plan>"))  # a plan or a prompt follows; an instruction describes nothing
MOST_PHRASES = 8  # of one plan; words behind them count as of the last one
HEADS, HEAD_SIZE = 8, 16  # with which cells ask phrases
FIRMNESS = 4.0  # of an answer: queries and keys are normalised, so that one phrase may still win


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        return x + self.down(F.gelu(self.up(self.norm(x))))


class PhraseReader(nn.Module):
    """Ids of a text and of what stands around it -> scores of the levels of every token."""

    def __init__(self, token_count, levels, text_vocabulary, separators, starters, width, cells):
        """separators: ids of the tokens between two phrases; starters: of those that begin one; levels: of the quantiser;
        cells: channels of a latent cell, cells a side, width of a cell while it is drawn."""
        super().__init__()
        self.text_vocabulary, self.token_count, self.levels = text_vocabulary, token_count, sum(levels)
        separates = torch.zeros(text_vocabulary, dtype=torch.int64)
        separates[list(separators)] = 1
        self.register_buffer("separates", separates, persistent=False)
        starts = torch.zeros(text_vocabulary, dtype=torch.int64)
        starts[list(starters)] = 1
        self.register_buffer("starts", starts, persistent=False)
        self.words = nn.Embedding(text_vocabulary, width)
        nn.init.normal_(self.words.weight, std=0.3)
        channels, self.grid, drawn = cells
        self.phrase = nn.Sequential(nn.GELU(), nn.Linear(width, width), nn.GELU(), nn.Linear(width, drawn))
        self.place = nn.Parameter(positions_2d(self.grid, drawn))
        self.asks, self.answers = (nn.Linear(drawn, HEADS * HEAD_SIZE) for _ in range(2))
        self.says = nn.Linear(drawn, drawn)
        self.nobody = nn.Parameter(torch.zeros(HEADS, 1, 1))  # score of "no phrase is about this place"
        self.cell = Residual(drawn)
        self.blocks = nn.ModuleList(autoencoder.Residual(drawn) for _ in range(2))
        self.latents = nn.Conv2d(drawn, channels, 1)
        self.components = nn.Linear(channels * self.grid ** 2, token_count * len(levels))
        self.sharpness = nn.Parameter(torch.zeros(token_count, len(levels)))  # logarithm of how fast scores fall with distance
        self.bias = nn.Parameter(torch.zeros(token_count, self.levels))
        for zero in (self.latents.weight, self.latents.bias, self.components.bias):
            nn.init.zeros_(zero)
        self.register_buffer("channel_of", torch.repeat_interleave(torch.arange(len(levels)), torch.tensor(levels)), persistent=False)
        self.register_buffer("value_of", torch.cat([torch.linspace(-1, 1, count) for count in levels]), persistent=False)  # as codes have it

    @classmethod
    def of(cls, config):
        """The one of a LanguageModelConfig."""
        return cls(config.token_count, config.levels, config.text_vocabulary, config.separators, config.starters,
                   config.phrase_width, (config.latent_channels, config.grid, config.reader_width))

    @torch.no_grad()
    def start_from(self, decoder):
        """Takes as components what a codec's decoder lays out over the cells, backwards."""
        sketch = decoder.sketch.weight.flatten(0, 1)  # [K * quantiser channels, channels * cells]
        self.components.weight.copy_(torch.linalg.pinv(sketch.double()).t())

    def bags(self, ids, mask):
        """-> which word belongs to which phrase [B, MOST_PHRASES, S], float: those between the last two special tokens, if the
        first of them is one of OPENERS."""
        text = ids.clamp(max=self.text_vocabulary - 1)
        is_text = (ids < self.text_vocabulary) & (mask > 0)
        special = (ids < len(SPECIAL_TOKENS)) & is_text
        separates = (self.separates[text] > 0) & is_text
        section = special.to(torch.int64).cumsum(dim=1)
        asked = section == section[:, -1:] - 1
        opens = special & asked & ((ids == OPENERS[0]) | (ids == OPENERS[1]))
        word = is_text & ~special & ~separates & asked & opens.any(dim=1, keepdim=True)
        number = (separates | (self.starts[text] > 0) & is_text).to(torch.int64).cumsum(dim=1)
        first = torch.where(word, number, torch.full_like(number, ids.shape[1])).min(dim=1, keepdim=True).values
        number = (number - first).clamp(0, MOST_PHRASES - 1)
        phrase = torch.arange(MOST_PHRASES, device=ids.device)[None, :, None]
        return ((number[:, None] == phrase) & word[:, None]).float()

    def forward(self, ids, mask):
        """ids [B, S] up to and with <boi>, or beyond; mask [B, S] with 0 on padding -> [B, K, all levels]"""
        bags = self.bags(ids, mask)
        phrases = self.phrase(bags @ self.words(ids.clamp(max=self.text_vocabulary - 1)))  # [B, MOST_PHRASES, drawn]
        silent = (bags.sum(dim=2) == 0).to(phrases.dtype)[:, None, None] * -1e9
        batch, size = len(phrases), phrases.shape[2] // HEADS

        def by_head(rows, width):
            return rows.reshape(-1, rows.shape[-2], HEADS, width).transpose(1, 2)
        query, key = (F.layer_norm(by_head(rows, HEAD_SIZE), (HEAD_SIZE,)) for rows in (self.asks(self.place), self.answers(phrases)))
        scores = query @ key.transpose(-2, -1) * (FIRMNESS * HEAD_SIZE ** -0.5) + silent  # [B, HEADS, cells, MOST_PHRASES]
        about = torch.cat([scores, self.nobody.expand(batch, HEADS, self.grid ** 2, 1)], dim=-1).softmax(dim=-1)[..., :-1]
        said = (about @ by_head(self.says(phrases), size)).transpose(1, 2).reshape(batch, self.grid ** 2, -1)
        x = self.cell(said + self.place).transpose(1, 2).reshape(batch, -1, self.grid, self.grid)
        for block in self.blocks:
            x = block(x)
        codes = self.components(self.latents(F.gelu(x)).flatten(1)).reshape(batch, self.token_count, -1)
        apart = codes[..., self.channel_of] - self.value_of
        return self.bias - apart.square() * self.sharpness.exp()[:, self.channel_of]


def borders_of(tokenizer):
    """Where phrases end and begin, as arguments of LanguageModelConfig. Commas and stops, also behind a bracket, and "and"
    separate; "above", "below" and "to" begin one, which they belong to: "a gradient from purple | to orange"."""
    pieces = tokenizer.vocabulary.items()
    return {"separators": tuple(sorted(index for piece, index in pieces if piece[-1] in ",." or piece == "Ġand")),
            "starters": tuple(sorted(index for piece, index in pieces if piece in ("Ġabove", "Ġbelow", "Ġto")))}


def lines_of(texts, special, length=None):
    """Texts as ids -> [N, length] <bos> text <boi>, padded on the left; the longest decides where no length is given."""
    rows = [[special["<bos>"], *ids, special["<boi>"]] for ids in texts]
    length = length or max(map(len, rows))
    return torch.tensor([[special["<pad>"]] * (length - len(row)) + row for row in rows])


class PlanWriter:
    """Scenes -> their plans as lines of one length; may be sent to another process."""

    length = 64  # the longest plan has less

    def __init__(self, tokenizer_path):
        self.tokenizer_path, self.tokenizer = tokenizer_path, None

    def __call__(self, scenes):
        """SceneBatch -> [n, length] int64"""
        self.tokenizer = self.tokenizer or TextTokenizer(self.tokenizer_path)
        return lines_of([self.tokenizer.encode(canonical_plan(scene)) for scene in scenes.to_scenes()], self.tokenizer.special, self.length)


def by_channel(scores, quantiser):
    """scores [B, K, all levels] -> those of each channel of the quantiser, [B, K, its levels]"""
    return scores.float().split([int(count) for count in quantiser.levels], dim=-1)


def written_codes(scores, quantiser, temperature):
    """scores [B, K, all levels] -> codes [B, K, channels] in [-1, 1], drawn channel by channel"""
    drawn = [torch.distributions.Categorical(logits=part / temperature).sample() for part in by_channel(scores, quantiser)]
    return quantiser.codes_of(torch.stack(drawn, dim=-1))


def level_losses(scores, codes, quantiser):
    """scores [B, K, all levels], codes [B, K] int64 -> mean cross entropy of a token in nats, its channels taken as independent"""
    level = quantiser.levels_of(codes)
    return sum(F.cross_entropy(part.flatten(0, 1), level[..., channel].flatten())
               for channel, part in enumerate(by_channel(scores, quantiser)))
