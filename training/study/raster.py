"""The spatial control: a raster of cells, one code each from a learnt codebook, and a diffusion decoder for them.

The codebook is found by k-means on the cells' pixels (vector quantisation as in VQ-VAE, arXiv 1711.00937, without a network
in front): there is no encoder to be trained, and a token knows nothing but its own cell. The decoder starts from the codebook's
own cells and learns what to correct; it sees all tokens at every t.
"""
import torch
from torch import nn

from training.models.codec import CodecConfig, DecoderBlock, PatchEmbedding, PixelHead
from training.models.layers import TimeEmbedding
from training.models.checkpoint import load, save
from training.models.pool import from_bytes
from training.study.size import folder

CODES = 1000  # as many as the shipped pack has
COMPONENTS = 48  # principal components of a cell that distances are measured in
ROUNDS = 12  # of k-means
SAMPLE = 120_000  # cells that k-means looks at
DROP_ALL = 0.05  # the unconditional branch of guidance, as often as in the timestep codec
SEED = 1


def cells_of(images, rows, columns):
    """images [B, 3, H, W] -> cells row by row from the top left, [B, rows * columns, 3 * high * wide]"""
    high, wide = images.shape[2] // rows, images.shape[3] // columns
    cells = images.reshape(-1, 3, rows, high, columns, wide).permute(0, 2, 4, 1, 3, 5)
    return cells.reshape(-1, rows * columns, 3 * high * wide)


def images_of(cells, rows, columns, high, wide):
    """The reverse of `cells_of`."""
    images = cells.reshape(-1, rows, columns, 3, high, wide).permute(0, 3, 1, 4, 2, 5)
    return images.reshape(-1, 3, rows * high, columns * wide)


class RasterEncoder(nn.Module):
    """image [B, 3, H, W] -> tokens [B, K]: for each cell the code whose centre is nearest."""

    def __init__(self, rows, columns, cell_size):
        super().__init__()
        self.rows, self.columns = rows, columns
        self.basis = nn.Parameter(torch.zeros(cell_size, COMPONENTS))
        self.centres = nn.Parameter(torch.zeros(CODES, COMPONENTS))

    def scores(self, cells):
        """[..., cell size] -> [..., CODES]: the higher the nearer"""
        return (cells @ self.basis) @ self.centres.t() * 2 - self.centres.square().sum(dim=1)

    def forward(self, image):
        return self.scores(cells_of(image, self.rows, self.columns)).argmax(dim=-1)


class RasterDecoder(nn.Module):
    """Noised image, time and tokens -> clean image: the codebook's cells plus what a small transformer corrects."""

    def __init__(self, config, rows, columns):
        super().__init__()
        self.config, self.rows, self.columns = config, rows, columns
        self.high, self.wide = config.image_size // rows, config.image_size // columns
        self.book = nn.Embedding(CODES, COMPONENTS)
        self.cells = nn.Linear(COMPONENTS, 3 * self.high * self.wide, bias=False)
        self.codes = nn.Embedding(CODES, config.width)
        self.code_position = nn.Parameter(torch.randn(config.token_count, config.width))
        self.hidden_code = nn.Parameter(torch.zeros(config.width))
        self.patches = PatchEmbedding(config)
        self.time = TimeEmbedding(config.time_width)
        self.blocks = nn.ModuleList(DecoderBlock(config) for _ in range(config.decoder_blocks))
        self.norm = nn.LayerNorm(config.width)
        self.head = PixelHead(config)

    def lookup(self, tokens):
        """tokens [B, K] -> the codebook's picture [B, 3, H, W]"""
        return self.picture(self.book(tokens))

    def picture(self, entries):
        """entries of the codebook [B, K, COMPONENTS] -> [B, 3, H, W]"""
        return images_of(self.cells(entries).float(), self.rows, self.columns, self.high, self.wide)

    def forward(self, x, t, tokens, visible):
        seen = visible[..., None]
        # A hidden cell is grey.
        book = self.picture(self.book(tokens) * seen.to(x.dtype))
        codes = torch.where(seen, self.codes(tokens), self.hidden_code)
        features, time = torch.cat([self.patches(x) + self.patches(book), codes + self.code_position], dim=1), self.time(t)
        for block in self.blocks:
            features = block(features.float(), time)
        return book + self.head(self.norm(features[:, :self.config.grid ** 2].float()))


