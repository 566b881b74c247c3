"""What the phrases of a plan say about every token of the picture, without reading any token.

A plan is a list of phrases: one for each object, one for the background. Within a phrase the order of the words hardly
matters, so they are added up (a bag of words; Deep Sets, arXiv 1703.06114). The cells of the latents then ask the phrases by
attention which of them is about their place, convolutions draw what follows, and the tokens are the components of what was
drawn (models/codec.py), each level the likelier the nearer it lies. A network that went from the sum of all phrases straight to the tokens needed thirty
times the plans (training/LOG.md).

An edit is what two descriptions differ in: what the cells draw for the new one, less what they draw for that of the source, is added to
the codes of the source. What the descriptions leave open, and what they both say wrongly, stays as it is.

It learns alone; the transformer adds its own scores: what order, relations and tokens written before tell beyond the phrases.
"""
import torch
import torch.nn.functional as F
from torch import nn

from training.models import autoencoder
from training.models.fsq import FiniteScalarQuantiser
from training.models.layers import Branch, positions_2d
from training.text_tokenizer import SPECIAL_TOKENS, TextTokenizer
from training.world.language import canonical_plan

# A plan or a prompt follows them, an instruction describes nothing; and what a description of the source follows.
BEGIN, PLAN, CAPTION = (SPECIAL_TOKENS.index(token) for token in ("<bos>", "<plan>", "<caption>"))
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


