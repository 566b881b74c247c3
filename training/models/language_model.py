"""One decoder-only language model over text and image tokens, LLaMA-style.

RMSNorm before each half, rotary positions, SwiGLU, no biases (LLaMA, arXiv 2302.13971). Image tokens are written
coarse -> fine: index K-1 first, index 0 last.

An image token means something else at every index, and neighbouring levels of the quantiser mean nearly the same; one
table of codes would hide both. So a token is embedded as the sum of what its levels mean at its index, and the score of a
code is the sum of its levels' scores at its index, plus a correction of low rank for levels that go together: a thousand
codes at each of K places would see a few examples each. To the transformer's scores come those of the phrases of the plan
(models/phrases.py), which are read at once. What follows a finished picture looks at its cells (models/token_reader.py). Input ids are `text_vocabulary + index * codebook + code`, logits stay
`text_vocabulary + codebook` wide (docs/pack-format.md, imageTokenIds "by-position").
"""
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

from training.models.fsq import FiniteScalarQuantiser
from training.models.layers import Branch, branched
from training.models.phrases import PhraseReader
from training.models.token_reader import TokenReader
from training.text_tokenizer import SPECIAL_TOKENS

# Of the scores of codes: what phrases have learnt is not to be shaken by the first steps of a transformer that knows nothing.
TRANSFORMER_SHARE = 0.1
BEGIN_IMAGE, END_IMAGE, EDIT, CAPTION = (SPECIAL_TOKENS.index(token) for token in ("<boi>", "<eoi>", "<edit>", "<caption>"))