class RasterCodec(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.config = CodecConfig(image_size=128, token_count=size.token_count, width=size.raster_width,
                                  heads=size.raster_width // 32, decoder_blocks=size.raster_blocks,
                                  bottleneck=size.raster_width // 2, head_width=48)
        rows, columns = size.rows, size.columns
        self.encoder = RasterEncoder(rows, columns, 3 * (128 // rows) * (128 // columns))
        self.decoder = RasterDecoder(self.config, rows, columns)
        self.schedule = {"kind": "raster", "columns": columns, "rows": rows}

    def encode(self, image):
        """image [B, 3, H, W] in [-1, 1] -> tokens [B, K] int64, index 0 at the top left"""
        return self.encoder(image)

    def training_visibility(self, t):
        """[B] -> [B, K] bool: all or, for guidance, none"""
        return (torch.rand(len(t), 1, device=t.device) >= DROP_ALL).expand(-1, self.config.token_count)

    def visible_decoder(self, x, t, tokens, visible):
        """t does not govern what is seen: whoever shows some tokens shows them all."""
        return self.decoder(x, t, tokens, visible.any(dim=1, keepdim=True).expand_as(visible))

    @staticmethod
    def writing_order(tokens):
        return tokens


@torch.no_grad()
def fit(codec, images, seed=1):
    """Finds basis, centres and codebook from images uint8 [N, 3, H, W] -> mean squared error of the codebook's pictures"""
    generator = torch.Generator().manual_seed(seed)
    rows, columns = codec.encoder.rows, codec.encoder.columns
    count = min(len(images), -(-SAMPLE // (rows * columns)))
    cells = cells_of(from_bytes(images[torch.randperm(len(images), generator=generator)[:count]]), rows, columns).flatten(0, 1)
    _, vectors = torch.linalg.eigh(cells.t() @ cells / len(cells))  # ascending
    codec.encoder.basis.copy_(vectors[:, -COMPONENTS:])
    points = cells @ codec.encoder.basis
    centres = points[torch.randperm(len(points), generator=generator)[:CODES]].clone()
    for _ in range(ROUNDS):
        nearest = torch.cat([(part @ centres.t() * 2 - centres.square().sum(dim=1)).argmax(dim=1)
                             for part in points.split(8192)])
        counts = torch.zeros(CODES).index_add_(0, nearest, torch.ones(len(nearest)))
        sums = torch.zeros_like(centres).index_add_(0, nearest, points)
        centres = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None],
                              points[torch.randint(len(points), (CODES,), generator=generator)])  # unused codes move
    codec.encoder.centres.copy_(centres)
    nearest = torch.cat([codec.encoder.scores(part).argmax(dim=1) for part in cells.split(8192)])
    counts = torch.zeros(CODES).index_add_(0, nearest, torch.ones(len(nearest)))
    book = torch.zeros(CODES, cells.shape[1]).index_add_(0, nearest, cells) / counts.clamp(min=1)[:, None]
    store_book(codec.decoder, book)
    return (codec.decoder.cells(codec.decoder.book.weight)[nearest] - cells).square().mean().item()


@torch.no_grad()
def store_book(decoder, book):
    """book [CODES, 3 * high * wide], kept as its COMPONENTS principal ones: a tenth of the weights, and nothing to be seen of it"""
    left, values, right = torch.linalg.svd(book, full_matrices=False)
    decoder.book.weight.copy_(left[:, :COMPONENTS] * values[:COMPONENTS])
    decoder.cells.weight.copy_(right[:COMPONENTS].t())


def fitted(size_name, size, images):
    """-> RasterCodec with its codebook, found in images uint8 [N, 3, H, W] and kept; its decoder has learnt nothing yet"""
    path = folder(size_name) / "raster-codebook.pt"
    torch.manual_seed(SEED)
    codec = RasterCodec(size)
    if not path.exists():
        print("codebook:", round(fit(codec, images), 4), "mean squared error", flush=True)
        save(codec.state_dict(), path)
    codec.load_state_dict(load(path))
    codec.encoder.requires_grad_(False)
    codec.decoder.book.requires_grad_(False)
    codec.decoder.cells.requires_grad_(False)
    return codec.eval()