class Painter(nn.Module):
    """Phrases -> the components of what the cells draw of them."""

    def __init__(self, components, channels, grid, width):
        """channels of a latent cell, cells a side, width of a cell while it is drawn"""
        super().__init__()
        self.grid = grid
        self.place = nn.Parameter(positions_2d(grid, width))
        self.asks, self.answers = (nn.Linear(width, HEADS * HEAD_SIZE) for _ in range(2))
        self.says = nn.Linear(width, width)
        self.nobody = nn.Parameter(torch.zeros(HEADS, 1, 1))  # score of "no phrase is about this place"
        self.cell = Residual(width)
        self.blocks = nn.ModuleList(autoencoder.Residual(width) for _ in range(2))
        self.latents = nn.Conv2d(width, channels, 1)
        self.components = nn.Linear(channels * grid ** 2, components)
        for zero in (self.latents.weight, self.latents.bias, self.components.bias):
            nn.init.zeros_(zero)

    @torch.no_grad()
    def start_from(self, decoder):
        """Takes as components what a codec's decoder lays out over the cells, backwards."""
        sketch = decoder.sketch.weight.flatten(0, 1)  # [K * quantiser channels, channels * cells]
        self.components.weight.copy_(torch.linalg.pinv(sketch.double()).t())

    def forward(self, phrases, said):
        """phrases [B, MOST_PHRASES, width], said [B, MOST_PHRASES] bool: which there are -> [B, components]"""
        silent = torch.where(said, 0.0, -1e9)[:, None, None]
        batch, size = phrases.shape[0], phrases.shape[2] // HEADS

        def by_head(rows, width):
            return rows.reshape(-1, rows.shape[-2], HEADS, width).transpose(1, 2)
        query, key = (F.layer_norm(by_head(rows, HEAD_SIZE), (HEAD_SIZE,)) for rows in (self.asks(self.place), self.answers(phrases)))
        scores = query @ key.transpose(-2, -1) * (FIRMNESS * HEAD_SIZE ** -0.5) + silent  # [B, HEADS, cells, MOST_PHRASES]
        about = torch.cat([scores, self.nobody.expand(batch, HEADS, self.grid ** 2, 1)], dim=-1).softmax(dim=-1)[..., :-1]
        answered = (about @ by_head(self.says(phrases), size)).transpose(1, 2).reshape(batch, self.grid ** 2, -1)
        x = self.cell(answered + self.place).transpose(1, 2).reshape(batch, -1, self.grid, self.grid)
        for block in self.blocks:
            x = block(x)
        return self.components(self.latents(F.gelu(x)).flatten(1))


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
        self.phrase = nn.Sequential(nn.GELU(), nn.Linear(width, width), nn.GELU(), nn.Linear(width, cells[2]))
        self.painter = Painter(token_count * len(levels), *cells)
        self.quantiser = FiniteScalarQuantiser(levels)
        # Logarithms of how fast scores fall with distance: of pictures drawn from nothing, and of edited ones.
        self.sharpness = nn.Parameter(torch.zeros(2, token_count, len(levels)))
        self.kept = nn.Parameter(torch.ones(token_count, len(levels)))  # of what the source has beyond its description
        self.bias = nn.Parameter(torch.zeros(2, token_count, self.levels))
        self.fresh, self.recalled = Branch(), Branch()
        self.register_buffer("channel_of", torch.repeat_interleave(torch.arange(len(levels)), torch.tensor(levels)), persistent=False)
        self.register_buffer("value_of", torch.cat([torch.linspace(-1, 1, count) for count in levels]), persistent=False)  # as codes have it

    @classmethod
    def of(cls, config):
        """The one of a LanguageModelConfig."""
        return cls(config.token_count, config.levels, config.text_vocabulary, config.separators, config.starters,
                   config.phrase_width, (config.latent_channels, config.grid, config.reader_width))

    def bags(self, ids, mask):
        """-> which word belongs to which phrase of what is to be drawn, and of the description of the source, two tensors
        [B, MOST_PHRASES, S], float; and whether a plan is to be drawn [B, 1] bool.

        To be drawn are the words between the last two special tokens, if the first of them is <bos> or <plan>; a description of the
        source follows <caption>."""
        text = ids.clamp(max=self.text_vocabulary - 1)
        is_text = (ids < self.text_vocabulary) & (mask > 0)
        special = (ids < len(SPECIAL_TOKENS)) & is_text
        separates = (self.separates[text] > 0) & is_text
        section = special.to(torch.int64).cumsum(dim=1)
        last = section[:, -1:] - 1
        opens = special & (section == last)
        is_plan = (opens & (ids == PLAN)).any(dim=1, keepdim=True)
        wanted = (section == last) & (is_plan | (opens & (ids == BEGIN)).any(dim=1, keepdim=True))
        described = torch.where(special & (ids == CAPTION), section, torch.zeros_like(section)).max(dim=1, keepdim=True).values
        number = (separates | (self.starts[text] > 0) & is_text).to(torch.int64).cumsum(dim=1)
        phrase = torch.arange(MOST_PHRASES, device=ids.device)[None, :, None]

        def of(asked):
            word = is_text & ~special & ~separates & asked
            first = torch.where(word, number, torch.full_like(number, ids.shape[1])).min(dim=1, keepdim=True).values
            return ((number - first).clamp(0, MOST_PHRASES - 1)[:, None] == phrase) & word[:, None]
        return of(wanted).float(), of((section == described) & (described > 0)).float(), is_plan

    def drawn(self, bags, ids):
        """bags [B, MOST_PHRASES, S] of ids [B, S] -> codes [B, K, quantiser channels], about -1 to 1"""
        phrases = self.phrase(bags @ self.words(ids.clamp(max=self.text_vocabulary - 1)))
        return self.painter(phrases, bags.sum(dim=2) > 0).reshape(-1, self.token_count, self.quantiser.channels)

    def forward(self, ids, mask, tokens=None, ended=None):
        """As `codes` -> scores [B, K, all levels]; tokens and ended absent where no picture has ended in any row."""
        if tokens is None:
            return self.scores(self.drawn(self.bags(ids, mask)[0], ids), self.kept.new_zeros(len(ids), 1))
        return self.scores(*self.codes(ids, mask, tokens, ended))

    def codes(self, ids, mask, tokens, ended, needed=None):
        """ids [B, S] up to and with <boi>, or beyond; mask [B, S] with 0 on padding; tokens [B, K] of the picture that ended last,
        ended [B, 1] 0 where none has; needed: of the exported graph, whether anybody looks at the result
        -> what phrases draw as codes [B, K, quantiser channels], and which rows are edits [B, 1], 0 or 1"""
        wanted, before, is_plan = self.bags(ids, mask)
        edits = (is_plan & (before.sum(dim=(1, 2)) > 0)[:, None]).float() * ended
        codes = self.fresh(needed, self.drawn(wanted, ids))
        was = self.recalled(None if needed is None else needed & (edits.max() > 0), self.drawn(before, ids))
        return codes + edits[..., None] * self.kept * (self.quantiser.from_index(tokens) - was), edits

    def scores(self, codes, edits, index=None):
        """codes [B, n, quantiser channels] and edits as `codes` returns them -> [B, n, all levels]. index [B] int64: one place for
        each row, n = 1; absent: all K of them."""
        def of(table):  # [2, K, all levels] -> [2, 1 or B, K or 1, all levels]
            return table[:, None] if index is None else table[:, index][:, :, None]
        apart = (codes[..., self.channel_of] - self.value_of).square()
        fresh, edited = of(self.bias) - apart * of(self.sharpness.exp()[..., self.channel_of])
        return fresh + edits[..., None] * (edited - fresh)


def borders_of(tokenizer):
    """Where phrases end and begin, as arguments of LanguageModelConfig. Commas and stops, also behind a bracket, and "and"
    separate; "above", "below" and "to" begin one, which they belong to: "a gradient from purple | to orange"."""
    pieces = tokenizer.vocabulary.items()
    return {"separators": tuple(sorted(index for piece, index in pieces if piece[-1] in ",." or piece == "Ġand")),
            "starters": tuple(sorted(index for piece, index in pieces if piece in ("Ġabove", "Ġbelow", "Ġto")))}


def lines_of(texts, special, length=None):
    """Texts as ids -> [N, length] <bos> text <boi>, padded on the left; the longest decides where no length is given."""
    return padded_left([[special["<bos>"], *ids, special["<boi>"]] for ids in texts], special, length)


def edit_lines_of(pairs, special):
    """(description of the source, of the result) as ids -> [N, length] as an edit has them, without picture and instruction."""
    return padded_left([[special["<caption>"], *before, special["<plan>"], *after, special["<boi>"]] for before, after in pairs], special)


def padded_left(rows, special, length=None):
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


def likeliest_tokens(scores, quantiser):
    """scores [B, K, all levels] -> tokens [B, K]"""
    return (torch.stack([part.argmax(dim=-1) for part in by_channel(scores, quantiser)], dim=-1) * quantiser.place).sum(dim=-1)


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