@dataclass
class LanguageModelConfig:
    token_count: int  # K
    levels: tuple  # of the quantiser
    text_vocabulary: int = 1024
    width: int = 192
    heads: int = 3
    blocks: int = 6
    hidden: int = 528  # SwiGLU, 2.75 times the width
    joint_rank: int = 8  # of what levels of one code say together
    context: int = 384
    rotary_base: float = 1000.0  # sequences are short, so positions may turn faster than LLaMA's
    phrase_width: int = 384
    separators: tuple = ()  # ids of the tokens between two phrases
    starters: tuple = ()  # ids of the tokens that begin a phrase and belong to it
    latent_channels: int = 48
    grid: int = 8  # latent cells a side
    reader_width: int = 96  # of a cell, where phrases are drawn and tokens are read
    reader_blocks: int = 3

    as_dict = asdict

    @property
    def head_size(self):
        return self.width // self.heads

    @property
    def codebook(self):
        return FiniteScalarQuantiser(self.levels).size

    @property
    def code_layers(self):
        """Of the cache, which carry the codes that phrases draw: K times the channels, in the keys and values of one position."""
        return -(-self.token_count * len(self.levels) // (2 * self.width))

    @property
    def layers(self):
        """Of the cache: those of the blocks, one that carries the ids read so far and what was seen of a picture, and those of what
        phrases draw."""
        return self.blocks + 1 + self.code_layers

    @property
    def vocabulary(self):
        """Width of the logits."""
        return self.text_vocabulary + self.codebook


SIZES = {"cpu": {}, "gpu": dict(width=512, heads=8, blocks=12, hidden=1408, context=448, joint_rank=32, phrase_width=768,
                                 reader_width=192, reader_blocks=4)}


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        x = x.float()
        return self.weight * (x * torch.rsqrt((x * x).mean(dim=-1, keepdim=True) + 1e-6))


def rotate(x, cosine, sine):
    """Rotary position (RoFormer, arXiv 2104.09864). x [B, heads, S, size], cosine and sine [B, 1, S, size / 2]."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine], dim=-1)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        width = config.width
        self.norm_attention = RMSNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.norm_forward = RMSNorm(width)
        self.gate = nn.Linear(width, config.hidden, bias=False)
        self.up = nn.Linear(width, config.hidden, bias=False)
        self.down = nn.Linear(config.hidden, width, bias=False)
        for linear in (self.qkv, self.gate, self.up):
            nn.init.normal_(linear.weight, std=width ** -0.5)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x, cosine, sine, mask, past=None):
        """x [B, S, width], mask [B or 1, 1, S, P + S] added to the scores, past (key, value) [B, heads, P, size]

        -> x, (key, value) [B, heads, P + S, size]
        """
        batch, heads, size = x.shape[0], self.config.heads, self.config.head_size
        qkv = self.qkv(self.norm_attention(x)).reshape(batch, -1, 3, heads, size).permute(2, 0, 3, 1, 4)
        # Normalised, because Muon would let the scores grow until attention is stuck on single positions.
        query, key = rotate(F.layer_norm(qkv[:2], (size,)), cosine, sine)
        value = qkv[2]
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        # On processors the fused kernel takes longer than the two products: 2.1 against 1.6 s there and back, 4096 tokens.
        if query.is_cuda and hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask.to(query.dtype))
        else:
            scores = (query * size ** -0.5) @ key.transpose(-2, -1) + mask
            mixed = scores.softmax(dim=-1).to(value.dtype) @ value
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, -1, self.config.width))
        h = self.norm_forward(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h)), (key, value)


class Look(nn.Module):
    """Attention from what follows a picture to the cells its tokens were read as. Queries and keys as in Block."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.norm = RMSNorm(config.width)
        self.query = nn.Linear(config.width, config.width, bias=False)
        self.keys_values = nn.Linear(config.reader_width, 2 * config.width, bias=False)
        self.out = nn.Linear(config.width, config.width, bias=False)
        for linear in (self.query, self.keys_values):
            nn.init.normal_(linear.weight, std=linear.in_features ** -0.5)
        nn.init.zeros_(self.out.weight)

    def forward(self, x, cells, follows):
        """x [B, S, width], cells [B, cells, reader width], follows [B, S, 1]: 1 behind the picture, 0 where there is none yet"""
        batch, heads, size = x.shape[0], self.config.heads, self.config.head_size
        query = self.query(self.norm(x)).reshape(batch, -1, heads, size).transpose(1, 2)
        key, value = self.keys_values(cells).reshape(batch, -1, 2, heads, size).permute(2, 0, 3, 1, 4)
        scores = (F.layer_norm(query, (size,)) * size ** -0.5) @ F.layer_norm(key, (size,)).transpose(-2, -1)
        mixed = scores.softmax(dim=-1).to(value.dtype) @ value
        return x + self.out(mixed.transpose(1, 2).reshape(batch, -1, self.config.width)) * follows


class TokenEmbedding(nn.Module):
    """Input ids [B, S] -> [B, S, width]: a table for text, the sum over quantiser channels of table[index][level] for images."""

    def __init__(self, config):
        super().__init__()
        self.config, self.quantiser = config, FiniteScalarQuantiser(config.levels)
        self.text = nn.Embedding(config.text_vocabulary, config.width)
        self.rows = sum(config.levels)  # of one index
        self.levels = nn.Embedding(config.token_count * self.rows, config.width)
        nn.init.normal_(self.levels.weight, std=len(config.levels) ** -0.5)
        first = torch.tensor([sum(config.levels[:channel]) for channel in range(len(config.levels))])
        self.register_buffer("first", first, persistent=False)  # row of each channel's level 0

    def forward(self, ids):
        image = (ids - self.config.text_vocabulary).clamp(min=0)
        index = torch.div(image, self.quantiser.size, rounding_mode="floor")
        code = image - index * self.quantiser.size
        level = self.quantiser.levels_of(code)
        drawn = self.levels(index[..., None] * self.rows + self.first + level).sum(dim=-2)
        is_text = (ids < self.config.text_vocabulary)[..., None]
        return torch.where(is_text, self.text(ids.clamp(max=self.config.text_vocabulary - 1)), drawn)


def levels_of_codes(levels):
    """[all levels of all channels, codebook]: 1 where a code has the level"""
    quantiser = FiniteScalarQuantiser(levels)
    level = quantiser.levels_of(torch.arange(quantiser.size))  # [codebook, channels]
    return torch.cat([F.one_hot(level[:, channel], count) for channel, count in enumerate(levels)], dim=1).t().float()


class LanguageModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embedding = TokenEmbedding(config)
        self.text_head = nn.Linear(config.width, config.text_vocabulary, bias=False)
        self.level_head = nn.Parameter(torch.zeros(config.token_count, config.width, sum(config.levels)))
        self.joint_head = nn.Parameter(torch.randn(config.token_count, config.width, config.joint_rank) * config.width ** -0.5)
        self.joint_codes = nn.Parameter(torch.zeros(config.token_count, config.joint_rank, config.codebook))
        self.register_buffer("levels_of_codes", levels_of_codes(config.levels), persistent=False)
        nn.init.zeros_(self.text_head.weight)
        self.phrases = PhraseReader.of(config)
        self.reader, self.looked_at = TokenReader.of(config), Branch()
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        # Every second block has something to look with: the first must know what is being written before it can ask for it.
        self.looks = nn.ModuleDict({str(index): Look(config) for index in range(1, config.blocks, 2)})
        self.norm = RMSNorm(config.width)
        # On words of the instruction where they come again.
        self.named = nn.Parameter(0.3 * torch.randn(config.width))
        frequency = config.rotary_base ** (-torch.arange(0, config.head_size, 2) / config.head_size)
        self.register_buffer("frequency", frequency, persistent=False)  # radians per position

    def picture(self, ids):
        """ids [B, S] read so far -> tokens of the picture that ended last [B, K], index 0 the finest, their places in ids [B, K], and
        1 from its end on [B, S, 1]; 0 throughout, and tokens and places that mean nothing, where none has."""
        config = self.config
        place = torch.arange(ids.shape[1], device=ids.device)[None]
        end = torch.where(ids == END_IMAGE, place, torch.zeros_like(place)).max(dim=1, keepdim=True).values
        # The finest was written last.
        index = (end - 1 - torch.arange(config.token_count, device=ids.device)[None]).clamp(min=0)
        tokens = (ids.gather(1, index) - config.text_vocabulary).clamp(min=0) % config.codebook
        return tokens, index, ((end > 0) & (place >= end)).to(torch.float32)[..., None]

    def again(self, read, later):
        """read [B, N]: all ids so far; later [B, S]: the last of them -> 1 where one of them is a word of the last instruction that
        comes again behind it, in a description, otherwise 0, [B, S, 1].

        Exact matches are what questions about a text are answered by (arXiv 1704.00051, section 3.2), and a small model
        is slow to learn what being the same word is (training/LOG.md).
        """
        count, place = read.shape[1], torch.arange(read.shape[1], device=read.device)[None]
        start = torch.where(read == EDIT, place, torch.full_like(place, -1)).amax(dim=1, keepdim=True)
        end = torch.where((read == CAPTION) & (place > start), place, torch.full_like(place, count)).amin(dim=1, keepdim=True)
        words = (start >= 0) & (place > start) & (place < end) & (read < self.config.text_vocabulary)
        same = ((later[:, :, None] == read[:, None, :]) & words[:, None, :]).any(dim=-1)
        return (same & (place[:, count - later.shape[1]:] > end)).to(torch.float32)[..., None]

    def hidden(self, input_ids, position_ids, mask, cells, follows, again, pasts=None):
        """cells and follows as Look has them, again [B, S, 1] -> [B, S, width] after the last norm, and the (key, value) of every block."""
        angle = position_ids[:, None, :, None] * self.frequency
        cosine, sine = angle.cos(), angle.sin()
        x = self.embedding(input_ids) + again * self.named
        presents = []
        for index, block in enumerate(self.blocks):
            x, present = block(x, cosine, sine, mask, pasts[index] if pasts else None)
            presents.append(present)
            if str(index) in self.looks:
                x = self.looks[str(index)](x, cells, follows)
        return self.norm(x), presents

    def train_hidden(self, input_ids, branches=None):
        """Training: whole sequences [B, S], padded on the right, where causality already hides the padding; branches as Line has them."""
        branches = torch.zeros_like(input_ids) if branches is None else branches
        mask, position = branched(branches)
        tokens, _, follows = self.picture(input_ids)
        return self.hidden(input_ids, position, mask, self.reader(tokens), follows, self.again(input_ids, input_ids))[0]

    def phrase_scores(self, input_ids):
        """Training: what phrases say about the image that the sequences [B, S] end with -> [B, K, levels]"""
        tokens, _, follows = self.picture(input_ids)
        return self.phrases(input_ids, input_ids > 0, tokens, follows[:, -1])

    def text_logits(self, hidden):
        """[N, width] -> [N, text_vocabulary]"""
        return self.text_head(hidden)

    def image_logits(self, hidden, phrases):
        """Whole images in writing order, index K-1 first: hidden [images, K, width], phrases [images, K, levels], index 0
        first as `PhraseReader` says them -> [images, K, codebook]"""
        by_index = hidden.transpose(0, 1).flip(0)  # [K, images, width], index 0 first
        return self.code_logits(by_index, phrases.transpose(0, 1), slice(None)).flip(0).transpose(0, 1)

    def code_logits(self, hidden, phrases, index):
        """hidden [N, rows, width] and phrases [N, rows, levels] of N indices -> [N, rows, codebook]; index: which slices of
        the heads, N of them"""
        hidden = hidden * TRANSFORMER_SHARE
        levels = hidden @ self.level_head[index] + phrases
        together = (hidden @ self.joint_head[index]) @ self.joint_codes[index]
        return levels @ self.levels_of_codes + together

    def forward(self, input_ids, attention_mask, position_ids, *past):
        """The exported graph. input_ids [B, S], attention_mask [B, P + S] with 0 on padding, position_ids [B, S],

        past: key and value of each layer of the cache in turn, [B, heads, P, size] -> logits [B, 1, V] of the last position
        and the presents likewise. Codes are those of the token that follows the last input.
        """
        config = self.config
        pasts = [(past[2 * i], past[2 * i + 1]) for i in range(config.layers)]
        total, length = attention_mask.shape[1], input_ids.shape[1]
        index = torch.arange(total, device=input_ids.device)
        later = index[None, :] > index[total - length:, None]  # [S, P + S]
        mask = (later[None, None] | (attention_mask == 0)[:, None, None, :]).float() * -1e9
        read, kept = self.remember(input_ids, pasts[config.blocks])
        tokens, places, follows = self.picture(read)
        follows, last = follows[:, total - length:], input_ids[:, -1]
        cells, kept = self.seen(input_ids, tokens, places, kept)
        hidden, presents = self.hidden(input_ids, position_ids, mask, cells, follows, self.again(read, input_ids), pasts)
        hidden = hidden[:, -1]
        before = torch.div((last - config.text_vocabulary).clamp(min=0), config.codebook, rounding_mode="floor")
        following = torch.where(last == BEGIN_IMAGE, torch.full_like(last, config.token_count - 1), (before - 1).clamp(min=0))
        draws = ((last == BEGIN_IMAGE) | (last >= config.text_vocabulary)).any()
        # Phrases draw once, where the picture begins; its tokens find in the cache what was drawn.
        begins = (input_ids == BEGIN_IMAGE).any(dim=1)[:, None, None]
        drawn, edits = self.phrases.codes(read, attention_mask, tokens, follows[:, -1], draws & begins.any())
        drawn = torch.where(begins, drawn, self.carried(pasts[config.blocks + 1:]))
        asked = drawn.gather(1, following[:, None, None].expand(-1, 1, drawn.shape[2]))  # [B, 1, channels]
        codes = self.code_logits(hidden[:, None], self.phrases.scores(asked, edits, following), following)[:, 0]
        logits = torch.cat([self.text_logits(hidden), codes], dim=1)[:, None]
        return (logits, *[tensor for pair in (*presents, kept, *self.carry(drawn, pasts[config.blocks + 1:], length)) for tensor in pair])

    def carried(self, pasts):
        """(key, value) [B, heads, P, size] of the code layers -> the codes of the last position [B, K, channels], 0 where P is 0"""
        # A position more in front: there may be none yet.
        parts = [F.pad(part, (0, 0, 1, 0))[:, :, -1].flatten(1) for pair in pasts for part in pair]
        return torch.cat(parts, dim=1)[:, :self.config.token_count * len(self.config.levels)].reshape(-1, self.config.token_count, len(self.config.levels))

    def carry(self, drawn, pasts, length):
        """Codes [B, K, channels] at the last of `length` new positions -> (key, value) [B, heads, P + S, size] of the code layers"""
        config = self.config
        room = 2 * config.code_layers * config.width
        flat = F.pad(drawn.flatten(1), (0, room - config.token_count * len(config.levels)))
        parts = flat.reshape(-1, 2 * config.code_layers, config.heads, 1, config.head_size).unbind(1)
        olds = [part for pair in pasts for part in pair]
        # The other new positions are copies: only the last is ever looked at.
        news = [torch.cat([old, part.expand(-1, -1, length, -1)], dim=2) for old, part in zip(olds, parts)]
        return list(zip(news[::2], news[1::2]))

    def seen(self, input_ids, tokens, places, kept):
        """Cells of the picture that ended last [B, cells, reader width], and the cache that carries them.

        They are read once, when the picture ends; what follows finds them in the values of `kept`, a part at each of its tokens.
        tokens, places [B, K] of `picture`; kept: (key, value) [B, heads, P + S, size]
        """
        config, (key, value) = self.config, kept
        count, numbers = config.token_count, config.grid ** 2 * config.reader_width
        part = -(-numbers // count)
        values = value.transpose(1, 2).flatten(2)  # [B, P + S, width]
        index = places[..., None].expand(-1, -1, part)
        found = values.gather(1, index).flatten(1)[:, :numbers].reshape(-1, config.grid ** 2, config.reader_width)
        ends = (input_ids == END_IMAGE).any(dim=1)[:, None, None]
        cells = torch.where(ends, self.looked_at(ends.any(), self.reader(tokens)), found)
        parts = F.pad(cells.flatten(1), (0, part * count - numbers)).reshape(-1, count, part)
        values = values.scatter(1, index, parts).reshape(values.shape[0], -1, config.heads, config.head_size)
        return cells, (key, values.transpose(1, 2))

    def remember(self, input_ids, past):
        """-> all ids read so far [B, P + S] int64, and the cache that carries them: in the first place of the first head's key."""
        ids = input_ids.to(torch.float32)[:, None, :, None]
        rest = torch.zeros_like(ids).expand(-1, self.config.heads, -1, self.config.head_size)
        first = F.pad(ids, (0, self.config.head_size - 1))
        new = torch.cat([first, rest[:, 1:]], dim=1)
        key, value = torch.cat([past[0], new], dim=2), torch.cat([past[1], rest], dim=2)
        return key[:, 0, :, 0].round().to(torch.int64), (key, value)

    def empty_past(self, batch):
        shape = (batch, self.config.heads, 0, self.config.head_size)
        return [torch.zeros(shape) for _ in range(2 * self.config.layers)]
